#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds tests/house/floors.txt: includes point down, siblings do not know each other, the wall has one door; and no two files know each other,
be it through others.

floors.py [SRC]: prints each include that breaks a floor, and each circle of files; exit status 1 if there is any."""
import glob
import os
import re
import sys

src = sys.argv[1] if len(sys.argv) > 1 else "src"
here = os.path.dirname(os.path.abspath(__file__))
floor, graph = {}, {}
for number, line in enumerate(open(os.path.join(here, "floors.txt"))):
    side, *rooms = line.split("#")[0].split() or [""]
    floor.update({(side, os.path.splitext(room)[0]): number for room in rooms})


def room(side, path):
    """The folder of a path below its side; for a file at the top, its name without the ending."""
    return side, path.split("/")[0] if "/" in path else os.path.splitext(path)[0]


def path_back(start):
    """The shortest path along includes from a file back to itself; its .c and .h count as one. None: there is none."""
    ways = [[start]]
    reached = set()
    for way in ways:
        for file in sorted(graph.get(way[-1], ())):
            if file == start:
                return way + [start]
            if file not in reached:
                reached.add(file)
                ways.append(way + [file])
    return None


def reachable(start):
    found, ahead = set(), [start]
    while ahead:
        more = graph.get(ahead.pop(), set()) - found
        found |= more
        ahead += more
    return found


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
        stems = [side + "/" + os.path.splitext(os.path.normpath(file))[0] for file in (path, name)]
        if stems[0] != stems[1]:
            graph.setdefault(stems[0], set()).add(stems[1])
        other = room(side, name)
        if ".." in name or other not in floor or (floor[other] >= floor[own] and other != own):
            print(f"{file}: includes {name}, which is not below it")
            bad += 1
circles = {frozenset(other for other in reachable(file) if file in reachable(other)) for file in graph} - {frozenset()}
for circle in sorted(map(sorted, circles)):
    print("a circle: " + " -> ".join(path_back(circle[0])) + (f" (of {len(circle)} files)" if len(circle) > 2 else ""))
    bad += 1
print(f"floors: {seen} includes, {bad} against the floors")
sys.exit(bad > 0 or seen == 0)
