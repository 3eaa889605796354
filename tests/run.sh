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

step "end to end"
$make all tools >/dev/null
exec /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/e2e
