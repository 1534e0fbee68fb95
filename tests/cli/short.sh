#!/bin/sh
# SPDX-License-Identifier: MIT
# Calls that read or write less than they were asked for, each of them, in the program and in its workers: the products are the same.
# Beside EXIFNORM lies shortener.so (tests/hooks/shortener.c).
. "$(dirname "$0")/lib.sh"

if ! preloads shortener.so; then
    skipped "short counts: no $hook"
    finish
fi
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS

# short LETTERS COMMAND...: succeeds, and has shortened the calls of these letters.
short() {
    letters=$1
    shift
    rm -f calls
    EXN_SHORT_CALLS=$PWD/calls LD_PRELOAD=$preload "$@"
    is "exit status of $*" $? 0
    for letter in $letters; do
        check "$*: some $letter were short" grep -aq $letter calls
    done
}

mkdir in
cp "$testdata"/jpeg/landscape-[1-8].jpg "$testdata"/png/rgb8-*.png "$testdata/png/no-exif.png" in
seq 60000 >in/data # copied
for options in "" "--verify" "--write=direct"; do
    rm -rf whole to
    check "a folder, $options" "$EXIFNORM" in whole -j 1 $options >/dev/null
    short "p q" "$EXIFNORM" in to -j 1 $options >/dev/null
    rm -rf whole/.exifnorm-* to/.exifnorm-*
    check "a folder, $options: the same products" diff -r whole to
done

tar -cf in.tar in
tar -czf in.tgz in
for archive in in.tar in.tgz; do
    "$EXIFNORM" --tar -q - - <$archive >whole.out
    short "r p w q" "$EXIFNORM" --tar -q - - <$archive >to.out
    check "$archive: the same product" cmp whole.out to.out
done
"$EXIFNORM" -q - - <in/landscape-6.jpg >whole.out
short "r w" "$EXIFNORM" -q - - <in/landscape-6.jpg >to.out
check "a stream: the same product" cmp whole.out to.out
finish
