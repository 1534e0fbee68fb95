# SPDX-License-Identifier: MIT
"""Label Studio files that are made here, painted, rotated as pixels, and compared with what is painted of the moved file. Of what is
tilted the corners are compared; brushes and bitmasks are compared pixel by pixel. label_studio.py SERVER"""
import base64
import functools
import json
import math
import pathlib
import random
import sys

import png
from painter import *

server = Server(sys.argv[1])
r = random.Random(1807)


# ---- brushes: a stream of bits, written here as the two writers do

@functools.lru_cache(None)
def bits_of(value, count):
    return format(value, "0%db" % count)


def groups(words):
    out = []
    for word in words:
        if out and out[-1][0] == word:
            out[-1][1] += 1
        else:
            out.append([word, 1])
    return out


SIZES = (3, 4, 8, 16)


def head(words, sizes=SIZES):
    return bits_of(len(words), 32) + bits_of(7, 5) + "".join(bits_of(n - 1, 4) for n in sizes)


def run(flag, length, *words, is_long=False):
    size = 3 if is_long or length > 256 else 2 if length > 16 else 1 if length > 8 else 0
    assert length <= 65536
    return flag + bits_of(size, 2) + bits_of(length - 1, (3, 4, 8, 16)[size]) + "".join(bits_of(word, 8) for word in words)


def to_bytes(pieces, more):
    out = "".join(pieces)
    out += "0" * more(len(out))
    assert len(out) % 8 == 0
    return list(int(out, 2).to_bytes(len(out) // 8, "big"))


def encode_as_converter(words):
    """label_studio_sdk.converter.brush: a word alone is a chunk of one; one to eight zero bits at the end."""
    out = [head(words)]
    for word, length in groups(words):
        is_long = length > 65536
        out += [run("1", 65536, word)] * ((length - 1) // 65536)
        length = (length - 1) % 65536 + 1
        out.append(run("0" if length == 1 and not is_long else "1", length, word, is_long=is_long))
    return to_bytes(out, lambda size: 8 - size % 8)


def encode_as_browser(words):
    """@thi.ng/rle-pack: words that stand alone are gathered, but for a last one with none before it."""
    out, alone, all_groups = [head(words)], [], groups(words)
    for i, (word, length) in enumerate(all_groups):
        if length == 1 and (alone or i + 1 < len(all_groups)):
            alone.append(word)
            if len(alone) == 65536 and i + 1 < len(all_groups):
                out.append(run("0", len(alone), *alone))
                alone = []
            continue
        out += [run("0", len(alone), *alone)] if alone else []
        alone = []
        out += [run("1", 65536, word)] * ((length - 1) // 65536)
        length = (length - 1) % 65536 + 1
        if length == 1 and i + 1 < len(all_groups):
            alone.append(word)
        else:
            out.append(run("1", length, word))
    out += [run("0", len(alone), *alone)] if alone else []
    return to_bytes(out, lambda size: -size % 8)


def decode(numbers, width, height, sizes=SIZES):
    stream = "".join(bits_of(n, 8) for n in numbers)
    at = 53
    same(head([0] * (width * height * 4), sizes), stream[:at])
    words = []
    while len(words) < width * height * 4:
        repeated, size = stream[at] == "1", sizes[int(stream[at + 1:at + 3], 2)]
        length = int(stream[at + 3:at + 3 + size], 2) + 1
        at += 3 + size
        for _ in range(1 if repeated else length):
            words += [int(stream[at:at + 8], 2)] * (length if repeated else 1)
            at += 8
    same(width * height * 4, len(words))
    assert 0 <= len(stream) - at <= 8, (at, len(stream))
    return [[tuple(words[at:at + 4]) for at in range(4 * y * width, 4 * (y + 1) * width, 4)] for y in range(height)]


def is_anybodys(rows):
    """Whether nobody can tell which of the two wrote it."""
    words = [word for row in rows for pixel in row for word in pixel]
    return encode_as_browser(words) == encode_as_converter(words)


def make_brush(width, height, encode):
    color = r.choice([(0, 0, 0), (255, 0, 255), (1, 2, 3)])
    pixels = [r.choice([(0, 0, 0, 0), color + (255,), color + (r.randrange(256),)]) for _ in range(width * height)]
    if r.random() < 0.3:
        pixels = [pixels[0]] * len(pixels)
    return encode([word for pixel in pixels for word in pixel])


# ---- files

def percent(value, side):
    """Of quarters of a pixel; sides are such that it ends."""
    return 100 * value / 4 / side


def place(width, height):
    return {"x": percent(r.randrange(4 * width + 1), width), "y": percent(r.randrange(4 * height + 1), height)}


def make_value(width, height, kind, encode):
    (x1, x2), (y1, y2) = (sorted(r.sample(range(4 * side + 1), 2)) for side in (width, height))
    box = {"x": percent(x1, width), "y": percent(y1, height), "width": percent(x2 - x1, width), "height": percent(y2 - y1, height)}
    points = [list(place(width, height).values()) for _ in range(r.randrange(3, 6))]
    if kind == "rectangle":
        return {**box, **r.choice([{}, {"rotation": 0}])}
    if kind == "tilted":
        return {**box, "rotation": r.choice([30, 12.5, 90, 180, 270, 359.25])}
    if kind == "ellipse":
        return {"x": box["x"], "y": box["y"], "radiusX": box["width"], "radiusY": box["height"], "rotation": r.choice([0, 33, 90])}
    if kind == "polygon":
        return {"points": points, "closed": True}
    if kind == "keypoint":
        return {**place(width, height), "width": r.choice([0.5, 1, 0.2285263987391647])}
    if kind == "brush":
        return {"format": "rle", "rle": make_brush(width, height, encode)}
    if kind == "bitmask":
        rows = [[tuple(r.choice([0, 255]) for _ in range(4)) for _ in range(width)] for _ in range(height)]
        return {"imageDataURL": "data:image/png;base64," + base64.b64encode(png.write(png.PNG(width, height, 8, 6, 0, rows, []), r)).decode()}
    if kind == "vector":
        vertices = [{"id": str(i), **place(width, height), "prevPointId": None, "isBezier": i == 1} for i in range(3)]
        vertices[1].update({"controlPoint1": place(width, height), "controlPoint2": place(width, height)})
        return {"vertices": vertices, "closed": False}
    return {"sequence": [{"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0, "frame": 1}]} if kind == "video" else {"start": 1, "end": 2}


def shuffled(d):
    items = list(d.items())
    r.shuffle(items)
    return dict(items)


KINDS = ["rectangle", "rectangle", "tilted", "ellipse", "polygon", "keypoint", "brush", "bitmask", "vector", "video", "audio"]


def make_results(width, height, shown, kinds, encode):
    results, size = [], shown if r.random() < 0.7 else (width, height)
    for _ in range(r.randrange(1, 5)):
        kind = r.choice(kinds)
        value = make_value(*shown, kind, encode)
        value[r.choice(["rectanglelabels", "polygonlabels", "text", "choices"])] = ["a \"b\" \u00e9"]
        results.append(shuffled({"id": "q", "type": kind, "value": shuffled(value), "to_name": "img", "from_name": "l", "origin": "manual",
                                 **({"original_width": size[0], "original_height": size[1], "image_rotation": 0} if kind not in ("audio", "video") else {})}))
    return results


def make(frame, orientation, kinds, encode, minimal):
    width, height = r.choice([(8, 4), (5, 10), (8, 8)])
    shown = frame_size(width, height, orientation, frame == "displayed")
    url = r.choice(["/data/upload/4/1f2e3d4c-a%20b.jpg", "https://x.org/p/a%20b.jpg?X-Amz=1", "s3://bucket/p/a b.jpg", "/data/local-files/?d=p/a%20b.jpg"])
    results = make_results(width, height, shown, kinds, encode)
    if minimal:
        label = [shuffled({**one["value"], **{k: v for k, v in one.items() if k.startswith("original")}}) for one in results]
        task = {"image": url, "id": 5, "label": label, "annotator": 1, "lead_time": 2.5, "created_at": "2024-01-25T23:52:15Z"}
    else:
        parts = [[], [], []]
        for one in results:
            r.choice(parts).append(one)
        task = {"id": 5, "data": {"image": url, "text": "some words"}, "predictions": r.choice([[12], [{"result": parts[0], "score": 0.5}]]) if not parts[0] else [{"result": parts[0]}],
                "drafts": [{"result": parts[1]}], "annotations": [{"id": 1, "result": parts[2], "completed_by": {"id": 1, "email": "x"}, "prediction": {"result": []}}]}
    tasks = [shuffled(task), {"id": 6, "data": {"image": "c.jpg"}, "annotations": [], "predictions": []}]
    r.shuffle(tasks)
    return (width, height), json.dumps(tasks, ensure_ascii=r.random() < 0.5, indent=r.choice([None, 2])).encode()


def regions(data):
    """Everything that draws: a result's value, or in JSON_MIN the result itself; with the results, for their sizes."""
    tasks = json.loads(data, parse_float=exact, parse_int=exact)
    for task in tasks:
        for name in ("annotations", "predictions", "drafts"):
            for annotation in task.get(name, []):
                if isinstance(annotation, dict):
                    for one in annotation["result"]:
                        yield one["value"], one
        for one in task.get("label", []):
            yield one, one
    yield None, tasks


def paint(data, width, height):
    areas, seen, tilted, pixels, sizes, dots = blank(width, height), blank(width * 4 + 1, height * 4 + 1, 1), [], [], [], []
    for n, (value, one) in enumerate(regions(data)):
        if value is None:
            return areas, seen, tilted, pixels, sizes, dots, one
        if "original_width" in one:
            sizes.append((int(one.pop("original_width")), int(one.pop("original_height"))))
        if "sequence" in value:
            continue
        angle = float(value.pop("rotation", 0))
        points = [(p[0], p[1]) for p in value.pop("points", [])]
        for vertex in value.get("vertices", []):
            for p in (vertex, vertex.get("controlPoint1"), vertex.get("controlPoint2")):
                if p:
                    points.append((p.pop("x"), p.pop("y")))
        if "rle" in value:
            pixels.append([[p for p in row] for row in decode([int(b) for b in value.pop("rle")], width, height)])
        if "imageDataURL" in value:
            head, text = value.pop("imageDataURL").split(",")
            same("data:image/png;base64", head)
            picture = png.read(base64.b64decode(text, validate=True))
            same((width, height, 8, 6), picture[:4])
            pixels.append(picture.rows)
        if "x" in value:
            x, y = value.pop("x"), value.pop("y")
            w, h = value.pop("width", None), value.pop("height", None)
            px, py = x * width / 100, y * height / 100
            if "radiusX" in value:
                rx, ry = value.pop("radiusX") * width / 100, value.pop("radiusY") * height / 100
                tilted.append(tilt([(px - rx, py), (px + rx, py), (px, py - ry), (px, py + ry)], angle, (px, py)))
            elif h is None:
                points.append((x, y))
                dots.append(w * width / 100)
            else:
                far = px + w * width / 100, py + h * height / 100
                if angle == 0:
                    paint_box(areas, px, py, *far)
                tilted.append(tilt([(px, py), (far[0], py), far, (px, far[1])], angle, (px, py)))
        if value.get("closed") is True:
            paint_polygon(areas, [(x * width / 100, y * height / 100) for x, y in points])
        for i, (x, y) in enumerate(points):
            x, y = x * width / 25, y * height / 25
            assert x == int(x) and y == int(y), (x, y)
            paint_point(seen, int(x), int(y), 10 ** i * (n + 1))


NAMES = ("a b.jpg", "p/a b.jpg")
files = edits = count = 0
for orientation in range(1, 9):
    for frame in FRAMES:
        for mode in MODES:
            for round_ in rounds(12):
                exact_kinds = round_ % 2 == 0
                kinds = [k for k in KINDS if k not in ("tilted", "keypoint", "bitmask")] if exact_kinds else KINDS
                encode = [encode_as_converter, encode_as_browser][round_ // 2 % 2]
                (width, height), data = make(frame, orientation, kinds, encode, round_ % 6 > 3)
                known = lambda o, w, h: [(o, mode, w, h, "rotated", name) for name in NAMES] + [(1, mode, 9, 9, "rotated", "c.jpg")]
                a = server.move("label-studio", frame, known(orientation, width, height), data)
                same(("ok", ""), (a.status, a.detail), data)
                before = frame_size(width, height, orientation, frame == "displayed")
                old = paint(data, *before)
                new = paint(a.data, *frame_size(width, height, orientation, mode == "bake"))
                same(to_output(old[0], orientation, frame, mode), new[0], "areas", orientation, frame, mode, data, a.data)
                same(to_output(old[1], orientation, frame, mode), new[1], "points", orientation, frame, mode, data, a.data)
                at = point_map(*before, orientation, frame, mode)
                same(len(old[2]), len(new[2]))
                for p, q in zip(old[2], new[2]):
                    near([at(float(x), float(y)) for x, y in p], [(float(x), float(y)) for x, y in q], "tilted", orientation, frame, mode, data, a.data)
                same([to_output(p, orientation, frame, mode) for p in old[3]], new[3], "brushes and bitmasks")
                same(len(old[5]), len(new[5]))
                assert all(math.isclose(p, q, rel_tol=1e-12) for p, q in zip(old[5], new[5])), (old[5], new[5])
                same(old[4] if orientation == 1 else [frame_size(width, height, orientation, mode == "bake")] * len(old[4]), new[4], "sizes")
                same(old[6], new[6], "the rest")
                files, edits, count = files + 1, edits + a.edits, count + len(old[2])
                if (frame, mode) == ("stored", "bake") and exact_kinds and (encode is encode_as_browser or not any(map(is_anybodys, new[3]))):
                    b = server.move("label-studio", frame, known(INVERSE[orientation], *frame_size(width, height, orientation, True)), a.data)
                    same(data, b.data, "there and back", a.data, orientation)
print("label-studio: %d files, %d edits, %d boxes and ellipses with angles, 0 wrong" % (files, edits, count))

KNOWN = [(6, "bake", 7, 4, "rotated", "a.jpg"), (1, "bake", 7, 4, "rotated", "b.jpg")]
SIZE = {"original_width": 7, "original_height": 4}


def studio(value, image="a.jpg", more=SIZE, data=None):
    return json.dumps([{"annotations": [{"result": [{"value": {}}, {"value": value, **more}]}], "data": {"image": image} if data is None else data}]).encode()


BOX = {"x": 10, "y": 20, "width": 30, "height": 40}


def mask_of(width, height):
    return base64.b64encode(png.write(png.PNG(width, height, 8, 6, 0, [[(1, 2, 3, 4)] * width] * height, []), r)).decode()


VALID, SMALL = mask_of(7, 4), mask_of(6, 4)
JPEG = base64.b64encode((pathlib.Path(__file__).parents[2] / "testdata/jpeg/no-exif.jpg").read_bytes()).decode()
RLE = encode_as_browser([1, 2, 3, 4] * 28)
for data, status, detail in [
    (studio({**BOX, "x": 1})[:-9], "corrupt", None),
    (studio(BOX).replace(b'"x": 10', b'"x": NaN'), "corrupt", None),
    (studio(BOX).replace(b'"x": 10', b'"x": "10 %"'), "unsupported", "[0].annotations[0].result[1]: a region that is not known here"),
    (studio(BOX).replace(b'"x": 10', b'"x": 10, "x": 10'), "corrupt", "[0].annotations[0].result[1].x: it is there twice"),
    (studio({"x": 1}), "unsupported", "[0].annotations[0].result[1]: a region that is not known here"),
    (studio({"x": 1, "y": 1, "height": 1}), "unsupported", "[0].annotations[0].result[1]: a region that is not known here"),
    (studio({**BOX, "points": [[1, 2]]}), "unsupported", "[0].annotations[0].result[1]: several kinds of shapes in one result"),
    (studio({**BOX, "bbox": [1, 2]}), "unsupported", "[0].annotations[0].result[1]: a member that has a name of coordinates and is not known here"),
    (studio({"touches": [{"points": [1]}]}), "unsupported", "[0].annotations[0].result[1]: a member that has a name of coordinates and is not known here"),
    (studio({"maskDataURL": "x"}), "unsupported", "[0].annotations[0].result[1]: a member that has a name of coordinates and is not known here"),
    (studio(BOX, more={**SIZE, "image_rotation": 90}), "unsupported", "[0].annotations[0].result[1]: image_rotation is not 0: drawn on an image that was shown rotated"),
    (studio({"points": [[1, 2, 3]]}), "unsupported", "[0].annotations[0].result[1]: a point that is not of two numbers"),
    (studio({"points": [1]}), "corrupt", "[0].annotations[0].result[1].points: something else than a point in its list"),
    (studio({"points": [[1, None]]}), "corrupt", "[0].annotations[0].result[1].points: something else than a number in its list"),
    (studio({"vertices": [[1, 2]]}), "corrupt", "[0].annotations[0].result[1].vertices: something else than a vertex in its list"),
    (studio({"vertices": [{"x": 1}]}), "unsupported", "[0].annotations[0].result[1]: a vertex without x and y"),
    (studio({"vertices": [{"x": 1, "y": 1, "controlPoint1": {"y": 2}}]}), "unsupported", "[0].annotations[0].result[1]: a vertex without x and y"),
    (studio({"points": [[1, 2]]}).replace(b'"points"', b'"points": [], "points"'), "corrupt", "[0].annotations[0].result[1].points: it is there twice"),
    (studio({"rle": RLE[:-3]}), "corrupt", "[0].annotations[0].result[1].rle: runs that are damaged, or are not those of its size"),
    (studio({"rle": RLE[:-1]}), "corrupt", "[0].annotations[0].result[1].rle: runs that are damaged, or are not those of its size"),
    (studio({"rle": to_bytes([head([0] * 112), run("1", 113, 5)], lambda size: -size % 8)}), "corrupt", "[0].annotations[0].result[1].rle: runs that are damaged, or are not those of its size"),
    (studio({"rle": RLE[:4]}), "corrupt", "[0].annotations[0].result[1].rle: runs that are damaged, or are not those of its size"),
    (studio({"rle": []}), "corrupt", "[0].annotations[0].result[1].rle: runs that are damaged, or are not those of its size"),
    (studio({"rle": [256] + RLE[1:]}), "corrupt", "[0].annotations[0].result[1].rle: runs that are damaged, or are not those of its size"),
    (studio({"rle": encode_as_browser([1, 2, 3, 4] * 27)}), "corrupt", "[0].annotations[0].result[1].rle: runs that are damaged, or are not those of its size"),
    (studio({"rle": RLE[:4] + [0] + RLE[5:]}), "corrupt", "[0].annotations[0].result[1].rle: runs that are damaged, or are not those of its size"),
    (studio({"imageDataURL": "x"}), "unsupported", "[0].annotations[0].result[1]: a mask that is no base64"),
    (studio({"imageDataURL": "data:image/png;base64,****"}), "corrupt", "[0].annotations[0].result[1].imageDataURL: a mask that is no base64"),
    (studio({"imageDataURL": "data:image/png;base64,"}), "corrupt", "[0].annotations[0].result[1].imageDataURL: a mask that is no base64"),
    (studio({"imageDataURL": "data:image/png;base64,AAAA"}), "unsupported", "[0].annotations[0].result[1].imageDataURL: a mask that is no PNG"),
    (studio({"imageDataURL": "data:image/jpeg;base64," + JPEG}), "unsupported", "[0].annotations[0].result[1].imageDataURL: a mask that is no PNG"),
    (studio({"imageDataURL": "data:image/png;base64," + mask_of(7, 5)}), "corrupt", "[0].annotations[0].result[1].imageDataURL: a mask of another size than its image"),
    (studio({"imageDataURL": "data:image/png;base64," + SMALL}), "corrupt", "[0].annotations[0].result[1].imageDataURL: a mask of another size than its image"),
    (studio({"imageDataURL": "data:image/png;base64," + VALID[:80]}), "corrupt", None),
    (studio(BOX, more={"original_width": 8, "original_height": 4}), "corrupt", "[0].data: it says 8x4, its image is 7x4"),
    (studio(BOX, "c.jpg"), "corrupt", "[0].data: there is no image 'c.jpg'"),
    (studio(BOX, data={}), "corrupt", "[0].data: which image its results are on cannot be told"),
    (studio(BOX, data={"p": "a.jpg", "q": "b.jpg"}), "corrupt", "[0].data: which image its results are on cannot be told"),
    (studio(BOX, ""), "corrupt", "[0].data: it has no name of an image"),
    (studio(BOX, "a.jpg\0"), "corrupt", "[0].data: it has no name of an image"),
    (studio(BOX).replace(b'"data": {', b'"data": {}, "data": {'), "corrupt", "[0].data: it is there twice"),
    (studio(BOX).replace(b'"result": [{', b'"result": [{"value": {"x": 1, "y": 1}, "original_width": 4, "original_height": 7}, {'), "corrupt", "[0].data: another size than that of its image before"),
    (b'[{"annotations": [{"result": []}]}, 5]', "corrupt", "[1]: it is no task"),
    (b'5', "corrupt", "it is no list of tasks"),
]:
    a = server.move("label-studio", "stored", KNOWN, data)
    same(status, a.status, data, a.detail)
    same(detail or a.detail, a.detail, data)

# On an image that needs nothing none of this matters; tasks without images neither.
for value in ({"rle": [1]}, {"x": 1}, {"imageDataURL": "x"}, {"bbox": [1]}, {**BOX, "rotation": 5}):
    same(("ok", studio(value, "b.jpg")), (server.move("label-studio", "stored", KNOWN, studio(value, "b.jpg")))[0::11], value)
for data in ([{"id": 1, "data": {"audio": "x.wav"}, "annotations": [{"result": [{"value": {"start": 1, "end": 2, "channel": 0}, "to_name": "a"}]}]}],
             [{"id": 1, "data": {"video": "x.mp4"}, "annotations": [{"result": [{"value": {"sequence": [{"x": 1, "y": 2, "width": 3, "height": 4}]}}]}]}],
             [{"id": 1, "text": "words", "sentiment": "good", "comments": [{"x": 1, "y": 2}]}]):
    data = json.dumps(data).encode()
    a = server.move("label-studio", "stored", KNOWN, data)
    same(("ok", data, 0, 0), (a.status, a.data, a.images, a.shapes))

# Numbers keep their form; a quarter of a circle is exact; a dot keeps its size.
for value, moved in (({**BOX, "rotation": 0}, {"x": 40, "y": 10, "width": 40, "height": 30, "rotation": 0}), ({"x": 12.5, "y": 1e-05, "width": 1}, {"x": 99.99999, "y": 12.5, "width": 1.75}),
                     ({"x": 50, "y": 50, "width": 28, "height": 43.75, "rotation": 90}, {"x": 50, "y": 25, "width": 43.75, "height": 28, "rotation": 90}),
                     ({"x": 50, "y": 50, "radiusX": 10, "radiusY": 5, "rotation": 30}, {"x": 50, "y": 50, "radiusX": 5, "radiusY": 10, "rotation": 30})):
    a = server.move("label-studio", "stored", KNOWN, studio(value))
    same(json.dumps(json.loads(studio(moved, more={"original_width": 4, "original_height": 7}))).replace("99.99999", "9999999e-05"), a.data.decode(), value)

# Along one axis alone: a quarter of a circle has no crumbs of sine or cosine; a corner that stays one keeps the form of its numbers.
flipped = [(2, "bake", 7, 4, "rotated", "a.jpg")]
a = server.move("label-studio", "stored", flipped, studio({"x": 50, "y": 0, "width": 10, "height": 20, "rotation": 180}))
same(0, json.loads(a.data)[0]["annotations"][0]["result"][1]["value"]["y"], a.data)
a = server.move("label-studio", "stored", [(5, "bake", 7, 4, "rotated", "a.jpg")], studio({**BOX, "rotation": 30}).replace(b'"x": 10', b'"x": 10.50'))
same(True, b'"y": 10.50' in a.data, a.data)

# Which image: addresses, uploads with a hash in front of their name, lists, and repeated tags.
for data, more, name, other in [
    ({"image": "/data/upload/4/1f2e3d4c-a.jpg"}, {}, "1f2e3d4c-a.jpg", 1), ({"image": "/data/upload/4/a.jpg"}, {}, "a.jpg", 0), ({"image": "http://localhost:8080/data/upload/4/1F2E3D4C-b%2Ec.jpg"}, {}, "1F2E3D4C-b.c.jpg", 0),
    ({"image": "/data/local-files/?d=x%2Fy%20z.jpg&v=1"}, {}, "x/y z.jpg", 0), ({"image": "https://h/storage?a=1&filepath=upload/3/1f2e3d4c-a.jpg#x"}, {}, "1f2e3d4c-a.jpg", 1),
    ({"image": "s3://bucket/p/q%4g.jpg"}, {}, "p/q%4g.jpg", 0), ({"image": "s3://bucket/p/q.jp%67"}, {}, "p/q.jpg", 0), ({"image": "https://h/p/q.jpg#x"}, {}, "p/q.jpg", 0),
    ({"a": ["q.jpg", "r.jpg"]}, {"to_name": "page_0"}, "q.jpg", 0), ({"a": ["q.jpg", "r.jpg"]}, {"to_name": "page_001"}, "r.jpg", 0),
    ({"image": "s3://bucket/p/q.jpg"}, {}, "p/q.jpg", 0), ({"image": "p/100%25?.jpg"}, {}, "p/100%25?.jpg", 0), ({"image": "host://x"}, {}, "x", 0),
    ({"text": "words", "image": "q.PNG"}, {}, "q.PNG", 0), ({"a": "q.jpg", "b": "r.jpg"}, {"to_name": "b"}, "r.jpg", 0), ({"a": ["q.jpg", "r.jpg"]}, {"item_index": 1}, "r.jpg", 0),
    ({"a": "q.jpg"}, {"item_index": 0}, "q.jpg", 0), ({"a": [{"n": 1, "u": "q.jpg"}, {"u": "r.jpg"}]}, {"to_name": "page_1"}, "r.jpg", 0)]:
    answer, images = server.scan("label-studio", studio(BOX, data=data, more={**SIZE, **more}))
    same([name], [image.name for image in images if image.shapes], data)
    a = server.move("label-studio", "stored", KNOWN, studio(BOX, data=data, more={**SIZE, **more}))
    same("ok" if other or name == "a.jpg" else "corrupt", a.status, data)
answer, images = server.scan("label-studio", json.dumps([{"annotations": [{"result": [{"value": BOX, "item_index": i, "to_name": "t", **SIZE} for i in (1, 0)]}], "data": {"a": ["q.jpg", "r.jpg"]}}]).encode())
same([("r.jpg", 1), ("q.jpg", 1)], [(image.name, image.shapes) for image in images])
answer, images = server.scan("label-studio", studio(BOX))
same([Image(7, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, "a.jpg")], images)
same(1, server.move("label-studio", "stored", KNOWN, studio({**BOX, "x": 80})).outside)
same("ok", server.move("label-studio", "stored", KNOWN, studio(BOX)[1:-1]).status)
same("[0].annotations[0].result[1]: a region that is not known here", server.move("label-studio", "stored", KNOWN, studio({"x": 1})[1:-1]).detail)
same("limit", server.move("label-studio", "stored", [(6, "bake", 300, 300, "rotated", "a.jpg")], studio({"rle": encode_as_browser([0] * 360000)}, more={}), "max-memory=300000").status)

same("limit", server.move("label-studio", "stored", [(6, "bake", 300, 300, "rotated", "a.jpg")], studio({"imageDataURL": "data:image/png;base64," + mask_of(300, 300)}, more={}), "max-memory=300000").status)

# The two writers of brushes part where a run is longer than the longest; either finds its own again.
for encode in (encode_as_converter, encode_as_browser):
    for words in ([0] * 72000, [0, 0, 0, 255] * 3 + [0] * 71988, [1] * 65537 + [2, 3, 4] + [0] * 6460, [0] * 70000 + [9] * 2000, [9] * 5 + [0] * 71994 + [8], [i % 7 for i in range(72000)]):
        data = studio({"rle": encode(words)}, more={})
        a = server.move("label-studio", "stored", [(3, "bake", 300, 60, "rotated", "a.jpg")], data)
        b = server.move("label-studio", "stored", [(3, "bake", 300, 60, "rotated", "a.jpg")], a.data)
        same(("ok", True), (a.status, a.data != data or len(set(words)) == 1))
        if encode is encode_as_browser or len(set(words)) == 1 or words[0] == 1:
            same(data, b.data)
        rows = decode(json.loads(b.data)[0]["annotations"][0]["result"][1]["value"]["rle"], 300, 60)
        same(words, [word for row in rows for pixel in row for word in pixel])

# The converter knows one set of sizes: its bytes with others are nobody's, and are written as a browser would, in runs that these sizes hold.
few, width, height = (2, 3, 4, 5), 9, 23
data = studio({"rle": to_bytes([head([0] * 4 * width * height, few)] + ["10011" + bits_of(x + 1, 8) for _ in range(height) for x in range(width)], lambda size: 8 - size % 8)}, more={})
a = server.move("label-studio", "stored", [(6, "bake", width, height, "rotated", "a.jpg")], data)
rows = decode(json.loads(a.data)[0]["annotations"][0]["result"][1]["value"]["rle"], height, width, few)
same([[(x + 1,) * 4] * height for x in range(width)], rows)

# ---- what is Label Studio's

for data, form in ((studio(BOX), "label-studio"), (studio(BOX)[1:-1], "label-studio"), (b'[{"data": {}, "annotations": []}, {"predictions": [{"model": 1, "result": [', "label-studio"),
                   (b'[{"image": "x", "label": [{"x": 1, "original_width": 5', "label-studio"), (b'[{"image": "x", "annotations": [{"label": "a", "coordinates": {}}]}]', "createml"),
                   (b'[{"label": [5, {"original_width": 1}]}]', "unknown"), (b"[[]]", "unknown"), (b"{}", "unknown"), (b"[]", "unknown")):
    same(form, server.sniff(data), data)
print("label-studio: %d requests" % server.asked)
