#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes three Debian packages by debhelper: exifnorm (the program), libexifnorm0 (the shared library) and libexifnorm-dev. Called by `make deb`;
# BUILD names the folder for everything that is made: a copy of the sources with this folder as its debian/.
set -eu
umask 022
: "${BUILD:?names a folder}"
mkdir -p "$BUILD"
build=$(cd "$BUILD" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
top=${here%/*}

missing=
command -v dpkg-buildpackage >/dev/null || missing="$missing dpkg-dev"
command -v dh >/dev/null || missing="$missing debhelper"
[ -n "$missing" ] || missing=$(dpkg-checkbuilddeps -I "$here/control" 2>&1 | sed -n 's/.*[Uu]nmet build dependencies://p' | sed 's/([^)]*)//g')
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086
    echo "make deb: install what is missing: apt-get install $(echo $missing)" >&2
    exit 1
fi
version=$(dpkg-parsechangelog -l "$here/changelog" -S Version)
upstream=$(sed -n 's/^#define EXN_VERSION "\(.*\)"/\1/p' "$top/include/exifnorm.h")
if [ "${version%-*}" != "$upstream" ]; then
    echo "build.sh: the changelog says $version, the header $upstream" >&2
    exit 1
fi

# Times are kept, and what was compiled before stays, so that a second call has only to pack.
source=$build/exifnorm-$upstream
rm -rf "$build"/*.deb "$source/debian"
for part in Makefile README.md NEWS.md include src man docs .deb; do
    rm -rf "${source:?}/$part"
done
mkdir -p "$source"
cd "$top"
cp -Rp Makefile README.md NEWS.md include src man docs .deb "$source"
cd "$source"
cp -R .deb debian
# Nothing of the caller's make has a say in it.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES BUILD SAN SHARED STATIC DESTDIR PREFIX CC CFLAGS CPPFLAGS LDFLAGS WERROR 2>/dev/null || true
DEB_BUILD_OPTIONS="noautodbgsym parallel=$(nproc)" dpkg-buildpackage -d -nc -b -us -uc >"$build/build.log" 2>&1 || {
    tail -n 30 "$build/build.log" >&2
    exit 1
}
rm -f "$build"/*.buildinfo "$build"/*.changes
ls "$build"/*.deb
