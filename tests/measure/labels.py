# SPDX-License-Identifier: MIT
"""Makes what docs/performance.md measures label files with: labels.py coco FOLDER IMAGES BYTES, labels.py yolo FOLDER IMAGES. Pictures are PNGs of
64 x 48, one in five with orientation 6."""
import os
import random
import struct
import sys
import zlib

kind, folder, images = sys.argv[1], sys.argv[2], int(sys.argv[3])
r = random.Random(5)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(orientation):
    exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + struct.pack("<HHI", orientation, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 0, 0, 0, 0)) + chunk(b"eXIf", exif) +
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(range(y, y + 64)) for y in range(48)))) + chunk(b"IEND", b""))


pictures = [png(6 if i == 0 else 1) for i in range(5)]
os.makedirs(folder + "/images")
for i in range(images):
    with open("%s/images/%06d.png" % (folder, i), "wb") as f:
        f.write(pictures[i % 5])


def number(limit):
    return "%.2f" % (r.random() * limit)


if kind == "yolo":
    os.makedirs(folder + "/labels")
    for i in range(images):
        with open("%s/labels/%06d.txt" % (folder, i), "w") as f:
            for _ in range(r.randrange(1, 12)):
                f.write("%d %.6f %.6f %.6f %.6f\n" % (r.randrange(80), *(r.uniform(0.3, 0.6) for _ in range(4))))
else:
    # The annotations of one image as a template: what differs from image to image is its number.
    each, size, template = int(sys.argv[4]) // images, 0, []
    while size < each:
        polygon = ", ".join(number(40) for _ in range(2 * r.randrange(4, 30)))
        template.append('{"id": %d@, "image_id": @, "category_id": %d, "iscrowd": 0, "area": %s, "bbox": [%s, %s, %s, %s], "segmentation": [[%s]]}' %
                        (1000 + len(template), r.randrange(80), number(900), number(20), number(20), number(20), number(20), polygon))
        size += len(template[-1]) + 8
    template = ", ".join(template)
    with open(folder + "/instances.json", "w") as f:
        f.write('{"images": [')
        for i in range(images):
            f.write('%s{"id": %d, "file_name": "%06d.png", "width": 64, "height": 48}' % (", " if i else "", i, i))
        f.write('], "annotations": [')
        for i in range(images):
            f.write((", " if i else "") + template.replace("@", str(i)))
        f.write('], "categories": []}')
