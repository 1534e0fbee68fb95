#!/bin/sh
# SPDX-License-Identifier: MIT
# Label files: which of them name images that were rotated is never left unsaid.
. "$(dirname "$0")/lib.sh"

# coco NAME...: a COCO file with a box on each.
coco() {
    python3 - "$@" <<'END'
import json, sys
print(json.dumps({"images": [{"id": i, "file_name": name, "width": 64, "height": 48} for i, name in enumerate(sys.argv[1:])],
                  "annotations": [{"id": i, "image_id": i, "bbox": [1.5, 2, 3, 4]} for i, name in enumerate(sys.argv[1:]) if name != "lonely.jpg"]}))
END
}
# said REPORT: the lines about labels, as path, format, rotated.
said() {
    jq -r 'select(.labels) | .labels | "\(.path) \(.format) \(.rotated)"' "$1"
}
voc() {
    echo "<annotation><filename>$1</filename><size><width>64</width><height>48</height></size><object><name>a</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>"
}
command -v python3 >/dev/null && command -v jq >/dev/null || {
    skipped "labels: no python3, or no jq"
    finish
}

# ---- --labels=warn
mkdir -p in/images/train in/labels/train in/Annotations in/JPEGImages in/other
cp "$testdata/jpeg/landscape-6.jpg" in/images/train/turned.jpg
cp "$testdata/jpeg/landscape-1.jpg" in/images/train/upright.jpg
cp "$testdata/jpeg/landscape-3.jpg" in/JPEGImages/v.jpg
cp "$testdata/jpeg/landscape-8.jpg" in/other/lonely.jpg
for name in turned upright absent; do
    echo "0 0.5 0.5 0.25 0.25" >in/labels/train/$name.txt
done
voc v.jpg >in/Annotations/v.xml
coco train/turned.jpg upright.jpg 'C:\data\v.jpg' >in/coco.json
coco upright.jpg absent.jpg lonely.jpg >in/upright.json # without a box on the last
echo "no labels" >in/readme.txt
echo '{"some": "settings"}' >in/settings.json
printf 'width,height\n1,2\n' >in/table.csv
: >in/labels/train/empty.txt
runs 0 in to --report=report
has err "exifnorm: 3 label files name 2 rotated images and were copied unchanged: see --labels"
said report >found
cat >wanted <<'END'
Annotations/v.xml voc 1
coco.json coco 2
labels/train/turned.txt yolo 1
END
check "the label files are named" diff wanted found
is "totals" "$(jq -c 'select(.totals) | .totals.labels' report)" '{"files":3,"unread":0,"rotated":2,"renamed":0,"undecided":0}'
is "items are counted as before" "$(jq 'select(.totals) | .totals.items' report)" "$(jq -c 'select(.path)' report | wc -l)"
for file in in/coco.json in/Annotations/v.xml in/labels/train/turned.txt; do
    same $file to/${file#in/}
done
clear_away to
runs 0 in to -q
has err "3 label files name 2 rotated images"
is "summary with -q" "$(cat out)" ""

# Of others nothing is said: asked not to, or nothing was rotated, or nobody names what was.
clear_away to
runs 0 in to --labels=copy --report=report
is "--labels=copy" "$(cat err)$(said report)" ""
mkdir quiet
cp -r in/labels in/upright.json quiet
mkdir -p quiet/images/train
cp in/images/train/upright.jpg quiet/images/train
runs 0 quiet to2
is "nothing was rotated" "$(cat err)" ""
cp in/other/lonely.jpg quiet
runs 0 quiet to3
is "nobody names it" "$(cat err)" ""

# ---- the same under other ways to run
clear_away to
runs 0 in to --mode=drop
has err "exifnorm: 3 label files name 2 images without their orientation and were copied unchanged: see --labels"
clear_away to
runs 0 in to --dry-run
has err "exifnorm: 3 label files name 2 rotated images and would be copied unchanged: see --labels"
runs 0 in to --resume --state=state
runs 0 in to --resume --state=state --report=report
has err "3 label files name 2 rotated images"
said report >found
check "a run that only goes over what is done says the same" diff wanted found
printf '%s\n' images/train/turned.jpg labels/train/turned.txt upright.json >list
runs 0 in to4 --files-from=list
has err "exifnorm: 1 label file names 1 rotated image and was copied unchanged: see --labels"
printf '%s\n' JPEGImages/v.jpg,1 >given.csv
clear_away to
runs 0 in to --orientations=given.csv
has err "exifnorm: 2 label files name 1 rotated image and were copied unchanged: see --labels"

# Several images of one name, all of which were rotated: the label file is about one of them, whichever it is.
mkdir -p stems/one stems/two stems/Annotations
cp "$testdata/jpeg/landscape-6.jpg" stems/a.jpg
cp "$testdata/jpeg/landscape-3.jpg" stems/a.jpeg
echo "0 0.5 0.5 0.25 0.25" >stems/a.txt
cp "$testdata/jpeg/landscape-6.jpg" stems/one/v.jpg
cp "$testdata/jpeg/landscape-3.jpg" stems/two/v.jpg
voc absent.jpg >stems/Annotations/v.xml
runs 0 stems to.stems
has err "exifnorm: 2 label files name 2 rotated images and were copied unchanged: see --labels"
tar -cf stems.tar -C stems a.jpg a.jpeg a.txt one two Annotations
runs 0 --tar stems.tar to.stems.tar
has err "exifnorm: 2 label files name 2 rotated images and were copied unchanged: see --labels"

# Classes as numpy.savetxt() writes all numbers, which Ultralytics reads; half a class is none.
mkdir savetxt
cp "$testdata/jpeg/landscape-6.jpg" savetxt/a.jpg
cp "$testdata/jpeg/landscape-6.jpg" savetxt/b.jpg
echo "3.000000000000000000e+00 2.500000000000000000e-01 5.000000000000000000e-01 1.250000000000000000e-01 2.500000000000000000e-01" >savetxt/a.txt
echo "0.5 0.25 0.5 0.125 0.25" >savetxt/b.txt
runs 0 savetxt to.savetxt
has err "exifnorm: 1 label file names 1 rotated image and was copied unchanged: see --labels"
has err "exifnorm: 1 file of no known format looks like labels of rotated images: see --labels-format"
runs 1 savetxt to.savetxt2 --labels --labels-frame=stored
has err "'savetxt/b.txt': labels that cannot be moved: it looks like labels of 'b.jpg', in no known format"
is "their labels" "$(cat to.savetxt2/a.txt)" "3.000000000000000000e+00 5.000000000000000000e-01 2.500000000000000000e-01 2.500000000000000000e-01 1.250000000000000000e-01"
absent to.savetxt2/b.txt

# What names no image, and has an image's name: rows of numbers, and JSON with a key of places. Captions, and numbers of nobody, are none.
mkdir nameless
for n in a b c d e f; do cp "$testdata/jpeg/landscape-6.jpg" nameless/$n.jpg; done
cp "$testdata/jpeg/landscape-1.jpg" nameless/g.jpg
echo "cat 0.25 0.5 0.125 0.25" >nameless/a.txt
printf 'Car 0.0 0 -1.5 10 20 30 40\n\nTram 0.0 0 -1.5 10 20 30 40\n' >nameless/b.labels
echo '{"bbox": [1, 2, 3, 4], "label": 1}' >nameless/c.json
echo "4 dogs in the snow at 12:30 on 2024-05-01, 3 of them black" >nameless/d.txt
echo '{"iso": 100, "exposure": [1, 2, 3, 4]}' >nameless/e.json
echo "1 2 3 4" >nameless/other.txt
echo "1 2 3" >nameless/f.txt
cp nameless/a.txt nameless/g.txt
runs 0 nameless to.nameless
has err "exifnorm: 3 files of no known format look like labels of rotated images: see --labels-format"
runs 1 nameless to.nameless2 --labels --labels-frame=stored
for name in a.txt b.labels c.json; do absent to.nameless2/$name; done
for name in d.txt e.json other.txt f.txt g.txt; do same nameless/$name to.nameless2/$name; done
runs 0 nameless to.nameless3 --labels --labels-frame=stored --labels-format='a.txt=none' --labels-format='*.labels=none' --labels-format='c.json=none'
same nameless/a.txt to.nameless3/a.txt

# ---- label files that are not read: damaged, and too large to be read for a warning
mkdir damaged
cp in/images/train/turned.jpg damaged
coco turned.jpg | sed 's/.$/,/' >damaged/cut.json
coco turned.jpg >damaged/large.json
truncate -s 70000000 damaged/large.json
runs 0 damaged to5 --report=report
has err "exifnorm: 2 label files may name rotated images and could not be read: see --labels"
is "they are named" "$(said report)" "cut.json coco null
large.json coco null"
same damaged/cut.json to5/cut.json
hooks=$(dirname "$EXIFNORM")/exifnorm-hooks
coco turned.jpg | sed 's/$/ EXN-HOOK:crash/' >damaged/crash.json
rm damaged/large.json
timeout 120 "$hooks" damaged to6 >out 2>err
is "exit status with a file that crashes its reader" $? 0
has err "exifnorm: 2 label files may name rotated images and could not be read"
same damaged/crash.json to6/crash.json

# UTF-16 is half NULs and still text: its labels cannot be moved, which is said.
mkdir wide
cp "$testdata/jpeg/landscape-6.jpg" wide/a.jpg
printf '<annotation><filename>a.jpg</filename><size><width>320</width><height>240</height></size><object><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>' >wide/a.utf8
mark() { [ $1 = LE ] && printf '\377\376' || printf '\376\377'; }
for order in LE BE; do
    for form in marked bare; do
        { [ $form = bare ] || mark $order; iconv -f UTF-8 -t UTF-16$order wide/a.utf8; } >wide/a.xml
        rm -rf wide.warned wide.moved
        runs 0 wide wide.warned
        check "a warning of UTF-16$order: $(grep label err)" grep -q "1 label file" err
        runs 1 --labels --labels-frame=stored wide wide.moved
        check "UTF-16$order is refused: $(cat err)" grep -q "UTF-16" err
        # In an archive as well; and what is of no format that is known.
        tar cf wide.tar -C wide a.jpg a.xml
        runs 0 --tar wide.tar wide.out.tar --overwrite
        check "a warning in an archive" grep -q "1 label file" err
        runs 1 --tar --labels --labels-frame=stored wide.tar wide.out.tar --overwrite
        check "refused in an archive" grep -q "UTF-16" err
        is "what is left" "$(tar tf wide.out.tar)" a.jpg
    done
done
rm wide/*
cp "$testdata/jpeg/landscape-6.jpg" wide/a.jpg
for order in LE BE; do
    for form in marked bare; do
        { [ $form = bare ] || mark $order; printf 'a.jpg,10,20,30,40,cat\nb.jpg,1,2,3,4,d\303\266g\n' | iconv -f UTF-8 -t UTF-16$order; } >wide/boxes.csv
        rm -rf wide.warned wide.moved
        runs 0 wide wide.warned
        has err "1 file of no known format looks like labels of rotated images"
        runs 1 --labels --labels-frame=stored wide wide.moved
        has err "'wide/boxes.csv': labels that cannot be moved: it looks like labels of 'a.jpg'"
    done
done

finish
