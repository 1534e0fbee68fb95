# SPDX-License-Identifier: MIT
"""Compares PNGs sample by sample, with the tests' own reader.

heif_pixels.py near A B MOST MEAN   PNG, djpeg's PPM or heif-convert's Y4M; the same size; samples, as parts of 255, differ by MOST at most and MEAN in the mean. Gray is like RGB.
heif_pixels.py alike FOLDER         of files named irot, imir, Exif (tests/cli/heif.py matrix) those that differ in Exif alone are equal
heif_pixels.py profile FILE         the colorants of the profile in a PNG or a file of one, and the number of its chunk cICP
"""
import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "labels"))
import png  # noqa: E402


def read_planes(data):
    """4:2:0 of full range as heif-convert writes it: RGB as djpeg -nosmooth makes it (JFIF 1.02)."""
    words = data[:data.index(b"\n")].split()
    width, height = (int(next(w for w in words if w[:1] == k)[1:]) for k in (b"W", b"H"))
    at, half, rows = data.index(b"FRAME\n") + 6, (width + 1) // 2, []
    luma, size = data[at:at + width * height], half * ((height + 1) // 2)
    blue, red = data[at + width * height:][:size], data[at + width * height + size:][:size]
    for y in range(height):
        row = []
        for x in range(width):
            l, i = luma[y * width + x], y // 2 * half + x // 2
            b, r = blue[i] - 128, red[i] - 128
            row.append(tuple(min(255, max(0, round(v))) for v in (l + 1.402 * r, l - 0.344136 * b - 0.714136 * r, l + 1.772 * b)))
        rows.append(row)
    return png.PNG(width, height, 8, 2, 0, rows, [])


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:9] == b"YUV4MPEG2":
        return read_planes(data)
    if data[:2] == b"P6":  # as djpeg writes it
        head = data.split(None, 4)
        width, height, pixels = int(head[1]), int(head[2]), data[-3 * int(head[1]) * int(head[2]):]
        rows = [[tuple(pixels[3 * (y * width + x):][:3]) for x in range(width)] for y in range(height)]
        return png.PNG(width, height, 8, 2, 0, rows, [])
    return png.read(data)


def values(picture):
    most = (1 << picture.depth) - 1
    for row in picture.rows:
        for pixel in row:
            for sample in pixel * 3 if len(pixel) == 1 else pixel:
                yield 255 * sample / most


def near(a, b, most, mean):
    a, b = read(a), read(b)
    assert (a.width, a.height) == (b.width, b.height), (a.width, a.height, b.width, b.height)
    first, second = list(values(a)), list(values(b))
    assert len(first) == len(second), (a.color, b.color)
    differences = [abs(x - y) for x, y in zip(first, second)]
    found = max(differences), sum(differences) / len(differences)
    assert found[0] <= float(most) and found[1] <= float(mean), found


def alike(folder):
    seen = {}
    for name in sorted(os.listdir(folder)):
        picture = read(os.path.join(folder, name))
        kind = name[:2]
        assert seen.setdefault(kind, picture.rows) == picture.rows, name
    assert len(seen) == 15, len(seen)
    # Eight ways to show it, and no two of them alike.
    assert len({str(rows) for rows in seen.values()}) == 8


def profile(path):
    chunks = dict(read(path).chunks)
    if b"cICP" in chunks:
        print("cICP", *chunks[b"cICP"])
    if b"iCCP" in chunks:
        data = zlib.decompress(chunks[b"iCCP"].split(b"\0", 1)[1][1:])
        assert struct.unpack_from(">I", data)[0] == len(data) and data[36:40] == b"acsp"
        for i in range(struct.unpack_from(">I", data, 128)[0]):
            name, at, _ = struct.unpack_from(">4sII", data, 132 + 12 * i)
            if name in (b"rXYZ", b"gXYZ", b"bXYZ"):
                print(name.decode(), *(f"{v / 65536:.4f}" for v in struct.unpack_from(">iii", data, at + 8)))


if __name__ == "__main__":
    {"near": near, "alike": alike, "profile": profile}[sys.argv[1]](*sys.argv[2:])
