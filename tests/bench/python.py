#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the cost of the Python package with the library that it calls, and with Pillow if that is installed; run it with the Python that has the package.

Each row is a ratio of two things measured in turns in one run. What is not about threads is in seconds of processor; threads are in seconds that pass,
so they want an idle machine, or a priority above all else for the few seconds (chrt -f 1, as root)."""
import argparse
import io
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import exifnorm

ROOT = Path(__file__).resolve().parents[2]


def median(values):
    return sorted(values)[len(values) // 2]


def spent(work, clock=time.process_time):
    before = clock()
    work()
    return clock() - before


def of_threads(images, rounds):
    """How many times as fast two threads are as one over the same images."""

    def go(threads):
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(exifnorm.normalize, images))

    go(2)
    ratios = []
    for _ in range(rounds):
        one = spent(lambda: go(1), time.monotonic)
        two = spent(lambda: go(2), time.monotonic)
        ratios.append(one / two)
    return ratios


def of_processor(images, rounds):
    """The CPU time of two threads for the same work, divided by that of one: what waiting for each other costs. Needs no idle machine."""

    def go(threads):
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(exifnorm.normalize, images))

    go(2)
    return [spent(lambda: go(2)) / spent(lambda: go(1)) for _ in range(rounds)]


def held(data, rounds):
    """The share of a call in which the GIL is held: the time of a call with next to nothing to do, divided by that for this image."""
    nothing = exifnorm.normalize(data).data
    few = median([spent(lambda: [exifnorm.normalize(nothing) for _ in range(200)]) / 200 for _ in range(rounds)])
    much = median([spent(lambda: [exifnorm.normalize(data) for _ in range(20)]) / 20 for _ in range(rounds)])
    return few, much


def pillow(data):
    from PIL import Image, ImageOps

    made = io.BytesIO()
    image = Image.open(io.BytesIO(data))
    ImageOps.exif_transpose(image).save(made, "JPEG")
    return made.getvalue()


def importing(rounds):
    def seconds(code):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return median([seconds("import exifnorm") - seconds("pass") for _ in range(rounds)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", nargs="*", type=Path, default=[ROOT / "testdata/jpeg/landscape-6.jpg"])
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    print(f"import: {1000 * importing(arguments.rounds):.0f} ms of processor")
    for path in arguments.images:
        data = path.read_bytes()
        few, much = held(data, arguments.rounds)
        print(f"{path.name}: {1000 * much:.2f} ms; {1000 * few:.3f} ms where nothing is to be done")
        batch = [data] * max(4, int(0.4 / much) // 2 * 2)
        print(f"  two threads: {median(of_threads(batch, arguments.rounds)):.2f} times as fast as one, with {median(of_processor(batch, arguments.rounds)):.2f} times the processor's time")
        try:
            theirs = median([spent(lambda: pillow(data)) for _ in range(arguments.rounds)])
            print(f"  Pillow: {1000 * theirs:.2f} ms, so {much / theirs:.2f}")
        except ImportError:
            print("  Pillow is not installed")


if __name__ == "__main__":
    main()
