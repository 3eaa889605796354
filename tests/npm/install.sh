#!/bin/sh
# Installs the servers of the end-to-end tests from the lock file beside this script.
# Does nothing when they are there already, so that it may run before every test.
set -eu

cd "$(dirname "$0")"

want=$(cat package.json package-lock.json install.sh | sha256sum | cut -d ' ' -f 1)
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

# Amazon's own DynamoDB Local is a jar that this package carries. The package alone, by its checksum:
# what it depends on is hundreds of megabytes that a jar does not need.
simulator=amplify-dynamodb-simulator@2.9.30
checksum=xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==
packed=$(npm pack --silent --pack-destination node_modules "$simulator")
if [ "$(openssl dgst -sha512 -binary "node_modules/$packed" | base64 -w 0)" != "$checksum" ]; then
    echo "tests/npm/install.sh: $simulator is not the package that it was" >&2
    exit 1
fi
mkdir -p node_modules/amplify-dynamodb-simulator
tar -xzf "node_modules/$packed" -C node_modules/amplify-dynamodb-simulator --strip-components=1
rm "node_modules/$packed"
echo "$want" >"$stamp"
