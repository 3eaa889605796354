#!/bin/sh
# Runs the unit test programs named as arguments, several at a time. 77 from one of them means skipped.
# EMULATOR is put before each: what runs programs of another processor.
set -u
if [ "${1:-}" = --one ]; then
	program=$3
	name=${program#*/unit/}
	output=$(${EMULATOR:-} "$program" 2>&1)
	status=$?
	case $status in
	0) verdict=passed; printf '  ok      %s\n' "$name" ;;
	77) verdict=skipped; printf '  skipped %s: %s\n' "$name" "$(printf '%s\n' "$output" | tail -1)" ;;
	*) verdict=failed; printf '%s\n  FAILED  %s (status %s)\n' "$output" "$name" "$status" ;;
	esac
	: >"$(mktemp "$2/$verdict.XXXXXX")"
	exit 0
fi
verdicts=$(mktemp -d)
trap 'rm -rf "$verdicts"' EXIT
printf '%s\n' "$@" | xargs -P "$(nproc 2>/dev/null || echo 2)" -n 1 sh "$0" --one "$verdicts"
count() { find "$verdicts" -name "$1.*" | wc -l; }
passed=$(count passed)
skipped=$(count skipped)
failed=$(($# - passed - skipped)) # whatever left no verdict did not pass
printf 'unit: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
