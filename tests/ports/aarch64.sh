#!/bin/sh
# SPDX-License-Identifier: MIT
# aarch64.sh FOLDER NATIVE TEST...: builds exifnorm for aarch64 against Debian's libraries, and runs these C tests and the program in qemu-user. The
# program's outputs are those of the native one, byte for byte. Needs apt-get, gcc-aarch64-linux-gnu and qemu-user.
here=$(cd "$(dirname "$0")" && pwd)
FOLDER=$1
native=$(realpath "$2")
shift 2
. "$here/lib.sh"

for tool in aarch64-linux-gnu-gcc qemu-aarch64; do
    command -v $tool >/dev/null || stop "$tool not found (Debian: gcc-aarch64-linux-gnu qemu-user)"
done
root=$FOLDER/root
cd "$here/../.."
if [ ! -e "$FOLDER/unpacked" ]; then
    debian_lists "deb [arch=arm64]" -oAPT::Architecture=arm64 -oAPT::Architectures=arm64
    needed=$(sed -n 's/^Build-Depends: .*pkg-config, //p' .deb/control | tr -d ,)
    [ -n "$needed" ] || stop "no libraries are named in .deb/control"
    # shellcheck disable=SC2086
    debian_apt install -y --no-install-recommends --download-only libc6-dev libcmocka-dev $needed || stop "packages of arm64 cannot be had"
    mkdir -p "$root/usr/lib" "$root/usr/bin"
    ln -sfn usr/lib "$root/lib"
    for deb in "$FOLDER"/apt/cache/archives/*.deb; do
        dpkg-deb -x "$deb" "$root"
    done
    touch "$FOLDER/unpacked"
fi

PKG_CONFIG_SYSROOT_DIR=$root
PKG_CONFIG_LIBDIR=$root/usr/lib/aarch64-linux-gnu/pkgconfig:$root/usr/share/pkgconfig
export PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR
# shellcheck disable=SC2046
make BUILD="$FOLDER/build" CC="aarch64-linux-gnu-gcc --sysroot=$root" AR=aarch64-linux-gnu-ar all $(printf " $FOLDER/build/tests/%s" "$@") >"$FOLDER/log" 2>&1 || {
    grep -v '^aarch64' "$FOLDER/log" | tail -n 30
    stop "exifnorm does not build for aarch64"
}
echo "aarch64: built, with $(grep -c '^aarch64.* -c ' "$FOLDER/log") objects"

for test in "$@"; do
    qemu-aarch64 -L "$root" "$FOLDER/build/tests/$test" >"$FOLDER/log" 2>&1 || { tail -n 30 "$FOLDER/log"; stop "$test fails on aarch64"; }
    echo "aarch64: $test passes"
done

# qemu-user has no seccomp.
SANDBOX=--no-sandbox
same_outputs "$native" qemu-aarch64 -L "$root" "$FOLDER/build/exifnorm"
