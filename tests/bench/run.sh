#!/bin/sh
# Measures, and prints rows with their limits. Never part of a test.
#
#   run.sh            all of it, and what is lost since the last line of tests/bench/history
#   run.sh --record   the same; the results become this version's line there: do it for a release
#
# Each tests/bench/bench_*.py is run; measure.py says how they make rows.
set -eu
cd "$(dirname "$0")/../.."
make --no-print-directory benches tools >/dev/null
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
began=$(date +%s)
echo "machine: $(nproc) processors, $(uname -sr), $(date -u +%Y-%m-%d)"
for bench in tests/bench/bench_*.py; do
	EXTPOOL_BENCH_ROWS=$rows /usr/bin/python3 "$bench"
done
status=0
/usr/bin/python3 tests/bench/summary.py "$rows" "$@" || status=$?
echo "measured in $(($(date +%s) - began)) s"
exit $status
