# SPDX-License-Identifier: MIT
"""Pascal VOC files that are made here, painted, rotated as pixels, and compared with what is painted of the moved file. voc.py SERVER"""
import codecs
import random
import re
import sys
import xml.etree.ElementTree as tree

from painter import *

server = Server(sys.argv[1])
r = random.Random(2012)


def corners(write, width, height, from_1):
    """Edges from 0; or pixels from 1, which belong to the box."""
    (x1, x2), (y1, y2) = (sorted(r.sample(range(side + 1), 2)) for side in (width, height))
    if from_1:
        x1, y1 = x1 + 1, y1 + 1
    names = ["xmin", "ymin", "xmax", "ymax"]
    numbers = dict(zip(names, [x1, y1, x2, y2]))
    r.shuffle(names)
    space = r.choice(["", "", " ", "\n\t"])
    return "<bndbox>" + space.join("<%s>%s%s%s</%s>" % (n, space, write(numbers[n] * 4), space, n) for n in names) + "</bndbox>"


def make(frame, orientation, write, from_1):
    width, height = r.choice([(7, 4), (5, 9), (6, 6)])
    shown = frame_size(width, height, orientation, frame == "displayed")
    sizes = shown if r.random() < 0.5 else (width, height)
    objects = []
    for _ in range(r.randrange(1, 5)):
        text = "<name>a &lt;b&gt;</name><difficult>0</difficult>" + corners(write, *shown, from_1)
        if r.random() < 0.3:
            text += "<part><name>head</name>%s</part>" % corners(write, *shown, from_1)
        if not from_1 and r.random() < 0.3:
            n = r.randrange(3, 6)
            text += "<polygon>" + "".join("<x%d>%s</x%d><y%d>%s</y%d>" % (i, write(4 * r.randrange(shown[0] + 1)), i, i, write(4 * r.randrange(shown[1] + 1)), i)
                                          for i in range(1, n + 1)) + "</polygon>"
        if r.random() < 0.3:
            text += "<attributes><attribute><name>rotation</name><value>%s</value></attribute><attribute><name>x</name><value>5</value></attribute></attributes>" % r.choice(["0.0", "30.5"])
        objects.append("<object>%s</object>" % text)
    parts = ["<folder>VOC2012</folder>", "<filename>a&amp;b 1.jpg</filename>", "<size><width>%d</width><height>%d</height><depth>3</depth></size>" % sizes,
             "<source><database>%s</database></source>" % ("The VOC2012 Database" if from_1 else "Unknown"), "<!-- xmin 5 -->"] + objects
    r.shuffle(parts)
    new_line = r.choice(["\n", "\r\n", ""])
    head = r.choice(["", '<?xml version="1.0" encoding="utf-8"?>', "\ufeff", '<?xml version="1.0"?><!DOCTYPE annotation>'])
    return (width, height), (head + "<annotation verified=\"yes\">" + new_line + (new_line + "  ").join(parts) + new_line + "</annotation>" + new_line).encode()


def paint(data, width, height):
    root = tree.fromstring(data)
    areas, angles = blank(width, height), []
    first = 1 if (root.findtext("source/database") or "").startswith("The VOC") else 0
    for box in root.iter("bndbox"):
        x1, y1, x2, y2 = (exact(box.findtext(n).strip()) for n in ("xmin", "ymin", "xmax", "ymax"))
        paint_box(areas, x1 - first, y1 - first, x2, y2)
        for n in ("xmin", "ymin", "xmax", "ymax"):
            box.find(n).text = ""
    for polygon in root.iter("polygon"):
        points = [exact(e.text) for e in polygon]
        same(["xy"[i % 2] + str(i // 2 + 1) for i in range(len(points))], [e.tag for e in polygon])
        paint_polygon(areas, list(zip(points[::2], points[1::2])))
        for e in polygon:
            e.text = ""
    for attribute in root.iter("attribute"):
        if attribute.findtext("name") == "rotation":
            angles.append(exact(attribute.findtext("value")))
            attribute.find("value").text = ""
    size = int(root.findtext("size/width")), int(root.findtext("size/height"))
    root.find("size/width").text = root.find("size/height").text = ""
    return areas, angles, size, tree.tostring(root)


files = edits = 0
for orientation in range(1, 9):
    for frame in FRAMES:
        for mode in MODES:
            for round_ in range(6):
                write = list(styles().values())[round_ % 3]
                (width, height), data = make(frame, orientation, write, round_ % 2)
                name = "a&b 1.jpg"
                a = server.move("voc", frame, [(orientation, mode, width, height, "rotated", name)], data)
                same(("ok", ""), (a.status, a.detail), data)
                old = paint(data, *frame_size(width, height, orientation, frame == "displayed"))
                new = paint(a.data, *frame_size(width, height, orientation, mode == "bake"))
                same(to_output(old[0], orientation, frame, mode), new[0], "boxes and polygons", orientation, frame, mode, data, a.data)
                is_mirror = orientation in (2, 4, 5, 7) and (frame == "stored") == (mode == "bake")
                same([(360 - x) % 360 if is_mirror else x for x in old[1]], new[1], "angles")
                same(old[2] if orientation == 1 else frame_size(width, height, orientation, mode == "bake"), new[2], "size")
                same(old[3], new[3], "the rest")
                files, edits = files + 1, edits + a.edits
                if (frame, mode) == ("stored", "bake"):
                    b = server.move("voc", frame, [(INVERSE[orientation], mode, *frame_size(width, height, orientation, True), "rotated", name)], a.data)
                    same(data, b.data, "there and back", a.data, orientation)
print("voc: %d files, %d edits, 0 wrong" % (files, edits))

BOX = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>3</ymax></bndbox>"
KNOWN = [(2, "bake", 7, 4, "rotated", "a.jpg")]


def voc(text, size="<size><width>7</width><height>4</height></size>", more=""):
    return ("<annotation>\n<filename> a.jpg </filename>\n%s%s\n<object>%s</object></annotation>" % (size, more, text)).encode()


for data, status, detail in [
    (voc(BOX)[:-3], "corrupt", "line 4: unclosed token"),
    (voc(BOX).replace(b"</xmin>", b"</xmax>"), "corrupt", "line 4: mismatched tag"),
    (voc(BOX.replace("1</xmin>", "</xmin>")), "corrupt", "line 4: bndbox: '' cannot be read as a number"),
    (voc(BOX.replace("1</xmin>", "1,5</xmin>")), "corrupt", "line 4: bndbox: '1,5' cannot be read as a number"),
    (voc(BOX.replace("1</xmin>", "NaN</xmin>")), "corrupt", "line 4: bndbox: 'NaN' cannot be read as a number"),
    (voc(BOX.replace("<xmin>1</xmin>", "")), "unsupported", "line 4: bndbox: a box without its four numbers in plain text"),
    (voc(BOX.replace("<xmin>", "<xmin>1</xmin><xmin>")), "unsupported", "line 4: bndbox: a box without its four numbers in plain text"),
    (voc(BOX.replace("1</xmin>", "&#49;</xmin>")), "unsupported", "line 4: bndbox: a box without its four numbers in plain text"),
    (voc(BOX.replace("1</xmin>", "1<!-- -->5</xmin>")), "unsupported", "line 4: bndbox: a box without its four numbers in plain text"),
    (voc(BOX.replace("1</xmin>", "1\n5</xmin>")), "unsupported", "line 5: bndbox: a box without its four numbers in plain text"),
    *((voc(BOX).decode().encode(name), "corrupt", "it is UTF-16: convert it to UTF-8") for name in ("utf-16", "utf-16-le", "utf-16-be")),
    (voc(BOX, more='<object><point x="1" y="2"/></object>'), "unsupported", "line 3: point: a coordinate or size that is an attribute of XML"),
    (voc(BOX, '<size width="7" height="4"/>'), "unsupported", "line 3: size: a coordinate or size that is an attribute of XML"),
    (voc(BOX + "<attributes><attribute><name>rotation</name><name>x</name><value>1</value></attribute></attributes>"), "unsupported", "line 4: attribute: an angle that is not in plain text"),
    (voc(BOX + "<attributes><attribute><name>rotation</name><value>" + "1" * 5000 + "</value></attribute></attributes>"), "unsupported", "line 4: attribute: an angle that is not in plain text"),
    (b"<annotation><!--" + b" " * (3 << 20), "limit", "line 1: a tag or comment is too long"),
    (b'<annotation a="' + b"-" * (3 << 20), "limit", "line 1: a tag or comment is too long"),
    (b"<annotation>\xd6\xd0</annotation>", "corrupt", "line 1: not well-formed (invalid token)"),
    (b'<?xml version="1.0" encoding="gbk"?>' + voc(BOX).replace(b"a.jpg", b"\xd6\xd0.jpg"), "unsupported",
     "filename: it is not ASCII, in an encoding that is not read: convert the file to UTF-8"),
    (voc(BOX + "<robndbox><cx>1</cx></robndbox>"), "unsupported", "line 4: robndbox: a box with an angle in radians"),
    (voc(BOX + "<point><x>1</x></point>"), "unsupported", "line 4: x: a coordinate of an unknown kind of shape"),
    *((voc(BOX + text), "unsupported", "line 4: %s: numbers of an unknown kind of shape" % name) for name, text in (
        ("point", "<points><point>1.0,-2.5</point></points>"), ("mbox_cx", "<mbox_cx>1e1</mbox_cx>"), ("header_x", "<header_x>3</header_x>"), ("x_left_top", "<quad><x_left_top>3</x_left_top></quad>"),
        ("left", "<area><left>0</left></area>"), ("pt", "<pt> 1\t2 </pt>"), ("segmentation", "<segmentation>1,2,3,4,5,6</segmentation>"), ("where", "<where>(1, 2); (3, -.4)</where>"))),
    (voc(BOX, more="<objects><object><points><point>1,2</point></points></object></objects>"), "unsupported", "line 3: point: numbers of an unknown kind of shape"),
    (voc(BOX.replace("</bndbox>", "<angle>5</angle></bndbox>")), "unsupported", "line 4: angle: a coordinate of an unknown kind of shape"),
    (voc("<polygon><x1>1</x1><x2>1</x2></polygon>"), "unsupported", "line 4: polygon: a polygon that is not x1, y1, x2, y2 and so on in plain text"),
    (voc("<polygon><x1>1</x1><y1>1</y1><x2>1</x2></polygon>"), "unsupported", "line 4: polygon: a polygon that is not x1, y1, x2, y2 and so on in plain text"),
    (voc("", more=BOX), "unsupported", "line 3: xmin: a coordinate of an unknown kind of shape"),
    (voc("", more="<objects><object>" + BOX + "</object></objects>"), "unsupported", "line 3: xmin: a coordinate of an unknown kind of shape"),
    (b"<!DOCTYPE annotation [<!ENTITY a '<xmax>300</xmax>'>]>" + voc(BOX.replace("<xmax>2</xmax>", "&a;")), "unsupported", "line 1: an entity is declared"),
    (b"<!DOCTYPE annotation [<!ATTLIST size of CDATA 'all'>]>" + voc(BOX), "unsupported", "line 1: an attribute's default is declared"),
    (voc(BOX, "<size><width>8</width><height>4</height></size>"), "corrupt", "size: it says 8x4, its image is 7x4"),
    (voc(BOX, "<size><width>7</width><width>7</width><height>4</height></size>"), "corrupt", "size: it is there twice, or not in plain text"),
    (voc(BOX).replace(b"a.jpg", b"b.jpg"), "corrupt", "size: there is no image 'b.jpg'"),
    (b"<annotations></annotations>", "corrupt", "line 1: the outermost element is not annotation"),
    (b"<annotation>" + b"<a>" * 100, "limit", "line 1: nested too deep"),
    (b"", "corrupt", "line 1: no element found"),
    (voc("<bndbox><xmin>" + "1" * 5000 + "</xmin></bndbox>"), "limit", "line 4: xmin: its text is too long"),
]:
    a = server.move("voc", "stored", KNOWN, data)
    same((status, detail), (a.status, a.detail), data)

bomb = '<!DOCTYPE annotation [<!ENTITY a "ha">%s]><annotation><filename>&p;</filename></annotation>' % "".join(
    '<!ENTITY %s "%s">' % (b, ("&%s;" % a) * 20) for a, b in zip("abcdefghijklmno", "bcdefghijklmnop"))
same("unsupported", server.move("voc", "stored", KNOWN, bomb.encode()).status)
a = server.move("voc", "stored", [(1, "bake", 7, 4, "rotated", "a.jpg")], voc(BOX + "<robndbox><cx>1</cx></robndbox>"))
same(("ok", 0), (a.status, a.edits))
for from_1, moved in (("", "<xmin>5</xmin><ymin>1</ymin><xmax>6</xmax>"), *(("<source><database>%sThe VOC2007 Database</database></source>" % space, "<xmin>6</xmin><ymin>1</ymin><xmax>7</xmax>") for space in ("", "\n\t"))):
    assert moved.encode() in server.move("voc", "stored", KNOWN, voc(BOX, more=from_1)).data
answer, images = server.scan("voc", voc(BOX))
same([Image(7, 4, 0, 0, 0, 1, 0, 1, 1, 2, 3, "a.jpg")], images)
answer, images = server.scan("voc", voc(BOX, more="<source><database>The VOC2007 Database</database></source>"))
same([Image(7, 4, 0, 0, 0, 1, 0, 0, 0, 2, 3, "a.jpg")], images)
# What has numbers, or a name of a place, and not both.
a = server.move("voc", "stored", KNOWN, voc(BOX + "<pose>Left</pose><left/><points> </points><checkpoint>yolo5</checkpoint><date>2020-01-02</date><score>0,95</score><rgb>1 2 3</rgb><note>- . -, 1 2 3</note>", more="<segmented>1</segmented>"))
same(("ok", 1), (a.status, a.moved), a.detail)
# A name in UTF-8 is read as it is.
a = server.move("voc", "stored", [(2, "bake", 7, 4, "rotated", "b\u00e4r.jpg")], voc(BOX).replace(b"a.jpg", "b\u00e4r.jpg".encode()))
same(("ok", 1), (a.status, a.moved), a.detail)
# What people write of an object may be long, and in any encoding; numbers are moved all the same.
REMARKS = "<source><database>" + "d" * 9000 + "</database></source><attributes><attribute><name>note</name><value>" + "v" * 90000 + "</value></attribute></attributes>"
for head, remark in (("", "\u4e2d"), ('<?xml version="1.0" encoding="GBK"?>', "\u4e2d\u6587"), ('<?xml version="1.0" encoding="windows-1252"?>', "caf\u00e9 \u20ac"), ('<?xml version="1.0" encoding="Shift_JIS"?>', "\u8868\u30bd")):
    name = head.split('"')[3] if head else "utf-8"
    text = (head + voc(BOX.replace("1</xmin>", "4</xmin>").replace("2</xmax>", "7</xmax>"), more="<folder>%s</folder>" % remark).decode() + "\n").replace("</object>", REMARKS + "<name>%s</name></object>" % remark)
    a = server.move("voc", "stored", KNOWN, text.encode(name))
    same(("ok", "", 1, text.encode(name).replace(b"<xmin>4", b"<xmin>0").replace(b"<xmax>7", b"<xmax>3")), (a.status, a.detail, a.moved, a.data), name)
    same("voc", server.sniff(text.encode(name)), name)
same("voc", server.sniff("<annotation><folder>\u4e2d</folder><filename>a</filename>".encode("gbk")))
for name in ("utf-16", "utf-16-le", "utf-16-be"):
    same("voc", server.sniff((codecs.BOM_UTF16_LE if "le" in name else codecs.BOM_UTF16_BE if "be" in name else b"") + voc(BOX).decode().encode(name)), name)
# 0x0 is what labelImg writes where it did not see the image: no size, and set.
a = server.move("voc", "stored", [(6, "bake", 7, 4, "rotated", "a.jpg")], voc(BOX, "<size><width>0</width><height>0</height></size>"))
same(("ok", 1), (a.status, a.sizes))
assert b"<width>4</width><height>7</height>" in a.data, a.data
same("corrupt", server.move("voc", "stored", KNOWN, voc(BOX, "<size><width>0</width><height>4</height></size>")).status)
a = server.move("voc", "stored", [(6, "bake", 70, 40, "rotated", "a.jpg")], voc("<bndbox><xmin>0.1</xmin><ymin>0.1</ymin><xmax>0.2</xmax><ymax>1</ymax></bndbox>", ""))
same(("unsupported", "no coordinate of the file is over 2: they may be parts of sides"), (a.status, a.detail.split(": ", 1)[-1].replace("filename: ", "")))
for data, form in ((voc(BOX), "voc"), (b"\xef\xbb\xbf<annotation><folder/><filename>", "voc"), (b"<annotation><track/>", "unknown"), (b"<annotations><filename/>", "unknown"), (b"<svg>", "unknown")):
    same(form, server.sniff(data), data)
print("voc: %d requests" % server.asked)
