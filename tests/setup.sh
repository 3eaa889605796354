#!/bin/sh
# Installs what is missing, from Debian's packages and (for the tests) npm, and nothing that is
# there already. As root or through sudo; where neither is there, prints the one line to run.
#
#   setup.sh build   what `make` needs
#   setup.sh test    that, and what `make test` needs
#   setup.sh test-all   that, what both packages of `make lambda` need, and Amazon's runtime client
#   setup.sh bench   what `make test` needs, and the consoles that `make bench` compares with
#   setup.sh lambda [x86_64|arm64]   what `make lambda` needs for that processor
#   setup.sh deb|rpm|packages        what these packages need, and `make check-packages`
#   setup.sh check LIBRARY...        installs nothing: says what `make` misses of these libraries
set -eu
cd "$(dirname "$0")/.."

build="gcc make pkg-config libncurses-dev libcurl4-openssl-dev libssl-dev libjansson-dev libsqlite3-dev"
tests="clang libclang-rt-dev libcmocka-dev python3-pytest python3-botocore python3-boto3
	python3-pyte python3-yaml python3-cryptography tmux openssl ca-certificates sqlite3 git strace
	ncurses-term man-db file libfaketime zsh fish bash-completion default-jre-headless universal-ctags python3-pytest-xdist
	clang-format clang-tidy cppcheck valgrind systemd prometheus chromium"
bench="tig htop ncdu"
deb="dpkg-dev debhelper lintian fakeroot"
lambda="dpkg-dev xz-utils zip binutils debian-archive-keyring"
host=$(uname -m | sed s/aarch64/arm64/)
# cross ARCH: the compiler for that processor, if it is another one than this machine's.
cross() {
	[ "$1" = "$host" ] || echo "gcc-$(echo "$1" | sed 's/arm64/aarch64/; s/_/-/')-linux-gnu"
}

# check_libraries LIBRARY...: by their names for pkg-config.
check_libraries() {
	missing=""
	compiler=${CC:-cc} # which may have options behind it
	command -v "${compiler%% *}" >/dev/null 2>&1 || missing="$missing gcc"
	if command -v "${PKG_CONFIG:-pkg-config}" >/dev/null 2>&1; then
		for library in "$@"; do
			"${PKG_CONFIG:-pkg-config}" --exists "$library" && continue
			case $library in
			ncursesw) missing="$missing libncurses-dev" ;;
			libcurl) missing="$missing libcurl4-openssl-dev" ;;
			libcrypto) missing="$missing libssl-dev" ;;
			jansson) missing="$missing libjansson-dev" ;;
			sqlite3) missing="$missing libsqlite3-dev" ;;
			*) missing="$missing $library" ;;
			esac
		done
	else
		missing="${build#gcc make}"
		command -v "${compiler%% *}" >/dev/null 2>&1 || missing=" gcc$missing"
	fi
	[ -z "$missing" ] && return
	echo "extpool cannot be built yet, something is missing: apt-get install -y --no-install-recommends$missing" >&2
	exit 1
}

case ${1:-build} in
check) shift; check_libraries "$@"; exit 0 ;;
build) wanted=$build ;;
test) wanted="$build $tests" ;;
test-all) wanted="$build $tests $lambda $(cross arm64) $(cross x86_64) qemu-user-static g++ musl-tools $deb" ;;
bench) wanted="$build $tests $bench" ;;
deb) wanted="$build $deb" ;;
rpm) wanted="$build rpm" ;;
packages) wanted="$build $deb rpm debootstrap tmux" ;;
lambda) wanted="$build $lambda $(cross "${2:-x86_64}")" ;;
*) echo "usage: setup.sh build|test|test-all|bench|deb|rpm|packages|lambda" >&2; exit 64 ;;
esac

missing=""
for package in $wanted; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing="$missing $package"
done

case ${1:-build} in
test | test-all | bench) servers=yes ;;
*) servers=no ;;
esac

# Node.js may be there without being Debian's package.
if [ $servers = yes ]; then
	command -v node >/dev/null 2>&1 || missing="$missing nodejs"
	command -v npm >/dev/null 2>&1 || missing="$missing npm"
fi

if [ -n "$missing" ]; then
	if [ "$(id -u)" = 0 ]; then
		sudo=""
	elif command -v sudo >/dev/null 2>&1; then
		sudo=sudo
	else
		echo "These packages are missing, and this is neither root nor is there sudo. Run as root:" >&2
		echo "  apt-get update && apt-get install -y --no-install-recommends$missing" >&2
		exit 1
	fi
	echo "installing:$missing"
	$sudo apt-get update -qq
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

# The servers that the tests talk to come from npm, at the versions of the lock file.
if [ $servers = yes ] && [ -f tests/npm/package-lock.json ]; then
	sh tests/npm/install.sh
fi
# Amazon's client of Lambda's runtime API is built here.
if [ "${1:-build}" = test-all ]; then
	sh tests/npm/runtime-client/install.sh
fi
