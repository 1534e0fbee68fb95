#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the page of --html costs a run: page.py PROGRAM [FILES [ROUNDS [FOLDER]]].

Half of FILES are images of all eight orientations, half are YOLO label files, one for each, so that boxes go over the pictures. Runs with the page and
without are made in turns, into a new folder each, which is removed after it; CPU time is that of the program and its workers. FOLDER: where it is done."""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def make(source, files):
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata", "jpeg", "landscape-%d.jpg")
    images = [open(here % (i + 1), "rb").read() for i in range(8)]
    for kind in ("images", "labels"):
        os.makedirs(os.path.join(source, kind))
    for i in range(files // 2):
        with open("%s/images/%06d.jpg" % (source, i), "wb") as f:
            f.write(images[i % 8])
        with open("%s/labels/%06d.txt" % (source, i), "w") as f:
            f.write("0 0.5 0.25 0.5 0.125\n1 0.25 0.75 0.25 0.125\n")


def run(program, folder, options):
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([program, "-q", "--labels", "--labels-frame=stored", *options, folder + "/in", folder + "/out"], check=True)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    shutil.rmtree(folder + "/out")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    program, files, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100000, int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory(dir=sys.argv[4] if len(sys.argv) > 4 else None) as folder:
        make(folder + "/in", files)
        run(program, folder, [])  # the first is not counted: nothing is in any cache
        ratios, page = [], folder + "/page.html"
        for i in range(rounds):
            turns = [(), ("--html=" + page,)][::1 if i % 2 else -1]
            took = {bool(options): run(program, folder, options) for options in turns}
            ratios.append([took[True][k] / took[False][k] for k in range(2)])
            print("without %.1f s, CPU %.1f; with %.1f s, CPU %.1f; ratios %.3f, CPU %.3f" % (*took[False], *took[True], *ratios[-1]), flush=True)
        wall, cpu = (statistics.median(ratio[k] for ratio in ratios) for k in range(2))
        print("%d files: medians of %d: %.3f of the time, %.3f of the CPU time; the page has %d bytes, %d boxes" %
              (files, rounds, wall, cpu, os.path.getsize(page), open(page, encoding="utf-8").read().count("<rect x=")))
        if len(sys.argv) > 5:
            shutil.copy(page, sys.argv[5])


main()
