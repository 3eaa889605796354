#!/bin/sh
# Measures, and prints tables. Never part of a test: a number is a reading of this machine today.
set -eu
cd "$(dirname "$0")/../.."
make --no-print-directory benches tools >/dev/null
echo "machine: $(nproc) processors, $(uname -sr), $(date -u +%Y-%m-%d)"
for program in build/release/bench/bench_*; do
	[ -x "$program" ] || continue
	echo
	"$program" || echo "  $(basename "$program") is out of its bounds"
done
for bench in tests/bench/bench_*.py; do
	echo
	/usr/bin/python3 "$bench"
done
