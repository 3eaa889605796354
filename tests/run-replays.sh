#!/bin/sh
# Feeds each fuzz target its corpus: $1 is the folder with the replay programs.
failed=0
ran=0
for program in "$1"/fuzz_*; do
	name=$(basename "$program")
	corpus=tests/fuzz/corpus/${name#fuzz_}
	if [ ! -d "$corpus" ]; then
		echo "  FAILED  $name has no corpus ($corpus)"
		failed=$((failed + 1))
	elif output=$("$program" "$corpus" 2>&1); then
		ran=$((ran + 1))
	else
		printf '%s\n  FAILED  %s\n' "$output" "$name"
		failed=$((failed + 1))
	fi
done
printf 'fuzz corpora: %d passed, %d failed\n' "$ran" "$failed"
[ "$failed" = 0 ]
