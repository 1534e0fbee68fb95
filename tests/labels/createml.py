# SPDX-License-Identifier: MIT
"""Files of Create ML that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones. createml.py SERVER"""
import json
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(2019)


def make(frame, images, meaning):
    out = []
    words = r.choice([("image", "annotations"), ("imagefilename", "annotation")])
    for image in images:
        shown = frame_size(*image["stored"], image["orientation"], frame == "displayed")
        boxes = []
        for _ in range(r.randrange(4)):
            (x1, x2), (y1, y2) = (sorted(r.sample(range(side + 1), 2)) for side in shown)
            x, y = (x1, y1) if meaning == "corner" else ((x1 + x2) / 2, (y1 + y2) / 2)
            if meaning == "corner" and r.random() < 0.5:
                x1, x2, y1, y2, x, y = (float(v) for v in (x1, x2, y1, y2, x, y))
            items = [("x", x), ("y", y), ("width", x2 - x1), ("height", y2 - y1)]
            r.shuffle(items)
            boxes.append(dict(r.sample([("label", "a"), ("coordinates", dict(items))], 2)))
        out.append(dict(r.sample([(words[0], image["name"]), (words[1], boxes), ("other", 3)], 3)))
    return json.dumps(out, indent=r.choice([None, 2])).encode()


def paint(data, meaning, sides):
    areas, rest = {name: blank(*side, 2) for name, side in sides.items()}, json.loads(data, parse_float=exact)
    for image in rest:
        for a in image.get("annotations", image.get("annotation")):
            x, y, w, h = (a["coordinates"].pop(n) for n in ("x", "y", "width", "height"))
            if meaning == "center":
                x, y = x - exact(w) / 2, y - exact(h) / 2
            paint_box(areas[image.get("image", image.get("imagefilename"))], x, y, x + w, y + h, 2)
    return areas, rest


files = boxes = 0
for round_ in range(8):
    for meaning in ("center", "corner"):
        for frame in FRAMES:
            for mode in MODES:
                images = [{"name": "%d.jpg" % i, "orientation": 1 + (round_ + i) % 8, "stored": r.choice([(7, 4), (5, 9), (6, 6)])} for i in range(8)]
                data = make(frame, images, meaning)
                same("createml", server.sniff(data))
                asked = [(i["orientation"], mode, *i["stored"], "rotated", i["name"]) for i in images]
                a = server.move("createml", frame, asked, data, "createml=" + meaning)
                same(("ok", "", 0), (a.status, a.detail, a.outside), data)
                old = paint(data, meaning, {i["name"]: frame_size(*i["stored"], i["orientation"], frame == "displayed") for i in images})
                new = paint(a.data, meaning, {i["name"]: frame_size(*i["stored"], i["orientation"], mode == "bake") for i in images})
                for i in images:
                    same(to_output(old[0][i["name"]], i["orientation"], frame, mode), new[0][i["name"]], "boxes", data, a.data)
                same(old[1], new[1], "the rest")
                files, boxes = files + 1, boxes + a.shapes
                if (frame, mode) == ("stored", "bake"):
                    back = [(INVERSE[i["orientation"]], mode, *frame_size(*i["stored"], i["orientation"], True), "rotated", i["name"]) for i in images]
                    same(data, server.move("createml", frame, back, a.data, "createml=" + meaning).data, "there and back")
print("createml: %d files, %d boxes, 0 wrong" % (files, boxes))

KNOWN = [(6, "bake", 7, 4, "rotated", "a"), (1, "bake", 9, 2, "rotated", "b")]
BOX = '{"coordinates": {"x": 1, "y": 1, "width": 2, "height": 1}}'


def one(annotations, name='"image": "a"'):
    return ('[{"annotations": [%s], %s}]' % (annotations, name)).encode()


for data, status, detail in [
    (one(BOX.replace('"x"', '"z"')), "unsupported", "images[0].annotations[0].coordinates: a box that is not x, y, width, height"),
    (one(BOX.replace('"x": 1', '"x": 1, "angle": 5')), "unsupported", "images[0].annotations[0].coordinates: a box that is not x, y, width, height"),
    (one(BOX.replace('"x": 1', '"x": 1, "x": 1')), "unsupported", "images[0].annotations[0].coordinates: a box that is not x, y, width, height"),
    (one(BOX + ', {"polygon": [1]}'), "unsupported", "images[0].annotations[1].coordinates: a member that has a name of coordinates and is not known here"),
    (one('{"coordinates": 1}'), "unsupported", "images[0].annotations[0].coordinates: a member that has a name of coordinates and is not known here"),
    (one("1"), "corrupt", "images[0].annotations: something else than an object in its list"),
    (one("", '"image": ""'), "corrupt", "images[0].image: it is no name"),
    (one("", '"image": 1'), "corrupt", "images[0].image: it is no name"),
    (one("", '"image": "a", "image": "a"'), "corrupt", "images[0].image: it is there twice"),
    (one("", '"x": "a"'), "corrupt", "images[0].image: there is no name"),
    (one("", '"image": "z"'), "corrupt", "images[0].image: there is no image 'z'"),
    (b"[1]", "corrupt", "images[0]: it is no object"),
    (b"{}", "corrupt", "it is no list"),
]:
    a = server.move("createml", "stored", KNOWN, data, "createml=center")
    same((status, detail), (a.status, a.detail), data)
# What nobody says is not guessed, but for images that stay.
a = server.move("createml", "stored", KNOWN, one(BOX))
same(("unsupported", "images[0].annotations[0].coordinates: a box whose x and y may be its center or a corner"), (a.status, a.detail))
data = one(BOX, '"image": "b"')
a = server.move("createml", "stored", KNOWN, data)
same(("ok", data, 0), (a.status, a.data, a.edits))
answer, images = server.scan("createml", one(BOX))
same((1, 1), (images[0].shapes, images[0].refused))
for data, form in ((one(BOX), "createml"), (b'[{"image": "a"}]', "unknown"), (b'[{"annotations": []}]', "unknown"), (b"[]", "unknown"), (b'[{"imagefilename": "a", "annotation": [', "createml")):
    same(form, server.sniff(data), data)
same("limit", server.move("createml", "stored", KNOWN, one(", ".join([BOX] * 5000)), "createml=corner", "max-memory=100000").status)
print("createml: %d requests" % server.asked)
