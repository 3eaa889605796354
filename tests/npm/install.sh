#!/bin/sh
# Installs the servers of the end-to-end tests from the lock file beside this script.
# Does nothing when they are there already, so that it may run before every test.
set -eu

cd "$(dirname "$0")"

want=$(cat package.json package-lock.json | sha256sum | cut -d ' ' -f 1)
stamp=node_modules/.extpool-lock
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
    exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
    echo "tests/npm/install.sh: npm is not installed" >&2
    exit 1
fi

# No package of ours needs a script of its own to run at install time.
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
echo "$want" >"$stamp"
