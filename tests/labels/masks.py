# SPDX-License-Identifier: MIT
"""Mask images, rotated by the orientation of another image: type, depth, palette and every sample are what a rotation of the pixels gives. masks.py SERVER"""
import random
import sys

import png
from painter import *

server = Server(sys.argv[1])
r = random.Random(2048)


def make(color, depth, interlace):
    width, height = r.choice([(7, 4), (5, 9), (6, 6), (1, 5), (17, 3)])
    top = 2 ** depth - 1
    chunks = []
    if color == 3:
        chunks.append((b"PLTE", bytes(r.randrange(256) for _ in range(3 * (top + 1)))))
        chunks.append((b"tRNS", bytes(r.randrange(256) for _ in range(r.randrange(1, top + 2)))))
    elif color == 0 and r.random() < 0.5:
        chunks.append((b"tRNS", b"\0\1"))
    rows = [[tuple(r.choice([0, top, r.randrange(top + 1)]) for _ in range(png.SAMPLES[color])) for _ in range(width)] for _ in range(height)]
    return png.PNG(width, height, depth, color, interlace, rows, chunks)


files = 0
for color, depth in png.DEPTHS:
    for interlace in (0, 1):
        for orientation in range(1, 9):
            for frame in FRAMES:
                for mode in MODES:
                    mask = make(color, depth, interlace)
                    # The image's stored size is of no matter here; its masks are in the frame of its labels.
                    image = (orientation, mode, 40, 30, "rotated", "a")
                    value, = server.masks(frame, [image])
                    data = png.write(mask, r)
                    a = server.orient(value, data)
                    same(("ok", ""), (a.status, a.detail), color, depth, value)
                    rows = to_output(mask.rows, orientation, frame, mode)
                    same(1 if rows is mask.rows else orientation if frame == "stored" else INVERSE[orientation], value, orientation, frame, mode)
                    if value == 1:
                        same(b"", a.data, "one that stays has no output")
                        continue
                    new = png.read(a.data)
                    same((len(rows[0]), len(rows), depth, color), new[:4])
                    same(rows, new.rows, "samples", color, depth, interlace, value)
                    same(mask.chunks, new.chunks, "palette and transparency")
                    back = png.read(server.orient(INVERSE[value], a.data).data)
                    same((mask.rows, mask.chunks), (back.rows, back.chunks), "there and back")
                    files += 1
print("masks: %d files, 0 wrong" % files)

# What a mask says of an orientation of its own does not count; what is not rotated has no mask that is.
exif = (b"eXIf", b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x06\0\0\0\0\0\0\0")
mask = make(3, 8, 0)
mask = mask._replace(chunks=mask.chunks + [exif])
new = png.read(server.orient(3, png.write(mask, r)).data)
same(rotate(mask.rows, 3), new.rows)
same([1] * 4, server.masks("stored", [(6, mode, 40, 30, outcome, "a") for mode in MODES for outcome in ("failed", "unsupported")]))
same([1] * 4, server.masks("displayed", [(6, mode, 40, 30, outcome, "a") for mode in MODES for outcome in ("failed", "unsupported")]))
same([8, 1, 6], server.masks("displayed", [(6, "drop", 4, 3, "rotated", "a"), (6, "bake", 4, 3, "rotated", "a"), (8, "drop", 4, 3, "rotated", "a")]))
print("masks: %d requests" % server.asked)
