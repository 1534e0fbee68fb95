#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A folder of masks that have no orientation of their own is rotated by a list, as their photographs would be.

Masks are painted, written and read by this file alone: a palette of class numbers, depth in 16 bits, panoptic ids in RGB, one bit. Where each
pixel belongs is taken from the words of EXIF 2.32, 4.6.5.1.5: which side of what is seen the 0th row and the 0th column are."""
import os
import struct
import subprocess
import sys
import zlib

SIDES = {1: "top left", 2: "top right", 3: "bottom right", 4: "bottom left",
         5: "left top", 6: "right top", 7: "right bottom", 8: "left bottom"}
KINDS = {"palette": (3, 8, 1), "depth": (0, 16, 2), "panoptic": (2, 8, 3), "binary": (0, 1, 1)}
WIDTH, HEIGHT = 21, 10


def rotate(rows, value):
    row0, column0 = SIDES[value].split()
    high, wide = len(rows), len(rows[0])
    out = [[None] * (wide if value < 5 else high) for _ in range(high if value < 5 else wide)]
    for r in range(high):
        for c in range(wide):
            place = {row0: r, column0: c}
            y = place["top"] if "top" in place else len(out) - 1 - place["bottom"]
            x = place["left"] if "left" in place else len(out[0]) - 1 - place["right"]
            out[y][x] = rows[r][c]
    return out


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack(row, depth):
    if depth >= 8:
        return b"".join(row)
    bits = "".join(str(p[0]) for p in row)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def write(name, rows, kind):
    colour, depth, _ = KINDS[kind]
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]), len(rows), depth, colour, 0, 0, 0))
    if colour == 3:
        data += chunk(b"PLTE", bytes(i * 5 % 256 for i in range(3 * 200)))
    data += chunk(b"IDAT", zlib.compress(b"".join(b"\0" + pack(row, depth) for row in rows))) + chunk(b"IEND", b"")
    with open(name, "wb") as file:
        file.write(data)


def undo(line, before, kind, step):
    for i in range(len(line)):
        a = line[i - step] if i >= step else 0
        b = before[i]
        c = before[i - step] if i >= step else 0
        p = a + b - c
        best = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        line[i] = (line[i] + (0, a, b, (a + b) // 2, best)[kind]) % 256


def read(name, kind):
    colour, depth, step = KINDS[kind]
    with open(name, "rb") as file:
        data = file.read()
    at, idat, types = 8, b"", []
    while at < len(data):
        size, = struct.unpack(">I", data[at:at + 4])
        types.append(data[at + 4:at + 8])
        body = data[at + 8:at + 8 + size]
        if types[-1] == b"IHDR":
            wide, high = struct.unpack(">II", body[:8])
            assert (body[8], body[9]) == (depth, colour), f"{name}: its type has changed"
        idat += body if types[-1] == b"IDAT" else b""
        at += size + 12
    assert types[0] == b"IHDR" and types[-1] == b"IEND" and set(types) <= {b"IHDR", b"PLTE", b"IDAT", b"IEND"}, types
    raw, length = zlib.decompress(idat), (wide * step * min(depth, 8) + 7) // 8
    before, rows = bytearray(length), []
    for y in range(high):
        line = bytearray(raw[y * (length + 1) + 1:(y + 1) * (length + 1)])
        undo(line, before, raw[y * (length + 1)], step)
        before = line
        if depth < 8:
            rows.append([bytes([line[x // 8] >> (7 - x % 8) & 1]) for x in range(wide)])
        else:
            rows.append([bytes(line[x * step:(x + 1) * step]) for x in range(wide)])
    return rows


def paint(kind, seed):
    _, depth, step = KINDS[kind]
    most = 200 if kind == "palette" else 2 if depth == 1 else 256
    return [[bytes((x * 31 + y * 17 + x * y * 7 + seed + i * 3) % most for i in range(step)) for x in range(WIDTH)] for y in range(HEIGHT)]


def main():
    masks = {}
    os.mkdir("masks")
    with open("masks.csv", "w", encoding="ascii") as file:
        file.write("mask,orientation\n")
        for kind in KINDS:
            for value in SIDES:
                name = f"{kind}-{value}.png"
                masks[name] = (kind, value, paint(kind, value))
                write(f"masks/{name}", masks[name][2], kind)
                file.write(f"{name},{value}\n")
    subprocess.run([sys.argv[1], "masks", "rotated", "--orientations=masks.csv", "--verify", "-q"], check=True)
    for name, (kind, value, rows) in masks.items():
        assert read(f"masks/{name}", kind) == rows, f"{name}: this test cannot read what it wrote"
        assert read(f"rotated/{name}", kind) == rotate(rows, value), f"{name}: other pixels than EXIF says"
    print(f"{len(masks)} masks")


main()
