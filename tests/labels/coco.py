# SPDX-License-Identifier: MIT
"""COCO files that are made here, painted, rotated as pixels, and compared with what is painted of the moved file. coco.py SERVER"""
import json
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(2014)


# ---- files

class Raw(str):
    """Text that goes into the file as it is."""


def dump(value, style):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return style.open_object + style.comma.join(style.quote(k) + style.colon + dump(v, style) for k, v in value.items()) + style.close_object
    if isinstance(value, list):
        return "[" + style.comma.join(dump(v, style) for v in value) + "]"
    return style.quote(value) if isinstance(value, str) else json.dumps(value)


class Style:
    def __init__(self):
        space = r.choice(["", " ", "\n  ", "\t"])
        self.comma, self.colon = "," + space, ":" + r.choice(["", " "])
        self.open_object, self.close_object = r.choice([("{", "}"), ("{\n", "\n}")])
        escapes = r.random() < 0.3
        self.quote = lambda s: '"' + "".join("\\u%04x" % ord(c) if escapes and r.random() < 0.3 else {"\\": "\\\\", '"': '\\"'}.get(c, c) for c in s) + '"'


def shuffled(d):
    items = list(d.items())
    r.shuffle(items)
    return dict(items)


def quarters(limit, count):
    return sorted(r.sample(range(4 * limit + 1), count))


def make_annotation(image, number, write):
    width, height = image["frame"]
    whole = write is styles()["integers"] or write.__name__ == "integers"
    step = 4 if whole else 1
    x1, x2 = [q // step * step for q in quarters(width, 2)]
    y1, y2 = [q // step * step for q in quarters(height, 2)]
    a = {"id": number, "image_id": image["id"], "category_id": 1, "area": Raw("12.50"), "iscrowd": 0,
         "bbox": [Raw(write(x1)), Raw(write(y1)), Raw(write(x2 - x1)), Raw(write(y2 - y1))]}
    kind = r.randrange(6)
    if kind == 0:
        a["segmentation"] = [[Raw(write(r.randrange(4 * side + 1) // step * step)) for _ in range(r.randrange(3, 6)) for side in (width, height)]
                             for _ in range(r.randrange(1, 3))]
        if r.random() < 0.4:
            rings = [[list(pair) for pair in zip(polygon[::2], polygon[1::2])] for polygon in a["segmentation"]]
            kwcoco = [shuffled({"exterior": ring, "interiors": r.choice([[], [ring[::-1]], [ring, []]])}) for ring in rings]
            a["segmentation"] = kwcoco if r.random() < 0.5 else kwcoco[0]
    elif kind < 3:
        mask = [[int(r.random() < r.choice([0.1, 0.5, 0.9])) for _ in range(width)] for _ in range(height)]
        runs = runs_of(mask)
        a["segmentation"] = {"size": [height, width], "counts": runs if kind == 1 else Raw(json.dumps(letters_of(runs)))}
        a["iscrowd"] = 1
    elif kind == 3:
        a["keypoints"], a["num_keypoints"], is_kwcoco = [], 2, r.random() < 0.4
        for _ in range(4):
            k = [0, 0, 0] if r.random() < 0.3 else [r.randrange(width), r.randrange(height), r.choice([1, 2])]
            a["keypoints"] += [shuffled({"xy": k[:2], "visible": k[2], "keypoint_category_id": 3, "keypoint_category": "xy"})] if is_kwcoco else k
    elif kind == 4:
        a["segmentation"] = r.choice([[], None, {}])
    if r.random() < 0.2:
        a["bbox"] = r.choice([[], None])
    if r.random() < 0.2:
        a["attributes"] = {"occluded": False, "rotation": Raw(r.choice(["0.0", "30.5", "90"]))}
    return shuffled(a)


def make(frame, orientations, write):
    images = []
    for i, orientation in enumerate(orientations):
        width, height = r.choice([(7, 4), (5, 9), (6, 6), (12, 3)])
        image_id = r.choice([i + 1, 10 ** 12 + i, "img-%d" % i])
        images.append({"id": image_id, "orientation": orientation, "stored": (width, height), "name": r.choice(["a/", "", "\u00e9 "]) + "%d.jpg" % i,
                       "frame": frame_size(width, height, orientation, frame == "displayed")})
    rows = []
    for image in images:
        sizes = image["frame"] if r.random() < 0.5 else image["stored"]
        rows.append(shuffled({"id": image["id"], "file_name": image["name"], "width": sizes[0], "height": sizes[1], "license": 3}))
    annotations = [make_annotation(r.choice(images), n, write) for n in range(r.randrange(12))]
    parts = {"info": {"year": Raw("2.0e3"), "images": [1]}, "images": rows, "annotations": annotations, "categories": [{"id": 1, "name": "\"\\", "bbox": [1, 2, 3, 4]}]}
    return images, dump(shuffled(parts), Style()).encode()


def paint(data, images, sizes):
    """All labels of each image: areas, keypoints, masks, angles."""
    d = json.loads(data, parse_float=exact, parse_int=exact)
    painted = {}
    for image in images:
        width, height = sizes(image)
        painted[image["id"]] = {"areas": blank(width, height), "points": [[0] * width for _ in range(height)], "masks": [], "angles": []}
    for a in d["annotations"]:
        p = painted[a["image_id"] if isinstance(a["image_id"], str) else int(a["image_id"])]
        height, width = len(p["points"]), len(p["points"][0])
        if a.get("bbox"):
            x, y, w, h = a["bbox"]
            paint_box(p["areas"], x, y, x + w, y + h)
        s = a.get("segmentation")
        kwcoco = [part for part in (s if isinstance(s, list) else [s]) if isinstance(part, dict) and "exterior" in part]
        for ring in [ring for part in kwcoco for ring in [part["exterior"]] + part["interiors"]]:
            paint_polygon(p["areas"], [tuple(point) for point in ring])
        if kwcoco or not s:
            s = None
        if isinstance(s, dict):
            same([height, width], s["size"], "size of a mask")
            runs = runs_of_letters(s["counts"]) if isinstance(s["counts"], str) else [int(n) for n in s["counts"]]
            p["masks"].append(mask_of(runs, width, height))
        for polygon in s or [] if not isinstance(s, dict) else []:
            paint_polygon(p["areas"], list(zip(polygon[::2], polygon[1::2])))
        k = a.get("keypoints") or []
        k = [n for point in k for n in point["xy"] + [point["visible"]]] if k and isinstance(k[0], dict) else k
        for n in range(0, len(k), 3):
            if k[n + 2]:
                paint_point(p["points"], int(k[n]), int(k[n + 1]), 10 ** n + int(k[n + 2]))
        if "attributes" in a:
            p["angles"].append(a["attributes"]["rotation"])
    return d, painted


def check_moved(images, data, moved, frame, mode):
    before, old = paint(data, images, lambda image: image["frame"])
    is_output_shown = mode == "bake"
    after, new = paint(moved, images, lambda image: frame_size(*image["stored"], image["orientation"], is_output_shown))
    for image in images:
        o, n = old[image["id"]], new[image["id"]]
        turn = lambda rows: to_output(rows, image["orientation"], frame, mode)
        same(turn(o["areas"]), n["areas"], "boxes and polygons", image, frame, mode)
        same(turn(o["points"]), n["points"], "keypoints", image, frame, mode)
        same([turn(m) for m in o["masks"]], n["masks"], "masks", image, frame, mode)
        is_mirror = image["orientation"] in (2, 4, 5, 7) and (frame == "stored") == (mode == "bake")
        same([(360 - a) % 360 if is_mirror else a for a in o["angles"]], n["angles"], "angles")
        size = [i for i in after["images"] if i["file_name"] == image["name"]][0]
        if image["orientation"] != 1:
            same(frame_size(*image["stored"], image["orientation"], is_output_shown), (size["width"], size["height"]), "size fields")
    for d in (before, after):  # everything else is as it was
        for i in d["images"]:
            del i["width"], i["height"]
        for a in d["annotations"]:
            if a.get("keypoints"):
                a["points"] = [{**point, "xy": []} if isinstance(point, dict) else [] for point in a["keypoints"]]
            for key in ("bbox", "keypoints", "segmentation", "attributes"):
                a.pop(key, None)
    same(before, after, "the rest")


files = edits = 0
for round_ in rounds(24):
    for frame in FRAMES:
        for mode in MODES:
            name, write = r.choice(list(styles().items()))
            write.__name__ = name
            orientations = [1 + (round_ + i) % 8 for i in range(r.randrange(1, 5))]
            images, data = make(frame, orientations, write)
            known = [(i["orientation"], mode, *i["stored"], "rotated", i["name"]) for i in images]
            a = server.move("coco", frame, known, data)
            same(("ok", ""), (a.status, a.detail), data)
            check_moved(images, data, a.data, frame, mode)
            files, edits = files + 1, edits + a.edits
            # And back: the output is an image of its own, whose orientation undoes this one. Sizes that were mended stay so.
            if (frame, mode) != ("stored", "bake"):
                continue
            back = [(INVERSE[i["orientation"]], "bake", *frame_size(*i["stored"], i["orientation"], True), "rotated", i["name"]) for i in images]
            b = server.move("coco", "stored", back, a.data)
            same("ok", b.status, b.detail)
            same(data, b.data, "there and back", name)
print("coco: %d files, %d edits, 0 wrong" % (files, edits))

# ---- what is named, not guessed

IMAGE = '{"id": 1, "file_name": "a.jpg", "width": 7, "height": 4}'
KNOWN = [(6, "bake", 7, 4, "rotated", "a.jpg"), (1, "bake", 7, 4, "rotated", "b.jpg")]


def coco(annotation, image=IMAGE, more=""):
    return ('{%s"images": [%s], "annotations": [%s]}' % (more, image, annotation)).encode()


for data, status, detail in [
    (coco('{"image_id": 1, "bbox": [1, NaN, 1, 1]}'), "corrupt", "line 1, byte 115: 'N' where a value is due"),
    (coco('{"image_id": 2, "bbox": [1, 1, 1, 1]}'), "corrupt", "annotations[0].bbox: its image 2 is not in the file, or has no name there"),
    (coco('{"image_id": "1", "bbox": [1, 1, 1, 1]}'), "corrupt", 'annotations[0].bbox: its image is "1", and the file has the image 1: a number and a string are two ids to most readers, so write both alike'),
    (coco('{"image_id": 1.0, "bbox": [1, 1, 1, 1]}', IMAGE.replace("1", '"1"')), "corrupt",
     'annotations[0].bbox: its image is 1, and the file has the image "1": a number and a string are two ids to most readers, so write both alike'),
    (coco('{"image_id": "01", "bbox": [1, 1, 1, 1]}'), "corrupt", 'annotations[0].bbox: its image "01" is not in the file, or has no name there'),
    *((coco('{"image_id": 2, "bbox": [1, 1, 1, 1]}', IMAGE + ', {"id": 2%s}' % name), "corrupt", "annotations[0].bbox: its image 2 is not in the file, or has no name there")
      for name in ("", ', "file_name": ""', ', "file_name": null', ', "file_name": null, "coco_url": null', ', "file_name": null, "exif_ori": 6')),
    (coco("", '{"id": 2, "file_name": null, "roi_box": [1, 2]}'), "corrupt", "images[0]: its image 2 is not in the file, or has no name there"),
    (coco("", '{"id": 2, "file_name": 3}'), "corrupt", "images[0].file_name: it is no string with a name"),
    (coco('{"bbox": [1, 1, 1, 1]}'), "corrupt", "annotations[0]: it has no image_id"),
    (coco('{"image_id": 1, "segmentation": [[1, 1, 2, 2]]}'), "unsupported",
     "annotations[0].segmentation: a polygon of exactly four numbers, which some readers take as a box"),
    (coco('{"image_id": 1, "segmentation": [[1, 1, 2, 2, 3]]}'), "unsupported", "annotations[0].segmentation: a polygon of an odd count of numbers"),
    (coco('{"image_id": 1, "segmentation": [1, 1, 2, 2, 3, 3]}'), "unsupported", "annotations[0].segmentation: a list that is not of polygons"),
    (coco('{"image_id": 1, "segmentation": 5}'), "corrupt", "annotations[0].segmentation: it is neither a list nor an object"),
    *((coco('{"image_id": 1, "segmentation": %s}' % odd), "unsupported", "annotations[0].segmentation: a ring that is not of points of two numbers")
      for odd in ('{"exterior": [1, 1, 2, 2, 3, 3]}', '{"exterior": [[1, 1, 2]]}', '{"interiors": [[[1, 1], [2]]]}', '[{"exterior": [[1, [1, 1]]]}]', '{"exterior": null}', '{"exterior": [["a", 1]]}', '{"exterior": 5}')),
    (coco('{"image_id": 1, "segmentation": {"exterior": [[1, 1], [2, 1], [2, 2]], "holes": [[1, 1]]}}'), "unsupported", "annotations[0].segmentation: a polygon with more than its rings"),
    *((coco('{"image_id": 1, "segmentation": [%s]}' % odd), "unsupported", "annotations[0].segmentation: a list that is not of polygons")
      for odd in ("{}", '{"size": [4, 7], "counts": [28]}', '{"a": {"exterior": [[1, 1]]}}')),
    (coco('{"image_id": 1, "bbox": [1, 1, 1]}'), "unsupported", "annotations[0].bbox: a box that is not of four numbers"),
    *((coco('{"image_id": 1, "bbox": [1, 1, 1, %s]}' % number), "corrupt", "annotations[0].bbox: something else than a number in its list")
      for number in ('"a"', '""', '" 1"', '"1 px"', '"\\u0031"', '"0x1"', "null", "true")),
    (coco('{"image_id": 1, "segmentation": {"size": [4, 7], "counts": ["28"]}}'), "corrupt", "annotations[0].segmentation.counts: something else than a number in its list"),
    (coco('{"image_id": 1, "bbox": [1, 1, 1, 1e999]}'), "corrupt", "annotations[0].bbox: '1e999' cannot be read as a number"),
    (coco('{"image_id": 1, "image_id": 1, "bbox": [1, 1, 1, 1]}'), "corrupt", "annotations[0].image_id: it is there twice"),
    *((coco('{"image_id": 1, "bbox": [1, 1, 1, 1], "bbox_mode": %s}' % mode), "unsupported", "annotations[0].bbox_mode: boxes that are not x, y, width and height")
      for mode in ("0", "4", '"BoxMode.XYXY_ABS"', "[1]")),
    (coco('{"image_id": 1, "keypoints": [1, 1, 2, 1]}'), "unsupported", "annotations[0].keypoints: a list of keypoints that are not x, y, v"),
    (coco('{"image_id": 1, "keypoints": 5}'), "corrupt", "annotations[0].keypoints: it is no list"),
    (coco('{"image_id": 1, "segmentation": {"size": [4, 7], "counts": 28}}'), "corrupt", "annotations[0].segmentation.counts: it is neither a list nor a string"),
    (coco('{"image_id": 1, "segmentation": {"size": [4, 7], "counts": [28], "counts": [28]}}'), "unsupported", "annotations[0].segmentation: a mask without counts and size"),
    *((coco('{"image_id": 1, "bbox": [1, 1, 1, 1], "%s": %s}' % member), "unsupported",
       "annotations[0]: a member that has a name of coordinates and is not known here")
      for member in (("face_box", "[1, 1, 1, 1]"), ("foot_kpts", "[1, 1, 2]"), ("vis_bbox", "[0, 0, 0, 0]"), ("center", "[1, 2]"), ("polygon", "[[1, 2]]"), ("bezier_pts", "[1]"), ("dp_x", "[1]"), ("corners", '{"x": 1}'),
                     ("joints", "[1]"), ("lines", "[1]"), ("coordinates", "[1]"), ("geometry", '{"type": "Point"}'), ("roi", "[1]"), ("angle", "30"), ("theta", '"0.5"'), ("rotation", "-90"),
                     ("x", "1"), ("left", "0"), ("x_min", "0.5"), ("y1", '"1"'))),
    (coco('{"image_id": 1, "segmentation": {"size": [7, 4], "counts": [28]}}'), "corrupt", "annotations[0].segmentation: a mask of 4x7 on an image of 7x4"),
    (coco('{"image_id": 1, "segmentation": {"size": [4, 7], "counts": [27]}}'), "corrupt", "annotations[0].segmentation: runs that are damaged, or are not those of its size"),
    (coco('{"image_id": 1, "segmentation": {"size": [4, 7], "counts": "l0p"}}'), "corrupt", "annotations[0].segmentation: runs that are damaged, or are not those of its size"),
    (coco('{"image_id": 1, "segmentation": {"size": [4, 7], "counts": "!"}}'), "corrupt", "annotations[0].segmentation: runs that are damaged, or are not those of its size"),
    (coco('{"image_id": 1, "segmentation": {"size": [4, 7]}}'), "unsupported", "annotations[0].segmentation: a mask without counts and size"),
    (coco("", '{"id": 1, "file_name": "a.jpg", "width": 8, "height": 4}'), "corrupt", "images[0]: it says 8x4, its image is 7x4"),
    (coco("", '{"id": 1, "file_name": "c.jpg"}'), "corrupt", "images[0]: there is no image 'c.jpg'"),
    (coco("", '{"file_name": "a.jpg"}'), "corrupt", "images[0]: it has no id"),
    (coco("", '{"id": 1, "file_name": "a\\u0000.jpg"}'), "corrupt", "images[0].file_name: a NUL in a name"),
    (coco("", IMAGE + ", " + IMAGE), "corrupt", "images[1]: its id is that of an image before"),
    (coco("", '{"id": 1, "file_name": "a.jpg", "width": 7, "width": 4, "height": 7}'), "corrupt", "images[0].width: it is there twice"),
    (coco("", '{"id": 1, "file_name": "a.jpg", "file_name": "a.jpg", "width": 7, "height": 4}'), "corrupt", "images[0].file_name: it is there twice"),
    (coco("", more='"images": [], '), "corrupt", "images: it is there twice"),
    (b"[]", "corrupt", "it is no object"),
    (coco('{"image_id": 1, "bbox": [1, 1, 1, 1]}').decode().encode("utf-16"), "corrupt", "it is UTF-16: convert it to UTF-8"),
    (coco("", IMAGE.replace("7", '"7 px"')), "corrupt", "images[0]: it says 0x4, its image is 7x4"),
    (coco("", IMAGE.replace("7", '"?"').replace("4", '"?"')), "corrupt", "images[0]: '?' cannot be read as a number"),
    *((coco("", IMAGE[:-1] + ', "ignore_regions_%s": %s}' % member), "unsupported", "images[0].ignore_regions: regions with unequal numbers of x and y")
      for member in (("x", "[[1, 2]]"), ("y", "[1]"), ("x", '[["a"]], "ignore_regions_y": [[1]]'), ("x", '[[1, "2 px"]], "ignore_regions_y": [[1, "2"]]'), ("x", '[[1, "a"]], "ignore_regions_y": [[1, "b"]]'), ("x", '[1], "ignore_regions_x": [1], "ignore_regions_y": [1, 2]'))),
    (coco("", IMAGE[:-1] + ', "roi_box": [1, 2, 3, 4]}'), "unsupported", "images[0]: a member that has a name of coordinates and is not known here"),
    (coco('{"image_id": 1, "segmentation": [[1, 1, 2, 2, 3, 3]]}', more='"info": {"contributor": "Label Studio"}, '), "unsupported",
     "annotations[0].segmentation: a polygon of Label Studio's COCO export, which is in neither frame: export its JSON"),
]:
    a = server.move("coco", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)

# Numbers that are no places, or tilt nothing.
for member in ('"angle": 0', '"rotation": 0.0', '"theta": 360', '"x": null', '"left": "hand"', '"line": 7', '"region": "EU"', '"direction": [1]', '"score": 0.5'):
    data = coco('{"image_id": 1, %s, "bbox": [1, 1, 1, 1]}' % member)
    a = server.move("coco", "stored", KNOWN, data)
    same(("ok", True), (a.status, b'%s, "bbox": [2, 1, 1, 1]' % member.encode() in a.data), data)

# Fractions of a side where pixels should be: known where all of a file is so, and of images that are rotated.
for big, boxes, status in (((64, 48), ("[0.1, 0.2, 0.3, 0.4]", "[0, 0, 1, 1]"), "unsupported"), ((64, 48), ("[0, 0, 1, 1]",), "ok"), ((64, 48), ("[0.1, 0.2, 0.3, 0.4]", "[1.5, 0, 0.75, 1]"), "ok"),
                           ((64, 15), ("[0.1, 0.2, 0.3, 0.4]",), "ok"), ((64, 48), ('{"segmentation": [[0.1, 0.2, 0.3, 0.4, 0.5, 0.1]]}',), "unsupported"), ((64, 48), ('{"keypoints": [0.5, 0.5, 2]}',), "unsupported")):
    data = coco(", ".join('{"image_id": 1, %s' % (box[1:] if box[0] == "{" else '"bbox": %s}' % box) for box in boxes), '{"id": 1, "file_name": "a.jpg"}')
    a = server.move("coco", "stored", [(6, "bake", *big, "rotated", "a.jpg")], data)
    same((status, "images[0]: no coordinate of the file is over 2: they may be parts of sides" if status != "ok" else ""), (a.status, a.detail), data)
    same("ok", server.move("coco", "stored", [(1, "bake", *big, "rotated", "a.jpg")], data).status, data)

# An image of which no size is known has no mask.
a = server.move("coco", "stored", [(6, "bake", 0, 0, "rotated", "a.jpg")],
                coco('{"image_id": 1, "segmentation": {"size": [0, 0], "counts": []}}', '{"id": 1, "file_name": "a.jpg"}'))
same(("unsupported", "annotations[0].segmentation: a mask without counts and size"), (a.status, a.detail))
a = server.move("coco", "stored", [(6, "bake", 0, 0, "rotated", "a.jpg")],
                coco('{"image_id": 1, "segmentation": {"size": [0, 0], "counts": [0]}}', '{"id": 1, "file_name": "a.jpg"}'))
same(("corrupt", "annotations[0].segmentation: runs that are damaged, or are not those of its size"), (a.status, a.detail))

for member in ('"bbox_mode": 1', '"bbox_mode": null', '"face_box": []', '"face_box": null', '"num_keypoints": 3', '"is_box": true', '"categories": [1, 2]'):
    a = server.move("coco", "stored", KNOWN, coco('{"image_id": 1, "bbox": [1, 1, 1, 1], %s}' % member))
    same(("ok", 1), (a.status, a.moved), member)
# Letters of runs have a backslash among them: one pixel of 99, the 55th of them and then the 45th, as rleToString() writes 54, 1, 44 and 44, 1, 54.
ONE = coco('{"image_id": 1, "segmentation": {"size": [9, 11], "counts": "%s"}}', '{"id": 1, "file_name": "a.jpg"}').decode()
a = server.move("coco", "stored", [(3, "bake", 11, 9, "rotated", "a.jpg")], (ONE % "f11\\\\1").encode())
same(("ok", (ONE % "\\\\11f1").encode()), (a.status, a.data), a.detail)

a = server.move("coco", "stored", KNOWN, coco('{"image_id": 1, "bbox": [1, 1, 1, 1], "keypoints": null}'))
same(("ok", 1), (a.status, a.moved), a.detail)
# A list's separator is repeated for each run of the new one, of which there may be as many as pixels.
WIDE = coco('{"image_id": 1, "segmentation": {"size": [200, 200], "counts": [200,%s200%s]}}' % (" " * 900, ", 200" * 198), '{"id": 1, "file_name": "a.jpg"}')
a = server.move("coco", "stored", [(6, "bake", 200, 200, "rotated", "a.jpg")], WIDE)
assert a.status == "ok" and len(a.data) < 200 * 200 * 5, (a.status, len(a.data))
a = server.move("coco", "stored", [(6, "bake", 200, 200, "rotated", "a.jpg")], WIDE, "max-memory=100000")
same(("limit", "annotations[0].segmentation: it needs more memory than is allowed"), (a.status, a.detail))

# On an image that needs nothing none of this matters, and nothing changes.
for annotation in ('"segmentation": [[1, 1, 2, 2]]', '"bbox": [1, 1, 1]', '"segments_info": []', '"segmentation": {"size": [1, 1], "counts": [9]}'):
    data = coco('{"image_id": 1, %s}' % annotation, IMAGE.replace("a.jpg", "b.jpg").replace("7", "9"))
    a = server.move("coco", "stored", KNOWN, data)
    same(("ok", data, 0), (a.status, a.data, a.edits), annotation)

# A mask that cannot be moved and need not be: the pixels come to lie as its frame has them.
a = server.move("coco", "displayed", KNOWN, coco('{"image_id": 1, "segmentation": {"size": [4, 7]}}'))
same(("ok", 1), (a.status, a.sizes))

# Sizes in quotes are sizes; 0x0, -1 and null say nothing, and what is there is set.
for sizes, moved in (('"width": "7", "height": "4"', '"width": "4", "height": "7"'), ('"width": 0, "height": 0', '"width": 4, "height": 7'), ('"width": -1, "height": -1.0', '"width": 4, "height": 7.0'),
                     ('"width": "0", "height": 0', '"width": "4", "height": 7'), ('"width": null, "height": ""', '"width": null, "height": ""'), ('"width": "", "height": ""', '"width": "", "height": ""')):
    image = '{"id": 1, "file_name": "a.jpg", %s}'
    a = server.move("coco", "stored", KNOWN, coco("", image % sizes))
    same(("ok", coco("", image % moved)), (a.status, a.data), a.detail)
    same(coco("", image % sizes), server.move("coco", "stored", [(1, "bake", 7, 4, "rotated", "a.jpg")], coco("", image % sizes)).data)
same((7, 4), server.scan("coco", coco("", IMAGE.replace("7", '"7"')))[1][0][:2])

# PoseTrack's regions to ignore, whose x and y are lists of their own, before or behind each other.
for names in ("xy", "yx"):
    lists = {"x": "[[1, 2.5, 3], [0, 7, 7]]", "y": "[[0, 1, 4], [2, 2, 3]]"}
    moved = {"x": "[[4, 3, 0], [2, 2, 1]]", "y": "[[1, 2.5, 3], [0, 7, 7]]"}
    region = lambda which: IMAGE[:-1] + "".join(', "ignore_regions_%s": %s' % (n, which[n]) for n in names) + "}"
    a = server.move("coco", "stored", KNOWN, coco("", region(lists)))
    same(coco("", region(moved).replace('"width": 7, "height": 4', '"width": 4, "height": 7')), a.data, a.detail)
    same(coco("", region(lists)), server.move("coco", "stored", [(8, "bake", 4, 7, "rotated", "a.jpg")], a.data).data)
    same((0, 0, 7, 4), server.scan("coco", coco("", region(lists)))[1][0][7:11])
for member in ('"ignore_regions_x": [], "ignore_regions_y": []', '"ignore_regions_x": null', '"boxes": []', '"mask_url": "x"', '"neg_category_ids": [1]'):
    a = server.move("coco", "stored", KNOWN, coco("", IMAGE[:-1] + ", " + member + "}"))
    same(("ok", 0), (a.status, a.shapes), member)

# A byte order mark stays in front.
a = server.move("coco", "stored", KNOWN, b"\xef\xbb\xbf" + coco('{"image_id": 1, "bbox": [1, 1, 1, 1]}'))
same(("ok", True, 1), (a.status, a.data.startswith(b"\xef\xbb\xbf{"), a.shapes_moved))

# A failed image keeps its labels; the other one's are moved.
data = coco('{"image_id": 1, "bbox": [1, 1, 2, 1]}, {"image_id": 2, "bbox": [1, 1, 2, 1]}', IMAGE + ', {"id": 2, "file_name": "b.jpg"}')
for outcome in ("failed", "unsupported"):
    a = server.move("coco", "stored", [(6, "bake", 7, 4, outcome, "a.jpg"), (3, "bake", 7, 4, "rotated", "b.jpg")], data)
    same(("ok", 1, 1, 1), (a.status, a.moved, a.kept, a.shapes_moved), outcome)
    same(data.replace(b'2, "bbox": [1, 1, 2, 1]', b'2, "bbox": [4, 2, 2, 1]'), a.data, outcome)

# Coordinates outside of the picture are moved and counted, never clamped.
a = server.move("coco", "stored", KNOWN, coco('{"image_id": 1, "bbox": [-1.5, 1, 3, 1]}, {"image_id": 1, "bbox": [5, 1, 2, 3]}, {"image_id": 1, "keypoints": [7, 0, 1]}'))
same(("ok", 2), (a.status, a.outside), a.data)
assert b"[2.0, -1.5, 1, 3]" not in a.data and b'"bbox": [2, -1.5, 1, 3]' in a.data, a.data

# Numbers keep the digits that their file has.
for box, moved in (("[1.50, 0.25, 2.00, 1.00]", "[2.75, 1.50, 1.00, 2.00]"), ("[1.5, 0.25, 2.0, 1.0]", "[2.75, 1.5, 1.0, 2.0]"), ("[1.5, 0.5, 2.0, 1.5]", "[2.0, 1.5, 1.5, 2.0]"),
                   ("[1, 0, 2, 1]", "[3, 1, 1, 2]"), ("[1.5, 0.50, 2.0, 1.50]", "[2.0, 1.5, 1.50, 2.0]"), ("[1e-05, 0.1, 0.2, 0.3]", "[3.6, 1e-05, 0.3, 0.2]"), ("[0.1, 1e-05, 0.2, 0.3]", "[369999e-05, 0.1, 0.3, 0.2]"),
                   ("[ 1 ,0\n,2 , 1\t]", "[ 3 ,1\n,1 , 2\t]")):
    a = server.move("coco", "stored", KNOWN, coco('{"image_id": 1, "bbox": %s}' % box))
    same(coco('{"image_id": 1, "bbox": %s}' % moved, IMAGE.replace("7", "x").replace("4", "7").replace("x", "4")), a.data, box)

# An image without a name on which nothing is drawn changes nothing, and null is no file_name: what is there beside it counts.
nameless = ', {"id": 2, "file_name": null, "exif_ori": 6, "width": 9, "height": 9}, {"id": 3}'
a = server.move("coco", "stored", KNOWN, coco('{"image_id": 1, "bbox": [1, 0, 2, 1]}', IMAGE + nameless))
same(("ok", coco('{"image_id": 1, "bbox": [3, 1, 1, 2]}', IMAGE.replace("7", "x").replace("4", "7").replace("x", "4") + nameless), 1), (a.status, a.data, a.images), a.detail)
for members in ('"file_name": null, "coco_url": "http://x/a.jpg"', '"coco_url": "http://x/a.jpg", "file_name": null'):
    same("a.jpg", server.scan("coco", coco("", '{"id": 1, %s}' % members))[1][0].name, members)

# Numbers in quotes are numbers, and the quotes stay, among others without.
for member, moved in (('"bbox": ["1", 0, "2.0", "1"]', '"bbox": ["3", 1, "1", "2.0"]'), ('"segmentation": [["1.50", "0", "2", "0", "2", "1e0"]]', '"segmentation": [["4", "1.50", "4", "2", "3e0", "2"]]'),
                      ('"keypoints": ["1", "2", "2", 0, "0", "0"]', '"keypoints": ["1", "1", "2", 0, "0", "0"]'), ('"keypoints": [{"xy": ["1", "2"], "visible": "2"}]', '"keypoints": [{"xy": ["1", "1"], "visible": "2"}]')):
    a = server.move("coco", "stored", KNOWN, coco('{%s, "image_id": 1}' % member, '{"id": 1, "file_name": "a.jpg"}'))
    same(("ok", coco('{%s, "image_id": 1}' % moved, '{"id": 1, "file_name": "a.jpg"}')), (a.status, a.data), a.detail)
a = server.move("coco", "stored", [(2, "bake", 7, 4, "rotated", "a.jpg")], coco('{"image_id": 1, "bbox": [1, 0, 2, 1], "attributes": {"rotation": "30.0"}}', '{"id": 1, "file_name": "a.jpg"}'))
same(coco('{"image_id": 1, "bbox": [4, 0, 2, 1], "attributes": {"rotation": "330.0"}}', '{"id": 1, "file_name": "a.jpg"}'), a.data, a.detail)

# ---- scans: names, sizes, extents

data = coco('{"image_id": 1.0, "bbox": [1, 0.5, 2, 4]}, {"image_id": 1, "keypoints": [6, 3, 2, 0, 0, 0]}, {"image_id": "1", "segmentation": [[-1, 2, 3, 4, 8.5, 1]]}, '
            '{"image_id": 1, "segmentation": {"counts": [28], "size": [4, 7]}}, {"image_id": 3, "segmentation": [[1, 2, 3, 4]]}',
            IMAGE + ', {"coco_url": "http://x/y/z.jpg", "id": "1"}, {"id": 3, "file_name": "b.jpg", "width": 7.0, "height": -1}')
answer, images = server.scan("coco", data)
same([Image(7, 4, 7, 4, 0, 3, 0, 1, 0.5, 7, 4.5, "a.jpg"), Image(0, 0, 0, 0, 0, 1, 0, -1, 1, 8.5, 4, "z.jpg"), Image(7, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, "b.jpg")], images)
same(0, answer.label_studio)
answer, images = server.scan("coco", coco("", more='"info": {"year": 1, "contributor": "Label Studio"}, '))
same(1, answer.label_studio)
same(0, server.scan("coco", coco("", more='"info": {"description": "Label Studio"}, '))[0].label_studio)
for members in ('"file_name": "a.jpg", "coco_url": "http://x/b.jpg"', '"coco_url": "http://x/b.jpg", "file_name": "a.jpg"'):
    same("a.jpg", server.scan("coco", coco("", '{"id": 1, %s}' % members))[1][0].name, members)
same("limit", server.move("coco", "stored", KNOWN, coco("", ", ".join('{"id": %d, "file_name": "a.jpg"}' % i for i in range(2000))), "max-memory=100000").status)

# ---- kwcoco: the orientation of the file is gone, whether labels move or not; further pictures of an image are refused

for mode in MODES:
    for frame in FRAMES:
        data = coco('{"image_id": 1, "bbox": [1, 1, 2, 1]}', '{"exif_ori": %s, "id": 1, "file_name": "a.jpg", "assets": []}, {"id": 2, "file_name": "b.jpg", "exif_ori": 1}')
        a = server.move("coco", frame, [(6, mode, 7, 4, "rotated", "a.jpg"), (1, mode, 9, 2, "rotated", "b.jpg")], data % b"6")
        box = (b"2, 1, 1, 2" if frame == "stored" else b"1, 1, 2, 1") if mode == "bake" else (b"1, 1, 2, 1" if frame == "stored" else b"1, 1, 1, 2")
        same(("ok", (data % b"null").replace(b"1, 1, 2, 1", box)), (a.status, a.data), a.detail)
        same(0, server.move("coco", frame, [(6, mode, 7, 4, "failed", "a.jpg"), (1, mode, 9, 2, "rotated", "b.jpg")], data % b"6").edits)
for member in ('"assets": [{"file_name": "x"}]', '"auxiliary": [1]', '"valid_region": [[1, 2]]', '"warp_img_to_vid": {"scale": 2}'):
    a = server.move("coco", "stored", KNOWN, coco("", '{"id": 1, "file_name": "a.jpg", %s}' % member))
    same(("unsupported", "images[0]: a member that has a name of coordinates and is not known here"), (a.status, a.detail), member)
a = server.move("coco", "stored", KNOWN, coco("", '{"id": 1, "file_name": "a.jpg", "exif_ori": "6"}'))
same(("corrupt", "images[0].exif_ori: it is no number"), (a.status, a.detail))

# Its keypoints: a place without `visible` is one, and a hidden one at 0,0 is none.
for points, moved in (('{"xy": [1, 2]}, {"visible": 0, "xy": [0, 0]}, {"xy": [0, 0]}, {"xy": [0.5, 0], "visible": 0}', '{"xy": [1, 1]}, {"visible": 0, "xy": [0, 0]}, {"xy": [3, 0]}, {"xy": [3, 0.5], "visible": 0}'),):
    a = server.move("coco", "stored", KNOWN, coco('{"keypoints": [%s], "image_id": 1}' % points, '{"id": 1, "file_name": "a.jpg"}'))
    same(("ok", coco('{"keypoints": [%s], "image_id": 1}' % moved, '{"id": 1, "file_name": "a.jpg"}')), (a.status, a.data), a.detail)
for points, status, detail in (
    ('{"xy": [1]}', "unsupported", "keypoints: a keypoint that is not xy of two numbers"), ('{"xy": [1, 1], "xy": [2, 1]}', "unsupported", "keypoints: a keypoint that is not xy of two numbers"),
    ('{"visible": 2}', "unsupported", "keypoints: a keypoint that is not xy of two numbers"), ('{"xy": null}', "unsupported", "keypoints: a keypoint that is not xy of two numbers"),
    ('{"xy": ["a", 2]}', "corrupt", "keypoints.xy: something else than a number in its list"), ('{"xy": [1, 2]}, 3', "corrupt", "keypoints: something else than a keypoint in its list"),
    ('1, 2, {"xy": [1, 2]}', "corrupt", "keypoints: something else than a number in its list"),
):
    a = server.move("coco", "stored", KNOWN, coco('{"keypoints": [%s], "image_id": 1}' % points))
    same((status, "annotations[0]." + detail), (a.status, a.detail), points)

# ---- what is COCO

for data, form in ((coco('{"image_id": 1}'), "coco"), (b'{"info": {}, "licenses": [{"annotations": []}], "annotations": [{"id": 3, "image_id": 1}]', "coco"),
                   (b'{"images": [{"coco_url": "x"}', "coco"), (b'{"images": ["a"]}', "unknown"), (b'{"annotations": [{"label": 1}]}', "unknown"), (b"", "unknown"),
                   (b"\xef\xbb\xbf" + coco('{"image_id": 1}'), "coco"), (coco('{"image_id": 1}').decode().encode("utf-16"), "coco"), (b"\xfe\xff" + coco('{"image_id": 1}').decode().encode("utf-16-be"), "coco"),
                   (coco('{"image_id": 1}', more='"info": {"a": NaN, "b": [Infinity, -Infinity]}, '), "coco"), (b'{"annotations": [], "images": [{"file_name": "a"}]}', "coco"),
                   (b'{"images": [], "annotations": [{"image_id": 1}]}', "coco"), (b'{"annotations": [], "images": []}', "unknown"), (b'{"a": NaN1', "unknown"), (b"\xff\xfe{", "unknown"), (b"\xff\xfe", "unknown"),
                   (b"\xff\xfe" + "".join(chr(0x100 | ord(c)) for c in coco('{"image_id": 1}').decode()).encode("utf-16-le"), "unknown"),
                   (b'{"annotations": [{"segmentation": [[%s' % (b"1, " * (1 << 20)), "coco"), (b'{"annotations": [{"x": [[%s' % (b"1, " * (1 << 20)), "unknown"),
                   (b'[{"image_id": 1, "bbox": []}]', "unknown"), (b'{"images": []}', "unknown"), (b"\xff\xd8\xff\xe0", "unknown")):
    same(form, server.sniff(data), data)
print("coco: %d requests" % server.asked)
