# SPDX-License-Identifier: MIT
"""Tables of Open Images that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones. open_images.py SERVER"""
import csv
import io
import random
import sys

import png
from painter import *

server = Server(sys.argv[1])
r = random.Random(1811)
SIDE = 8  # coordinates are eighths of a side
CLICKS = ["XClick%dX" % i for i in range(1, 5)] + ["XClick%dY" % i for i in range(1, 5)]
HEADS = {
    "boxes": "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside".split(","),
    "clicks": "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded".split(",") + CLICKS,
    "masks": "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks".split(","),
    "relations": "ImageID,LabelName1,LabelName2,XMin1,XMax1,YMin1,YMax1,XMin2,XMax2,YMin2,YMax2,RelationshipLabel".split(","),
    "points": "ImageId,X,Y,Label,EstimatedYesNo,Source,YesVotes".split(","),
}
WRITE = {"six": lambda n: "%.6f" % (n / SIDE), "python": lambda n: repr(n / SIDE), "short": lambda n: "%g" % (n / SIDE)}


def sides():
    (x1, x2), (y1, y2) = (sorted(r.sample(range(SIDE + 1), 2)) for _ in range(2))
    return x1, x2, y1, y2


def point():
    return r.randrange(SIDE + 1), r.randrange(SIDE + 1)


def make(kind, images, write):
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADS[kind], lineterminator=r.choice(["\n", "\r\n"]), restval="x", quoting=r.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer.writeheader()
    for n in range(r.randrange(1, 20)):
        image = r.choice(images)
        row = {"ImageID": image, "ImageId": image, "LabelName": 'a,"b"', "Confidence": "1"}
        for prefix in ("", "Box"):
            row.update(zip((prefix + c for c in ("XMin", "XMax", "YMin", "YMax")), map(write, sides())))
        for end in "12":
            row.update(zip((c + end for c in ("XMin", "XMax", "YMin", "YMax")), map(write, sides())))
        for i in range(1, 5):
            x, y = map(write, point()) if r.random() < 0.8 else ("-1", "-1")
            row.update({"XClick%dX" % i: x, "XClick%dY" % i: y})
        row.update(zip("XY", map(write, point())))
        row["Clicks"] = ";".join("%s %s %d" % (*map(write, point()), r.randrange(2)) for _ in range(r.randrange(4)))
        row["MaskPath"] = "%s_m%d.png" % (image, n)
        writer.writerow({k: v for k, v in row.items() if k in HEADS[kind]})
    return out.getvalue().encode()


def paint(data, images):
    areas = {i: (blank(SIDE, SIDE, 1), blank(SIDE + 1, SIDE + 1, 1)) for i in images}
    masks, rest = [], []
    for n, row in enumerate(csv.DictReader(io.StringIO(data.decode(), newline=""))):
        boxes, points = areas[row.get("ImageID", row.get("ImageId"))]
        for prefix, end in (("", ""), ("Box", ""), ("", "1"), ("", "2")):
            names = [prefix + c + end for c in ("XMin", "YMin", "XMax", "YMax")]
            if names[0] in row:
                paint_box(boxes, *(exact(row.pop(c)) * SIDE for c in names), 1)
        for i, (x, y) in enumerate([("X", "Y")] + [("XClick%dX" % i, "XClick%dY" % i) for i in range(1, 5)]):
            if x in row and row[x] != "-1":
                paint_point(points, int(exact(row.pop(x)) * SIDE), int(exact(row.pop(y)) * SIDE), 100 ** i)
        for k, click in enumerate(row.pop("Clicks", "").split(";")):
            if click:
                x, y, mark = click.split(" ")
                paint_point(points, int(exact(x) * SIDE), int(exact(y) * SIDE), 10 ** k * (1 + int(mark)))
        masks.append((row.get("ImageID"), row.get("MaskPath")))
        rest.append(row)
    return areas, masks, rest


files = shapes = 0
for round_ in range(4):
    for kind in HEADS:
        for frame in FRAMES:
            for mode in MODES:
                for write in WRITE.values():
                    images = {"%016x" % r.getrandbits(64): 1 + (round_ * 2 + i) % 8 for i in range(8)}
                    data = make(kind, list(images), write)
                    asked = [(o, mode, 40, 30, "rotated", n) for n, o in images.items()]
                    a = server.move("open-images", frame, asked, data, "masks=rotated")
                    same(("ok", "", 0), (a.status, a.detail, a.outside), data)
                    same("open-images", server.sniff(data))
                    old, new = paint(data, images), paint(a.data, images)
                    for name, orientation in images.items():
                        for before, after in zip(old[0][name], new[0][name]):
                            same(to_output(before, orientation, frame, mode), after, "places", data, a.data)
                    same(old[1:], new[1:], "the rest")
                    answer, scanned = server.scan("open-images", data)
                    if kind == "masks":
                        same(sorted(old[1]), sorted((i.name, m) for i in scanned for m in i.masks), "masks")
                    files, shapes = files + 1, shapes + a.shapes
                    if (frame, mode) == ("stored", "bake"):
                        back = [(INVERSE[o], mode, 30, 40, "rotated", n) for n, o in images.items()]
                        same(data, server.move("open-images", frame, back, a.data, "masks=rotated").data, "there and back")
print("open images: %d files, %d shapes, 0 wrong" % (files, shapes))

KNOWN = [(6, "bake", 7, 4, "rotated", "a")]
HEAD = b"ImageID,XMin,XMax,YMin,YMax\n"
for data, status, detail in [
    (b"ImageID,XMin,XMax,YMin,YMax,Angle\na,0,1,0,1,3\n", "unsupported", "line 2: XMin: a column of coordinates that is not known here"),
    (b"ImageID,XMin,XMax,YMin,YMax,XMin1\na,0,1,0,1,0\n", "unsupported", "line 2: XMin: a column of coordinates that is not known here"),
    (b"ImageID,XMin,XMax,YMin,YMax,XMin\na,0,1,0,1,0\n", "unsupported", "line 2: XMin: a column of coordinates that is not known here"),
    (HEAD + b"a,0,0.5,0.25,2.5\n", "unsupported", "line 2: XMin: numbers that are not parts of the image's sides"),
    (HEAD + b"a,-1.5,0.5,0.25,0.5\n", "unsupported", "line 2: XMin: numbers that are not parts of the image's sides"),
    (HEAD + b"a,10,20,30,40\n", "unsupported", "line 2: XMin: numbers that are not parts of the image's sides"),
    (HEAD + b"a,0,1,,1\n", "corrupt", "line 2: a place without all of its numbers"),
    (HEAD + b"a,0,x,0,1\n", "corrupt", "line 2: XMin: 'x' cannot be read as a number"),
    (HEAD + b"a,0,1\n", "corrupt", "line 2: another count of fields than the first line has"),
    (HEAD + b",0,1,0,1\n", "corrupt", "line 2: a line without the name of an image"),
    (HEAD + b"b,0,1,0,1\n", "corrupt", "line 2: ImageID: there is no image 'b'"),
    (HEAD + b'"a"b,0,1,0,1\n', "corrupt", "line 2: its fields are not well formed"),
    (b"ImageID,Clicks,BoxXMin,BoxXMax,BoxYMin,BoxYMax\na,0.5 0.5,0,1,0,1\n", "corrupt", "line 2: clicks that are not x, y and a mark"),
    (b"ImageID,Clicks,BoxXMin,BoxXMax,BoxYMin,BoxYMax\na,0.5 0.5 1 1,0,1,0,1\n", "corrupt", "line 2: clicks that are not x, y and a mark"),
    (b"ImageID,Clicks,BoxXMin,BoxXMax,BoxYMin,BoxYMax\na,0.5 0.5 1;0.5 ,0,1,0,1\n", "corrupt", "line 2: clicks that are not x, y and a mark"),
    (b"MaskPath,ImageID\nm.png,a\n", "unsupported", "line 2: MaskPath: a mask image, which is not rotated with it"),
    (b"ImageID,Source\na,b\n", "corrupt", "line 1: it does not name the columns of images and places"),
]:
    a = server.move("open-images", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)
# A line without a box, and one in quotes that has line ends in it.
data = b'\xef\xbb\xbfImageID,XMin,XMax,YMin,YMax,Note\r\na,,,,,"x\n\ny"\r\n"a",".25","0.5",0,"1","""\r\n"\r\n'
a = server.move("open-images", "stored", KNOWN, data)
same(("ok", data.replace(b'".25","0.5",0,"1"', b'"0","1",.25,"0.5"')), (a.status, a.data))
a = server.move("open-images", "stored", KNOWN, data + b"a,0,x,0,1,\n")
same(("corrupt", "line 7: XMin: 'x' cannot be read as a number"), (a.status, a.detail))
for data, form in ((HEAD, "open-images"), (b"ImageID,Source,LabelName,Confidence\n", "unknown"), (b"MaskPath,ImageID\n", "open-images"), (b"XMin,XMax,YMin,YMax\n", "unknown"),
                   (b"ImageID,Subset,Rotation\n", "unknown"), (b"", "unknown")):
    same(form, server.sniff(data), data)
same(b"ImageID,XMin,XMax,YMin,YMax\n", server.move("open-images", "stored", KNOWN, HEAD).data)
print("open images: %d requests" % server.asked)
