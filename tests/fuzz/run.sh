#!/bin/sh
# Runs every fuzz target under libFuzzer with ASan and UBSan, $1 seconds each. What it finds lies in
# build/fuzz/NAME-*; a new input that matters goes into tests/fuzz/corpus/NAME.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
make --no-print-directory CC=clang SAN=fuzzer-no-link,address,undefined libs >/dev/null
build=build/fuzzer-no-link-address-undefined-clang
mkdir -p build/fuzz
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	target=build/fuzz/$name
	clang -std=c17 -g -I. -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE \
		-fsanitize=fuzzer,address,undefined -o "$target" "$source" "$build"/lib*.a \
		$(pkg-config --libs ncursesw libcurl libcrypto jansson sqlite3) -pthread
	corpus=build/fuzz/corpus-$name
	mkdir -p "$corpus"
	echo "== $name"
	"$target" -max_total_time="$seconds" -print_final_stats=0 -artifact_prefix="build/fuzz/$name-" \
		"$corpus" "tests/fuzz/corpus/${name#fuzz_}" 2>&1 | tail -3
done
