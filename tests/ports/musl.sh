#!/bin/sh
# SPDX-License-Identifier: MIT
# musl.sh FOLDER NATIVE: builds the program and all that it links statically with musl, from Debian's sources, and runs it. Its outputs are those of the
# native program, byte for byte. Needs apt-get, dpkg-dev, musl-tools, cmake and gperf.
here=$(cd "$(dirname "$0")" && pwd)
FOLDER=$1
native=$(realpath "$2")
. "$here/lib.sh"

for tool in musl-gcc cmake gperf dpkg-source; do
    command -v $tool >/dev/null || stop "$tool not found (Debian: musl-tools cmake gperf dpkg-dev)"
done
root=$FOLDER/root
mkdir -p "$root/kernel" "$root/include" "$root/lib/pkgconfig" "$FOLDER/build"
# The kernel's headers, without those of the C library beside them; and headers of what is not linked.
for name in linux asm-generic; do
    ln -sfn /usr/include/$name "$root/kernel/$name"
done
ln -sfn "/usr/include/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/asm" "$root/kernel/asm"
for name in archive.h archive_entry.h bzlib.h lzma.h lzma zstd.h zstd_errors.h; do
    [ -e /usr/include/$name ] || stop "/usr/include/$name not found (README has the packages)"
    ln -sfn /usr/include/$name "$root/include/$name"
done
printf '#!/bin/sh\nexec musl-gcc "$@" -idirafter "%s/kernel"\n' "$root" >"$FOLDER/cc"
chmod +x "$FOLDER/cc"
PKG_CONFIG_LIBDIR=$root/lib/pkgconfig
CC=$FOLDER/cc
CFLAGS="-O2 -fPIC -I$root/include"
LDFLAGS=-L$root/lib
export PKG_CONFIG_LIBDIR CC CFLAGS LDFLAGS

# made NAME COMMAND...: in the source of that name.
made() {
    name=$1
    shift
    (cd "$FOLDER/$name" && "$@") >>"$FOLDER/log" 2>&1 || { tail -n 30 "$FOLDER/log"; stop "$name does not build with musl"; }
}
by_cmake() {
    name=$1
    shift
    made "$name" cmake -S . -B made -DCMAKE_C_COMPILER="$CC" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DCMAKE_INSTALL_PREFIX="$root" \
        -DCMAKE_INSTALL_LIBDIR="$root/lib" -DCMAKE_PREFIX_PATH="$root" -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY -DCMAKE_FIND_ROOT_PATH="$root" "$@"
    made "$name" cmake --build made -j2 --target install
}
by_configure() {
    made "$1" ./configure --host="$(uname -m)-linux-musl" --prefix="$root" --disable-shared --enable-static
    made "$1" make -j2 install
}
# pc MODULE FLAG...: for those whose build makes none.
pc() {
    module=$1
    shift
    printf 'Name: %s\nDescription: %s\nVersion: 1\nCflags: -I%s/include\nLibs: -L%s/lib %s\n' "$module" "$module" "$root" "$root" "$*" \
        >"$root/lib/pkgconfig/$module.pc"
}

if [ ! -e "$FOLDER/libraries" ]; then
    debian_lists deb-src
    : >"$FOLDER/log"
    for name in zlib expat libpng1.6 libjpeg-turbo libdeflate libexif libmd libwebp jansson libseccomp; do
        debian_source $name
    done
    made zlib ./configure --static --prefix="$root"
    made zlib make -j2 install
    by_cmake libpng1.6 -DPNG_SHARED=OFF -DPNG_TESTS=OFF -DPNG_EXECUTABLES=OFF -DZLIB_ROOT="$root"
    by_cmake libjpeg-turbo -DENABLE_SHARED=OFF -DWITH_TURBOJPEG=OFF
    made libdeflate make -j2 install CC="$CC" PREFIX="$root" DISABLE_SHARED=1
    # Debian's patches need XML_DTD to be 1; its build by autoconf says so.
    by_cmake expat/expat -DCMAKE_C_FLAGS="$CFLAGS -DXML_GE=1 -DXML_DTD=1" -DEXPAT_DTD=OFF -DEXPAT_BUILD_DOCS=OFF -DEXPAT_BUILD_EXAMPLES=OFF -DEXPAT_BUILD_TESTS=OFF -DEXPAT_BUILD_TOOLS=OFF -DEXPAT_SHARED_LIBS=OFF
    by_configure libmd
    by_cmake libwebp -DWEBP_BUILD_ANIM_UTILS=OFF -DWEBP_BUILD_CWEBP=OFF -DWEBP_BUILD_DWEBP=OFF -DWEBP_BUILD_GIF2WEBP=OFF -DWEBP_BUILD_IMG2WEBP=OFF -DWEBP_BUILD_VWEBP=OFF -DWEBP_BUILD_WEBPINFO=OFF -DWEBP_BUILD_WEBPMUX=OFF -DWEBP_BUILD_EXTRAS=OFF
    by_cmake jansson -DJANSSON_BUILD_DOCS=OFF -DJANSSON_WITHOUT_TESTS=ON -DJANSSON_EXAMPLES=OFF
    by_configure libseccomp
    [ -e "$FOLDER/libexif/configure" ] || made libexif autoreconf -i
    by_configure libexif
    touch "$FOLDER/libraries"
fi

cd "$here/../.."
unset CFLAGS LDFLAGS
make BUILD="$FOLDER/build" CC="$CC" CPPFLAGS="-I$root/include" PKG_CONFIG="pkg-config --static" LDFLAGS="-static -no-pie" "$FOLDER/build/exifnorm" >"$FOLDER/log" 2>&1 || {
    grep -v "^$CC" "$FOLDER/log" | tail -n 30
    stop "exifnorm does not build with musl"
}
! readelf -lW "$FOLDER/build/exifnorm" | grep INTERP || stop "it is not static"
same_outputs "$native" "$FOLDER/build/exifnorm"
