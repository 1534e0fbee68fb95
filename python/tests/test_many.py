# SPDX-License-Identifier: MIT
"""Many calls and threads: nothing is lost, nothing grows. LONG=1: a million calls, and 8 threads with 1,000 images each."""
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import LANDSCAPE, LONG, TESTDATA, UPRIGHT

import exifnorm


def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_references_and_memory():
    calls = 1_000_000 if LONG else 3000
    small = min((path.read_bytes() for path in TESTDATA.rglob("*.png")), key=len)
    broken, view = LANDSCAPE[:700], bytearray(UPRIGHT)
    oriented = min((path.read_bytes() for path in TESTDATA.rglob("*.jpg") if exifnorm.check(path).outcome == "lossless"), key=len)

    def once():
        exifnorm.normalize(small)
        exifnorm.normalize(view)
        exifnorm.check(oriented)
        for bad in (broken, b"x"):
            try:
                exifnorm.normalize(bad)
            except exifnorm.Error:
                pass

    for _ in range(500):
        once()
        exifnorm.normalize(oriented)
    references = [sys.getrefcount(it) for it in (small, broken, view, oriented, exifnorm.Error, exifnorm.Result)]
    before = resident()
    for i in range(calls // 5):
        once()
        if i % 20 == 0:
            exifnorm.normalize(oriented)
    assert [sys.getrefcount(it) for it in (small, broken, view, oriented, exifnorm.Error, exifnorm.Result)] == references
    assert resident() - before < 2000
    view += b"x"  # nothing holds on to it


@pytest.mark.parametrize("how", ["threads", "batches"])
def test_eight_threads(how):
    images = [path.read_bytes() for path in sorted(TESTDATA.rglob("*.*g"))][: None if LONG else 12]
    images += [LANDSCAPE[:-100], b"text"]
    rounds = 1000 // len(images) + 1 if LONG else 3
    wait = threading.Barrier(8)

    def one(data):
        try:
            return exifnorm.normalize(data)
        except exifnorm.Error as error:
            return str(error)

    if how == "batches":
        import pyarrow as pa

        column = pa.array(images, pa.binary())
        work = lambda: exifnorm.normalize_batch(column).to_pylist()  # noqa: E731
    else:
        work = lambda: [one(data) for data in images]  # noqa: E731
    expected = work()

    def run(_):
        wait.wait()
        return all(work() == expected for _ in range(rounds))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(run, range(8))) == [True] * 8


def test_the_gil_is_released():
    """While one thread is in the library, another one goes on: by counting, since a second processor may be busy."""
    large = max((path.read_bytes() for path in TESTDATA.rglob("*.jpg") if exifnorm.check(path).outcome == "lossless"), key=len)
    counted, ended = [0], threading.Event()

    def count():
        while not ended.is_set():
            counted[0] += 1
            time.sleep(0.0001)  # gives the GIL away, and has to get it back

    switch = sys.getswitchinterval()
    thread = threading.Thread(target=count)
    thread.start()
    sys.setswitchinterval(100)  # nobody is asked to give the GIL away; only who does so lets the other one go on
    try:
        before = counted[0]
        for _ in range(20):
            exifnorm.normalize(large)
        assert counted[0] > before
    finally:
        sys.setswitchinterval(switch)
        ended.set()
        thread.join()
