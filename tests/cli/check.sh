#!/bin/sh
# SPDX-License-Identifier: MIT
# --check: what it lists is what a run changes, it touches nothing, and a run's output passes.
. "$(dirname "$0")/lib.sh"

# ---- over testdata: listed by one, changed by the other
find "$testdata" -exec stat -c '%n %Z' {} + | sort >before
runs 1 --check "$testdata" --report=checked
cp out listing
find "$testdata" -exec stat -c '%n %Z' {} + | sort >after
same before after
runs 0 "$testdata" to --report=done

# The paths that one lists, and those that the other did something to.
sed -n "s|^'$testdata/\\([^']*\\)': .*|\\1|p" listing | sort >listed
sed -n 's/^{"path":"\([^"]*\)","outcome":"\(metadata\|lossless\|luma-lossless\|requantized\)".*/\1/p' \
    done | sort >changed
check "something is listed" test -s listed
same listed changed
is "one object an item" "$(wc -l <checked)" "$(grep -vc '^{"labels"' done)"
is "outcomes that promise no method" "$(grep -c '"outcome":"to-turn","method":"none"' checked)" 30
check "paths as they were given" grep -qF "{\"path\":\"$testdata/jpeg/landscape-6.jpg\",\"outcome\":\"to-turn\"" checked

# The histogram is that of the files' names; landscape-6.jpg has orientation 6.
for o in 1 2 3 4 5 6 7 8; do
    wanted=$(find "$testdata" -name "*-$o.*" | wc -l)
    check "$wanted of orientation $o" grep -q "^ *$wanted  orientation $o\$" listing
done
check "none" grep -q '^ *19  none$' listing
check "invalid" grep -q '^ *0  invalid$' listing
check "the summary comes last" sh -c 'sed "/^ *report: /d" listing | tail -n 1 | grep -q "^ *57  items, "'

# ---- the output of a run that exited 0 passes, with the same flags, whatever those say of outputs
runs 0 --check to
check "nothing is listed" sh -c '! grep -q "^.to/" out'
for flags in --mode=drop --strict '--mode=drop --strict --allow-unsupported' \
    '--verify --durable --edges=requantize --overwrite'; do
    rm -rf to2
    # shellcheck disable=SC2086
    runs 0 "$testdata" to2 $flags
    # shellcheck disable=SC2086
    runs 0 --check to2 $flags
    # shellcheck disable=SC2086
    runs 1 --check "$testdata" $flags
done

# ---- behind the first scan: what a run edits is listed, in a large progressive file with --verify
mkdir late
python3 - "$testdata/jpeg/coding/progressive-6.jpg" "$testdata/jpeg/no-exif.jpg" <<'EOF'
import sys

def parts(name):  # segments; those of a scan with its data
    data = open(name, "rb").read()
    at = 2
    while data[at + 1] != 0xD9:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        while data[at + 1] == 0xDA and (data[end] != 0xFF or data[end + 1] == 0):
            end += 1
        yield data[at:end]
        at = end

def write(name, source, where, filler):
    out, scans = b"\xff\xd8", 0
    for part in parts(source):
        if part[1] == 0xE1:
            continue
        scans += part[1] == 0xDA
        out += part + (filler if part[1] == 0xDA and scans == 1 else b"")
        if part[1] == 0xDA and scans == where:
            out += b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
    open(name, "wb").write(out + b"\xff\xd9")

several, one = sys.argv[1:]
write("late/small.jpg", several, 2, b"")
write("late/one.jpg", one, 1, bytes(400000) + b"\xff\0")
write("late/large.jpg", several, 2, bytes(400000))
EOF
runs 1 --check late
has out "'late/small.jpg': invalid orientation; exif-orientation; ambiguous: orientation-ignored"
has out "'late/one.jpg': invalid orientation; exif-orientation"
is "files listed without --verify" "$(grep -c "^'" out)" 2
runs 1 --check --verify late
is "files listed with --verify" "$(grep -c "^'" out)" 3
runs 0 late late_out --report=report
is "files that a run edits" "$(grep -c '"outcome":"metadata"' report)" 3
runs 0 --check --verify late_out
check "none has Exif" sh -c '! grep -q Exif late_out/*.jpg'
runs 1 --strict late late_strict

# ---- a file that is listed for its density has no orientation, which is not an invalid one
mkdir dense
python3 - "$testdata/jpeg/no-exif.jpg" dense/half.jpg <<'EOF'
import struct, sys

data = open(sys.argv[1], "rb").read()
sof = data.index(b"\xff\xc0")
height, width = struct.unpack(">HH", data[sof + 5 : sof + 9])
short, long, rational = 3, 4, 5
tiff = b"MM\0*" + struct.pack(">IH", 8, 4)
values = 8 + 2 + 4 * 12 + 4
tiff += struct.pack(">HHII", 0x11A, rational, 1, values) + struct.pack(">HHII", 0x11B, rational, 1, values)
tiff += struct.pack(">HHIHH", 0x128, short, 1, 2, 0) + struct.pack(">HHII", 0x8769, long, 1, values + 8) + bytes(4)
tiff += struct.pack(">II", 144, 1) + struct.pack(">H", 2)
tiff += struct.pack(">HHII", 0xA002, long, 1, width // 2) + struct.pack(">HHII", 0xA003, long, 1, height // 2) + bytes(4)
open(sys.argv[2], "wb").write(data[:2] + b"\xff\xe1" + struct.pack(">H", 8 + len(tiff)) + b"Exif\0\0" + tiff + data[2:])
EOF
runs 1 --check dense
has out "'dense/half.jpg': no orientation; density"
check "one without orientation" grep -q '^ *1  none$' out
check "none with an invalid one" grep -q '^ *0  invalid$' out

# ---- paths: files, folders, several of them
mkdir -p in/a in/b
cp "$testdata/jpeg/landscape-6.jpg" in/a/x.jpg
cp "$testdata/jpeg/landscape-8.jpg" in/b/x.jpg
cp "$testdata/png/no-exif.png" in/b/fine.png
echo label >in/b/x.txt
runs 1 --check in/a in/b/ in/b/fine.png in/a/x.jpg --report=report
printf '%s\n' "'in/a/x.jpg': orientation 6; exif-orientation" \
    "'in/b/x.jpg': orientation 8; exif-orientation" \
    "'in/a/x.jpg': orientation 6; exif-orientation" >wanted
grep "^'" out >found
same found wanted
items report | sed 's/^{"path":"\([^"]*\)".*/\1/' >found
printf '%s\n' in/a/x.jpg in/b/fine.png in/b/x.jpg in/b/x.txt in/b/fine.png in/a/x.jpg >wanted
same found wanted
runs 0 --check in/b/fine.png in/b/x.txt
runs 1 --check in/b/fine.png in/b/x.jpg
(cd in && runs 1 --check . && has out "'./a/x.jpg': orientation 6")

# The listing leaves standard output to the report.
runs 1 --check in --report=-
is "objects on standard output" "$(grep -c '^{"path"' out)" "$(items out | wc -l)"
is "lines on standard output" "$(grep -c '^{.*}$' out)" "$(wc -l <out)"
has err "'in/a/x.jpg': orientation 6; exif-orientation"
check "the histogram, too" grep -q '^ *1  orientation 8$' err

# ---- failures
copy_tree in broken
head -c 300 in/a/x.jpg >broken/cut.jpg
echo text >broken/text.png
: >broken/empty.JPG
ln -s nothing broken/dangling
mkfifo broken/fifo
ln -s ../in/b/x.jpg broken/link
ln -s ../in broken/folder_link
runs 1 --check broken
has err "'broken/cut.jpg': damaged image data"
has err "'broken/text.png': not an image: named .png, but its content is something else"
has err "'broken/empty.JPG': not an image"
has err "'broken/dangling': cannot read the source: a dangling link"
has err "'broken/fifo': skipped: a fifo"
has err "'broken/folder_link': skipped: a link to a folder"
has out "'broken/link': orientation 8"
check "four failed" grep -q '^ *4  failed$' out
check "two skipped" grep -q '^ *2  skipped$' out
runs 1 --check broken/empty.JPG
has err "'broken/empty.JPG': not an image: the file is empty"
# A path that is not there is a slip of whoever calls, and looks like no image.
runs 2 --check no/such/file in/b/fine.png --report=report.json
has err "'no/such/file': No such file or directory"
is "what a slip prints" "$(cat out)" ""
absent report.json
ln -s nowhere broken/dangling_path
runs 2 --check in/b/fine.png broken/dangling_path
rm broken/dangling_path
runs 1 --check broken/fifo
has err "neither a folder nor a regular file"
mkdir odd
cp in/a/x.jpg "odd/$(printf 'new\nline\033.jpg')"
runs 1 --check odd
has out "'odd/new\\nline\\x1B.jpg': orientation 6"

# ---- a report replaces nothing that is looked at
for path in in in/a/x.jpg; do
    runs 2 --check "$path" --report=in/a/x.jpg
done
runs 2 --check in/b in --report=in/report
absent in/report
same in/a/x.jpg "$testdata/jpeg/landscape-6.jpg"
"$EXIFNORM" --check in >/dev/full 2>err
is "status with a full disk" $? 3
has err "cannot write to standard output"
mkdir many
copies in/a/x.jpg many/a-name-so-long-that-the-lines-fill-a-buffer-of-stdio-soon-%g.jpg 1 200
"$EXIFNORM" --check many >/dev/full 2>err
is "status with a full disk, long listing" $? 3
is "messages" "$(wc -l <err)" 1
has err "cannot write to standard output"
runs 3 --check in --report=/dev/full

# ---- only headers are read: a large file costs what a small one does
if can_trace; then
    mkdir large
    {
        cat in/a/x.jpg
        head -c 20000000 /dev/zero
    } >large/x.jpg
    head -c 20000000 /dev/zero >large/x.bin
    strace -f -e trace=pread64 -o trace "$EXIFNORM" --check large >out 2>err
    is "status" $? 1
    is "bytes read of two files of 20 MB, below 32 KiB" \
        "$(awk '{ n += $NF } END { print (n > 0 && n < 32768) }' trace)" 1
else
    skipped "bytes read: no strace here"
fi

finish
