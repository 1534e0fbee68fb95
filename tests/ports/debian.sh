#!/bin/sh
# SPDX-License-Identifier: MIT
# make deb: what is in the packages, what they depend on, what lintian says of them; and a second call makes the same bytes. EXIFNORM names a program
# that was built from the same sources.
. "$(dirname "$0")/../cli/lib.sh"

top=$(cd "$testdata/.." && pwd)
build=${EXIFNORM%/*}
for tool in dpkg-buildpackage dh lintian; do
    command -v $tool >/dev/null || {
        echo "debian.sh: there is no $tool: apt-get install dpkg-dev debhelper lintian" >&2
        exit 1
    }
done
version=$("$EXIFNORM" --version | cut -d' ' -f2)

make_deb() {
    make -s -C "$top" BUILD="$build" deb >make.out 2>err
}
make_deb
is "make deb" $? 0
is "packages" "$(find "$build"/deb -maxdepth 1 -name '*.deb' | wc -l)" 3
for deb in "$build"/deb/*.deb; do
    mkdir -p unpacked
    check "$deb unpacks" dpkg-deb -x "$deb" unpacked
    is "version of $deb" "$(dpkg-deb -f "$deb" Version)" "$version-1"
    is "owners in $deb" "$(dpkg-deb -c "$deb" | awk '{ print $2 }' | sort -u)" "root/root"
done
library=$(find unpacked/usr/lib -name "libexifnorm.so.$version")
is "the packaged program" "$(LD_LIBRARY_PATH=${library%/*} unpacked/usr/bin/exifnorm --version)" "exifnorm $version"
mkdir photos
for part in jpeg png other; do
    copy_tree "$testdata/$part" photos/$part
done
"$EXIFNORM" photos wanted -q --verify 2>wanted.err
LD_LIBRARY_PATH=${library%/*} unpacked/usr/bin/exifnorm photos from_deb -q --verify 2>from_deb.err
check "its outputs" diff -r wanted from_deb
is "outputs" "$(find from_deb -type f | wc -l)" "$(find photos -type f | wc -l)"

# depends PACKAGE ON...: on what it links or opens, and on nothing else. Debian 13 has t64 at the end of some names, and Ubuntu another libjpeg.
depends() {
    package=$1
    shift
    dpkg-deb -f "$build"/deb/"$package"_*.deb Depends | sed 's/ ([^)]*)//g; s/t64//g; s/libjpeg8/libjpeg62-turbo/; s/, /\n/g' | grep -v '^libc6$' | sort | xargs >found
    is "what $package depends on" "$(cat found)" "$*"
}
depends exifnorm libarchive13 libbz2-1.0 libexifnorm0 libjansson4 liblzma5 libmd0 libseccomp2 libzstd1 zlib1g
depends libexifnorm0 libdeflate0 libexif12 libexpat1 libjpeg62-turbo libmd0 libpng16-16 libwebp7 zlib1g
check "of the library's version" sh -c "dpkg-deb -f '$build'/deb/exifnorm_*.deb Depends | grep -qF 'libexifnorm0 (>= $version)'"
is "pages in the package" "$(cd unpacked/usr/share/doc/exifnorm && find README.md docs -type f | sort | xargs)" \
    "$(cd "$top" && find README.md docs -type f | sort | xargs)"

# The same sources give the same bytes: nothing in them is of now.
for deb in "$build"/deb/*.deb; do
    TZ=UTC dpkg-deb -c "$deb" | awk '{ print $4, $5 }'
    (cd unpacked && rm -rf control && dpkg-deb -e "$deb" control && TZ=UTC find control -type f -printf '%TY-%Tm-%Td %TH:%TM\n')
    TZ=UTC ar tv "$deb" | sed 's/.*[0-9]  *\([A-Z][a-z][a-z] .*[0-9]\) [a-z].*/\1/' | sort -u | date -u -f - '+%Y-%m-%d %H:%M'
done | sort -u >times
is "times in the packages" "$(cat times)" "$(date -u -d "@$(dpkg-parsechangelog -l "$top/.deb/changelog" -S Timestamp)" '+%Y-%m-%d %H:%M')"
mkdir first
cp "$build"/deb/*.deb first
make_deb
for deb in first/*.deb; do
    same "$deb" "$build/deb/${deb##*/}"
done
lintian --allow-root first/*.deb >out 2>&1
is "what lintian says" "$(cat out)" ""
finish
