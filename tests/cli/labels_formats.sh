#!/bin/sh
# SPDX-License-Identifier: MIT
# What label files do not say of themselves: --labels-format, --source-ref-prefix, names of the MOT Challenge, and the sizes of files in VIA's keys.
. "$(dirname "$0")/lib.sh"
. "$cli/labels_lib.sh"
command -v jq >/dev/null || {
    skipped "formats of labels: no jq"
    finish
}

# ---- CreateML: what x and y are has to be said. The box is 30x40, and its top left corner 10,20 or its center.
mkdir createml
cp "$jpeg/landscape-6.jpg" createml/a.jpg # 240x320 as it is stored
echo '[{"image": "a.jpg", "annotations": [{"label": "l", "coordinates": {"x": 10, "y": 20, "width": 30, "height": 40}}]}]' >createml/boxes.json
box() { jq -c '.[0].annotations[0].coordinates | [.x, .y, .width, .height]' "$1"; }
# shellcheck disable=SC2086
runs 1 createml to.unsaid $frame
check "it has to be said" grep -q "'createml/boxes.json': labels that cannot be moved: " err
absent to.unsaid/boxes.json
# shellcheck disable=SC2086
runs 0 createml to.corner $frame --labels-format=createml-corner
is "corners" "$(box to.corner/boxes.json)" "[260,10,40,30]"
# shellcheck disable=SC2086
runs 0 createml to.center $frame --labels-format=createml-center
is "centers" "$(box to.center/boxes.json)" "[300,10,40,30]"
cp createml/boxes.json createml/other.json
# shellcheck disable=SC2086
runs 0 createml to.both $frame --labels-format=other.json=createml-center --labels-format=createml-corner --report=report
is "one of them by its name" "$(box to.both/other.json) $(box to.both/boxes.json)" "[300,10,40,30] [260,10,40,30]"
is "the options in the report" "$(head -n 1 report | jq -c .options.labels_format)" '["other.json=createml-center","createml-corner"]'
# shellcheck disable=SC2086
runs 0 createml to.none $frame --labels-format='*.json=none'
same createml/boxes.json to.none/boxes.json
runs 0 createml to.warned --labels-format='*.json=none'
check "what is said to be no labels is not warned of" test ! -s err
runs 0 createml to.warned2
has err "2 label files name 1 rotated image"

# ---- VOC: CVAT's boxes that are tilted about their center reach as far as their real corners, whatever follows them. 240x320 stored, 320x240 displayed
voc_box() { echo "<bndbox><xmin>$1</xmin><ymin>$2</ymin><xmax>$3</xmax><ymax>$4</ymax></bndbox>"; }
tilted='<attributes><attribute><name>rotation</name><value>90.0</value></attribute></attributes>'
# voc_verdict NAME WANTED OBJECT...
voc_verdict() {
    name=$1 wanted=$2
    shift 2
    mkdir "$name"
    cp "$jpeg/landscape-6.jpg" "$name/a.jpg"
    {
        echo '<annotation><filename>a.jpg</filename>'
        printf '<object><name>x</name>%s</object>\n' "$@"
        echo '</annotation>'
    } >"$name/a.xml"
    "$EXIFNORM" --check --labels "$name" >out 2>err
    check "$name: $wanted" grep -q "a.xml.*$wanted\|$wanted.*a.xml" out
}
voc_verdict voc.plain contradictory "$(voc_box 10 10 310 20)" "$(voc_box 140 150 180 250)"
voc_verdict voc.back displayed "$(voc_box 10 10 310 20)" "$(voc_box 140 150 180 250)$tilted"
voc_verdict voc.out either "$(voc_box 10 10 20 20)" "$(voc_box 190 65 210 175)"
voc_verdict voc.reaches displayed "$(voc_box 10 10 20 20)" "$(voc_box 190 65 210 175)$tilted" "$(voc_box 10 10 20 20)"
voc_verdict voc.part contradictory "$(voc_box 10 10 310 20)" "$(voc_box 10 10 20 20)<part>$(voc_box 140 150 180 250)</part>$tilted"
# Two decimals of what touches the edge are no witness.
voc_verdict voc.edge either "$(voc_box 0 10 20 20)" "$(voc_box 189.99 65 210 145.01)$tilted"

# ---- a CSV whose header is several lines: lines are counted as an editor counts them
mkdir -p header
cp "$jpeg/landscape-6.jpg" header/six.jpg
printf 'filename,width,height,class,xmin,ymin,xmax,ymax,"a\nnote"\nsix.jpg,240,320,a,1,2,3,4,\nsix.jpg,240,320,a,1,2,3,nan,\n' >header/boxes.csv
# shellcheck disable=SC2086
runs 1 header to.header $frame
has err "'header/boxes.csv': damaged label file: line 4"

# ---- the MOT Challenge: by its names, or as said; pixels count from 1
mkdir -p mot/seq/img1 mot/seq/gt mot/seq/det mot/own/img1
for n in 1 2; do
    cp "$jpeg/landscape-6.jpg" mot/seq/img1/00000$n.jpg
    cp "$jpeg/landscape-3.jpg" mot/own/img1/00000$n.jpg
done
printf '1,1,11,21,30,40,1,1,1\n2,1,11,21,30,40,1,1,1\n' | tee mot/seq/gt/gt.txt >mot/own/tracks.txt
printf '1,-1,11,21,30,40,0.9,-1,-1,-1\n' >mot/seq/det/det.txt
# shellcheck disable=SC2086
runs 0 mot to.mot $frame --labels-format=own/tracks.txt=mot --report=report
is "gt.txt" "$(xargs <to.mot/seq/gt/gt.txt)" "1,1,261,11,40,30,1,1,1 2,1,261,11,40,30,1,1,1"
is "det.txt" "$(cat to.mot/seq/det/det.txt)" "1,-1,261,11,40,30,0.9,-1,-1,-1"
is "one that is said to be" "$(xargs <to.mot/own/tracks.txt)" "1,1,281,181,30,40,1,1,1 2,1,281,181,30,40,1,1,1"
is "their format" "$(of report seq/gt/gt.txt labels.format)" mot
runs 0 mot to.mot.warned
has err "2 label files name 2 rotated images"
# One size for all images of a sequence. DanceTrack has names of eight digits. All sequences have the same names in them, and one without images has none.
seqinfo() { printf '[Sequence]\nname=s\nimDir=img1\nframeRate=30\nseqLength=2\nimWidth=%d\nimHeight=%d\nimExt=.jpg\n' "$1" "$2"; }
mkdir -p seq/mixed/img1 seq/dance/img1 seq/dance/gt seq/empty/gt
cp -r mot/seq/img1 mot/seq/gt seq/mixed
"$EXIFNORM" -q --mode=drop seq/mixed/img1/000002.jpg upright.jpg
mv upright.jpg seq/mixed/img1/000002.jpg # 240x320, as it is displayed
for n in 1 2; do cp "$jpeg/landscape-8.jpg" seq/dance/img1/0000000$n.jpg; done
seqinfo 240 320 | tee seq/mixed/seqinfo.ini seq/dance/seqinfo.ini >seq/empty/seqinfo.ini
cp mot/seq/gt/gt.txt seq/dance/gt
cp mot/seq/gt/gt.txt seq/empty/gt
# shellcheck disable=SC2086
runs 1 seq to.seq $frame --report=report
has err "'seq/mixed/seqinfo.ini': labels that cannot be moved: line 6: imWidth: it is the size of all images, and now 'img1/000001' is 320x240, 'img1/000002' is 240x320"
absent to.seq/mixed/seqinfo.ini
has err "'seq/empty/gt/gt.txt': labels that cannot be moved: there is no image 'img1/000001' in this run"
same seq/empty/seqinfo.ini to.seq/empty/seqinfo.ini
seqinfo 320 240 >wanted
check "a sequence that turns" cmp wanted to.seq/dance/seqinfo.ini
is "it in the report" "$(of report dance/seqinfo.ini outcome) $(of report dance/seqinfo.ini labels.format)" "moved mot-seqinfo"
is "boxes of eight digits" "$(xargs <to.seq/dance/gt/gt.txt)" "1,1,21,201,40,30,1,1,1 2,1,21,201,40,30,1,1,1"
timeout 120 "$EXIFNORM" --check --labels seq >out 2>err
check "--check: nothing is drawn in a seqinfo.ini" grep -q "seqinfo.ini': mot-seqinfo labels, none of which is a shape" out
rm -r seq/mixed seq/empty seq/dance/gt
runs 0 seq to.seq.warned
has err "1 label file names 2 rotated images"

# ---- VIA's keys have the size of the file in bytes: that of the output, rotated or only edited
mkdir via
cp "$jpeg/landscape-6.jpg" via/a.jpg
cp "$jpeg/landscape-1.jpg" via/b.jpg
cp "$testdata/jpeg/no-exif.jpg" via/c.jpg
exiftool -q -overwrite_original -n -IFD1:Orientation=6 via/b.jpg 2>/dev/null || :
for name in a b c; do
    size=$(stat -c %s via/$name.jpg)
    printf '"%s.jpg%s": {"filename": "%s.jpg", "size": %s, "regions": [{"shape_attributes": {"name": "rect", "x": 10, "y": 20, "width": 30, "height": 40}, "region_attributes": {}}], "file_attributes": {}}\n' \
        "$name" "$size" "$name" "$size"
done | paste -sd, | sed 's/^/{/; s/$/}/' >via/via.json
# shellcheck disable=SC2086
runs 0 via to.via $frame
is "keys" "$(jq -r 'keys[]' to.via/via.json | xargs)" "$(cd to.via && stat -c '%n%s' a.jpg b.jpg c.jpg | xargs)"
is "sizes" "$(jq -r '.[].size' to.via/via.json | xargs)" "$(cd to.via && stat -c %s a.jpg b.jpg c.jpg | xargs)"
is "boxes" "$(jq -c '.[].regions[0].shape_attributes | [.x, .y, .width, .height]' to.via/via.json | xargs)" "[260,10,40,30] [10,20,30,40] [10,20,30,40]"
# Where nothing moves the keys are of the outputs all the same.
mkdir edited
cp via/a.jpg edited
jq -c 'with_entries(select(.key | startswith("a.jpg")))' via/via.json >edited/via.json
# shellcheck disable=SC2086
runs 0 edited to.edited $frame --mode=drop
is "a key of an image that was only edited" "$(jq -r 'keys[]' to.edited/via.json)" "a.jpg$(stat -c %s to.edited/a.jpg)"
# shellcheck disable=SC2086
runs 0 via to.level $frame --resume
# shellcheck disable=SC2086
runs 0 via to.level $frame --resume --secondary=drop
is "keys of a run that goes on" "$(jq -r 'keys[]' to.level/via.json | xargs)" "$(cd to.level && stat -c '%n%s' a.jpg b.jpg c.jpg | xargs)"

# ---- Ground Truth: addresses lead to images, and to other ones in the output
mkdir -p gt/x/photos gt/y/photos
cp "$jpeg/landscape-6.jpg" gt/x/photos/a.jpg
cp "$jpeg/landscape-3.jpg" gt/y/photos/a.jpg
line() { echo "{\"source-ref\": \"$1\", \"cars\": {\"image_size\": [{\"width\": $2, \"height\": $3, \"depth\": 3}], \"annotations\": [{\"class_id\": 0, \"left\": 10, \"top\": 20, \"width\": 30, \"height\": 40}]}, \"cars-metadata\": {\"type\": \"groundtruth/object-detection\"}}"; }
{
    line s3://bucket/in/x/photos/a.jpg 240 320
    line s3://bucket/in/y/photos/a.jpg 320 240
} >gt/output.manifest
# shellcheck disable=SC2086
runs 0 gt to.gt $frame --source-ref-prefix=s3://bucket/in/,s3://bucket/out/
is "addresses" "$(jq -r '."source-ref"' to.gt/output.manifest | xargs)" "s3://bucket/out/x/photos/a.jpg s3://bucket/out/y/photos/a.jpg"
is "their boxes" "$(jq -c '.cars.annotations[] | [.left, .top]' to.gt/output.manifest | xargs)" "[260,10] [280,180]"
# shellcheck disable=SC2086
runs 0 gt to.gt2 $frame --source-ref-prefix=s3://other/ --source-ref-prefix=s3://bucket/in/
is "addresses that stay" "$(jq -r '."source-ref"' to.gt2/output.manifest | head -n 1)" s3://bucket/in/x/photos/a.jpg
# shellcheck disable=SC2086
runs 1 gt to.gt3 $frame --source-ref-prefix=s3://other/
check "another prefix" grep -q "'gt/output.manifest': damaged label file: line 1" err
absent to.gt3/output.manifest

# ---- what looks like labels and is of no known format: named, and never moved or copied in silence
mkdir -p odd/images
cp "$jpeg/landscape-6.jpg" odd/images/a.jpg
cp "$jpeg/landscape-1.jpg" odd/images/b.jpg
printf 'images/a.jpg,10,20,40,60,cat\nimages/b.jpg,10,20,40,60,dog\n' >odd/headless.csv
printf 'images/a.jpg 10,20,40,60,0 50,20,60,60,1\nimages/b.jpg\n' >odd/keras.txt
printf '{"file": "a.jpg", "things": [{"bounding_box": [1, 2, 3, 4]}]}' >odd/own.json
printf 'images/b.jpg,10,20,40,60,cat\n' >odd/still.csv # of an image that is not rotated
printf 'a.jpg is a photo of 1 cat, taken in 2020\nb.jpg shows 2 dogs\n' >odd/captions.txt
printf 'images/a.jpg,10,20,40,60,cat\none is read\nand two\nand three\nthat is all\n' >odd/log.txt # one line of five, as a log may have
printf '{"a.jpg": "a letter", "b.jpg": "another"}' >odd/captions.json
printf 'images/a.jpg\nimages/b.jpg\n' >odd/train.txt
echo '{}' | gzip >odd/packed.json.gz
# shellcheck disable=SC2086
runs 1 odd to.odd $frame --report=report
for name in headless.csv keras.txt own.json; do
    check "$name is refused" grep -q "'odd/$name': labels that cannot be moved: it looks like labels of '.*a.jpg', in no known format; if it has none: --labels-format=GLOB=none" err
    absent "to.odd/$name"
done
has err "'odd/packed.json.gz': labels that cannot be moved: it is compressed, and may have labels of rotated images"
absent to.odd/packed.json.gz
for name in still.csv captions.txt captions.json train.txt log.txt; do same "odd/$name" "to.odd/$name"; done
# shellcheck disable=SC2086
runs 0 odd to.said $frame --labels-format='*.csv=none' --labels-format=keras.txt=none --labels-format=own.json=none --labels-format='*.gz=none'
check "what is said to have none is copied" diff -r -x images odd to.said
runs 0 odd to.odd.warned --report=report
has err "exifnorm: 3 files of no known format look like labels of rotated images: see --labels-format"
has err "exifnorm: 1 label file may name rotated images and could not be read: see --labels"
is "which" "$(jq -r 'select(.labels) | "\(.labels.path) \(.labels.format)"' report | sort | xargs)" \
    "headless.csv unknown keras.txt unknown own.json unknown packed.json.gz unknown"
tar -cf odd.tar -C odd images headless.csv keras.txt own.json still.csv captions.txt
runs 0 --tar odd.tar odd.out.tar
has err "exifnorm: 3 files of no known format look like labels of rotated images: see --labels-format"
# shellcheck disable=SC2086
runs 1 --tar odd.tar odd.moved.tar $frame
is "refused in an archive" "$(grep -c 'looks like labels of' err)" 3

# ---- the like, as sets and tools have it that are known by name: VIA 3, PaliGemma, Qwen, LLaVA, CrowdHuman, COCO's results, Azure, Vertex, dlib, PAGE, CelebA, WIDER FACE,
# KITTI, DOTA, VisDrone, ICDAR, CULane, Cityscapes, 300-W, Kaggle's tables, DeepLabCut, Label Studio's CSV. All of them in one run.
mkdir -p many/images many/label_2 many/labelTxt many/gt many/gtFine many/annotations
for n in a k d v i c 7; do cp "$jpeg/landscape-6.jpg" many/images/$n.jpg; done
cp "$jpeg/landscape-6.jpg" many/images/s_leftImg8bit.jpg
cp "$jpeg/landscape-6.jpg" many/images/000000000139.jpg
cp "$jpeg/landscape-6.jpg" many/images/p.jpg
printf '{"file": {"1": {"fname": "a.jpg"}}, "metadata": {"1_x": {"z": [], "xy": [2, 10, 20, 30, 15]}}}' >many/via3.json
printf '{"image": "a.jpg", "suffix": "<loc0123><loc0200><loc0500><loc0600> cat"}\n' >many/paligemma.jsonl
printf '%s\n' '{"image": "a.jpg", "suffix": "[{\"bbox_2d\": [1, 2, 3, 4]}]"}' >many/qwen.jsonl
printf '[{"image": "a.jpg", "conversations": [{"from": "gpt", "value": "a \\"cat\\" at [0.1, 0.2,0.3 ,0.4]"}]}]' >many/llava.json
printf '{"ID": "a", "gtboxes": [{"hbox": [1, 2, 3, 4]}]}\n' >many/crowdhuman.odgt
printf '[{"image_id": 139, "bbox": [1, 2, 3, 4], "score": 0.5}]' >many/results.json
printf '[{"image_id":7,"BoundingBox":[1, 2, 3, 4]}]' >many/seven.json
printf '{"image_url": "x/a.jpg", "label": [{"topX": 0.1, "topY": 0.2}]}\n' >many/azure.jsonl
printf '{"imageGcsUri": "gs://b/a.jpg", "b": [{"xMin": "0.1", "yMin": "0.2"}]}\n' >many/vertex.jsonl
printf "<?xml version='1.0'?><dataset><images><image file='images/a.jpg'><box top='10' left='20'/></image></images></dataset>" >many/dlib.xml
printf '<PcGts><Page imageFilename="a.jpg"><Coords points="1,2 3,4"/></Page></PcGts>' >many/page.xml
printf '<annotations><filename>a.jpg</filename><object><xmin>1</xmin><ymin>2</ymin></object></annotations>' >many/plural.xml
printf '2\nimage_id x_1 y_1 width height\na.jpg    9  7   22  31\nk.jpg    9  7   22  31\n' >many/celeba.txt
printf 'images/a.jpg\n2\n44 33 12 14 0 0\n4 3 12 14 0 0\n' >many/wider.txt
printf 'Car 0.00 0 -1.58 5.01 17.33 61.12 20.12\n' >many/label_2/k.txt
printf 'imagesource:GoogleEarth\ngsd:0.146\n28.0 38.0 29.0 38.0 29.0 44.0 28.0 44.0 small-vehicle 0\n' >many/labelTxt/d.txt
printf '68,8,27,11,0,0,0,0\n' >many/annotations/v.txt
printf '3,4,20,4,20,14,3,14,Hello\n' >many/gt/gt_i.txt
printf '10.5 20 11 21 12 22 13 23\n' >many/images/c.lines.txt
printf '{"imgHeight": 48, "objects": [{"polygon": [[0, 47], [79, 47]]}]}' >many/gtFine/s_gtFine_polygons.json
printf 'version: 1\nn_points: 2\n{\n33.5 29.1\n3.2 4.5\n}\n' >many/images/p.pts
printf 'image_id,width,height,bbox,source\na,80,48,"[34.0, 22.0, 26.0, 16.0]",usask_1\n' >many/wheat.csv
printf 'ImageId,PredictionString\na,1 0.5 10 20 30 40\n' >many/kaggle.csv
printf 'image,x,y\na.jpg,10,20\n' >many/points.csv
printf '#,,,x\nbodyparts,,nose,nose\ncoords,,x,y\nlabeled-data,a.jpg,10.5,20.5\n' >many/dlc.csv
printf '10,20,30,40,a.jpg\n' >many/last.csv
printf '# made today\nfilename,xmin,ymin,xmax,ymax,class\na.jpg,1,2,30,40,c\n' >many/comment.csv
printf 'image,id,label\n/data/upload/1/0f5a1b2c-a.jpg,1,"[{""x"": 10, ""y"": 20, ""width"": 30, ""height"": 10}]"\n' >many/ls.csv
printf '13 14 15.5 16 3 4 20 30 0 1 a.jpg\n1 2 3 4 0 1 images/k.jpg\n' >many/wflw.txt
printf '3,4,20,4,20,14,3,14,four words of text\n3,4,20,4,20,14,3,14,and five words of it\n' >many/gt/gt_c.txt
printf "x: [[5 3 4 5]], y: [[2 6 6 4]], ornt: [u'm'], transcriptions: [u'x']\n" >many/gt/poly_gt_i.txt
printf 'Image filename : "Train/pos/a.jpg"\n\nOriginal label for object 1 "PASperson" : "UprightPerson"\nBounding box for object 1 "PASperson" (Xmin, Ymin) - (Xmax, Ymax) : (4, 7) - (41, 47)\n' >many/inria.txt
printf '<!DOCTYPE html><html><div class="ocr_page" title='"'"'image "images/a.jpg"; bbox 0 0 240 320'"'"'></div></html>' >many/a.hocr
printf '{"version": 1.3, "people": [{"pose_keypoints_2d": [1, 2, 0.9]}]}' >many/annotations/v_keypoints.json
printf '{"url": "https://host/b/a.jpg?sig=x%%2Fy&e=1", "box2d": [1, 2, 3, 4]}\n' >many/signed.jsonl
printf '{"name": "a.jpg", "labels": {"x": {"segmentation_bitmap": {"url": "https://host/1"}}}}' >many/segments.json
printf '2\nlefteye_x lefteye_y nose_x nose_y\na.jpg 16 24 40 24\nk.jpg 16 24 40 24\n' >many/landmarks.txt
n=0
for told in 'cat<loc_10><loc_20>' '<box>(1,2),(3,4)</box>' '<|box_start|>(1,2)' '<patch_index_0044>' '<point x=\"1.5\" y=\"2\">'; do
    n=$((n + 1))
    printf '%s\n' "{\"image\": \"a.jpg\", \"value\": \"$told\"}" >many/told$n.jsonl
done
printf '<HRSC_Image><Img_ID>v</Img_ID><HRSC_Object><box_xmin>10</box_xmin><box_ymin>20</box_ymin></HRSC_Object></HRSC_Image>' >many/annotations/v.xml
printf '\223NUMPY\001\0v\0' >many/GT_c.mat
printf '2002/images/a\n1\n23.58 15.54 1.26 29.69 11.78  1\nimages/k\n1\n23.58 15.54 1.26 29.69 11.78  1\n' >many/fddb.txt
printf 'a\n18.28 , 29.00\n19.1 , 29.5\n20.1 , 30.2\n' >many/helen.txt
printf '18\t29\n19\t29\n20\t30\n' >many/gt/gt_k.txt
printf '{"file_path": "a.jpg", "lane_lines": [{"uv": [[1, 2], [3, 4]]}]}' >many/openlane.json
odd_files=$(cd many && find . -type f ! -name '*.jpg' | cut -c 3- | sort)
# What is none of labels, though it names the images and has numbers.
mkdir many/none
echo 'd41d8cd98f00b204e9800998ecf8427e  images/a.jpg' >many/none/md5.txt
printf '{"file": "a.jpg", "coordinates": [1.5, 2.5], "labels": [0, 0, 1, 0], "note": "[1, 2, 3] or [1, 2, 3, a]"}' >many/none/photo.json
printf 'filename,label,p,q\na.jpg,3,0.5,0.5\n' >many/none/classes.csv
printf '<!DOCTYPE html><html><svg x="1" y="2"/><img src="images/a.jpg"></html>' >many/none/index.html
printf '<meta><image>a.jpg</image></meta>' >many/none/meta.xml
printf 'start\nload\nread a.jpg 1 2 3 4\nmore\n' >many/none/log.txt
printf 'epoch,train/box_loss,metrics/mAP50,x,z\n7,0.1,0.2,0.3,0.4\n' >many/none/epochs.csv
printf 'box: see a.jpg\nthe box has 4 numbers\n' >many/none/README
printf '{"image_id": 12345678901234567890, "names": ["a"]}' >many/none/names.json
printf '{"image": "a.jpg", "caption": "<loc> and <box of 4>", "size_x": 1, "size_y": 2, "nose_x": 3}' >many/none/told.json
printf 'a.jpg,scale_x,scale_y\na.jpg,2,2\n' >many/none/scales.csv
printf 'It has, at 1, 2, 3 places, a word\nand more, of them\n' >many/none/a.txt
printf '0.5 0.5\n0.25 0.75\n' >many/none/k.txt
printf 'a\nb\n1 2\n3 4\n5 6\n' >many/none/d.txt
# shellcheck disable=SC2086
runs 1 many to.many $frame -v
for name in $odd_files; do
    check "$name is refused" grep -q "'many/$name': labels that cannot be moved: it looks like labels of '.*', in no known format" err
    absent "to.many/$name"
done
check "what is none is copied" diff -r many/none to.many/none
runs 0 many to.many.warned
has err "exifnorm: $(echo "$odd_files" | wc -l) files of no known format look like labels of rotated images: see --labels-format"
tar -cf many.tar -C many .
runs 0 --tar many.tar many.out.tar
has err "exifnorm: $(echo "$odd_files" | wc -l) files of no known format look like labels of rotated images: see --labels-format"

# ---- what names no image and has no image's name: about frames of a sequence, a folder, or images that another file numbers. s1 is rotated, s2 is not.
for n in 1 2; do
    mkdir -p scopes/image_02/s$n scopes/otb$n/img scopes/cub$n/images scopes/cub$n/parts
    for folder in image_02/s$n otb$n/img cub$n/images; do cp "$jpeg/landscape-$((n == 1 ? 6 : 1)).jpg" scopes/$folder/0001.jpg; done
    mkdir -p scopes/label_02 scopes/xml
    printf '0 -1 DontCare -1 -1 -10 21.0 18.0 28.0 29.0 -1000 -1000 -1000 -10 -1 -1 -1\n' >scopes/label_02/s$n.txt
    printf '<sequence name="s"><frame num="1"><box left="5.5" top="3" width="16" height="11"/></frame></sequence>' >scopes/xml/s$n.xml
    printf '5,6,10,12\n5,6,10,13\n' | tee scopes/otb$n/groundtruth_rect.txt >scopes/otb$n/groundtruth.txt
    printf '1 60.0 27.0 125.0 104.0\n' >scopes/cub$n/bounding_boxes.txt
    printf '1 1 31.0 18.0 1\n' >scopes/cub$n/parts/part_locs.txt
    printf 'PAR1\0' >scopes/cub$n/metadata.parquet
    printf '\223NUMPY\001\0v\0' >scopes/cub$n/images/0001.npy
    printf '\223NUMPY\001\0v\0' >scopes/cub$n/images/weights.npy
done
mkdir scopes/calib scopes/darknet scopes/darknet/JPEGImages scopes/darknet/labels
cp "$jpeg/landscape-6.jpg" scopes/darknet/JPEGImages/d.jpg
echo '0 0.4 0.7 0.1 0.25' >scopes/darknet/labels/d.txt
printf '1 2 3 4 5\n' >scopes/calib/other.txt
# Each has its own image, which is not rotated: no other one of that name, and none of all, is meant.
mkdir -p scopes/yolo/images/train scopes/yolo/images/val scopes/yolo/labels/train scopes/yolo/labels/val scopes/gt scopes/ch
cp "$jpeg/landscape-1.jpg" scopes/ch/img_7.jpg
cp "$jpeg/landscape-1.jpg" scopes/yolo/images/val/1.jpg
cp "$jpeg/landscape-6.jpg" scopes/yolo/images/train/1.jpg
printf '3,4,20,4,20,14,3,14,Hello\n' >scopes/gt/gt_img_7.txt
echo '0 0.4 0.7 0.1 0.25' | tee scopes/yolo/labels/train/1.txt >scopes/yolo/labels/val/1.txt
printf '{"images": [{"id": 7, "file_name": "s1/0001.jpg", "width": 240, "height": 320}], "annotations": [{"id": 1, "image_id": 7, "bbox": [1, 2, 3, 4]}]}' >scopes/coco.json
printf '[{"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]' >scopes/results.json
scoped='cub1/bounding_boxes.txt cub1/images/0001.npy cub1/metadata.parquet cub1/parts/part_locs.txt label_02/s1.txt otb1/groundtruth.txt otb1/groundtruth_rect.txt results.json xml/s1.xml'
# shellcheck disable=SC2086
runs 1 scopes to.scopes $frame -v
for name in $scoped; do
    check "$name is refused" grep -q "'scopes/$name': labels that cannot be moved: it looks like labels of '.*', in no known format" err
    absent "to.scopes/$name"
done
has err "'scopes/darknet/labels/d.txt': labels that cannot be moved: there is no image"
absent to.scopes/darknet/labels/d.txt
is "no others" "$(grep -c 'labels that cannot be moved' err)" 10
# shellcheck disable=SC2086
runs 0 scopes to.scopes.none $frame --labels-format='*.txt=none' --labels-format='*.npy=none' --labels-format='*.parquet=none' --labels-format='*.xml=none' --labels-format=results.json=none
same scopes/otb1/groundtruth.txt to.scopes.none/otb1/groundtruth.txt
tar -cf scopes.tar -C scopes cub1 cub2 darknet label_02 xml otb1 otb2 calib image_02 coco.json results.json yolo gt ch
for from in scopes '--tar scopes.tar'; do
    # shellcheck disable=SC2086
    runs 0 $from to.scopes.warned --report=report
    is "those that are named: $from" "$(jq -r 'select(.labels.rotated > 0) | .labels.path' report | sort | xargs)" \
        "$(printf '%s\n' $scoped coco.json darknet/labels/d.txt yolo/labels/train/1.txt | sort | xargs)"
    clear_away to.scopes.warned
done
# --check --labels says the same of those that would be refused, and says nothing of others.
for from in scopes '--tar scopes.tar'; do
    # shellcheck disable=SC2086
    timeout 120 "$EXIFNORM" --check --labels $from --report=report >out 2>err
    is "those that --check names: $from" "$(sed -n "s/^'scopes\(\/\|\.tar:\)\(.*\)': it looks like labels of '.*', in no known format\$/\2/p" out | sort | xargs)" "$scoped"
    is "likewise in the report: $from" "$(jq -r 'select(.labels.format == "unknown" and .labels.verdicts == null) | .labels.path' report | sed 's,^scopes/,,' | sort | xargs)" "$scoped"
done
# In an archive images may come after what is about them: then it fails as a whole.
# shellcheck disable=SC2086
runs 1 --tar scopes.tar scopes.out.tar $frame
check "an archive whose frames come late" grep -q "'.*' is about an image before it in the archive, or about one after it\|looks like labels of" err

# Places in JSON have many names. A number of one axis may be anything.
mkdir keys
cp "$jpeg/landscape-6.jpg" keys/a.jpg
for place in '"points": [[1, 2], [3, 4]]' '"bboxes": [[1, 2, 3, 4]]' '"boundingBox": [1, 2, 3, 4]' '"vertices": [1, 2]' '"landmarks": [1, 2]' '"x": 1, "y": 2' \
    '"left": 1, "top": 2' '"xmin": 1, "ymin": 2' '"x_min": 1, "y_min": 2' '"x1": 1, "y1": 2' '"rle": "04"' '"obb": [1, 2, 3, 4, 5]'; do
    printf '{"a.jpg": [{%s}]}' "$place" >keys/own.json
    runs 1 keys keys.out $frame
    check "$place is refused" grep -q "'keys/own.json': labels that cannot be moved: it looks like labels of 'a.jpg', in no known format" err
    rm -r keys.out
done
printf '{"a.jpg": [{"x": 1, "left": 2, "xmin": 3, "x1": 4, "y2": 5, "pointsofinterest": 6, "size": [1, 2], "box office": 7}]}' >keys/own.json
runs 0 keys keys.out $frame
same keys.out/own.json keys/own.json

# ---- names of images that were converted: in the file, or the file's own
mkdir -p named/img named/ann
cp "$testdata/heif/420.heic" named/img/a.heic
cp "$testdata/jpeg/landscape-6.jpg" named/img/b.jpg
for name in a.heic b.jpg; do
    printf '{"tags": [], "size": {"height": 320, "width": 240}, "objects": []}' >"named/ann/$name.json"
done
printf '{"samples": [{"filepath": "x/a.heic", "f": {"bounding_box": [0, 0, 0.5, 1]}}]}' >named/samples.json
printf '{"categories": {}, "items": [{"id": "a", "annotations": [], "image": {"path": "a.heic"}}]}' >named/items.json
printf '{"type": "dataset", "task": "detect"}\n{"file": "a.heic", "annotations": {"boxes": [[0, 0.25, 0.5, 0.5, 1]]}}\n' >named/set.ndjson
# shellcheck disable=SC2086
runs 1 named to.named $frame --heif=jpeg
has err "'named/ann/a.heic.json': labels that cannot be moved: it is named after its image, which has another name now"
absent to.named/ann/a.heic.json
for name in samples.json items.json set.ndjson; do
    is "the name in $name" "$(grep -c 'a\.jpg"' "to.named/$name")" 1
done
is "its size" "$(grep -c "\"height\": 240, \"width\": 320" to.named/ann/b.jpg.json)" 1

# ---- arguments
for value in createml 'a=b' '*.json=' ''; do runs 2 createml none --labels-format="$value"; done
has err "--labels-format: expected"
runs 2 createml none --source-ref-prefix=
finish
