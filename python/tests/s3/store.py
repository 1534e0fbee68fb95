# SPDX-License-Identifier: MIT
"""A real S3 server (versitygw) on loopback, the real aws beside it, and what the tests of both share."""
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import botocore.config
import botocore.session
import pytest
from conftest import ROOT, TESTDATA

import exifnorm

BIN = Path(sys.executable).parent
SERVER = Path(os.environ["VERSITYGW"])
ACCESS, SECRET, REGION = "test", "test-secret", "us-east-1"


def block(page, name):
    """The code that a page has under that name, as printed."""
    found = re.findall(rf"^```{name}\n(.*?)^```$", (ROOT / "docs" / page).read_text(), re.M | re.S)
    assert len(found) == 1, f"{page}: {len(found)} blocks {name}"
    return found[0]


class Store:
    """The server, and what a client has to know of it: environment is what AWS's own tools read."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "buckets").mkdir()
        self.log = folder / "server.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([SERVER, "--quiet", "--access", ACCESS, "--secret", SECRET, "--region", REGION, "--port", f"127.0.0.1:{self.port}", "posix", folder / "buckets"],
                                            stdout=log, stderr=log)
        (folder / "bin").mkdir()
        (folder / "bin/exifnorm").symlink_to(exifnorm.program())
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.url,
            "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
            "PATH": f"{folder}/bin:{BIN}:{os.environ['PATH']}",
        }
        self._wait()
        self.client = botocore.session.Session().create_client(
            "s3", endpoint_url=self.url, region_name=REGION, aws_access_key_id=ACCESS, aws_secret_access_key=SECRET,
            config=botocore.config.Config(signature_version="s3v4", s3={"addressing_style": "path"}))

    def _wait(self):
        for _ in range(100):
            assert self.process.poll() is None, self.log.read_text()
            with socket.socket() as there:
                if there.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the server does not listen")

    def stop(self):
        self.process.kill()
        self.process.wait()

    def make(self, bucket):
        self.client.create_bucket(Bucket=bucket)

    def put(self, bucket, key, data):
        self.client.put_object(Bucket=bucket, Key=key, Body=data)

    def get(self, bucket, key):
        return self.client.get_object(Bucket=bucket, Key=key)["Body"].read()

    def keys(self, bucket, prefix=""):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return sorted(item["Key"] for page in pages for item in page.get("Contents", []) if not item["Key"].endswith("/"))

    def all(self, bucket, prefix):
        """Objects by what follows the prefix."""
        return {key.removeprefix(prefix): self.get(bucket, key) for key in self.keys(bucket, prefix)}

    def run(self, command, folder, **more):
        """A command, or a script for bash, as a user of this store runs it."""
        command = ["bash", "-c", command] if isinstance(command, str) else command
        return subprocess.run(command, cwd=folder, env={**self.environment, **more}, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    made = Store(tmp_path_factory.mktemp("store"))
    yield made
    made.stop()


@pytest.fixture
def bucket(store, request):
    """One of its own for each test."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:60]
    store.make(name)
    return name


def photos(folder):
    """Photos and what lies beside them, and what the program makes of them, by names."""
    folder.mkdir()
    for path in sorted(TESTDATA.glob("jpeg/landscape-*.jpg")):
        shutil.copy(path, folder)
    shutil.copy(TESTDATA / "jpeg/landscape-6.jpg", folder / "a b+ü.jpg")
    (folder / "notes.txt").write_text("no image\n")
    theirs = folder.parent / (folder.name + ".theirs")
    subprocess.run([exifnorm.program(), "-q", folder, theirs], check=True)
    return {path.name: path.read_bytes() for path in theirs.iterdir()}


def archive(path, count, bad=False):
    """A tar of so many photos and labels, large enough that a run of it can be met in its middle; with bad, one of them is damaged."""
    pictures = [image.read_bytes() for image in sorted(TESTDATA.glob("jpeg/landscape-*.jpg"))]
    with tarfile.open(path, "w") as tar:
        for i in range(count):
            data = pictures[i % len(pictures)]
            data = data[: len(data) // 2] if bad and i == count // 2 else data
            for name, content in ((f"{i:06}.jpg", data), (f"{i:06}.cls", b"%d" % i)):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))


def normalized(path):
    """The archive that the program makes of this one, and its status."""
    made = path.with_suffix(".theirs")
    done = subprocess.run([exifnorm.program(), "-q", "--tar", "--report=" + os.devnull, path, made], stderr=subprocess.DEVNULL)
    return made.read_bytes() if made.exists() else None, done.returncode
