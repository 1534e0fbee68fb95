# SPDX-License-Identifier: MIT
"""More formats of data sets for program.py: those with masks, and those that program.py's own writers do not cover. Of each: write(folder, images), read(folder,
images), which gives boxes by image (None: it has none) and sizes, options of the program, and whether `auto` can tell the frame."""
import json
import os
import random

import png

r = random.Random(23)


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


# ---- masks: a value for each pixel of the frame that is labelled. image["mask"] keeps which value each of the picture's numbers has, and that must
# be so afterwards.

def pair(image, rows):
    assert (len(rows), len(rows[0])) == (len(image["drawn"]), len(image["drawn"][0]))
    image["mask"] = {n: value for numbers, values in zip(image["drawn"], rows) for n, value in zip(numbers, values)}


def check(image, picture, where):
    """What is in the mask that was written, against the picture that was written."""
    size = (picture.width, picture.height)
    assert size == image["size_out"], (where, size, image["size_out"])
    found = {n: value for numbers, values in zip(image["rows"], picture.rows) for n, value in zip(numbers, values)}
    assert found == image["mask"], (where, image["orientation"])


def random_rows(image, values):
    width, height = image["size"]
    return [[(r.choice(values),) for _ in range(width)] for _ in range(height)]


def mask_writer(name, color, depth, values, extra):
    def write_masks(folder, images):
        for image in images:
            rows = random_rows(image, values)
            pair(image, rows)
            write(folder + "/" + name % image["stem"], png.write(png.PNG(*image["size"], depth, color, 0, rows, extra), r))

    def read_masks(folder, images):
        for image in images:
            picture = png.read(open(folder + "/" + name % image["stem"], "rb").read())
            assert (picture.color, picture.depth) == (color, depth)
            check(image, picture, name)
        return None, None

    return write_masks, read_masks


PALETTE = [(b"PLTE", bytes(range(0, 60)))]


# ---- COCO's panoptic PNGs: ids in three bytes, the boxes of their segments in the JSON

def ids_picture(image, place, ids, path):
    width, height = image["size"]
    rows = [[0] * width for _ in range(height)]
    for value, (x1, y1, x2, y2) in zip(ids, place):
        for y in range(y1, y2):
            rows[y][x1:x2] = [value] * (x2 - x1)
    coloured = [[(v & 255, v >> 8 & 255, v >> 16) for v in row] for row in rows]
    pair(image, coloured)
    write(path, png.write(png.PNG(width, height, 8, 2, 0, coloured, []), r))


def panoptic_write(folder, images):
    annotations = []
    for i, image in enumerate(images):
        ids = r.sample(range(1, 2 ** 24), len(image["boxes"]))
        ids_picture(image, image["boxes"], ids, folder + "/annotations/panoptic/" + image["name"])
        annotations.append({"image_id": i, "file_name": image["name"], "segments_info": [
            {"id": v, "category_id": 1, "iscrowd": 0, "bbox": [x1, y1, x2 - x1, y2 - y1], "area": 1} for v, (x1, y1, x2, y2) in zip(ids, image["boxes"])]})
    write(folder + "/annotations/panoptic.json", json.dumps({
        "images": [{"id": i, "file_name": image["name"], "width": image["size"][0], "height": image["size"][1]} for i, image in enumerate(images)],
        "annotations": annotations}))


def panoptic_read(folder, images):
    d = json.load(open(folder + "/annotations/panoptic.json"))
    boxes = []
    for image, a in zip(images, d["annotations"]):
        check(image, png.read(open(folder + "/annotations/panoptic/" + a["file_name"], "rb").read()), "panoptic")
        boxes.append([(x, y, x + w, y + h) for x, y, w, h in (s["bbox"] for s in a["segments_info"])])
    return boxes, [(i["width"], i["height"]) for i in d["images"]]


# ---- Ground Truth: a line an image, boxes in it, and a mask by its address

def ground_truth_write(folder, images):
    lines = []
    for image in images:
        ids_picture(image, image["boxes"], range(1, 9), folder + "/refs/" + image["stem"] + "_m.png")
        lines.append(json.dumps({
            "source-ref": "s3://bucket/set/images/" + image["name"],
            "cars": {"image_size": [{"width": image["size"][0], "height": image["size"][1], "depth": 3}],
                     "annotations": [{"class_id": 0, "left": x1, "top": y1, "width": x2 - x1, "height": y2 - y1} for x1, y1, x2, y2 in image["boxes"]]},
            "cars-metadata": {"type": "groundtruth/object-detection", "class-map": {"0": "car"}, "human-annotated": "yes"},
            "roads-ref": "s3://bucket/set/refs/" + image["stem"] + "_m.png",
            "roads-ref-metadata": {"type": "groundtruth/semantic-segmentation", "internal-color-map": {"0": {"class-name": "a", "hex-color": "#ffffff"}}}}))
    write(folder + "/output.manifest", "\n".join(lines) + "\n")


def ground_truth_read(folder, images):
    boxes, sizes = [], []
    for image, line in zip(images, open(folder + "/output.manifest")):
        line = json.loads(line)
        assert line["source-ref"] == "s3://bucket/set/images/" + image["name"]
        check(image, png.read(open(folder + "/refs/" + image["stem"] + "_m.png", "rb").read()), "refs")
        boxes.append([(a["left"], a["top"], a["left"] + a["width"], a["top"] + a["height"]) for a in line["cars"]["annotations"]])
        sizes.append(tuple(line["cars"]["image_size"][0][side] for side in ("width", "height")))
    return boxes, sizes


# ---- Label Studio: percent of each side

def label_studio_write(folder, images):
    tasks = []
    for i, image in enumerate(images):
        w, h = image["size"]
        tasks.append({"id": i, "data": {"image": "/data/upload/1/0123abcd-" + image["name"]}, "annotations": [{"id": i, "result": [
            {"id": "r%d" % j, "type": "rectanglelabels", "from_name": "label", "to_name": "image", "original_width": w, "original_height": h, "image_rotation": 0,
             "value": {"x": 100 * x1 / w, "y": 100 * y1 / h, "width": 100 * (x2 - x1) / w, "height": 100 * (y2 - y1) / h, "rotation": 0, "rectanglelabels": ["a"]}}
            for j, (x1, y1, x2, y2) in enumerate(image["boxes"])]}]})
    write(folder + "/export.json", json.dumps(tasks, indent=1))


def label_studio_read(folder, images):
    boxes, sizes = [], []
    for task in json.load(open(folder + "/export.json")):
        boxes.append([])
        for result in task["annotations"][0]["result"]:
            v, w, h = result["value"], result["original_width"], result["original_height"]
            assert v["rotation"] == 0
            box = (v["x"] * w / 100, v["y"] * h / 100, (v["x"] + v["width"]) * w / 100, (v["y"] + v["height"]) * h / 100)
            assert all(abs(n - round(n)) < 1e-6 for n in box), box
            boxes[-1].append(tuple(round(n) for n in box))
            size = (w, h)
        sizes.append(size)
    return boxes, sizes


# ---- Hugging Face's imagefolder: names in the folder of the file

def imagefolder_write(folder, images):
    write(folder + "/images/metadata.jsonl", "".join(json.dumps({
        "file_name": image["name"], "width": image["size"][0], "height": image["size"][1],
        "objects": {"bbox": [[x1, y1, x2 - x1, y2 - y1] for x1, y1, x2, y2 in image["boxes"]], "categories": [0] * len(image["boxes"])}}) + "\n" for image in images))


def imagefolder_read(folder, images):
    lines = [json.loads(line) for line in open(folder + "/images/metadata.jsonl")]
    assert [line["file_name"] for line in lines] == [image["name"] for image in images]
    return [[(x, y, x + w, y + h) for x, y, w, h in line["objects"]["bbox"]] for line in lines], [(line["width"], line["height"]) for line in lines]


# ---- VIA: the key of an image is its name and the size of its file in bytes

def via_write(folder, images):
    write(folder + "/via.json", json.dumps({image["name"] + str(image["bytes"]): {
        "filename": image["name"], "size": image["bytes"], "file_attributes": {},
        "regions": [{"shape_attributes": {"name": "rect", "x": x1, "y": y1, "width": x2 - x1, "height": y2 - y1}, "region_attributes": {}}
                    for x1, y1, x2, y2 in image["boxes"]]} for image in images}))


def via_read(folder, images):
    d, boxes = json.load(open(folder + "/via.json")), []
    assert len(d) == len(images)
    for image in images:
        size = os.path.getsize(folder + "/images/" + image["name"])
        entry = d[image["name"] + str(size)]
        assert (entry["filename"], entry["size"]) == (image["name"], size)
        shapes = [region["shape_attributes"] for region in entry["regions"]]
        boxes.append([(s["x"], s["y"], s["x"] + s["width"], s["y"] + s["height"]) for s in shapes])
    return boxes, None


# ---- CreateML: boxes by their centers

def createml_write(folder, images):
    write(folder + "/_annotations.createml.json", json.dumps([{"image": image["name"], "annotations": [
        {"label": "a", "coordinates": {"x": (x1 + x2) / 2, "y": (y1 + y2) / 2, "width": x2 - x1, "height": y2 - y1}} for x1, y1, x2, y2 in image["boxes"]]}
        for image in images]))


def createml_read(folder, images):
    boxes = []
    for image, entry in zip(images, json.load(open(folder + "/_annotations.createml.json"))):
        assert entry["image"] == image["name"]
        places = [a["coordinates"] for a in entry["annotations"]]
        boxes.append([(c["x"] - c["width"] / 2, c["y"] - c["height"] / 2, c["x"] + c["width"] / 2, c["y"] + c["height"] / 2) for c in places])
    return boxes, None


# ---- Datumaro: one file, the image's item has its name

def datumaro_write(folder, images):
    write(folder + "/annotations/train.json", json.dumps({"infos": {}, "categories": {}, "items": [{
        "id": image["stem"], "annotations": [{"id": i, "type": "bbox", "attributes": {}, "bbox": [x1, y1, x2 - x1, y2 - y1]} for i, (x1, y1, x2, y2) in enumerate(image["boxes"])],
        "image": {"path": image["name"], "size": image["size"][::-1]}} for image in images]}))


def datumaro_read(folder, images):
    items = json.load(open(folder + "/annotations/train.json"))["items"]
    return [[(x, y, x + w, y + h) for x, y, w, h in (a["bbox"] for a in item["annotations"])] for item in items], [tuple(item["image"]["size"][::-1]) for item in items]


# ---- parts of a side, exactly: FiftyOne and Ultralytics' NDJSON, whose sizes are the file's

def near_whole(numbers):
    assert all(abs(n - round(n)) < 1e-6 for n in numbers), numbers
    return tuple(round(n) for n in numbers)


def fiftyone_write(folder, images):
    write(folder + "/samples.json", json.dumps({"samples": [{
        "filepath": "images/" + image["name"], "metadata": {"_cls": "ImageMetadata", "width": image["size"][0], "height": image["size"][1]}, "found": {"_cls": "Detections", "detections": [
            {"_cls": "Detection", "label": "a", "bounding_box": [x1 / w, y1 / h, (x2 - x1) / w, (y2 - y1) / h]} for x1, y1, x2, y2 in image["boxes"]]}}
        for image in images for w, h in [image["size"]]]}))


def fiftyone_read(folder, images):
    samples = json.load(open(folder + "/samples.json"))["samples"]
    sizes = [(sample["metadata"]["width"], sample["metadata"]["height"]) for sample in samples]
    return [[near_whole((x * w, y * h, (x + bw) * w, (y + bh) * h)) for x, y, bw, bh in (d["bounding_box"] for d in sample["found"]["detections"])]
            for sample, (w, h) in zip(samples, sizes)], sizes


def ndjson_write(folder, images):
    write(folder + "/set.ndjson", json.dumps({"type": "dataset", "task": "detect", "class_names": {"0": "a"}}) + "\n" + "".join(json.dumps({
        "type": "image", "file": image["name"], "width": w, "height": h, "split": "train",
        "annotations": {"boxes": [[0, (x1 + x2) / 2 / w, (y1 + y2) / 2 / h, (x2 - x1) / w, (y2 - y1) / h] for x1, y1, x2, y2 in image["boxes"]]}}) + "\n"
        for image in images for w, h in [image["size"]]))


def ndjson_read(folder, images):
    lines = [json.loads(line) for line in open(folder + "/set.ndjson")][1:]
    sizes = [(line["width"], line["height"]) for line in lines]
    return [[near_whole(((x - bw / 2) * w, (y - bh / 2) * h, (x + bw / 2) * w, (y + bh / 2) * h)) for _, x, y, bw, bh in line["annotations"]["boxes"]]
            for line, (w, h) in zip(lines, sizes)], sizes


# ---- Supervisely: a file an image, known by its own name; corners are the first and the last pixel

def supervisely_write(folder, images):
    for image in images:
        write(folder + "/ann/" + image["name"] + ".json", json.dumps({
            "description": "", "tags": [], "size": {"height": image["size"][1], "width": image["size"][0]}, "objects": [
                {"classTitle": "a", "geometryType": "rectangle", "points": {"exterior": [[x1, y1], [x2 - 1, y2 - 1]], "interior": []}} for x1, y1, x2, y2 in image["boxes"]]}))


def supervisely_read(folder, images):
    files = [json.load(open(folder + "/ann/" + image["name"] + ".json")) for image in images]
    return [[(x1, y1, x2 + 1, y2 + 1) for (x1, y1), (x2, y2) in (o["points"]["exterior"] for o in d["objects"])] for d in files], [(d["size"]["width"], d["size"]["height"]) for d in files]


FORMATS = {"folder-of-masks": (*mask_writer("masks/%s.png", 3, 8, range(20), PALETTE), ["--masks=masks/"], True),
           "masks-beside": (*mask_writer("images/%s_mask.png", 0, 16, [0, 1, 255, 256, 65535], []), ["--masks=*_mask.png"], True),
           "panoptic": (panoptic_write, panoptic_read, [], True),
           "ground-truth": (ground_truth_write, ground_truth_read, [], True),
           "label-studio": (label_studio_write, label_studio_read, [], True),
           "via": (via_write, via_read, [], True),
           "createml": (createml_write, createml_read, ["--labels-format=createml-center"], True),
           "imagefolder": (imagefolder_write, imagefolder_read, [], True),
           "datumaro": (datumaro_write, datumaro_read, [], True),
           "fiftyone": (fiftyone_write, fiftyone_read, [], False),
           "ndjson": (ndjson_write, ndjson_read, [], False),
           "supervisely": (supervisely_write, supervisely_read, [], True)}
