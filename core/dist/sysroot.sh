#!/bin/sh
# sysroot.sh DEBIAN-NAME FOLDER PACKAGE...: unpacks these packages of another processor, and all that
# they need, below FOLDER. A compiler and an emulator take it for the root of such a machine.
#
#   sysroot.sh arm64 build/sysroot-arm64 libncurses-dev
set -eu
here=$(cd "$(dirname "$0")" && pwd)
architecture=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
shift 2
[ -f "$folder/.complete" ] && exit 0

# shellcheck source=core/dist/apt.sh
. "$here/apt.sh"
own_apt "$folder/apt"
foreign_apt "$architecture"
# shellcheck disable=SC2086
own update $foreign
# shellcheck disable=SC2086
own install --download-only --no-install-recommends -y "$@" $foreign
for deb in "$folder"/apt/cache/archives/*.deb; do
	dpkg -x "$deb" "$folder"
done
# A link to /usr would lead to this machine's.
[ -e "$folder/lib" ] || ln -s usr/lib "$folder/lib"
find "$folder/usr" "$folder/lib/" -type l | while read -r link; do
	case $(readlink "$link") in
	/*) ln -sfn "$folder$(readlink "$link")" "$link" ;;
	esac
done
rm -rf "$folder/apt"
: >"$folder/.complete"
