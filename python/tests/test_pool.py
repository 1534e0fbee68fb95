# SPDX-License-Identifier: MIT
"""The same by sandboxed workers, and what becomes of images when these or the program die."""
import gc
import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import LANDSCAPE, UPRIGHT

import exifnorm



def outcome(call):
    try:
        return call()
    except exifnorm.Error as error:
        return str(error), error.status, error.found


@pytest.mark.parametrize("options", [{}, {"mode": "drop"}, {"on_damage": "decode", "verify": True}, {"strict": True, "png_level": 0, "quality": "high", "timeout": 0.5}], ids=str)
def test_the_same_as_here(options, run):
    files = [run.data(path) for path in run.files()]
    here = dict(options)
    here.pop("timeout", None)
    with exifnorm.Pool(2, **options) as pool:
        for data, future in [(data, pool.submit(data)) for data in files]:
            ours, theirs = outcome(lambda: exifnorm.normalize(data, **here)), outcome(future.result)
            assert ours == theirs
            assert not isinstance(ours, exifnorm.Result) or (ours.data is data) == (theirs.data is data)


def test_a_future_that_somebody_wants_to_cancel_harms_no_other():
    with exifnorm.Pool(1) as pool:
        futures = [pool.submit(LANDSCAPE) for _ in range(5)]
        for future in futures[:4]:
            future.cancel()
        assert [future.result().outcome for future in futures] == ["lossless"] * 5
        assert pool.normalize(LANDSCAPE) == exifnorm.normalize(LANDSCAPE)


def test_isolated():
    with exifnorm.Pool(1, isolate=True) as pool:
        assert pool.normalize(LANDSCAPE) == exifnorm.normalize(LANDSCAPE)


def test_map_keeps_the_order_and_reads_no_further_than_it_has_to():
    taken = 0

    def images():
        nonlocal taken
        for i in range(200):
            taken += 1
            yield LANDSCAPE if i % 3 else b"hello" if i % 2 else UPRIGHT

    with exifnorm.Pool(2) as pool:
        results = pool.map(images(), errors="return")
        next(results)
        assert taken < 20
        results = [None, *results]
        assert len(results) == 200
        for i, result in enumerate(results[1:], 1):
            if i % 3:
                assert result.outcome == "lossless"
            elif i % 2:
                assert isinstance(result, exifnorm.Error) and result.status == "not-an-image"
            else:
                assert result.data is UPRIGHT
        with pytest.raises(exifnorm.Error):
            list(pool.map([UPRIGHT, b"hello"]))
        with pytest.raises(ValueError, match="^errors: "):
            pool.map([], errors="ignore")
        assert pool.normalize(UPRIGHT).outcome == "untouched"


def test_many_threads_share_one():
    with exifnorm.Pool(2) as pool, ThreadPoolExecutor(8) as threads:
        files = [LANDSCAPE, UPRIGHT, bytearray(LANDSCAPE), LANDSCAPE[:-100]] * 25
        for data, result in zip(files, threads.map(lambda data: outcome(lambda: pool.normalize(data)), files)):
            assert result == outcome(lambda: exifnorm.normalize(data))


def test_large_files_and_small_ones():
    """More than any pipe holds, in both directions."""
    behind = os.urandom(3_000_001)
    with exifnorm.Pool(1) as pool:
        futures = [pool.submit(data + behind) for data in (LANDSCAPE, UPRIGHT) * 5]
        for future, data in zip(futures, (LANDSCAPE, UPRIGHT) * 5):
            assert future.result().data == exifnorm.normalize(data).data + behind


def workers(pid):
    """The processes below one, of which the leaves do the work."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                with open(f"/proc/{name}/stat") as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += workers(int(name)) or [int(name)]
    return found


def test_a_worker_that_is_killed_fails_its_image_alone():
    with exifnorm.Pool(1) as pool:
        assert pool.normalize(LANDSCAPE).outcome == "lossless"
        for pid in workers(pool._process.pid):
            os.kill(pid, signal.SIGSTOP)
        futures = [pool.submit(LANDSCAPE) for _ in range(5)]
        time.sleep(0.5)  # the first one is with the worker now
        for pid in workers(pool._process.pid):
            os.kill(pid, signal.SIGKILL)
        results = [outcome(future.result) for future in futures]
        assert results[0][1] == "worker-crashed"
        assert all(result.outcome == "lossless" for result in results[1:])


def test_a_program_that_ends_leaves_nobody_waiting():
    pool = exifnorm.Pool(1)
    os.kill(pool._process.pid, signal.SIGSTOP)
    futures = [pool.submit(UPRIGHT) for _ in range(3)]
    os.kill(pool._process.pid, signal.SIGKILL)
    for future in futures:
        with pytest.raises(exifnorm.Error, match="the program ended with status -9") as caught:
            future.result(timeout=60)
        assert caught.value.status == "internal"
    with pytest.raises((exifnorm.Error, ValueError)):
        pool.normalize(UPRIGHT)
    pool.close()


def test_a_program_that_cannot_run(tmp_path):
    with pytest.raises(exifnorm.Error, match="cannot start /nonexistent"):
        exifnorm.Pool(program="/nonexistent")
    other = tmp_path / "other"
    other.write_text("#!/bin/sh\necho its reason >&2\nexit 2\n")
    other.chmod(0o755)
    with exifnorm.Pool(program=str(other)) as pool:
        with pytest.raises((exifnorm.Error, ValueError), match="its reason|closed"):
            pool.submit(UPRIGHT).result(timeout=60)


def test_closing():
    pool = exifnorm.Pool(2)
    futures = [pool.submit(LANDSCAPE) for _ in range(10)]
    pool.close()
    assert all(future.result(timeout=0).outcome == "lossless" for future in futures) and pool._process.returncode == 0
    pool.close()
    with pytest.raises(ValueError, match="closed"):
        pool.submit(LANDSCAPE)
    with pytest.raises(TypeError, match="^workers: "):
        exifnorm.Pool(1.5)
    with pytest.raises(ValueError, match="^workers: "):
        exifnorm.Pool(0)
    with exifnorm.Pool(1) as pool, pytest.raises(TypeError, match="^data: "):
        pool.submit("path.jpg")


def test_nothing_is_left_behind():
    gc.collect()
    fds, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(5):
        with exifnorm.Pool(1) as pool:
            pool.normalize(LANDSCAPE)
    gc.collect()
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == (fds, threads)


def test_memory_stays_where_it_was():
    with exifnorm.Pool(2) as pool:
        files = [LANDSCAPE, UPRIGHT, LANDSCAPE[:500]]
        for _ in pool.map(files * 100, errors="return"):
            pass
        before = resident()
        for _ in pool.map(files * 700, errors="return"):
            pass
        assert resident() - before < 4000
        assert not pool._items


def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_the_interpreter_ends_with_a_pool_open():
    import sys

    done = subprocess.run([sys.executable, "-c", "import exifnorm; pool = exifnorm.Pool(1); pool.submit(b'x')"], timeout=60)
    assert done.returncode == 0
