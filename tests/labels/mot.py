# SPDX-License-Identifier: MIT
"""Tables of the MOT Challenge that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones. Pixels count from 1: "all frame
numbers, target IDs and bounding boxes are 1-based". mot.py SERVER"""
import random
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
print("mot: %d requests" % server.asked)
