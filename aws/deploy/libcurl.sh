#!/bin/sh
# libcurl.sh ARCH FOLDER: builds libcurl.a for the Lambda from Debian's source package: HTTP and
# OpenSSL alone, without the many libraries that Debian's own libcurl.a asks for. Nothing in /etc is
# touched: apt works with a list and folders of its own below FOLDER.
#
# It makes FOLDER/ARCH/lib/libcurl.a and FOLDER/ARCH/include; for another processor than this
# machine's also FOLDER/ARCH/sysroot with that processor's libraries.
set -eu
# shellcheck source=core/dist/apt.sh
. "$(dirname "$0")/../../core/dist/apt.sh"
arch=$1
folder=$2
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
out=$folder/$arch
[ -f "$out/lib/libcurl.a" ] && exit 0

host=$(dpkg --print-architecture)
case $arch in
x86_64) debian=amd64 triplet=x86_64-linux-gnu ;;
arm64) debian=arm64 triplet=aarch64-linux-gnu ;;
*) echo "ARCH is x86_64 or arm64, not $arch" >&2; exit 64 ;;
esac

own_apt "$folder/apt"
own update

# ---- another processor's libraries, unpacked beside the system's -----------------------------------
if [ "$debian" != "$host" ]; then
	sysroot=$out/sysroot
	mkdir -p "$sysroot" "$out/debs"
	foreign_apt "$debian"
	# shellcheck disable=SC2086
	own update $foreign
	# shellcheck disable=SC2086
	(cd "$out/debs" && own download libssl-dev libssl3 libjansson-dev libsqlite3-dev zlib1g-dev $foreign)
	for deb in "$out"/debs/*.deb; do
		dpkg -x "$deb" "$sysroot"
	done
	cross=$triplet-
	cc="${cross}gcc"
	flags="-I$sysroot/usr/include -I$sysroot/usr/include/$triplet -L$sysroot/usr/lib/$triplet"
else
	cross=""
	cc=${CC:-gcc}
	flags=""
fi

# ---- curl -------------------------------------------------------------------------------------------
mkdir -p "$folder/source"
cd "$folder/source"
own source --download-only curl
rm -rf curl-src && dpkg-source --no-check -x ./*.dsc curl-src >/dev/null
rm -rf "$out/build" && mkdir -p "$out/build"
cd "$out/build"
../../source/curl-src/configure --quiet --host="$triplet" CC="$cc" \
	CFLAGS="-O2 -fPIC -ffunction-sections -fdata-sections -ffile-prefix-map=$folder=. $flags" \
	CPPFLAGS="$flags" LDFLAGS="$flags" PKG_CONFIG=false --prefix="$out" \
	--disable-shared --enable-static --with-openssl --enable-http \
	--disable-ftp --disable-file --disable-ldap --disable-ldaps --disable-rtsp --disable-dict \
	--disable-telnet --disable-tftp --disable-pop3 --disable-imap --disable-smb --disable-smtp \
	--disable-gopher --disable-mqtt --disable-websockets --disable-manual \
	--disable-ntlm --disable-ntlm-wb \
	--disable-tls-srp --disable-alt-svc --disable-hsts --disable-doh --disable-netrc \
	--disable-libcurl-option --disable-versioned-symbols --enable-threaded-resolver \
	--without-nghttp2 --without-ngtcp2 --without-nghttp3 --without-libidn2 --without-libpsl \
	--without-brotli --without-zstd --without-zlib --without-librtmp --without-libssh2 \
	--without-libssh --without-libgsasl --without-ca-bundle --without-ca-path
make -s -j"$(nproc)" -C lib >/dev/null
make -s -C lib install >/dev/null
make -s -C include install >/dev/null
