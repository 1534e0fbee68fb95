# SPDX-License-Identifier: MIT
"""YOLO files that are made here, painted, rotated as pixels, and compared with what is painted of the moved file. yolo.py SERVER"""
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(640)
SIDE = 8  # coordinates are eighths, centers sixteenths, and a painted picture has two pixels for each eighth


def number(parts, scale):
    """Eighths: as Python writes it, or with six digits, or with an exponent, which all readers take."""
    value = parts / SIDE
    return {"python": repr(value), "six": "%.6f" % value, "short": "%g" % value}[scale]


def make(task, scale):
    lines = []
    for _ in range(r.randrange(1, 6)):
        x1, x2 = sorted(r.sample(range(SIDE + 1), 2))
        y1, y2 = sorted(r.sample(range(SIDE + 1), 2))
        box = [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1]
        points = [r.randrange(SIDE + 1) for _ in range(2 * r.randrange(3, 6))]
        columns = {"detect": box, "segment": points, "obb": points[:6] + points[:2], "pose2": box, "pose3": box}[task]
        words = [number(c, scale) for c in columns]
        for _ in range(3 if task.startswith("pose") else 0):
            absent = r.random() < 0.3
            point = [r.randrange(SIDE), r.randrange(SIDE)]
            if task == "pose3":
                words += ["0", "0", "0"] if absent else [number(c, scale) for c in point] + [r.choice(["1", "2", "2.000000"])]
            else:
                words += r.choice([["-1", number(point[1], scale)], [number(point[0], scale), "-0.5"]]) if absent else [number(c, scale) for c in point]
        if task == "detect" and r.random() < 0.2:
            words.append("0.912345")
        lines.append(r.choice([" ", "\t", "  "]).join([r.choice(["%d", "%d", "%.1f", "%.18e"]) % r.randrange(80), *words]))
    return (r.choice(["\n", "\r\n"]).join(lines) + r.choice(["", "\n", " \n\n"])).encode()


def paint(data, task):
    areas, points, rest = blank(SIDE, SIDE, 2), blank(SIDE + 1, SIDE + 1, 1), []
    for line in data.decode().split("\n"):
        words = line.split()
        if not words:
            continue
        rest += [(words[0], len(words), words[5:] if task == "detect" else []), *paint_yolo(areas, points, words, task, SIDE)]
    return areas, points, rest


OPTIONS = {"detect": ("yolo=none",), "segment": ("yolo=none",), "obb": ("yolo=none",), "pose2": ("yolo=poses", "keypoints=3x2"), "pose3": ("yolo=poses", "keypoints=3x3")}
files = edits = 0
for orientation in range(1, 9):
    for frame in FRAMES:
        for mode in MODES:
            for task in OPTIONS:
                for scale in ("python", "six", "short"):
                    data = make(task, scale)
                    a = server.move("yolo", frame, [(orientation, mode, 40, 30, "rotated", "")], data, *OPTIONS[task])
                    same(("ok", ""), (a.status, a.detail), data)
                    old, new = paint(data, task), paint(a.data, task)
                    same(to_output(old[0], orientation, frame, mode), new[0], "boxes and polygons", orientation, frame, mode, data, a.data)
                    same(to_output(old[1], orientation, frame, mode), new[1], "keypoints", orientation, frame, mode, data, a.data)
                    same(old[2], new[2], "the rest")
                    files, edits = files + 1, edits + a.edits
                    if (frame, mode) == ("stored", "bake"):
                        b = server.move("yolo", frame, [(INVERSE[orientation], mode, *frame_size(40, 30, orientation, True), "rotated", "")], a.data, *OPTIONS[task])
                        same(data, b.data, "there and back", a.data, orientation)
                    if orientation == 1:
                        same((data, 0), (a.data, a.edits))
print("yolo: %d files, %d edits, 0 wrong" % (files, edits))

SIX = [(6, "bake", 40, 30, "rotated", "")]
for data, options, status, detail in [
    (b"0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.1\n", (), "corrupt", "line 2: fewer than five columns"),
    (b"0 0.5 0.5 0.1 x\n", (), "corrupt", "line 1: 'x' cannot be read as a number"),
    (b"0 0.5 0.5 nan 0.1\n", (), "corrupt", "line 1: 'nan' cannot be read as a number"),
    (b"0 20 30 4 5\n", (), "unsupported", "line 1: numbers that are not parts of the image's sides"),
    (b"0 0.1 0.1 0.2 0.2 0.3 0.3\n", (), "unsupported", "line 1: a polygon or a pose: kpt_shape in data.yaml, as [17, 3], tells them apart, which lies above it, and in an archive also before it"),
    (b"0 0.1 0.1 0.2 0.2 0.3 0.3 0.1\n", ("yolo=none",), "unsupported", "line 1: an odd count of coordinates"),
    (b"\n0 0.1 0.1 0.2 0.2 0.3 0.3\n\n0 0.1 0.1 0.2 0.2\n", ("yolo=none",), "unsupported", "line 4: a box among polygons, which some readers take as a polygon"),
    (b"0 0.5 0.5 0.1 0.1 0.2 0.2\n", ("yolo=poses", "keypoints=2x2"), "unsupported", "line 1: another count of columns than a pose has by kpt_shape"),
    (b"0 0.5 0.5 0.1 0.1 0.2 1.01\n", ("yolo=poses", "keypoints=1x2"), "unsupported", "line 1: a keypoint outside of its image"),
    (b"0 0.5 0.5 0.1 0.1 1.5 0.5\n", ("yolo=poses", "keypoints=1x2"), "unsupported", "line 1: a keypoint outside of its image"),
]:
    a = server.move("yolo", "stored", SIX, data, *options)
    same((status, detail), (a.status, a.detail), data)
for data, options in ((b"0 0.1 0.1 0.2 0.2 0.3 0.3\n", ()), (b"0 20 30 4 5\n", ()), (b"", ()), (b"\n\n", ())):
    a = server.move("yolo", "stored", [(1, "bake", 40, 30, "rotated", "")], data, *options)
    same(("ok", data, 0), (a.status, a.data, a.edits), data)
same(1, server.move("yolo", "stored", SIX, b"0 0.1 0.1 0.4 0.1\n0 0.5 0.5 1 1\n").outside)
for text, moved in ((b"7 0.25 1e-05 0.5 0.125", b"7 0.99999 0.25 0.125 0.5"), (b"7 .25 0.75 5e-1 1", b"7 0.25 .25 1 5e-1"), (b"7 0.250000 0.1 0.5 0.5", b"7 0.9 0.250000 0.5 0.5")):
    expected = moved.replace(b"0.99999", b"99999e-05")
    same(expected, server.move("yolo", "stored", SIX, text).data)
# A CR alone ends a line to Python as well: these are three boxes and no polygon.
same(b"0 .75 .5 .2 .1\r1 .25 .5 .2 .1\r\r\n1 .5 .3 .1 .2\r", server.move("yolo", "stored", SIX, b"0 .5 .25 .1 .2\r1 .5 .75 .1 .2\r\r\n1 .3 .5 .2 .1\r", "yolo=none").data)
answer, images = server.scan("yolo", b"0 0.5 0.5 1 1\n0 0.5 0.5 1 1\n")
same([Image(0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, "")], images)

MARK = b"\xef\xbb\xbf0 0.5 0.25 0.1 0.2\n"
same(MARK.replace(b"0.5 0.25 0.1 0.2", b"0.75 0.5 0.2 0.1"), server.move("yolo", "stored", [(6, "bake", 7, 4, "rotated", "")], MARK).data)
for data, form in ((b"0 0.5 0.5 0.1 0.1\n", "yolo"), (MARK, "yolo"), (b"0" + b" 0.5" * 20000 + b"\n", "yolo"), (b"0" + b" 0.5" * 20000 + b" x\n", "yolo"), (b"0 0.5 5" + b" 0.5" * 20000, "unknown"), (b"9" * 20000, "unknown"), (MARK.decode().encode("utf-16")[:2] + MARK.decode("utf-8-sig").encode("utf-16-le"), "yolo"), (b"0 0.5 0.5 0.1 1e999999999\n", "unknown"), (b"\n 12 0.5 0.5 1 1e-05\r\n3 0.1 0.1 0.2 0.2 0.3 0.3", "yolo"), (b"", "unknown"), (b"\n", "unknown"), (b"person\ncar\n", "unknown"),
                   (b"0 100 200 30 40\n", "unknown"), (b"0.5 0.5 0.5 0.1 0.1\n", "unknown"), (b"0 0.5 0.5 0.1\n", "unknown"), (b"0 0.5 0.5 0.1 0.1\nname 1\n", "unknown"),
                   # What one bad line makes a file of no format is copied, and its labels are wrong: it is one that fails.
                   (b"0 0.5 0.5 0.1 0.1\n0 nan 0.5 0.1 0.1\n", "yolo"), (b"0 0.5 0.5 0.1 0.1\n0 10 20 3 4\n", "yolo"), (b"0 0.5 0.5 0.1 0.1\n0 0.5 0.", "yolo"),
                   (b"x 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1 0.1\n", "yolo"), (b"0 0.5 0.5 0.1 0.1\n0 10 20 3 4\n0 10 20 3 4\n", "unknown"),
                   (b"0 0.5 0.5 0.1 0.1\n" * 1500 + b"x\n", "yolo"), (b"x\n" + b"0 0.5 0.5 0.1 0.1\n" * 1500, "unknown")):
    same(form, server.sniff(data), data[:50])
print("yolo: %d requests" % server.asked)
