#!/bin/sh
# SPDX-License-Identifier: MIT
# --mode and --strict.
. "$(dirname "$0")/lib.sh"

mkdir in
for o in 1 3 6 8; do
    cp "$testdata/jpeg/landscape-$o.jpg" "$testdata/png/rgb8-$o.png" in
done
cp "$testdata/jpeg/no-exif.jpg" in

# ---- bake is what happens anyway
runs 0 in plain
runs 0 in bake --mode=bake
check "bake is the default" diff -r plain bake

# ---- drop keeps the stored pixels
runs 0 in drop --mode=drop --verify --report=report
check "all that had one is edited" grep -q '^ *6  metadata  ' out
check "nothing else is done" grep -q '^ *3  untouched  ' out
is "methods" "$(grep -c '"method":"edit"' report)" 6
is "sizes that stayed" "$(grep -c '"size_before":\(\[[0-9,]*\]\),"size_after":\1,' report)" 9
check "the report still says what was there" \
    grep -q '"path":"landscape-6.jpg",.*"orientation":6,' report
runs 0 --check drop
runs 0 --check drop --mode=drop

# after_sos FILE: the bytes of the picture, by a reader of the test's own.
after_sos() {
    LC_ALL=C grep -obUaP '\xFF\xDA\x00\x0C\x03' "$1" | tail -n 1 | cut -d: -f1 |
        { read -r at && tail -c "+$at" "$1"; } | cksum
}
for o in 3 6 8; do
    is "the scan of landscape-$o.jpg" "$(after_sos "drop/landscape-$o.jpg")" \
        "$(after_sos "in/landscape-$o.jpg")"
done
if command -v djpeg >/dev/null; then
    for o in 3 6 8; do
        djpeg "in/landscape-$o.jpg" >before.ppm
        djpeg "drop/landscape-$o.jpg" >after.ppm
        same before.ppm after.ppm
    done
else
    skipped "stored pixels by djpeg"
fi
if command -v exiftool >/dev/null; then
    is "orientations that exiftool finds" "$(exiftool -q -r -n -a -if '$Orientation and $Orientation != 1' \
        -p '$FileName' drop 2>/dev/null | wc -l)" 0
else
    skipped "orientations by exiftool"
fi

# ---- both end unambiguous, and neither does anything twice
for mode in bake drop; do
    runs 0 "$mode" "$mode-again" "--mode=$mode"
    check "a second run changes nothing" diff -r "$mode" "$mode-again"
done
runs 2 in x --mode=turn
has err "expected 'bake' or 'drop'"
absent x

# ---- strict
# A PNG whose eXIf stands behind its IDAT: browsers ignore it, other readers do not.
rm -rf in
mkdir in
cp "$testdata/jpeg/landscape-6.jpg" in/clear.jpg
dd if="$testdata/png/no-exif.png" bs=1 count=$(($(stat -c %s "$testdata/png/no-exif.png") - 12)) \
    2>/dev/null >in/late.png
printf '\0\0\0\032eXIfII*\0\010\0\0\0\001\0\022\001\003\0\001\0\0\0\006\0\0\0\0\0\0\0' >>in/late.png
printf '\0\0\0\0\0\0\0\0IEND\256B\140\202' >>in/late.png # the first four: a CRC, for nobody
runs 0 in lenient --report=report
has report '"warnings":["orientation-ignored"'
is "reasons" "$(grep -c '"reasons":\["exif-orientation"\]' report)" 2
runs 0 --check lenient
runs 0 --check lenient --strict
runs 1 in strict --strict
has err "'in/late.png': refused by an option: orientation-ignored"
absent strict/late.png
check "the other one is in place" test -s strict/clear.jpg
runs 1 --check in
has out "'in/late.png': invalid orientation; exif-orientation; ambiguous: orientation-ignored"
check "not a failure" grep -q '^ *1  to edit$' out
check "counted as ambiguous" grep -q '^ *1  ambiguous' out
runs 1 --check in --strict
has out "'in/late.png': invalid orientation; exif-orientation; ambiguous: orientation-ignored"
has err "'in/late.png': refused by an option: orientation-ignored"
runs 0 --check strict --strict

finish
