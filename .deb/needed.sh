#!/bin/sh
# SPDX-License-Identifier: MIT
# needed.sh MODULE|HEADER...: exit status 1 and the names of what this machine cannot build with, as pkg-config and as Debian call it, so that a
# build does not end in undefined references. The Makefile calls it first; CC, CPPFLAGS and PKG_CONFIG are its own.
set -u

debian_name() {
    case $1 in
    zlib) echo zlib1g-dev ;;
    expat) echo libexpat1-dev ;;
    archive.h) echo libarchive-dev ;;
    bzlib.h) echo libbz2-dev ;;
    lzma.h) echo liblzma-dev ;;
    zstd.h) echo libzstd-dev ;;
    lib*) echo "$1-dev" ;;
    *) echo "lib$1-dev" ;;
    esac
}

# CC may be several words, and a compiler that ccache stands in for.
command -v "${CC%% *}" >/dev/null || { echo "no compiler: ${CC%% *} (Debian: gcc and libc6-dev; or CC=...)" >&2; exit 1; }
command -v "${PKG_CONFIG%% *}" >/dev/null || { echo "not found: ${PKG_CONFIG%% *} (Debian: pkg-config; or PKG_CONFIG=...)" >&2; exit 1; }
# shellcheck disable=SC2086
echo 'char wide[sizeof(void *) >= 8 ? 1 : -1];' | $CC $CPPFLAGS -fsyntax-only -x c - 2>/dev/null || {
    echo "$CC does not compile, or not for a 64-bit machine; 32 bits are too few for the largest images" >&2
    exit 1
}
missing=
for need in "$@"; do
    case $need in
    # shellcheck disable=SC2086
    *.h) printf '#include <%s>\n' "$need" | $CC $CPPFLAGS -E -x c -o /dev/null - 2>/dev/null ;;
    *) $PKG_CONFIG --exists "$need" ;;
    esac || {
        echo "not found: $need (Debian: $(debian_name "$need"))" >&2
        missing="$missing $(debian_name "$need")"
    }
done
[ -z "$missing" ] || { echo "install what is missing: apt-get install$missing" >&2; exit 1; }
