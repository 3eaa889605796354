#!/bin/sh
# deb.sh TARBALL VERSION FOLDER: builds the Debian package of this version in FOLDER from that tarball
# of sources, and has lintian look at it (LINT=no: not). debian/ is core/dist/debian of the sources.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tarball=$(realpath "$1")
version=$2
rm -rf "$3" && mkdir -p "$3"
cd "$3"
# The date of the sources, so that a package built again is the same.
date=$(TZ=UTC tar -tzv --full-time -f "$tarball" 2>/dev/null | awk 'NR == 1 { print $4 " " $5 " UTC" }')
SOURCE_DATE_EPOCH=$(date -d "$date" +%s)
export SOURCE_DATE_EPOCH

cp "$tarball" "extpool_$version.orig.tar.gz"
tar -xzf "$tarball"
cd "extpool-$version"
# Sources from before there were packages are packed as these are.
if [ ! -d core/dist/debian ]; then
	cp -R "$here/debian" "$here/extpool.default" "$here/extpool.config" core/dist/
	echo README.md >core/dist/debian/extpool.docs
fi
cp -R core/dist/debian debian
cat >debian/changelog <<END
extpool ($version-1) unstable; urgency=medium

  * Version $version: /usr/share/doc/extpool/changelog.gz says what is new.

 -- extpool maintainers <maintainers@extpool.invalid>  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END
dpkg-buildpackage -b -us -uc -j2
cd ..
[ "${LINT:-yes}" = no ] || lintian --fail-on error,warning --tag-display-limit 0 "extpool_${version}-1_"*.changes
