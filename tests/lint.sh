#!/bin/sh
# Format, clang-tidy and cppcheck; a tool that is absent is said to be skipped.
set -u
cd "$(dirname "$0")/.."
status=0
sources=$(git ls-files '*.c' '*.h')

if command -v clang-format >/dev/null 2>&1; then
	# shellcheck disable=SC2086
	clang-format --dry-run -Werror $sources || status=1
else
	echo "skipped: clang-format is not installed"
fi
flags="-std=c17 -I. -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -DEXTPOOL_VERSION=\"0\""
if command -v clang-tidy >/dev/null 2>&1; then
	# shellcheck disable=SC2046,SC2086
	clang-tidy --quiet $(git ls-files 'core/*.c' 'aws/*.c' 'tui/*.c' main.c) -- $flags || status=1
else
	echo "skipped: clang-tidy is not installed"
fi
if command -v cppcheck >/dev/null 2>&1; then
	cppcheck --quiet -D__cppcheck__ --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --error-exitcode=1 -I. core aws tui main.c || status=1
else
	echo "skipped: cppcheck is not installed"
fi
exit $status
