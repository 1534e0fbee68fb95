#!/bin/sh
# SPDX-License-Identifier: MIT
# Images that are broken in every way that tools are known to stumble over, each alone and with --verify: no product, a reason,
# exit status 1, and no process of the run holds much memory. Then other people's broken files, where they are.
. "$(dirname "$0")/lib.sh"
here=$cli
corpus=$testdata/../../shared/corpus/broken

if ! command -v python3 >/dev/null; then
    skipped "broken images: no python3"
    finish
fi
python3 "$here/broken.py" make "$testdata/jpeg/landscape-6.jpg" "$testdata/png/rgb8-3.png" "$scratch/in" || exit 1
# A sanitizer holds more than the program does.
limited=$(ldd "$EXIFNORM" | grep -qE 'libasan|libubsan' || echo yes)
# refused FILE WORDS KIB: what was said of that file, the one of this number.
refused() {
    read -r status most seconds <alone/$number.used
    is "exit status of ${1##*/}" "$status" 1
    absent alone/$number.product
    check "a reason for ${1##*/}: $2" grep -q "': $2." alone/$number.err
    is "lines about ${1##*/}" "$(wc -l <alone/$number.err)" 1
    [ -z "$limited" ] || check "${1##*/} is refused with $most KiB, of $3" test "$most" -lt "$3"
    [ "$most" -le "$largest" ] || largest=$most
}
# each_alone NAMES: every file of that list, by itself.
each_alone() {
    rm -rf alone
    mkdir alone
    largest=0
    number=0
    check "they were run" python3 "$here/broken.py" run "$EXIFNORM" "$1" alone
    slowest=$(cut -d ' ' -f 3 alone/*.used | sort -n | tail -n 1)
}

cut -f 1 kinds | sed 's|^|in/|' >names
each_alone names
while IFS="$(printf '\t')" read -r name words; do
    number=$((number + 1))
    refused "in/$name" "$words" 51200
done <kinds
no_temporary alone
echo "$(wc -l <kinds) broken kinds: at most $largest KiB in a process, $slowest s"

# All in one run: each fails for itself.
cp "$testdata/jpeg/no-exif.jpg" in/good.jpg
mkfifo in/fifo.jpg
runs 1 -v in to --verify
same in/good.jpg to/good.jpg
is "products" "$(find to -type f | wc -l)" 1
is "failures" "$(wc -l <err)" "$(($(wc -l <kinds) + 1))" # the FIFO is named and skipped
has err "fifo.jpg"
no_temporary to

if [ -d "$corpus" ]; then
    find "$corpus" -type f | sort >others
    each_alone others
    while IFS= read -r file; do
        number=$((number + 1))
        case $file in
        # HEIC by content: it is only looked at. A PNG that is whole; what is wrong with it is another library's reading of it.
        */not-an-image/heic_hdlr_box.jpg | */sharp/image-in-alpha.png)
            is "exit status of ${file##*/}" "$(cut -d ' ' -f 1 alone/$number.used)" 0
            same "$file" alone/$number.product
            ;;
        *) refused "$file" "" 102400 ;;
        esac
    done <others
    check "there are files in the corpus" test $number -gt 40
    echo "$number files of the corpus: at most $largest KiB in a process, $slowest s"
else
    skipped "other people's broken files: no $corpus"
fi
finish
