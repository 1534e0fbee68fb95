# SPDX-License-Identifier: MIT
"""Compares PNGs sample by sample, with the tests' own reader.

heif_pixels.py near A B MOST MEAN   PNG, djpeg's PPM or heif-convert's Y4M; the same size; samples, as parts of 255, differ by MOST at most and MEAN in the mean. Gray is like RGB.
heif_pixels.py serve                the same for lines of standard input, each answered with "near" or with what differs
heif_pixels.py alike FOLDER         of files named irot, imir, Exif (tests/cli/heif.py matrix) those that differ in Exif alone are equal
heif_pixels.py right LIST      names each line HEIF PNG NEAR BITS MATRIX FULL whose PNG is not of the nearest samples to what the planes mean by MATRIX and FULL of
                               ISO 23091-2; NEAR: or is not near what heif-convert shows
heif_pixels.py profile FILE         the colorants of the profile in a PNG or a file of one, and the number of its chunk cICP
"""
import functools
import itertools
import os
import struct
import subprocess
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "labels"))
import heif  # noqa: E402
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
    samples = list(itertools.chain.from_iterable(itertools.chain.from_iterable(picture.rows)))
    if len(picture.rows[0][0]) == 1:
        samples = [sample for sample in samples for _ in range(3)]
    return samples if most == 255 else [255 * sample / most for sample in samples]


def near(a, b, most, mean):
    a, b = read(a), read(b)
    assert (a.width, a.height) == (b.width, b.height), (a.width, a.height, b.width, b.height)
    first, second = values(a), values(b)
    assert len(first) == len(second), (a.color, b.color)
    differences = [abs(x - y) for x, y in zip(first, second)]
    found = max(differences), sum(differences) / len(differences)
    assert found[0] <= float(most) and found[1] <= float(mean), found


def serve():
    """near for each line "A B MOST MEAN" of standard input, answered with a line each: to start Python takes longer than to compare."""
    for line in sys.stdin:
        try:
            near(*line.rstrip("\n").split("\t"))
            print("near", flush=True)
        except Exception as fault:
            print(type(fault).__name__, fault, flush=True)


# Of ISO 23091-2, table 4. 0 is no matrix.
RED_BLUE = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}


@functools.cache  # pictures have most of their colors many times
def rgb(y, cb, cr, bits, matrix, full):
    """From 0 to 1: equations 33 to 41 of ISO 23091-2, 8.3, solved for R, G and B."""
    step, most, middle = 1 << bits - 8, (1 << bits) - 1, 1 << bits - 1
    black, luma, chroma = (0, most, most) if full else (16 * step, 219 * step, 224 * step)
    if matrix == 0:
        r, g, b = ((v - black) / luma for v in (cr, y, cb))
    else:
        y, cb, cr = (y - black) / luma, (cb - middle) / chroma, (cr - middle) / chroma
        red, blue = RED_BLUE[matrix]
        r, b = y + 2 * (1 - red) * cr, y + 2 * (1 - blue) * cb
        g = (y - red * r - blue * b) / (1 - red - blue)
    return [min(1, max(0, v)) for v in (r, g, b)]


def turned(rows, source):
    """ISO 23008-12, 6.5.10 and 6.5.12: irot is anticlockwise; imir exchanges top and bottom for 0."""
    clap = source.clap()
    if clap:
        rows = [row[clap[0]:clap[2]] for row in rows[clap[1]:clap[3]]]
    for kind, value in source.shown():
        if kind == "imir":
            rows = [row[::-1] for row in rows] if value else rows[::-1]
        for _ in range(value if kind == "irot" else 0):
            rows = list(zip(*rows))[::-1]
    return rows


def exact(planes, source, made, bits, matrix, full):
    """Cr, Y and Cb stand where R, G and B would (heif.py planes); of gray all three are Y. Half a level of BITS bits is allowed; alpha is the same."""
    planes, made, bits, matrix = read(planes), read(made), int(bits), int(matrix)
    assert bits <= planes.depth == made.depth, (planes.depth, made.depth)
    rows = turned(planes.rows, heif.Heif(source))
    assert (len(rows[0]), len(rows)) == (made.width, made.height), (len(rows[0]), len(rows), made.width, made.height)
    whole, levels, worst = (1 << made.depth) - 1, (1 << bits) - 1, 0
    for stored, shown in zip(rows, made.rows):
        for (cr, y, cb, *alpha), pixel in zip(stored, shown):
            cr, y, cb = (v >> planes.depth - bits for v in (cr, y, cb))
            expected = [levels * v for v in rgb(y, cb, cr, bits, matrix, full == "1")]
            pixel = pixel * 3 if len(pixel) == 1 else pixel
            assert list(pixel[3:]) == alpha, (pixel, alpha)
            worst = max(worst, *(abs(a * levels / whole - b) for a, b in zip(pixel, expected)))
    # Samples of 10 bits are rounded once more where they become 16; and coefficients of six digits.
    most = 0.5 + (levels / whole / 2 if bits < made.depth else 0) + levels * 2e-6
    assert worst <= most, (worst, most)


def shown(source, target):
    subprocess.run(["heif-convert", source, target], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return target


def right(lines):
    with open(lines) as file:
        for line in file:
            source, made, is_near, *how = line.rstrip("\n").split("\t")
            copy = "planes" + os.path.splitext(source)[1]
            heif.planes(source, copy)
            try:
                exact(shown(copy, "planes.png"), source, made, *how)
                if is_near == "1":
                    near(made, shown(source, "shown.png"), 1, 0.25)
            except AssertionError as why:
                print(line.strip(), why)


def alike(folder):
    seen, decoded = {}, {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        pixels = chunks_of_pixels(data)  # read once: files of the same chunks differ in Exif alone
        if pixels not in decoded:
            decoded[pixels] = png.read(data).rows
        assert seen.setdefault(name[:2], decoded[pixels]) == decoded[pixels], name
    assert len(seen) == 15, len(seen)
    # Eight ways to show it, and no two of them alike.
    assert len({str(rows) for rows in seen.values()}) == 8


def chunks_of_pixels(data):
    at, found = 8, []
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        assert zlib.crc32(data[at + 4:at + 8 + size]) == struct.unpack_from(">I", data, at + 8 + size)[0]
        if kind in (b"IHDR", b"PLTE", b"IDAT"):
            found.append(data[at:at + 12 + size])
        at += size + 12
    return tuple(found)


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
    {"near": near, "serve": serve, "right": right, "alike": alike, "profile": profile}[sys.argv[1]](*sys.argv[2:])
