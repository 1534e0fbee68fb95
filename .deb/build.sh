#!/bin/sh
# Makes three Debian packages with dpkg-deb: exifnorm (the program), libexifnorm0 (the shared library) and libexifnorm-dev.
# Called by `make deb`; BUILD names the folder for everything that is made. BUILT: a folder in which the project is built already, with flags of
# its own, which tests of the packages take as it is; else it is built once more with Debian's flags.
set -eu
umask 022
: "${BUILD:?names a folder}"
mkdir -p "$BUILD"
build=$(cd "$BUILD" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
top=${here%/*}

version=$(dpkg-parsechangelog -l "$here/changelog" -S Version)
upstream=$(sed -n 's/^#define EXN_VERSION "\(.*\)"/\1/p' "$top/include/exifnorm.h")
if [ "${version%-*}" != "$upstream" ]; then
    echo "build.sh: the changelog says $version, the header $upstream" >&2
    exit 1
fi
arch=$(dpkg-architecture -qDEB_HOST_ARCH)
lib=usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$here/changelog" -S Timestamp)
DEB_BUILD_MAINT_OPTIONS=hardening=+all
export SOURCE_DATE_EPOCH DEB_BUILD_MAINT_OPTIONS

rm -rf "$build"/*.deb "$build/root" "$build/debian" "$build/exifnorm" "$build/libexifnorm0" "$build/libexifnorm-dev"
cd "$top"
set -- SHARED=1 PREFIX=/usr LIBDIR="/$lib" ZSHDIR=/usr/share/zsh/vendor-completions DESTDIR="$build/root"
if [ -n "${BUILT-}" ]; then
    make -s BUILD="$BUILT" "$@" install >"$build/install.log"
else
    make -s BUILD="$build/objects" SAN= CPPFLAGS="$(dpkg-buildflags --get CPPFLAGS)" CFLAGS="$(dpkg-buildflags --get CFLAGS)" \
        LDFLAGS="$(dpkg-buildflags --get LDFLAGS)" "$@" install >"$build/install.log"
fi

# ---- who gets what
cd "$build"
# take PACKAGE PATH...: moves files of the installed tree into that package.
take() {
    package=$1
    shift
    for path in "$@"; do
        mkdir -p "$package/${path%/*}"
        mv "root/$path" "$package/$path"
    done
}
take libexifnorm0 "$lib/libexifnorm.so.0" "$lib/libexifnorm.so.$upstream"
take libexifnorm-dev "$lib/libexifnorm.so" "$lib/libexifnorm.a" "$lib/pkgconfig" usr/include/exifnorm.h
take exifnorm usr/bin/exifnorm usr/share/man usr/share/bash-completion usr/share/zsh usr/share/doc
if find root ! -type d | grep .; then
    echo "build.sh: the files above are in no package" >&2
    exit 1
fi

strip --strip-unneeded -R .comment -R .note exifnorm/usr/bin/exifnorm "libexifnorm0/$lib/libexifnorm.so.$upstream"
strip --strip-debug -R .comment -R .note --enable-deterministic-archives "libexifnorm-dev/$lib/libexifnorm.a"
gzip -9n exifnorm/usr/share/man/man1/exifnorm.1
for package in exifnorm libexifnorm0 libexifnorm-dev; do
    doc=$package/usr/share/doc/$package
    mkdir -p "$doc" "$package/DEBIAN"
    cp "$here/copyright" "$doc/copyright"
    gzip -9nc "$here/changelog" >"$doc/changelog.Debian.gz"
    gzip -9nc "$top/NEWS.md" >"$doc/changelog.gz"
done
cp "$top/README.md" exifnorm/usr/share/doc/exifnorm

# Whoever links the library depends on it; ldconfig learns of it.
echo "libexifnorm 0 libexifnorm0 (>= $upstream)" >libexifnorm0/DEBIAN/shlibs
echo "activate-noawait ldconfig" >libexifnorm0/DEBIAN/triggers

# ---- control files; dpkg-shlibdeps needs a debian/control beside what it reads, and is given the library that no package of this machine has
mkdir debian
cp "$here/control" debian/control
cp libexifnorm0/DEBIAN/shlibs debian/shlibs.local
shlibs() {
    dpkg-shlibdeps -l"libexifnorm0/$lib" -O "$1" | sed -n 's/^shlibs:Depends=//p'
}
# paragraph PACKAGE: its paragraph of control.
paragraph() {
    awk -v name="$1" 'BEGIN { RS = ""; ORS = "\n" } $0 ~ "(^|\n)Package: " name "(\n|$)"' debian/control
}
make_package() {
    depends=$2
    find "$1" -type d -exec chmod 755 {} +
    size=$(du -k -s --apparent-size --exclude=DEBIAN "$1" | cut -f1)
    {
        paragraph "$1" | sed -e "s/^Architecture: .*/Architecture: $arch/" \
            -e "s/\${shlibs:Depends}/$depends/" -e "s/\${binary:Version}/$version/" \
            -e "/^Package:/a Version: $version" -e "/^Package:/a Installed-Size: $size"
        sed -n '1,/^$/{/^Maintainer:/p}' debian/control
        [ "$1" = exifnorm ] || echo "Source: exifnorm"
    } | sed '/^$/d' >control.tmp
    # Description comes last by custom
    sed '/^Description:/,/^[^ ]/{/^Description:/d;/^ /d}' control.tmp >"$1/DEBIAN/control"
    sed -n '/^Description:/p;/^ /p' control.tmp >>"$1/DEBIAN/control"
    rm control.tmp
    (cd "$1" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$1/DEBIAN/md5sums"
    find "$1" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group --build "$1" "$build" >/dev/null
    echo "$build/$1_${version}_$arch.deb"
}
make_package exifnorm "$(shlibs exifnorm/usr/bin/exifnorm)"
make_package libexifnorm0 "$(shlibs "libexifnorm0/$lib/libexifnorm.so.$upstream")"
make_package libexifnorm-dev ""
