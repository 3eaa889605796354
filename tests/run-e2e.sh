#!/bin/sh
# The end-to-end tests, with several workers: run-e2e.sh PROGRAM [PYTEST'S ARGUMENTS]
set -eu
EXTPOOL=$PWD/$1
export EXTPOOL
shift
# What a sanitizer finds ends the program with a status that no test expects; signals are left to
# the console's own handlers, which are tested.
export ASAN_OPTIONS=exitcode=99:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_abort=0
export UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
# Debian's Python by its path: another one on the PATH does not have Debian's packages.
# Most of a test's time goes by in waiting, so there are more workers than processors.
exec /usr/bin/python3 -m pytest -q -p no:cacheprovider -n "$(($(nproc) + 1))" "$@"
