#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make_coco.py FOLDER MEGABYTES IMAGES IMAGE: a data set of so many images, links to IMAGE, which is 240x320 as it is stored, and a COCO
file of that size in the stored frame.

As Python's json writes it: boxes, polygons of 8 to 47 points with two decimals, areas. Its annotations stand before its images, so
that where a reader meets one it knows nothing of its image yet.
"""
import os
import random
import shutil
import sys

WIDTH, HEIGHT, KINDS, AT_ONCE = 240, 320, 3000, 4000


def annotation(source):
    """All of one but its id and image."""
    x, y = source.randrange(0, 8000) / 100, source.randrange(0, 9000) / 100
    w, h = source.randrange(100, 100 * WIDTH - int(100 * x)) / 100, source.randrange(100, 100 * HEIGHT - int(100 * y)) / 100
    points = []
    for _ in range(source.randrange(8, 48)):
        points += [round(x + source.random() * w, 2), round(y + source.random() * h, 2)]
    return (f'"segmentation": [{points}], "area": {round(w * h, 4)}, "iscrowd": 0, '
            f'"bbox": [{x}, {y}, {round(w, 2)}, {round(h, 2)}], "category_id": {source.randrange(1, 91)}}}')


def main():
    folder, megabytes, images, image = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    source = random.Random(5)
    kinds = [annotation(source) for _ in range(KINDS)]
    os.makedirs(folder, exist_ok=True)
    first = os.path.join(folder, f"{0:07}.jpg")
    shutil.copyfile(image, first)
    for i in range(1, images):
        os.link(first, os.path.join(folder, f"{i:07}.jpg"))
    with open(os.path.join(folder, "instances.json"), "w", encoding="ascii") as file:
        number = size = file.write('{"info": {"description": "made"}, "annotations": [')
        first = number
        while size < megabytes << 20:
            size += file.write("".join(
                f'{", " if i > first else ""}{{"id": {i}, "image_id": {i * 7919 % images}, {kinds[i * 31 % KINDS]}'
                for i in range(number, number + AT_ONCE)))
            number += AT_ONCE
        file.write('], "images": [')
        file.write(", ".join(f'{{"id": {i}, "file_name": "{i:07}.jpg", "width": {WIDTH}, "height": {HEIGHT}}}' for i in range(images)))
        file.write(']}\n')


main()
