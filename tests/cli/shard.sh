#!/bin/sh
# SPDX-License-Identifier: MIT
# --shard and --files-from: every item in exactly one part, and the parts together what one run makes.
. "$(dirname "$0")/lib.sh"

mkdir -p in/d/e in/empty in/.dot "in/a b"
copies "$testdata/png/coding/palette-5.png" in/d/i%g.png 0 39
i=0
while [ $i -lt 40 ]; do
    echo "label $i" >in/d/i$i.json
    echo "mask $i" >in/d/i$i.seg.txt
    i=$((i + 1))
done
cp "$testdata/jpeg/landscape-6.jpg" "in/a b/x.jpg"
cp "$testdata/jpeg/landscape-3.jpg" in/d/e/y.jpg
head -c 1000 "$testdata/jpeg/landscape-6.jpg" >in/d/cut.jpg
echo hidden >in/.dot/.hidden
echo "no dot" >in/plain
echo "after a" >in/d.txt
mkfifo in/fifo
ln -s nothing in/dangling
chmod 750 in/d
touch -d '2020-02-02' in/d/e in/d "in/a b" in/empty in/.dot in
runs 1 in whole --report=whole.jsonl
items whole.jsonl | sort >wanted

# ---- side by side into one folder
for n in 0 1 2; do
    timeout 120 "$EXIFNORM" in parts --shard=$n/3 --report=part$n.jsonl >part$n.out 2>part$n.err &
done
wait
cat part?.err >err
check "the parts are the whole" diff -r whole parts
tree whole >whole.tree
tree parts | diff - whole.tree >difference
is "modes and times of the parts" "$(cat difference)" ""
for n in 0 1 2; do
    items part$n.jsonl
done | sort >found
check "every item in one part, with the same line" diff wanted found
has part1.jsonl '"shard":"1/3"'
has whole.jsonl '"shard":null'

# ---- which part: FNV-1a by another hand
# by_hand N PART...: the items of those of N parts, each behind its part.
by_hand() {
    python3 - "$@" <<'END'
import json, sys
parts, *wanted = map(int, sys.argv[1:])
found = []
for line in open("whole.jsonl"):
    path = json.loads(line).get("path")
    if path is None:
        continue
    folder, slash, base = path.rpartition("/")
    h = 0xCBF29CE484222325
    for byte in (folder + slash + base.split(".")[0]).encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    if h % parts in wanted:
        found.append((h % parts, path))
for part, path in sorted(found, key=lambda item: item[0]):
    print(part, path)
END
}
if command -v python3 >/dev/null; then
    by_hand 3 0 1 2 >wanted_parts
    for n in 0 1 2; do
        items part$n.jsonl | sed "s/^{\"path\":\"\([^\"]*\)\".*/$n \1/"
    done >found_parts
    check "which part by FNV-1a" diff wanted_parts found_parts
    is "items" "$(wc -l <wanted_parts)" "$(wc -l <wanted)"
    for n in 0 500 999; do
        "$EXIFNORM" in many --shard=$n/1000 --report=- 2>/dev/null | grep '^{"path"'
    done >found_many
    is "more parts than items" "$(wc -l <found_many)" "$(by_hand 1000 0 500 999 | wc -l)"
else
    skipped "FNV-1a by another hand: no python3"
fi
for bad in 3/3 4/3 1 /3 1/ 1/0 -1/3 a/b 1/2/3 00/2 0/1000001 99999999999999999999/3; do
    runs 2 in to --shard=$bad
    has err "expected I/N"
done
absent to
runs 2 in/plain to --shard=0/2
has err "are for folders"
runs 1 --check in --shard=0/1

# ---- files by name: whatever their order, once, with the folders that they need
cat >list <<'END'
plain
d/e/y.jpg

./d//i3.png
d/i3.png
a b/x.jpg
d/i1.json
d.txt
END
runs 0 in some --files-from=list --report=some.jsonl
is "what was taken" "$(items some.jsonl | sed 's/^{"path":"\([^"]*\)".*/\1/' | paste -sd, -)" \
    "a b/x.jpg,d/e/y.jpg,d/i1.json,d/i3.png,d.txt,plain"
is "what is there" "$(cd some && find . ! -name . | sort | paste -sd, -)" \
    "./a b,./a b/x.jpg,./d,./d.txt,./d/e,./d/e/y.jpg,./d/i1.json,./d/i3.png,./plain"
tree some | while IFS= read -r line; do
    grep -qxF -e "$line" whole.tree || echo "$line"
done >strange
is "what differs from the whole" "$(cat strange)" ""
grep -v '^$' list | "$EXIFNORM" in piped --files-from=- >out 2>err
is "status by standard input" $? 0
check "the same by standard input" diff -r some piped
find in ! -type d -printf '%P\0' | sort -rz >list0
"$EXIFNORM" in all --files-from=- -0 --report=all.jsonl <list0 >out 2>err
is "status by find -print0" $? 1
items all.jsonl | sort | diff - wanted >difference
is "every file by name" "$(cat difference)" ""
rmdir whole/empty
check "is the folder, but for what is empty" diff -r whole all
is "in the order of a walk" "$(items all.jsonl | cksum)" "$(items whole.jsonl | cksum)"
for n in 0 1; do
    "$EXIFNORM" in halves --files-from=list0 --null --shard=$n/2 >out 2>err
done
check "files by name, in parts" diff -r whole halves

# ---- what is wrong in a list
printf 'plain\n' >list
runs 2 in refused --files-from=list --report=list
has err "the list of files and the report are the same file"
is "the list" "$(cat list)" plain
printf 'gone.jpg\nd\nplain\nno/folder/x\nplain/x\nfifo\nlink/i1.json\n' >list
ln -s d in/link
runs 1 in odd --files-from=list --report=odd.jsonl
is "what came" "$(cd odd && find . -type f)" ./plain
is "failed" "$(grep -c '"outcome":"failed"' odd.jsonl)" 5
is "skipped" "$(grep -c '"outcome":"skipped"' odd.jsonl)" 1
has err "'in/gone.jpg': cannot read the source: names in --files-from are relative to IN: No such file"
has err "'in/d': cannot read the source: expected a file"
has err "'in/link/i1.json': cannot read the source: a parent in its path is not a folder"
for bad in ../in/plain /etc/passwd d/../plain .. . ./ d/..; do
    printf 'plain\n%s\n' "$bad" >list
    runs 2 in refused --files-from=list
    has err "refused from --files-from"
done
printf 'plain\0' >list
runs 2 in refused --files-from=list
has err "contains a NUL byte"
is "nothing was made of a refused list" "$(find refused -type f 2>/dev/null)" ""
: >list
runs 0 in nothing --files-from=list
has out "0  items"
runs 2 in refused --files-from=no_such_list
runs 2 in refused -0
runs 2 in/plain refused --files-from=list
runs 2 --check in --files-from=list

# ---- images and labels that data sets keep in folders of their own: YOLO, Pascal VOC, Supervisely
for stem in 1 2 3 4 5 6 7 8 9 10 11 12; do
    for file in images/train/$stem.bmp labels/train/$stem.txt train2/images/$stem.bmp train2/labels/$stem.txt train2/masks/$stem.mask.gif \
        JPEGImages/$stem.bmp Annotations/$stem.xml SegmentationClass/$stem.gif ds0/img/$stem.bmp ds0/ann/$stem.bmp.json; do
        mkdir -p "pairs/${file%/*}"
        echo $stem >"pairs/$file"
    done
done
for n in 0 1 2 3 4; do
    "$EXIFNORM" pairs pairs$n --shard=$n/5 >out 2>err
    (cd pairs$n && find . -type f | sort) >part
    for side in "images/train labels/train" "train2/images train2/labels" "train2/images train2/masks" "JPEGImages Annotations" \
        "JPEGImages SegmentationClass" "ds0/img ds0/ann"; do
        # shellcheck disable=SC2086
        set -- $side
        stems() { sed -n "s|^./$1/\([0-9]*\)\..*|\1|p" part; }
        is "stems of $2 in part $n" "$(stems "$2")" "$(stems "$1")"
    done
    wc -l <part
done >sizes
check "pairs are in more than one part" test "$(sort -u sizes | tail -n 1)" != 0 -a "$(grep -c '^0$' sizes)" -lt 4
is "files of all parts" "$(cat pairs?/*/* pairs?/*/*/* 2>/dev/null | wc -l)" 120

# ---- each shard lists for itself: a folder that one of them cannot read is that one's failure, whosever name it has
if can_trace; then
    export ASAN_OPTIONS=detect_leaks=0 # a leak checker traces itself and cannot under strace
    for n in 0 1 2; do
        for call in getdents64:error=EIO:when=3 openat2:error=ESTALE:when=1; do
            rm -rf lost
            strace -qq -o trace -e trace=${call%%:*} -e inject=$call "$EXIFNORM" in lost --shard=$n/3 >out 2>err
            is "exit status of shard $n, $call" $? 1
            check "shard $n, $call: the folder is named" grep -qE "cannot (read the folder|access it)" err
            check "shard $n, $call: it was called" grep -q INJECTED trace
        done
    done
else
    skipped "shards that cannot list: no strace"
fi
finish
