# SPDX-License-Identifier: MIT
"""make_heif.py FOLDER: the pictures of testdata/heif, by libheif's heif-enc (1.15.1, with x265 3.5 and aom 3.6.0). Other versions encode
other bytes, so that `make testdata` leaves them alone."""
import math
import os
import struct
import subprocess
import sys
import tempfile
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pixel(x, y, width, height):
    """A gradient with a red disk to the top left, a blue bar to the bottom right and white to the bottom left: no rotation of it is like
    another."""
    r, g, b = x / (width - 1), y / (height - 1), 0.5 + 0.5 * math.sin(x * 0.3) * math.cos(y * 0.2)
    if (x - 10) ** 2 + (y - 8) ** 2 < 30:
        r, g, b = 0.95, 0.1, 0.05
    if x > width * 0.6 and y > height * 0.7:
        r, g, b = 0.1, 0.2, 0.9
    if x < width * 0.3 and y > height * 0.8:
        r, g, b = 0.98, 0.98, 0.98
    return r, g, b, 1.0 if x > width // 4 else 0.25 + 0.5 * y / height


def png(width, height, depth, kind):
    """kind: RGB, RGBA or L."""
    rows, most = bytearray(), (1 << depth) - 1
    for y in range(height):
        rows.append(0)
        for x in range(width):
            r, g, b, a = pixel(x, y, width, height)
            for value in {"RGB": (r, g, b), "RGBA": (r, g, b, a), "L": (0.3 * r + 0.59 * g + 0.11 * b,)}[kind]:
                rows += round(value * most).to_bytes(depth // 8, "big")
    color = {"RGB": 2, "RGBA": 6, "L": 0}[kind]
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b""))


def jpeg(width, height):
    """The same, with an Exif block of Make, an orientation of 1, and IFD1 with another."""
    ppm = b"P6 %d %d 255\n" % (width, height) + bytes(
        round(255 * v) for y in range(height) for x in range(width) for v in pixel(x, y, width, height)[:3])
    data = subprocess.run(["cjpeg", "-quality", "100", "-sample", "1x1"], input=ppm, stdout=subprocess.PIPE, check=True).stdout
    tiff = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", 2)
    tiff += struct.pack(">HHI4s", 0x10F, 2, 4, b"abc\0") + struct.pack(">HHIHH", 0x112, 3, 1, 1, 0) + struct.pack(">I", 38)
    tiff += struct.pack(">H", 1) + struct.pack(">HHIHH", 0x112, 3, 1, 1, 0) + bytes(4)
    exif = b"Exif\0\0" + tiff
    return data[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(exif)) + exif + data[2:]


FILES = [
    ("420.heic", jpeg(64, 48), []),
    ("420.avif", jpeg(64, 48), []),
    ("odd.heic", png(63, 47, 8, "RGB"), []),
    ("odd.avif", png(63, 47, 8, "RGB"), []),
    ("444.heic", png(64, 48, 8, "RGB"), ["-p", "chroma=444"]),
    ("10bit.heic", png(64, 48, 16, "RGB"), ["-b", "10", "-p", "chroma=420"]),
    ("12bit.avif", png(64, 48, 16, "RGB"), ["-b", "12", "-p", "chroma=420"]),
    ("422.heic", png(64, 48, 8, "RGB"), ["-p", "chroma=422"]),
    ("422-10bit.avif", png(64, 48, 16, "RGB"), ["-b", "10", "-p", "chroma=422"]),
    ("alpha.heic", png(64, 48, 8, "RGBA"), []),
    ("alpha.avif", png(64, 48, 8, "RGBA"), []),
    ("gray.heic", png(64, 48, 8, "L"), []),
    ("gray.avif", png(64, 48, 8, "L"), []),
    ("rgb.avif", png(32, 24, 8, "RGB"), ["-L", "-p", "chroma=444", "--matrix_coefficients=0"]),
    ("thumbnail.heic", png(64, 48, 8, "RGB"), ["-t", "32"]),
]

if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        for name, picture, options in FILES:
            source = os.path.join(work, "picture.jpg" if picture[:1] == b"\xff" else "picture.png")
            with open(source, "wb") as file:
                file.write(picture)
            subprocess.run(["heif-enc", "-q", "50", *options, source, "-o", os.path.join(sys.argv[1], name)], check=True,
                           stdout=subprocess.DEVNULL)
