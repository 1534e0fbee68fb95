# SPDX-License-Identifier: MIT
"""Tables of boxes that are made here, painted, rotated as pixels, and compared with what is painted of the moved file. csv_boxes.py SERVER"""
import csv
import io
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(4180)
HEADS = [(["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"], "xmin ymin xmax ymax".split(), "filename"),
         (["image", "xmin", "ymin", "xmax", "ymax", "label"], "xmin ymin xmax ymax".split(), "image"),
         (["path", "x1", "y1", "x2", "y2", "class"], "x1 y1 x2 y2".split(), "path")]


def make(frame, images, write):
    head, corners, name = r.choice(HEADS)
    separator, line_end, quoting = r.choice([",", ";", "\t"]), r.choice(["\n", "\r\n"]), r.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end, quoting=quoting)
    writer.writerow(head)
    for n in range(8):
        image = r.choice(images)
        shown = frame_size(*image["stored"], image["orientation"], frame == "displayed")
        size = shown if image["mended"] else image["stored"]
        (x1, x2), (y1, y2) = (sorted(r.sample(range(1 if n == 0 else 0, side + 1), 2)) for side in shown)
        row = dict(zip(corners, (write(4 * v) for v in (x1, y1, x2, y2))))
        if n and r.random() < 0.1:
            row = dict.fromkeys(corners, "")
        row.update({"width": size[0], "height": size[1], name: image["name"], "class": r.choice(["a", "b,c", 'd "e"', "f\ng"]), "label": "x"})
        writer.writerow([row[c] for c in head])
    return out.getvalue().encode(), separator, corners, name


def paint(data, separator, corners, name, images, sizes):
    areas = {image["name"]: blank(*sizes(image)) for image in images}
    said, rest = {}, []
    for row in csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=separator):
        values = [row.pop(c) for c in corners]
        if any(values):
            paint_box(areas[row[name]], *map(exact, values))
        if "width" in row:
            said.setdefault(row[name], set()).add((int(row.pop("width")), int(row.pop("height"))))
        rest.append((row, [v == "" for v in values]))
    return areas, said, rest


files = edits = 0
for round_ in rounds(24):
    for frame in FRAMES:
        for mode in MODES:
            images = [{"name": r.choice(["a/%d.jpg", '"%d",;.jpg', "%d x.jpg"]) % i, "orientation": 1 + (round_ + i) % 8, "stored": r.choice([(7, 4), (5, 9), (6, 6)]),
                       "mended": r.random() < 0.5} for i in range(3)]
            data, *how = make(frame, images, list(styles().values())[round_ % 3])
            a = server.move("csv", frame, [(i["orientation"], mode, *i["stored"], "rotated", i["name"]) for i in images], data)
            same(("ok", ""), (a.status, a.detail), data)
            old = paint(data, *how, images, lambda i: frame_size(*i["stored"], i["orientation"], frame == "displayed"))
            new = paint(a.data, *how, images, lambda i: frame_size(*i["stored"], i["orientation"], mode == "bake"))
            for i in images:
                same(to_output(old[0][i["name"]], i["orientation"], frame, mode), new[0][i["name"]], "boxes", i, frame, mode, data, a.data)
                if i["orientation"] > 1 and i["name"] in new[1]:
                    same({frame_size(*i["stored"], i["orientation"], mode == "bake")}, new[1][i["name"]], "sizes")
            same(old[2], new[2], "the rest")
            files, edits = files + 1, edits + a.edits
            if (frame, mode) == ("stored", "bake"):
                b = server.move("csv", frame, [(INVERSE[i["orientation"]], mode, *frame_size(*i["stored"], i["orientation"], True), "rotated", i["name"]) for i in images], a.data)
                same(data, b.data, "there and back", a.data)
print("csv: %d files, %d edits, 0 wrong" % (files, edits))

KNOWN = [(6, "bake", 7, 4, "rotated", "a.jpg")]
HEAD = b"filename,width,height,class,xmin,ymin,xmax,ymax\n"
for data, status, detail in [
    (HEAD + b"a.jpg,7,4,x,1,1,2\n", "corrupt", "line 2: another count of fields than the first line has"),
    (HEAD + b"a.jpg,7,4,x,1,1,3,2\n\na.jpg,7,4,x,1,1,2,z\n", "corrupt", "line 4: 'z' cannot be read as a number"),
    (HEAD + b'a.jpg,7,4,"x\ny",1,1,3,2\na.jpg,7,4,x,1,1,3,\n', "corrupt", "line 4: a box without its four numbers"),
    (HEAD + b'a.jpg,7,4,"x,1,1,3,2\n', "corrupt", "line 2: its fields are not well formed"),
    (HEAD + b'a.jpg,7,4,"x"y,1,1,3,2\n', "corrupt", "line 2: its fields are not well formed"),
    (HEAD + b",7,4,x,1,1,3,2\n", "corrupt", "line 2: a line without the name of an image"),
    (HEAD + b"b.jpg,7,4,x,1,1,3,2\n", "corrupt", "line 2: there is no image 'b.jpg'"),
    (HEAD + b"a.jpg,8,4,x,1,1,3,2\n", "corrupt", "line 2: it says 8x4, its image is 7x4"),
    (HEAD + b"a.jpg,7,4,x,1,1,3,2\na.jpg,4,7,x,1,1,3,2\n", "corrupt", "line 3: another size than that of its image before"),
    (HEAD + b"a.jpg,7,4,x,0.1,0.1,1,0.2\n", "unsupported", "line 2: no coordinate of the file is over 2: they may be parts of sides"),
    (HEAD + b"a.jpg,7,4,x,0.1,0.1,1.002,0.2\n", "unsupported", "line 2: no coordinate of the file is over 2: they may be parts of sides"),
    (b"Filename,XMin,YMin,XMax,YMax,Angle\na.jpg,1,1,3,3,4\n", "unsupported", "line 2: a column of coordinates besides the corners"),
    (b"Filename,X1,Y1,X2,Y2,X3\na.jpg,1,1,3,3,4\n", "unsupported", "line 2: a column of coordinates besides the corners"),
    *((b"filename,x1,y1,x2,y2,%s\na.jpg,1,1,3,3,1,3\n" % names, "unsupported", "line 2: a column of coordinates besides the corners")
      for names in (b"x3,y3", b"cx,cy", b"angle,z", b"xmin,ymin", b"x1,y1", b"z,polygon")),
    (b"", "corrupt", "it does not name the columns of images and corners"),
    (b"a.jpg,1,1,2,2\n", "corrupt", "line 1: it does not name the columns of images and corners"),
]:
    a = server.move("csv", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)
same(b"Filename,XMin,YMin,XMax,YMax\na.jpg,2,1,3,3\n", server.move("csv", "stored", KNOWN, b"Filename,XMin,YMin,XMax,YMax\na.jpg,1,1,3,2\n").data)
same("ok", server.move("csv", "stored", KNOWN, HEAD + b"a.jpg,7,4,x,-5,1,1,2\n").status)
same(HEAD + b'a.jpg,4,7,x,"2", 1 ,3,3\n', server.move("csv", "stored", KNOWN, HEAD + b'a.jpg,7,4,x,"1", 1 ,3,2\n').data)
for data, form in ((HEAD, "csv"), (b"\xef\xbb\xbf" + HEAD, "csv"), (b"image;xmin;ymin;xmax;ymax", "csv"), (HEAD.upper(), "csv"), (b"Filename, XMin,YMin,XMax,YMax\n", "csv"), (b"\xff\xfe" + HEAD.decode().encode("utf-16-le"), "csv"), (b"a.jpg,1,1,3,2\n", "unknown"), (b"ImageID,XMin,XMax,YMin,YMax\n", "open-images"), (b"filename,x,y\n", "unknown"), (b"", "unknown")):
    same(form, server.sniff(data), data)
print("csv: %d requests" % server.asked)
