#!/bin/sh
# SPDX-License-Identifier: MIT
# The judge of `make bench`: does it know a wrong picture from a right one? No speed is measured here.
. "$(dirname "$0")/lib.sh"

bench=$(dirname "$EXIFNORM")/bench
judge=$bench/judge

# judged SOURCE PRODUCT ORIENTATION: its exit status, and out has what it said.
judged() {
    "$judge" "$@" >out
    echo $?
}

"$bench/make_pictures" pictures 176 144
check "22 pictures" test "$(ls pictures | wc -l)" -eq 22
check "the largest is said to be turned" test -s pictures/420-5mb-8.jpg
"$bench/make_pictures" again 176 144
check "made anew, they are the same" diff -r pictures again

"$bench/make_pictures" parts 125 93 6
check "six parts" test "$(ls parts | wc -l)" -eq 6
check "each is another" test "$(cksum parts/* | cut -d' ' -f1 | sort -u | wc -l)" -eq 6
runs 0 pictures upright
runs 0 parts parts-upright
for file in parts/*; do
    value=${file##*-}
    is "$file is right" "$(judged "$file" "parts-upright/${file##*/}" "${value%.*}")" 0
done
for file in 420-3mb-3.jpg 420-3mb-6.jpg 420-5mb-8.jpg 444-6.jpg odd-6.jpg optimized-6.jpg progressive-6.jpg restart-6.jpg \
    png-rgb8-6.png png-rgba8-6.png png-gray8-6.png png-gray16-6.png png-palette-6.png png-flat-6.png; do
    value=${file##*-}
    is "$file is right" "$(judged "pictures/$file" "upright/$file" "${value%.*}")" 0
done
is "turned the other way" "$(judged pictures/420-3mb-6.jpg upright/420-3mb-6.jpg 8)" 1
is "turned upside down instead" "$(judged pictures/420-3mb-6.jpg upright/420-3mb-3.jpg 6)" 1
is "mirrored" "$(judged pictures/420-3mb-6.jpg upright/420-3mb-6.jpg 5)" 1
is "not turned" "$(judged pictures/420-3mb-3.jpg pictures/420-3mb-3.jpg 3)" 1
is "of another size" "$(judged pictures/420-3mb-6.jpg pictures/420-3mb-6.jpg 6)" 1
has out "wrong size: 176x144"
is "a PNG turned the other way" "$(judged pictures/png-gray8-6.png upright/png-gray8-6.png 8)" 1
is "a JPEG for a PNG" "$(judged pictures/png-rgb8-6.png upright/420-3mb-6.jpg 6)" 1
is "no product" "$(judged pictures/420-3mb-6.jpg missing 6)" 2

# A strip that jpegtran leaves where the grid is cut by the edge (here all but 8 pixels are right).
djpeg -outfile whole.ppm pictures/444-1.jpg
cjpeg -quality 90 -outfile cut.jpg whole.ppm
jpegtran -crop 172x144+0+0 -outfile odd.jpg cut.jpg
jpegtran -flip horizontal -outfile strip.jpg odd.jpg
is "an edge strip left behind" "$(judged odd.jpg strip.jpg 2)" 1

finish
