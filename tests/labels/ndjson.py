# SPDX-License-Identifier: MIT
"""Ultralytics' NDJSON files that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones. ndjson.py SERVER"""
import json
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(11)
SIDE = 8  # coordinates are eighths, as in yolo.py
TASKS = {"boxes": "detect", "segments": "segment", "obb": "obb", "pose2": "pose", "pose3": "pose", "classification": "classify"}


def make(task, images):
    write = r.choice([repr, lambda v: "%.6f" % v])
    head = {"type": "dataset", "task": TASKS[task], "name": "a", "class_names": {"0": "x"}, "bytes": 1}
    if task.startswith("pose"):
        head["kpt_shape"] = [3, int(task[-1])]
    lines = [head]
    for image in images:
        rows = []
        for _ in range(r.randrange(4)):
            (x1, x2), (y1, y2) = (sorted(r.sample(range(SIDE + 1), 2)) for _ in range(2))
            points = [r.randrange(SIDE + 1) for _ in range(8 if task == "obb" else 2 * r.randrange(3, 6))]
            row = [r.randrange(80)] + ["~%s~" % write(v / SIDE) for v in (points if task in ("segments", "obb") else ((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1))]
            for _ in range(3 if task.startswith("pose") else 0):
                x, y = ("~%s~" % write(r.randrange(SIDE + 1) / SIDE) for _ in range(2))
                if r.random() < 0.3:
                    row += [0, 0, 0] if task == "pose3" else [-1, y]
                else:
                    row += [x, y] + [r.choice([1, 2])] * (task == "pose3")
            rows.append(row if task != "classification" else row[0])
        sides = image["stored"]
        line = {"type": "image", "file": image["name"], "url": "https://x/1.5/" + image["name"], "width": sides[0], "height": sides[1], "split": "train",
                "annotations": {task.rstrip("23"): rows}}
        pairs = list(line.items())
        r.shuffle(pairs)
        lines.append(dict(pairs))
    return (r.choice(["\n", "\r\n"]).join(json.dumps(line).replace('"~', "").replace('~"', "") for line in lines) + r.choice(["", "\n"])).encode()


def paint(data, task):
    out, rest = [], []
    for line in map(lambda text: json.loads(text, parse_float=str, parse_int=str), data.decode().splitlines()):
        if line["type"] == "dataset":
            rest.append(line)
            continue
        areas, points = blank(SIDE, SIDE, 2), blank(SIDE + 1, SIDE + 1, 1)
        for row in line["annotations"].pop(task.rstrip("23")) if task != "classification" else ():
            rest += [row[0], *paint_yolo(areas, points, row, task, SIDE)]
        out.append((areas, points, (int(line.pop("width")), int(line.pop("height")))))
        rest.append(line)
    return out, rest


files = shapes = 0
for round_ in rounds(8):
    for frame in FRAMES:
        for mode in MODES:
            for task in TASKS:
                images = [{"name": "%d.jpg" % i, "orientation": 1 + i % 8, "stored": r.choice([(7, 4), (5, 9), (6, 6)])} for i in range(8)]
                data = make(task, images)
                same("ndjson", server.sniff(data), data)
                a = server.move("ndjson", frame, [(i["orientation"], mode, *i["stored"], "rotated", i["name"]) for i in images], data)
                same(("ok", "", 0), (a.status, a.detail, a.outside), data)
                old, new = paint(data, task), paint(a.data, task)
                for i, before, after in zip(images, old[0], new[0]):
                    same(tuple(to_output(rows, i["orientation"], frame, mode) for rows in before[:2]), after[:2], i, data, a.data)
                    same(frame_size(*i["stored"], i["orientation"], mode == "bake"), after[2], "sizes", i, data, a.data)
                same(old[1], new[1], "the rest")
                files, shapes = files + 1, shapes + a.shapes
                if (frame, mode) == ("stored", "bake"):
                    back = [(INVERSE[i["orientation"]], mode, *frame_size(*i["stored"], i["orientation"], True), "rotated", i["name"]) for i in images]
                    same(data, server.move("ndjson", frame, back, a.data).data, "there and back")
print("ndjson: %d files, %d shapes, 0 wrong" % (files, shapes))

KNOWN = [(6, "bake", 7, 4, "rotated", "a")]


def line(annotations, more="", head='"task": "pose", "kpt_shape": [1, 3]'):
    return ('{"type": "dataset", %s}\n{"type": "image", "file": "a", %s"annotations": %s}\n' % (head, more, annotations)).encode()


UNKNOWN = "a member that has a name of coordinates and is not known here"
for data, status, detail in [
    (line('{"boxes": [[0, 0.5, 0.5, 0.5]]}'), "unsupported", "line 2: annotations.boxes[0]: a box that is not of a class and four numbers"),
    (line('{"boxes": [[0, 0.5, 0.5, 0.5, 0.5], [0, 300, 200, 10, 10]]}'), "unsupported", "line 2: annotations.boxes[1]: numbers that are not parts of the image's sides"),
    (line('{"segments": [[0, 0.5, 0.5, 0.5, 0.5]]}'), "unsupported", "line 2: annotations.segments[0]: a polygon that is not of a class and pairs of numbers"),
    (line('{"obb": [[0, 0, 0, 1, 1, 1, 0]]}'), "unsupported", "line 2: annotations.obb[0]: an oriented box that is not of a class and eight numbers"),
    (line('{"pose": [[0, 0.5, 0.5, 0.5, 0.5, 1, 1]]}'), "unsupported", "line 2: annotations.pose[0]: another count of numbers than a pose has by kpt_shape"),
    *((line('{"pose": [[0, 0.5, 0.5, 0.5, 0.5, 1, 1, 1]]}', head='"task": "pose", "kpt_shape": ' + shape), "unsupported", "line 2: annotations.pose[0]: a pose without kpt_shape in the first line")
      for shape in ("[1.5, 3]", "[1, 4]", "[1001, 3]", "[0, 3]", "[1]", '"1"')),
    (line('{"pose": [[0, 0.5, 0.5, 0.5, 0.5, 1, 1, 1]]}', head='"task": "pose"'), "unsupported", "line 2: annotations.pose[0]: a pose without kpt_shape in the first line"),
    (line('{"pose": [[0, 0.5, 0.5, 0.5, 0.5, 1.5, 1]]}', head='"task": "pose", "kpt_shape": [1, 2]'), "unsupported", "line 2: annotations.pose[0]: a keypoint outside of its image"),
    (line('{"masks": [[0, 1]]}'), "unsupported", "line 2: annotations: a list of a kind that is not known here"),
    (line("{}", '"depth": {"url": "x"}, '), "unsupported", "line 2: depth: a picture of depths, which is not rotated with it"),
    (line("{}", '"bbox": [1, 2], '), "unsupported", "line 2: " + UNKNOWN),
    (line('{"boxes": [1]}'), "corrupt", "line 2: boxes: something else than a row in its list"),
    (line('{"boxes": {}}'), "corrupt", "line 2: boxes: it is no list"),
    (line('{"boxes": [[0, null]]}'), "corrupt", "line 2: annotations.boxes[0]: something else than a number in its list"),
    (line("{}", '"annotations": {}, '), "corrupt", "line 2: annotations: it is there twice"),
    (line("{}", '"file": "a", '), "corrupt", "line 2: file: it is there twice"),
    (line("{}", '"width": 9, "height": 4, '), "corrupt", "line 2: it says 9x4, its image is 7x4"),
    (b'{"type": "dataset", "task": "detect"}\n{"type": "image"}', "corrupt", "line 2: file: there is no name"),
]:
    a = server.move("ndjson", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)
a = server.move("ndjson", "stored", KNOWN, line('{"boxes": [], "classification": [3]}', '"depth": null, '))
same(("ok", 0), (a.status, a.edits), a.detail)
# Sizes are the file's, whoever drew the boxes: no witness. They are set all the same.
sized = line('{"boxes": [[0, 0.5, 0.5, 0.25, 0.5]]}', '"width": 7, "height": 4, ')
same([Image(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, "a")], [image._replace(left=0, top=0, right=0, bottom=0) for image in server.scan("ndjson", sized)[1]])
same({"a": ("either", set())}, server.judge("ndjson", KNOWN, sized))
a = server.move("ndjson", "displayed", KNOWN, sized)
same(("ok", sized.replace(b'7, "height": 4', b'4, "height": 7'), 1), (a.status, a.data, a.sizes), a.detail)
for data, form in ((b'{"task": "x", "type": "dataset"}', "ndjson"), (b'{"type": "dataset"}', "unknown"), (b'{"type": "image", "task": 1, "file": "a"}', "unknown"), (b'{"type": {"a": 1}, "task": 1}', "unknown")):
    same(form, server.sniff(data), data)
print("ndjson: %d requests" % server.asked)
