# SPDX-License-Identifier: MIT
"""Files that want to be read past their end, into all memory or forever. hostile.py SERVER"""
import pathlib
import re
import sys

from painter import *

program = sys.argv[1]
# Sanitizers keep what is freed for a while, so memory means nothing there.
measures = b"__asan_init" not in pathlib.Path(program).read_bytes()
server = Server(program)
KNOWN = [(6, "bake", 9, 9, "rotated", "a.jpg"), (6, "bake", 9, 9, "rotated", "")]
IMAGE = '{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"image_id": 1, %s}]}'


def peak(of):
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path("/proc/%d/status" % of.process.pid).read_text()).group(1)) << 10


# ---- memory: what a call takes stays below its limit, whatever takes it

MANY = 300000
numbers = ["%d" % (i % 9) for i in range(MANY)]
big = {
    "coco polygon": ("coco", IMAGE % ('"segmentation": [[%s]]' % ", ".join(numbers))),
    "coco polygons": ("coco", IMAGE % ('"segmentation": [%s]' % ", ".join(["[1,2,3,4,5,6]"] * (MANY // 6)))),
    "coco keypoints": ("coco", IMAGE % ('"keypoints": [%s]' % ", ".join(numbers))),
    "coco runs": ("coco", IMAGE % ('"segmentation": {"size": [9, 9], "counts": [%s]}' % ", ".join(["0"] * MANY + ["81"]))),
    "coco letters": ("coco", IMAGE % ('"segmentation": {"size": [9, 9], "counts": "%s"}' % ("0" * MANY * 3))),
    "coco images": ("coco", '{"images": [%s]}' % ", ".join('{"id": %d, "file_name": "%d.jpg"}' % (i, i) for i in range(MANY // 10))),
    "coco name": ("coco", '{"images": [{"id": 1, "file_name": "%s"}]}' % ("a" * MANY * 9)),
    "coco regions": ("coco", '{"images": [{"id": 1, "file_name": "a.jpg", "ignore_regions_x": [%s], "ignore_regions_y": [%s]}]}' % ((", ".join(numbers),) * 2)),
    "labelme": ("labelme", '{"imagePath": "a.jpg", "shapes": [{"points": [%s]}]}' % ", ".join(["[1, 2]"] * (MANY // 2))),
    "voc": ("voc", "<annotation><filename>a.jpg</filename><object><polygon>%s</polygon></object></annotation>" % "".join("<x%d>1</x%d><y%d>2</y%d>" % ((i,) * 4) for i in range(1, 15000))),
    "yolo": ("yolo", "0 " + " ".join("0.%s" % n for n in numbers) + "\n"),
    "csv": ("csv", "filename,xmin,ymin,xmax,ymax\n" + "a.jpg,1,2,3,4\n" * (MANY // 2)),
}
for name, (form, text) in big.items():
    data = text.encode()
    for limit, allowed in ((1 << 20, ("limit",)), (4 << 20, ("limit", "ok", "corrupt")), (256 << 20, ("ok", "corrupt"))):
        fresh = Server(program)
        fresh.sniff(data)
        before = peak(fresh)
        a = fresh.move(form, "stored", KNOWN, data, "yolo=none", "max-memory=%d" % limit)
        assert (a.status == "ok") == (a.detail == ""), (name, limit, a)
        assert a.status in allowed and (a.status != "corrupt" or name in ("coco letters", "coco images", "coco name")), (name, limit, a.status, a.detail)
        # The server itself has the output in memory, and the allocator its own slack.
        taken = peak(fresh) - before
        assert not measures or taken < limit + 2 * len(a.data) + (2 << 20), (name, limit, taken)
        fresh.process.stdin.close()
        fresh.process.wait()
print("hostile: %d files that take memory" % len(big))

# What was given back can be taken again: thousands of shapes, each of which takes a good part of the limit.
MASK = '{"image_id": 1, "segmentation": {"size": [99, 99], "counts": [%s]}, "keypoints": [%s]}' % (", ".join(["9"] * 1089), ", ".join(["1"] * 3000))
a = server.move("coco", "stored", [(6, "bake", 99, 99, "rotated", "a.jpg")], ('{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [%s]}' % ", ".join([MASK] * 300)).encode(), "max-memory=2000000")
same(("ok", ""), (a.status, a.detail), "given back")

# ---- depth

DEEP = {"coco": (b'{"images": [{"id": 1, "file_name": "a.jpg", "x": ', b"["), "labelme": (b'{"imagePath": "a.jpg", "shapes": [{"points": ', b"["), "voc": (b"<annotation>", b"<a>"),
        "ground-truth": (b'{"source-ref": "a.jpg", "x": ', b'{"a":'), "cvat": (b"<annotations>", b"<a>")}
for form, (front, level) in DEEP.items():
    for middle in (level * 300000, level * 5):  # what is not that deep is not whole
        a = server.move(form, "stored", KNOWN, front + middle)
        assert a.status in ("limit", "corrupt") and a.detail, (form, a)
    assert server.move(form, "stored", KNOWN, front + level * 300000).status == ("corrupt" if form == "labelme" else "limit"), form

# ---- numbers that no double has, in all places of all formats; a text of 10 MB is one

for number in ("1e999999999", "1e-999999999", "1e401", "-1E+99999999999999999999", "9" * 401, "0." + "0" * 401 + "1", "1" * (10 << 20)):
    shown = number[:40]
    for form, text in (("coco", IMAGE % ('"bbox": [1, 1, 1, %s]' % number)), ("coco", IMAGE % ('"segmentation": [[1, 1, 1, 1, 1, %s]]' % number)), ("coco", IMAGE % ('"keypoints": [1, %s, 1]' % number)),
                       ("labelme", '{"imagePath": "a.jpg", "shapes": [{"points": [[1, %s]]}]}' % number), ("csv", "filename,xmin,ymin,xmax,ymax\na.jpg,1,1,5,%s\n" % number),
                       ("yolo", "0 0.5 0.5 0.1 %s\n" % number), ("voc", "<annotation><filename>a.jpg</filename><object><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>%s</ymax></bndbox></object></annotation>" % number)):
        a = server.move(form, "stored", KNOWN, text.encode(), "yolo=none")
        assert (a.status == "corrupt" and ("'%s" % shown in a.detail or "''" in a.detail)) or (a.status == "limit" and len(number) > 4000), (form, shown, a)
    for form, text in (("coco", '{"images": [{"id": 1, "file_name": "a.jpg", "width": %s, "height": 9}]}'), ("coco", '{"images": [{"id": %s, "file_name": "a.jpg"}]}'), ("csv", "filename,width,height,xmin,ymin,xmax,ymax\na.jpg,%s,9,1,1,5,5\n")):
        a = server.move(form, "stored", KNOWN, (text % number).encode())
        assert a.status == "corrupt" and a.detail, (form, shown, a)

# ---- names that are no text, and bytes that are none of the format's

for name in ("\\ud800", "\\udc00\\ud800", "a\\ud83d", "\\ude00", "\\u0000", "a\\u0000b"):
    for form, text in (("coco", '{"images": [{"id": 1, "file_name": "%s"}]}'), ("labelme", '{"shapes": [], "imagePath": "%s"}')):
        a = server.move(form, "stored", KNOWN, (text % name).encode())
        same("corrupt", a.status, form, name, a.detail)
for byte in (b"\0", b"\xff", b"\x01", b"\xed\xa0\x80"):
    for form, text in (("coco", IMAGE % '"bbox": [1, 1, 1, 1]'), ("labelme", '{"shapes": [], "imagePath": "a.jpg"}'), ("voc", "<annotation><filename>a.jpg</filename></annotation>")):
        data = text.encode()
        for at in range(len(data) + 1):
            a = server.move(form, "stored", KNOWN, data[:at] + byte + data[at:])
            assert a.status == "corrupt" and a.detail, (form, byte, at, a)

# ---- every file of the fuzzer's corpus, ended at each of its bytes: as it is to the readers, or refused; never a new label

cut = 0
for path in sorted(pathlib.Path("tests/fuzz/corpus/labels").iterdir()):
    data = path.read_bytes()[3:]
    form = server.sniff(data)
    if form == "unknown":
        continue
    whole, _ = server.scan(form, data)
    for at in range(len(data)):
        a, _ = server.scan(form, data[:at])
        assert a.status in ("ok", "corrupt", "limit", "unsupported"), (path, at, a)
        assert a.status != "ok" or whole.status != "ok" or (a.shapes <= whole.shapes and a.images <= whole.images), (path, at, a)
        cut += 1
assert cut > 1000
print("hostile: %d cut files; %d requests" % (cut, server.asked))
