# SPDX-License-Identifier: MIT
"""Supervisely's files that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones. supervisely.py SERVER"""
import base64
import json
import random
import sys
import zlib

import png
from painter import *

server = Server(sys.argv[1])
r = random.Random(4321)
COLORS = [(0, 1, []), (0, 8, []), (3, 1, [(b"PLTE", bytes(range(6)))]), (6, 8, [])]


def bitmap(width, height):
    x, y = r.randrange(width), r.randrange(height)
    w, h = r.randrange(1, width - x + 1), r.randrange(1, height - y + 1)
    color, depth, chunks = r.choice(COLORS)
    rows = [[tuple(r.choice([0, 2 ** depth - 1]) for _ in range(png.SAMPLES[color])) for _ in range(w)] for _ in range(h)]
    data = png.write(png.PNG(w, h, depth, color, 0, rows, chunks), r)
    return {"origin": [x, y], "data": base64.b64encode(zlib.compress(data) if r.random() < 0.8 else data).decode()}


def make(frame, orientation, in_edges):
    width, height = r.choice([(7, 4), (5, 9), (6, 6), (12, 3)])
    shown = frame_size(width, height, orientation, frame == "displayed")
    pick = (lambda side: "~%s~" % repr(r.randrange(4 * side + 1) / 4)) if in_edges else (lambda side: r.randrange(side))
    pair = lambda: [pick(side) for side in shown]
    objects = []
    for _ in range(r.randrange(6)):
        kind = r.choice(["polygon", "rectangle", "line", "point", "graph", "bitmap", "alpha_mask", "multipolygon"])
        outline = lambda: {"exterior": [pair() for _ in range(r.randrange(3, 6))], "interior": [[pair() for _ in range(3)] for _ in range(r.randrange(2))]}
        o = {"id": 1, "classTitle": "a", "tags": [{"name": "x", "value": 1.5}], "geometryType": kind, "shape": kind}
        if kind in ("polygon", "line"):
            o["points"] = outline()
        elif kind == "multipolygon":
            o["parts"] = [outline() for _ in range(2)]
        elif kind == "point":
            o["points"] = {"exterior": [pair()], "interior": []}
        elif kind == "rectangle":
            corners = [sorted([pick(side) for _ in range(2)], key=lambda v: float(str(v).strip("~"))) for side in shown]
            o["points"] = {"exterior": [[corners[0][0], corners[1][0]], [corners[0][1], corners[1][1]]], "interior": []}
        elif kind == "graph":
            o["nodes"] = {"n%d" % i: {"loc": pair(), "label": "points"} for i in range(3)}
        else:
            o[kind] = bitmap(*shown)
        pairs = list(o.items())
        r.shuffle(pairs)
        objects.append(dict(pairs))
    if in_edges:
        objects.append({"geometryType": "point", "points": {"exterior": [["~0.5~", pick(shown[1])]], "interior": []}})
    size = shown if r.random() < 0.5 else (width, height)
    pairs = list({"description": "", "tags": [], "size": {"height": size[1], "width": size[0]}, "objects": objects, "customBigData": {}}.items())
    if r.random() < 0.5:
        r.shuffle(pairs)
    return (width, height), json.dumps(dict(pairs), indent=r.choice([None, 4])).replace('"~', "").replace('~"', "").encode()


def paint(data, width, height, in_edges):
    """Edges in quarters of a pixel, or pixels by their indices, which are 4 quarters wide; bitmaps in pixels."""
    d = json.loads(data, parse_float=exact, parse_int=exact)
    points = blank(4 * width + 1, 4 * height + 1, 1) if in_edges else blank(width, height, 1)
    areas, bitmaps = blank(width, height), []
    scale = 4 if in_edges else 1
    for n, o in enumerate(d["objects"]):
        for part in [o.pop("points", None)] + (o.pop("parts", None) or []):
            outlines = [part.pop("exterior")] + part.pop("interior") if part else []
            if o["geometryType"] == "rectangle" and part:
                (x1, y1), (x2, y2) = outlines[0]
                assert x1 <= x2 and y1 <= y2, o
                paint_box(areas, x1, y1, *((x2, y2) if in_edges else (x2 + 1, y2 + 1)))
            for k, outline in enumerate(outlines if o["geometryType"] != "rectangle" else ()):
                for i, (x, y) in enumerate(outline):
                    paint_point(points, int(x * scale), int(y * scale), 10 ** (i + 5 * k) * (n + 1))
        for i, node in enumerate(o.get("nodes", {}).values()):
            x, y = node.pop("loc")
            paint_point(points, int(x * scale), int(y * scale), 10 ** i * (n + 1))
        mask = o.pop("bitmap", None) or o.pop("alpha_mask", None)
        if mask:
            data = base64.b64decode(mask.pop("data"), validate=True)
            o["deflated"] = data[:1] != b"\x89"
            picture = png.read(zlib.decompress(data) if o["deflated"] else data)
            x, y = map(int, mask.pop("origin"))
            rows = [[None] * width for _ in range(height)]
            for j, row in enumerate(picture.rows):
                rows[y + j][x:x + picture.width] = row
            assert all(len(row) == width for row in rows) and len(rows) == height
            bitmaps.append(rows)
            o["kept"] = (picture.depth, picture.color, picture.chunks)
    size = tuple(int(d["size"].pop(side)) for side in ("width", "height"))
    return areas, points, bitmaps, size, d


files = edits = 0
for orientation in range(1, 9):
    for frame in FRAMES:
        for mode in MODES:
            for round_ in rounds(8):
                in_edges = round_ % 2 == 1
                (width, height), data = make(frame, orientation, in_edges)
                same("supervisely", server.sniff(data), data)
                a = server.move("supervisely", frame, [(orientation, mode, width, height, "rotated", "")], data)
                same(("ok", "", 0), (a.status, a.detail, a.outside), data)
                old = paint(data, *frame_size(width, height, orientation, frame == "displayed"), in_edges)
                new = paint(a.data, *frame_size(width, height, orientation, mode == "bake"), in_edges)
                turn = lambda rows: to_output(rows, orientation, frame, mode)
                same((turn(old[0]), turn(old[1]), [turn(rows) for rows in old[2]], old[4]), (new[0], new[1], new[2], new[4]), orientation, frame, mode, data, a.data)
                same(old[3] if orientation == 1 else frame_size(width, height, orientation, mode == "bake"), new[3], "size")
                files, edits = files + 1, edits + a.edits
                if (frame, mode) == ("stored", "bake"):
                    b = server.move("supervisely", frame, [(INVERSE[orientation], mode, *frame_size(width, height, orientation, True), "rotated", "")], a.data)
                    if not old[2]:  # a PNG is compressed anew
                        same(data if old[3] == (width, height) or orientation == 1 else None, b.data if old[3] == (width, height) or orientation == 1 else None, "there and back", a.data, orientation)
                    same(old[:3], paint(b.data, *frame_size(width, height, orientation, False), in_edges)[:3], "there and back")
print("supervisely: %d files, %d edits, 0 wrong" % (files, edits))

KNOWN = [(6, "bake", 7, 4, "rotated", "")]
PIXEL = base64.b64encode(zlib.compress(png.write(png.PNG(2, 1, 8, 0, 0, [[(0,), (9,)]], []), r))).decode()


def file(objects, size='{"height": 4, "width": 7}'):
    return ('{"tags": [], "size": %s, "objects": [%s]}' % (size, objects)).encode()


def shape(kind, more):
    return file('{"geometryType": "%s", %s}' % (kind, more))


OTHER = "a geometry that is not known here"
for data, status, detail in [
    (shape("cuboid", '"points": [[1, 2]], "faces": []'), "unsupported", "objects[0].points: points of a kind that is not known here"),
    (shape("oriented_bbox", '"points": [[1, 2], [3, 4]], "angle": 1'), "unsupported", "objects[0].points: points of a kind that is not known here"),
    (shape("cuboid_2d", '"vertices": {"a": {"loc": [1, 2]}}'), "unsupported", "objects[0]: a member that has a name of coordinates and is not known here"),
    (shape("mask_3d", '"z": 1'), "unsupported", "objects[0].geometryType: " + OTHER),
    (shape("mesh", '"points": {"exterior": [[1, 2]], "interior": []}'), "unsupported", "objects[0].points.exterior: " + OTHER),
    (shape("rectangle", '"points": {"exterior": [[1, 2]], "interior": []}'), "unsupported", "objects[0].points.exterior: a rectangle that is not of two corners"),
    (file('{"bitmap": null, "points": {"exterior": [[1, 2], [3, 3]]}}'), "unsupported", "objects[0].points.exterior: two points without a geometryType"),
    (shape("polygon", '"points": {"exterior": [[1, 2, 3]]}'), "unsupported", "objects[0].points.exterior: a point that is not of two numbers"),
    (shape("polygon", '"points": {"exterior": [[1, null]]}'), "corrupt", "objects[0].points.exterior: something else than a number in its list"),
    (shape("graph", '"nodes": {"a": {"loc": 1}}'), "corrupt", "objects[0].nodes.loc: it is no list"),
    (shape("bitmap", '"bitmap": {"data": "%s"}' % PIXEL), "unsupported", "objects[0].bitmap: a bitmap without data and origin"),
    (shape("bitmap", '"bitmap": {"data": "!", "origin": [1, 1]}'), "corrupt", "objects[0].bitmap: a mask that is no base64"),
    (shape("bitmap", '"bitmap": {"data": "eJwAAA==", "origin": [1, 1]}'), "corrupt", "objects[0].bitmap: a bitmap that is damaged"),
    (shape("bitmap", '"bitmap": {"data": "%s", "origin": [1, 1]}' % base64.b64encode(zlib.compress(b"a")).decode()), "unsupported", "objects[0].bitmap: a mask that is no PNG"),
    (shape("bitmap", '"bitmap": {"data": "%s", "origin": [1, 1e5]}' % PIXEL), "limit", "objects[0].bitmap: a number has too many digits"),
    (file("1"), "corrupt", "objects[0]: it is no object"),
    (file("", '{"height": 5, "width": 7}'), "corrupt", "size: it says 7x5, its image is 7x4"),
    (b'{"tags": [], "size": {"height": 4, "width": 7}, "objects": [], "objects": []}', "corrupt", "objects: it is there twice"),
    (b'{"tags": [], "size": {"height": 4, "width": 7}, "objects": [], "customBigData": {"probabilityLabels": [1]}}', "unsupported", "customBigData: data of a kind that is not known here"),
]:
    a = server.move("supervisely", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)
# A bitmap of gigabytes in a few bytes is stopped by what the call may take.
bomb = base64.b64encode(zlib.compress(bytes(50 << 20))).decode()
same("limit", server.move("supervisely", "stored", KNOWN, shape("bitmap", '"bitmap": {"data": "%s", "origin": [1, 1]}' % bomb), "max-memory=8000000").status)
# Indices of pixels, or, where any number has a fraction, edges.
for numbers, moved in (("[1, 2]", "[1, 1]"), ("[1.0, 2.0]", "[1.0, 1.0]"), ("[1.5, 2]", "[2, 1.5]"), ("[1, 0.25], [2, 2]", "[3.75, 1], [2, 2]")):
    data, wanted = (shape("line", '"points": {"exterior": [%s], "interior": []}' % n).replace(b'"height": 4, "width": 7' if n == moved else b"", b'"height": 7, "width": 4' if n == moved else b"") for n in (numbers, moved))
    a = server.move("supervisely", "stored", KNOWN, data)
    same(("ok", wanted), (a.status, a.data), a.detail)
# The first corner of a rectangle stays the one with the lowest numbers.
data, wanted = (b'{"tags": [], "size": {"height": %d, "width": %d}, "objects": [{"geometryType": "rectangle", "points": {"exterior": %s, "interior": []}}]}' % numbers
                for numbers in ((4, 7, b"[[1, 0], [3, 2]]"), (7, 4, b"[[1, 1], [3, 3]]")))
a = server.move("supervisely", "stored", KNOWN, data)
same(("ok", wanted), (a.status, a.data), a.detail)
for data, form in ((file(""), "supervisely"), (b'{"size": {"height": 1, "width": 1}, "objects": []}', "unknown"), (b'{"size": [1, 1], "objects": [], "tags": []}', "unknown"), (b'{"description": "", "objects": [NaN], "size": {"height": 1, "width": 1}}', "supervisely")):
    same(form, server.sniff(data), data)
print("supervisely: %d requests" % server.asked)
