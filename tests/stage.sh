#!/bin/sh
# One stage of the tests: stage.sh NAME COMMAND... What the command says goes to build/tests/NAME.log,
# and is shown if it fails.
set -u
name=$1
shift
mkdir -p build/tests
log=build/tests/$name.log
start=$(date +%s)
"$@" >"$log" 2>&1
status=$?
took=$(($(date +%s) - start))
said=$(grep -E '[0-9] (passed|failed)' "$log" | tail -1)
if [ "$status" = 0 ]; then
	printf '  ok      %-14s %4d s  %s\n' "$name" "$took" "$said"
	: >"build/tests/$name.passed"
else
	cat "$log"
	printf '  FAILED  %-14s %4d s  %s\n' "$name" "$took" "$said"
fi
exit "$status"
