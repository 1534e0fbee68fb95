# SPDX-License-Identifier: MIT
"""IN and OUT on mounts of a bucket: the script of docs/scale.md as printed, killed in the middle and started again. What a reader of the bucket sees
then is what the program writes into a folder."""
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import TESTDATA
from store import ACCESS, REGION, SECRET, block, store, bucket  # noqa: F401

import exifnorm

COUNT = 60


def mount_rclone(store, bucket, where, folder):
    """As object stores are: a file is written from its beginning to its end, and there is no copy of it on a disk."""
    environment = {**store.environment, "RCLONE_CONFIG": str(folder / "rclone.conf"), "RCLONE_CONFIG_STORE_TYPE": "s3", "RCLONE_CONFIG_STORE_PROVIDER": "Other",
                   "RCLONE_CONFIG_STORE_ENV_AUTH": "true", "RCLONE_CONFIG_STORE_ENDPOINT": store.url, "RCLONE_CONFIG_STORE_REGION": REGION}
    (folder / "rclone.conf").touch()
    return subprocess.Popen(["rclone", "mount", f"store:{bucket}", where, "--vfs-cache-mode=off", "--dir-cache-time=1s", "--attr-timeout=0s"], env=environment,
                            stderr=(folder / "mount.log").open("wb"))


def mount_s3fs(store, bucket, where, folder):
    password = folder / "s3fs"
    password.write_text(f"{ACCESS}:{SECRET}")
    password.chmod(0o600)
    options = f"passwd_file={password},url={store.url},use_path_request_style,endpoint={REGION},use_cache="
    return subprocess.Popen(["s3fs", bucket, where, "-f", "-o", options], stderr=(folder / "mount.log").open("wb"), stdout=subprocess.DEVNULL)


MOUNTS = {"rclone": mount_rclone, "s3fs": mount_s3fs}


@pytest.fixture(params=MOUNTS)
def mount(store, bucket, request, tmp_path):
    if not os.path.exists("/dev/fuse"):
        if os.environ.get("CI"):
            pytest.fail("there is no /dev/fuse, so nothing was checked on a mount")
        pytest.skip("there is no /dev/fuse")
    assert shutil.which(request.param), f"{request.param} is not installed"
    where = tmp_path / "mount"
    where.mkdir()
    process = MOUNTS[request.param](store, bucket, where, tmp_path)
    deadline = time.monotonic() + 30
    while not where.is_mount():
        assert process.poll() is None and time.monotonic() < deadline, (tmp_path / "mount.log").read_text()
        time.sleep(0.05)
    yield where
    subprocess.run(["umount", "-l", where], check=True)
    process.wait(timeout=60)


def fill(store, bucket, folder):
    (folder / "in/d").mkdir(parents=True)
    pictures = sorted(TESTDATA.glob("jpeg/landscape-*.jpg"))
    for i in range(COUNT):
        name = f"{'d/' if i % 2 else ''}{i:03}.jpg"
        data = pictures[i % len(pictures)].read_bytes()
        (folder / "in" / name).write_bytes(data)
        store.put(bucket, "in/" + name, data)
    subprocess.run([exifnorm.program(), "-q", folder / "in", folder / "theirs"], check=True)
    return {str(path.relative_to(folder / "theirs")): path.read_bytes() for path in (folder / "theirs").rglob("*.jpg")}


def test_the_script(store, bucket, mount, tmp_path):
    expected = fill(store, bucket, tmp_path)
    (tmp_path / "job").write_text(block("scale.md", "sh mount"))
    places = {"IN": str(mount / "in"), "OUT": str(mount / "out"), "TASKS": "1", "INDEX": "0"}
    environment = {**store.environment, **places, "STATE": str(tmp_path / "state")}
    job = subprocess.Popen(["sh", "job"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while len(store.keys(bucket, "out/")) < COUNT // 4:
        assert job.poll() is None and time.monotonic() < deadline, job.stderr.read()
    os.kill(job.pid, signal.SIGKILL)
    job.wait()
    begun = store.all(bucket, "out/")
    assert len(begun) < COUNT, "it was done before it was killed"
    done = store.run(["sh", "job"], tmp_path, **places, STATE=str(tmp_path / "state"))
    assert done.returncode == 0, done.stderr
    assert store.all(bucket, "out/") == expected
    again = store.run(["sh", "job"], tmp_path, **places, STATE=str(tmp_path / "state"))  # nothing is left to do
    assert again.returncode == 0, again.stderr
    assert store.all(bucket, "out/") == expected


def test_verify_reads_the_mount_again(store, bucket, mount, tmp_path):
    expected = fill(store, bucket, tmp_path)
    done = store.run(["exifnorm", "-q", "--write=direct", "--verify", mount / "in", mount / "out"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert store.all(bucket, "out/") == expected
