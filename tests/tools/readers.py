# SPDX-License-Identifier: MIT
"""Labels that were moved, as the tools read them that people train and draw with. readers.py SERVER FOLDER EXIFNORM

Each data set is made here, in both frames, for both modes and all eight orientations; its labels are moved; each tool loads them
beside the picture's new size, and what it then has as boxes, masks and points is compared with what is painted and rotated pixel
by pixel. Before, each tool is shown the same labels as they were: it must not be content with those, or the comparison sees
nothing. The program, too, moves these sets, with their images: its files have to be those that the tools have read. What of a tool has no part in reading labels (networks, windows, plots) is not installed; modules in its place do nothing."""
import base64
import collections
import contextlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import io
import json
import logging
import os
import pathlib
import subprocess
import sys
import types
import zlib

# Not by the path of modules: a neighbour of painter.py is called labelme.
spec = importlib.util.spec_from_file_location("painter", pathlib.Path(__file__).resolve().parent.parent / "labels" / "painter.py")
painter = importlib.util.module_from_spec(spec)
spec.loader.exec_module(painter)
FRAMES, MODES, Server, blank, frame_size = painter.FRAMES, painter.MODES, painter.Server, painter.blank, painter.frame_size
paint_box, paint_point, same, to_output = painter.paint_box, painter.paint_point, painter.same, painter.to_output

ABSENT = {"torch": "2.0.0", "torchvision": "0.15.0", "onnxruntime": "1.0", "PyQt5": "5.15", "osam": "1.0", "skimage": "1.0", "matplotlib": "3.7",
          "polars": "1.0", "psutil": "6.0", "imgviz": "2.0", "nltk": "3.10"}
ABSENT.update(dict.fromkeys(  # supervisely, fiftyone
    "aiofiles cachetools dacite dill exceptiongroup glob2 jinja2 jsonlines jsonschema motor nrrd plotly prettytable py7zr pydash rarfile retrying "
    "scipy sklearn sortedcontainers sse_starlette sseclient starlette strawberry tabulate xmltodict".split(), "1.0"))


class Taker(type):
    """A class with any name in it."""
    def __getattr__(cls, name):
        return stand_in(name)


def stand_in(name):
    if name.startswith("__"):
        raise AttributeError(name)
    if name.endswith(("Warning", "Error")):
        return type(name, (UserWarning,), {})
    return Taker(name, (), {"__init__": lambda self, *a, **k: None, "__getattr__": lambda self, name: stand_in(name), "__enter__": lambda self: self,
                            "__exit__": lambda self, *a: None, "__call__": lambda self, *a, **k: a[0] if a else self, "__class_getitem__": classmethod(lambda c, key: c)})


class Nothing(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        return ABSENT[self.__name__.split(".")[0]] if name == "__version__" else stand_in(name)


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.split(".")[0] in ABSENT else None

    def create_module(self, spec):
        return Nothing(spec.name)

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, Absent())
real_version = importlib.metadata.version
importlib.metadata.version = lambda name: ABSENT.get(name) or real_version(name)
os.environ.update(YOLO_OFFLINE="true", YOLO_CONFIG_DIR=sys.argv[2], MPLCONFIGDIR=sys.argv[2], DO_NOT_TRACK="1", OTEL_SDK_DISABLED="true")
logging.disable(logging.WARNING)

import datumaro  # noqa: E402
import loguru  # noqa: E402
import labelme  # noqa: E402
import numpy  # noqa: E402
import PIL.Image  # noqa: E402
from label_studio_sdk.converter.imports import coco as studio_coco, yolo as studio_yolo  # noqa: E402
from pycocotools import mask as mask_tools  # noqa: E402
from pycocotools.coco import COCO  # noqa: E402
from ultralytics.data.utils import verify_image_label  # noqa: E402
import loaders  # noqa: E402

loguru.logger.remove()
WIDTH, HEIGHT = 60, 40
server = Server(sys.argv[1])
folder = pathlib.Path(sys.argv[2])
counts = collections.Counter()

Case = collections.namedtuple("Case", "orientation frame mode name size_in size_out boxes boxes_out points points_out mask mask_out")


def bounds(rows):
    ys = [y for y, row in enumerate(rows) if any(row)]
    xs = [x for x in range(len(rows[0])) if any(row[x] for row in rows)]
    return xs[0], ys[0], xs[-1] + 1, ys[-1] + 1


def make_case(orientation, frame, mode):
    """Boxes as x1, y1, x2, y2; a point as the pixel that it is in; all of them not where any rotation leaves them."""
    width, height = frame_size(WIDTH, HEIGHT, orientation, frame == "displayed")
    size_out = frame_size(WIDTH, HEIGHT, orientation, mode == "bake")
    boxes = [(3, 5, 13, 12), (width - 9, 2, width - 2, 21), (orientation, 20, orientation + 6, 34)]
    painted = []
    for box in boxes:
        rows = blank(width, height, 1)
        paint_box(rows, *box, 1)
        painted.append(bounds(to_output(rows, orientation, frame, mode)))
    points, points_out = [(7, 11), (width - 3, 6)], []
    for point in points:
        rows = blank(width, height, 1)
        paint_point(rows, *point)
        points_out.append(bounds(to_output(rows, orientation, frame, mode))[:2])
    mask = [[int((x - 10) ** 2 + 2 * (y - 9) ** 2 < 60 or (x > y and x == width - 5)) for x in range(width)] for y in range(height)]
    return Case(orientation, frame, mode, "%d.jpg" % orientation, (width, height), size_out, boxes, painted, points, points_out, mask,
                to_output(mask, orientation, frame, mode))


def known(cases):
    return [(c.orientation, c.mode, WIDTH, HEIGHT, "rotated", c.name) for c in cases]


def move(form, cases, data, *options, named="%s"):
    """named: how the file says the names of its images."""
    answer = server.move(form, cases[0].frame, [(*row[:-1], named and named % row[-1]) for row in known(cases)], data, *options)
    same(("ok", ""), (answer.status, answer.detail), form)
    return answer.data


def save_picture(case, path, size):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        PIL.Image.new("RGB", size, (case.orientation * 20, 90, 60)).save(path)


def near(expected, got, *what):
    """Tools have floats of 32 bits, and of YOLO six digits of a part."""
    expected, got = (sorted(map(tuple, boxes), key=lambda box: [round(n, 2) for n in box]) for boxes in (expected, got))
    if len(expected) != len(got) or any(abs(a - b) > 1e-3 for e, g in zip(expected, got) for a, b in zip(e, g)):
        sys.exit("read otherwise: %r\nexpected %r\ngot      %r" % (what, expected, got))


def is_near(expected, got):
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            near(expected, got)
        return True
    except SystemExit:
        return False


def compare(tool, case, expected, unmoved, read):
    """read(path of the labels) as boxes. unmoved: where they are as they were; None: the tool has refused them."""
    near(expected, read, tool, case[:4])
    counts[tool] += len(expected)
    if case.orientation > 1 and (case.frame == "stored") == (case.mode == "bake"):
        if unmoved is not None and is_near(expected, unmoved):
            sys.exit("%s: the labels that were not moved are the same to it: %r" % (tool, case[:4]))
        counts["not content with what was not moved"] += 1


def xywh(box):
    return [box[0], box[1], box[2] - box[0], box[3] - box[1]]


def corners(x, y, w, h):
    return x, y, x + w, y + h


@contextlib.contextmanager
def quiet():
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


# ---- COCO

def runs(mask):
    flat = [row[x] for x in range(len(mask[0])) for row in mask]
    out, value = [0], 0
    for pixel in flat:
        if pixel != value:
            out.append(0)
            value = pixel
        out[-1] += 1
    return out


def make_coco(cases):
    annotations = []
    for c in cases:
        for i, box in enumerate(c.boxes):
            x1, y1, x2, y2 = box
            annotations.append({"image_id": c.orientation, "category_id": 1, "bbox": xywh(box), "area": (x2 - x1) * (y2 - y1), "iscrowd": 0,
                                "segmentation": [[x1, y1, x2, y1, x2, y2, x1, y2]]})
        annotations[-1].update(keypoints=[n for x, y in c.points for n in (x, y, 2)] + [0, 0, 0], num_keypoints=2)
        x1, y1, x2, y2 = bounds(c.mask)
        annotations.append({"image_id": c.orientation, "category_id": 1, "bbox": xywh((x1, y1, x2, y2)), "area": sum(map(sum, c.mask)), "iscrowd": 1,
                            "segmentation": {"size": [len(c.mask), len(c.mask[0])], "counts": runs(c.mask)}})
    for i, a in enumerate(annotations):
        a["id"] = i + 1
    return json.dumps({"images": [{"id": c.orientation, "file_name": c.name, "width": c.size_in[0], "height": c.size_in[1]} for c in cases],
                       "annotations": annotations, "categories": [{"id": 1, "name": "thing", "keypoints": ["a", "b", "c"], "skeleton": []}]}).encode()


def read_pycocotools(path, cases):
    """By its own masks of polygons and runs: the box around each."""
    with quiet():
        api = COCO(str(path))
    out = {}
    for c in cases:
        masks = [api.annToMask(a) for a in api.loadAnns(api.getAnnIds(imgIds=[c.orientation]))]
        out[c.name] = [bounds(m.tolist()) for m in masks[:-1]], masks[-1].tolist(), [xywh_ for xywh_ in (a["bbox"] for a in api.loadAnns(api.getAnnIds(imgIds=[c.orientation])))]
    return out


def read_datumaro(path, form):
    with quiet():
        dataset = datumaro.Dataset.import_from(str(path), form)
    return {pathlib.PurePath(item.id).name.removesuffix(".jpg"): item for item in dataset}


def of_type(item, kind):
    return [a for a in item.annotations if a.type == kind]


def check_coco(cases, at):
    data = make_coco(cases)
    for state, text in (("before", data), ("after", move("coco", cases, data))):
        (at / state / "annotations").mkdir(parents=True)
        (at / state / "annotations" / "instances_train.json").write_bytes(text)
        people = json.loads(text)
        people["annotations"] = [a for a in people["annotations"] if "keypoints" in a]
        (at / "people" / state / "annotations").mkdir(parents=True)
        (at / "people" / state / "annotations" / "person_keypoints_train.json").write_text(json.dumps(people))
        for c in cases:
            save_picture(c, at / state / "images" / "train" / c.name, c.size_out)
            save_picture(c, at / "people" / state / "images" / "train" / c.name, c.size_out)
    before, after = (read_pycocotools(at / state / "annotations" / "instances_train.json", cases) for state in ("before", "after"))
    for c in cases:
        boxes, mask, fields = after[c.name]
        compare("pycocotools", c, c.boxes_out, before[c.name][0], boxes)
        same(c.mask_out, mask, "pycocotools: runs", c[:4])
        near([xywh(b) for b in c.boxes_out + [bounds(c.mask_out)]], fields, "pycocotools: bbox", c[:4])
        counts["pycocotools"] += 1 + len(fields)
    kinds = datumaro.AnnotationType
    before, after = (read_datumaro(at / state, "coco_instances") for state in ("before", "after"))
    for c in cases:
        key = c.name[:-4]
        boxes = [[corners(*a.get_bbox()) for a in of_type(items[key], kinds.polygon)] for items in (before, after)]
        compare("datumaro: COCO", c, c.boxes_out, *boxes)
        same(c.mask_out, of_type(after[key], kinds.mask)[0].image.astype(int).tolist(), "datumaro: runs", c[:4])
        same(c.size_out, (after[key].media.size[1], after[key].media.size[0]), "datumaro: size", c[:4])
    before, after = (read_datumaro(at / "people" / state, "coco_person_keypoints") for state in ("before", "after"))
    for c in cases:
        points = [[p for a in of_type(items[c.name[:-4]], kinds.points) for p in zip(a.points[::2], a.points[1::2]) if p != (0, 0)] for items in (before, after)]
        compare("datumaro: COCO keypoints", c, c.points_out, *points)
    boxes = []
    for state in ("before", "after"):
        plain = json.loads((at / state / "annotations" / "instances_train.json").read_text())
        plain["annotations"] = [a for a in plain["annotations"] if not a["iscrowd"]]  # Label Studio's importer takes no runs
        (at / state / "plain.json").write_text(json.dumps(plain))
        with quiet():
            studio_coco.convert_coco_to_ls(str(at / state / "plain.json"), str(at / state / "tasks.json"), out_type="annotations", use_super_categories=False)
        tasks = json.loads((at / state / "tasks.json").read_text())
        boxes.append({pathlib.PurePath(t["data"]["image"]).name.rsplit("?d=", 1)[-1]: studio_boxes(t) for t in tasks})
    for c in cases:
        compare("label-studio-sdk: COCO", c, c.boxes_out, boxes[0][c.name], boxes[1][c.name])


def studio_boxes(task):
    """Percents of the size that stands beside them; of polygons the box around, which is a box of its own besides."""
    out = []
    for result in task["annotations"][0]["result"]:
        value, width, height = result["value"], result["original_width"] / 100, result["original_height"] / 100
        if result["type"] == "polygonlabels":
            xs, ys = zip(*value["points"])
            out.append((min(xs) * width, min(ys) * height, max(xs) * width, max(ys) * height))
        elif result["type"] == "rectanglelabels":
            x, y, w, h = (value[k] for k in ("x", "y", "width", "height"))
            out.append((x * width, y * height, (x + w) * width, (y + h) * height))
    return list({tuple(round(n, 4) for n in box) for box in out})


# ---- YOLO: no size stands in the file, so a tool takes the picture's

def yolo_lines(case):
    w, h = case.size_in
    return "".join("0 %.9g %.9g %.9g %.9g\n" % ((x1 + x2) / 2 / w, (y1 + y2) / 2 / h, (x2 - x1) / w, (y2 - y1) / h) for x1, y1, x2, y2 in case.boxes).encode()


def yolo_polygons(case):
    w, h = case.size_in
    return "".join("0 %s\n" % " ".join("%.9g" % n for n in (x1 / w, y1 / h, x2 / w, y1 / h, x2 / w, y2 / h, x1 / w, y2 / h)) for x1, y1, x2, y2 in case.boxes).encode()


def yolo_pose(case):
    w, h = case.size_in
    (x1, y1, x2, y2), points = case.boxes[0], "".join(" %.9g %.9g 2" % ((x + .5) / w, (y + .5) / h) for x, y in case.points)
    return ("0 %.9g %.9g %.9g %.9g%s 0 0 0\n" % ((x1 + x2) / 2 / w, (y1 + y2) / 2 / h, (x2 - x1) / w, (y2 - y1) / h, points)).encode()


def pixels_of(rows, size):
    return [((x - w / 2) * size[0], (y - h / 2) * size[1], (x + w / 2) * size[0], (y + h / 2) * size[1]) for x, y, w, h in rows]


def read_ultralytics(case, image, label, keypoints=0):
    found = verify_image_label((str(image), str(label), "", bool(keypoints), 1, keypoints, 3 if keypoints else 0, False))
    same((0, 1, 0, 0, ""), tuple(found[5:9]) + (found[9] or "",), "ultralytics is not content", case[:4], found[9])
    same(case.size_out, (found[2][1], found[2][0]), "ultralytics: size")
    return found


def check_yolo(cases, at):
    kinds = datumaro.AnnotationType
    for name, make, options in (("detect", yolo_lines, ["yolo=none"]), ("segment", yolo_polygons, ["yolo=none"]), ("pose", yolo_pose, ["yolo=poses", "keypoints=3x3"])):
        for c in cases:
            for state in ("before", "after"):
                root = at / name / state
                save_picture(c, root / "images" / "train" / c.name, c.size_out)
                (root / "labels" / "train").mkdir(parents=True, exist_ok=True)
                data = make(c)
                if state == "after":
                    data = server.move("yolo", c.frame, [(c.orientation, c.mode, WIDTH, HEIGHT, "rotated", "")], data, *options).data
                (root / "labels" / "train" / (c.name[:-4] + ".txt")).write_bytes(data)
                (root / "data.yaml").write_text("path: .\ntrain: images/train\nnames: {0: thing}\n" + ("kpt_shape: [3, 3]\n" if name == "pose" else ""))
            paths = [(at / name / s / "images" / "train" / c.name, at / name / s / "labels" / "train" / (c.name[:-4] + ".txt")) for s in ("before", "after")]
            found = [read_ultralytics(c, *path, keypoints=3 if name == "pose" else 0) for path in paths]
            expected = c.boxes_out[:1] if name == "pose" else c.boxes_out
            compare("ultralytics: " + name, c, expected, *(pixels_of(f[1][:, 1:].tolist(), c.size_out) for f in found))
            if name == "segment":
                same([[(x / c.size_out[0]) for x in (b[0], b[2])] for b in c.boxes_out] and len(c.boxes_out), len(found[1][3]), "segments")
            if name == "pose":
                keypoints = [[(x * c.size_out[0] - .5, y * c.size_out[1] - .5) for x, y, v in f[4][0].tolist() if v] for f in found]
                compare("ultralytics: keypoints", c, c.points_out, *keypoints)
        if name == "detect":  # datumaro takes boxes only
            before, after = (read_datumaro(at / name / s, "yolo") for s in ("before", "after"))
            for c in cases:
                boxes = [[corners(*a.get_bbox()) for a in items[c.name[:-4]].annotations] for items in (before, after)]
                compare("datumaro: YOLO " + name, c, c.boxes_out, *boxes)
    boxes = []
    for state in ("before", "after"):
        root = at / "detect" / state
        with quiet():
            studio_yolo.convert_yolo_to_ls(str(flat(root)), str(root / "tasks.json"), image_ext=".jpg", out_type="annotations")
        boxes.append({pathlib.PurePath(t["data"]["image"]).name.rsplit("?d=", 1)[-1]: studio_boxes(t) for t in json.loads((root / "tasks.json").read_text())})
    for c in cases:
        compare("label-studio-sdk: YOLO", c, c.boxes_out, boxes[0][c.name], boxes[1][c.name])


def flat(root):
    """images/ and labels/ without a subset, as Label Studio's importer has them."""
    for kind in ("images", "labels"):
        (root / "flat" / kind).mkdir(parents=True, exist_ok=True)
        for path in (root / kind / "train").iterdir():
            (root / "flat" / kind / path.name).write_bytes(path.read_bytes())
    (root / "flat" / "classes.txt").write_text("thing\n")
    return root / "flat"


# ---- Pascal VOC, labelme, VoTT's CSV

def check_voc(cases, at):
    for c in cases:
        objects = "".join("<object><name>person</name><bndbox><xmin>%d</xmin><ymin>%d</ymin><xmax>%d</xmax><ymax>%d</ymax></bndbox></object>" % box for box in c.boxes)
        data = ("<annotation><filename>%s</filename><size><width>%d</width><height>%d</height><depth>3</depth></size>%s</annotation>" % (c.name, *c.size_in, objects)).encode()
        for state in ("before", "after"):
            save_picture(c, at / state / "JPEGImages" / c.name, c.size_out)
            for part in ("Annotations", "ImageSets/Main"):
                (at / state / part).mkdir(parents=True, exist_ok=True)
            (at / state / "Annotations" / (c.name[:-4] + ".xml")).write_bytes(data if state == "before" else move("voc", [c], data))
            (at / state / "ImageSets" / "Main" / "train.txt").write_text("".join(c.name[:-4] + "\n" for c in cases))
    before, after = (read_datumaro(at / state, "voc_detection") for state in ("before", "after"))
    kinds = datumaro.AnnotationType
    for c in cases:
        boxes = [[corners(*a.get_bbox()) for a in of_type(items[c.name[:-4]], kinds.bbox)] for items in (before, after)]
        compare("datumaro: VOC", c, c.boxes_out, *boxes)


def check_labelme(cases, at):
    """labelme itself fails where a size is not the picture's, so what was not moved is refused or wrong."""
    for c in cases:
        shapes = [{"label": "thing", "points": [[float(n) for n in box[:2]], [float(n) for n in box[2:]]], "group_id": None, "description": "", "shape_type": "rectangle", "flags": {}} for box in c.boxes]
        data = json.dumps({"version": "5.4.1", "flags": {}, "shapes": shapes, "imagePath": c.name, "imageData": None, "imageHeight": c.size_in[1], "imageWidth": c.size_in[0]}, indent=2).encode()
        boxes = []
        for state, text in (("before", data), ("after", move("labelme", [c], data))):
            save_picture(c, at / state / c.name, c.size_out)
            path = at / state / (c.name[:-4] + ".json")
            path.write_bytes(text)
            try:
                with quiet():
                    read = labelme.LabelFile(str(path))
                boxes.append([(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])) for a, b in (s["points"] for s in read.shapes)])
            except Exception as error:
                same(True, not boxes and c.size_in != c.size_out, "labelme fails", c[:4], error)
                boxes.append(None)
                counts["labelme fails where sizes are the old ones"] += 1
        compare("labelme", c, c.boxes_out, *boxes)


def check_csv(cases, at):
    data = ('"image","xmin","ymin","xmax","ymax","label"\n' + "".join('"%s",%s,"thing"\n' % (c.name, ",".join(map(str, box))) for c in cases for box in c.boxes)).encode()
    items = []
    for state, text in (("before", data), ("after", move("csv", cases, data))):
        for c in cases:
            save_picture(c, at / state / c.name, c.size_out)
        (at / state / "train-export.csv").write_bytes(text)
        items.append(read_datumaro(at / state, "vott_csv"))
    for c in cases:
        compare("datumaro: VoTT's CSV", c, c.boxes_out, *([corners(*a.get_bbox()) for a in i[c.name[:-4]].annotations] for i in items))


# ---- CVAT

def check_cvat(cases, at):
    """Boxes, also as polygons, points, and masks, which are local to their box and row by row."""
    images = []
    for c in cases:
        x1, y1, x2, y2 = bounds(c.mask)
        flat_mask = [pixel for row in c.mask[y1:y2] for pixel in row[x1:x2]]
        lengths, value = [0], 0
        for pixel in flat_mask:
            if pixel != value:
                lengths.append(0)
                value = pixel
            lengths[-1] += 1
        common = 'label="thing" source="manual" occluded="0" z_order="0"'
        images.append('<image id="%d" name="%s" width="%d" height="%d">' % (c.orientation, c.name, *c.size_in) +
                      "".join('<box %s xtl="%.2f" ytl="%.2f" xbr="%.2f" ybr="%.2f"></box>' % (common, *box) for box in c.boxes) +
                      "".join('<polygon %s points="%.2f,%.2f;%.2f,%.2f;%.2f,%.2f"></polygon>' % (common, a, b, x, b, x, y) for a, b, x, y in c.boxes) +
                      '<points %s points="%s"></points>' % (common, ";".join("%.2f,%.2f" % (x + .5, y + .5) for x, y in c.points)) +
                      '<mask %s rle="%s" left="%d" top="%d" width="%d" height="%d"></mask></image>' % (common, ", ".join(map(str, lengths)), x1, y1, x2 - x1, y2 - y1))
    data = ('<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version><meta><task><id>1</id><labels><label><name>thing</name>'
            "<attributes></attributes></label></labels></task></meta>%s</annotations>\n" % "".join(images)).encode()
    items = []
    for state, text in (("before", data), ("after", move("cvat", cases, data))):
        for c in cases:
            save_picture(c, at / state / "images" / c.name, c.size_out)
        (at / state / "annotations.xml").write_bytes(text)
        items.append(read_datumaro(at / state, "cvat"))
    kinds = datumaro.AnnotationType
    for c in cases:
        before, after = (i[c.name[:-4]] for i in items)
        for kind in (kinds.bbox, kinds.polygon):
            compare("datumaro: CVAT", c, c.boxes_out, *([corners(*a.get_bbox()) for a in of_type(item, kind)] for item in (before, after)))
        points = [[(x - .5, y - .5) for a in of_type(item, kinds.points) for x, y in zip(a.points[::2], a.points[1::2])] for item in (before, after)]
        compare("datumaro: CVAT points", c, c.points_out, *points)
        same(c.mask_out, of_type(after, kinds.mask)[0].image.astype(int).tolist(), "datumaro: CVAT mask", c[:4])
        counts["datumaro: CVAT mask"] += 1


# ---- Datumaro's own JSON

def check_datumaro(cases, at):
    """Boxes, also as polygons; points, of which one is absent; runs, as its exporter writes them."""
    items = []
    for c in cases:
        common = {"attributes": {}, "group": 0, "label_id": 0, "z_order": 0}
        annotations = [{"type": "bbox", "bbox": [float(n) for n in xywh(box)], **common} for box in c.boxes]
        annotations += [{"type": "polygon", "points": [float(n) for n in (a, b, x, b, x, y, a, y)], **common} for a, b, x, y in c.boxes]
        annotations.append({"type": "points", "points": [n + .5 for p in c.points for n in p] + [0, 0], "visibility": [2, 2, 0], **common})
        annotations.append({"type": "mask", "rle": {"counts": letters(runs(c.mask)), "size": [len(c.mask), len(c.mask[0])]}, **common})
        for i, annotation in enumerate(annotations):
            annotation["id"] = i
        items.append({"id": c.name[:-4], "annotations": annotations, "attr": {}, "image": {"path": c.name, "size": [c.size_in[1], c.size_in[0]]}})
    data = json.dumps({"infos": {}, "categories": {"label": {"labels": [{"name": "thing", "parent": "", "attributes": []}], "attributes": []}}, "items": items}).encode()
    for state, text in (("before", data), ("after", move("datumaro", cases, data))):
        (at / state / "annotations").mkdir(parents=True)
        (at / state / "annotations" / "train.json").write_bytes(text)
        for c in cases:
            save_picture(c, at / state / "images" / "train" / c.name, c.size_out)
    kinds = datumaro.AnnotationType
    before, after = (read_datumaro(at / state, "datumaro") for state in ("before", "after"))
    for c in cases:
        pair = before[c.name[:-4]], after[c.name[:-4]]
        for kind in (kinds.bbox, kinds.polygon):
            compare("datumaro: its JSON", c, c.boxes_out, *([corners(*a.get_bbox()) for a in of_type(item, kind)] for item in pair))
        points = [[(x - .5, y - .5) for a in of_type(item, kinds.points) for x, y, v in zip(a.points[::2], a.points[1::2], a.visibility) if v.value] for item in pair]
        compare("datumaro: points of its JSON", c, c.points_out, *points)
        same(c.mask_out, of_type(pair[1], kinds.mask)[0].image.astype(int).tolist(), "datumaro: mask of its JSON", c[:4])
        same(c.size_out, (pair[1].media.size[1], pair[1].media.size[0]), "datumaro: size of its JSON", c[:4])
        counts["datumaro: masks of its JSON"] += 1


def letters(counts):
    """COCO's letters for runs (pycocotools' rleToString(): each but the first three as the difference from the one before the last)."""
    size = sum(counts)
    encoded = mask_tools.frPyObjects({"counts": counts, "size": [size, 1]}, size, 1)
    return encoded["counts"].decode()


# ---- Supervisely, FiftyOne, Ultralytics' NDJSON

def zipped(mask, x1, y1, x2, y2):
    """Supervisely's bitmap: a PNG of the part of the mask in that box, deflated, in base64."""
    part = numpy.array([row[x1:x2] for row in mask[y1:y2]], dtype=bool)
    png = io.BytesIO()
    PIL.Image.fromarray(part).save(png, "PNG")
    return {"origin": [x1, y1], "data": base64.b64encode(zlib.compress(png.getvalue())).decode()}


def check_supervisely(cases, at):
    for c in cases:
        common = {"classTitle": "thing", "description": "", "tags": [], "labelerLogin": "a"}
        objects = [{"geometryType": "rectangle", "points": {"exterior": [[a, b], [x - 1, y - 1]], "interior": []}} for a, b, x, y in c.boxes]
        objects += [{"geometryType": "polygon", "points": {"exterior": [[a, b], [x - 1, b], [x - 1, y - 1], [a, y - 1]], "interior": []}} for a, b, x, y in c.boxes]
        objects += [{"geometryType": "point", "points": {"exterior": [list(p)], "interior": []}} for p in c.points]
        objects.append({"geometryType": "bitmap", "bitmap": zipped(c.mask, *bounds(c.mask))})
        data = json.dumps({"description": "", "name": c.name, "tags": [], "size": {"height": c.size_in[1], "width": c.size_in[0]}, "objects": [{"id": i, "classId": 1, **common, **o} for i, o in enumerate(objects)]}).encode()
        read = []
        for state, text in (("before", data), ("after", move("supervisely", [c], data, named=""))):
            save_picture(c, at / state / "img" / c.name, c.size_out)
            path = at / state / "ann" / (c.name + ".json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
            read.append(loaders.read_supervisely(path))
        for kind, expected in (("rectangle", c.boxes_out), ("polygon", c.boxes_out), ("point", c.points_out)):
            compare("supervisely: " + kind, c, expected, *(found[kind] for _, found, _ in read))
        same((c.size_out, c.mask_out), (read[1][0], read[1][2]), "supervisely: bitmap and size", c[:4])
        counts["supervisely: bitmaps"] += 1


def parts(case, *points):
    return [[x / case.size_in[0], y / case.size_in[1]] for x, y in points]


def check_fiftyone(cases, at):
    """As its own exporter writes them, without what stands for its database."""
    samples = []
    for c in cases:
        (w, h), common = c.size_in, {"label": "thing", "tags": [], "attributes": {}}
        samples.append({"filepath": "data/" + c.name, "tags": [], "_media_type": "image",
                        "metadata": {"_cls": "ImageMetadata", "size_bytes": 9, "mime_type": "image/jpeg", "width": w, "height": h, "num_channels": 3},
                        "found": {"_cls": "Detections", "detections": [{"_cls": "Detection", **common, "bounding_box": [a / w, b / h, (x - a) / w, (y - b) / h]} for a, b, x, y in c.boxes]},
                        "lines": {"_cls": "Polylines", "polylines": [{"_cls": "Polyline", **common, "points": [parts(c, (a, b), (x, b), (x, y), (a, y))], "closed": True, "filled": True} for a, b, x, y in c.boxes]},
                        "pose": {"_cls": "Keypoints", "keypoints": [{"_cls": "Keypoint", **common, "points": parts(c, *((x + .5, y + .5) for x, y in c.points))}]}})
    data = json.dumps({"samples": samples}).encode()
    read = []
    for state, text in (("before", data), ("after", move("fiftyone", cases, data, named="data/%s"))):
        for c in cases:
            save_picture(c, at / state / "data" / c.name, c.size_out)
        (at / state / "samples.json").write_bytes(text)
        (at / state / "metadata.json").write_text('{"media_type": "image"}')
        read.append(loaders.read_fiftyone(at / state))
    for c in cases:
        pair, (w, h) = [r[c.name] for r in read], c.size_out
        compare("fiftyone: detections", c, c.boxes_out, *([corners(x * w, y * h, a * w, b * h) for x, y, a, b in (d.bounding_box for d in s.found.detections)] for s in pair))
        boxes = [[(min(x for x, _ in p) * w, min(y for _, y in p) * h, max(x for x, _ in p) * w, max(y for _, y in p) * h) for p in (line.points[0] for line in s.lines.polylines)] for s in pair]
        compare("fiftyone: polylines", c, c.boxes_out, *boxes)
        compare("fiftyone: keypoints", c, c.points_out, *([(x * w - .5, y * h - .5) for x, y in s.pose.keypoints[0].points] for s in pair))
        same((w, h), (pair[1].metadata.width, pair[1].metadata.height), "fiftyone: size", c[:4])


def check_ndjson(cases, at):
    """What ultralytics makes of it for training: rows of YOLO."""
    for name, task, make in (("boxes", "detect", yolo_lines), ("segments", "segment", yolo_polygons), ("pose", "pose", yolo_pose)):
        lines = [{"type": "dataset", "task": task, "name": "a", "path": ".", "class_names": {"0": "thing"}, **({"kpt_shape": [3, 3]} if name == "pose" else {})}]
        for c in cases:
            rows = [[float(n) if "." in n else int(n) for n in row.split()] for row in make(c).decode().splitlines()]
            lines.append({"type": "image", "file": c.name, "width": c.size_in[0], "height": c.size_in[1], "split": "val" if c.orientation % 2 else "train", "annotations": {name: rows}})
        data = "".join(json.dumps(line) + "\n" for line in lines).encode()
        found = []
        for state, text in (("before", data), ("after", move("ndjson", cases, data))):
            for c, line in zip(cases, lines[1:]):
                save_picture(c, at / name / state / "images" / line["split"] / c.name, c.size_out)
            (at / name / state / "set.ndjson").write_bytes(text)
            with quiet():
                made = loaders.convert_ndjson(at / name / state / "set.ndjson", at / name / ("made_" + state))
            paths = [(made / "images" / line["split"] / ("%d.jpg" % i), made / "labels" / line["split"] / ("%d.txt" % i)) for i, line in enumerate(lines) if i]
            found.append([read_ultralytics(c, *path, keypoints=3 if name == "pose" else 0) for c, path in zip(cases, paths)])
        for c, *pair in zip(cases, *found):
            compare("ultralytics: NDJSON's " + name, c, c.boxes_out[:1] if name == "pose" else c.boxes_out, *(pixels_of(f[1][:, 1:].tolist(), c.size_out) for f in pair))
            if name == "pose":
                compare("ultralytics: NDJSON's keypoints", c, c.points_out, *([(x * c.size_out[0] - .5, y * c.size_out[1] - .5) for x, y, v in f[4][0].tolist() if v] for f in pair))


# ---- the program

def check_program(cases, at, made_by_tools={"tasks.json", "plain.json", "tasks.label_config.xml"}):
    """The sets as they were, with images that have the orientation: what comes out is what the tools have read."""
    by_name = {c.name: c for c in cases}
    source, out = at / "in", at / "out"
    for before in sorted(at.glob("**/before/**/*")):
        path = source / before.relative_to(at)
        if not before.is_file() or before.name in made_by_tools or "flat" in before.parts:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if before.suffix == ".jpg":
            exif = PIL.Image.Exif()
            exif[0x0112] = by_name[before.name].orientation
            PIL.Image.new("RGB", (WIDTH, HEIGHT), (by_name[before.name].orientation * 20, 90, 60)).save(path, exif=exif)
        else:
            path.write_bytes(before.read_bytes())
    done = subprocess.run([sys.argv[3], "--labels", "--labels-frame=" + cases[0].frame, "--mode=" + cases[0].mode, str(source), str(out)], capture_output=True)
    same((0, b""), (done.returncode, done.stderr), "exifnorm", cases[0][:3])
    for path in sorted(p for p in out.glob("**/*") if p.is_file()):
        name = path.relative_to(out)
        if path.suffix == ".jpg":
            same(by_name[path.name].size_out, PIL.Image.open(path).size, "exifnorm: size", name)
            continue
        after = at / pathlib.Path(*("after" if part == "before" else part for part in name.parts))
        same(after.read_bytes(), path.read_bytes(), "exifnorm", name)
        counts["exifnorm: files that the tools have read"] += path.suffix != ".yaml"


for frame in FRAMES:
    for mode in MODES:
        cases = [make_case(orientation, frame, mode) for orientation in range(1, 9)]
        for check in (check_coco, check_yolo, check_voc, check_labelme, check_csv, check_cvat, check_datumaro, check_supervisely, check_fiftyone, check_ndjson):
            check(cases, folder / frame / mode / check.__name__)
        check_program(cases, folder / frame / mode)
for name, count in sorted(counts.items()):
    print("%6d  %s" % (count, name))
