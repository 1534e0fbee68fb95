# SPDX-License-Identifier: MIT
"""CVAT files that are made here, painted, rotated as pixels, and compared with what is painted of the moved file. Of what is tilted
the corners are compared. cvat.py SERVER"""
import itertools
import random
import sys
import xml.etree.ElementTree as tree

from painter import *

server = Server(sys.argv[1])
r = random.Random(11)
SIDES = ("xtl", "ytl", "xbr", "ybr")
CUBOID = ["".join((axis, corner, face)) for face in "12" for corner in ("tl", "bl", "tr", "br") for axis in "xy"]


def quarter(limit, write):
    return write(r.randrange(4 * limit + 1))


def rle(width, height):
    bits = [r.random() < r.choice([0.2, 0.8]) for _ in range(width * height)]
    runs = [len(list(group)) for _, group in itertools.groupby(bits)]
    return ", ".join(map(str, ([0] if bits[0] else []) + runs))


def make_shape(width, height, write, cuboids):
    kind = r.choice(["box", "box", "ellipse", "polygon", "polyline", "points", "mask", "skeleton", "tag"] + ["cuboid"] * cuboids)
    rotation = [("rotation", r.choice(["30.00", "90.00", "271.50", "0.00"]))] if r.random() < 0.5 else []
    points = [("points", ";".join("%s,%s" % (quarter(width, write), quarter(height, write)) for _ in range(r.randrange(3, 6))))]
    (x1, x2), (y1, y2) = (sorted(r.sample(range(4 * side + 1), 2)) for side in (width, height))
    inside = ""
    if kind == "box":
        attributes = list(zip(SIDES, map(write, (x1, y1, x2, y2)))) + rotation
    elif kind == "ellipse":
        attributes = [("cx", write(x1)), ("cy", write(y1)), ("rx", write(x2 - x1)), ("ry", write(y2 - y1))] + rotation
    elif kind == "mask":
        w, h = r.randrange(1, width + 1), r.randrange(1, height + 1)
        attributes = [("rle", rle(w, h)), ("left", r.randrange(width - w + 1)), ("top", r.randrange(height - h + 1)), ("width", w), ("height", h)]
    elif kind == "cuboid":
        # Left is left of right and top above bottom, on both faces.
        numbers = [write(q + d) for d in (0, 1) for q in (x1, y1, x1, y2, x2, y1, x2, y2)]
        attributes = list(zip(CUBOID, numbers))
    elif kind in ("skeleton", "tag"):
        attributes = []
    else:
        attributes = points
    if kind == "skeleton":
        inside = "".join('\n<points label="%d" outside="%d" occluded="0" points="%s,%s"></points>' % (i, i == 1, quarter(width, write), quarter(height, write)) for i in range(3))
    attributes = [("label", "a &lt;b&gt;"), ("source", "manual")] + attributes + [("z_order", "0")]
    r.shuffle(attributes)
    quote, space = r.choice("\"'"), r.choice([" ", "\n  "])
    inside += r.choice(["", '<attribute name="x">5</attribute>'])
    return "<%s %s>%s</%s>" % (kind, space.join("%s%s=%s%s%s%s" % (k, space[1:], space[1:], quote, v, quote) for k, v in attributes), inside, kind)


def make(frame, orientation, write):
    """Two images, of which one needs nothing."""
    width, height = r.choice([(7, 4), (5, 9), (6, 6)])
    shown = frame_size(width, height, orientation, frame == "displayed")
    images = []
    for name, size, at in (("a&amp;b 1.jpg", shown if r.random() < 0.5 else (width, height), shown), ("b.jpg", (8, 3), (8, 3))):
        items = [("id", r.randrange(2)), ("name", name), ("width", size[0]), ("height", size[1])] + r.choice([[], [("subset", "Train"), ("task_id", "3")]])
        r.shuffle(items)
        shapes = "\n    ".join(make_shape(*at, write, orientation < 5 or name == "b.jpg") for _ in range(r.randrange(1, 5)))
        images.append("  <image %s>\n    %s\n  </image>\n" % (" ".join('%s="%s"' % item for item in items), shapes))
    if r.random() < 0.2:
        images.append('  <image id="7" name="b.jpg" width="8" height="3"/>\n')
    r.shuffle(images)
    head = r.choice(["", '<?xml version="1.0" encoding="utf-8"?>\n', "\ufeff"])
    return (width, height), (head + "<annotations>\n  <version>1.1</version>\n  <meta><task><image>x</image><original_size><width>9</width></original_size></task></meta>\n"
                             + "".join(images) + "</annotations>\n").encode()


def number_of(e, name):
    return exact(e.attrib.pop(name))


def pairs(text):
    return [tuple(map(exact, pair.split(","))) for pair in text.split(";")]


def paint(data, width, height):
    """What is in pixels, what is in points, points that have names, angles and all the rest."""
    root = tree.fromstring(data)
    image = [e for e in root.iter("image") if e.get("name") == "a&b 1.jpg"][0]
    size = int(image.attrib.pop("width")), int(image.attrib.pop("height"))
    areas, tilted, named, seen = blank(width, height), [], [], blank(width * 4 + 1, height * 4 + 1, 1)
    for n, e in enumerate(image.iter()):
        angle = float(e.attrib.pop("rotation", 0))
        if e.tag == "box":
            x1, y1, x2, y2 = (number_of(e, k) for k in SIDES)
            if angle == 0:
                paint_box(areas, x1, y1, x2, y2)
            tilted.append(tilt([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], angle, ((x1 + x2) / 2, (y1 + y2) / 2)))
        elif e.tag == "ellipse":
            x, y, rx, ry = (number_of(e, k) for k in ("cx", "cy", "rx", "ry"))
            tilted.append(tilt([(x - rx, y), (x + rx, y), (x, y - ry), (x, y + ry)], angle, (x, y)))
        elif e.tag == "mask":
            left, top, w, h = (int(number_of(e, k)) for k in ("left", "top", "width", "height"))
            bits = [i % 2 for i, run in enumerate(e.attrib.pop("rle").split(", ")) for _ in range(int(run))]
            same(w * h, len(bits))
            for i, bit in enumerate(bits):
                for sub in itertools.product(range(SCALE), range(SCALE)):
                    areas[(top + i // w) * SCALE + sub[0]][(left + i % w) * SCALE + sub[1]] += 20 * bit
        elif e.tag == "cuboid":
            numbers = [number_of(e, k) for k in CUBOID]
            for face in (numbers[:8], numbers[8:]):
                tl, bl, tr, br = zip(face[::2], face[1::2])
                assert tl[0] <= tr[0] and bl[0] <= br[0] and tl[1] <= bl[1] and tr[1] <= br[1], face
                named.append([tl, bl, tr, br])
        elif e.tag in ("polygon", "polyline", "points"):
            points = pairs(e.attrib.pop("points"))
            if e.tag == "polygon":
                paint_polygon(areas, points)
            for i, (x, y) in enumerate(points):
                paint_point(seen, int(x * 4), int(y * 4), 10 ** i * (n + 1))
    return areas, tilted, named, seen, size, tree.tostring(root)


files = edits = tilted = 0
for orientation in range(1, 9):
    for frame in FRAMES:
        for mode in MODES:
            for round_ in rounds(12):
                write = [lambda q: "%.2f" % (q / 4), lambda q: repr(q / 4)][round_ % 4 == 3]
                (width, height), data = make(frame, orientation, write)
                known = lambda o, w, h: [(o, mode, w, h, "rotated", "a&b 1.jpg"), (1, mode, 8, 3, "rotated", "b.jpg")]
                a = server.move("cvat", frame, known(orientation, width, height), data)
                same(("ok", ""), (a.status, a.detail), data)
                old = paint(data, *frame_size(width, height, orientation, frame == "displayed"))
                new = paint(a.data, *frame_size(width, height, orientation, mode == "bake"))
                same(to_output(old[0], orientation, frame, mode), new[0], "areas", orientation, frame, mode, data, a.data)
                same(to_output(old[3], orientation, frame, mode), new[3], "points", orientation, frame, mode, data, a.data)
                at = point_map(*frame_size(width, height, orientation, frame == "displayed"), orientation, frame, mode)
                for kind in (1, 2):
                    same(len(old[kind]), len(new[kind]))
                    for before, after in zip(old[kind], new[kind]):
                        near([at(float(x), float(y)) for x, y in before], [(float(x), float(y)) for x, y in after], "tilted", orientation, frame, mode, data, a.data)
                same(old[4] if orientation == 1 else frame_size(width, height, orientation, mode == "bake"), new[4], "size")
                same(old[5], new[5], "the rest")
                files, edits, tilted = files + 1, edits + a.edits, tilted + len(old[1])
                if (frame, mode) == ("stored", "bake"):
                    b = server.move("cvat", frame, known(INVERSE[orientation], *frame_size(width, height, orientation, True)), a.data)
                    same(data, b.data, "there and back", a.data, orientation)
print("cvat: %d files, %d edits, %d boxes and ellipses with angles, 0 wrong" % (files, edits, tilted))

KNOWN = [(6, "bake", 7, 4, "rotated", "a.jpg"), (1, "bake", 7, 4, "rotated", "b.jpg"), (3, "bake", 7, 4, "rotated", "c.jpg")]


def cvat(shape, name="a.jpg", size='width="7" height="4"'):
    return ('<annotations>\n<version>1.1</version>\n<image id="0" name="%s" %s>\n%s</image></annotations>' % (name, size, shape)).encode()


BOX = '<box xtl="1.00" ytl="1.00" xbr="2.50" ybr="3.00"%s/>'
MASK = '<mask rle="%s" left="1" top="0" width="3" height="2"/>'
CUBE = "<cuboid %s/>" % " ".join('%s="%d"' % (k, i % 3) for i, k in enumerate(CUBOID))
for data, status, detail in [
    (cvat(BOX % "")[:-3], "corrupt", "line 4: unclosed token"),
    (cvat(BOX % ' xtl="1"'), "corrupt", "line 4: duplicate attribute"),
    (cvat((BOX % "").replace(' xtl="1.00"', "")), "unsupported", "line 4: box: a box without its four numbers"),
    (cvat((BOX % "").replace("2.50", "")), "corrupt", "line 4: box: '' cannot be read as a number"),
    (cvat((BOX % "").replace("2.50", "nan")), "corrupt", "line 4: box: 'nan' cannot be read as a number"),
    (cvat((BOX % "").replace("2.50", "2&#46;5")), "corrupt", "line 4: box: '2&#46;5' cannot be read as a number"),
    (cvat(BOX % ' rotation="x"', "c.jpg"), "corrupt", "line 4: box: 'x' cannot be read as a number"),
    (cvat('<ellipse cx="1" cy="1" rx="1"/>'), "unsupported", "line 4: ellipse: an ellipse without its four numbers"),
    (cvat('<polygon points="1,2;3"/>'), "unsupported", "line 4: polygon: points that are not x,y;x,y and so on"),
    (cvat('<polygon points="1,2,3,4"/>'), "unsupported", "line 4: polygon: points that are not x,y;x,y and so on"),
    (cvat('<polygon points="1;2"/>'), "unsupported", "line 4: polygon: points that are not x,y;x,y and so on"),
    (cvat('<polygon points=""/>'), "unsupported", "line 4: polygon: points that are not x,y;x,y and so on"),
    (cvat('<points points="1,2;"/>'), "unsupported", "line 4: points: points that are not x,y;x,y and so on"),
    (cvat('<points points="1,"/>'), "corrupt", "line 4: points: '' cannot be read as a number"),
    (cvat("<polyline/>"), "unsupported", "line 4: polyline: points that are not x,y;x,y and so on"),
    (cvat("<star points='1,2'/>"), "unsupported", "line 4: image: a kind of shape that is not known here"),
    (cvat("<skeleton>\n<points points='1,2,'/></skeleton>"), "unsupported", "line 5: points: points that are not x,y;x,y and so on"),
    (cvat(MASK % "3, 2"), "corrupt", "line 4: mask: runs that are damaged, or are not those of its size"),
    (cvat(MASK % "3, 4"), "corrupt", "line 4: mask: runs that are damaged, or are not those of its size"),
    (cvat(MASK % "3, 3,"), "corrupt", "line 4: mask: '' cannot be read as a number"),
    (cvat(MASK % ""), "corrupt", "line 4: mask: '' cannot be read as a number"),
    (cvat(MASK % "3, -3"), "corrupt", "line 4: mask: runs that are damaged, or are not those of its size"),
    (cvat((MASK % "3, 3").replace('"3"', '"8"')), "corrupt", "line 4: mask: a mask without a size that its image can have"),
    (cvat((MASK % "3, 3").replace('height="2"', 'height="0"')), "corrupt", "line 4: mask: a mask without a size that its image can have"),
    (cvat((MASK % "3, 3").replace('left="1"', "")), "unsupported", "line 4: mask: a mask without its place, size and runs"),
    (cvat(CUBE), "unsupported", "line 4: cuboid: a cuboid, whose upright edges would not be upright any more"),
    (cvat(CUBE, "c.jpg"), "ok", ""),
    (cvat(CUBE.replace("ybr2", "y"), "c.jpg"), "unsupported", "line 4: cuboid: a cuboid without its eight corners"),
    (cvat("", "x.jpg"), "corrupt", "line 3: image: there is no image 'x.jpg'"),
    (cvat("", ""), "corrupt", "line 3: image: it has no name"),
    (cvat("", "a.jpg", 'width="8" height="4"'), "corrupt", "line 3: image: it says 8x4, its image is 7x4"),
    *((cvat(BOX % "").decode().encode(name), "corrupt", "it is UTF-16: convert it to UTF-8") for name in ("utf-16", "utf-16-le", "utf-16-be")),
    (b"<annotations>\n<track><box/></track></annotations>", "unsupported", "line 2: track: labels of a video, which name no image files: export them as CVAT for images"),
    (b"<!DOCTYPE annotations [<!ENTITY a 'b'>]>" + cvat(BOX % ""), "unsupported", "line 1: an entity is declared"),
    (b"<!DOCTYPE annotations [<!ATTLIST box xtl CDATA '1'>]>" + cvat(BOX % ""), "unsupported", "line 1: an attribute's default is declared"),
    (b"<annotation/>", "corrupt", "line 1: the outermost element is not annotations"),
    (b"", "corrupt", "line 1: no element found"),
]:
    a = server.move("cvat", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)

# On an image that needs nothing none of this matters; numbers keep their digits; the folder of a subset is asked for first.
for shape in (CUBE, MASK % "3, 2", "<star/>", '<polygon points="1"/>'):
    a = server.move("cvat", "stored", KNOWN, cvat(shape, "b.jpg"))
    same(("ok", cvat(shape, "b.jpg")), (a.status, a.data), shape)
a = server.move("cvat", "stored", KNOWN, cvat(BOX % ' rotation="0.00"'))
same(cvat(BOX.replace('"1.00" ytl="1.00" xbr="2.50" ybr="3.00"', '"1.00" ytl="1.00" xbr="3.00" ybr="2.50"') % ' rotation="0.00"', size='width="4" height="7"'), a.data)
for name, moved in (("Train/a.jpg", 1), ("a.jpg", 1), ("Other/a.jpg", None)):
    a = server.move("cvat", "stored", [(6, "bake", 7, 4, "rotated", name)], cvat(BOX % "", size='subset="Train" width="7" height="4"'))
    same(("ok", 1) if moved else ("corrupt", 0), (a.status, a.moved), name)
    assert moved or a.detail == "line 3: image: there is no image 'Train/a.jpg'", a.detail
a = server.move("cvat", "stored", KNOWN, cvat(BOX % "" + '<points points="8,1"/><box xtl="-1" ytl="0" xbr="3" ybr="1"/>'))
same(("ok", 2, 3), (a.status, a.outside, a.shapes_moved))
WIDE = cvat('<mask rle="90000" left="0" top="0" width="300" height="300"/>', size='width="300" height="300"')
a = server.move("cvat", "stored", [(6, "bake", 300, 300, "rotated", "a.jpg")], WIDE, "max-memory=150000")
same(("limit", "line 4: mask: it needs more memory than is allowed"), (a.status, a.detail))
same("ok", server.move("cvat", "stored", [(6, "bake", 300, 300, "rotated", "a.jpg")], WIDE).status)

# What is tilted is no witness but by its middle.
for shape, extent in ((BOX % "", (1, 1, 2.5, 3)), (BOX % ' rotation="0.0"', (1, 1, 2.5, 3)), (BOX % ' rotation="360"', (1, 1, 2.5, 3)), (BOX % ' rotation="90.00"', (1.75, 2, 1.75, 2)), ('<ellipse cx="3" cy="2" rx="2" ry="1"/>', (1, 1, 5, 3)),
                      ('<ellipse cx="3" cy="2" rx="2" ry="1" rotation="5"/>', (3, 2, 3, 2)), (MASK % "3, 3", (1, 0, 4, 2)), (CUBE, (0, 0, 2, 2))):
    answer, images = server.scan("cvat", cvat(shape))
    same([Image(7, 4, 0, 0, 0, answer.shapes, 0, *extent, "a.jpg")], images, shape)
for data, form in ((cvat(""), "cvat"), (b"\xef\xbb\xbf<annotations><version>1.1</version><meta><task>", "cvat"), (b"<annotations><meta><project/>", "cvat"), (b"<annotations><track>", "cvat"),
                   (b"<annotations><meta/><x><task/>", "unknown"), (b"<annotation><image/>", "unknown"), (b"<annotations><object/>", "unknown")):
    same(form, server.sniff(data), data)
print("cvat: %d requests" % server.asked)
