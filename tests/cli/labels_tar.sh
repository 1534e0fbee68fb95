#!/bin/sh
# SPDX-License-Identifier: MIT
# Label files and masks in archives. That what is moved there is what a run over the folder moves is shown in labels_move.sh for every format, too.
. "$(dirname "$0")/lib.sh"
. "$cli/labels_lib.sh"
command -v python3 >/dev/null && command -v jq >/dev/null || {
    skipped "labels in archives: no python3, or no jq"
    finish
}
boxes() { jq -c '.annotations[].bbox' "$1" | xargs; }
# unpack ARCHIVE FOLDER
unpack() {
    clear_away "$2"
    mkdir "$2"
    tar -xf "$1" -C "$2"
}

# ---- samples: members that lie side by side, with a box in several formats before and after their image
mkdir set
for n in 1 2 3 4 5 6 7 8; do
    cp "$jpeg/landscape-$n.jpg" set/000$n.jpg
    echo "0 0.25 0.5 0.125 0.25" >set/000$n.txt
    echo "$n" >set/000$n.cls
    echo "{\"caption\": \"letter $n\"}" >set/000$n.extra.json
    coco 000$n.jpg >set/000$n.coco.json
    echo "<annotation><filename>000$n.jpg</filename><object><name>l</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>40</xmax><ymax>60</ymax></bndbox></object></annotation>" >set/000$n.a.xml
    cp "$testdata/png/no-exif.png" set/000$n.mask.png
done
# The masks are as large as the images are stored.
python3 - "$cli/../labels" <<'END'
import random, sys
sys.path.insert(0, sys.argv[1])
import png
r = random.Random(5) # for the filters of rows
for n in range(1, 9):
    width, height = (320, 240) if n < 5 else (240, 320)
    rows = [[((x * x // 500 + y // (8 + n)) % 4,) for x in range(width)] for y in range(height)]
    open("set/000%d.mask.png" % n, "wb").write(png.write(png.PNG(width, height, 8, 3, 0, rows, [(b"PLTE", bytes(range(12)))]), r))
END
# shellcheck disable=SC2086
runs 0 set folder $frame --masks='*.mask.png'
# shellcheck disable=SC2012
(cd set && ls | sort) >names
tac names >reversed
for order in names reversed; do
    tar -cf $order.tar -C set -T $order
    for options in -j1 -j4 --verify --isolate; do
        # shellcheck disable=SC2086
        runs 0 --tar $order.tar "$order$options.tar" $frame --masks='*.mask.png' $options --report=report
        unpack "$order$options.tar" x
        check "$order $options: what the folder's run makes" diff -r folder x
        check "$order $options: the order of members" test "$(tar -tf "$order$options.tar" | cksum)" = "$(cksum <$order)"
    done
    # shellcheck disable=SC2086
    timeout 120 "$EXIFNORM" --tar - - $frame --masks='*.mask.png' <$order.tar >stream.tar 2>err
    is "exit status of a stream" $? 0
    same stream.tar $order-j1.tar
done
is "what became of them" "$(of report 0006.txt outcome) $(of report 0001.txt outcome) $(of report 0006.cls outcome)" "moved copied copied"
is "its labels" "$(jq -c 'select(.path == "0006.txt") | .labels' report)" '{"format":"yolo","images":1,"shapes":1,"moved":1,"kept":0,"outside":0}'
is "a mask's image" "$(of report 0006.mask.png '| .mask_of, .outcome' | xargs)" "0006.jpg lossless"
# shellcheck disable=SC2086
runs 0 --tar names.tar dry.tar $frame --masks='*.mask.png' --dry-run --report=dry
absent dry.tar
items report | jq -c '[.path, .outcome]' | sort >wanted
items dry | jq -c '[.path, .outcome]' | sort >found
check "--dry-run: the same report" diff wanted found
# Shards in a folder, and gone on with: other labels are another run.
mkdir shards
cp names.tar shards/a.tar
gzip -c reversed.tar >shards/b.tar.gz
runs 0 --tar shards to.shards --labels=copy --resume
# shellcheck disable=SC2086
runs 0 --tar shards to.shards $frame --masks='*.mask.png' --resume
unpack to.shards/a.tar x
check "a shard, done once more since labels are moved now" diff -r folder x
unpack to.shards/b.tar.gz x
check "a packed one" diff -r folder x
stat -c '%n %i' to.shards/* >before
# shellcheck disable=SC2086
runs 0 --tar shards to.shards $frame --masks='*.mask.png' --resume
stat -c '%n %i' to.shards/* >after
check "a second run changes nothing" diff before after

# ---- a label file of a whole archive: behind its images, and not before
mkdir whole
cp "$jpeg"/landscape-[1-8].jpg whole
coco landscape-1.jpg landscape-3.jpg landscape-6.jpg >whole/all.json
coco landscape-6.jpg >whole/zz.json
(cd whole && tar -cf ../behind.tar landscape-*.jpg all.json zz.json && tar -cf ../amid.tar landscape-[1-5].jpg all.json landscape-[6-8].jpg zz.json)
# shellcheck disable=SC2086
runs 0 --tar behind.tar to.tar $frame
unpack to.tar x
is "behind its images" "$(boxes x/all.json)" "[10.5,20,30,40] [279.5,180,30,40] [260,10.5,40,30]"
# shellcheck disable=SC2086
runs 1 --tar amid.tar to2.tar $frame --report=report
has err "'all.json': labels that cannot be moved: there is no image 'landscape-6.jpg': in an archive it has to be of the same sample, or to come before"
unpack to2.tar x
absent x/all.json
is "one behind all of its own" "$(boxes x/zz.json)" "[260,10.5,40,30]"
# shellcheck disable=SC2086
runs 1 --tar amid.tar kept.tar $frame --on-error=keep
unpack kept.tar x
same whole/all.json x/all.json

# ---- what fails
mkdir bad
cp "$jpeg/landscape-6.jpg" bad/a.jpg
head -c 4000 "$jpeg/landscape-6.jpg" >bad/cut.jpg
cp set/0006.txt bad/cut.txt
printf '0 0.5 0.5 0.1 0.1\n0 nan 0.5 0.1 0.1\n' >bad/a.txt
printf '{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"id": 1, "image_id": 1, "bbox": [1, 2' >bad/a.cut.json
cp set/0006.mask.png bad/o.mask.png
cp set/0001.mask.png bad/a.mask.png
cp set/0006.mask.png bad/b.mask.png
printf 'GIF89a' >bad/b.mask.gif
cp "$jpeg/landscape-6.jpg" bad/b.jpg
mkdir bad/labels bad/images
cp "$jpeg/landscape-6.jpg" bad/images/k.jpg
echo "Car 0.0 0 -1.5 10 20 30 40 1 1 1 1 1 1 1" >bad/labels/k.txt
tar -cf bad.tar -C bad a.jpg a.txt a.cut.json a.mask.png b.jpg b.mask.png b.mask.gif cut.jpg cut.txt o.mask.png images/k.jpg labels/k.txt
# shellcheck disable=SC2086
runs 1 --tar bad.tar to3.tar $frame --masks='*.mask.*' --report=report
has err "'a.txt': damaged label file: line 2"
has err "'a.cut.json': damaged label file: "
has err "'a.mask.png': a mask that cannot be rotated: a mask of 320x240, where 240x320 is the size of 'a.jpg' in that frame"
has err "'b.mask.gif': a mask that cannot be rotated: 'b.jpg' was rotated, and a mask of this format cannot be"
has err "'o.mask.png': a mask that cannot be rotated: there is no image in its sample, or before it in the archive, that it is a mask of"
has err "'labels/k.txt': labels that cannot be moved: it looks like labels of 'images/k.jpg', in no known format"
is "the labels of an image that failed" "$(of report cut.txt outcome)" partly
is "the mask beside them" "$(of report b.mask.png outcome)" lossless
# Two members of one name, rotated otherwise.
mkdir twice
cp "$jpeg/landscape-3.jpg" twice/a.jpg
cp "$jpeg/landscape-6.jpg" bad/a.jpg
tar -cf twice.tar -C twice a.jpg -C ../bad a.jpg -C ../set 0006.cls
coco a.jpg >twice/x.json
tar -rf twice.tar -C twice x.json
# shellcheck disable=SC2086
runs 1 --tar twice.tar to4.tar $frame
has err "'x.json': labels that cannot be moved: the archive has images of one name that are not alike"

# ---- an image behind labels or a mask that may be the one that is meant: a run over the folder would have known
mkdir -p splits/test splits/train splits/masks/train
cp "$jpeg/landscape-6.jpg" splits/test/a.jpg
cp "$jpeg/landscape-1.jpg" splits/train/a.jpg
cp set/0006.mask.png splits/masks/train/a.png
coco a.jpg >splits/train/x.json
cp splits/train/x.json splits/test/x.json
# shellcheck disable=SC2086
runs 0 splits to.splits $frame --masks=masks/
same splits/train/x.json to.splits/train/x.json
is "labels beside their image" "$(boxes to.splits/test/x.json)" "[260,10.5,40,30]"
tar -cf splits.tar -C splits test/a.jpg test/x.json train/x.json train/a.jpg
# shellcheck disable=SC2086
runs 1 --tar splits.tar none.tar $frame
has err "splits.tar': refused by an option: 'train/x.json' is about an image before it in the archive, or about one after it"
absent none.tar
# shellcheck disable=SC2086
"$EXIFNORM" --tar - - $frame <splits.tar >stream.tar 2>err
is "exit status of a stream" $? 1
check "a stream that ends before its end marker" test "$(wc -c <stream.tar)" -eq "$(($(LC_ALL=C grep -abo 'train/a.jpg' stream.tar | tail -1 | cut -d: -f1) + 512 + ($(stat -c %s splits/train/a.jpg) + 511) / 512 * 512))"
# Names go to a terminal.
cp splits/train/x.json "splits/train/$(printf '\033[1m').json"
tar -cf splits.tar -C splits test/a.jpg "train/$(printf '\033[1m').json" train/a.jpg
# shellcheck disable=SC2086
runs 1 --tar splits.tar none.tar $frame
has err "'train/?[1m.json' is about an image before it in the archive"
tar -cf splits.tar -C splits test/a.jpg masks/train/a.png train/a.jpg
# shellcheck disable=SC2086
runs 1 --tar splits.tar none.tar $frame --masks=masks/
has err "'masks/train/a.png' is about an image before it in the archive, or about one after it"
absent none.tar
# One that is behind all images, and one beside its own, whatever comes.
tar -cf splits.tar -C splits train/a.jpg test/a.jpg train/x.json -C ../whole landscape-3.jpg -C ../splits test/x.json
# shellcheck disable=SC2086
runs 0 --tar splits.tar to.splits.tar $frame
unpack to.splits.tar x
for name in test/x.json train/x.json; do same to.splits/$name x/$name; done
# One of its own name once more, as "tar -u" puts it.
tar -cf splits.tar -C splits test/a.jpg test/x.json
cp "$jpeg/landscape-3.jpg" splits/test/a.jpg
tar -rf splits.tar -C splits test/a.jpg
# shellcheck disable=SC2086
runs 1 --tar splits.tar none.tar $frame
has err "it has images of one name that are not alike, and labels between them"
absent none.tar

# ---- links: labels of one are those of the image that it leads to, and what is a link cannot be moved for itself
mkdir -p links/images links/labels links/masks
cp "$jpeg/landscape-6.jpg" links/images/1.jpg
ln links/images/1.jpg links/images/2.jpg
ln -s ../images/2.jpg links/images/3.jpg
ln -s ./../images/1.jpg links/images/4.jpg
for n in 1 2 3 4; do echo "0 0.25 0.5 0.125 0.25" >links/labels/$n.txt; done
coco 2.jpg 4.jpg >links/x.json
tar -cf links.tar -C links images/1.jpg images/2.jpg images/3.jpg images/4.jpg labels/1.txt labels/2.txt labels/4.txt x.json
# shellcheck disable=SC2086
runs 0 --tar links.tar to.links.tar $frame
unpack to.links.tar x
is "labels of links" "$(cat x/labels/1.txt x/labels/2.txt x/labels/4.txt | sort -u) $(boxes x/x.json)" "0 0.5 0.25 0.25 0.125 [260,10.5,40,30] [260,10.5,40,30]"
runs 0 --tar links.tar to.links2.tar
has err "exifnorm: 4 label files name 3 rotated images and were copied unchanged: see --labels"
# A sample of its own, and a link to a link, of which nothing is known.
tar -cf links.tar -C links images/1.jpg images/2.jpg labels/1.txt images/3.jpg labels/3.txt
# shellcheck disable=SC2086
runs 1 --tar links.tar to.links3.tar $frame
has err "'labels/3.txt': labels that cannot be moved: there is no image 'labels/3.txt'"
cp links/labels/2.txt links/images/2.txt
tar -cf links.tar -C links images/1.jpg images/2.jpg images/2.txt
# shellcheck disable=SC2086
runs 0 --tar links.tar to.links6.tar $frame
unpack to.links6.tar x
is "labels beside a link" "$(cat x/images/2.txt)" "0 0.5 0.25 0.25 0.125"
cp "$jpeg/landscape-3.jpg" links/b.jpg
cp links/labels/1.txt links/images/1.txt
ln links/images/1.txt links/b.txt
cp set/0006.mask.png links/masks/1.png
ln links/masks/1.png links/masks/b.png
tar -cf links.tar -C links images/1.jpg images/1.txt b.jpg b.txt
# shellcheck disable=SC2086
runs 1 --tar links.tar to.links4.tar $frame --report=report
has err "'b.txt': labels that cannot be moved: a link to labels that were moved with another image"
unpack to.links4.tar x
absent x/b.txt
tar -cf links.tar -C links images/1.jpg masks/1.png b.jpg masks/b.png
# shellcheck disable=SC2086
runs 1 --tar links.tar to.links5.tar $frame --masks=masks/
has err "'masks/b.png': a mask that cannot be rotated: it is a link"

# ---- more members in a sample than may be in flight, and a label file as large as no other member
mkdir many
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    cp "$jpeg/landscape-6.jpg" many/s.$n.jpg
    coco s.$n.jpg >many/s.0$n.json
done
# shellcheck disable=SC2012
(cd many && ls | grep json && ls | grep jpg) >order
tar -cf many.tar -C many -T order
"$EXIFNORM" --tar many.tar to5.tar --labels --labels-frame=stored -j1 >out 2>err
check "a sample that does not fit ends" test $? -le 1
(cd many && ls | grep jpg && ls | grep json) >order
tar -cf many.tar -C many -T order
# shellcheck disable=SC2086
runs 0 --tar many.tar to6.tar $frame -j1
unpack to6.tar x
is "labels behind many images" "$(cat x/*.json | jq -c '.annotations[].bbox' | sort | uniq -c | xargs)" "16 [260,10.5,40,30]"

# ---- a label file in one sample that names an image of another: which one is meant is known at the end of the archive
mkdir -p cross/a cross/b
cp "$jpeg/landscape-6.jpg" cross/a/1.jpg
cp "$jpeg/landscape-1.jpg" cross/b/1.jpg
coco b/1.jpg >cross/a/1.json
for order in "a/1.jpg a/1.json b/1.jpg" "a/1.json a/1.jpg b/1.jpg"; do
    # shellcheck disable=SC2086
    tar -cf cross.tar -C cross $order
    # shellcheck disable=SC2086
    runs 1 --tar cross.tar crossed.tar $frame
    absent crossed.tar
    has err "is about an image before it in the archive, or about one after it"
done
# Without that other image it is the sample's own, as in a folder.
tar -cf cross.tar -C cross a/1.jpg a/1.json
# shellcheck disable=SC2086
runs 0 --tar cross.tar crossed.tar $frame
unpack crossed.tar x
is "labels of the sample's own image" "$(boxes x/a/1.json)" "[260,10.5,40,30]"

# ---- masks that a label file names: they come after it, as its images before. That they are moved as in a folder labels/program.py has for each way of moving
mkdir -p named/images named/ann/panoptic
cp "$jpeg/landscape-6.jpg" "$jpeg/landscape-1.jpg" "$jpeg/landscape-3.jpg" named/images
cp set/0006.mask.png named/ann/panoptic/m6.png
cp set/0001.mask.png named/ann/panoptic/m1.png
cp set/0003.mask.png named/ann/panoptic/m3.png
# panoptic NUMBER...: of these images.
panoptic() {
    for n in "$@"; do
        case $n in 6) size='"width": 240, "height": 320' ;; *) size='"width": 320, "height": 240' ;; esac
        echo "{\"id\": $n, \"file_name\": \"landscape-$n.jpg\", $size}"
    done | jq -cs '{images: ., annotations: [.[] | {image_id: .id, file_name: "m\(.id).png", segments_info: [{id: 1, category_id: 1, bbox: [10, 20, 30, 40]}]}]}'
}
panoptic 1 3 6 >named/ann/panoptic.json
# shellcheck disable=SC2086
runs 0 named to.named $frame
check "masks are rotated" test "$(cksum <named/ann/panoptic/m6.png)" != "$(cksum <to.named/ann/panoptic/m6.png)"
tar -cf named.tar -C named images ann/panoptic.json ann/panoptic
for options in -j1 -j4 --verify; do
    # shellcheck disable=SC2086
    runs 0 --tar named.tar "to.named$options.tar" $frame $options --report=report
    unpack "to.named$options.tar" x
    check "$options: masks and what names them" diff -r to.named x
done
is "whose they are" "$(of report ann/panoptic/m6.png '| .mask_of, .outcome' | xargs)" "images/landscape-6.jpg lossless"
# In one sample, and again in the next one.
mkdir sample
for n in 1 3 6; do
    cp named/images/landscape-$n.jpg sample/landscape-$n.jpg
    cp named/ann/panoptic/m$n.png sample/landscape-$n.seg.png
    panoptic $n | jq -c '.annotations[0].file_name = "landscape-'$n'.seg.png"' >sample/landscape-$n.ann.json
done
# shellcheck disable=SC2086
runs 0 sample to.sample $frame
tar -cf sample.tar -C sample landscape-1.jpg landscape-1.ann.json landscape-1.seg.png landscape-6.jpg landscape-6.ann.json landscape-6.seg.png landscape-3.ann.json landscape-3.jpg landscape-3.seg.png
# shellcheck disable=SC2086
runs 0 --tar sample.tar to.sample.tar $frame
unpack to.sample.tar x
check "masks of samples" diff -r to.sample x
# Before it: as images, which leaves the label file alone; as masks, if --masks says so.
tar -cf named.tar -C named images ann/panoptic ann/panoptic.json
# shellcheck disable=SC2086
runs 1 --tar named.tar to.before.tar $frame
has err "'ann/panoptic.json': labels that cannot be moved: its mask 'ann/panoptic/m1.png' came before it in the archive, and was taken for an image: put masks after their label file, or say which are masks by --masks"
unpack to.before.tar x
absent x/ann/panoptic.json
same named/ann/panoptic/m6.png x/ann/panoptic/m6.png
for n in 1 3 6; do cp named/images/landscape-$n.jpg named/images/m$n.jpg; done
sed 's/landscape-\(.\).jpg/m\1.jpg/g' named/ann/panoptic.json >named/ann/own.json
mv named/ann/panoptic named/ann/own
# shellcheck disable=SC2086
runs 0 named to.own $frame --masks=own/ --labels-format=panoptic.json=none
tar -cf own.tar -C named images ann/own ann/own.json ann/panoptic.json
# shellcheck disable=SC2086
runs 0 --tar own.tar to.own.tar $frame --masks=own/ --labels-format=panoptic.json=none
unpack to.own.tar x
check "masks before what names them, by --masks" diff -r to.own x
# Another one's by --masks.
# shellcheck disable=SC2086
runs 1 --tar own.tar to.other.tar $frame --masks=own/
has err "'ann/panoptic.json': labels that cannot be moved: its mask 'ann/own/m1.png' was rotated with 'images/m1.jpg'"
tar -cf own.tar -C named images ann/panoptic.json ann/own/m1.png ann/own/m3.png ann/own/m6.png
# shellcheck disable=SC2086
runs 1 --tar own.tar none.tar $frame --masks=own/
has err "'ann/own/m3.png': a mask that cannot be rotated: it could be a mask of several images"
absent none.tar
mv named/ann/own named/ann/panoptic
# One that does not come, fails, or could be another one: what names it is moved by then, so that there is no archive.
tar -cf named.tar -C named images ann/panoptic.json ann/panoptic/m1.png ann/panoptic/m3.png
# shellcheck disable=SC2086
runs 1 --tar named.tar none.tar $frame
has err "'named.tar': refused by an option: 'ann/panoptic.json', which was moved, names the mask 'm6.png', which did not come after it: put masks after their label file, or unpack the archive"
absent none.tar
mkdir -p damaged/ann/panoptic other/refs
cp set/0001.mask.png damaged/ann/panoptic/m6.png
cp set/0006.mask.png other/refs/m6.png
tar -rf named.tar -C damaged ann/panoptic/m6.png
# shellcheck disable=SC2086
runs 1 --tar named.tar none.tar $frame --on-error=keep
has err "'ann/panoptic/m6.png': a mask that cannot be rotated: a mask of 320x240, where 240x320 is the size of 'images/landscape-6.jpg' in that frame"
has err "'named.tar': refused by an option: 'ann/panoptic.json', which was moved, names the mask 'ann/panoptic/m6.png', which has failed"
same named.tar none.tar
rm none.tar
tar -cf named.tar -C named images ann/panoptic.json ann/panoptic/m1.png ann/panoptic/m3.png -C ../other refs/m6.png -C ../named ann/panoptic/m6.png
# shellcheck disable=SC2086
runs 1 --tar named.tar none.tar $frame
has err "'ann/panoptic.json', which was moved, names the mask 'm6.png', which could be one or another of the archive: unpack it"
absent none.tar
mkdir other/ann
cp named/ann/panoptic.json other/ann/again.json
tar -cf twice.tar -C named images ann/panoptic.json -C ../other ann/again.json -C ../named ann/panoptic/m1.png ann/panoptic/m3.png -C ../other refs/m6.png -C ../named ann/panoptic/m6.png
# shellcheck disable=SC2086
runs 1 --tar twice.tar none.tar $frame
has err "names the mask 'm6.png', which could be one or another of the archive: unpack it"
absent none.tar
# shellcheck disable=SC2086
"$EXIFNORM" --tar - - $frame <named.tar >stream.tar 2>err
is "exit status of a stream without its masks" $? 1
check "which has no end marker" test "$(tail -c 1024 stream.tar | tr -d '\0' | wc -c)" -gt 0

# ---- poses: the YAML comes before its labels
mkdir -p poses/images poses/labels poses/inner/images poses/inner/labels
printf 'path: .\nnames: [a]\nkpt_shape: [2, 3]\n' >poses/data.yaml
printf 'path: .\nnames: [a]\n' >poses/inner/data.yml
for folder in poses poses/inner; do
    cp "$jpeg/landscape-6.jpg" $folder/images/1.jpg
    echo "0 0.5 0.25 0.25 0.125 0.5 0.25 2 0 0 0" >$folder/labels/1.txt
done
cp "$jpeg/landscape-6.jpg" poses/images/2.jpg
echo "0 0.5 0.25 0.25 0.125 0.5 0.125 1 0.25 0.75 2" >poses/labels/2.txt
# shellcheck disable=SC2086
runs 0 poses to.poses $frame
is "a pose" "$(cat to.poses/labels/1.txt)" "0 0.75 0.5 0.125 0.25 0.75 0.5 2 0 0 0"
for options in -j1 -j4; do
    tar -cf poses.tar -C poses data.yaml images labels inner/data.yml inner/images inner/labels
    # shellcheck disable=SC2086
    runs 0 --tar poses.tar to.poses.tar $frame $options --overwrite
    unpack to.poses.tar x
    for name in labels/1.txt labels/2.txt inner/labels/1.txt; do same to.poses/$name x/$name; done
done
# Without it a polygon is not told from a pose; with another one it was moved as what it is not.
tar -cf poses.tar -C poses images labels data.yaml
# shellcheck disable=SC2086
runs 1 --tar poses.tar to.poses2.tar $frame
has err "'labels/1.txt': labels that cannot be moved: line 1: a polygon or a pose: kpt_shape in data.yaml, as [17, 3], tells them apart, which lies above it, and in an archive also before it"
for options in -j1 -j4; do
    tar -cf poses.tar -C poses data.yaml inner/images inner/labels inner/data.yml images labels
    # shellcheck disable=SC2086
    runs 1 --tar poses.tar none.tar $frame $options
    has err "'poses.tar': refused by an option: 'inner/data.yml' is about labels before it in the archive, which were moved by another one: put it before them, or unpack the archive"
    absent none.tar
done
# One that says the same, or is about others.
cp poses/data.yaml poses/inner/images/data.yaml
tar -cf poses.tar -C poses data.yaml images labels inner/images/data.yaml inner/data.yml inner/images/1.jpg inner/labels
# shellcheck disable=SC2086
runs 0 --tar poses.tar to.poses3.tar $frame
# ---- packed label files, which nobody reads
coco landscape-6.jpg | gzip >whole/packed.json.gz
tar -cf packed.tar -C whole packed.json.gz landscape-1.jpg
# shellcheck disable=SC2086
runs 0 --tar packed.tar to.packed.tar $frame
runs 0 --tar packed.tar to.packed2.tar
check "nothing was rotated, and nothing is said" test ! -s err
for order in "landscape-6.jpg packed.json.gz" "packed.json.gz landscape-6.jpg"; do
    # shellcheck disable=SC2086
    tar -cf packed.tar -C whole $order
    # shellcheck disable=SC2086
    runs 1 --tar packed.tar to.packed3.tar $frame --overwrite
    has err "it is compressed, and may have labels of rotated images: decompress it; if it has none: --labels-format=GLOB=none"
    # shellcheck disable=SC2086
    runs 0 --tar packed.tar to.packed4.tar $frame --overwrite --labels-format=packed.json.gz=none
    runs 0 --tar packed.tar to.packed5.tar --overwrite
    has err "exifnorm: 1 label file may name rotated images and could not be read: see --labels"
done
is "what is left of the first" "$(tar -tf to.packed3.tar)" landscape-6.jpg

# ---- --labels=warn: nothing is copied in silence
runs 0 --tar names.tar warned.tar --report=report
has err "exifnorm: 21 label files name 7 rotated images and were copied unchanged: see --labels"
is "which" "$(jq -c 'select(.labels.path == "0006.txt") | .labels | [.format, .rotated]' report)" '["yolo",1]'
unpack warned.tar x
for name in 0006.txt 0006.coco.json 0006.a.xml; do same set/$name x/$name; done
runs 0 --tar amid.tar warned2.tar
has err "exifnorm: 2 label files name 2 rotated images and were copied unchanged: see --labels"
runs 0 --tar shards to.warned --report=report
is "in which archive" "$(jq -c 'select(.labels.path == "0006.txt") | .labels.archive' report | xargs)" "a.tar b.tar.gz"
runs 0 --tar names.tar quiet.tar --labels=copy
check "--labels=copy says nothing" test ! -s err
cp names.tar still.tar
runs 0 --tar to.tar again.tar
check "nothing is rotated, nothing is said" test ! -s err

# ---- arguments
runs 2 --tar names.tar none.tar --labels
has err "requires --labels-frame=stored or --labels-frame=displayed"
absent none.tar
finish
