#!/bin/sh
# SPDX-License-Identifier: MIT
# IN1 IN2 ... FOLDER: each as FOLDER/NAME, with one report and one summary.
. "$(dirname "$0")/lib.sh"
. "$cli/labels_lib.sh"

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
refused "its output in OUT would have no name" photos . to
refused "cannot open IN" photos nowhere to
refused "OUT is inside IN" photos "$scratch" to
for option in --tar --files-from=list --shard=0/2 --orientations=list --state=s --resume; do
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

# ---- --labels=move: all inputs are one run, so that labels of one go with the images of another
mkdir -p side/images/train side/labels/train side/beside side/to wanted.labels
cp "$testdata/jpeg/landscape-6.jpg" side/images/train/1.jpg
cp "$testdata/jpeg/landscape-1.jpg" side/images/train/2.jpg
cp "$testdata/jpeg/landscape-8.jpg" side/one.jpg
cp side/one.jpg side/beside/1.jpg
for n in 1 2; do echo "0 0.25 0.5 0.125 0.25" >side/labels/train/$n.txt; done
coco_sized 240 320 one.jpg 1.jpg >side/all.json
cp -r side/images side/labels side/one.jpg side/all.json wanted.labels
runs 0 wanted.labels to.labels --labels --labels-frame=stored --html=whole.page
is "labels of one folder" "$(cat to.labels/labels/train/1.txt)" "0 0.5 0.25 0.25 0.125"
renew() {
    clear_away "$1"
    mkdir "$1"
}
for names in "images labels one.jpg all.json" "./all.json labels/ images one.jpg" "$PWD/side/labels $PWD/side/images/ $PWD/side/one.jpg $PWD/side/all.json"; do
    renew side/to
    # The output, the report and what else is there lie in the same folder, and are nothing of the run's.
    # shellcheck disable=SC2086
    (cd side && exec "$EXIFNORM" $names to --labels --labels-frame=stored --report=report --html=page) >out 2>err
    is "exit status of $names" $? 0
    check "what a run over their folder makes" diff -r to.labels side/to
    is "one summary" "$(grep -c ' items, ' out)" 1
    is "items" "$(items side/report | jq -r .path | LC_ALL=C sort | sed "s|^$PWD/side/||; s|^\./||" | xargs)" "all.json images/train/1.jpg images/train/2.jpg labels/train/1.txt labels/train/2.txt one.jpg"
    is "the page has boxes" "$(grep -o '<rect' side/page | wc -l)" "$(grep -o '<rect' whole.page | wc -l)"
    rm side/report side/page
done
renew side/to
runs 1 side/images side/labels side/to --labels --report=report
has err "nothing was written: it is not known whether labels are drawn"
is "what is made of labels that nobody knows the frame of" "$(ls -A side/to)" ""
is "the report says so" "$(jq -c 'select(.verdict).verdict | [.image, .verdict]' report)" '["side/images/train/1.jpg","either"]'
runs 0 side/images side/one.jpg side/all.json side/to --labels
same to.labels/all.json side/to/all.json
renew side/to
runs 0 side/images side/labels side/to --labels --labels-frame=stored --resume
same to.labels/labels/train/1.txt side/to/labels/train/1.txt
# Where they lie apart nobody could say which image is meant by a name.
renew side/to
runs 2 side/images b/labels side/to --labels
has err "'b/labels': lies in another folder than the inputs before it; labels are moved with the images of all inputs where these are side by side"
ln -s ../b/labels side/led
runs 2 side/images side/led side/to --labels
has err "'side/led': a link to a folder; to move labels of several inputs, name the folder itself"
is "what is made of inputs of two folders" "$(ls -A side/to)" ""
mkdir -p c/images c/labels
cp "$testdata/jpeg/landscape-6.jpg" c/images/1.jpg
echo "0 0.5 0.5 0.25 0.25" >c/labels/1.txt
runs 0 --in-place --no-backup c/images c/labels
has err "exifnorm: 1 label file names 1 rotated image and was copied unchanged: see --labels"
finish
