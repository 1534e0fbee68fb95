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
runs 2 --check --tar --labels plain.tar

# ---- orientations that are given
echo 'landscape-1.jpg,6' >list
runs 1 --check --tar --orientations=list well.tar
has out "'well.tar:./landscape-1.jpg': orientation 1, 6 is given"
echo 'not-there.jpg,6' >list
runs 1 --check --tar --orientations=list well.tar

# ---- nothing is written
is "files" "$(find . -newer plain.tar -name '*exifnorm*' | wc -l)" 0
finish
