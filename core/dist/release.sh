#!/bin/sh
# release.sh ready|sum|tag VERSION: the parts of `make release` that are not targets of their own.
#
#   ready   refuses a tree that cannot be released: something is not committed, CHANGES does not begin
#           with this version and a date, or the tag exists
#   sum     writes the checksums of what lies in build/dist, and notes what was checked
#   tag     tags the commit that was checked, and no other
set -eu
cd "$(dirname "$0")/../.."
version=$2
dist=build/dist
refuse() {
	echo "release: $1" >&2
	exit 1
}

case $1 in
ready)
	[ -z "$(git status --porcelain)" ] || refuse "something is not committed: git status"
	heading=$(grep -m 1 '^## ' .github/CHANGES.md)
	echo "$heading" | grep -qE "^## $version, [0-9]{4}-[0-9]{2}-[0-9]{2}$" ||
		refuse ".github/CHANGES.md begins with \"$heading\"; a release needs \"## $version, YYYY-MM-DD\""
	! git rev-parse -q --verify "refs/tags/v$version" >/dev/null ||
		refuse "there is a tag v$version already: raise VERSION in the Makefile"
	;;
sum)
	(cd $dist && rm -f SHA256SUMS && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)
	git rev-parse HEAD >build/released
	echo "release: version $version is checked and in $dist; make release-tag gives it its tag"
	;;
tag)
	[ "$(cat build/released 2>/dev/null)" = "$(git rev-parse HEAD)" ] ||
		refuse "this commit was not checked: make release"
	git tag -a "v$version" -m "extpool $version"
	echo "release: git push origin v$version publishes the tag"
	;;
*) refuse "usage: release.sh ready|sum|tag VERSION" ;;
esac
