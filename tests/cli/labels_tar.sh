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
