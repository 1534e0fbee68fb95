#!/bin/sh
# SPDX-License-Identifier: MIT
# Mask images with --labels: which they are, whose, and what is refused. That values are right is shown in labels_move.sh.
. "$(dirname "$0")/lib.sh"
. "$cli/labels_lib.sh"
command -v python3 >/dev/null && command -v jq >/dev/null || {
    skipped "masks: no python3, or no jq"
    finish
}

# picture FILE WIDTH HEIGHT ORIENTATION: a PNG whose pixels differ.
cat >picture.py <<'END'
import os, struct, sys, zlib
path, width, height, orientation = sys.argv[1], *map(int, sys.argv[2:])
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + struct.pack("<HHI", orientation, 0, 0)
rows = b"".join(b"\0" + bytes(y * width + x for x in range(width)) for y in range(height))
os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
with open(path, "wb") as f:
    f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + (chunk(b"eXIf", exif) if orientation else b"") +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
END
# One of each size and orientation is made; to start Python takes longer than to copy it.
picture() {
    made=$scratch/made.$2.$3.$4
    [ -f "$made" ] || python3 "$scratch/picture.py" "$made" "$2" "$3" "$4"
    case $1 in
    */*) mkdir -p "${1%/*}" ;;
    esac
    cp "$made" "$1"
}
# pixels FILE...: size and values of each; a PNG of 8 bits without filters but None, as small ones are written here.
pixels() {
    python3 - "$cli/../labels" "$@" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import png
for path in sys.argv[2:]:
    p = png.read(open(path, "rb").read())
    print(p.width, p.height, [v for row in p.rows for (v,) in row])
END
}
# of REPORT PATH FIELD
turned="2 3 [3, 0, 4, 1, 5, 2]" # 3x2 pixels, rotated by orientation 6

# ---- whose a mask is
for path in a.png in/a.png images/b.png x/images/c.png y/images/c.png train/d.png deep/1/images/e.png f.g.png; do picture set/$path 3 2 6; done
picture set/images/h.png 3 2 1
for path in a_mask.png in/a_mask.png masks/b.png x/masks/c.png y/masks/c.png train_masks/d_mask.png deep/1/masks/e.png f.g_mask.png masks/h.png; do picture set/$path 3 2 0; done
picture set/masks/below/b.png 3 2 0 # the only image of that name
echo text >set/masks/readme.txt
runs 0 set to --labels --masks=masks/ --masks='*_mask.png' --report=report
while read -r mask image; do
    is "the image of $mask" "$(of report "$mask" mask_of)" "$image"
    echo "to/$mask" >>masks
done <<'END'
a_mask.png a.png
in/a_mask.png in/a.png
masks/b.png images/b.png
x/masks/c.png x/images/c.png
y/masks/c.png y/images/c.png
train_masks/d_mask.png train/d.png
deep/1/masks/e.png deep/1/images/e.png
f.g_mask.png f.g.png
masks/below/b.png images/b.png
END
# shellcheck disable=SC2046
is "what becomes of them" "$(pixels $(cat masks) | sort | uniq -c | sed 's/^ *//')" "9 $turned"
is "the image of a mask that stays" "$(of report masks/h.png '| .mask_of, .outcome' | xargs)" "images/h.png untouched"
same set/masks/h.png to/masks/h.png
same set/masks/readme.txt to/masks/readme.txt
is "images are no masks" "$(of report a.png mask_of)" null
is "how it was rotated" "$(of report a_mask.png '| .orientation_given, .outcome' | xargs)" "6 lossless"
is "in the options" "$(head -n 1 report | jq -c .options.masks)" '["masks/","*_mask.png"]'

# ---- other ways to run: the same masks
for options in -j1 --link --write=direct --verify --isolate --labels-frame=stored; do
    runs 0 set "to$options" --labels --masks=masks/ --masks='*_mask.png' "$options" --report=other
    check "$options: the same output" diff -r to "to$options"
    items report | jq -c '[.path, .mask_of, .outcome]' >first
    items other | jq -c '[.path, .mask_of, .outcome]' >second
    check "$options: the same report" diff first second
done
runs 0 set dry --labels --masks=masks/ --masks='*_mask.png' --dry-run --report=other
absent dry
items other | jq -c '[.path, .mask_of, .outcome]' >second
check "--dry-run: the same report" diff first second
(cd set && find . -type f) >list
runs 0 set listed --labels --masks=masks/ --masks='*_mask.png' --files-from=list
check "--files-from: the same output" diff -r to listed
runs 0 set again --labels --masks=masks/ --masks='*_mask.png' --resume
find again -type f -printf '%P %i %T@\n' | sort >before
runs 0 set again --labels --masks=masks/ --masks='*_mask.png' --resume
find again -type f -printf '%P %i %T@\n' | sort >after
check "--resume changes nothing" diff before after
picture set/a.png 3 2 3
runs 0 set again --labels --labels-frame=stored --masks=masks/ --masks='*_mask.png' --resume
is "--resume: the mask of an image that has changed" "$(pixels again/a_mask.png)" "3 2 [5, 4, 3, 2, 1, 0]"
rm -rf set/train set/train_masks set/masks/below # of these the names do not say what they have in common
runs 0 set whole --labels --labels-frame=stored --masks=masks/ --masks='*_mask.png'
for n in 0 1 2; do runs 0 set parts --labels --labels-frame=stored --masks=masks/ --masks='*_mask.png' --shard=$n/3; done
check "--shard: a mask is in the part of its image" diff -r whole parts
runs 0 whole rest --labels --masks=masks/ --masks='*_mask.png'
check "nothing is left to do" diff -r whole rest

# ---- the frame: a mask's size is a witness, and three of them for those without one
runs 1 --check --labels set --masks=masks/ --masks='*_mask.png' --report=check
is "verdicts" "$(jq -c 'select(.verdict.path == "set/x/masks/c.png") | .verdict | [.image, .verdict, .witnesses]' check)" '["set/x/images/c.png","stored",["mask-stored"]]'
is "what it is" "$(jq -r 'select(.labels.path == "set/x/masks/c.png") | .labels.format' check)" mask
mkdir shown
picture shown/a.png 3 2 6
picture shown/a_mask.png 2 3 0
runs 0 shown to.shown --labels --masks='*_mask.png'
same shown/a_mask.png to.shown/a_mask.png
runs 0 shown to.dropped --labels --masks='*_mask.png' --mode=drop
is "back to what is stored" "$(pixels to.dropped/a_mask.png)" "3 2 [1, 3, 5, 0, 2, 4]"
picture square/a.png 2 2 6
picture square/a_mask.png 2 2 0
runs 1 square none --labels --masks='*_mask.png'
absent none
has err "'a_mask.png': 'a.png': either"
runs 0 square to.square --labels --masks='*_mask.png' --labels-frame=stored
is "a square" "$(pixels to.square/a_mask.png)" "2 2 [2, 0, 3, 1]"
picture odd/a.png 3 2 6
picture odd/a_mask.png 4 2 0
runs 1 odd none --labels --masks='*_mask.png'
absent none
has err "'a_mask.png': 'a.png': contradictory; mask-other"

# The folder of the mask goes first, and folders that a GLOB only describes tell images apart.
picture beside/a.png 3 2 6
picture beside/images/a.png 3 2 6
picture beside/a_mask.png 3 2 0
runs 0 beside to.beside --labels --masks='*_mask.png' --report=report
is "beside it" "$(of report a_mask.png mask_of)" a.png
for n in x y; do
    picture parts/set/$n/images/c.png 3 2 6
    picture parts/set/$n/masks/c.png 3 2 0
done
runs 0 parts to.parts --labels --masks='set/*/masks/*.png' --report=report
is "its part" "$(of report set/y/masks/c.png mask_of)" set/y/images/c.png
# ---- what is refused: by name, and nothing of it is written
for n in own size gif cut; do picture bad/$n.png 3 2 6; done
picture bad/tiff.png 16 12 6
picture bad/own_mask.png 3 2 6
picture bad/size_mask.png 2 3 0
printf 'GIF89a' >bad/gif_mask.gif
picture bad/orphan_mask.png 3 2 0
picture bad/cut_mask.png 3 2 0
truncate -s 50 bad/cut.png
cp "$testdata/other/still-1.tiff" bad/tiff_mask.tif
picture bad/d/two.png 3 2 6
picture bad/e/two.png 3 2 6
picture bad/f/two_mask.png 3 2 0
picture bad/own.jpg 3 2 6 # a second image of that name, in the same folder
picture bad/still.png 3 2 1
picture bad/still_mask.png 3 2 8
runs 1 bad to.bad --labels --masks='*_mask.*' --labels-frame=stored --report=report
while read -r name text; do
    has err "'bad/$name': $text"
    absent "to.bad/$name"
    is "outcome of $name" "$(of report "$name" outcome)" failed
done <<'END'
size_mask.png a mask that cannot be rotated: a mask of 2x3, where 3x2 is the size of 'size.png' in that frame
own_mask.png a mask that cannot be rotated: it could be a mask of several images
still_mask.png a mask that cannot be rotated: a mask with an orientation of its own, 8: whether it counts is not known
gif_mask.gif a mask that cannot be rotated: 'gif.png' was rotated, and a mask of this format cannot be
orphan_mask.png a mask that cannot be rotated: there is no image in this run that it is a mask of
tiff_mask.tif a mask that cannot be rotated: 'tiff.png' was rotated, and this mask cannot be, value by value
f/two_mask.png a mask that cannot be rotated: it could be a mask of several images
END
absent to.bad/cut.png
same bad/cut_mask.png to.bad/cut_mask.png
rm bad/own.jpg
runs 1 bad to.kept --labels --masks='*_mask.*' --labels-frame=stored --on-error=keep
has err "'bad/own_mask.png': a mask that cannot be rotated: a mask with an orientation of its own, 6: whether it counts is not known"
same bad/own_mask.png to.kept/own_mask.png

# ---- masks that label files name
# panoptic IMAGE MASK...: a panoptic file of such pairs.
panoptic() {
    coco_images=
    coco_masks=
    coco_id=0
    while [ $# -gt 0 ]; do
        coco_images="$coco_images${coco_images:+, }{\"id\": $coco_id, \"file_name\": \"$1\", \"width\": 3, \"height\": 2}"
        coco_masks="$coco_masks${coco_masks:+, }{\"image_id\": $coco_id, \"file_name\": \"$2\", \"segments_info\": [{\"id\": 1, \"category_id\": 1, \"bbox\": [0, 0, 1, 1], \"area\": 1}]}"
        coco_id=$((coco_id + 1))
        shift 2
    done
    printf '{"images": [%s], "annotations": [%s]}\n' "$coco_images" "$coco_masks"
}
for n in a b c; do picture named/images/$n.png 3 2 6; done
for n in a b; do picture named/annotations/good/$n.png 3 2 0; done
picture named/annotations/bad/c.png 3 2 8
panoptic a.png a.png b.png b.png >named/annotations/good.json
panoptic a.png a.png c.png c.png >named/annotations/bad.json # c.png fails
panoptic a.png nowhere.png >named/annotations/lost.json
panoptic images/c.png c.png >named/own.json # bad/c.png, not the image
runs 1 named to.named --labels --report=report
is "masks in the folder of the label file's name" "$(pixels to.named/annotations/good/a.png)" "$turned"
is "their labels" "$(jq -c '.annotations[].segments_info[].bbox' to.named/annotations/good.json | xargs)" "[1,0,1,1] [1,0,1,1]"
has err "'named/annotations/bad.json': labels that cannot be moved: its mask 'c.png' has failed"
has err "'named/annotations/lost.json': labels that cannot be moved: there is no mask 'nowhere.png' in this run"
for name in bad lost; do absent to.named/annotations/$name.json; done
runs 1 named to.named2 --labels --labels-frame=stored
check "the frame that was said: the same" diff -r to.named to.named2
# Masks bear witness for a label file without sizes.
picture witness/images/a.png 3 2 6
picture witness/p/a.png 3 2 0
panoptic a.png a.png | sed 's/, "width": 3, "height": 2//' >witness/p.json
runs 0 witness to.witness --labels
is "the labels of a mask that says the frame" "$(jq -c '.annotations[].segments_info[].bbox' to.witness/p.json)" "[1,0,1,1]"
# An image of that name, nearer than the mask, and another label file's mask: the folder of the label file's name goes first.
picture near/a.png 3 2 6
for name in p q; do
    picture near/$name/a.png 3 2 0
    panoptic a.png a.png >near/$name.json
done
runs 0 near to.near --labels
for name in p q; do
    is "the mask of $name" "$(pixels to.near/$name/a.png)" "$turned"
    is "its labels" "$(jq -c '.annotations[].segments_info[].bbox' to.near/$name.json)" "[1,0,1,1]"
done
# An image of that name, and no mask: it is not taken for one.
picture only/images/a.png 3 2 6
panoptic a.png a.png >only/panoptic.json
runs 1 only to.only --labels --labels-frame=stored
is "the image" "$(pixels to.only/images/a.png)" "$turned"
has err "'only/panoptic.json': labels that cannot be moved: there is no mask 'a.png' in this run"

# ---- a GLOB that no file fits is a slip, which is said; one that another has been before is none
mkdir -p slip/images slip/masks
picture slip/images/a.png 3 2 6
picture slip/masks/a.png 3 2 0
runs 0 slip to.slip --labels --labels-frame=stored --masks=mask/
has err "exifnorm: --masks='mask/': no file in IN is a mask by that"
runs 0 slip to.slip2 --labels --labels-frame=stored --masks=masks/ --masks='masks/*.png'
check "both fit" test ! -s err
runs 0 slip to.slip3 --labels --labels-frame=stored --masks=mask/ --shard=0/1
check "a part may have none" sh -c '! grep -q "no file in IN" err'
# An array of numbers in a folder of masks cannot be rotated, and is not left as it is.
cp slip/images/a.png slip/images/n.png
printf '\223NUMPY' >slip/masks/n.npy
runs 1 slip to.slip4 --labels --labels-frame=stored --masks=masks/
has err "'slip/masks/n.npy': a mask that cannot be rotated: 'images/n.png' was rotated, and a mask of this format cannot be"
absent to.slip4/masks/n.npy

# ---- what looks like a mask of a rotated image, and is not said to be one, is named: in folders, archives, several inputs
for name in images/a.png images/b.png images/upright.png; do picture undeclared/$name 3 2 "$(case $name in *upright*) echo 0 ;; *) echo 6 ;; esac)"; done
for name in masks/a.png SegmentationClass/b.png x/b_mask.png masks/upright.png masks/other.png thumbs/a.png gt.png; do picture undeclared/$name 3 2 0; done
named() { jq -r 'select(.labels) | .labels | "\(.format) \(.path)"' report | LC_ALL=C sort | xargs; }
all="mask SegmentationClass/b.png mask masks/a.png mask x/b_mask.png"
runs 0 undeclared to.undeclared --report=report
has err "exifnorm: 3 images look like masks of rotated images, which were not rotated: see --masks"
is "those" "$(named)" "$all"
runs 0 undeclared to.undeclared2 --labels --labels-frame=stored --report=report
is "those, where labels are moved" "$(named)" "$all"
runs 0 undeclared to.undeclared4 --labels=copy
check "labels are nobody's business: nothing is said" test ! -s err
runs 0 undeclared to.undeclared5 '--labels-format=*.png=none'
check "they are none: nothing is said" test ! -s err
tar -cf undeclared.tar -C undeclared .
for how in "" "--labels --labels-frame=stored"; do
    # shellcheck disable=SC2086 # options
    runs 0 --tar undeclared.tar to.tar --overwrite --report=report $how
    is "those, in an archive $how" "$(named | sed 's:\./::g')" "$all"
done
mkdir to.several
runs 0 undeclared/masks undeclared/images to.several --report=report
has err "exifnorm: 1 image looks like a mask of a rotated image, which was not rotated: see --masks"
runs 0 undeclared/masks to.alone
check "without a rotated image nothing is said" test ! -s err

# ---- arguments
runs 2 set none --masks=masks/
has err "--masks requires --labels"
for glob in mask.png 'mask?_*.png' /masks/ ''; do runs 2 set none --labels --masks="$glob"; done
has err "--masks: expected"
finish
