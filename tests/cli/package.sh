#!/bin/sh
# SPDX-License-Identifier: MIT
# make install: where things go, what the shared library exports, and a program that is built against it as others would.
. "$(dirname "$0")/lib.sh"

top=$(cd "$testdata/.." && pwd)
build=${EXIFNORM%/*}
# What it was built with: without these it would be built again while other tests run it. Colons lead to what stands after them, if anything does.
builders_path=${PKG_CONFIG_PATH-}
libraries=${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
built_at=$(stat -c '%i %y' "$EXIFNORM")
if ! command -v make >/dev/null || ! command -v pkg-config >/dev/null; then
    skipped "make install: no make or no pkg-config here"
    finish
fi

# make_in TARGET VARIABLE=VALUE...: what the build in question makes of it.
make_in() {
    make -s -C "$top" BUILD="$build" "$@" >make.out 2>err
    is "make $*" $? 0
}

# ---- install: every file in its place, and uninstall takes them all away
mkdir dest
echo theirs >dest/kept
make_in install DESTDIR="$scratch/dest" PREFIX=/opt/x
version=$("$EXIFNORM" --version | cut -d' ' -f2)
(cd dest && find . ! -type d | sort) >found
sort >wanted <<EOF
./kept
./opt/x/bin/exifnorm
./opt/x/include/exifnorm.h
./opt/x/lib/libexifnorm.a
./opt/x/lib/libexifnorm.so
./opt/x/lib/libexifnorm.so.0
./opt/x/lib/libexifnorm.so.$version
./opt/x/lib/pkgconfig/libexifnorm.pc
./opt/x/share/bash-completion/completions/exifnorm
./opt/x/share/doc/exifnorm/NEWS.md
./opt/x/share/doc/exifnorm/README.md
$(cd "$top" && find docs -type f | sed 's|^|./opt/x/share/doc/exifnorm/|')
./opt/x/share/man/man1/exifnorm.1
./opt/x/share/zsh/site-functions/_exifnorm
EOF
check "what is installed" diff wanted found
cp wanted wanted_installed
root=dest/opt/x
check "links of installed pages lead to installed pages" python3 - "$root/share/doc/exifnorm" "$top" <<'END'
import glob, os, re, sys
for page in glob.glob(sys.argv[1] + "/**/*.md", recursive=True):
    for link in re.findall(r"\]\(([^)#]+)", open(page, encoding="utf-8").read()):
        there = os.path.normpath(os.path.join(os.path.dirname(page), link))
        source = os.path.relpath(there, sys.argv[1])
        if "://" not in link and not os.path.exists(there) and (source.startswith("docs/") or not os.path.exists(os.path.join(sys.argv[2], source))):
            sys.exit(f"{page}: {link}")
END
is "the installed program" "$($root/bin/exifnorm --version)" "exifnorm $version"
check "mode of the program" test -x $root/bin/exifnorm
check "no other mode" test -z "$(find dest/opt -type f -perm /133 ! -path '*/bin/*')"
is "libexifnorm.so.0" "$(readlink $root/lib/libexifnorm.so.0)" "libexifnorm.so.$version"
is "libexifnorm.so" "$(readlink $root/lib/libexifnorm.so)" "libexifnorm.so.0"
check "no trace of the build folder" sh -c "! grep -rlF -e '$scratch' dest/opt/x/lib/pkgconfig dest/opt/x/share"

# ---- the shared library: its name, and no symbol but the public header's
if command -v nm >/dev/null && command -v objdump >/dev/null; then
    is "soname" "$(objdump -p $root/lib/libexifnorm.so | sed -n 's/^ *SONAME *//p')" libexifnorm.so.0
    nm -D --defined-only $root/lib/libexifnorm.so | awk '{ print $3 }' | sort >found
    grep -v '^ *\*\|^/\*' "$top/include/exifnorm.h" | sed -n 's/^EXN_API .*[ *]\(exn_[a-z_]*\)(.*/\1/p' | sort >wanted
    check "the header has functions" test "$(wc -l <wanted)" -ge 10
    if nm -D $root/lib/libexifnorm.so | grep -q '__asan_\|__ubsan_\|__sanitizer_\|__tsan_'; then
        skipped "exported symbols: a sanitizer adds its own"
    else
        check "exported symbols are the header's" diff wanted found
    fi
else
    skipped "soname and symbols: no binutils here"
fi

# ---- ten lines of somebody else's, against what was installed
cat >ten.c <<'EOF'
#include <exifnorm.h>
#include <stdio.h>
int main(void)
{
    static unsigned char data[1 << 20];
    exn_bytes product;
    exn_result result;
    size_t size = fread(data, 1, sizeof data, stdin);
    exn_result_init(&result, sizeof result);
    exn_status status = exn_normalize(data, size, NULL, &product, &result, NULL);
    fwrite(product.data, 1, product.size, stdout);
    fprintf(stderr, "%s %s %u\n", exn_version(), exn_outcome_word(result.outcome), (unsigned)result.orientation);
    exn_bytes_free(&product);
    return (int)status;
}
EOF
# built PROGRAM COMPILER FLAG...: it compiles without a warning.
built() {
    program=$1
    shift
    "$@" -Wall -Wextra -Werror -o "$program" >out 2>err
    is "building: $*" $? 0
}
photo=$testdata/jpeg/landscape-6.jpg
runs 0 "$photo" wanted.jpg
PKG_CONFIG_SYSROOT_DIR=$scratch/dest
PKG_CONFIG_PATH=$scratch/$root/lib/pkgconfig:$builders_path
export PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_PATH
is "version by pkg-config" "$(pkg-config --modversion libexifnorm)" "$version"
is "libraries by pkg-config" "$(pkg-config --libs libexifnorm | xargs)" "-L$scratch/$root/lib -lexifnorm"
cc=${CC:-cc}
if nm -D $root/lib/libexifnorm.so | grep -q '__asan_\|__ubsan_\|__sanitizer_\|__tsan_'; then
    skipped "a program of others: the library wants its sanitizer"
elif ! command -v "$cc" >/dev/null; then
    skipped "a program of others: no compiler here"
else
    # shellcheck disable=SC2046
    built ten "$cc" -std=c11 ten.c $(pkg-config --cflags --libs libexifnorm)
    LD_LIBRARY_PATH=$root/lib$libraries ./ten <"$photo" >ten.jpg 2>err
    is "its exit status" $? 0
    has err "$version lossless 6"
    same ten.jpg wanted.jpg
    check "it needs the library" sh -c "LD_LIBRARY_PATH=$root/lib$libraries ldd ten | grep -q 'libexifnorm.so.0 => $root'"

    # The same without the shared library: what pkg-config says for static linking is all that it needs.
    mkdir static
    cp $root/lib/libexifnorm.a static
    # shellcheck disable=SC2046
    built ten_static "$cc" -std=c11 ten.c $(pkg-config --cflags libexifnorm) -Lstatic \
        $(PKG_CONFIG_SYSROOT_DIR='' pkg-config --static --libs libexifnorm | sed "s|-L/opt/x/lib||")
    ./ten_static <"$photo" >ten_static.jpg 2>err
    is "its exit status" $? 0
    same ten_static.jpg wanted.jpg

    # The header is C++ as well, and plain C11 without GNU extensions.
    if command -v "${CXX:-c++}" >/dev/null; then
        cp ten.c ten.cc
        # shellcheck disable=SC2046
        built ten_cc "${CXX:-c++}" ten.cc $(pkg-config --cflags --libs libexifnorm)
        LD_LIBRARY_PATH=$root/lib$libraries ./ten_cc <"$photo" 2>err | cmp -s - wanted.jpg
        is "the same from C++" $? 0
    else
        skipped "the header in C++: no compiler here"
    fi
    # shellcheck disable=SC2046
    built ten_pedantic "$cc" -std=c11 -Wpedantic ten.c $(pkg-config --cflags --libs libexifnorm)
fi
unset PKG_CONFIG_SYSROOT_DIR
PKG_CONFIG_PATH=$builders_path

make_in uninstall DESTDIR="$scratch/dest" PREFIX=/opt/x
is "what is left" "$(cd dest && find . ! -type d)" "./kept"
absent dest/opt/x/share/doc/exifnorm

# ---- SHARED=1, into folders with all that a shell makes something of: the program has none of the library's code, and does the same
odd="/opt/it's a \$dir & more"
make_in install SHARED=1 DESTDIR="$scratch/a dest" PREFIX="$(printf %s "$odd" | sed 's/\$/$$/g')"
root="a dest$odd"
sed 's|^\./opt/x/|./|;/kept/d' wanted_installed >wanted
(cd "$root" && find . ! -type d | sort) >found
check "what is installed" diff wanted found
is "files elsewhere" "$(find "a dest" ! -type d | wc -l)" "$(wc -l <wanted)"
program=$scratch/$root/bin/exifnorm
with_library() (
    LD_LIBRARY_PATH=$scratch/$root/lib$libraries
    export LD_LIBRARY_PATH
    "$@"
)
check "it loads the library" with_library sh -c 'ldd "$1" | grep -qF "libexifnorm.so.0 => $2/"' sh "$program" "$scratch/$root/lib"
if command -v nm >/dev/null; then
    is "the library's functions in it" "$(nm "$program" | grep -c ' [Tt] exn_\(normalize\|jpeg\|png\)')" 0
    check "and without SHARED=1" test "$(nm "$build/exifnorm" | grep -c ' [Tt] exn_\(normalize\|jpeg\|png\)')" -gt 9
fi
mkdir photos
for part in jpeg png other; do
    copy_tree "$testdata/$part" photos/$part
done
tar -czf photos/a.tgz -C "$testdata" jpeg
# by WHAT PROGRAM: what that one makes of the photographs: in its sandbox, over several workers.
by() {
    "$2" photos "$1" --verify -j2 -q 2>"$1.err"
    echo "$?" >>"$1.err"
    "$2" --tar photos/a.tgz "$1.tgz" -q 2>>"$1.err"
    echo "$?" >>"$1.err"
    sed -i "s/$1/OUT/g" "$1.err"
}
with_library by with_shared "$program"
by with_static "$EXIFNORM"
check "the same outputs" diff -r with_static with_shared
same with_static.tgz with_shared.tgz
check "the same messages" diff with_static.err with_shared.err
is "outputs" "$(find with_shared -type f | wc -l)" "$(find photos -type f | wc -l)"
# ---- STATIC=1: no library but the C library's own is loaded, and the program does the same
if nm "$build/exifnorm" | grep -q '__asan_\|__ubsan_\|__sanitizer_\|__tsan_'; then
    skipped "STATIC=1: a sanitizer brings libraries of its own"
elif [ ! -e "$(pkg-config --variable=libdir libjpeg)/libjpeg.a" ] || ! echo 'int main(void) { return 0; }' | ${CC:-cc} -x c - -o archives -Wl,-Bstatic $(pkg-config --static --libs libjpeg libpng libseccomp) \
    -Wl,-Bdynamic -lm 2>/dev/null; then
    skipped "STATIC=1: no archives of the libraries here"
else
    make_in install STATIC=1 DESTDIR="$scratch/static" PREFIX=/usr
    program=$scratch/static/usr/bin/exifnorm
    is "what it loads" "$(ldd "$program" | sed -n 's/^[[:space:]]*\(lib[a-z]*\)\.so.*/\1/p' | sort | xargs)" "libc libm"
    by with_archives "$program"
    check "the same outputs by STATIC=1" diff -r with_static with_archives
    same with_static.tgz with_archives.tgz
    check "the same messages by STATIC=1" diff with_static.err with_archives.err
    program=$scratch/$root/bin/exifnorm
fi

# ---- SHARED=1 again. Where the library cannot be loaded nothing is done.
LD_LIBRARY_PATH='' "$program" photos none 2>err
is "status without the library" $? 127
has err libexifnorm.so.0
is "its prefix by pkg-config" "$(PKG_CONFIG_PATH=$scratch/$root/lib/pkgconfig pkg-config --variable=prefix libexifnorm)" "$odd"
make_in uninstall SHARED=1 DESTDIR="$scratch/a dest" PREFIX="$(printf %s "$odd" | sed 's/\$/$$/g')"
is "what is left" "$(find "a dest" ! -type d)" ""

# ---- make deb names what it needs; tests/ports/debian.sh looks at what it makes
mkdir tools
for tool in sh cc make sed dirname mkdir dpkg-checkbuilddeps; do
    ! command -v $tool >/dev/null || ln -s "$(command -v $tool)" tools
done
PATH=$scratch/tools BUILD=$scratch/nothing sh "$top/.deb/build.sh" 2>err
is "make deb without its tools" $? 1
has err 'apt-get install dpkg-dev debhelper'

is "the program was built" "$(stat -c '%i %y' "$EXIFNORM")" "$built_at"
finish
