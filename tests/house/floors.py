#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds tests/house/floors.txt: includes point down, siblings do not know each other, the wall has one door.

floors.py [SRC]: prints each include that breaks a floor; exit status 1 if there is any."""
import glob
import os
import re
import sys

src = sys.argv[1] if len(sys.argv) > 1 else "src"
here = os.path.dirname(os.path.abspath(__file__))
floor = {}
for number, line in enumerate(open(os.path.join(here, "floors.txt"))):
    side, *rooms = line.split("#")[0].split() or [""]
    floor.update({(side, os.path.splitext(room)[0]): number for room in rooms})


def room(side, path):
    """The folder of a path below its side; of a file at the top, its name without the ending."""
    return side, path.split("/")[0] if "/" in path else os.path.splitext(path)[0]


bad = seen = 0
for file in sorted(glob.glob(src + "/**/*.[ch]", recursive=True)):
    side, path = os.path.relpath(file, src).split("/", 1)
    own = room(side, path)
    if own not in floor:
        sys.exit(f"{file}: no floor in floors.txt")
    for name in re.findall(r'^\s*#\s*include\s+"([^"]+)"', open(file).read(), re.M):
        seen += 1
        beside = os.path.join(os.path.dirname(path), name)
        if os.path.exists(os.path.join(src, side, beside)):
            name = beside
        elif side == "lib" and name == "exifnorm.h" or name in ("hooks.h", "forger.h"):  # the public header; the tests' worker
            continue
        other = room(side, name)
        if ".." in name or other not in floor or (floor[other] >= floor[own] and other != own):
            print(f"{file}: includes {name}, which is not below it")
            bad += 1
print(f"floors: {seen} includes, {bad} against the floors")
sys.exit(bad > 0 or seen == 0)
