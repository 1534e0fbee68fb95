# SPDX-License-Identifier: MIT
"""labelme files that are made here, painted, rotated as pixels, and compared with what is painted of the moved file. labelme.py SERVER"""
import json
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(77)
TYPES = {"polygon": 4, "rectangle": 2, "circle": 2, "line": 2, "point": 1, "points": 3, "linestrip": 3}


def make(frame, orientation):
    width, height = r.choice([(7, 4), (5, 9), (6, 6)])
    shown = frame_size(width, height, orientation, frame == "displayed")
    shapes = []
    for _ in range(r.randrange(6)):
        kind = r.choice(list(TYPES))
        points = [[r.randrange(4 * side + 1) / 4 for side in shown] for _ in range(TYPES[kind])]
        if r.random() < 0.3:
            points = [[int(x), int(y)] for x, y in points]
        items = list({"label": "a \"b\" \u00e9", "points": points, "group_id": None, "description": "", "shape_type": kind, "flags": {}, "mask": None}.items())
        if r.random() < 0.5:
            r.shuffle(items)
        shapes.append(dict(items))
    size = shown if r.random() < 0.5 else (width, height)
    items = list({"version": "5.5.0", "flags": {}, "shapes": shapes, "imagePath": "..\\x\\1.jpg", "imageData": r.choice([None, "aGVsbG8="]),
                  "imageHeight": size[1], "imageWidth": size[0]}.items())
    if r.random() < 0.5:
        r.shuffle(items)
    return (width, height), json.dumps(dict(items), ensure_ascii=r.random() < 0.5, indent=r.choice([2, None])).encode()


def paint(data, width, height):
    d = json.loads(data, parse_float=exact, parse_int=exact)
    areas, points = blank(width, height), blank(width * 4 + 1, height * 4 + 1, 1)
    for n, s in enumerate(d["shapes"]):
        p = s.pop("points")
        if s["shape_type"] == "rectangle":
            (x1, x2), (y1, y2) = sorted([p[0][0], p[1][0]]), sorted([p[0][1], p[1][1]])
            paint_box(areas, x1, y1, x2, y2)
        elif s["shape_type"] == "polygon":
            paint_polygon(areas, [tuple(q) for q in p])
        for i, (x, y) in enumerate(p if s["shape_type"] != "rectangle" else ()):
            paint_point(points, int(x * 4), int(y * 4), 10 ** i * (n + 1))
    size = int(d.pop("imageWidth")), int(d.pop("imageHeight"))
    return areas, points, size, d.pop("imageData"), d


files = edits = 0
for orientation in range(1, 9):
    for frame in FRAMES:
        for mode in MODES:
            for round_ in range(4):
                (width, height), data = make(frame, orientation)
                name = "..\\x\\1.jpg"
                a = server.move("labelme", frame, [(orientation, mode, width, height, "rotated", name)], data)
                same(("ok", ""), (a.status, a.detail), data)
                old = paint(data, *frame_size(width, height, orientation, frame == "displayed"))
                new = paint(a.data, *frame_size(width, height, orientation, mode == "bake"))
                same(to_output(old[0], orientation, frame, mode), new[0], "rectangles and polygons", orientation, frame, mode, data, a.data)
                same(to_output(old[1], orientation, frame, mode), new[1], "points", orientation, frame, mode, data, a.data)
                same(old[2] if orientation == 1 else frame_size(width, height, orientation, mode == "bake"), new[2], "size")
                is_moved = orientation > 1 and (frame == "stored") == (mode == "bake")
                same(None if is_moved else old[3], new[3], "imageData")
                same(old[4], new[4], "the rest")
                files, edits = files + 1, edits + a.edits
                if (frame, mode) == ("stored", "bake") and old[3] is None:
                    b = server.move("labelme", frame, [(INVERSE[orientation], mode, *frame_size(width, height, orientation, True), "rotated", name)], a.data)
                    same(data, b.data, "there and back", a.data, orientation)
print("labelme: %d files, %d edits, 0 wrong" % (files, edits))

KNOWN = [(6, "bake", 7, 4, "rotated", "a.jpg")]


def labelme(shape, more='"imagePath": "a.jpg", "imageHeight": 4, "imageWidth": 7'):
    return ('{"shapes": [%s], %s}' % (shape, more)).encode()


for data, status, detail in [
    (labelme('{"points": [[1, 2]], "shape_type": "mask", "mask": "iVBO"}'), "unsupported", "shapes[0].points: a mask, which is a PNG"),
    (labelme('{"points": [[1, 2]], "shape_type": "mask"}'), "unsupported", "shapes[0].points: a mask, which is a PNG"),
    (labelme('{"points": [[1, 2]], "mask": "iVBO"}'), "unsupported", "shapes[0].points: a mask, which is a PNG"),
    (labelme('{"points": [[1, 2, 3]]}'), "unsupported", "shapes[0].points: a point that is not of two numbers"),
    (labelme('{"points": [1, 2]}'), "corrupt", "shapes[0].points: something else than a point in its list"),
    (labelme('{"points": [["1 px", 2]]}'), "corrupt", "shapes[0].points: something else than a number in its list"),
    (labelme('{"label": "a"}'), "corrupt", "shapes[0].points: there is no list"),
    (labelme('{"points": [], "points": []}'), "corrupt", "shapes[0].points: it is there twice"),
    (labelme("1"), "corrupt", "shapes[0]: it is no object"),
    (labelme("", '"imagePath": "a.jpg", "imageHeight": 5, "imageWidth": 7'), "corrupt", "imagePath: it says 7x5, its image is 7x4"),
    (labelme("", '"imagePath": "b.jpg"'), "corrupt", "imagePath: there is no image 'b.jpg'"),
    (labelme("", '"imagePath": null'), "corrupt", "imagePath: it is no string with a name"),
    (labelme("", '"imagePath": "a.jpg", "imagePath": "a.jpg"'), "corrupt", "imagePath: it is there twice"),
    (labelme("", '"imagePath": "a.jpg", "imageWidth": 7, "imageWidth": 7, "imageHeight": 4'), "corrupt", "imageWidth: it is there twice"),
    (labelme("", '"shapes": []'), "corrupt", "shapes: it is there twice"),
    (b"[]", "corrupt", "it is no object"),
    (labelme('{"points": [[1, 2], [1, 3], [2, 3], [2, 2]], "shape_type": "rotation", "direction": 0}'), "unsupported", "shapes[0].points: a direction in radians besides its points"),
]:
    a = server.move("labelme", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)
# A picture of megabytes inside costs no memory that grows with it, and goes whole.
a = server.move("labelme", "stored", KNOWN, labelme('{"points": [[1, 2]]}', '"imageData": "%s", "imagePath": "a.jpg"' % ("A" * 5000000)))
same(labelme('{"points": [[2, 1]]}', '"imageData": null, "imagePath": "a.jpg"'), a.data)
answer, images = server.scan("labelme", labelme('{"points": [[1, 2], [5.5, -1]]}'))
same([Image(7, 4, 0, 0, 0, 1, 0, 1, -1, 5.5, 2, "a.jpg")], images)
a = server.move("labelme", "stored", KNOWN, labelme("", '"imagePath": "a.jpg", "imageHeight": "4", "imageWidth": "7"'))
same(labelme("", '"imagePath": "a.jpg", "imageHeight": "7", "imageWidth": "4"'), a.data)
# Asked of any file: of a big one the beginning is enough, and what stands there in labelme's own order or sorted.
BIG = b"A" * (3 << 20)
for data, form in ((b'{"flags": {}, "imageData": "%s", "shapes": []}' % BIG, "labelme"), (b'{"version": "5", "shapes": [{"label": "%s"}], "imagePath": "a"}' % BIG, "labelme"),
                   (b'{"imageData": "%s"}' % BIG, "unknown"), (b'{"version": "5", "x": "%s", "shapes": [], "imagePath": "a"}' % BIG, "unknown")):
    same(form, server.sniff(data), data[:30])
for data, form in ((labelme(""), "labelme"), (b'{"imageData": "AAAA", "shapes": []', "labelme"), (b'{"shapes": []}', "unknown"), (b'{"imagePath": "a"}', "unknown")):
    same(form, server.sniff(data), data)
print("labelme: %d requests" % server.asked)
