# SPDX-License-Identifier: MIT
"""Datumaro's JSON files that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones. datumaro.py SERVER"""
import json
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(1756)


def dump(value):
    """Python's json, numbers that are texts without their quotes."""
    return json.dumps(value, indent=r.choice([None, 1])).replace('"~', "").replace('~"', "")


def number(q, style):
    return "~%s~" % style(q)


def make_annotation(width, height, style):
    whole = style is STYLES["integers"]
    pick = lambda side: r.randrange(side + 1) * 4 if whole else r.randrange(4 * side + 1)
    kind = r.choice(["bbox", "polygon", "polyline", "points", "ellipse", "mask", "label", "caption"])
    a = {"id": r.randrange(99), "type": kind, "attributes": {"occluded": False}, "group": 0, "label_id": 1, "z_order": 0}
    if kind in ("bbox", "ellipse"):
        (x1, x2), (y1, y2) = (sorted((pick(side), pick(side))) for side in (width, height))
        a["bbox" if kind == "bbox" else "points"] = [number(q, style) for q in ((x1, y1, x2 - x1, y2 - y1) if kind == "bbox" else (x1, y1, x2, y2))]
    elif kind in ("polygon", "polyline"):
        a["points"] = [number(pick(side), style) for _ in range(r.randrange(3, 6)) for side in (width, height)]
    elif kind == "points":
        seen = [r.choice([0, 1, 2]) for _ in range(4)]
        a["points"] = [number(pick(side) if v else 0, style) for v in seen for side in (width, height)]
        a["visibility"] = seen
    elif kind == "mask":
        runs = runs_of([[int(r.random() < 0.5) for _ in range(width)] for _ in range(height)])
        a["rle"] = {"counts": letters_of(runs) if r.random() < 0.7 else runs, "size": [height, width]}
    items = list(a.items())
    r.shuffle(items)
    return dict(items)


STYLES = styles()


def make(frame, images):
    style = r.choice(list(STYLES.values()))
    items = []
    for image in images:
        width, height = frame_size(*image["stored"], image["orientation"], frame == "displayed")
        item = {"id": image["name"].split(".")[0], "annotations": [make_annotation(width, height, style) for _ in range(r.randrange(5))]}
        if r.random() < 0.8:
            item["image"] = {"path": image["name"]} if r.random() < 0.3 else {"path": image["name"], "size": [height, width]}
            image["asked"] = image["name"]
        else:
            image["asked"] = item["id"]
        pairs = list(item.items())
        r.shuffle(pairs)
        items.append(dict(pairs))
    return dump({"infos": {"points": [1]}, "categories": {"label": {"labels": []}, "points": {"items": [{"positions": [1.5]}]}}, "items": items}).encode()


def paint(data, sides):
    d, out, rest = json.loads(data, parse_float=str, parse_int=str), [], []
    for item, (width, height) in zip(d["items"], sides):
        areas, points, masks = blank(width, height), blank(4 * width + 1, 4 * height + 1, 1), []
        for n, a in enumerate(item["annotations"]):
            kind = a["type"]
            numbers = [exact(v) for v in a.pop("bbox" if kind == "bbox" else "points", [])]
            if kind == "bbox":
                x, y, w, h = numbers
                paint_box(areas, x, y, x + w, y + h)
            elif kind == "ellipse":
                paint_box(areas, *numbers)
            elif kind == "polygon":
                paint_polygon(areas, list(zip(numbers[::2], numbers[1::2])))
            elif kind in ("points", "polyline"):
                for i, (x, y) in enumerate(zip(numbers[::2], numbers[1::2])):
                    if kind == "polyline" or a["visibility"][i] != "0":
                        paint_point(points, int(4 * x), int(4 * y), 10 ** i * (n + 1))
                    else:
                        same((0, 0), (x, y), "a point that is absent")
            elif kind == "mask":
                rle = a.pop("rle")
                same([str(height), str(width)], rle["size"], "size of a mask")
                masks.append(mask_of(runs_of_letters(rle["counts"]) if isinstance(rle["counts"], str) else list(map(int, rle["counts"])), width, height))
        size = item.get("image", {}).pop("size", None)
        assert size is None or size == [str(height), str(width)], (size, width, height)
        out.append((areas, points, masks))
        rest.append(item)
    return out, (rest, d["infos"], d["categories"])


files = shapes = 0
for round_ in rounds(12):
    for frame in FRAMES:
        for mode in MODES:
            images = [{"name": "%d.jpg" % i, "orientation": 1 + (round_ + i) % 8, "stored": r.choice([(7, 4), (5, 9), (6, 6)])} for i in range(8)]
            data = make(frame, images)
            same("datumaro", server.sniff(data), data)
            asked = [(i["orientation"], mode, *i["stored"], "rotated", i["asked"]) for i in images]
            a = server.move("datumaro", frame, asked, data)
            same(("ok", "", 0), (a.status, a.detail, a.outside), data)
            old = paint(data, [frame_size(*i["stored"], i["orientation"], frame == "displayed") for i in images])
            new = paint(a.data, [frame_size(*i["stored"], i["orientation"], mode == "bake") for i in images])
            for i, before, after in zip(images, old[0], new[0]):
                turn = lambda rows: to_output(rows, i["orientation"], frame, mode)
                same((turn(before[0]), turn(before[1]), [turn(mask) for mask in before[2]]), after, i, data, a.data)
            same(old[1], new[1], "the rest")
            files, shapes = files + 1, shapes + a.shapes
            if (frame, mode) == ("stored", "bake"):
                back = [(INVERSE[i["orientation"]], mode, *frame_size(*i["stored"], i["orientation"], True), "rotated", i["asked"]) for i in images]
                same(data, server.move("datumaro", frame, back, a.data).data, "there and back")
print("datumaro: %d files, %d shapes, 0 wrong" % (files, shapes))

KNOWN = [(6, "bake", 7, 4, "rotated", "a")]


def one(annotations, more='"id": "a"', head='"categories": {}, '):
    return ('{%s"items": [{"annotations": %s, %s}]}' % (head, annotations, more)).encode()


BOX = '{"type": "bbox", "bbox": [1, 1, 2, 1]}'
for data, status, detail in [
    (one('[{"type": "bbox", "bbox": [1, 1, 2]}]'), "unsupported", "items[0].annotations[0]: a box that is not of four numbers"),
    (one('[%s, {"type": "polygon", "points": [1, 1, 2]}]' % BOX), "unsupported", "items[0].annotations[1]: points that are not x, y, and so on"),
    (one('[{"type": "polygon", "points": [[1, 1], [2, 2]]}]'), "unsupported", "items[0].annotations[0]: points that are not x, y, and so on"),
    (one('[{"type": "ellipse", "points": [1, 1, 2, 2, 3, 3]}]'), "unsupported", "items[0].annotations[0]: points that are not x, y, and so on"),
    (one('[{"type": "cuboid_2d", "points": [[1, 1], [2, 2]]}]'), "unsupported", "items[0].annotations[0]: a cuboid, whose corners would not be in their order any more"),
    (one('[{"type": "tensor"}]'), "unsupported", "items[0].annotations[0]: an annotation of a type that is not known here"),
    (one('[{"type": "label", "bbox": [1, 1, 2, 1]}]'), "unsupported", "items[0].annotations[0]: other coordinates than those of its type"),
    (one('[{"type": "bbox", "points": [1, 1, 2, 1]}]'), "unsupported", "items[0].annotations[0]: other coordinates than those of its type"),
    (one('[{"type": "mask", "rle": {"size": [4, 7]}}]'), "unsupported", "items[0].annotations[0]: a mask without counts and size"),
    (one('[{"type": "mask", "rle": {"size": [7, 4], "counts": [0, 28]}}]'), "corrupt", "items[0].annotations[0]: a mask of 4x7 on an image of 7x4"),
    (one('[{"type": "label", "vis_bbox": [1]}]'), "unsupported", "items[0]: a member that has a name of coordinates and is not known here"),
    (one('[{"bbox": [1, 1, 2, 1]}]'), "corrupt", "items[0].annotations[0]: it has no type"),
    (one('[{"type": "bbox", "bbox": [1, 1, 2, 1], "bbox": [1, 1, 2, 1]}]'), "corrupt", "items[0].annotations[0]: its coordinates are there twice"),
    (one("[1]"), "corrupt", "items[0].annotations: something else than an object in its list"),
    (one("{}"), "corrupt", "items[0].annotations: it is no list"),
    (one("[]", '"x": 1'), "corrupt", "items[0].id: there is no name"),
    (one("[]", '"id": "z"'), "corrupt", "items[0]: there is no image 'z'"),
    (one("[]", '"id": "a", "image": {"path": "a", "size": [4]}'), "corrupt", "items[0].image.size: it is not height and width"),
    (one("[]", '"id": "a", "image": {"path": "a"}, "image": {"path": "b"}'), "corrupt", "items[0].image: it is there twice"),
    (one("[%s]" % BOX, '"id": "a", "image": {"path": "a", "size": [7, 9]}'), "corrupt", "items[0]: it says 9x7, its image is 7x4"),
    (one("[%s]" % BOX, '"id": "v", "video_frame": {"frame_index": 1}'), "corrupt", "items[0]: there is no image 'v'"),
    (b'{"categories": {}, "items": [], "items": []}', "corrupt", "items: it is there twice"),
]:
    a = server.move("datumaro", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)
# What has no place stays, and so do clouds of points.
for data in (one('[{"type": "caption", "caption": "1, 2"}, {"type": "label", "label_id": 1}, {"type": "cuboid_3d", "position": [1, 2, 3], "rotation": [0, 0, 0], "scale": [1, 1, 1]}]'),
             one('[{"type": "cuboid_3d", "position": [1, 2, 3]}]', '"id": "p", "point_cloud": {"path": "p.pcd"}, "related_images": [{"path": "p.jpg", "size": [1, 2]}]')):
    a = server.move("datumaro", "stored", KNOWN, data)
    same(("ok", data, 0), (a.status, a.data, a.edits), a.detail)
# Flags that are not one for each point say of none that it is absent.
points = one('[{"type": "points", "points": [%s], "visibility": [0]}]').decode()
a = server.move("datumaro", "stored", KNOWN, (points % "0, 0, 3, 2").encode())
same(("ok", (points % "4, 0, 2, 3").encode()), (a.status, a.data), a.detail)
# A box's angle is of its own annotation; how far a tilted box reaches its corners do not say.
tilted = '{"type": "bbox", "bbox": [5, 0, 2, 4], "attributes": {"rotation": %s}}'
a = server.move("datumaro", "stored", [(2, "bake", 7, 4, "rotated", "a")], one("[%s, %s]" % (tilted % "30.5", BOX)))
same(("ok", 0, one("[%s, %s]" % (tilted.replace("[5", "[0") % "329.5", BOX.replace("[1, 1", "[4, 1")))), (a.status, a.outside, a.data))
for angle, outside in (("30", 0), ("0", 1), ("-123.45678901234567", 0), ("1e2", 0), ("-0.00000000000000000", 1)):
    same(outside, server.move("datumaro", "stored", KNOWN, one("[%s]" % (tilted.replace("[5", "[6") % angle))).outside)
    ellipse = '{"type": "ellipse", "points": [6, 0, 8, 4], "attributes": {"rotation": %s}}' % angle
    same(outside, server.move("datumaro", "stored", KNOWN, one("[%s]" % ellipse)).outside)
answer, images = server.scan("datumaro", one('[%s, {"type": "points", "points": [0, 0, 6.5, 3], "visibility": [0, 1]}]' % BOX, '"id": "a", "image": {"path": "b/a.jpg", "size": [4, 7]}'))
same([Image(7, 4, 0, 0, 0, 2, 0, 1, 1, 6.5, 3, "b/a.jpg")], images)
for data, form in ((one("[]", head='"dm_format_version": "1.0", '), "datumaro"), (b'{"items": [{"id": "a", "annotations": []}], "categories": {}}', "datumaro"),
                   (b'{"categories": {}, "items": []}', "unknown"), (b'{"categories": {}, "items": [{"id": "a"}]}', "unknown"), (one("[NaN]"), "datumaro")):
    same(form, server.sniff(data), data)
print("datumaro: %d requests" % server.asked)
