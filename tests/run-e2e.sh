#!/bin/sh
# The end-to-end tests, with several workers: run-e2e.sh PROGRAM [PYTEST'S ARGUMENTS]
#
# Hundreds of terminals and servers share two processors here. A test that fails beside all others is
# tried once more alone, and named: it is red if it fails again, and worth a look in any case. More
# than five are red at once.
set -eu
EXTPOOL=$PWD/$1
export EXTPOOL
shift
# What a sanitizer finds ends the program with a status that no test expects; signals are left to
# the console's own handlers, which are tested.
export ASAN_OPTIONS=exitcode=99:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0
export UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
# Debian's Python by its path: another one on the PATH does not have Debian's packages.
# Most of a test's time goes by in waiting, so there are more workers than processors.
EXTPOOL_FAILED=$(mktemp)
export EXTPOOL_FAILED
trap 'rm -f "$EXTPOOL_FAILED"' EXIT
status=0
/usr/bin/python3 -m pytest -q -p no:cacheprovider -n "$(($(nproc) + 1))" "$@" || status=$?
failed=$(sort -u "$EXTPOOL_FAILED")
if [ "$status" = 1 ] && [ "$(printf '%s\n' "$failed" | wc -l)" -le 5 ]; then
	printf 'once more, alone:\n%s\n' "$failed"
	printf '%s\n' "$failed" | tr '\n' '\0' | xargs -0 /usr/bin/python3 -m pytest -q -p no:cacheprovider
	exit
fi
exit "$status"
