#!/bin/sh
# SPDX-License-Identifier: MIT
# --on-damage: a JPEG that was cut off, in every way to run.
. "$(dirname "$0")/lib.sh"

mkdir in
cut() {
    head -c $(($(wc -c <"$1") * ${3:-60} / 100)) "$1" >"$2"
}
cut "$testdata/jpeg/landscape-6.jpg" in/a.jpg
cut "$testdata/jpeg/landscape-1.jpg" in/b.jpg 90
cp "$testdata/jpeg/landscape-6.jpg" in/c.jpg

# A line of the report by a path and a basic regular expression.
line() {
    check "$1 has $2" grep -q "^{\"path\":\"$1\",.*$2" report
}

# Default: it fails, and the message names the way out.
runs 1 in to --report=report
has err "'in/a.jpg': damaged image data: "
has err "(see --on-damage)"
is "failed" "$(grep -c '"outcome":"failed"' report)" 1
is "files" "$(ls to | paste -sd,)" "b.jpg,c.jpg"
same in/b.jpg to/b.jpg

# decode: what djpeg shows, rotated. Both decode without --verify and with it.
runs 0 in decoded --on-damage=decode --report=report
line a.jpg '"outcome":"l[a-z-]*".*"warnings":\[\("[a-z-]*",\)*"damaged"\].*"status":"ok"'
line c.jpg '"warnings":\[\]'
line b.jpg '"outcome":"untouched".*"warnings":\[\]'
same to/c.jpg decoded/c.jpg
runs 0 in verified --on-damage=decode --verify --report=report
same decoded/a.jpg verified/a.jpg
line b.jpg '"outcome":"untouched".*"warnings":\["damaged"\]'
same in/b.jpg verified/b.jpg
djpeg -nosmooth in/a.jpg >before.ppm 2>djpeg.err
has djpeg.err "Premature end of JPEG file"
djpeg -nosmooth decoded/a.jpg >after.ppm 2>djpeg.err
is "djpeg's warnings of the output" "$(cat djpeg.err)" ""
python3 - <<'END'
import sys
def read(name):
    data = open(name, "rb").read()
    head, size, most, pixels = data.split(b"\n", 3)
    return [int(n) for n in size.split()], pixels
(width, height), before = read("before.ppm")
(w, h), after = read("after.ppm")
far = 0
for y in range(height):
    for x in range(width):
        p, q = (y * width + x) * 3, (x * w + w - 1 - y) * 3
        far += max(abs(before[p + i] - after[q + i]) for i in range(3)) > 8
sys.exit((w, h) != (height, width) or far * 50 > w * h)
END
is "djpeg's picture rotated by 90 degrees" $? 0

# --strict refuses it, and --check says as much as it is asked for.
runs 1 in strict --on-damage=decode --strict --report=report
line a.jpg '"status":"refused"'
runs 1 --check in
runs 1 --check --verify in --report=report
has err "(see --on-damage)"
is "damage that is foreseen" "$(grep -c '"status":"corrupt"' report)" 2
runs 1 --check --verify --on-damage=decode in --report=report
is "what is decoded" "$(grep -c '"warnings":\["damaged"\]' report)" 2
check "it is counted as ambiguous" grep -q '2  ambiguous' out

# Kept pixels need nothing; with --verify there is something to say.
runs 0 in drop --mode=drop
runs 1 in dropped --mode=drop --verify
runs 0 in dropped2 --mode=drop --verify --on-damage=decode --report=report
is "dropped with a warning" "$(grep -c '"warnings":\["damaged"\]' report)" 2
same drop/a.jpg dropped2/a.jpg

# Another option is another output: it is done again, where the state was kept.
runs 1 in again --state=again.state
runs 0 in again --state=again.state --resume --on-damage=decode
same decoded/a.jpg again/a.jpg

# Members, one stream.
tar -cf in.tar in
runs 1 --tar in.tar out.tar
runs 0 --tar in.tar out.tar --on-damage=decode --overwrite
tar -xOf out.tar in/a.jpg | cmp -s - decoded/a.jpg
is "a member" $? 0
"$EXIFNORM" --on-damage=decode - - <in/a.jpg >stream 2>err
is "exit status of a stream" $? 0
same stream decoded/a.jpg

# A PNG has nothing to gain by it.
cut "$testdata/png/rgb8-6.png" p.png
runs 1 p.png q.png --on-damage=decode
has err "(--on-damage is for JPEGs only)"
runs 1 p.png q.png
check "no word of it otherwise" sh -c '! grep -q on-damage err'
runs 2 --on-damage=maybe in other
has err "'maybe': --on-damage: expected 'fail' or 'decode'"
# A stream that lacks its end after the last row is the whole picture to browsers, and to --verify: libpng gives each row before it
# complains. One that lacks a row is damaged. Interlaced or not, by Python's zlib.
mkdir ends
python3 - <<'EOF'
import struct, zlib
W, H = 13, 10
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
def pixels(xs, ys): return b"".join(b"\0" + bytes((7 * x + 31 * y) & 255 for x in xs) for y in ys if len(xs))
passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
rows = [pixels(range(W), range(H)), b"".join(pixels(range(x, W, dx), range(y, H, dy)) for x, y, dx, dy in passes)]
exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
for interlace in 0, 1:
    packer = zlib.compressobj(0)
    stream = packer.compress(rows[interlace] + b"") + packer.flush(zlib.Z_FULL_FLUSH)
    for name, data in ("whole", zlib.compress(rows[interlace])), ("no_end", stream), ("more", stream + b"\0\x06\0\xf9\xffabcdef"), ("no_row", stream[:-12]):
        with open(f"ends/{name}{interlace}.png", "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, 8, 0, 0, 0, interlace)) + chunk(b"eXIf", exif) +
                       chunk(b"IDAT", data) + chunk(b"IEND", b""))
EOF
for interlace in 0 1; do
    runs 0 --verify ends/whole$interlace.png ends/wanted$interlace.png
    for name in no_end more; do
        runs 0 --verify -v ends/$name$interlace.png ends/out_$name$interlace.png
        has out harmless-noise
        same ends/wanted$interlace.png ends/out_$name$interlace.png
    done
    runs 1 --verify ends/no_row$interlace.png ends/out_no_row$interlace.png
    absent ends/out_no_row$interlace.png
done

finish
