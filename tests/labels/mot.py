# SPDX-License-Identifier: MIT
"""Tables of the MOT Challenge that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones. Pixels count from 1: "all frame
numbers, target IDs and bounding boxes are 1-based". mot.py SERVER"""
import configparser
import random
import re
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(2015)
NUMBERS = {"integers": lambda n: str(n), "python": lambda n: repr(float(n)), "two": lambda n: "%.2f" % n}


def make(sides, write):
    lines, columns = [], r.choice([6, 7, 9, 10])
    for _ in range(r.randrange(1, 30)):
        frame = r.randrange(1, 9)
        (x1, x2), (y1, y2) = (sorted(r.sample(range(side + 1), 2)) for side in sides[frame])
        rest = {6: [], 7: ["0.9"], 9: ["1", "7", "0.86"], 10: ["1", "-1", "-1", "-1"]}[columns]
        lines.append(r.choice([",", ", "]).join([str(frame), str(r.choice([-1, 3])), write(x1 + 1), write(y1 + 1), write(x2 - x1), write(y2 - y1), *rest]))
    return (r.choice(["\n", "\r\n"]).join(lines) + r.choice(["", "\n"])).encode()


def paint(data, sides):
    areas, rest = {frame: blank(*side, 1) for frame, side in sides.items()}, []
    for line in data.decode().splitlines():
        words = [w.strip() for w in line.split(",")]
        x, y, w, h = map(exact, words[2:6])
        paint_box(areas[int(words[0])], x - 1, y - 1, x - 1 + w, y - 1 + h, 1)
        rest.append(words[:2] + words[6:])
    return areas, rest


files = boxes = 0
for orientation in range(1, 9):
    for frame in FRAMES:
        for mode in MODES:
            for name, write in NUMBERS.items():
                stored = {n: r.choice([(7, 4), (5, 9), (6, 6)]) for n in range(1, 9)}
                sides = {n: frame_size(*s, orientation, frame == "displayed") for n, s in stored.items()}
                data = make(sides, write)
                asked = [(orientation, mode, *s, "rotated", "img1/%06d" % n) for n, s in stored.items()]
                a = server.move("mot", frame, asked, data)
                same(("ok", "", 0), (a.status, a.detail, a.outside), data)
                old, new = paint(data, sides), paint(a.data, {n: frame_size(*s, orientation, mode == "bake") for n, s in stored.items()})
                for n in stored:
                    same(to_output(old[0][n], orientation, frame, mode), new[0][n], "boxes", data, a.data)
                same(old[1], new[1], "the rest")
                files, boxes = files + 1, boxes + a.shapes
                if (frame, mode) == ("stored", "bake"):
                    back = [(INVERSE[orientation], mode, *frame_size(*stored[n], orientation, True), "rotated", "img1/%06d" % n) for n in stored]
                    same(data, server.move("mot", frame, back, a.data).data, "there and back")
print("mot: %d files, %d boxes, 0 wrong" % (files, boxes))

KNOWN = [(6, "bake", 7, 4, "rotated", "img1/000001")]
for data, status, detail in [
    (b"1,1,1,1,2\n", "corrupt", "line 1: a line that is not of 6 to 10 numbers"),
    (b"1,1,1,1,2,1,1,1,1,1,1\n", "corrupt", "line 1: a line that is not of 6 to 10 numbers"),
    (b"1,1,1,1,2,1\n\n1,1,1,1,2,1,1\n", "corrupt", "line 3: another count of numbers than the first line has"),
    (b"0,1,1,1,2,1\n", "corrupt", "line 1: it does not begin with the number of a frame"),
    (b"frame,id,left,top,width,height\n", "corrupt", "line 1: it does not begin with the number of a frame"),
    (b"1,1,x,1,2,1\n", "corrupt", "line 1: 'x' cannot be read as a number"),
    (b"1,1,1,nan,2,1\n", "corrupt", "line 1: 'nan' cannot be read as a number"),
    (b"2,1,1,1,2,1\n", "corrupt", "line 1: frame: there is no image 'img1/000002'"),
    (b'1,1,1,1,2,"1\n', "corrupt", "line 1: its fields are not well formed"),
]:
    a = server.move("mot", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)
answer, images = server.scan("mot", b"1,1,1,1,7,4\n1,1,0,2,3,3\n1.0,-1,5,5,1,1\n")
same([(3, -1.0, 0.0, 7.0, 5.0, "img1/000001")], [(i.shapes, i.left, i.top, i.right, i.bottom, i.name) for i in images])
same(1, server.move("mot", "stored", KNOWN, b"1,1,1,1,7,4\n1,1,1,1,8,4\n").outside)
same("unknown", server.sniff(b"1,1,1,1,2,1\n"))
# Of many windows: records are found across their ends.
data = b"".join(b"1,%d,1,2,3,1\n" % i for i in range(60000))
a = server.move("mot", "stored", KNOWN, data)
same(b"".join(b"1,%d,3,1,1,3\n" % i for i in range(60000)), a.data)
same("limit", server.move("mot", "stored", KNOWN, b'1,1,1,2,3,"' + b"1" * 1000000 + b'"\n', "max-memory=500000").status)

# ---- seqinfo.ini: one size for all images of a sequence, read back by configparser, as the challenge's tools read it


def info(width, height, *more, folder="img1", length=3, line="\n", sign="=", sections=""):
    lines = ["[Sequence]", "name%sMOT17-02" % sign, "imDir%s%s" % (sign, folder), "frameRate%s30" % sign, "seqLength%s%s" % (sign, length), "imWidth%s%s" % (sign, width),
             "imHeight%s%s" % (sign, height), "imExt%s.jpg" % sign, *more]
    return (sections + line.join(lines) + line).encode()


def said(data):
    parser = configparser.ConfigParser()
    parser.read_string(data.decode("utf-8-sig"))
    return parser["Sequence"]


INFO = {"lines": {}, "windows": {"line": "\r\n"}, "colon": {"sign": ":  ", "folder": "img1/"}, "spaces": {"sign": " = ", "sections": "\ufeff; imWidth=3\n[other]\nimWidth=9\n"}}
for orientation in range(1, 9):
    for frame in FRAMES:
        for mode in MODES:
            for name, how in INFO.items():
                w, h = r.choice([(7, 4), (5, 9), (6, 6)])
                data = info(*frame_size(w, h, orientation, frame == "displayed"), **how)
                same("mot-seqinfo", server.sniff(data), data)
                known = [(orientation, mode, w, h, "rotated", "img1/00000%d" % n) for n in (1, 3)] + [(6, "bake", 99, 1, "failed", "img1/000002")]
                a = server.move("mot-seqinfo", frame, known, data)
                same(("ok", ""), (a.status, a.detail), data)
                before, after = said(data), said(a.data)
                size = frame_size(w, h, orientation, mode == "bake")
                if orientation == 1:
                    same(data, a.data)
                same(size, (int(after["imWidth"]), int(after["imHeight"])), data, a.data)
                same([(k, v) for k, v in before.items() if k not in ("imwidth", "imheight")], [(k, v) for k, v in after.items() if k not in ("imwidth", "imheight")])
                same(re.sub(rb"\d+", b"", data), re.sub(rb"\d+", b"", a.data), "the rest")
SIX, STILL = (6, "bake", 7, 4, "rotated", "img1/000001"), (1, "bake", 7, 4, "rotated", "img1/000002")
for known, data, status, detail in [
    ([SIX, STILL], info(7, 4), "unsupported", "line 6: imWidth: it is the size of all images, and now 'img1/000001' is 4x7, 'img1/000002' is 7x4"),
    ([SIX, (6, "bake", 7, 4, "unsupported", "img1/000003")], info(7, 4), "unsupported", "line 6: imWidth: it is the size of all images, and now 'img1/000001' is 4x7, 'img1/000003' is 7x4"),
    ([SIX, (1, "bake", 4, 7, "rotated", "img1/000002")], info(7, 4), "ok", ""),
    ([SIX], info(9, 4), "corrupt", "line 6: imWidth: it says 9x4, its image is 7x4"),
    ([SIX], info(7, 4, "imwidth=7"), "corrupt", "line 9: imWidth: it is there twice"),
    ([SIX], info(7, 4, length="many"), "corrupt", "line 5: seqLength: it is no number of images"),
    ([SIX], info(7, 4, length=60001), "unsupported", "line 5: seqLength: sequences have at most 60000 images here"),
    ([SIX], info(7, 4, folder=""), "corrupt", "line 3: imDir: it is no folder"),
    ([SIX], info(7, 4).replace(b"imHeight", b"height"), "corrupt", "line 1: imHeight: it is not there"),
    ([SIX], info(7, 4).replace(b"seqLength", b"length"), "corrupt", "line 1: seqLength: it is not there, so that nobody knows which images are meant"),
    ([STILL, (1, "bake", 9, 9, "rotated", "img1/000001")], info(7, 4), "ok", ""),
]:
    a = server.move("mot-seqinfo", "stored", known, data)
    same((status, detail), (a.status, a.detail), data)
same(said(info(4, 7)), said(server.move("mot-seqinfo", "stored", [SIX[:5] + ("img1/00000001",)], info(7, 4)).data), "DanceTrack's names")
same("unknown", server.sniff(b"[Sequence]\nname=SNMOT-060\nseqLength=750\n"))
same("limit", server.move("mot-seqinfo", "stored", [SIX], info(7, 4, length=60000), "max-memory=1000000").status)
print("mot: %d requests" % server.asked)
