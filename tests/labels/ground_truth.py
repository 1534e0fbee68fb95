# SPDX-License-Identifier: MIT
"""Manifests of SageMaker Ground Truth that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones. The members are those of
AWS's "Labeling job output data" and "Input manifest files". ground_truth.py SERVER"""
import json
import random
import sys

import png
from painter import *

server = Server(sys.argv[1])
r = random.Random(2018)
FROM, TO = "s3://bucket/in put/".replace(" ", "_"), "s3://other-bucket/out/"


def metadata(kind, **more):
    return {"type": "groundtruth/" + kind, "human-annotated": "yes", "creation-date": "2018-10-18T22:18:13.527256", "job-name": "labeling-job/x", **more}


def boxes(frame_sides, size):
    objects = []
    for _ in range(r.randrange(5)):
        (x1, x2), (y1, y2) = (sorted(r.sample(range(side + 1), 2)) for side in frame_sides)
        box = [("class_id", r.randrange(3)), ("left", x1), ("top", y1), ("width", x2 - x1), ("height", y2 - y1)]
        r.shuffle(box)
        objects.append(dict(box))
    items = [("annotations", objects)]
    if size:
        items.append(("image_size", [dict(r.sample([("width", size[0]), ("height", size[1]), ("depth", 3)], 3))]))
    r.shuffle(items)
    return dict(items)


def mask(sides):
    colors = [(255, 255, 255), (46, 204, 113), (231, 76, 60)]  # of internal-color-map
    return png.PNG(*sides, 8, 2, 0, [[r.choice(colors) for _ in range(sides[0])] for _ in range(sides[1])], [])


def make(frame, images):
    lines, masks = [], {}
    for i, image in enumerate(images):
        shown = frame_size(*image["stored"], image["orientation"], frame == "displayed")
        size = r.choice([shown, image["stored"]]) if r.random() < 0.8 else None
        items = [("source-ref", FROM + image["name"]), ("id", i)]
        for k in range(r.randrange(4)):
            name = "boxes %d" % k
            items += [(name, boxes(shown, size)), (name + "-metadata", metadata("object-detection", objects=[{"confidence": 0.09}], **{"class-map": {"0": "dog"}}))]
        for k in range(r.randrange(3)):
            name = "streets%d-ref" % k
            address = FROM + "masks/%d_%d.png" % (i, k)
            masks[address] = mask(shown)
            colors = {"internal-color-map": {"0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.6}}}
            items += [(name, address), ((name if k else "streets0") + "-metadata", metadata("semantic-segmentation", **colors))]
        if r.random() < 0.5:
            items += [("sport", 0), ("sport-metadata", metadata("image-classification", **{"class-name": "a", "confidence": 1}))]
            items += [("all", [1, 2]), ("all-metadata", metadata("image-classification-multilabel"))]
            items += [("verify", "1"), ("verify-metadata", metadata("label-verification", **{"worker-feedback": [{"comment": "The box is too wide"}]}))]
        r.shuffle(items)
        lines.append(json.dumps(dict(items), separators=r.choice([(",", ":"), (", ", ": ")]), ensure_ascii=r.random() < 0.5))
    return ("\n".join(lines) + r.choice(["", "\n"])).encode(), masks


def paint(data, images, sides, prefix):
    """Of each line: its boxes' picture by label, the sizes that it says, its masks; and everything else."""
    out = []
    for line, image in zip(data.decode().splitlines(), images):
        line = json.loads(line)
        assert line["source-ref"] == prefix + image["name"], line["source-ref"]
        areas, said, masks = {}, set(), {}
        for key in list(line):
            kind = line.get(key + "-metadata", line.get(key[:-4] + "-metadata", {})).get("type")
            if kind == "groundtruth/object-detection":
                areas[key] = blank(*sides(image), 1)
                for box in line[key]["annotations"]:
                    x, y, w, h = (box.pop(n) for n in ("left", "top", "width", "height"))
                    paint_box(areas[key], x, y, x + w, y + h, 1)
                for size in line[key].get("image_size", ()):
                    said.add((size.pop("width"), size.pop("height")))
            elif kind == "groundtruth/semantic-segmentation":
                assert line[key].startswith(prefix)
                masks[key] = line.pop(key)[len(prefix):]
        del line["source-ref"]
        out.append((areas, said, masks, line))
    return out


files = shapes = 0
for round_ in rounds(24):
    for frame in FRAMES:
        for mode in MODES:
            names = ["%d.jpg", "a b/%d\u00e9.jpg", "%d \"q\".png"]
            images = [{"name": r.choice(names) % i, "orientation": 1 + (round_ + i) % 8, "stored": r.choice([(7, 4), (5, 9), (6, 6)])} for i in range(8)]
            data, masks = make(frame, images)
            prefixed = r.choice(["", FROM])
            options = ["masks=rotated"] + (["prefix=%s>%s" % (FROM, TO), "prefix=>x"] if prefixed else [])
            asked = [(i["orientation"], mode, *i["stored"], "rotated", FROM[len(prefixed):] + i["name"]) for i in images]
            answer, scanned = server.scan("ground-truth", data, *options)
            same([FROM[len(prefixed):] + i["name"] for i in images], [i.name for i in scanned], data)
            a = server.move("ground-truth", frame, asked, data, *options)
            same(("ok", ""), (a.status, a.detail), data)
            old = paint(data, images, lambda i: frame_size(*i["stored"], i["orientation"], frame == "displayed"), FROM)
            new = paint(a.data, images, lambda i: frame_size(*i["stored"], i["orientation"], mode == "bake"), TO if prefixed else FROM)
            values = server.masks(frame, asked)
            for image, seen, value, before, after in zip(images, scanned, values, old, new):
                for key in before[0]:
                    same(to_output(before[0][key], image["orientation"], frame, mode), after[0][key], "boxes", data, a.data)
                if image["orientation"] > 1 and before[1]:
                    same({frame_size(*image["stored"], image["orientation"], mode == "bake")}, after[1], "sizes")
                same(before[2], after[2], "masks")
                same(sorted(seen.masks), sorted(FROM[len(prefixed):] + m for m in before[2].values()), "names of masks")
                for address in before[2].values():
                    picture = masks[FROM + address]
                    moved = picture if value == 1 else png.read(server.orient(value, png.write(picture, r)).data)
                    same(to_output(picture.rows, image["orientation"], frame, mode), moved.rows, "mask")
                same(before[3], after[3], "the rest")
            files, shapes = files + 1, shapes + a.shapes
            if (frame, mode) == ("stored", "bake"):
                back = [(INVERSE[i["orientation"]], mode, *frame_size(*i["stored"], i["orientation"], True), "rotated", n[5]) for i, n in zip(images, asked)]
                b = server.move("ground-truth", frame, back, a.data, "masks=rotated", *(["prefix=%s>%s" % (TO, FROM)] if prefixed else []))
                same("ok", b.status, b.detail)
                # Sizes that were in the displayed frame come back in the stored one.
                again = server.move("ground-truth", frame, [(1, "bake", *i["stored"], "rotated", n[5]) for i, n in zip(images, asked)], b.data, "masks=rotated", *options[1:2])
                if all(not o[1] or o[1] == {i["stored"]} for o, i in zip(old, images)):
                    same(data, b.data, "there and back")
                same(a.shapes, again.shapes)
print("ground truth: %d manifests, %d shapes, 0 wrong" % (files, shapes))

# Of one size each there and back is the same bytes, always.
for orientation in range(1, 9):
    data = b""
    for k in range(20):
        w, h = r.randrange(1, 99), r.randrange(1, 99)
        size = '"image_size" :[{"width":%d,"height":%d,"depth":3}]' % (w, h)
        x, y, end = r.randrange(w), r.randrange(h), r.choice(["", ".50"])
        data = ('{"source-ref":"s3:\\/\\/a\\/%d.jpg","b":{%s,"annotations":[{"class_id":0,"left":%d%s,"top":%d%s,"width":%d%s,"height":%d%s}]},'
                '"b-metadata":{"type":"groundtruth\\/object-detection"}}\r\n' % (k, size, x, end, y, end, w - x, end, h - y, end)).encode()
        name = "s3://a/%d.jpg" % k
        a = server.move("ground-truth", "stored", [(orientation, "bake", w, h, "rotated", name)], data)
        same(("ok", 1), (a.status, a.shapes), a.detail, data)
        b = server.move("ground-truth", "stored", [(INVERSE[orientation], "bake", *frame_size(w, h, orientation, True), "rotated", name)], a.data)
        same(data, b.data, orientation)
        c = server.move("ground-truth", "stored", [(orientation, "bake", w, h, "rotated", "%d.jpg" % k)], data, 'prefix=s3://a/>s3://"b\\/')
        same(a.data.replace(b"s3:\\/\\/a\\/", b's3://\\"b\\\\/'), c.data)

# An input manifest has addresses alone; images that failed keep theirs, copies get the new one.
data = b'{"source-ref": "s3://a/x/1.jpg"}\n{"source-ref": "s3://a/x/2.jpg", "extra": {"n": 1}, "ref": "s3://a/3"}\n\n{"source": "a text"}\n{"source-ref": "s3://a/x/1.jpg"}\n'
a = server.move("ground-truth", "stored", [(6, "bake", 7, 4, "failed", "x/1.jpg"), (6, "bake", 7, 4, "unsupported", "x/2.jpg")], data, "prefix=s3://a/>s3://b/y/")
same(("ok", data.replace(b"s3://a/x/2", b"s3://b/y/x/2"), 1), (a.status, a.data, a.edits))
a = server.move("ground-truth", "stored", [(1, "bake", 7, 4, "rotated", "1.jpg"), (3, "bake", 7, 4, "rotated", "2.jpg")], data, "prefix=s3://a/x/2>s3://b/2", "prefix=s3://a/x/")
same(("corrupt", "line 2: source-ref: there is no image '.jpg'"), (a.status, a.detail))
a = server.move("ground-truth", "stored", [(1, "bake", 7, 4, "rotated", "1.jpg"), (3, "bake", 7, 4, "rotated", "2.jpg")], data, "prefix=s3://a/x/")
same(("ok", data, 0), (a.status, a.data, a.edits))

KNOWN = [(6, "bake", 7, 4, "rotated", "a"), (1, "bake", 9, 2, "rotated", "b")]
BOX = '{"left": 1, "top": 1, "width": 2, "height": 1}'
TYPE = '"x-metadata": {"type": "groundtruth/object-detection"}'


def line(members, source='"source-ref": "a", '):
    return ("{%s%s}" % (source, members)).encode()


for data, status, detail in [
    (line('"x": {"annotations": [%s, {"left": 1}]}, %s' % (BOX, TYPE)), "unsupported", "line 1: x.annotations[1]: a box that is not left, top, width, height"),
    (line('"x": {"annotations": [{"left": 1, "left": 1, "top": 1, "width": 2, "height": 1}]}, %s' % TYPE), "unsupported", "line 1: x.annotations[0]: a box that is not left, top, width, height"),
    (line('"x": {"annotations": [{"left": "a", "top": 1, "width": 2, "height": 1}]}, %s' % TYPE), "unsupported", "line 1: x.annotations[0]: a box that is not left, top, width, height"),
    (line('"x": {"annotations": [%s]}, %s' % (BOX.replace("}", ', "rotation": 3}'), TYPE)), "unsupported", "line 1: x: a member that has a name of coordinates and is not known here"),
    (line('"x": {"annotations": [%s], "polygons": [1]}, %s' % (BOX, TYPE)), "unsupported", "line 1: x: a member that has a name of coordinates and is not known here"),
    (line('"x": {"annotations": [%s]}' % BOX), "unsupported", "line 1: x: a label without the metadata that says its type"),
    (line('"x": {"keypoints": []}'), "unsupported", "line 1: x: a label without the metadata that says its type"),
    (line('"x": [{"deep": [{"left": 1}]}]'), "unsupported", "line 1: x: a label without the metadata that says its type"),
    (line('"x": {"a": 1}, "x-metadata": {"type": "groundtruth/video-object-detection"}'), "unsupported", "line 1: x: a label of a type that is not known here"),
    (line('"x": {"annotations": []}, "x-metadata": {"type": "groundtruth/object-detection", "type": "groundtruth/image-classification"}'), "unsupported", "line 1: x: a label of a type that is not known here"),
    (line('"x": {"annotations": []}, %s, %s' % (TYPE, TYPE.replace("object-detection", "image-classification"))), "unsupported", "line 1: x: a label of a type that is not known here"),
    (line('"x": {"annotations": [%s]}, %s' % (BOX, TYPE.replace("object-detection", "image-classification"))), "unsupported", "line 1: x: places in a label whose type has none"),
    (line('"x": 1, %s' % TYPE), "unsupported", "line 1: x: boxes without their annotations"),
    (line('"x": {}, %s' % TYPE.replace("object-detection", "semantic-segmentation")), "unsupported", "line 1: x: a mask without its address"),
    (line('"x-ref": "s3://m.png"'), "unsupported", "line 1: x-ref: an address without the metadata that says of what"),
    (line('"x-ref": "s3://m.png", "x-ref-metadata": {"type": "groundtruth/semantic-segmentation"}'), "unsupported", "line 1: x-ref: a mask image, which is not rotated with it"),
    (line('"x": {"annotations": 1}, %s' % TYPE), "unsupported", "line 1: x: boxes without their annotations"),
    (line('"x": {"annotations": [1]}, %s' % TYPE), "corrupt", "line 1: x.annotations: something else than a box in its list"),
    (line('"x": {"annotations": [], "annotations": []}, %s' % TYPE), "corrupt", "line 1: x.annotations: it is there twice"),
    (line('"x": {"image_size": 1}, %s' % TYPE), "corrupt", "line 1: x.image_size: it is no list of sizes"),
    (line('"x": {"image_size": [1]}, %s' % TYPE), "corrupt", "line 1: x.image_size: something else than a size in its list"),
    (line('"x": {"image_size": [{"width": 7}]}, %s' % TYPE), "corrupt", "line 1: x.image_size: it has not one width and one height"),
    (line('"x": {"image_size": [{"width": 7, "height": 5}]}, %s' % TYPE), "corrupt", "line 1: source-ref: it says 7x5, its image is 7x4"),
    (line('"x": {"image_size": [{"width": 7, "height": 4}, {"width": 4, "height": 7}]}, %s' % TYPE), "corrupt", "line 1: source-ref: another size than that of its image before"),
    (b'{"source-ref": "b"}\n' + line('"x": {"annotations": [%s]}, %s' % (BOX, TYPE), ""), "corrupt", "line 2: x: a label without an image: there is no source-ref"),
    (line('"y": 1', '"source-ref": "c", '), "corrupt", "line 1: source-ref: there is no image 'c'"),
    (line('"source-ref": "a"'), "corrupt", "line 1: source-ref: it is there twice"),
    (line('"y": 1', '"source-ref": 1, '), "corrupt", "line 1: source-ref: it is no address"),
    (line('"y": 1', '"source-ref": "", '), "corrupt", "line 1: source-ref: it is no address"),
    (line('"y": 1', '"source-ref": "\\u0000", '), "corrupt", "line 1: source-ref: it is no address"),
    (b'{"source-ref": "a"}\n[]', "corrupt", "line 2: it is no object"),
]:
    a = server.move("ground-truth", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)
a = server.move("ground-truth", "stored", KNOWN, line('"y": 1'), "prefix=s3://>x")
same(("corrupt", "line 1: source-ref: 'a' begins with none of the prefixes that are given"), (a.status, a.detail))
a = server.move("ground-truth", "stored", KNOWN, line('"m-ref": "b", "m-metadata": {"type": "groundtruth/semantic-segmentation"}'), "prefix=a", "masks=rotated")
same(("corrupt", "line 1: m-ref: 'b' begins with none of the prefixes that are given"), (a.status, a.detail))
# On an image that needs nothing what is refused stays as it is.
data = line('"x": {"keypoints": []}, "m-ref": "z"', '"source-ref": "b", ')
a = server.move("ground-truth", "stored", KNOWN, data)
same(("ok", data, 0), (a.status, a.data, a.edits))
# A label that is there twice is two labels; boxes of both are moved.
a = server.move("ground-truth", "stored", KNOWN, line('"x": {"annotations": [%s]}, "x": {"annotations": [%s]}, %s' % (BOX, BOX, TYPE)))
same(("ok", 2), (a.status, a.data.count(b'{"left": 2, "top": 1, "width": 1, "height": 2}')), a.data)
for data, form in ((line('"y": 1'), "ground-truth"), (b'{"a": {"b": []}, "source\\u002dref": "x"}\n{"source', "ground-truth"), (b'{"source": "x"}', "unknown"), (b'[{"source-ref": "x"}]', "unknown")):
    same(form, server.sniff(data), data)
same("limit", server.move("ground-truth", "stored", KNOWN, line('"x": {"annotations": [%s]}, %s' % (", ".join([BOX] * 5000), TYPE)), "max-memory=100000").status)
print("ground truth: %d requests" % server.asked)
