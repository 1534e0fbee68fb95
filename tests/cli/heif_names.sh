#!/bin/sh
# SPDX-License-Identifier: MIT
# Outputs of --heif=jpeg and --heif=png have other names than their sources: a.jpg of a.heic. Label files that are moved say these names, and so do
# the heads of archives and the indexes beside them. Where nothing rotates the whole label file has to be its source but for the endings.
. "$(dirname "$0")/lib.sh"

tools=$(cd "$testdata/../tests/cli" && pwd)
heic=$testdata/heif/420.heic # 64x48
bytes() { wc -c <"$1" | tr -d ' '; }

# ---- every format, on images of which none rotates
mkdir -p in/yolo/images in/yolo/labels in/mot/seq/img1 in/mot/seq/gt in/more
for name in a b 'c d' yolo/images/y mot/seq/img1/000001; do
    cp "$heic" "in/$name.heic"
done
cp "$testdata/heif/420.avif" in/more/UPPER.AVIF
cp "$heic" in/more/odd.v2
cp "$heic" in/more/right.jpg
cp "$testdata/jpeg/no-exif.jpg" in/more/other.jpeg
cp "$heic" in/more/1f2e3d4c-up.heic
printf '%s\n' '{"images": [{"file_name": "a.heic", "id": 1, "width": 64, "height": 48},
 {"id": 2, "width": 64, "height": 48, "file_name": "x\/\u0062.heic", "coco_url": "https://host/b.heic"},
 {"id": 3, "coco_url": "https:\/\/host\/c d.heic"}, {"id": 4, "file_name": "more/odd.v2"}, {"id": 5, "file_name": "right.jpg"},
 {"id": 6, "file_name": "more\\UPPER.AVIF"}, {"id": 7, "file_name": "other.jpeg"}],
 "annotations": [{"id": 1, "image_id": 1, "bbox": [1, 2, 3, 4]}, {"id": 2, "image_id": 6, "bbox": [1.50, 2, 3, 4]}], "categories": []}' >in/coco.json
printf '%s\n' '<annotation><folder>x</folder><filename> <!-- a.heic --> a.heic
 </filename><path>C:\x\a.heic</path><size><width>64</width><height>48</height></size>
 <object><name>a.heic</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>' >in/voc.xml
printf '%s\n' '<annotations><image id="0" name="a.heic" width="64" height="48"><box label="a.heic" xtl="1" ytl="2" xbr="3" ybr="4"/></image>
 <image height="48" width="64" subset="more" name='"'UPPER.AVIF'"' id="1"></image></annotations>' >in/cvat.xml
printf '%s\n' '[{"data": {"image": "/data/upload/1/0a0b0c0d-a.heic", "note": "a.heic it is"}, "annotations": [{"result": [
 {"to_name": "image", "original_width": 64, "original_height": 48, "value": {"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0}},
 {"to_name": "image", "original_width": 64, "original_height": 48, "value": {"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0}}]}]},
 {"data": {"image": "s3:\/\/bucket\/c%20d.heic?X-Amz=1&f=b.heic#b.heic"}, "annotations": [{"result": []}]},
 {"data": {"image": "/data/local-files/?d=more/UPPER.AVIF&x=1"}, "annotations": [{"result": [
 {"to_name": "image", "original_width": 64, "original_height": 48, "value": {"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0}}]}]}]' >in/label_studio.json
printf '%s\n' '{"version": "5", "flags": {}, "imagePath": "..\\b.heic", "imageData": null, "imageWidth": 64, "imageHeight": 48,
 "shapes": [{"label": "b.heic", "shape_type": "rectangle", "points": [[1, 2], [3, 4]]}]}' >in/labelme.json
printf '%s\n' '{"source-ref": "s3://bucket/a.heic", "boxes": {"annotations": [{"left": 1, "top": 2, "width": 3, "height": 4, "class_id": 0}], "image_size": [{"width": 64, "height": 48, "depth": 3}]}, "boxes-metadata": {"type": "groundtruth/object-detection"}}' \
    '{"boxes": {"annotations": [], "image_size": [{"width": 64, "height": 48, "depth": 3}, {"width": 64, "height": 48, "depth": 3}]}, "boxes-metadata": {"type": "groundtruth/object-detection"}, "source-ref": "s3:\/\/bucket\/more/UPPER.AVIF"}' >in/truth.manifest
printf 'filename,width,height,class,xmin,ymin,xmax,ymax\na.heic,64,48,a.heic,1,2,3,4\n"a.heic",64,48,x,5,6,7,8\n"c d.heic",64,48,"x",1,2,3,4\n' >in/boxes.csv
size=$(bytes "$heic")
printf '%s\n' '{"_via_settings": {}, "_via_img_metadata": {"a.heic'"$size"'": {"size": '"$size"', "filename": "a.heic", "regions": [{"shape_attributes": {"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4}, "region_attributes": {"f": "a.heic"}}], "file_attributes": {}},
 "b.heic-1": {"filename": "b.heic", "size": -1, "regions": [], "file_attributes": {}}}, "_via_image_id_list": ["a.heic'"$size"'", "b.heic-1"]}' >in/via.json
printf 'filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\na.heic,-1,"{}",1,0,"{""name"":""rect"",""x"":1,""y"":2,""width"":3,""height"":4}","{}"\n"c d.heic",-1,"{}",0,0,"{}","{}"\n' >in/via.csv
printf '%s\n' '[{"image": "a.heic", "annotations": [{"label": "a.heic", "coordinates": {"x": 10, "y": 20, "width": 3, "height": 4}}]}]' >in/createml.json
printf '%s\n' '{"file_name": "a.heic", "objects": {"bbox": [[1, 2, 3, 4]], "categories": [0]}}' '{"objects": {"bbox": []}, "file_name": "more/UPPER.AVIF"}' >in/metadata.jsonl
printf 'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\na,x,a.heic,1,0.1,0.2,0.3,0.4\n' >in/open.csv
printf '%s\n' '0 0.5 0.5 0.25 0.25' >in/yolo/labels/y.txt
printf '%s\n' '1,1,11,21,10,10,1,1,1' >in/mot/seq/gt/gt.txt

# wanted FILE: what it is to be, by its source: endings of names, where a name is meant.
wanted() {
    sed -E -e 's/("file_name": "[^"]*)\.heic"/\1.jpg"/g' -e 's/("file_name": "[^"]*)\.AVIF"/\1.jpg"/g' -e 's/("file_name": "[^"]*odd\.v2)"/\1.jpg"/' \
        -e 's/("id": 3, "coco_url": "[^"]*)\.heic"/\1.jpg"/' \
        -e 's/^(<annotation>.*-->.*)\.heic$/\1.jpg/' -e 's/(<path>.*)\.heic</\1.jpg</' \
        -e "s/( name=[\"'][^\"']*)\.(heic|AVIF)/\1.jpg/" \
        -e 's/("image": "[^"?]*)\.heic/\1.jpg/' -e 's/(\?d=more\/UPPER)\.AVIF/\1.jpg/' \
        -e 's/("imagePath": "[^"]*)\.heic"/\1.jpg"/' -e 's/("source-ref": "[^"]*)\.(heic|AVIF)"/\1.jpg"/' \
        -e 's/^("?)(a|c d)\.heic("?,)/\1\2.jpg\3/' \
        -e "s/\"a\.heic$size\"/\"a.jpg$1\"/g" -e "s/\"size\": $size/\"size\": $1/" -e 's/"b\.heic-1"/"b.jpg-1"/g' -e 's/"filename": "(.)\.heic"/"filename": "\1.jpg"/g' "$2"
}
runs 0 in done --heif=jpeg --labels --labels-format=createml-center --report=report --verify
is "images" "$(cd done && find . -name '*.jp*' | LC_ALL=C sort | tr '\n' ' ')" \
    "./a.jpg ./b.jpg ./c d.jpg ./more/1f2e3d4c-up.jpg ./more/UPPER.jpg ./more/odd.v2.jpg ./more/other.jpeg ./more/right.jpg ./mot/seq/img1/000001.jpg ./yolo/images/y.jpg "
for file in coco.json voc.xml cvat.xml label_studio.json labelme.json truth.manifest boxes.csv via.json via.csv createml.json metadata.jsonl; do
    wanted "$(bytes done/a.jpg)" in/$file >wanted
    check "names of $file changed" sh -c '! cmp -s "$1" wanted' sh in/$file
    same done/$file wanted
    has report "\"path\":\"$file\",\"outcome\":\"moved\""
done
for file in open.csv yolo/labels/y.txt mot/seq/gt/gt.txt; do
    same done/$file in/$file # no name, or one without an ending
done
runs 0 done again --heif=jpeg --labels --labels-format=createml-center
check "a second run changes nothing" diff -r done again

# ---- the same, written under their own names, with a kill in between; and what a state knows of an image is enough for its labels
runs 0 in direct --heif=jpeg --labels --labels-format=createml-center --write=direct
check "--write=direct makes the same" diff -r done direct
runs 0 in resumed --heif=jpeg --labels --labels-format=createml-center --resume --state=state
rm resumed/coco.json resumed/voc.xml resumed/truth.manifest
runs 0 in resumed --heif=jpeg --labels --labels-format=createml-center --resume --state=state --report=report
check "so does one that goes on" diff -r done resumed
has report '"path":"coco.json","outcome":"moved"'

# ---- to PNG, of images that rotate
mkdir turned
python3 "$tools/heif.py" turn "$heic" turned/a.heic 3 - -
cp in/boxes.csv in/voc.xml turned
sed -i '/c d/d' turned/boxes.csv
runs 0 turned turned.png --heif=png --labels --labels-frame=stored --verify
is "a box moves with its name" "$(sed -n 2p turned.png/boxes.csv)" "a.png,48,64,a.heic,44,1,46,3"
is "VOC" "$(grep -o 'a\.png' turned.png/voc.xml | tr '\n' ' ')$(grep -o '<size>.*</size>' turned.png/voc.xml)" 'a.png a.png <size><width>48</width><height>64</height></size>'

# ---- an image that failed keeps its name in labels, and a name that is not there in plain text fails
mkdir odd
cp "$heic" odd/a.heic
head -c 500 "$heic" >odd/b.heic
printf '%s\n' '{"images": [{"file_name": "a.heic", "id": 1}, {"file_name": "b.heic", "id": 2}], "annotations": [{"image_id": 1, "bbox": [1, 2, 3, 4]}, {"image_id": 2, "bbox": [1, 2, 3, 4]}]}' >odd/coco.json
printf '%s\n' '<annotations><image id="0" name="a.hei&#99;" width="64" height="48"/></annotations>' >odd/cvat.xml
printf 'a.heic,10,20,40,60,cat\n' >odd/table.txt
printf 'b.heic a.heic same\n' >odd/pairs.txt
printf '<pairs><one>b.heic</one><two>a.heic</two></pairs>' >odd/pairs.xml
runs 1 odd odd.out --heif=jpeg --labels
has err "exifnorm: 'odd/table.txt': labels that cannot be moved: it looks like labels of 'a.heic', in no known format"
for name in pairs.txt pairs.xml; do
    has err "exifnorm: 'odd/$name': labels that cannot be moved: it names 'a.heic', which has another name now"
    absent "odd.out/$name"
done
is "names" "$(grep -o '[ab]\.[a-z]*' odd.out/coco.json | tr '\n' ' ')" "a.jpg b.heic "
has err "exifnorm: 'odd/cvat.xml': labels that cannot be moved: line 1: image: the name of its image is not in plain text, and would have to change"
absent odd.out/cvat.xml

# ---- lists of names, and texts that merely say one: rewritten, or named
mkdir -p lists/sub
cp "$heic" lists/a.heic
cp "$heic" "lists/sub/b c.heic"
cp "$testdata/jpeg/no-exif.jpg" lists/sub/d.jpg
printf './a.heic\r\n./sub/d.jpg\n\n/data/set/sub/b c.heic\nsub/gone.heic\na.heic' >lists/train.txt
printf '%s\n' '{"images": [{"file_name": "a.heic", "id": 1}], "annotations": [{"image_id": 1, "bbox": [1, 2, 3, 4]}]}' >lists/coco.json
printf '%s\n' '{"images": [{"file_name": "sub/b c.heic", "id": 1}], "annotations": [{"image_id": 1, "caption": "b c.heic"}]}' >lists/captions_coco.json
cp -r lists texts
printf 'file_name,caption\na.heic,"a dog, 4 legs"\nd.jpg,none\n' >texts/captions.csv
printf '{"a.heic": "a dog", "x": ["sub/d.jpg"]}\n' >texts/captions.json
printf 'a.heic 3\nsub/d.jpg 4\n' >texts/val.txt
printf 'As a.heic shows, all is well: sub/d.jpg\n' >texts/notes.md
printf 'd.jpg,a cat\n' >texts/others.csv
printf 'sub/a.heic sub/a.heic\n' >texts/pairs.txt # two names a line are no list
runs 0 lists lists.warned --heif=jpeg --report=report
is "the warning" "$(grep label err)" "exifnorm: 3 label files name 2 images with another name now, and were copied unchanged: see --labels"
is "of the list" "$(jq -c 'select(.labels.path? == "train.txt").labels | [.format, .images, .shapes, .rotated, .renamed]' report)" '["list",0,0,0,3]'
is "in all" "$(jq -c 'select(.totals).totals.labels | [.files, .rotated, .renamed]' report)" "[3,0,2]"
for file in train.txt coco.json captions_coco.json; do same lists/$file lists.warned/$file; done
runs 0 lists lists.out --heif=jpeg --labels
sed -e 's/^\.\/a\.heic/.\/a.jpg/' -e 's/b c\.heic/b c.jpg/' -e 's/^a\.heic/a.jpg/' lists/train.txt >wanted
same lists.out/train.txt wanted
is "a caption stays as it is" "$(cat lists.out/captions_coco.json)" '{"images": [{"file_name": "sub/b c.jpg", "id": 1}], "annotations": [{"image_id": 1, "caption": "b c.heic"}]}'
runs 0 lists lists.copied --labels
same lists.copied/train.txt lists/train.txt
runs 0 texts texts.warned --heif=jpeg
has err "exifnorm: 4 files of no known format name images that have other names now"
check "no label is wrong for that" sh -c '! grep -q "look.* like labels" err'
runs 0 texts texts.copied
check "where nothing gets another name nothing is said" test ! -s err
runs 1 texts texts.out --heif=jpeg --labels --report=report
has err "exifnorm: 'texts/pairs.txt': labels that cannot be moved: it names 'sub/a.heic"
for file in captions.csv captions.json val.txt; do
    has err "exifnorm: 'texts/$file': labels that cannot be moved: it names 'a.heic', which has another name now, in no known format"
    absent texts.out/$file
done
for file in notes.md others.csv; do same texts.out/$file texts/$file; done
runs 0 texts texts.none --heif=jpeg --labels --labels-format='captions.*=none' --labels-format=val.txt=none --labels-format=pairs.txt=none
same texts.none/captions.csv texts/captions.csv
# Rotated and renamed ones beside each other; of two images of one name nobody knows which is meant.
mkdir both
python3 "$tools/heif.py" turn "$heic" both/a.heic 3 - -
cp "$heic" both/b.heic
printf '%s\n' '{"images": [{"file_name": "a.heic", "id": 1}, {"file_name": "b.heic", "id": 2}], "annotations": [{"image_id": 1, "bbox": [1, 2, 3, 4]}, {"image_id": 2, "bbox": [1, 2, 3, 4]}]}' >both/coco.json
runs 0 both both.out --heif=jpeg
is "both are said" "$(grep label err)" "exifnorm: 1 label file names 1 rotated image, and 1 image with another name now, and was copied unchanged: see --labels"
mkdir -p two/x two/y
cp "$heic" two/x/a.heic
cp "$testdata/jpeg/no-exif.jpg" two/y/a.heic # which keeps its name
echo a.heic >two/train.txt
runs 1 two two.out --heif=jpeg --labels
has err "several images could be 'a.heic'"
tar cf lists.tar -C texts a.heic sub train.txt captions.csv val.txt others.csv
"$EXIFNORM" --tar --heif=jpeg - - <lists.tar >lists.tar.out 2>err
is "exit status of an archive" $? 0
has err "1 label file names 2 images with another name now, and was copied unchanged"
has err "2 files of no known format name images that have other names now"
"$EXIFNORM" --tar --heif=jpeg --labels --labels-frame=stored - - <lists.tar >lists.tar.out 2>err
is "exit status of an archive" $? 1
tar xOf lists.tar.out train.txt >list
same list wanted
is "what is left" "$(tar tf lists.tar.out | LC_ALL=C sort | tr '\n' ' ')" "a.jpg others.csv sub/ sub/b c.jpg sub/d.jpg train.txt "

# What comes before its images is asked about once more when all are known.
for file in train.txt captions.csv; do
    tar cf first.tar -C texts $file a.heic sub others.csv
    "$EXIFNORM" --tar --heif=jpeg --labels --labels-frame=stored - - <first.tar >first.out 2>err
    is "exit status of a name before its image" $? 1
    has err "'$file' is about an image before it in the archive, or about one after it"
    "$EXIFNORM" --tar --labels --labels-frame=stored - - <first.tar >first.out 2>err
    is "exit status where it keeps its name" $? 0
done

# archive STATUS IN OUT OPTION...
archive() {
    wanted=$1 from=$2 to=$3
    shift 3
    "$EXIFNORM" --tar --heif=jpeg --report=report "$@" - - <"$from" >"$to" 2>err
    is "exit status of $from" $? "$wanted"
}

# ---- archives: names in every form of a head; what an index says of them
python3 - "$heic" "$testdata/jpeg/no-exif.jpg" "$testdata/jpeg/landscape-6.jpg" <<'PYTHON'
import io, sys, tarfile
heic, jpeg = (open(p, "rb").read() for p in sys.argv[1:3])
long = "f/" * 60
names = ["a.heic", "sub/b.HEIC", long + "c.heic", "x" * 95 + ".heic", "y" * 120 + ".heic", "v.2", "\u00fc.heic", "." + "/d.heic"]
for kind in ("USTAR", "GNU", "PAX"):
    with tarfile.open(kind + ".tar", "w", format=getattr(tarfile, kind + "_FORMAT")) as t:
        for name in names:
            if kind == "USTAR" and len(name.rsplit("/", 1)[-1].encode()) > 100:
                continue
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(heic), 1e9 + (0.25 if kind == "PAX" else 0)
            t.addfile(info, io.BytesIO(heic))
        info = tarfile.TarInfo("e.jpg")
        info.size = len(jpeg)
        t.addfile(info, io.BytesIO(jpeg))
def add(t, name, data, **more):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for k, v in more.items():
        setattr(info, k, v)
    t.addfile(info, io.BytesIO(data))
with tarfile.open("clash.tar", "w") as t:
    add(t, "a.heic", heic)
    add(t, "a.jpg", jpeg)          # what has this name now is another picture
    add(t, "b.jpg", jpeg)
    add(t, "b.heic", heic)         # the same the other way around
    add(t, "hard", b"", type=tarfile.LNKTYPE, linkname="a.heic")
    add(t, "soft", b"", type=tarfile.SYMTYPE, linkname="later.heic")
    add(t, "well", b"", type=tarfile.SYMTYPE, linkname="b.jpg")
    add(t, "later.heic", heic)
broken = heic[:heic.index(b"mdat") + 4] + bytes(len(heic) - heic.index(b"mdat") - 4)
rotated = open(sys.argv[3], "rb").read()
with tarfile.open("damaged.tar", "w") as t:
    add(t, "a.heic", broken)                   # has no name that a good one could want
    add(t, "a.jpg", jpeg)
    add(t, "b.jpg", rotated[:len(rotated) // 2])  # the same the other way around
    add(t, "b.heic", heic)
    for i in range(300):                       # more than are in flight
        add(t, "%d.jpg" % i, jpeg)
    add(t, "./a.heif", heic)
    add(t, "b.avif", heic)
with tarfile.open("waiting.tar", "w") as t:    # the damaged one has answered, and waits for the one before it
    add(t, "slow.jpg", jpeg + b"EXN-HOOK:hang")
    add(t, "a.heic", broken)
    add(t, "a.jpg", jpeg)
with tarfile.open("folders.tar", "w") as t:
    add(t, "a.heic", heic)
    add(t, "a.jpg/", b"", type=tarfile.DIRTYPE)
    add(t, "a.jpg/x.txt", b"x")
    add(t, "b.jpg/", b"", type=tarfile.DIRTYPE)
    add(t, "b.jpg/x.txt", b"x")
    add(t, "b.heic", heic)
    add(t, "sub/c.jpg/x/y.txt", b"y")          # its folder is there without a member
    add(t, "sub/c.heic", heic)
    add(t, "sub/d.heic", heic)
    add(t, "sub/d.jpg/e.heic", heic)
    add(t, "sub/d.jp", b"not below it")
    for i in range(300):
        add(t, "%d.txt" % i, b"t")
    add(t, "./sub/d.jpg/z.txt", b"z")
    add(t, "sub/c.heif", heic)
    add(t, "f.jpg/g.heic", heic)               # a folder of such a name is one
    add(t, "f.jpg/h.txt", b"h")
with tarfile.open("labels.tar", "w") as t:
    add(t, "1.heic", heic)
    add(t, "1.json", b'{"images": [{"file_name": "1.heic", "id": 1}], "annotations": [{"image_id": 1, "bbox": [1, 2, 3, 4]}]}')
PYTHON
for kind in USTAR GNU PAX; do
    archive 0 $kind.tar $kind.out
    check "names in $kind.tar" python3 - $kind.tar $kind.out <<'PYTHON'
import sys, tarfile
before, after = (tarfile.open(p).getmembers() for p in sys.argv[1:])
assert len(before) == len(after)
for b, a in zip(before, after):
    wanted = b.name + ".jpg" if b.name == "v.2" else b.name if b.name == "e.jpg" else b.name[:-5] + ".jpg"
    assert a.name == wanted, (a.name, wanted)
    assert (a.mtime, a.mode, a.uname, sorted(set(a.pax_headers) - {"path"})) == (b.mtime, b.mode, b.uname, sorted(set(b.pax_headers) - {"path"}))
PYTHON
    tar tf $kind.out >names.tar
    check "GNU tar sees no old name" sh -c '! grep -i heic names.tar'
    check "what is in them" sh -c 'mkdir "$1.d" && tar xf "$1.out" -C "$1.d" && cmp "$1.d/a.jpg" done/a.jpg' sh $kind
    # An old reader, which knows neither pax nor GNU's long names, sees the header alone.
    [ $kind = PAX ] || is "the header of $kind.tar" "$(head -c 100 $kind.out | tr -d '\0')" "a.jpg"
done
archive 1 clash.tar clash.out
is "what is left" "$(tar tf clash.out | tr '\n' ' ')" "a.jpg b.jpg well later.jpg "
is "why not the others" "$(grep -c '"status":"exists","error":"[^"]*its output would have the name of another' report)" 2
is "links" "$(grep -c 'a link to what gets another name' report)" 2
has report '"path":"a.heic","output":"a.jpg"'
for jobs in 1 4; do
    archive 1 damaged.tar damaged.out -j$jobs
    is "names of good images" "$(tar tf damaged.out | grep '^[a-z.]' | tr '\n' ' ')" "a.jpg b.jpg "
    is "all others" "$(tar tf damaged.out | wc -l)" 302
    check "the good one" sh -c 'tar xOf damaged.out a.jpg | cmp - "$1"' sh "$testdata/jpeg/no-exif.jpg"
    check "the converted one" sh -c 'tar xOf damaged.out b.jpg | cmp - done/a.jpg'
    is "of damage" "$(grep -c '"status":"corrupt"' report)" 2
    is "whose name is taken" "$(grep '"status":"exists"' report | grep -o '"path":"[^"]*"' | tr '\n' ' ')" '"path":"./a.heif" "path":"b.avif" '
    archive 1 folders.tar folders.out -j$jobs
    is "folders and files" "$(tar tf folders.out | grep -v '^[0-9]' | tr '\n' ' ')" \
        "a.jpg b.jpg/ b.jpg/x.txt sub/c.jpg/x/y.txt sub/d.jpg sub/d.jp f.jpg/g.jpg f.jpg/h.txt "
    is "what is refused" "$(grep '"status":"exists"' report | grep -o '"path":"[^"]*"' | tr '\n' ' ')" \
        '"path":"a.jpg/" "path":"a.jpg/x.txt" "path":"b.heic" "path":"sub/c.heic" "path":"sub/d.jpg/e.heic" "path":"./sub/d.jpg/z.txt" "path":"sub/c.heif" '
    check "it can be unpacked" sh -c 'mkdir "unpacked$1" && tar xf folders.out -C "unpacked$1"' sh $jobs
done
"$(dirname "$EXIFNORM")/exifnorm-hooks" --tar --heif=jpeg -j4 --timeout=1 - - <waiting.tar >waiting.out 2>err
is "a name that one which failed and waits had" "$(tar tf waiting.out)" a.jpg
archive 0 labels.tar labels.out --labels --labels-frame=stored
is "labels in an archive" "$(tar xOf labels.out 1.json)" '{"images": [{"file_name": "1.jpg", "id": 1}], "annotations": [{"image_id": 1, "bbox": [1, 2, 3, 4]}]}'
mkdir shards
python3 - GNU.tar shards <<'PYTHON'
import shutil, sys, tarfile
# wds2idx: extension, offset and size of each file of a sample, and in v1.2 its name; one file a sample here
source, folder = sys.argv[1:]
kept = [m for m in tarfile.open(source).getmembers() if "\u00fc" not in m.name]
with tarfile.open(source) as t, tarfile.open(folder + "/s.tar", "w", format=tarfile.GNU_FORMAT) as to:
    for m in kept:
        to.addfile(m, t.extractfile(m))
members = tarfile.open(folder + "/s.tar").getmembers()
with open(folder + "/s.idx", "w") as f:
    f.write(f"v1.2 {len(members)}\n")
    for m in members:
        f.write(f"{m.name.rsplit('/', 1)[-1].split('.', 1)[1]} {m.offset_data} {m.size} {m.name}\n")
PYTHON
runs 0 shards shards.out --tar --heif=jpeg
check "the index of an archive" python3 - shards.out <<'PYTHON'
import sys, tarfile
members = tarfile.open(sys.argv[1] + "/s.tar").getmembers()
lines = open(sys.argv[1] + "/s.idx").read().split("\n")
assert members and not any("heic" in m.name for m in members)
assert lines[0] == f"v1.2 {len(members)}"
for m, line in zip(members, lines[1:]):
    assert line == f"{m.name.rsplit('/', 1)[-1].split('.', 1)[1]} {m.offset_data} {m.size} {m.name}", (line, m.name)
PYTHON
runs 0 shards shards.state --tar --heif=jpeg --resume --state=state2
runs 0 shards shards.state --tar --heif=jpeg --resume --state=state2 --report=report
has report '"output":"a.jpg"'
check "known members keep their outputs" diff -r shards.out shards.state

# ---- in place a file keeps the name that others know it by
runs 2 --in-place --no-backup --heif=jpeg turned
has err "--heif=jpeg and --in-place exclude each other"

finish
