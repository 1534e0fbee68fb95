# SPDX-License-Identifier: MIT
"""metadata.jsonl files that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones.
imagefolder.py SERVER"""
import json
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(2020)


def make(frame, images):
    """One line an image, as a table of lists or a list of objects; one image twice, with one box each time."""
    lines = []
    style = r.choice(list(styles().values()))
    has_sizes = r.random() < 0.5
    for image in images + images[:1]:
        width, height = frame_size(*image["stored"], image["orientation"], frame == "displayed")
        boxes = []
        for _ in range(r.randrange(4)):
            (x1, x2), (y1, y2) = (sorted(4 * v for v in r.sample(range(side + 1), 2)) for side in (width, height))
            boxes.append("[%s]" % r.choice([", ", ",", " , "]).join(style(v) for v in (x1, y1, x2 - x1, y2 - y1)))
        if r.random() < 0.5:
            objects = '{"bbox": [%s], "categories": %s, "area": [%s]}' % (", ".join(boxes), json.dumps([1] * len(boxes)), ", ".join("3.50" for _ in boxes))
        else:
            objects = "[%s]" % ", ".join('{"category": "a\\u00e9", "bbox": %s}' % box for box in boxes)
        members = ['"file_name": "%s"' % image["name"], '"objects": ' + objects, '"text": "12.5 \\" [1, 2]"'] + ['"width": %d' % width, '"height": %d' % height] * has_sizes
        r.shuffle(members)
        lines.append("{%s}" % ", ".join(members))
    return (r.choice(["\n", "\r\n"]).join(lines) + r.choice(["", "\n"])).encode()


def boxes_of(objects):
    rows = objects["bbox"] if isinstance(objects, dict) else [o["bbox"] for o in objects]
    return [[exact(v) for v in row] for row in rows]


def paint(data, sides):
    areas, rest, sizes = {name: blank(*side, 4) for name, side in sides.items()}, [], []
    for line in data.decode().splitlines():
        row = json.loads(line, parse_float=str, parse_int=str)
        for x, y, w, h in boxes_of(row["objects"]):
            paint_box(areas[row["file_name"]], x, y, x + w, y + h, 4)
        sizes.append((row["file_name"], row.pop("width", None), row.pop("height", None)))
        for o in row["objects"] if isinstance(row["objects"], list) else [row["objects"]]:
            del o["bbox"]
        rest.append(row)
    return areas, rest, sizes


files = boxes = 0
for round_ in range(8):
    for frame in FRAMES:
        for mode in MODES:
            images = [{"name": "%d.jpg" % i, "orientation": 1 + (round_ + i) % 8, "stored": r.choice([(7, 4), (5, 9), (6, 6)])} for i in range(8)]
            data = make(frame, images)
            same("imagefolder", server.sniff(data))
            a = server.move("imagefolder", frame, [(i["orientation"], mode, *i["stored"], "rotated", i["name"]) for i in images], data)
            same(("ok", "", 0), (a.status, a.detail, a.outside), data)
            old = paint(data, {i["name"]: frame_size(*i["stored"], i["orientation"], frame == "displayed") for i in images})
            new = paint(a.data, {i["name"]: frame_size(*i["stored"], i["orientation"], mode == "bake") for i in images})
            for i in images:
                same(to_output(old[0][i["name"]], i["orientation"], frame, mode), new[0][i["name"]], "boxes", data, a.data)
            same(old[1], new[1], "the rest")
            for name, width, height in new[2]:
                out = next(frame_size(*i["stored"], i["orientation"], mode == "bake") for i in images if i["name"] == name)
                assert width is None or (int(width), int(height)) == out, (data, a.data)
            files, boxes = files + 1, boxes + a.shapes
            if (frame, mode) == ("stored", "bake"):
                back = [(INVERSE[i["orientation"]], mode, *frame_size(*i["stored"], i["orientation"], True), "rotated", i["name"]) for i in images]
                same(data, server.move("imagefolder", frame, back, a.data).data, "there and back")
print("imagefolder: %d files, %d boxes, 0 wrong" % (files, boxes))

KNOWN = [(6, "bake", 7, 4, "rotated", "a"), (1, "bake", 9, 2, "rotated", "b")]
UNKNOWN = "a member that has a name of coordinates and is not known here"


def line(objects, name='"file_name": "a"'):
    return ('{"objects": %s, %s}' % (objects, name)).encode()


BOXES = '{"bbox": [[1, 1, 2, 1]]}'
for data, status, detail in [
    (line('{"bbox": [[1, 1, 2, 1], [1, 1, 2]]}'), "unsupported", "line 1: objects.bbox[1]: a box that is not of four numbers"),
    (line('[{"bbox": [1, 1, 2, 1, 0]}]'), "unsupported", "line 1: objects.bbox[0]: a box that is not of four numbers"),
    (line('{"bbox": [1, 1, 2, 1]}'), "corrupt", "line 1: objects.bbox: something else than a box in its list"),
    (line('{"bbox": [[1, 1, 2, null]]}'), "corrupt", "line 1: objects.bbox: something else than a number in its list"),
    (line('{"bbox": "1 1 2 1"}'), "corrupt", "line 1: objects.bbox: it is no list"),
    (line('[1]'), "corrupt", "line 1: objects: something else than an object in its list"),
    (line('{"bbox": [], "keypoints": [[1, 2]]}'), "unsupported", "line 1: objects.bbox[0]: " + UNKNOWN),
    (line(BOXES, '"file_name": "a", "bbox_2": [1]'), "unsupported", "line 1: objects.bbox[1]: " + UNKNOWN),
    (line(BOXES, '"file_name": "a", "file_name": "a"'), "corrupt", "line 1: file_name: it is there twice"),
    (line(BOXES, '"file_name": ""'), "corrupt", "line 1: file_name: it is no name"),
    (line(BOXES, '"file_name": "a\\u0000"'), "corrupt", "line 1: file_name: it is no name"),
    (line(BOXES, '"file_name": 1'), "corrupt", "line 1: file_name: it is no name"),
    (line(BOXES) + b'\n\n{"text": "x"}', "corrupt", "line 3: file_name: there is no name"),
    (line(BOXES) + b"\n[]", "corrupt", "line 2: it is no object"),
    (line(BOXES, '"file_name": "z"'), "corrupt", "line 1: there is no image 'z'"),
    (line(BOXES, '"file_name": "a", "width": 7, "width": 7, "height": 4'), "corrupt", "line 1: width: it is there twice"),
    (line(BOXES, '"file_name": "a", "width": 8, "height": 4'), "corrupt", "line 1: it says 8x4, its image is 7x4"),
    (line(BOXES) + b" " + line(BOXES), "corrupt", "line 1, byte 56: '{' where a line end is due"),
]:
    a = server.move("imagefolder", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)
# What stays: images that are not rotated, and what has no place.
for data in (line('{"keypoints": [[1, 2]]}', '"file_name": "b"'), line('{"bbox": null, "box_count": 3, "points": []}'), line('{"bbox": [null, []]}'), line("null"), line(BOXES, '"file_name": "b", "width": 9')):
    a = server.move("imagefolder", "stored", KNOWN, data)
    same(("ok", data, 0), (a.status, a.data, a.edits), a.detail)
a = server.move("imagefolder", "stored", KNOWN, line('{"bbox": [[5, 1, 3, 1]]}'))
same(("ok", 1, line('{"bbox": [[2, 5, 1, 3]]}')), (a.status, a.outside, a.data))
# Behind others: only where lists have grown are numbers read all at once.
a = server.move("imagefolder", "stored", KNOWN, line('{"bbox": [%s[1, -1, 2, 1], [1, -1.5, 2, 1], [1, -123456.125, 2, 1]]}' % ("[1, 1, 2, 1], " * 50)))
same(("ok", line('{"bbox": [%s[4, 1, 1, 2], [4.5, 1, 1, 2], [123459.125, 1, 1, 2]]}' % ("[2, 1, 1, 2], " * 50))), (a.status, a.data))
# One side alone says nothing of the frame, and stays.
for side in ("width", "height"):
    more = '"file_name": "a", "%s": 7' % side
    a = server.move("imagefolder", "stored", KNOWN, line(BOXES, more))
    same(("ok", 0, line('{"bbox": [[2, 1, 1, 2]]}', more)), (a.status, a.sizes, a.data), a.detail)
    same(0, server.scan("imagefolder", line(BOXES, more))[1][0].width)
answer, images = server.scan("imagefolder", line('{"bbox": [[1, 0.5, 2, 4], [0, 1, 1, 1]]}', '"file_name": "a", "width": 7, "height": "4"') + b"\n" + line('{"bbox": [[1]]}', '"file_name": "a"'))
same([Image(7, 4, 0, 0, 0, 3, 1, 0, 0.5, 3, 4.5, "a")], images)
for data, form in ((line(BOXES), "imagefolder"), (b'{"file_name": "a"}\n' + line(BOXES), "imagefolder"), (b'{"file_name": "a", "text": "x"}\n', "unknown"), (b'{"objects": []}', "unknown"),
                   (b'{"text": 1}\n' + line(BOXES), "unknown"), (b'{"a": NaN, "file_name": "a", "objects": {', "imagefolder"), (b'{"a": NaN, "file_name": "a", "objects": {}', "imagefolder"), (b"[" + line(BOXES) + b"]", "unknown")):
    same(form, server.sniff(data), data)
same("limit", server.move("imagefolder", "stored", KNOWN, line('{"bbox": [%s]}' % ", ".join(["[1, 1, 2, 1]"] * 5000)), "max-memory=100000").status)
print("imagefolder: %d requests" % server.asked)
