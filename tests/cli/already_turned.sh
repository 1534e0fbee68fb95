#!/bin/sh
# SPDX-License-Identifier: MIT
# An upright picture that a converter has left the tag of: rotated as browsers show it, warned of, and refused by --strict.
. "$(dirname "$0")/lib.sh"

# Exif of orientation 6 whose PixelX/YDimension are the stored sides exchanged, in a JPEG's APP1 and a PNG's eXIf.
mkdir in
python3 - "$testdata" <<'END' || exit 1
import struct, sys, zlib

def tiff(width, height):
    entries = struct.pack("<HHHII", 2, 0x0112, 3, 1, 6) + struct.pack("<HHII", 0x8769, 4, 1, 38) + bytes(4)
    sizes = struct.pack("<HHHIIHHII", 2, 0xA002, 4, 1, height, 0xA003, 4, 1, width) + bytes(4)
    return b"II*\0\x08\0\0\0" + entries + sizes

jpeg = open(sys.argv[1] + "/jpeg/no-exif.jpg", "rb").read()
at = jpeg.index(b"\xff\xc0")
height, width = struct.unpack(">HH", jpeg[at + 5:at + 9])
exif = b"Exif\0\0" + tiff(width, height)
open("in/a.jpg", "wb").write(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])
png = open(sys.argv[1] + "/png/no-exif.png", "rb").read()
chunk = b"eXIf" + tiff(*struct.unpack(">II", png[16:24]))
chunk = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
open("in/b.png", "wb").write(png[:33] + chunk + png[33:])
END

warned() {
    is "$1 warns of both" "$(grep -c '"already-turned"' "$1")" 2
}

runs 0 in to --report=bake --verify
warned bake
runs 0 in dropped --report=drop --mode=drop
warned drop
runs 1 --check in --report=check
warned check
check "ambiguous is said" grep -q '2  ambiguous' out
tar -cf in.tar in
runs 0 --tar in.tar out.tar --report=tar
warned tar
runs 1 in strict --strict --report=strict-report
is "--strict refuses both" "$(grep -c '"outcome":"failed"' strict-report)" 2
runs 0 to twice --report=again
is "an output has no such warning" "$(grep -c already-turned again)" 0

finish
