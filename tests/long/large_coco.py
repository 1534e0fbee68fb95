#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A COCO file of gigabytes is moved with its images, in below 100 MB of memory; stopped in the middle of it and resumed, it has the same bytes.

EXIFNORM names the program, MEGABYTES the size (5000), IMAGES how many there are (2000). Says how long it took, which is no check.
"""
import decimal
import filecmp
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))
program = os.path.abspath(os.environ["EXIFNORM"])
megabytes, images = int(os.environ.get("MEGABYTES", 5000)), int(os.environ.get("IMAGES", 2000))
MEMORY = 100 << 20
HEIGHT = 320  # of the image as it is stored; orientation 6 is a rotation by 90 degrees: x becomes HEIGHT - y, y becomes x


def tree(process):
    """It and all below it."""
    yield process
    try:
        with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
            for child in file.read().split():
                yield from tree(int(child))
    except OSError:
        pass


def memory(process):
    """Of all processes together, shared pages counted once."""
    total = 0
    for p in tree(process):
        try:
            with open(f"/proc/{p}/smaps_rollup", encoding="ascii") as file:
                total += sum(int(line.split()[1]) << 10 for line in file if line.startswith("Pss:"))
        except OSError:
            pass
    return total


def largest_output(process, folder):
    """How much has been written of the largest file that the program holds in folder; it may have no name yet."""
    largest = 0
    for name in os.listdir(f"/proc/{process}/fd"):
        path = f"/proc/{process}/fd/{name}"
        try:
            if os.readlink(path).startswith(folder + "/"):
                largest = max(largest, os.stat(path).st_size)
        except OSError:
            pass
    return largest


def annotations(path):
    """Those of the file's first megabytes. None has an object in it."""
    with open(path, encoding="ascii") as file:
        text = file.read(4 << 20)
    return [json.loads(found, parse_float=decimal.Decimal, parse_int=decimal.Decimal) for found in re.findall(r'\{"id": [^}]*\}', text)]


def moved(annotation):
    x, y, w, h = annotation["bbox"]
    polygon = annotation["segmentation"][0]
    turned = [n for i in range(0, len(polygon), 2) for n in (HEIGHT - polygon[i + 1], polygon[i])]
    return {**annotation, "bbox": [HEIGHT - y - h, x, h, w], "segmentation": [turned]}


def check(what, is_so):
    if not is_so:
        sys.exit(f"large_coco.py: FAILED: {what}")
    print(f"large_coco.py: {what}")


def main(folder):
    source, whole, parts = (os.path.join(folder, name) for name in ("in", "whole", "parts"))
    subprocess.run([sys.executable, os.path.join(here, "make_coco.py"), source, str(megabytes), str(images), sys.argv[1]], check=True)
    size = os.path.getsize(os.path.join(source, "instances.json"))
    before, begun, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), 0
    with subprocess.Popen([program, "-q", "--labels", source, whole]) as run:
        while run.poll() is None:
            peak = max(peak, memory(run.pid))
            time.sleep(0.05)
    took, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    check("it is moved", run.returncode == 0)
    print(f"large_coco.py: {size >> 20} MiB in {took:.1f} s, {cpu:.1f} s of CPU: {size / 1e6 / cpu:.0f} MB a second of CPU; {peak >> 20} MiB of memory")
    check("in below 100 MB of memory", 0 < peak < MEMORY)
    old, new = (annotations(os.path.join(path, "instances.json")) for path in (source, whole))
    count = min(len(old), len(new))
    check(f"{count} annotations are where they belong", count > 1000 and [moved(a) for a in old[:count]] == new[:count])

    with subprocess.Popen([program, "-q", "--labels", source, parts]) as run:
        while run.poll() is None and largest_output(run.pid, parts) < size // 4:
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
    check("it stops in the middle of the labels", run.returncode == -signal.SIGINT and "instances.json" not in os.listdir(parts))
    resumed = subprocess.run([program, "-q", "--labels", "--resume", source, parts], check=False)
    check("it is resumed", resumed.returncode == 0 and sorted(os.listdir(parts)) == sorted(os.listdir(whole)))
    check("and has the same bytes", all(filecmp.cmp(os.path.join(whole, n), os.path.join(parts, n), shallow=False) for n in os.listdir(whole)))


# A shell's background jobs ignore it, and so would the program, which leaves alone what is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
place = tempfile.mkdtemp(prefix="exifnorm-coco-", dir=os.environ.get("TMPDIR", "/tmp"))
try:
    main(place)
finally:
    shutil.rmtree(place)
