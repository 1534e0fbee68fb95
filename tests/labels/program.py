# SPDX-License-Identifier: MIT
"""Whole data sets through the program: pictures whose pixels are numbered, with an orientation each, and a label file of every format on them. A
box holds the same numbers after the run as before, counted in the pictures that were written. program.py EXIFNORM

What a set is asked beside where its labels are (the page, a second run, an archive, the frame that is told) is asked in one mode for each format and
frame, by turns; LONG=1: in both."""
import csv
import functools
import json
import os
import random
import struct
import subprocess
import sys
import tarfile
import xml.etree.ElementTree
import zlib
from fractions import Fraction

import png
import program_more
import program_page
from painter import FRAMES, INVERSE, MODES, rotate

program = sys.argv[1]
r = random.Random(18)
checks = 0


def is_same(found, wanted, *what):
    global checks
    checks += 1
    if found != wanted:
        sys.exit("found %r\nwanted %r\n%r" % (found, wanted, what))


# ---- pictures: PNG (ISO/IEC 15948), RGB, a number a pixel; Exif with the orientation alone

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(path, rows, orientation):
    raw = b"".join(b"\0" + b"".join(struct.pack(">I", n)[1:] for n in row) for row in rows)
    exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + struct.pack("<HHI", orientation, 0, 0)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)) +
                (chunk(b"eXIf", exif) if orientation else b"") + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def read_png(path):
    with open(path, "rb") as f:
        return [[r << 16 | g << 8 | b for r, g, b in row] for row in png.read(f.read()).rows]


def under(rows, box):
    """The numbers of the pixels under a box of whole pixels."""
    x1, y1, x2, y2 = box
    assert all(value == int(value) for value in box), box
    return sorted(n for row in rows[int(y1):int(y2)] for n in row[int(x1):int(x2)])


# ---- formats: write(folder, images) makes label files; read(folder, images) gives boxes by image and, where there are such fields, sizes. An image
# is {path, name, size of the frame, boxes}.

def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def coco_write(folder, images):
    write(folder + "/annotations/all.json", json.dumps({
        "images": [{"id": i, "file_name": image["name"], "width": image["size"][0], "height": image["size"][1]} for i, image in enumerate(images)],
        "annotations": [{"id": 100 * i + j, "image_id": i, "category_id": 1, "bbox": [x1, y1, x2 - x1, y2 - y1],
                         "segmentation": [[x1, y1, x2, y1, x2, y2, x1, y2]]}
                        for i, image in enumerate(images) for j, (x1, y1, x2, y2) in enumerate(image["boxes"])]}))


def around(numbers):
    xs, ys = numbers[::2], numbers[1::2]
    return (min(xs), min(ys), max(xs), max(ys))


def coco_read(folder, images):
    d = json.load(open(folder + "/annotations/all.json"))
    boxes = [[] for _ in images]
    for a in d["annotations"]:
        x, y, w, h = a["bbox"]
        boxes[a["image_id"]].append((x, y, x + w, y + h))
        is_same(around(a["segmentation"][0]), (x, y, x + w, y + h), "a polygon around its box")
    return boxes, [(i["width"], i["height"]) for i in d["images"]]


def voc_write(folder, images):
    for image in images:
        write(folder + "/Annotations/" + image["stem"] + ".xml",
              "<annotation>\n\t<filename>%s</filename>\n\t<size><width>%d</width><height>%d</height><depth>3</depth></size>\n%s</annotation>\n" %
              (image["name"], *image["size"], "".join(
                  "\t<object><name>a</name><bndbox><xmin>%d</xmin><ymin>%d</ymin><xmax>%d</xmax><ymax>%d</ymax></bndbox></object>\n" % box for box in image["boxes"])))


def voc_read(folder, images):
    boxes, sizes = [], []
    for image in images:
        root = xml.etree.ElementTree.parse(folder + "/Annotations/" + image["stem"] + ".xml").getroot()
        boxes.append([tuple(int(box.find(name).text) for name in ("xmin", "ymin", "xmax", "ymax")) for box in root.iter("bndbox")])
        sizes.append(tuple(int(root.find("size/" + name).text) for name in ("width", "height")))
    return boxes, sizes


def yolo_write(folder, images):
    for image in images:
        w, h = image["size"]
        write(folder + "/labels/" + image["stem"] + ".txt", "".join(
            "0 %s %s %s %s\n" % tuple(repr(n) for n in ((x1 + x2) / 2 / w, (y1 + y2) / 2 / h, (x2 - x1) / w, (y2 - y1) / h)) for x1, y1, x2, y2 in image["boxes"]))


def yolo_read(folder, images):
    boxes = []
    for image in images:
        w, h = image["size_out"]
        boxes.append([])
        for line in open(folder + "/labels/" + image["stem"] + ".txt"):
            x, y, width, height = (float(Fraction(n)) for n in line.split()[1:])
            box = ((x - width / 2) * w, (y - height / 2) * h, (x + width / 2) * w, (y + height / 2) * h)
            assert all(abs(n - round(n)) < 1e-6 for n in box), box
            boxes[-1].append(tuple(round(n) for n in box))
    return boxes, None


def labelme_write(folder, images):
    for image in images:
        write(folder + "/json/" + image["stem"] + ".json", json.dumps({
            "version": "5.4.1", "flags": {}, "shapes": [{"label": "a", "points": [[x2, y1], [x1, y2]], "shape_type": "rectangle"} for x1, y1, x2, y2 in image["boxes"]],
            "imagePath": "..\\images\\" + image["name"], "imageData": None, "imageHeight": image["size"][1], "imageWidth": image["size"][0]}, indent=2))


def labelme_read(folder, images):
    boxes, sizes = [], []
    for image in images:
        d = json.load(open(folder + "/json/" + image["stem"] + ".json"))
        boxes.append([around(sum(shape["points"], [])) for shape in d["shapes"]])
        sizes.append((d["imageWidth"], d["imageHeight"]))
    return boxes, sizes


def csv_write(folder, images):
    write(folder + "/table.csv", "filename,width,height,class,xmin,ymin,xmax,ymax\n" + "".join(
        "%s,%d,%d,a,%d,%d,%d,%d\n" % (image["name"], *image["size"], *box) for image in images for box in image["boxes"]))


def csv_read(folder, images):
    boxes, sizes = {image["name"]: [] for image in images}, {}
    for row in csv.DictReader(open(folder + "/table.csv")):
        boxes[row["filename"]].append(tuple(int(row[name]) for name in ("xmin", "ymin", "xmax", "ymax")))
        sizes[row["filename"]] = (int(row["width"]), int(row["height"]))
    return [boxes[image["name"]] for image in images], [sizes[image["name"]] for image in images]


def cvat_write(folder, images):
    write(folder + "/annotations.xml", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n%s</annotations>\n" % "".join(
        "  <image id=\"%d\" name=\"%s\" width=\"%d\" height=\"%d\">\n%s  </image>\n" % (i, image["name"], *image["size"], "".join(
            "    <box label=\"a\" occluded=\"0\" xtl=\"%.2f\" ytl=\"%.2f\" xbr=\"%.2f\" ybr=\"%.2f\" z_order=\"0\">\n    </box>\n" % box for box in image["boxes"]))
        for i, image in enumerate(images)))


def cvat_read(folder, images):
    boxes, sizes = [], []
    for image in xml.etree.ElementTree.parse(folder + "/annotations.xml").getroot().iter("image"):
        boxes.append([tuple(float(box.get(name)) for name in ("xtl", "ytl", "xbr", "ybr")) for box in image.iter("box")])
        sizes.append((int(image.get("width")), int(image.get("height"))))
    return boxes, sizes


# write, read, options, and whether the frame can be told.
FORMATS = {"coco": (coco_write, coco_read, [], True), "voc": (voc_write, voc_read, [], True), "yolo": (yolo_write, yolo_read, [], False),
           "labelme": (labelme_write, labelme_read, [], True), "csv": (csv_write, csv_read, [], True), "cvat": (cvat_write, cvat_read, [], True),
           **program_more.FORMATS}


# ---- sets

def run(status, *arguments):
    done = subprocess.run([program, "-q", *arguments], capture_output=True, text=True)
    is_same(done.returncode, status, arguments, done.stderr)
    return done.stderr


def make(folder, form, frame):
    images = []
    for i in range(16):
        orientation = i % 9
        width, height = r.sample(range(3, 40), 2)
        rows = [[4000 * y + x for x in range(width)] for y in range(height)]
        shown = rotate(rows, orientation or 1)
        drawn = rows if frame == "stored" else shown
        size = (len(drawn[0]), len(drawn))
        boxes = []
        for _ in range(r.randrange(1, 4)):
            (x1, x2), (y1, y2) = (sorted(r.sample(range(side + 1), 2)) for side in size)
            boxes.append((x1, y1, x2, y2))
        stem = "p%d" % i
        write_png(folder + "/images/" + stem + ".png", rows, orientation)
        images.append({"stem": stem, "name": stem + ".png", "orientation": orientation, "size": size, "boxes": boxes, "numbers": [under(drawn, box) for box in boxes],
                       "drawn": drawn, "bytes": os.path.getsize(folder + "/images/" + stem + ".png")})
    FORMATS[form][0](folder, images)
    return images


def compare(out, form, images, *what):
    for image in images:
        image["rows"] = read_png(out + "/images/" + image["name"])
        image["size_out"] = (len(image["rows"][0]), len(image["rows"]))
    boxes, sizes = FORMATS[form][1](out, images)
    for i, image in enumerate(images):
        if boxes:
            is_same([under(image["rows"], box) for box in boxes[i]], image["numbers"], form, image["name"], image["orientation"], *what)
        if sizes:
            is_same(sizes[i], image["size_out"], form, image["name"], *what)


# Of these there is nothing but masks, which have no boxes.
MASKS_ALONE = ("folder-of-masks", "masks-beside", "panoptic")


def compare_page(path, source, form, images, frame, mode):
    """Over each picture, as browsers show it, the numbers under the boxes are those that the labels were drawn around."""
    page, shown = program_page.Page(path), 0
    for image in images:
        sides = page.figures.get("images/" + image["name"], {})
        if not sides:
            continue
        before, now = read_png(source + "/images/" + image["name"]), image["rows"]
        for side, picture in (("before", rotate(before, image["orientation"] or 1)), ("now", now)):
            size, as_they_are, boxes = sides[side]
            is_same(size, (len(picture[0]), len(picture)), "the size of", side, path, image["name"])
            found = [under(picture, box) for box in program_page.rounded(boxes)]
            # A format may have several shapes for a box, such as a polygon around it.
            is_same([n for i, n in enumerate(found) if n not in found[:i]], [n for i, n in enumerate(image["numbers"]) if n not in image["numbers"][:i]],
                    "under boxes", side, path, image["name"], image["orientation"])
            if side == "before":
                is_same(set(program_page.rounded(as_they_are)), {tuple(map(float, box)) for box in image["boxes"]}, "numbers of the label file", path, image["name"])
        shown += 1
    is_same(shown >= 8 or form in MASKS_ALONE, True, "images with boxes", path, shown)


@functools.lru_cache(None)
def decoded(data):
    """Most masks are read several times, as several runs make the same."""
    return png.read(data)._replace(interlace=0)


def files(folder):
    """Their paths below it. What os.path.relpath() does of them takes longer than to read them."""
    return [path[len(folder) + 1:] + "/" * (path != folder) + name for path, _, names in os.walk(folder) for name in names]


def label_files(folder):
    found = {}
    for name in files(folder):
        if not name.startswith("images/") or name.count("/") > 1 or name.endswith("_mask.png"):
            data = open(folder + "/" + name, "rb").read()
            found[name] = decoded(data) if name.endswith(".png") else data
    return found


def tar(folder, name):
    """Images first, as label files of a whole archive have to come after them."""
    with tarfile.open(name, "w") as archive:
        for path in sorted(files(folder), key=lambda path: (not path.startswith("images/p") or path.endswith("_mask.png"), path)):
            archive.add(folder + "/" + path, path)


def verdicts(path, report, folder, *options):
    """What is said of labels by --check, without what stands in front of names in a folder, or of the order of members."""
    with open(path if path.endswith(".tar") else os.devnull) as stdin:
        stdin = stdin if report == "stream" else subprocess.DEVNULL
        done = subprocess.run([program, "-q", "--check", "--labels", "--report=" + report, *options, "-" if report == "stream" else path], capture_output=True, text=True,
                              stdin=stdin)
    is_same(done.returncode in (0, 1), True, path, done.stderr)
    found = []
    for line in map(json.loads, open(report)):
        said = line.get("labels") or line.get("verdict") if "totals" not in line else None
        if said:
            said.pop("archive", None)
            found.append(json.dumps({key: value.removeprefix(folder) if key in ("path", "image") else value for key, value in said.items()}, sort_keys=True))
    return done.returncode, sorted(found)


def compare_verdicts(source, *options):
    """An archive in any order has the verdicts of the folder, from standard input, too."""
    found = verdicts(source, "folder", source + "/", *options)
    is_same(len(found[1]) > 0, True, "verdicts", source)
    paths = sorted(files(source))
    r.shuffle(paths)
    with tarfile.open("shuffled.tar", "w") as archive:
        for path in paths:
            archive.add(source + "/" + path, path)
    is_same(verdicts("shuffled.tar", r.choice(["file", "stream"]), "", "--tar", *options), found, "verdicts of an archive", source)


def contents(folder):
    return {name: open(folder + "/" + name, "rb").read() for name in files(folder)}


def main():
    at = 0
    for number, (form, (_, _, options, is_told)) in enumerate(FORMATS.items()):
        for turn, frame in enumerate(FRAMES):
            source = "%s-%s" % (form, frame)
            images = make(source, form, frame)
            compare_verdicts(source, *options)
            for mode in MODES:
                out = "%s-%s" % (source, mode)
                run(0, source, out, "--mode=" + mode, "--labels", "--labels-frame=" + frame, "--report=" + out + ".jsonl", "--html=" + out + ".html", *options)
                compare(out, form, images, frame, mode)
                lines = [json.loads(line) for line in open(out + ".jsonl")]
                moved = [line["path"] for line in lines if line.get("outcome") == "moved" or "mask_of" in line]
                after = label_files(out)
                changed = [path for path, data in label_files(source).items() if after[path] != data]
                is_same(set(changed) <= set(moved), True, "what changed is said to be moved", changed, moved)
                at += 1
                if not os.environ.get("LONG") and mode != MODES[(number + turn) % len(MODES)]:
                    continue
                compare_page(out + ".html", source, form, images, frame, mode)
                run(0, "--html=again.html", "--from-report=" + out + ".jsonl")
                is_same(open("again.html").read() == open(out + ".html").read(), True, "the page of the report", out)
                # What was moved is in the frame of its images, and nothing is left to do.
                run(0, out, out + "-again", "--labels", "--labels-frame=" + ("displayed" if frame == "stored" else "stored"), *options)
                is_same(label_files(out + "-again"), after, "a second time", out)
                # The same in an archive.
                tar(source, source + ".tar")
                run(0, "--tar", source + ".tar", out + ".tar", "--mode=" + mode, "--labels", "--labels-frame=" + frame, *options)
                with tarfile.open(out + ".tar") as archive:
                    archive.extractall(out + "-tar", filter="fully_trusted") if hasattr(tarfile, "data_filter") else archive.extractall(out + "-tar")
                is_same(contents(out + "-tar") == contents(out), True, "an archive of it", out)
                auto = out + "-auto"
                if not is_told:
                    is_same("--labels-frame=stored or --labels-frame=displayed" in run(1, source, auto, "--mode=" + mode, "--labels", *options), True, "the flag is named")
                    is_same(os.path.exists(auto), False, "nothing is written")
                else:
                    run(0, source, auto, "--mode=" + mode, "--labels", *options)
                    is_same(label_files(auto), after, "auto", out)
            if frame == "stored" and form != "via":  # which says how many bytes a file has
                # Back: the inverse of each orientation, from a list.
                with open("back.csv", "w") as f:
                    for image in images:
                        f.write("images/%s,%d\n" % (image["name"], INVERSE[image["orientation"] or 1]))
                run(0, source + "-bake", source + "-back", "--labels", "--labels-frame=stored", "--orientations=back.csv", *options)
                is_same(label_files(source + "-back"), label_files(source), "there and back", source)
    print("%d sets of %d formats, %d checks" % (at, len(FORMATS), checks))


main()
