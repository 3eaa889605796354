#!/bin/sh
# All tests, as `make test` and CI run them: gcc and clang builds without a warning, layers, unit
# tests and fuzz corpora (plain, then under ASan+UBSan, the threaded ones under TSan), and the
# program itself end to end.
set -eu
cd "$(dirname "$0")/.."
jobs=$(nproc 2>/dev/null || echo 2)
make="make --no-print-directory -j$jobs DEVELOPER=1"

step() { printf '\n== %s\n' "$*"; }

step "build with gcc and with clang, warnings are errors"
$make all
$make CC=clang all

step "layers"
$make check

step "unit tests"
$make unit replays >/dev/null
$make test-unit test-fuzz

step "unit tests under ASan and UBSan"
$make SAN=address,undefined unit replays all >/dev/null
$make SAN=address,undefined test-unit test-fuzz

step "threaded unit tests under TSan"
$make SAN=thread test-threads

# Debian's Python by its path: another one on the PATH does not have Debian's packages.
end_to_end() { /usr/bin/python3 -m pytest -q -p no:cacheprovider "$@"; }

step "the program under TSan: its worker and its screen"
$make SAN=thread all >/dev/null
EXTPOOL=$PWD/build/thread/extpool end_to_end tests/e2e/test_console_actions.py tests/e2e/test_headless.py

step "the program under ASan and UBSan, end to end"
# What a sanitizer finds ends the program with a status that no test expects; signals are left to
# the console's own handlers, which are tested.
export ASAN_OPTIONS=exitcode=99:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_abort=0
export UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
# Without the tests of the test servers themselves, and without the torture, which is about kills.
EXTPOOL=$PWD/build/address-undefined/extpool end_to_end tests/e2e \
	--ignore-glob='*test_gate*' --ignore-glob='*test_origin*' --ignore-glob='*test_servers*' \
	--ignore-glob='*test_term*' --ignore-glob='*torture*' -k 'not torture'

step "end to end"
end_to_end tests/e2e
