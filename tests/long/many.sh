#!/bin/sh
# SPDX-License-Identifier: MIT
# 100,000 small files, one in five of them oriented: counts, time, memory, and what the hand-over to workers costs.
#
# EXIFNORM and ONE_PROCESS name the programs; TMPDIR should be a file system that is quicker than they are. MANY=10000
# makes it short.
EXIFNORM=${EXIFNORM:?names the program to test}
ONE_PROCESS=$(realpath "${ONE_PROCESS:?names the program to compare with}")
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../cli/lib.sh"
. "$here/watch.sh"
many=${MANY:-100000}
folders=$((many / 1000))

# ---- the files: folders of a thousand, of which 200 are oriented; the same bytes have many names
mkdir base
i=0
while [ $i -lt 100 ]; do
    o=$((i % 7 + 2))
    cp "$testdata/jpeg/landscape-$o.jpg" base/o$i.jpg
    cp "$testdata/png/rgb8-$o.png" base/o$i.png
    for k in 1 2; do
        cp "$testdata/jpeg/no-exif.jpg" base/n$k-$i.jpg
        cp "$testdata/png/no-exif.png" base/n$k-$i.png
        cp "$testdata/png/rgb8-1.png" base/u$k-$i.png
        echo "label $i" >base/l$k-$i.txt
    done
    i=$((i + 1))
done
is "files of a folder" "$(ls base | wc -l)" 1000
mkdir in tenth
i=0
while [ $i -lt $folders ]; do
    cp -al base in/$i
    i=$((i + 1))
done
i=0
while [ $i -lt $((folders / 10)) ]; do
    cp -al base tenth/$i
    i=$((i + 1))
done

# milliseconds COMMAND...
milliseconds() {
    begin=$(date +%s%N)
    "$@" >out 2>err </dev/null
    status=$?
    took=$((($(date +%s%N) - begin) / 1000000))
}

# ---- counts, bytes, memory
for j in 1 2; do
    rm -rf to_tenth
    milliseconds "$EXIFNORM" tenth to_tenth -j $j
    tenth=$took
    milliseconds "$EXIFNORM" in to$j -j $j
    is "exit status at -j$j" $status 0
    # counted WORD...: how many items the summary counts under these outcomes
    counted() { awk -v words=" $* " 'index(words, " " $2 " ") { n += $1 } END { print n + 0 }' out; }
    is "rotated at -j$j" "$(counted metadata lossless luma-lossless requantized)" $((many / 5))
    is "left as they are at -j$j" "$(counted untouched copied)" $((many / 5 * 4))
    echo "-j$j: $many files in $took ms, $((many * 1000 / took)) files/s; a tenth of them in $tenth ms"
    # What grew with the square would take a hundred times as long.
    check "linear in the number of files" test $took -lt $((tenth * 20 + 1000))
done
check "the same bytes" diff -r to1 to2
rm -rf to1 to2 to_tenth
"$EXIFNORM" in to -j 2 >out 2>err &
watch $!
echo "memory of all processes: at most $((most / 1024)) MB"
check "below 300 MB" test $most -gt 1000 -a $most -lt 300000
rm -rf to in tenth base

# ---- the hand-over: PNGs of 4 KB that need nothing; the best of five runs of each, in turn
mkdir in
{
    # One gray pixel; bytes behind IEND are carried over.
    printf '\211PNG\r\n\032\n'
    printf '\0\0\0\rIHDR\0\0\0\001\0\0\0\001\010\0\0\0\0\072\176\233\125'
    printf '\0\0\0\012IDAT\170\234\143\150\0\0\0\202\0\201\167\315\162\266'
    printf '\0\0\0\0IEND\256B\140\202'
    head -c 4096 /dev/zero
} | head -c 4096 >in/0.png
for k in $(seq 0 199); do
    tee $(seq -f "in/$k-%g.png" 100) <in/0.png >/dev/null
done
rm in/0.png
is "files to hand over" "$(find in -size +7 -name '*.png' | wc -l)" 20000
one=1000000 two=1000000
for i in 1 2 3 4 5; do
    rm -rf to
    milliseconds "$ONE_PROCESS" in to
    is "exit status of one process" $status 0
    [ $took -ge $one ] || one=$took
    rm -rf to
    milliseconds "$EXIFNORM" in to
    is "exit status" $status 0
    is "what was to be done" "$(grep -c '^ *20000  untouched' out)" 1
    [ $took -ge $two ] || two=$took
done
echo "20000 files of 4 KB: one process $((20000000 / one)) files/s, with workers $((20000000 / two)) files/s," \
    "ratio $((one * 100 / two)) %"
check "a ratio of 0.7 or better" test $((one * 100)) -ge $((two * 70))
finish
