# SPDX-License-Identifier: MIT
"""VIA files (JSON, project, CSV) that are made here, painted, rotated as pixels, and compared with what is painted of the moved ones. via.py SERVER"""
import csv
import io
import json
import math
import random
import sys

from painter import *

server = Server(sys.argv[1])
r = random.Random(2010)


def ellipse_at(e, side):
    """How far inside each quarter of a pixel is. VIA draws with CanvasRenderingContext2D.ellipse(): rotation in radians, clockwise as y goes down."""
    t, cx, cy, rx, ry = (float(e.get(name, 0)) for name in ("theta", "cx", "cy", "rx", "ry"))
    cos, sin = math.cos(t), math.sin(t)

    def inside(dx, dy):
        return ((dx * cos + dy * sin) / rx) ** 2 + ((-dx * sin + dy * cos) / ry) ** 2 - 1
    return [[inside(x / 4 - cx, y / 4 - cy) for x in range(4 * side[0] + 1)] for y in range(4 * side[1] + 1)]


def make_region(sides, write):
    kind = r.choice(["rect", "circle", "ellipse", "point", "polygon", "polyline"])
    point = lambda: [r.randrange(4 * side + 1) / 4 if write is float else r.randrange(side + 1) for side in sides]
    x, y = point()
    if kind == "rect":
        x2, y2 = point()
        shape = {"x": min(x, x2), "y": min(y, y2), "width": abs(x2 - x), "height": abs(y2 - y)}
    elif kind in ("polygon", "polyline"):
        points = [point() for _ in range(r.randrange(3, 7))]
        shape = {"all_points_x": [p[0] for p in points], "all_points_y": [p[1] for p in points]}
    else:
        shape = {"cx": x, "cy": y}
        shape.update({"circle": {"r": 1.5}, "ellipse": {"rx": 1.3, "ry": 0.7}}.get(kind, {}))
        if kind == "ellipse" and r.random() < 0.8:
            shape["theta"] = r.choice([0, 0.5, 1.047, -0.524, 2.9])
    items = [("name", kind), *shape.items()]
    r.shuffle(items)
    return dict(items)


def make(frame, images, form):
    entries, rows = {}, []
    for image in images:
        shown = frame_size(*image["stored"], image["orientation"], frame == "displayed")
        regions = [make_region(shown, r.choice([int, float])) for _ in range(r.randrange(5))]
        attributes = [{"shape_attributes": s, "region_attributes": {"label": "a \"b\", 7"}} for s in regions]
        old = form == "json" and r.random() < 0.3
        items = [("filename", image["name"]), ("size", image["bytes"]), ("regions", {str(i): a for i, a in enumerate(attributes)} if old else attributes), ("file_attributes", {"caption": "x"})]
        if old:
            items += [("fileref", ""), ("base64_img_data", "")]
        r.shuffle(items)
        entries[image["key"]] = dict(items)
        for i, s in enumerate(regions or [{}]):
            rows.append([image["name"], image["bytes"], "{}", len(regions), i, json.dumps(s, separators=r.choice([(",", ":"), (", ", ": ")])), json.dumps({"label": 'a"b'} if regions else {})])
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator=r.choice(["\n", "\r\n"]))
        writer.writerow([r.choice(["", "#"]) + "filename", "file_size", "file_attributes", "region_count", "region_id", "region_shape_attributes", "region_attributes"])
        writer.writerows(rows)
        return out.getvalue().encode()
    if form == "project":
        items = [("_via_img_metadata", entries), ("_via_attributes", {"region": {}}), ("_via_data_format_version", "2.0.10"), ("_via_image_id_list", [i["key"] for i in images]), ("_via_settings", {"ui": {}})]
        r.shuffle(items)
        entries = dict(items)
    return json.dumps(entries, indent=r.choice([None, 1]), ensure_ascii=r.random() < 0.5).encode()


def read(data, form):
    """[(name, bytes, key, shape)] and the rest."""
    found, rest = [], []
    if form == "csv":
        for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
            name = row.pop("filename", None) or row.pop("#filename")
            found.append((name, int(row.pop("file_size")), None, json.loads(row.pop("region_shape_attributes"), parse_float=exact)))
            rest.append(row)
        return found, rest
    top = json.loads(data, parse_float=exact)
    entries = top.pop("_via_img_metadata") if form == "project" else dict(top)
    if form == "project":
        assert list(entries) == top.pop("_via_image_id_list")
        rest.append(top)
    for key, entry in entries.items():
        regions = entry.pop("regions")
        regions = list(regions.values()) if isinstance(regions, dict) else regions
        name, size = entry.pop("filename"), entry.pop("size")
        found += [(name, size, key, region.pop("shape_attributes")) for region in regions] or [(name, size, key, {})]
        rest.append((entry, regions))
    return found, rest


def paint(found, sides):
    areas = {name: (blank(*side), blank(4 * side[0] + 1, 4 * side[1] + 1, 1)) for name, side in sides.items()}
    ellipses, others = {name: [] for name in sides}, []
    for n, (name, _, _, shape) in enumerate(found):
        area, points = areas[name]
        kind = shape.get("name")
        if kind == "rect":
            paint_box(area, shape["x"], shape["y"], shape["x"] + shape["width"], shape["y"] + shape["height"])
        elif kind in ("polygon", "polyline"):
            paint_polygon(area, list(zip(shape["all_points_x"], shape["all_points_y"])))
            for i, (x, y) in enumerate(zip(shape["all_points_x"], shape["all_points_y"])):
                paint_point(points, int(x * 4), int(y * 4), 10 ** i)
        elif kind:
            paint_point(points, int(shape["cx"] * 4), int(shape["cy"] * 4), 1000000 + n)
        if kind == "ellipse":
            ellipses[name].append(ellipse_at(shape, sides[name]))
        others.append((kind, shape.get("r")))
    return areas, ellipses, others


files = shapes = 0
for round_ in rounds(8):
    for form in ("json", "project", "csv"):
        for frame in FRAMES:
            for mode in MODES:
                images = []
                for i in range(8):
                    name, size = r.choice(["%d.jpg", "a b%d\u00e9.png", "%d \"q\".jpg"]) % i, r.choice([7, 123456, 9999999999])
                    images.append({"name": name, "bytes": size, "key": name + str(size), "orientation": 1 + (round_ + i) % 8, "stored": r.choice([(7, 4), (5, 9), (6, 6)]), "out": r.choice([size, size + 1, 2 * size])})
                data = make(frame, images, form)
                asked = [(i["orientation"], mode, *i["stored"], "rotated:%d" % i["out"], i["name"]) for i in images]
                word = "via-csv" if form == "csv" else "via"
                same(word, server.sniff(data), data[:200])
                a = server.move(word, frame, asked, data)
                same(("ok", ""), (a.status, a.detail), data)
                old, new = read(data, form), read(a.data, form)
                before = paint(old[0], {i["name"]: frame_size(*i["stored"], i["orientation"], frame == "displayed") for i in images})
                after = paint(new[0], {i["name"]: frame_size(*i["stored"], i["orientation"], mode == "bake") for i in images})
                for image in images:
                    name = image["name"]
                    for x, y in zip(before[0][name], after[0][name]):
                        same(to_output(x, image["orientation"], frame, mode), y, "regions", data, a.data)
                    same(len(before[1][name]), len(after[1][name]))
                    for x, y in zip(before[1][name], after[1][name]):
                        for one, other in zip(to_output(x, image["orientation"], frame, mode), y):
                            assert max(abs(p - q) / (1 + abs(p)) for p, q in zip(one, other)) < 1e-6, (data, a.data)
                same(before[2], after[2], "radii")
                same(old[1], new[1], "the rest")
                by_name = {i["name"]: i for i in images}
                for name, size, key, _ in new[0]:
                    same((by_name[name]["out"], None if form == "csv" else name + str(by_name[name]["out"])), (size, key), "sizes of files", data, a.data)
                files, shapes = files + 1, shapes + a.shapes
                if (frame, mode) == ("stored", "bake"):
                    back = [(INVERSE[i["orientation"]], mode, *frame_size(*i["stored"], i["orientation"], True), "rotated:%d" % i["bytes"], i["name"]) for i in images]
                    same(data, server.move(word, frame, back, a.data).data, "there and back", a.data)
print("via: %d files, %d shapes, 0 wrong" % (files, shapes))

KNOWN = [(6, "bake", 7, 4, "rotated:55", "a"), (1, "bake", 9, 2, "rotated", "b"), (6, "bake", 7, 4, "failed:66", "f"), (1, "bake", 9, 2, "unsupported:77", "u")]


def region(shape):
    return ('{"a3": {"filename": "a", "size": 3, "regions": [{"shape_attributes": {}}, {"shape_attributes": {%s}}]}}' % shape).encode()


for shape, detail in [
    ('"name": "rect", "x": 1, "y": 1, "width": 1', "a shape without all its numbers"),
    ('"name": "rect", "x": 1, "y": 1, "width": 1, "height": "1 px"', "a shape without all its numbers"),
    ('"name": "circle", "cx": 1', "a shape without all its numbers"),
    ('"name": "polygon", "all_points_x": [1, 2], "all_points_y": [1]', "points with unequal numbers of x and y"),
    ('"name": "polygon", "all_points_x": [1], "all_points_y": [1, 2]', "points with unequal numbers of x and y"),
    ('"name": "bezier", "x": 1', "a shape of a name that is not known here"),
    ('"x": 1, "y": 1, "width": 1, "height": 1', "a shape of a name that is not known here"),
    ('"name": "point", "cx": 1, "cx": 1, "cy": 1', "a member that is there twice"),
    ('"name": "point", "name": "point", "cx": 1, "cy": 1', "a member that is there twice"),
    ('"name": "polygon", "all_points_x": [1], "all_points_x": [1], "all_points_y": [1, 1]', "a member that is there twice"),
    ('"name": "rect", "x": 1, "y": 1, "width": 1, "height": 1, "angle": 3', "a member that has a name of coordinates and is not known here"),
]:
    a = server.move("via", "stored", KNOWN, region(shape))
    same(("unsupported", "line 1: a3.regions[1]: " + detail), (a.status, a.detail), shape)
    text = 'filename,region_shape_attributes\na,"{%s}"\n' % shape.replace('"', '""')
    a = server.move("via-csv", "stored", KNOWN, text.encode())
    same(("unsupported", "line 2: region_shape_attributes: " + detail), (a.status, a.detail), shape)
for data, detail in [
    (region('"name": "polygon", "all_points_x": [null], "all_points_y": [1]'), "line 1: a3.regions[1]: "),
    (b'{"a3": {"regions": [1], "filename": "a"}}', "line 1: a3.regions[0]: it is no object"),
    (b'{"a3": {"regions": []}}', "line 1: a3: it has no filename"),
    (b'{"a3": {"filename": "", "regions": []}}', "line 1: a3.filename: it is no name"),
    (b'{"a3": {"filename": 1, "regions": []}}', "line 1: a3.filename: it is no string with a name"),
    (b'{"a3": {"filename": "a", "filename": "a"}}', "line 1: a3.filename: it is there twice"),
    (b'{"a3": {"filename": "z"}}', "line 1: filename: there is no image 'z'"),
    (b'{"a3": {"filename": "a"}, "a3": {"filename": "a"}}', "line 1: filename: its id is that of an image before"),
    (b'{"a3": []}', "line 1: a3: it is no object"),
    (b'[]', "it is no object"),
]:
    a = server.move("via", "stored", KNOWN, data)
    same("corrupt", a.status, data)
    assert detail in a.detail or "all_points_x" in a.detail, (data, a.detail)
for data, detail in [
    (b"filename,region_shape_attributes\na,{}x\n", "line 2: region_shape_attributes is no object of JSON"),
    (b"filename,region_shape_attributes\na,[]\n", "line 2: region_shape_attributes is no object of JSON"),
    (b'filename,region_shape_attributes\na,{"name":1}\n', "line 2: JSON with quotes in a field without them"),
    (b"filename,region_shape_attributes\na\n", "line 2: another count of fields than the first line has"),
    (b"filename,region_shape_attributes\n,{}\n", "line 2: a line without the name of an image"),
    (b"filename,region_shape_attributes\nz,{}\n", "line 2: filename: there is no image 'z'"),
    (b"filename,region\na,{}\n", "line 1: it does not name the columns of images and shapes"),
]:
    a = server.move("via-csv", "stored", KNOWN, data)
    same(("corrupt", detail), (a.status, a.detail), data)

# Keys that are no name and size stay; so do sizes of what failed, of what is no file, and where the new one is not known.
for data, moved in [
    (b'{"x3": {"filename": "a", "size": 3, "regions": []}}', b'{"x3": {"filename": "a", "size": 55, "regions": []}}'),
    (b'{"a3": {"filename": "a", "size": -1, "regions": []}}', b'{"a3": {"filename": "a", "size": -1, "regions": []}}'),
    (b'{"a-1": {"filename": "a", "size": -1, "regions": []}}', b'{"a-1": {"filename": "a", "size": -1, "regions": []}}'),
    (b'{"b3": {"filename": "b", "size": 3, "regions": []}}', b'{"b3": {"filename": "b", "size": 3, "regions": []}}'),
    (b'{"f3": {"filename": "f", "size": 3, "regions": []}}', b'{"f3": {"filename": "f", "size": 3, "regions": []}}'),
    (b'{"u3": {"filename": "u", "size": 3, "regions": []}}', b'{"u77": {"filename": "u", "size": 77, "regions": []}}'),
    (b'{"_via_image_id_list": ["a3", "gone3", 5], "_via_img_metadata": {"a3": {"filename": "a", "size": 3, "regions": []}}}',
     b'{"_via_image_id_list": ["a55", "gone3", 5], "_via_img_metadata": {"a55": {"filename": "a", "size": 55, "regions": []}}}'),
    (b'{"a3": {"filename": "a", "base64_img_data": "AAAA", "regions": {"0": {"shape_attributes": {"name": "point", "cx": 1, "cy": 2}}}}}',
     b'{"a3": {"filename": "a", "base64_img_data": "", "regions": {"0": {"shape_attributes": {"name": "point", "cx": 2, "cy": 1}}}}}'),
]:
    a = server.move("via", "stored", KNOWN, data)
    same(("ok", moved), (a.status, a.data), a.detail)
for data, form in ((region(""), "via"), (b'{"_via_settings": {', "via"), (b'{"_via_attributes": {}', "via"), (b'{"a": {"filename": "x"}}', "unknown"), (b'{"a": 1}', "unknown"), (b"filename,region_shape_attributes\n", "via-csv"),
                   (b"filename,file_size\n", "unknown")):
    same(form, server.sniff(data), data)
# Points of a large polygon in a CSV take no more than a moment.
many = ",".join("1" for _ in range(40000))
a = server.move("via-csv", "stored", KNOWN, ('filename,region_shape_attributes\na,"{""name"":""polygon"",""all_points_x"":[%s],""all_points_y"":[%s]}"\n' % (many, many)).encode())
same(("ok", 3), (a.status, a.data.count(b"[") + 1), a.detail)
many = ",".join("1" for _ in range(9000))
same("limit", server.move("via", "stored", KNOWN, region('"name": "polygon", "all_points_x": [%s], "all_points_y": [%s]' % (many, many)), "max-memory=100000").status)
same("limit", server.move("via", "stored", KNOWN, b'{"%s": {}}' % (b"a" * 300000), "max-memory=100000").status)
same("limit", server.move("via-csv", "stored", KNOWN, ('filename,region_shape_attributes\na,"{""name"":""polygon"",""all_points_x"":[%s]}"\n' % many).encode(), "max-memory=10000").status)
print("via: %d requests" % server.asked)
