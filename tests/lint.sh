#!/bin/sh
# Format, clang-tidy and cppcheck: lint.sh format|tidy|cppcheck. Any finding fails.
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
static() {
	cppcheck --quiet -j "$jobs" -D__cppcheck__ --std=c11 --enable=warning,performance,portability \
		--inline-suppr --suppress=missingIncludeSystem --error-exitcode=1 -I. core aws tui main.c
}

case ${1:-} in
format) format ;;
tidy) tidy ;;
cppcheck) static ;;
*)
	echo "usage: lint.sh format|tidy|cppcheck" >&2
	exit 64
	;;
esac
