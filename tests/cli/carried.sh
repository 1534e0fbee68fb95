#!/bin/sh
# SPDX-License-Identifier: MIT
# Formats that are only looked at unless their orientation is dropped, and WebP where it is to be copied: copied byte for byte, and told apart where they have an orientation.
. "$(dirname "$0")/lib.sh"

# byte NUMBER: printf's escape for it.
byte() {
    printf '\\%03o' "$1"
}

# tiff ORIENTATION: a TIFF of one IFD with that tag, 26 bytes.
tiff() {
    printf "II*\\0\\010\\0\\0\\0\\001\\0\\022\\001\\003\\0\\001\\0\\0\\0$(byte "$1")\\0\\0\\0\\0\\0\\0\\0"
}

# webp ORIENTATION: a WebP with an EXIF chunk of that TIFF, and no picture.
webp() {
    printf 'RIFF\046\0\0\0WEBPEXIF\032\0\0\0'
    tiff "$1"
}

# avif ANGLE: an AVIF whose picture, item 1, has the property irot.
avif() {
    printf '\0\0\0\020ftypavif\0\0\0\0'
    printf '\0\0\0\107meta\0\0\0\0\0\0\0\016pitm\0\0\0\0\0\001'
    printf "\\0\\0\\0\\055iprp\\0\\0\\0\\021ipco\\0\\0\\0\\011irot$(byte "$1")"
    printf '\0\0\0\024ipma\0\0\0\0\0\0\0\001\0\001\001\201'
}

mkdir -p in/sub
tiff 1 >in/one.tif
tiff 6 >in/six.tif
webp 1 >in/one.webp
webp 3 >in/sub/three.webp
avif 0 >in/none.avif
avif 1 >in/left.avif
tiff 8 >in/named.jpg # content decides, also what a suffix promises
cp "$testdata/jpeg/no-exif.jpg" in/photo.jpg

runs 1 in to --report=report --webp=copy
check "every file is there, byte for byte" diff -r in to
no_temporary to
has err "exifnorm: 'in/six.tif': unsupported: copied unchanged, tiff with orientation 6"
has err "exifnorm: 'in/sub/three.webp': unsupported: copied unchanged, webp with orientation 3; --webp=as-shown removes it"
has err "exifnorm: 'in/left.avif': unsupported: copied unchanged, avif with orientation 8; see --heif"
has err "exifnorm: 'in/named.jpg': unsupported: copied unchanged, tiff with orientation 8"
is "messages" "$(wc -l <err)" 4
check "a line of the summary" grep -q '^ *4  unsupported  ' out
check "another for the rest" grep -q '^ *3  copied$' out
check "none failed" sh -c '! grep -q failed out'
is "in the report" "$(grep -c '"outcome":"unsupported"' report)" 4
has report '"path":"left.avif","outcome":"unsupported","method":"none","format":"avif","orientation":8'
has report '"reasons":["item-property"]'
is "sizes in the report" "$(items report | grep -c '"bytes_before":\([0-9]*\),"bytes_after":\1,')" 8

# Allowed: still counted and reported, but no failure.
runs 0 in allowed --allow-unsupported --report=report --webp=copy
is "messages" "$(wc -l <err)" 0
check "still a line of the summary" grep -q '^ *4  unsupported  ' out
is "still in the report" "$(grep -c '"outcome":"unsupported"' report)" 4
runs 0 in verified --allow-unsupported --verify --webp=copy
check "compared copies" diff -r in verified

# Pictures without a size or a part of one are no longer copied where their orientation is to be dropped: they are damaged.
runs 1 in dropped --mode=drop --webp=copy
is "damaged" "$(grep -c 'damaged image data: ' err)" 5
is "copied" "$(find dropped -type f | wc -l)" 3

# --check says the same and names them on standard output.
runs 1 --check in --webp=copy
has out "'in/six.tif': orientation 6; exif-orientation; unsupported tiff"
has out "'in/left.avif': orientation 8; item-property; unsupported avif"
is "lines" "$(grep -c '; unsupported ' out)" 4
is "messages" "$(wc -l <err)" 0
runs 0 --check in --allow-unsupported --webp=copy
is "lines" "$(grep -c '; unsupported ' out)" 4
runs 0 --check in/one.tif in/one.webp in/none.avif --webp=copy
runs 1 --check in/six.tif
runs 1 --check to --webp=copy
runs 0 --check allowed --allow-unsupported --webp=copy

# Only headers come into memory: a file over the limit is no matter.
rm -rf in to
mkdir in
{
    tiff 6
    head -c 6000000 /dev/zero
} >in/large.tif
runs 0 in to --allow-unsupported --max-memory=1M
same in/large.tif to/large.tif
check "it was looked at" grep -q '^ *1  unsupported' out

# Damage is nobody's business here.
rm -rf in to
mkdir in
tiff 6 | head -c 20 >in/cut.tif
webp 6 | head -c 30 >in/cut.webp
avif 1 | head -c 70 >in/cut.avif
runs 0 in to --webp=copy
check "byte for byte" diff -r in to

finish
