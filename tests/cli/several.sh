#!/bin/sh
# SPDX-License-Identifier: MIT
# IN1 IN2 ... FOLDER: each as FOLDER/NAME, with one report and one summary.
. "$(dirname "$0")/lib.sh"

mkdir -p photos/d more
cp "$testdata/jpeg/landscape-6.jpg" photos/a.jpg
cp "$testdata/jpeg/landscape-8.jpg" photos/d/b.jpg
cp "$testdata/png/no-exif.png" more/c.png
cp "$testdata/jpeg/landscape-3.jpg" one.jpg
head -c 600 one.jpg >cut.jpg
runs 0 photos wanted
runs 0 one.jpg wanted_one.jpg

refused() {
    text=$1
    shift
    runs 2 "$@"
    has err "$text"
    is "what is made" "$(ls -A to)" ""
}
mkdir to sub
cp one.jpg sub
refused "with several inputs OUT must be a folder that exists" photos more nowhere
refused "with several inputs OUT must be a folder that exists" photos more one.jpg
refused "'to/one.jpg': two inputs would go there" one.jpg photos sub/one.jpg to
refused "has no name to go to OUT by" photos . to
refused "cannot open IN" photos nowhere to
refused "OUT is inside IN" photos "$scratch" to
for option in --tar --files-from=list --shard=0/2 --orientations=list --labels=move --state=s --resume; do
    refused "is for one input" photos more to $option
done
refused "expected a file or folder among several" photos - to
refused "the report would be inside IN" photos more to --report=more/report

runs 1 photos more/ one.jpg ./cut.jpg to/ --report=report
check "a folder" diff -r wanted to/photos
same more/c.png to/more/c.png
same wanted_one.jpg to/one.jpg
absent to/cut.jpg
is "what there is" "$(ls -A to)" "$(printf 'more\none.jpg\nphotos')"
is "paths" "$(items report | jq -r .path | tr '\n' ' ')" "photos/a.jpg photos/d/b.jpg more/c.png one.jpg ./cut.jpg "
has report '"out":"to/","paths":[{"path":"photos"},{"path":"more/"},{"path":"one.jpg"},{"path":"./cut.jpg"}]'
is "first and last lines" "$(wc -l <report)" 7
check "one summary" grep -q "^ *5  items, " out
runs 1 photos one.jpg to
is "outputs that exist" "$(grep -c 'output exists' err)" 3
runs 0 photos one.jpg to --overwrite
finish
