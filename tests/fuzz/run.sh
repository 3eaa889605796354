#!/bin/sh
# Runs fuzz targets under libFuzzer: run.sh SECONDS PROGRAM... What they find lies in build/fuzz/NAME-*;
# a new input that matters goes into tests/fuzz/corpus/NAME. SECONDS 0: the corpus alone.
set -u
seconds=$1
shift
[ "$seconds" = 0 ] && how=-runs=0 || how=-max_total_time=$seconds
mkdir -p build/fuzz
passed=0
failed=0
for program in "$@"; do
	name=$(basename "$program")
	grown=build/fuzz/corpus-$name
	mkdir -p "$grown"
	if "$program" "$how" -artifact_prefix="build/fuzz/$name-" "$grown" \
		"tests/fuzz/corpus/${name#fuzz_}" >"build/fuzz/$name.log" 2>&1; then
		passed=$((passed + 1))
		printf '  ok      %s: %s\n' "$name" "$(tail -1 "build/fuzz/$name.log")"
	else
		failed=$((failed + 1))
		tail -30 "build/fuzz/$name.log"
		printf '  FAILED  %s, see build/fuzz/%s.log\n' "$name" "$name"
	fi
done
printf 'fuzz targets: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
