#!/bin/sh
# Runs stages of the tests, targets of the Makefile, side by side where they do not need each other:
# run.sh TITLE STAGE... for the targets stage-STAGE. The last line tells how many passed.
set -u
cd "$(dirname "$0")/.."
title=$1
shift
rm -rf build/tests
# The stages are given their own number of jobs, whatever called this.
unset MAKEFLAGS MFLAGS MAKELEVEL
make --no-print-directory -k -j "$(nproc 2>/dev/null || echo 2)" $(printf 'stage-%s ' "$@")
passed=0
for stage in "$@"; do
	if [ -f "build/tests/$stage.passed" ]; then
		passed=$((passed + 1))
	else
		printf '  FAILED  %s\n' "$stage"
	fi
done
printf '%s: %d passed, %d failed\n' "$title" "$passed" $(($# - passed))
[ "$passed" = $# ]
