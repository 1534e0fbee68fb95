#!/bin/sh
# SPDX-License-Identifier: MIT
# reproducible.sh FOLDER VENV: the Debian packages, and the sdist and the wheel of the Python package, are built twice, from the same sources in two
# folders, with other times of files, another umask, time zone, locale and number of jobs, and come out byte for byte the same. VENV has what
# python/wheel.sh needs. PARTS: deb, python; default: both.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=${here%/*/*}
mkdir -p "$1"
folder=$(cd "$1" && pwd)
venv=$(cd "$2" && pwd)
parts=${PARTS:-deb python}

# build NAME DATE UMASK ZONE LOCALE JOBS: the sources in a folder of that name, and what is made of them in NAME/made.
build() {
    tree=$folder/$1/tree
    rm -rf "${folder:?}/$1"
    mkdir -p "$tree" "$folder/$1/made"
    (cd "$top" && tar --exclude=./build --exclude=./.git -cf - .) | tar -xf - -C "$tree"
    find "$tree" -exec touch --date="$2" {} +
    (
        cd "$tree"
        unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES BUILD
        umask "$3"
        export TZ="$4" LC_ALL="$5"
        export MAKEFLAGS="-j$6"
        for part in $parts; do
            case $part in
            deb) make deb ;;
            python) sh python/wheel.sh build/python/wheel "$venv" ;;
            esac
        done
    ) >"$folder/$1/log" 2>&1 || { tail -n 30 "$folder/$1/log"; exit 1; }
    for part in $parts; do
        case $part in
        deb) cp "$tree"/build/deb/*.deb "$folder/$1/made" ;;
        python) cp "$tree"/build/python/wheel/dist/* "$folder/$1/made" ;;
        esac
    done
    (cd "$folder/$1/made" && sha256sum ./*) >"$folder/$1/sums"
}

build one 2026-01-02T03:04:05Z 022 UTC C.UTF-8 1
build another/folder 2025-06-07T08:09:10Z 077 Asia/Tokyo C 2
[ "$(wc -l <"$folder/one/sums")" -ge 2 ]
cat "$folder/one/sums"
diff "$folder/one/sums" "$folder/another/folder/sums"
echo "$(wc -l <"$folder/one/sums") files, built twice: the same bytes"
