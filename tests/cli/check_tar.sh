#!/bin/sh
# SPDX-License-Identifier: MIT
# --check --tar: what is said of the members of an archive is what is said of the same files in a folder.
. "$(dirname "$0")/lib.sh"

mkdir -p in/sub
cp "$testdata"/jpeg/landscape-[1-8].jpg "$testdata"/png/rgb8-[68].png "$testdata"/other/still-1.webp "$testdata"/other/container.avif in
cp "$testdata/jpeg/no-exif.jpg" in/sub
head -c 3000 "$testdata/jpeg/landscape-6.jpg" >in/sub/cut.jpg
echo text >in/sub/note.txt
echo none >in/sub/named.png
: >in/sub/empty.jpg

# pack NAME FILTER...: the files of in as an archive, in the order of the walk.
(cd in && find . -type f | LC_ALL=C sort | sed 's|^\./||') >names
tar -C in -cf plain.tar -T names
gzip -c plain.tar >packed.tar.gz
bzip2 -c plain.tar >packed.tar.bz2
xz -c plain.tar >packed.tar.xz
zstd -qc plain.tar >packed.tar.zst

# said REPORT PREFIX: path, outcome, orientation, reasons, warnings, error of each item. Members have no folder.
said() {
    items "$1" | jq -c --arg prefix "$2" '[.path | ltrimstr($prefix)] + [.outcome, .orientation, .reasons, .warnings, .status, .error]' | LC_ALL=C sort
}
for more in '' --verify '--mode=drop'; do
    # shellcheck disable=SC2086
    runs 1 --check $more --report=folder in
    said folder in/ >wanted
    [ "$more" ] || cp wanted wanted_stream
    cp out folder.out
    check "$(wc -l <wanted) items" test "$(wc -l <wanted)" = "$(wc -l <names)"
    for archive in plain.tar packed.tar.gz packed.tar.bz2 packed.tar.xz packed.tar.zst; do
        # shellcheck disable=SC2086
        runs 1 --check $more --tar --report=report $archive
        said report nothing >found
        same found wanted
        is "archive of each member" "$(items report | jq -r .archive | sort -u)" $archive
        has out "'$archive:landscape-6.jpg': orientation 6; exif-orientation"
        is "histogram of $archive" "$(grep -E 'orientation [1-8]$|none|invalid|ambiguous' out)" "$(grep -E 'orientation [1-8]$|none|invalid|ambiguous' folder.out)"
    done
done
runs 1 --check --tar --verify plain.tar
has err "'plain.tar:sub/cut.jpg': damaged image data"

# ---- folders of shards, and files beside them
mkdir -p shards/deep beside
cp plain.tar shards/a.tar
cp packed.tar.gz shards/deep/b.tar.gz
cp in/landscape-6.jpg shards
printf x >shards/c.tar.lz4
runs 2 --check --tar shards nowhere
runs 1 --check --tar --report=report shards plain.tar
is "archives" "$(items report | jq -r '.archive // "none"' | sort | uniq -c | tr -s ' ' | tr '\n' ';')" \
    " 2 none; $(wc -l <names) plain.tar; $(wc -l <names) shards/a.tar; $(wc -l <names) shards/deep/b.tar.gz;"
has out "'shards/landscape-6.jpg': orientation 6"
has out "'shards/deep/b.tar.gz:landscape-6.jpg': orientation 6"
has err "'shards/c.tar.lz4': unsupported kind of image: an archive with unknown compression"

# ---- exit statuses: nothing to do, a damaged archive, one without its end, none at all
mkdir well && cp in/landscape-1.jpg in/sub/no-exif.jpg in/sub/note.txt well
tar -C well -cf well.tar .
runs 0 --check --tar well.tar
runs 0 --check --tar --report=report well.tar
is "members" "$(items report | wc -l)" 3
head -c 9000 plain.tar >torn.tar
runs 1 --check --tar --report=report torn.tar
has err "'torn.tar': cannot read the source: the archive is truncated"
tar -C well -cf - ./landscape-1.jpg | head -c $(($(stat -c %s in/landscape-1.jpg) / 512 * 512 + 1024)) >unended.tar
runs 0 --check --tar --report=report unended.tar
is "an archive without an end marker" "$(items report | tail -n 1 | jq -c '[.path, .outcome, .warnings]')" '["unended.tar","to-edit",["no-end-marker"]]'
cp in/landscape-6.jpg no.tar
runs 1 --check --tar no.tar
has err "'no.tar': cannot read the source"

# ---- without --tar an archive is refused if it is named, and counted if it lies in a folder
runs 2 --check plain.tar
has err "'plain.tar': an archive; use --check --tar for the images in it"
runs 1 --check shards
has out "2  archives not looked into; --tar reads the images in archives"
runs 2 --check -
has err "'-': to look at an archive from standard input: --check --tar -"
timeout 120 "$EXIFNORM" --check --tar --report=report - <packed.tar.gz >out 2>err
is "exit status of a stream" $? 1
said report nothing >found
same found wanted_stream

# ---- labels: the verdict is that of the same files in a folder, whatever the order of members; all formats, in random order, are in labels/program.py
. "$cli/labels_lib.sh"
# judged REPORT PREFIX: what is said of label files and their images.
judged() {
    jq -c --arg prefix "$2" 'select(.labels or .verdict) | select(.totals | not) | (.labels // .verdict) | [(.path, .image // "") | ltrimstr($prefix)] + [.verdicts, .verdict, .witnesses]' "$1" | LC_ALL=C sort
}
# texts PREFIX: the same for people.
texts() {
    grep "\.json'\|\.txt'" out | sed "s|'$1|'|g" | LC_ALL=C sort
}
mkdir -p all/images all/labels
cp "$jpeg"/landscape-[1-8].jpg all/images
coco_sized 240 320 landscape-5.jpg landscape-6.jpg landscape-7.jpg landscape-8.jpg landscape-3.jpg >all/stored.json
coco_sized 320 240 landscape-6.jpg >all/displayed.json
coco_sized 7 9 landscape-6.jpg absent.jpg >all/other.json
sed 's/.*/&,/; s/]}/]/' all/stored.json >all/cut.json
echo "0 0.5 0.5 0.25 0.25" >all/labels/landscape-8.txt
cp all/labels/landscape-8.txt all/labels/landscape-1.txt
printf 'P5\n2 2\n255\nabcd' >all/images/none.pgm
coco none.pgm landscape-1.jpg >all/still.json
runs 1 --check --labels --report=folder all
judged folder all/ >wanted
texts all/ >wanted.text
is "verdicts" "$(jq -r '.[3] // empty' wanted | sort | uniq -c | xargs)" "2 contradictory 1 displayed 1 either 4 stored"
check "an image that has no orientation is known" grep -qx "'still.json': coco labels of 2 images" wanted.text
find all -type f -printf '%P\n' | LC_ALL=C sort >members
for order in cat tac; do
    $order members >order
    tar -cf labels.tar -C all -T order
    zstd -qf labels.tar
    for archive in labels.tar labels.tar.zst; do
        runs 1 --check --labels --tar --report=report $archive
        judged report '' >found
        same found wanted
        is "the archive's name" "$(jq -r 'select(.verdict).verdict.archive' report | sort -u)" $archive
        timeout 120 "$EXIFNORM" --check --labels --tar --report=report - <$archive >out 2>err
        is "exit status of a stream" $? 1
        judged report '' >found
        same found wanted
        texts '' >found.text
        same found.text wanted.text
    done
done
has out "'cut.json': coco labels that cannot be read: "
is "what it leaves" "$(jq -c 'select(.totals).totals.labels' report)" '{"files":6,"unread":1,"rotated":8,"renamed":0,"undecided":3}'
mkdir labeled
cp labels.tar labels.tar.zst labeled
runs 1 --check --labels --tar --report=report --html=page labeled
check "the page says in which" grep -q '"labeled/labels.tar.zst: other.json"' page
runs 0 --html=again --from-report=report
same again page
is "shards are judged each for itself" "$(jq -r 'select(.verdict).verdict | .archive' report | sort | uniq -c | xargs)" "8 labeled/labels.tar 8 labeled/labels.tar.zst"
# Links are images and label files of their own; of what is there twice the last one counts, as where it is unpacked.
mkdir linked
cp all/images/landscape-6.jpg linked/a.jpg
ln linked/a.jpg linked/b.jpg
ln -s a.jpg linked/c.jpg
coco_sized 240 320 a.jpg b.jpg c.jpg >linked/one.json
ln linked/one.json linked/two.json
ln -s one.json linked/three.json
runs 1 --check --labels --report=folder linked
judged folder linked/ >wanted
is "links" "$(jq -r '.[3] // empty' wanted | uniq -c | xargs)" "9 stored"
coco_sized 320 240 a.jpg b.jpg c.jpg >one.json
tar -cf linked.tar one.json -C linked three.json one.json two.json c.jpg a.jpg b.jpg
runs 1 --check --labels --tar --report=report linked.tar
judged report '' >found
same found wanted
cp "$jpeg/landscape-3.jpg" a.jpg
tar -rf linked.tar a.jpg
runs 1 --check --labels --tar linked.tar
has err "'linked.tar': refused by an option: the archive has images of one name that are not alike, and labels"
# No verdict by a part of the images.
head -c 30000 labels.tar >torn.tar
runs 1 --check --labels --tar --report=report torn.tar
is "of a torn one" "$(judged report '')" ""
# What is too large to be held is named.
runs 1 --check --labels --tar --max-memory=300 labels.tar
has out "'labels.tar:stored.json': unknown labels that cannot be read: needs "

# ---- nothing is written
is "files" "$(find . -newer plain.tar -name '*exifnorm*' | wc -l)" 0
finish
