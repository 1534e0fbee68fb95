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

# ---- labels of one input may be about the images of another: in OUT they lie side by side
mkdir -p a/images/train b/labels/train joined
cp "$testdata/jpeg/landscape-6.jpg" a/images/train/1.jpg
cp "$testdata/jpeg/landscape-1.jpg" a/images/train/2.jpg
for n in 1 2; do echo "0 0.5 0.5 0.25 0.25" >b/labels/train/$n.txt; done
runs 0 a/images b/labels joined --report=report
has err "exifnorm: 1 label file names 1 rotated image and was copied unchanged: see --labels"
is "which" "$(jq -r 'select(.labels) | .labels.path' report)" b/labels/train/1.txt
runs 0 b/labels a/images joined --overwrite --quiet
has err "exifnorm: 1 label file names 1 rotated image and was copied unchanged: see --labels"
runs 0 a/images b/labels joined --overwrite --labels=copy
check "--labels=copy says nothing" test ! -s err
mkdir single
echo '{"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [{"id": 1, "image_id": 1, "bbox": [1, 2, 3, 4]}]}' >b/labels/all.json
runs 0 a/images/train/1.jpg b/labels single
has err "exifnorm: 1 label file names 1 rotated image and was copied unchanged: see --labels"
# Files one by one, as a shell's * gives them: by where they lie in OUT.
mkdir -p files/in files/other files/to files/to2
cp "$testdata/jpeg/landscape-6.jpg" files/in/1.jpg
echo "0 0.5 0.5 0.25 0.25" >files/in/1.txt
cp b/labels/all.json files/other
runs 0 files/in/1.jpg files/in/1.txt files/other/all.json files/to --report=report
has err "exifnorm: 2 label files name 1 rotated image and were copied unchanged: see --labels"
is "which files" "$(jq -r 'select(.labels) | .labels.path' report | xargs)" "files/in/1.txt files/other/all.json"
(cd files/in && exec "$EXIFNORM" ./*.* ../to2) >out 2>err
is "exit status of files in this folder" $? 0
has err "exifnorm: 1 label file names 1 rotated image and was copied unchanged: see --labels"
mkdir -p c/images c/labels
cp "$testdata/jpeg/landscape-6.jpg" c/images/1.jpg
echo "0 0.5 0.5 0.25 0.25" >c/labels/1.txt
runs 0 --in-place --no-backup c/images c/labels
has err "exifnorm: 1 label file names 1 rotated image and was copied unchanged: see --labels"
finish
