#!/bin/sh
# SPDX-License-Identifier: MIT
# --resume where a source was changed and its time set back: what tells is the change time, which nobody can set.
. "$(dirname "$0")/lib.sh"

# tag FILE VALUE: writes the orientation into the bytes of a file in place and keeps its time, as exiftool -P does.
tag() {
    touch -r "$1" times
    head=$(grep -obUaP -m 1 '\x12\x01\x03\0\x01\0\0\0(?=[\x01-\x08])|\x01\x12\0\x03\0\0\0\x01\0(?=[\x01-\x08])' "$1" | head -n 1 | cut -d: -f1)
    case $(dd if="$1" bs=1 skip="$head" count=1 status=none | od -An -tx1) in
    *12) head=$((head + 8)) ;; # little endian
    *) head=$((head + 9)) ;;
    esac
    printf "\\00$2" | dd of="$1" bs=1 seek="$head" conv=notrunc status=none
    touch -r times "$1"
}

# fresh: what a run over the folder in makes that knows nothing.
fresh() {
    rm -rf fresh
    # shellcheck disable=SC2086
    runs 0 in fresh $tar $(echo $options | sed s/--link//) # which would change the sources' times
}

# again WHAT KNOWN: goes on; the outputs are those of a first run, and so many items are known ("any": however many).
again() {
    # shellcheck disable=SC2086
    runs 0 in to $tar $options --resume
    [ "$2" = any ] || is "$1, $tar $options: known" "$(sed -n 's/ *\([0-9]*\)  of these by an earlier run/\1/p' out)" "$2"
    fresh
    check "$1, $tar $options: outputs" diff -r fresh to
}

tar=
for options in "" --write=direct --verify --shard=0/1 --link; do
    rm -rf in to to.exifnorm-state*
    mkdir in
    cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg
    cp "$testdata/jpeg/landscape-3.jpg" in/b.jpg
    cp "$testdata/jpeg/landscape-1.jpg" in/plain.jpg
    printf 'first' >in/label
    touch -d '2019-03-04 05:06:07' in/*
    again "a first run" ""
    again "nothing changed" 4
    tag in/a.jpg 8
    again "another tag" 3
    again "nothing changed since" 4
    tag in/plain.jpg 6
    again "a tag in what needed nothing" 3
    again "it has lost its second name in OUT, and with that its change time" any
    printf 'other' >in/label
    touch -d '2019-03-04 05:06:07' in/label
    again "another label" 3
    # Two files of one size and time exchange their names.
    cp -p in/a.jpg in/c.jpg
    tag in/c.jpg 1
    again "one more file" 4
    mv in/a.jpg kept
    mv in/c.jpg in/a.jpg
    mv kept in/c.jpg
    again "two names exchanged" 3
done

# ---- clocks jump, forwards and back: a time that is not the same is another one
options=
rm -rf in to to.exifnorm-state
mkdir in
cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg
echo text >in/text
again "a first run" ""
for time in '2100-01-02 03:04:05' '1960-01-02 03:04:05' '2019-03-04 05:06:07'; do
    touch -d "$time" in/a.jpg
    again "the time $time" 1
    again "still the time $time" 2
done

# ---- links: the run's own change the time of a source, and are no reason to do it again
options=--link
rm -rf in to to.exifnorm-state
mkdir in
for i in 1 2 3; do cp "$testdata/jpeg/no-exif.jpg" in/$i.jpg; done
again "a first run with links" ""
again "links of its own" 3
is "names of a source" "$(stat -c %h in/1.jpg)" 2
# A source with several names, which are linked while others of them are read.
rm -rf in to to.exifnorm-state
mkdir in
cp "$testdata/jpeg/no-exif.jpg" in/0.jpg
i=1
while [ $i -lt 40 ]; do
    ln in/0.jpg in/$i.jpg
    ln -s 0.jpg in/soft$i.jpg
    i=$((i + 1))
done
runs 0 in to --link
for options in --overwrite "--overwrite --link" "--overwrite --write=direct" "--overwrite --link"; do
    # shellcheck disable=SC2086
    runs 0 in to $options
    check "outputs of $options" cmp in/0.jpg to/39.jpg
done

# ---- an archive whose member was exchanged
tar=--tar
options=
rm -rf in to to.exifnorm-state members fresh
mkdir in members
cp "$testdata/jpeg/landscape-6.jpg" members/a.jpg
touch -d '2019-03-04 05:06:07' members/a.jpg
tar -cf in/a.tar -C members a.jpg
touch -d '2019-03-04 05:06:07' in/a.tar
again "an archive" ""
again "an archive as it was" 1
tag members/a.jpg 8
tar -cf in/a.tar -C members a.jpg
touch -d '2019-03-04 05:06:07' in/a.tar
again "another archive of that size and time" ""

# ---- a state of before this rule knows nothing of its sources, but whose its outputs are
tar=
rm -rf in to to.exifnorm-state
mkdir in
cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg
again "a first run" ""
sed -i 's/^\(D a.jpg [0-9]*\) \([0-9]*\),[0-9,]*/\1 \2/' to.exifnorm-state
python3 -c 'import sys
def checksum(text):
    h = 0xCBF29CE484222325
    for b in text:
        h = ((h ^ b) * 0x100000001B3) % 2**64
    return (h ^ h >> 32) % 2**32
lines = open("to.exifnorm-state", "rb").read().split(b"\n")
for i, line in enumerate(lines):
    if line.startswith(b"D "):
        text = line[:line.rindex(b" ")]
        lines[i] = text + b" %08x" % checksum(text)
open("to.exifnorm-state", "wb").write(b"\n".join(lines))'
again "a state of before" ""
again "and then" 1
finish
