# SPDX-License-Identifier: MIT
"""FiftyOne's samples that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones. fiftyone.py SERVER"""
import json
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(2047)
SIDE = 8  # coordinates are eighths


def part(value):
    return "~%s~" % repr(value / SIDE)


def point():
    return [part(r.randrange(SIDE + 1)), part(r.randrange(SIDE + 1))]


def shuffled(d):
    """But for _cls, which FiftyOne writes in front."""
    pairs = list(d.items())
    r.shuffle(pairs)
    return dict(sorted(pairs, key=lambda pair: pair[0] != "_cls"))


def detection():
    (x1, x2), (y1, y2) = (sorted(r.sample(range(SIDE + 1), 2)) for _ in range(2))
    return shuffled({"_id": {"$oid": "5f1"}, "_cls": "Detection", "label": "a", "bounding_box": [part(v) for v in (x1, y1, x2 - x1, y2 - y1)], "mask": None, "tags": [], "confidence": 0.5})


def polyline():
    return shuffled({"_cls": "Polyline", "points": [[point() for _ in range(r.randrange(3, 6))] for _ in range(r.randrange(1, 3))], "closed": True, "filled": True})


def keypoint():
    return shuffled({"_cls": "Keypoint", "points": [point() if r.random() < 0.7 else [{"$numberDouble": "NaN"}, {"$numberDouble": "NaN"}] for _ in range(3)]})


def make(images):
    samples = []
    for image in images:
        fields = {"filepath": "data/" + image["name"], "tags": [], "_media_type": "image", "found": {"_cls": "Detections", "detections": [detection() for _ in range(r.randrange(3))]},
                  "lines": {"_cls": "Polylines", "polylines": [polyline() for _ in range(r.randrange(2))]}, "pose": {"_cls": "Keypoints", "keypoints": [keypoint() for _ in range(r.randrange(2))]},
                  "weather": {"_cls": "Classification", "label": "rain"}, "at": {"_cls": "GeoLocation", "point": [r.random(), 1.5], "line": None, "polygon": [[[1, 2]]]},
                  "metadata": {"_cls": "ImageMetadata", "size_bytes": 9, "width": image["stored"][0], "height": image["stored"][1], "num_channels": 3}}
        if r.random() < 0.5:
            fields["one"] = detection()
        samples.append(shuffled(fields))
    return json.dumps({"samples": samples}, indent=r.choice([None, 2])).replace('"~', "").replace('~"', "").encode()


def labels(value, key=""):
    """All that have coordinates, wherever they are."""
    if isinstance(value, dict):
        if "bounding_box" in value or ("points" in value and not value["_cls"].startswith("Geo")):
            yield value
        for k, v in value.items():
            yield from labels(v, k)
    elif isinstance(value, list):
        for v in value:
            yield from labels(v, key)


def paint(data):
    d, out = json.loads(data, parse_float=str, parse_int=str), []
    for sample in d["samples"]:
        areas, points = blank(SIDE, SIDE, 2), blank(SIDE + 1, SIDE + 1, 1)
        for n, label in enumerate(sorted(labels(sample), key=lambda label: label["_cls"])):
            if "bounding_box" in label:
                x, y, w, h = (exact(v) * SIDE for v in label.pop("bounding_box"))
                paint_box(areas, x, y, x + w, y + h, 2)
            elif label["_cls"] == "Polyline":
                for outline in label.pop("points"):
                    paint_polygon(areas, [(exact(x) * SIDE, exact(y) * SIDE) for x, y in outline], 2)
            else:
                for i, (x, y) in enumerate(label["points"]):
                    if isinstance(x, str):
                        paint_point(points, int(exact(x) * SIDE), int(exact(y) * SIDE), 10 ** i * (n + 1))
                        label["points"][i] = None
        metadata = sample["metadata"]
        out.append((areas, points, (int(metadata.pop("width")), int(metadata.pop("height")))))
    return out, d


files = shapes = 0
for round_ in rounds(10):
    for frame in FRAMES:
        for mode in MODES:
            images = [{"name": "%d.jpg" % i, "orientation": 1 + (round_ + i) % 8, "stored": r.choice([(7, 4), (5, 9), (6, 6)])} for i in range(8)]
            data = make(images)
            same("fiftyone", server.sniff(data), data)
            a = server.move("fiftyone", frame, [(i["orientation"], mode, *i["stored"], "rotated", "data/" + i["name"]) for i in images], data)
            same(("ok", "", 0), (a.status, a.detail, a.outside), data)
            old, new = paint(data), paint(a.data)
            for i, before, after in zip(images, old[0], new[0]):
                same(tuple(to_output(rows, i["orientation"], frame, mode) for rows in before[:2]), after[:2], i, data, a.data)
                same(frame_size(*i["stored"], i["orientation"], mode == "bake"), after[2], "metadata", i, data, a.data)
            same(old[1], new[1], "the rest")
            files, shapes = files + 1, shapes + a.shapes
            if (frame, mode) == ("stored", "bake"):
                back = [(INVERSE[i["orientation"]], mode, *frame_size(*i["stored"], i["orientation"], True), "rotated", "data/" + i["name"]) for i in images]
                same(data, server.move("fiftyone", frame, back, a.data).data, "there and back")
print("fiftyone: %d files, %d shapes, 0 wrong" % (files, shapes))

KNOWN = [(6, "bake", 7, 4, "rotated", "a")]


def sample(field, more='"filepath": "a"'):
    return ('{"samples": [{"f": %s, %s}]}' % (field, more)).encode()


BOX = '{"bounding_box": [0.25, 0.5, 0.5, 0.25]}'
for data, status, detail in [
    (sample('{"bounding_box": [0.25, 0.5, 0.5]}'), "unsupported", "samples[0].bounding_box: a box that is not of four numbers"),
    (sample('{"bounding_box": [300, 200, 10, 10]}'), "unsupported", "samples[0].bounding_box: numbers that are not parts of the image's sides"),
    (sample('{"bounding_box": {}}'), "corrupt", "samples[0].bounding_box: it is no list"),
    (sample('{"detections": [{"bounding_box": [0.25, 0.5, 0.5, 0.25], "mask": {"$binary": {"base64": "eJw="}}}]}'), "unsupported", "samples[0].mask: a mask of FiftyOne's, which is not rotated"),
    (sample('{"_cls": "Segmentation", "mask_path": "m.png"}'), "unsupported", "samples[0].mask: a mask of FiftyOne's, which is not rotated"),
    (sample('{"_cls": "Heatmap", "map": "eJw="}'), "unsupported", "samples[0].mask: a mask of FiftyOne's, which is not rotated"),
    (sample('{"points": [[0.5, 0.5, 0.5]]}'), "unsupported", "samples[0].points: a point that is not of two numbers"),
    (sample('{"points": [[0.5, {"$numberDouble": "NaN"}]]}'), "unsupported", "samples[0].points: a point that is not of two numbers"),
    (sample('{"x": {"y": [{"bboxes": [[1, 2, 3, 4]]}]}}'), "unsupported", "samples[0]: a member that has a name of coordinates and is not known here"),
    (sample("1", '"filepath": "a", "frames": {"1": {}}'), "unsupported", "samples[0].frames: labels of a video's frames"),
    (sample(BOX, '"x": 1'), "corrupt", "samples[0].filepath: there is no name"),
    (sample(BOX, '"filepath": "z"'), "corrupt", "samples[0]: there is no image 'z'"),
    (sample(BOX, '"filepath": "a", "metadata": {"width": 9, "height": 4}'), "corrupt", "samples[0]: it says 9x4, its image is 7x4"),
    (b'{"samples": [1]}', "corrupt", "samples[0]: it is no object"),
    (b'{"samples": [], "samples": []}', "corrupt", "samples: it is there twice"),
]:
    a = server.move("fiftyone", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)
# Deep in fields of one's own, under any name, beside a path that is not the sample's.
a = server.move("fiftyone", "stored", KNOWN, sample('{"x": {"y": [{"filepath": "z", "metadata": {"width": 1}, "b": [%s]}]}}' % BOX))
same(("ok", sample('{"x": {"y": [{"filepath": "z", "metadata": {"width": 1}, "b": [%s]}]}}' % '{"bounding_box": [0.25, 0.25, 0.25, 0.5]}')), (a.status, a.data), a.detail)
sized = sample(BOX, '"filepath": "a", "metadata": {"width": 7, "height": 4}')
same({"a": ("either", set())}, server.judge("fiftyone", KNOWN, sized))
for data, form in ((sample("1"), "fiftyone"), (b'{"samples": []}', "unknown"), (b'{"name": 1, "samples": [{"id": 1, "filepath": NaN', "fiftyone"), (b'{"samples": [{"id": 1}]}', "unknown")):
    same(form, server.sniff(data), data)
print("fiftyone: %d requests" % server.asked)
