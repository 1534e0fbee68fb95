# SPDX-License-Identifier: MIT
"""COCO's panoptic labels: PNGs of ids and a JSON file of their boxes, made here and moved together; the boxes are those that the ids of the moved PNG have.
panoptic.py SERVER"""
import json
import random
import sys

import png
from painter import *

server = Server(sys.argv[1])
r = random.Random(1612)


def boxes_of(ids):
    """The smallest box of each id: what segments_info says of a PNG."""
    found = {}
    for y, row in enumerate(ids):
        for x, value in enumerate(row):
            x1, y1, x2, y2 = found.get(value, (x, y, x, y))
            found[value] = min(x1, x), min(y1, y), max(x2, x), max(y2, y)
    return {value: [x1, y1, x2 - x1 + 1, y2 - y1 + 1] for value, (x1, y1, x2, y2) in found.items() if value}


def ids_of(picture):
    """rgb2id() of COCO: R + 256 G + 256^2 B."""
    return [[p[0] + 256 * p[1] + 65536 * p[2] for p in row] for row in picture.rows]


def make(frame, images):
    masks, annotations, listed = {}, [], []
    for i, image in enumerate(images):
        shown = frame_size(*image["stored"], image["orientation"], frame == "displayed")
        ids = [0, *r.sample(range(1, 2 ** 24), 4)]
        grid = [[r.choice(ids) if r.random() < 0.3 else ids[y * 5 // shown[1]] for x in range(shown[0])] for y in range(shown[1])]
        name = "%d\u00e9.png" % i
        rows = [[(v & 255, v >> 8 & 255, v >> 16) for v in row] for row in grid]
        masks[name] = png.PNG(*shown, 8, 2, r.randrange(2), rows, [])
        segments = [{"id": v, "category_id": 1, "iscrowd": 0, "bbox": b, "area": sum(row.count(v) for row in grid)} for v, b in boxes_of(grid).items()]
        items = [("segments_info", segments), ("file_name", name), ("image_id", i)]
        r.shuffle(items)
        annotations.append(dict(items))
        size = shown if r.random() < 0.5 else image["stored"]
        listed.append({"file_name": image["name"], "id": i, "width": size[0], "height": size[1]})
    lists = [("images", listed), ("annotations", annotations), ("categories", [{"id": 1, "isthing": 1, "name": "a"}])]
    r.shuffle(lists)
    return masks, json.dumps(dict(lists), indent=r.choice([None, 2])).encode()


files = moved = 0
for round_ in rounds(16):
    for frame in FRAMES:
        for mode in MODES:
            images = [{"name": "%d.jpg" % i, "orientation": 1 + (round_ + i) % 8, "stored": r.choice([(7, 4), (5, 9), (6, 6)])} for i in range(8)]
            masks, data = make(frame, images)
            asked = [(i["orientation"], mode, *i["stored"], "rotated", i["name"]) for i in images]
            answer, scanned = server.scan("coco", data)
            by_name = {i.name: i.masks for i in scanned}
            same({"%d.jpg" % i: ("%d\u00e9.png" % i,) for i in range(8)}, by_name)
            values = dict(zip((i["name"] for i in images), server.masks(frame, asked)))
            a = server.move("coco", frame, asked, data, "masks=rotated")
            same(("ok", ""), (a.status, a.detail), data)
            new = json.loads(a.data)
            for annotation in new["annotations"]:
                image = new["images"][annotation["image_id"]]
                name = by_name[image["file_name"]][0]
                given = images[annotation["image_id"]]
                value = values[image["file_name"]]
                mask = masks[name] if value == 1 else png.read(server.orient(value, png.write(masks[name], r)).data)
                same((mask.depth, mask.color), (8, 2))
                same(to_output(ids_of(masks[name]), given["orientation"], frame, mode), ids_of(mask), "ids")
                same(boxes_of(ids_of(mask)), {s["id"]: s["bbox"] for s in annotation["segments_info"]}, "boxes", data, a.data)
                if given["orientation"] > 1:
                    same((mask.width, mask.height), (image["width"], image["height"]))
                files, moved = files + 1, moved + len(annotation["segments_info"])
            if (frame, mode) == ("stored", "bake"):
                mended = [i for i in images if i["orientation"] > 1]
                back = [(INVERSE[i["orientation"]], mode, *frame_size(*i["stored"], i["orientation"], True), "rotated", i["name"]) for i in images]
                b = server.move("coco", frame, back, a.data, "masks=rotated")
                old = json.loads(data)
                for image, given in zip(old["images"], images):
                    if given in mended:
                        image["width"], image["height"] = given["stored"]
                same(old, json.loads(b.data), "there and back")
                same(json.dumps(old, indent=2 if b"\n" in data else None).encode(), b.data, "there and back")
            # Who does not rotate them gets nothing that is half moved.
            if any(v > 1 for v in values.values()):
                b = server.move("coco", frame, asked, data)
                same("unsupported", b.status)
                assert b.detail.endswith(": a mask image, which is not rotated with it"), b.detail
print("panoptic: %d PNGs, %d boxes, 0 wrong" % (files, moved))

KNOWN = [(6, "bake", 7, 4, "rotated", "a.jpg")]


def coco(annotation):
    return ('{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [%s]}' % annotation).encode()


for annotation, status, detail in [
    ('"segments_info": [{"id": 1, "bbox": [1, 1, 1, 1]}]', "unsupported", "annotations[0].segments_info: panoptic labels without the file_name of their PNG"),
    ('"segments_info": [{"bbox": [1, 1, 1]}], "file_name": "x"', "unsupported", "annotations[0].segments_info.bbox: a box that is not of four numbers"),
    ('"segments_info": [{"center": [1, 1]}], "file_name": "x"', "unsupported", "annotations[0]: a member that has a name of coordinates and is not known here"),
    ('"segments_info": {}, "file_name": "x"', "corrupt", "annotations[0].segments_info: it is no list"),
    ('"segments_info": [1], "file_name": "x"', "corrupt", "annotations[0].segments_info: a segment is no object"),
    ('"segments_info": [], "file_name": 1', "corrupt", "annotations[0].file_name: it is no name"),
    ('"segments_info": [], "file_name": ""', "corrupt", "annotations[0].file_name: it is no name"),
    ('"segments_info": [], "file_name": "a\\u0000"', "corrupt", "annotations[0].file_name: it is no name"),
    ('"file_name": "x", "segments_info": [], "file_name": "x"', "corrupt", "annotations[0].file_name: it is there twice"),
]:
    data = coco('{"image_id": 1, %s}' % annotation)
    a = server.move("coco", "stored", KNOWN, data, "masks=rotated")
    same((status, detail), (a.status, a.detail), data)
# A file_name is a mask's beside segments alone.
answer, images = server.scan("coco", coco('{"image_id": 1, "file_name": "a.jpg", "bbox": [1, 1, 1, 1]}'))
same((1, 0, ()), (images[0].shapes, images[0].refused, images[0].masks))
answer, images = server.scan("coco", coco('{"image_id": 1, "file_name": "x", "segments_info": []}, {"image_id": 1, "file_name": "y", "segments_info": []}'))
same((2, 2, ("x", "y")), (images[0].shapes, images[0].refused, images[0].masks))
same("limit", server.move("coco", "stored", KNOWN, coco(", ".join('{"image_id": 1, "file_name": "x", "segments_info": []}' for i in range(9000))), "max-memory=100000").status)
print("panoptic: %d requests" % server.asked)
