#!/bin/sh
# SPDX-License-Identifier: MIT
# --labels=move: labels follow the pixels, or nothing is written, and what fails is named.
. "$(dirname "$0")/lib.sh"
. "$cli/labels_lib.sh"
command -v python3 >/dev/null && command -v jq >/dev/null || {
    skipped "labels: no python3, or no jq"
    finish
}

# ---- every format, orientation, frame and mode, by an oracle that counts pixels
mkdir oracle
if (cd oracle && PYTHONPATH=$cli/../labels python3 "$cli/../labels/program.py" "$EXIFNORM" >../out 2>../err); then
    cat out
else
    check "data sets through the program" false
fi

# landscape-N.jpg is 320x240 as it is stored for 1 to 4, and 240x320 for 5 to 8; it is displayed as 320x240.
# boxes FILE: of a COCO file, by image, with its size.
boxes() {
    jq -c '.images as $i | .annotations[] | [($i[.image_id] | .file_name, .width, .height), .bbox[]]' "$1"
}
# outcome REPORT PATH
outcome() {
    of "$1" "$2" outcome
}
labels() {
    jq -c --arg path "$2" 'select(.path == $path) | .labels | [.format, .images, .shapes, .moved, .kept, .outside]' "$1"
}

# ---- the letter on the same picture in eight orientations: every box leads to one and the same
mkdir letter
python3 - >letter/all.json <<'END'
import json
boxes = [[20, 30, 100, 50], [200, 30, 100, 50], [200, 160, 100, 50], [20, 160, 100, 50], [30, 20, 50, 100], [30, 200, 50, 100], [160, 200, 50, 100], [160, 20, 50, 100]]
print(json.dumps({"images": [{"id": i, "file_name": "landscape-%d.jpg" % (i + 1)} for i in range(8)],
                  "annotations": [{"id": i, "image_id": i, "bbox": box} for i, box in enumerate(boxes)]}))
END
cp "$jpeg"/landscape-[1-8].jpg letter
runs 0 letter to.letter --labels --labels-frame=stored
is "the letter" "$(jq -c '.annotations[].bbox' to.letter/all.json | sort | uniq -c | xargs)" "8 [20,30,100,50]"

# ---- a large file is looked at once and moved by that, with masks to be looked for and without
mkdir huge
cp letter/landscape-*.jpg huge
python3 - letter/all.json >huge/all.json <<'END'
import json, sys
data = json.load(open(sys.argv[1]))
for image in data["images"]:
    image["width"], image["height"] = (320, 240) if image["id"] < 4 else (240, 320)
data["annotations"][0]["bbox"][0] += 1
data["info"] = "x" * 9000000
print(json.dumps(data))
END
for more in '' png; do
    [ -z "$more" ] || cp "$testdata"/png/*6*.png huge
    for drawn in auto stored; do
        runs 0 huge "to.huge.$drawn$more" --labels --labels-frame=$drawn --report="huge.$drawn$more"
        jq -c '.annotations[].bbox' "to.huge.$drawn$more/all.json" | sort | uniq -c | xargs >got
        is "a large file, $drawn $more" "$(cat got)" "7 [20,30,100,50] 1 [21,30,100,50]"
        is "a large file in the report, $drawn $more" "$(labels "huge.$drawn$more" all.json)" '["coco",8,8,7,0,0]'
    done
done

# ---- an image that fails, and one of a format that is not rotated: their labels stay
mkdir in
cp "$jpeg/landscape-6.jpg" in/six.jpg
cp "$jpeg/landscape-1.jpg" in/one.jpg
head -c 4000 "$jpeg/landscape-6.jpg" >in/cut.jpg
coco_sized 240 320 six.jpg cut.jpg one.jpg >in/all.json
echo "0 0.25 0.5 0.125 0.25" >in/six.txt
cp in/six.txt in/cut.txt
runs 1 in to --labels --labels-frame=stored --report=report
is "outcome of labels of a failed image" "$(outcome report all.json)" partly
is "their counts" "$(labels report all.json)" '["coco",3,3,1,1,0]'
boxes to/all.json >found
cat >wanted <<'END'
["six.jpg",320,240,260,10.5,40,30]
["cut.jpg",240,320,10.5,20,30,40]
["one.jpg",240,320,10.5,20,30,40]
END
check "the labels of the failed image stay" diff wanted found
is "outcome of its own file" "$(outcome report cut.txt)" partly
same in/cut.txt to/cut.txt
is "outcome of a file that follows" "$(outcome report six.txt)" moved
is "it follows" "$(cat to/six.txt)" "0 0.5 0.25 0.25 0.125"
is "totals" "$(jq -c 'select(.totals) | .totals.outcomes | [.failed, .moved, .partly]' report)" "[1,1,2]"
has out "1  moved"
has out "2  partly"
absent to.exifnorm-state-x

# ---- what stops a run before anything is written
mkdir undecided
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
    cp "$jpeg/landscape-6.jpg" undecided/$n.jpg
    cp in/six.txt undecided/$n.txt
done
cp "$jpeg/landscape-6.jpg" undecided/c.jpg
cp "$jpeg/landscape-8.jpg" undecided/d.jpg
coco_sized 240 320 c.jpg d.jpg | sed 's/10.5/290/' >undecided/contradictory.json # beyond 240 pixels: drawn on what is displayed
runs 1 undecided none --labels --report=report --state=state
absent none
absent state
is "names on standard error" "$(grep -c '^exifnorm: .*jpg.: either\|^exifnorm: .*jpg.: contra' err)" 20
has err "and 4 more"
has err "nothing was written"
has err "(23 either, 1 contradictory, 1 stored, 0 displayed)"
has err "--labels-frame=stored or --labels-frame=displayed"
is "the report says why" "$(jq -r 'select(.totals) | .totals | .stopped, .items, .labels.undecided' report | xargs)" "labels 0 24"
is "verdicts in it" "$(jq -c 'select(.verdict) | .verdict | select(.image == "c.jpg") | [.path, .verdict, .witnesses]' report)" \
    '["contradictory.json","contradictory",["size-stored","extent-displayed"]]'
runs 1 --check --labels undecided --report=check
has out "'undecided/contradictory.json': coco labels of 2 images; 1 stored; 1 contradictory"
has out "'undecided/contradictory.json': 'undecided/c.jpg': contradictory; size-stored, extent-displayed"
has out "'undecided/7.txt': 'undecided/7.jpg': either"
is "verdicts of --check" "$(jq -c 'select(.labels.path == "undecided/contradictory.json") | .labels.verdicts' check)" \
    '{"stored":1,"displayed":0,"either":0,"contradictory":1,"unknown":0}'

# ---- verdicts: sizes and extents decide, others of the file are followed, orientation 1 needs none
mkdir verdict
for n in 2 3 5 6 7; do cp "$jpeg/landscape-$n.jpg" verdict/$n.jpg; done
cp "$jpeg/landscape-1.jpg" verdict/1.jpg
coco_sized 240 320 5.jpg 6.jpg 7.jpg >part
python3 - >verdict/all.json <<'END'
import json
sizes = {"1.jpg": (320, 240), "2.jpg": (320, 240), "3.jpg": (320, 240), "5.jpg": (240, 320), "6.jpg": (240, 320), "7.jpg": (240, 320)}
print(json.dumps({"images": [{"id": i, "file_name": n, "width": w, "height": h} for i, (n, (w, h)) in enumerate(sizes.items())],
                  "annotations": [{"id": i, "image_id": i, "bbox": [1, 2, 3, 4]} for i in range(len(sizes))]}))
END
runs 1 --check --labels verdict --report=check
is "verdicts" "$(jq -r 'select(.verdict) | .verdict | "\(.image) \(.verdict) \(.witnesses | join(","))"' check | sed 's,verdict/,,' | xargs)" \
    "2.jpg stored inherited 3.jpg stored inherited 5.jpg stored size-stored 6.jpg stored size-stored 7.jpg stored size-stored"
runs 0 verdict followed --labels
is "labels that followed others" "$(boxes followed/all.json | grep '"[23].jpg"' | xargs)" "[2.jpg,320,240,316,2,3,4] [3.jpg,320,240,316,234,3,4]"
# One file, two frames: each image as it says itself.
mkdir mixed
cp "$jpeg/landscape-6.jpg" mixed/a.jpg
cp "$jpeg/landscape-6.jpg" mixed/b.jpg
coco_sized 240 320 a.jpg b.jpg | sed 's/"b.jpg", "width": 240, "height": 320/"b.jpg", "width": 320, "height": 240/' >mixed/all.json
runs 0 mixed mixed.out --labels
is "two frames in one file" "$(boxes mixed.out/all.json | xargs)" "[a.jpg,320,240,260,10.5,40,30] [b.jpg,320,240,10.5,20,30,40]"

# ---- label files that fail by themselves: named, nothing of them is written, the others are
mkdir bad
cp "$jpeg/landscape-6.jpg" bad/a.jpg
cp "$jpeg/landscape-6.jpg" bad/twice.jpg
mkdir bad/d
cp "$jpeg/landscape-6.jpg" bad/d/twice.jpg
coco_sized 240 320 a.jpg >bad/good.json
coco_sized 240 320 a.jpg | sed 's/.$/,/' >bad/cut.json
coco_sized 240 320 a.jpg nowhere.jpg >bad/nowhere.json
coco_sized 100 320 a.jpg >bad/size.json
coco_sized 240 320 a.jpg | sed 's/10.5/NaN/' >bad/nan.json
mkdir bad/e
coco_sized 240 320 twice.jpg >bad/e/several.json
coco_sized 240 320 a.jpg | sed 's/"bbox"/"segmentation": [[1, 2, 3, 4]], "bbox"/' >bad/four.json
runs 1 bad to.bad --labels --labels-frame=stored --report=report
for name in cut nowhere size nan e/several four; do
    is "outcome of $name" "$(outcome report $name.json)" failed
    absent to.bad/$name.json
done
is "outcome beside them" "$(outcome report good.json)" moved
has err "'bad/nowhere.json': labels that cannot be moved: there is no image 'nowhere.jpg' in this run"
has err "'bad/e/several.json': labels that cannot be moved: several images could be 'twice.jpg'"
has err "'bad/size.json': damaged label file: images[0]: it says 100x320, its image is 240x320"
check "a segmentation of four numbers is named with its place" grep -q "'bad/four.json': labels that cannot be moved: annotations\[0\]" err
check "what does not parse is named" grep -q "'bad/cut.json': damaged label file: line 2, byte 146: " err
no_temporary to.bad
clear_away to.bad
runs 1 bad to.bad --labels --labels-frame=stored --on-error=keep
for name in cut nowhere size nan e/several four; do same bad/$name.json to.bad/$name.json; done
hooks=$(dirname "$EXIFNORM")/exifnorm-hooks
mkdir crash
cp bad/a.jpg crash
{ coco_sized 240 320 a.jpg | tr -d '\n'; printf '\n    EXN-HOOK:crash'; } >crash/crash.json
echo "0 0.25 0.5 0.125 0.25" >crash/a.txt
timeout 120 "$hooks" crash to.crash --labels --labels-frame=stored >out 2>err
is "exit status with a label file that crashes its worker" $? 4
has err "'crash/crash.json': the worker crashed"
absent to.crash/crash.json
is "the one beside it" "$(cat to.crash/a.txt)" "0 0.5 0.25 0.25 0.125"

# ---- YOLO labels that are damaged, or of another format: never copied in silence beside a rotated image
mkdir -p odd/images odd/labels
for name in nan pixels kitti empty caption still; do cp "$jpeg/landscape-6.jpg" odd/images/$name.jpg; done
cp "$jpeg/landscape-1.jpg" odd/images/still.jpg
printf '0 0.25 0.5 0.125 0.25\n0 nan 0.5 0.1 0.1\n' >odd/labels/nan.txt
echo "0 100 200 30 40" >odd/labels/pixels.txt
cp odd/labels/pixels.txt odd/labels/still.txt
echo "Car 0.0 0 -1.5 10 20 30 40 1 1 1 1 1 1 1" >odd/labels/kitti.txt
echo " " >odd/labels/empty.txt
echo "a photo of a letter" >odd/images/caption.txt
runs 1 odd to.odd --labels --labels-frame=stored
has err "'odd/labels/nan.txt': damaged label file: line 2: 'nan' cannot be read as a number"
for name in pixels kitti; do has err "'odd/labels/$name.txt': labels that cannot be moved: they are of no format that is known, and their image was rotated"; done
for name in nan pixels kitti; do absent to.odd/labels/$name.txt; done
for name in labels/empty labels/still images/caption; do same odd/$name.txt to.odd/$name.txt; done

# ---- NULs where labels were, as a crash of the machine leaves files: all of it, or from somewhere on
mkdir -p nuls/images nuls/labels nuls/Annotations
for name in all short rest long voc beside; do cp "$jpeg/landscape-6.jpg" nuls/images/$name.jpg; done
cp "$jpeg/landscape-1.jpg" nuls/images/still.jpg
head -c 100000 /dev/zero >nuls/labels/all.txt
head -c 20 /dev/zero | tee nuls/labels/short.txt nuls/labels/still.txt >nuls/notes.txt
{ cat in/six.txt; head -c 20 /dev/zero; } >nuls/labels/rest.txt
{ cat in/six.txt in/six.txt in/six.txt in/six.txt; head -c 20 /dev/zero; } | tee nuls/labels/long.txt >nuls/images/beside.txt
head -c 500 /dev/zero | tee nuls/coco.json nuls/table.csv >nuls/Annotations/voc.xml
coco_sized 240 320 all.jpg | iconv -f UTF-8 -t UTF-32BE >nuls/wide.json
{ printf '\377\376\0\0'; printf 'filename,xmin,ymin,xmax,ymax\nall.jpg,1,2,3,4\n' | iconv -f UTF-8 -t UTF-32LE; } >nuls/wide.csv
runs 1 nuls to.nuls --labels --labels-frame=stored
for path in labels/all.txt labels/short.txt coco.json table.csv wide.json wide.csv Annotations/voc.xml; do
    has err "'nuls/$path': labels that cannot be moved: it has NULs in it, as a crash of the machine leaves them, or UTF-32"
    absent to.nuls/$path
done
for path in labels/rest.txt labels/long.txt images/beside.txt; do
    has err "'nuls/$path': labels that cannot be moved"
    absent to.nuls/$path
done
for path in notes.txt labels/still.txt; do same nuls/$path to.nuls/$path; done
runs 0 nuls to.nuls.warned
has err "5 files of no known format look like labels of rotated images"
has err "5 label files may name rotated images and could not be read"
runs 1 nuls to.nuls.none --labels --labels-frame=stored --labels-format='*.json=none' --labels-format='labels/*.txt=none'
for path in coco.json labels/all.txt labels/long.txt; do same nuls/$path to.nuls.none/$path; done
tar -cf nuls.tar -C nuls images labels Annotations coco.json table.csv
runs 0 --tar nuls.tar to.nuls.tar
has err "5 files of no known format look like labels of rotated images"
has err "3 label files may name rotated images and could not be read"
rm nuls/images/beside.txt
tar -cf nuls.tar -C nuls images labels Annotations coco.json table.csv
runs 1 --tar nuls.tar to.nuls2.tar --labels --labels-frame=stored
for path in labels/all.txt coco.json; do has err "'$path': labels that cannot be moved: it has NULs in it"; done
is "what is left of them in an archive" "$(tar -tf to.nuls2.tar | grep -v '/$' | grep -vc jpg)" 1
# Before all images, and in the sample of one that is not rotated: more images follow.
cp nuls/coco.json nuls/images/still.json
for first in coco.json images/still.json; do
    tar -cf nuls.tar -C nuls images/still.jpg $first images/all.jpg
    runs 1 --tar nuls.tar to.nuls3.tar --labels --labels-frame=stored
    has err "'$first' has NULs in it, and may have labels of rotated images after it"
done
rm nuls/images/still.json
find nuls -name '*.jpg' | while read -r path; do cp "$jpeg/landscape-1.jpg" "$path"; done
runs 0 nuls to.nuls.still --labels --labels-frame=stored
check "without a rotated image nothing is asked of them" diff -r nuls/labels to.nuls.still/labels

# ---- which image is meant
mkdir -p names/annotations names/JPEGImages names/train names/val
cp "$jpeg/landscape-6.jpg" names/a.jpg
cp "$jpeg/landscape-1.jpg" names/annotations/a.jpg
cp "$jpeg/landscape-6.jpg" names/JPEGImages/x.jpg
cp "$jpeg/landscape-3.jpg" names/JPEGImages/y.jpg
for name in train val; do cp "$jpeg/landscape-1.jpg" names/$name/same.jpg; done
printf 'BM' >names/b.bmp
coco_sized 240 320 ../a.jpg >names/annotations/steps.json
coco_sized 240 320 '..\\a.jpg' >names/annotations/windows.json
coco_sized 240 320 ./a.jpg >names/annotations/here.json
coco_sized 240 320 a.jpg b.bmp >names/bitmap.json
coco_sized 320 240 same.jpg >names/annotations/same.json
printf 'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\nx,s,/m/1,1,0.1,0.2,0.3,0.5,0,0,0,0,0\ny,s,/m/1,1,0.1,0.2,0.3,0.5,0,0,0,0,0\n' >names/boxes.csv
for name in x y z; do
    echo "<annotation><filename>y.jpg</filename><object><name>l</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>40</xmax><ymax>60</ymax></bndbox></object></annotation>" \
        >names/JPEGImages/$name.xml
done
runs 1 names to.names --labels --labels-frame=stored --report=report
for name in steps windows; do
    is "a path from the label file's folder: $name" "$(jq -c '.annotations[].bbox' to.names/annotations/$name.json)" "[260,10.5,40,30]"
done
same names/annotations/here.json to.names/annotations/here.json
is "an image of a kind without orientation" "$(jq -c '.annotations[].bbox' to.names/bitmap.json | xargs)" "[260,10.5,40,30] [10.5,20,30,40]"
is "images by their names without an ending" "$(sed 1d to.names/boxes.csv | cut -d, -f1,5-8 | xargs)" "x,0.5,0.7,0.1,0.2 y,0.8,0.9,0.5,0.7"
same names/annotations/same.json to.names/annotations/same.json
is "a file that names another image than its own" "$(for name in x y z; do outcome report JPEGImages/$name.xml; done | xargs)" "failed moved moved"
has err "'names/JPEGImages/x.xml': labels that cannot be moved: several images could be 'y.jpg'"

# ---- a WebP: browsers display it as it is stored, so what is displayed is not known
mkdir webp
# webp ORIENTATION: of 8x4 pixels of one colour.
webp() {
    python3 - "$1" <<'END'
import struct, sys
def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + struct.pack("<HHI", int(sys.argv[1]), 0, 0)
pixels = b"\x2f" + struct.pack("<I", 7 | 3 << 14) + bytes.fromhex("07d0fffef7bfff8188e87f0000")
body = b"WEBP" + chunk(b"VP8X", bytes([8, 0, 0, 0, 7, 0, 0, 3, 0, 0])) + chunk(b"VP8L", pixels) + chunk(b"EXIF", exif)
sys.stdout.buffer.write(b"RIFF" + struct.pack("<I", len(body)) + body)
END
}
webp 6 >webp/6.webp
webp 3 >webp/3.webp
little() { coco_sized "$@" | sed 's/10.5, 20, 30, 40/1, 1, 2, 1/'; }
little 8 4 6.webp >webp/stored.json
little 4 8 6.webp >webp/displayed.json
little 8 4 3.webp >webp/unknown.json
echo "0 0.25 0.5 0.125 0.25" >webp/6.txt
for as in as-shown rotate; do
    runs 1 webp "to.webp-$as" --webp=$as --labels --labels-frame=displayed
    has err "'webp/unknown.json': labels that cannot be moved: browsers display '3.webp' as it is stored, others rotate it: --labels-frame=stored"
    has err "'webp/6.txt': labels that cannot be moved: browsers display"
    absent "to.webp-$as/unknown.json"
done
same webp/stored.json to.webp-as-shown/stored.json
is "rotated by a reader, kept as browsers show it" "$(boxes to.webp-as-shown/displayed.json)" '["6.webp",8,4,1,1,1,2]'
is "drawn on what is stored, and rotated" "$(boxes to.webp-rotate/stored.json)" '["6.webp",4,8,2,1,1,2]'
same webp/displayed.json to.webp-rotate/displayed.json
runs 0 webp to.webp --webp=rotate --labels --labels-frame=stored
is "said to be stored" "$(boxes to.webp/unknown.json)" '["3.webp",8,4,5,2,2,1]'
# What other images are displayed as says nothing of it.
for n in 5 6 7; do cp "$jpeg/landscape-$n.jpg" webp/$n.jpg; done
python3 - >webp/heirs.json <<'END'
import json
names = [("5.jpg", 320, 240), ("6.jpg", 320, 240), ("7.jpg", 320, 240), ("3.webp", 8, 4)]
print(json.dumps({"images": [{"id": i, "file_name": n, "width": w, "height": h} for i, (n, w, h) in enumerate(names)],
                  "annotations": [{"id": i, "image_id": i, "bbox": [1, 1, 2, 1]} for i in range(4)]}))
END
rm webp/unknown.json webp/6.txt
runs 1 webp none --labels
has err "'heirs.json': '3.webp': either"

# ---- without orientations no byte changes
mkdir -p plain/images plain/labels
cp "$jpeg/landscape-1.jpg" plain/images/a.jpg
cp "$jpeg/no-exif.jpg" plain/images/b.jpg
coco_sized 1 2 a.jpg b.jpg >plain/odd_sizes.json
for name in a b; do echo "0 0.5 0.5 0.25 0.25" >plain/labels/$name.txt; done
printf '0 .5 5e-1 0.250 0.25\r\n\r\n' >plain/labels/b.txt
runs 0 plain to.plain --labels
check "nothing changes" diff -r plain/labels to.plain/labels
same plain/odd_sizes.json to.plain/odd_sizes.json

# ---- other ways to run: the same label files
mkdir -p many/images many/labels
for n in 1 2 3 4 5 6 7 8; do
    for copy in a b c; do
        cp "$jpeg/landscape-$n.jpg" many/images/$copy$n.jpg
        echo "$n 0.25 0.5 0.125 0.25" >many/labels/$copy$n.txt
    done
done
# shellcheck disable=SC2086
runs 0 many whole $frame --report=whole.jsonl
for options in -j1 -j4 --link --write=direct --durable --verify --isolate; do
    # shellcheck disable=SC2086
    runs 0 many "to$options" $frame $options --report=report
    check "$options: the same labels" diff -r whole/labels "to$options/labels"
    items whole.jsonl >wanted
    items report | sed 's/"linked":true/"linked":false/' >found
    check "$options: the same report" diff wanted found
done
# shellcheck disable=SC2086
runs 0 many dry $frame --dry-run --report=report
absent dry
items report >found
check "--dry-run: the same report" diff wanted found
for n in 0 1 2; do
    # shellcheck disable=SC2086
    runs 0 many parts $frame --shard=$n/3
done
check "--shard: the same labels" diff -r whole/labels parts/labels
mkdir shared
cp -r many/images shared
coco_sized 320 240 a1.jpg a2.jpg a3.jpg a4.jpg b1.jpg b2.jpg b3.jpg b4.jpg >shared/all.json
# shellcheck disable=SC2086
for n in 0 1 2; do "$EXIFNORM" shared shared.parts $frame --shard=$n/3 2>>shared.err >out; done
has shared.err "in this part: a label file of images in several parts is moved by a run without --shard"
(cd many && find . -type f) | sed 's,^\./,,' >list
# shellcheck disable=SC2086
runs 0 many listed $frame --files-from=list
check "--files-from: the same labels" diff -r whole/labels listed/labels
sed 's/.*/"&",6/' list | grep jpg >given.csv
# shellcheck disable=SC2086
runs 0 many given $frame --orientations=given.csv
is "--orientations" "$(cat given/labels/a3.txt)" "3 0.5 0.25 0.25 0.125"

# ---- a state: a second run changes nothing, and what has changed is done once more
# shellcheck disable=SC2086
runs 0 many resumed $frame --resume --report=first
find resumed -type f -printf '%P %i %T@ %C@\n' | sort >before
# shellcheck disable=SC2086
runs 0 many resumed $frame --resume --report=second
find resumed -type f -printf '%P %i %T@ %C@\n' | sort >after
check "a second run changes nothing" diff before after
items first >wanted
items second >found
check "and says the same" diff wanted found
cp "$jpeg/landscape-3.jpg" many/images/b6.jpg # another orientation: the label file is the same
# shellcheck disable=SC2086
runs 0 many resumed $frame --resume
is "the labels of an image that has changed" "$(cat resumed/labels/b6.txt)" "6 0.75 0.5 0.125 0.25"
runs 0 many resumed --labels --labels-frame=displayed --resume
check "another frame" diff -r many/labels resumed/labels
# kpt_shape says what the last columns mean.
mkdir poses
cp "$jpeg/landscape-6.jpg" poses/a.jpg
echo "0 0.5 0.5 0.25 0.25 0.1 0.2 2 0 0 0" >poses/a.txt
# shellcheck disable=SC2086
runs 1 poses to.poses $frame
has err "kpt_shape"
absent to.poses/a.txt
printf 'path: .\nnames:\n  0: a\nkpt_shape: [2, 3]\n' >poses/data.yaml
# shellcheck disable=SC2086
runs 0 poses to.poses2 $frame
is "a pose" "$(cat to.poses2/a.txt)" "0 0.5 0.5 0.25 0.25 0.8 0.1 2 0 0 0"
# One that is not clear, two in one folder that disagree; of two the nearest, and two that agree.
echo "0 0.5 0.5 0.25 0.25 0.1 0.2 0.3 0.4 0.5 0.6" >poses/a.txt
sed 's/kpt_shape.*/kpt_shape: some/' poses/data.yaml >some.yaml
sed 's/kpt_shape.*/kpt_shape: [3, 2]/' poses/data.yaml >other.yaml
for data in some other; do
    cp -r poses poses.$data
    cp $data.yaml poses.$data/more.yml
    [ $data = other ] || rm poses.$data/data.yaml
    # shellcheck disable=SC2086
    runs 1 poses.$data to.poses.$data $frame
    has err kpt_shape
    absent to.poses.$data/a.txt
done
# Ways to write it, and what says something else. A quoted key, or a blank after it, had been taken for none: poses would move as polygons.
mkdir shapes
cp "$jpeg/landscape-6.jpg" shapes/a.jpg
echo "0 0.5 0.5 0.25 0.25 0.1 0.2 2 0 0 0" >shapes/a.txt
number=0
while read -r shape; do
    number=$((number + 1))
    printf 'path: .\nnames: [a]\n%b\n' "$shape" >shapes/data.yaml
    # shellcheck disable=SC2086
    runs 0 shapes to.shapes$number $frame
    is "a pose by $shape" "$(cat to.shapes$number/a.txt)" "0 0.5 0.5 0.25 0.25 0.8 0.1 2 0 0 0"
done <<'END'
kpt_shape: "[2, 3]"
kpt_shape: '[2,3]' # keypoints
kpt_shape: ['2', "3"]
kpt_shape: (2, 3)
kpt_shape:\n- 2\n- 3\nnc: 1
kpt_shape: # keypoints\n  - 2 # x, y\n\n  - '3'
kpt_shape:\n  [2,\n   3]
"kpt_shape": [2, 3]
'kpt_shape' : [2, 3]
kpt_shape : [2, 3]
END
while read -r shape; do
    number=$((number + 1))
    printf 'path: .\nnames: [a]\n%b\n' "$shape" >shapes/data.yaml
    # shellcheck disable=SC2086
    runs 1 shapes to.shapes$number $frame
    has err "kpt_shape in data.yaml, as [17, 3], tells them apart"
done <<'END'
kpt_shape: [2, 3, 4]
kpt_shape: [2]
kpt_shape: [2, 4]
kpt_shape: ["2, 3"]
kpt_shape: "[2, 3"
kpt_shape: 2 3
kpt_shape:\n- 2
kpt_shape:\n- 2\n- 3\n- 4
nc: 1\n\0000kpt_shape: [2, 3]
END
{ printf 'path: .\nnames: [a]\n# '; head -c 1100000 /dev/zero | tr '\0' x; printf '\nkpt_shape: [2, 3]\n'; } >shapes/data.yaml
# shellcheck disable=SC2086
runs 1 shapes to.shapes.long $frame
has err "kpt_shape in data.yaml"
mkdir poses/in
cp poses/a.* poses/in
cp other.yaml poses/in/data.yaml
cp other.yaml poses/in/copy.yaml
# shellcheck disable=SC2086
runs 0 poses to.poses3 $frame
is "a pose of the folder above" "$(cat to.poses3/a.txt)" "0 0.5 0.5 0.25 0.25 0.8 0.1 0.3 0.5 0.4 0.6"
is "a pose of its own folder" "$(cat to.poses3/in/a.txt)" "0 0.5 0.5 0.25 0.25 0.8 0.1 0.6 0.3 0.4 0.5"

# ---- a label file that is larger than what a worker may write for an image: its memory and half as much, and 64 MiB. LONG=1: all of it shapes; else most
# of it is white space, before the shapes that move.
if [ -n "$LONG" ]; then
    python3 "$cli/../measure/labels.py" coco large 5 92000000
else
    python3 "$cli/../measure/labels.py" coco large 5 200000
    sed 's/\(.*\)"annotations".*/\1/' large/instances.json | tr -d '\n' >large.json
    head -c 90000000 /dev/zero | tr '\0' ' ' >>large.json
    sed 's/.*\("annotations".*\)/\1/' large/instances.json >>large.json
    mv large.json large/instances.json
fi
check "the file is large" test "$(wc -c <large/instances.json)" -ge 90000000
runs 0 large large.out --labels --max-memory=8M --report=report
is "outcome of a large file" "$(outcome report instances.json)" moved
cat >compare.py <<'END'
import json, sys
before, after = (json.load(open(name + "/instances.json")) for name in ("large", "large.out"))
assert [(i["width"], i["height"]) for i in after["images"]] == [(48, 64)] + 4 * [(64, 48)]
for a, b in zip(before["annotations"], after["annotations"]):
    x, y, w, h = a["bbox"]
    want = [48 - y - h, x, h, w] if a["image_id"] == 0 else a["bbox"]
    assert all(abs(p - q) < 1e-9 for p, q in zip(want, b["bbox"])), (a, b)
assert len(before["annotations"]) == len(after["annotations"]) > int(sys.argv[1])
END
check "what is in it" python3 compare.py "$([ -n "$LONG" ] && echo 100000 || echo 500)"
rm -rf large large.out

# ---- killed at calls that change a file, and gone on with
. "$cli/killed_lib.sh"
LONG=
tar=$frame
mkdir -p small/images small/labels
rm -rf in to whole whole.*
for n in 1 3 6; do
    cp "$jpeg/landscape-$n.jpg" small/images/$n.jpg
    echo "$n 0.25 0.5 0.125 0.25" >small/labels/$n.txt
done
cp bad/cut.json small
coco_sized 320 240 3.jpg 1.jpg >small/all.json
mv small in
undisturbed
if preloads killer.so; then
    killed_at_calls 19
else
    skipped "runs that are killed: no killer.so"
fi

# ---- a data set of the kind that has a label file for each image: none is opened for nothing
rm -rf in
mkdir -p in/images in/labels
for i in 1 2 3 4 5 6; do
    cp "$jpeg/landscape-$i.jpg" in/images/$i.jpg
    echo "0 0.25 0.5 0.125 0.25" >in/labels/$i.txt
done
if can_trace; then
    ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat -o calls "$EXIFNORM" in yolo_to -q --labels=move --labels-frame=stored
    is "status under strace" $? 0
    is "files that were moved" "$(cat yolo_to/labels/6.txt)" "0 0.5 0.25 0.25 0.125"
    # Whether it may be labels, in the list's order, and then to look at it and to move it.
    is "opened" "$(grep -c 'labels/6.txt' calls)" 2
else
    skipped "how often a label file is opened: no strace here"
fi

# ---- a label file that cannot be read or opened for once is not taken for something else, and copied beside an image that was rotated
if can_trace; then
    rm -rf in
    mkdir -p in/images in/labels
    cp "$jpeg/landscape-6.jpg" in/images/six.jpg
    cp in/images/six.jpg in/a.jpg
    cp "$testdata/png/no-exif.png" in/b.png
    echo "0 0.25 0.5 0.125 0.25" | tee in/a.txt >in/b.txt
    echo "no numbers" >in/labels/six.txt
    runs 1 in usual --labels=move --labels-frame=stored --report=usual.json -j1
    has err "labels/six.txt': labels that cannot be moved: they are of no format"
    items usual.json | sort >usual.items
    rm -rf to
    once_fails() {
        rm -rf to to.exifnorm-state report.json
        ASAN_OPTIONS=detect_leaks=0 strace -qq -o trace "$@" "$EXIFNORM" in to --labels=move --labels-frame=stored --report=report.json -j1 >out 2>err
        grep -q INJECTED trace || return
        items report.json | sort >items
        cmp -s items usual.items || check "$file with $*: $(cat err)" grep -q "'in/$file': cannot read the source" err
        [ ! -e to/$file ] || same usual/$file to/$file
        times=$((times + 1))
    }
    times=0
    for file in a.txt b.txt labels/six.txt; do
        for follow in "" -f; do
            for n in 1 2 3 4 5 6 7 8; do
                once_fails $follow -P "$scratch/in/$file" -e trace=pread64 -e inject=pread64:error=EIO:when=$n || break
            done
        done
        for n in 1 2 3 4 5; do # by the name that the program opens it by, below IN
            once_fails -P "$file" -e trace=openat -e inject=openat:error=EIO:when=$n || break
        done
    done
    check "$times calls have failed" test $times -gt 20
else
    skipped "a label file that cannot be read: no strace"
fi

# ---- where it cannot be
rm -rf in
mkdir in
cp "$jpeg/landscape-6.jpg" in/six.jpg
runs 2 in/six.jpg out.jpg --labels
runs 2 --in-place --no-backup in --labels
runs 2 in none --labels=nothing
runs 2 in none --labels-frame=else
finish
