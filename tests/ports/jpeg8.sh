#!/bin/sh
# SPDX-License-Identifier: MIT
# jpeg8.sh FOLDER TARGET...: builds Debian's libjpeg-turbo with the ABI of jpeg8, which Ubuntu ships, and exifnorm against that, and makes these targets
# (run-test_png, test, ...) of it. Needs apt-get, dpkg-dev, cmake and nasm.
here=$(cd "$(dirname "$0")" && pwd)
FOLDER=$1
shift
. "$here/lib.sh"

for tool in cmake nasm dpkg-source; do
    command -v $tool >/dev/null || stop "$tool not found (Debian: cmake nasm dpkg-dev)"
done
if [ ! -e "$FOLDER/jpeg8/lib/libjpeg.so.8" ]; then
    debian_lists deb-src
    debian_source libjpeg-turbo
    cmake -S "$FOLDER/libjpeg-turbo" -B "$FOLDER/libjpeg-turbo/build" -DWITH_JPEG8=1 -DWITH_TURBOJPEG=0 -DENABLE_STATIC=0 \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$FOLDER/jpeg8" -DCMAKE_INSTALL_LIBDIR="$FOLDER/jpeg8/lib" >"$FOLDER/log" 2>&1 &&
        cmake --build "$FOLDER/libjpeg-turbo/build" -j2 --target install >>"$FOLDER/log" 2>&1 || { tail -n 30 "$FOLDER/log"; stop "libjpeg-turbo does not build"; }
fi

cd "$here/../.."
PKG_CONFIG_PATH=$FOLDER/jpeg8/lib/pkgconfig
LD_LIBRARY_PATH=$FOLDER/jpeg8/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH
make BUILD="$FOLDER/build" built >"$FOLDER/log" 2>&1 || { grep -v '^[a-z0-9-]*cc ' "$FOLDER/log" | tail -n 30; stop "exifnorm does not build with jpeg8"; }
for program in exifnorm libexifnorm.so tests/test_jpeg_matrix; do
    ldd "$FOLDER/build/$program" | grep -q "libjpeg.so.8 => $FOLDER/jpeg8/lib/" || stop "$program does not use jpeg8"
done
[ $# = 0 ] || make --output-sync=target BUILD="$FOLDER/build" "$@"
