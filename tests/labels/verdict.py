# SPDX-License-Identifier: MIT
"""Verdicts over 1,000 sets whose frame is known, since they are made here: sizes that were mended or not, that lie, or that are another
picture's; shapes that reach far enough to tell, or not. verdict.py SERVER"""
import collections
import json
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(4)
OTHER = {"stored": "displayed", "displayed": "stored"}


def make_box(width, height, reach):
    """One that reaches past the shorter side, along the longer; or one that lies in both frames."""
    short = min(width, height)
    right, bottom = r.uniform(2, short), r.uniform(2, short)
    if reach:
        right, bottom = (r.uniform(short + 1.5, width), bottom) if width > height else (right, r.uniform(short + 1.5, height))
    x, y = r.uniform(0, right - 1), r.uniform(0, bottom - 1)
    return [x, y, right - x, bottom - y]


def make_image(frame, says, reach):
    """One image, and the verdict that it gives by itself. says: whose size the label file has; None, stored, displayed, garbage."""
    orientation = r.choice([1, 1, 2, 3, 4, 5, 6, 6, 8, 7])
    width, height = r.choice([(40, 30), (30, 40), (33, 33), (90, 20)])
    shown = frame_size(width, height, orientation, frame == "displayed")
    size = {None: None, "stored": (width, height), "displayed": frame_size(width, height, orientation, True), "garbage": (640, 480)}[says]
    count = r.choice([0, 1, 1, 2, 5])
    lies = orientation > 4 and width != height
    reaches = reach and lies and count > 0
    boxes = [make_box(*shown, reaches and i == 0) for i in range(count)]
    kind = r.choice(["bbox", "polygon", "mask"])
    voices = {says} if says and lies and says != "garbage" else set()
    if reaches and kind != "mask":
        voices.add(frame)
    if kind == "mask" and count and lies:
        voices.add(frame)
    if orientation == 1 or count == 0:
        verdict = "not-needed"
    elif says == "garbage" or len(voices) == 2:
        verdict = "contradictory"
    else:
        verdict = voices.pop() if voices else "either"
    return {"orientation": orientation, "stored": (width, height), "size": size, "boxes": boxes, "kind": kind, "shown": shown, "verdict": verdict, "lies": lies}


def coco(images):
    rows, annotations = [], []
    for i, image in enumerate(images):
        rows.append({"id": i, "file_name": "%d.jpg" % i, **(dict(zip(("width", "height"), image["size"])) if image["size"] else {})})
        for x, y, w, h in image["boxes"]:
            annotations.append({"image_id": i, **{
                "bbox": {"bbox": [x, y, w, h]}, "polygon": {"segmentation": [[x, y, x + w, y, x + w, y + h]]},
                "mask": {"segmentation": {"size": image["shown"][::-1], "counts": [image["shown"][0] * image["shown"][1]]}}}[image["kind"]]})
    r.shuffle(annotations)
    return json.dumps(dict([("images", rows), ("annotations", annotations)][::r.choice([1, -1])])).encode()


counts = collections.Counter()
for number in range(1000):
    frame = r.choice(FRAMES)
    policy = r.choice(["none", "true", "true", "mended", "mixed", "garbage"])
    images = []
    for _ in range(r.randrange(1, 12)):
        says = {"none": None, "true": frame, "mended": OTHER[frame], "mixed": r.choice([None, frame]), "garbage": r.choice([frame, frame, "garbage"])}[policy]
        images.append(make_image(frame, says, r.random() < (0.4 if policy in ("none", "mixed") else 0.7)))
    known = [(image["orientation"], "bake", *image["stored"], "rotated", "%d.jpg" % i) for i, image in enumerate(images)]
    got = server.judge("coco", known, coco(images))
    by_itself = collections.Counter(image["verdict"] for image in images)
    votes = by_itself["stored"], by_itself["displayed"]
    heir = None
    if not by_itself["contradictory"] and min(votes) == 0 and max(votes) >= 3:
        heir = "stored" if votes[0] else "displayed"
    verdicts = []
    for i, image in enumerate(images):
        verdict, witnesses = got["%d.jpg" % i]
        expected = heir if image["verdict"] == "either" and heir else image["verdict"]
        same(expected, verdict, number, frame, policy, image, witnesses)
        same(expected != image["verdict"], "inherited" in witnesses, image)
        same(verdict in ("not-needed", "either"), not witnesses, image, witnesses)
        counts["inherited" if "inherited" in witnesses else verdict] += 1
        verdicts.append(verdict)
    # What a run would do with the set: it stops where one image is undecided.
    if {"either", "contradictory"} & set(verdicts):
        counts["sets refused"] += 1
    elif {"stored", "displayed"} & set(verdicts):
        wrong = any(v not in (frame, "not-needed") for v in verdicts)
        # Sizes of the other frame alone, and no shape that reaches far enough: nobody could tell.
        silent = policy == "mended" and not any(i["verdict"] == "contradictory" for i in images)
        counts["sets with lying sizes and no shape that tells" if wrong and silent else "sets wrong" if wrong else "sets decided"] += 1
    else:
        counts["sets that need no decision"] += 1
print("verdict: " + ", ".join("%d %s" % (n, word) for word, n in sorted(counts.items())))
same(0, counts["sets wrong"])
assert min(counts[w] for w in ("stored", "displayed", "either", "contradictory", "inherited", "sets decided", "sets refused")) > 20, counts

# Sidecars of one image, and formats that say nothing.
for orientation, verdict in ((1, "not-needed"), (6, "either"), (3, "either")):
    same(verdict, server.judge("yolo", [(orientation, "bake", 40, 30, "rotated", "")], b"0 0.5 0.5 0.1 0.1\n")[""][0])
VOC = b"<annotation><filename>a</filename><size><width>%d</width><height>%d</height></size><object><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>%d</xmax><ymax>%d</ymax></bndbox></object></annotation>"
for numbers, orientation, said in (
        ((40, 30, 5, 5), 6, ("stored", {"size-stored"})), ((30, 40, 5, 5), 6, ("displayed", {"size-displayed"})), ((30, 40, 5, 31), 6, ("displayed", {"size-displayed"})),
        ((30, 40, 5, 32), 6, ("displayed", {"size-displayed", "extent-displayed"})), ((30, 40, 32, 5), 8, ("contradictory", {"size-displayed", "extent-stored"})),
        ((30, 40, 32, 32), 8, ("contradictory", {"size-displayed", "extent-stored", "extent-displayed"})), ((40, 31, 5, 5), 6, ("contradictory", {"size-other"})),
        ((40, 30, 41, 5), 6, ("stored", {"size-stored", "extent-stored"})), ((40, 30, 42, 5), 6, ("stored", {"size-stored"})), ((30, 40, 42, 42), 6, ("displayed", {"size-displayed"})),
        ((40, 30, 39, 5), 3, ("either", set())), ((30, 40, 5, 39), 3, ("contradictory", {"size-other"})), ((40, 30, 5, 5), 1, ("not-needed", set())), ((0, 0, 5, 5), 6, ("either", set())), ((0, 0, 35, 5), 6, ("stored", {"extent-stored"})),
        ((0, 0, 5, 5), 3, ("either", set())), ((0, 30, 5, 5), 6, ("contradictory", {"size-other"})), ((0, 30, 5, 5), 3, ("contradictory", {"size-other"}))):
    same(said, server.judge("voc", [(orientation, "bake", 40, 30, "rotated", "a")], VOC % numbers)["a"], numbers, orientation)
# Alone, a reach past the shorter side has to be one that no hand slips by; beside sizes a pixel is enough to doubt them.
for numbers, said in (((0, 0, 3050, 5), ("either", set())), ((0, 0, 3072, 5), ("stored", {"extent-stored"})), ((3024, 4032, 3026, 5), ("contradictory", {"size-displayed", "extent-stored"})), ((4032, 3024, 3026, 5), ("stored", {"size-stored", "extent-stored"}))):
    same(said, server.judge("voc", [(6, "bake", 4032, 3024, "rotated", "a")], VOC % numbers)["a"], numbers)
same(("not-needed", set()), server.judge("voc", [(6, "bake", 40, 30, "failed", "a")], VOC % (9, 9, 9, 9))["a"])
STUDIO = b'{"info": {"contributor": "Label Studio"}, "images": [{"id": 0, "file_name": "a", "width": 40, "height": 30}], "annotations": [{"image_id": 0, "bbox": [1, 1, 2, 2]}]}'
same(("contradictory", {"size-stored", "generator"}), server.judge("coco", [(6, "bake", 40, 30, "rotated", "a")], STUDIO)["a"])
MASKS = b'{"images": [{"id": 0, "file_name": "a"}], "annotations": [%s]}'
MASK = b'{"image_id": 0, "segmentation": {"size": [%d, %d], "counts": [1200]}}'
for masks, said in (((30, 40),), ("stored", {"mask-stored"})), (((40, 30),), ("displayed", {"mask-displayed"})), (((40, 30), (30, 40)), ("contradictory", {"mask-other"})), (((31, 40),), ("contradictory", {"mask-other"})):
    same(said, server.judge("coco", [(6, "bake", 40, 30, "rotated", "a")], MASKS % b", ".join(MASK % m for m in masks))["a"], masks)
same(("contradictory", {"mask-other"}), server.judge("coco", [(3, "bake", 40, 30, "rotated", "a")], MASKS % (MASK % (40, 30)))["a"])
same(("either", set()), server.judge("coco", [(3, "bake", 40, 30, "rotated", "a")], MASKS % (MASK % (30, 40)))["a"])
