#!/bin/sh
# lint.sh format|tidy|cppcheck|functions: clang-format, clang-tidy, cppcheck, and the length and the
# parameters of functions. Any finding fails.
set -u
cd "$(dirname "$0")/.."
jobs=$(nproc 2>/dev/null || echo 2)

format() {
	git ls-files -z '*.c' '*.h' | xargs -0 -P "$jobs" -n 40 clang-format --dry-run -Werror
}
tidy() {
	flags="-std=c17 -I. -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -DEXTPOOL_VERSION=\"0\""
	# shellcheck disable=SC2086
	git ls-files -z 'core/*.c' 'aws/*.c' 'tui/*.c' main.c |
		xargs -0 -P "$jobs" -I {} clang-tidy --quiet {} -- $flags
}
# Newer ones take an array that a function fills for uninitialised; clang's analyzer looks for those.
static() {
	cppcheck --quiet -j "$jobs" -D__cppcheck__ '-DEXTPOOL_VERSION="0"' --suppress=uninitvar --std=c11 --enable=warning,performance,portability \
		--inline-suppr --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
		--error-exitcode=1 -I. core aws tui main.c
}

case ${1:-} in
format) format ;;
tidy) tidy ;;
cppcheck) static ;;
functions) /usr/bin/python3 tests/check_functions.py ;;
*)
	echo "usage: lint.sh format|tidy|cppcheck|functions" >&2
	exit 64
	;;
esac
