#!/bin/sh
# Installs Amazon's own client of Lambda's runtime API from the lock file beside this script, and builds
# its native part: Amazon's sources, which the package carries, with the machine's libcurl. The
# package's own scripts would build a libcurl of 2022 as well, and are not run. Needs g++ and libcurl.
# Does nothing if it is there already.
set -eu
cd "$(dirname "$0")"

client=node_modules/aws-lambda-ric
want=$(cat package.json package-lock.json install.sh | sha256sum | cut -d ' ' -f 1)
stamp=node_modules/.extpool-lock
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
	exit 0
fi

# The client asks for Node.js 20. Debian 12 has 18: then npm brings one.
version=$(node --version 2>/dev/null || echo v0)
version=${version#v}
optional=""
[ "${version%%.*}" -lt 20 ] || optional=--omit=optional
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error $optional

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$client/deps/versions"
tar xzf "$client/deps/aws-lambda-cpp-$AWS_LAMBDA_CPP_RELEASE.tar.gz" -C "$work" --no-same-owner
cpp=$work/aws-lambda-cpp-$AWS_LAMBDA_CPP_RELEASE
# What its CMake would do.
IFS=. read -r major minor patch <<END
$AWS_LAMBDA_CPP_RELEASE
END
sed "s/@PROJECT_VERSION_MAJOR@/$major/; s/@PROJECT_VERSION_MINOR@/$minor/; s/@PROJECT_VERSION_PATCH@/$patch/
	s/@PROJECT_VERSION@/$AWS_LAMBDA_CPP_RELEASE/" "$cpp/src/version.cpp.in" >"$work/version.cpp"
# It includes three headers of which it uses nothing; Node.js without its -dev package lacks them.
touch "$work/uv.h" "$work/v8.h" "$work/node.h"
g++ -std=c++17 -O1 -fPIC -shared -w -pthread -o "$client/dist/rapid-client.node" \
	-DNODE_GYP_MODULE_NAME=rapid_client -DNAPI_CPP_EXCEPTIONS -DAWS_LAMBDA_LOG=0 \
	-I"$cpp/include" -I"$work" -Inode_modules/node-api-headers/include -Inode_modules/node-addon-api \
	"$client/src/rapid-client.cc" "$cpp/src/runtime.cpp" "$cpp/src/logging.cpp" "$work/version.cpp" -lcurl

echo "$want" >"$stamp"
