#!/bin/sh
# Runs the unit test programs named as arguments. 77 from one of them means skipped.
failed=0
skipped=0
passed=0
for program in "$@"; do
	name=${program#*/unit/}
	output=$("$program" 2>&1)
	status=$?
	case $status in
	0) passed=$((passed + 1)); printf '  ok      %s\n' "$name" ;;
	77) skipped=$((skipped + 1)); printf '  skipped %s: %s\n' "$name" "$(printf '%s\n' "$output" | tail -1)" ;;
	*) failed=$((failed + 1)); printf '%s\n' "$output"; printf '  FAILED  %s (status %s)\n' "$name" "$status" ;;
	esac
done
printf 'unit: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
