# SPDX-License-Identifier: MIT
"""The recipes of docs/scale.md and docs/ground-truth.md that talk to S3, as printed, with the real aws and a real server: what arrives is
what the program writes, and whatever breaks off leaves no object under the name of a whole one."""
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from conftest import ROOT
from store import archive, block, normalized, photos, store, bucket  # noqa: F401

SCRIPT = block("scale.md", "sh aws")


def places(bucket):
    return {"IN": f"s3://{bucket}/in", "PART": f"s3://{bucket}/part", "OUT": f"s3://{bucket}/out"}


def run_script(store, bucket, folder, name, **more):
    (folder / "job").write_text(SCRIPT)
    return store.run(["bash", "job", name], folder, **{**places(bucket), **more})


@pytest.mark.parametrize("bad", [False, True], ids=["whole", "with-a-bad-member"])
def test_an_archive(store, bucket, tmp_path, bad):
    archive(tmp_path / "a.tar", 300, bad)
    store.put(bucket, "in/d/a.tar", (tmp_path / "a.tar").read_bytes())
    done = run_script(store, bucket, tmp_path, "d/a.tar")
    assert done.returncode == int(bad), done.stderr
    assert store.keys(bucket) == ["in/d/a.tar", "out/d/a.tar"]
    assert (store.get(bucket, "out/d/a.tar"), done.returncode) == normalized(tmp_path / "a.tar")


def test_in_several_parts(store, bucket, tmp_path):
    """Beyond 8 MB aws uploads in parts."""
    archive(tmp_path / "a.tar", 2000)
    store.put(bucket, "in/a.tar", (tmp_path / "a.tar").read_bytes())
    line = re.search(r"^`(aws s3 cp .*)`\.$", (ROOT / "docs/scale.md").read_text(), re.M)[1]
    done = store.run(line, tmp_path, **places(bucket))
    assert done.returncode == 0, done.stderr
    made = store.get(bucket, "out/a.tar")
    assert len(made) > 16 << 20 and made == normalized(tmp_path / "a.tar")[0]


def test_what_breaks_off_leaves_nothing(store, bucket, tmp_path):
    archive(tmp_path / "a.tar", 300)
    whole = (tmp_path / "a.tar").read_bytes()
    store.put(bucket, "in/a.tar", whole)
    store.put(bucket, "in/short.tar", whole[: len(whole) // 2 + 700])
    for name, status, more in (("none.tar", 3, {}), ("short.tar", 1, {}), ("a.tar", 3, {"PART": "s3://not-there/part"}), ("a.tar", 3, {"OUT": "s3://not-there/out"})):
        done = run_script(store, bucket, tmp_path, name, **more)
        assert (name, done.returncode) == (name, status), done.stderr
        assert not store.keys(bucket, "out/")
    assert run_script(store, bucket, tmp_path, "a.tar").returncode == 0
    assert store.get(bucket, "out/a.tar") == normalized(tmp_path / "a.tar")[0]


def child(parent, word):
    """The process below parent that runs a program of this name."""
    listed = subprocess.run(["ps", "-ww", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True).stdout
    found = [int(line.split()[0]) for line in listed.splitlines() if word in line]
    assert len(found) == 1, listed
    return found[0]


# Each of these statuses is one to start the task again for. Where the program dies the download may have ended before, or break off with it.
@pytest.mark.parametrize("victim, statuses", [("exifnorm -q", {3, 137}), ("s3 cp s3:", {3}), ("s3 cp - s3:", {3}), ("", {-9})], ids=["program", "download", "upload", "all"])
def test_a_kill_in_the_middle(store, bucket, tmp_path, victim, statuses):
    archive(tmp_path / "a.tar", 3000)
    store.put(bucket, "in/a.tar", (tmp_path / "a.tar").read_bytes())
    (tmp_path / "job").write_text(SCRIPT)
    job = subprocess.Popen(["bash", "job", "a.tar"], cwd=tmp_path, env={**store.environment, **places(bucket)}, stderr=subprocess.DEVNULL, start_new_session=True)
    report = tmp_path / "a.tar.jsonl"
    deadline = time.monotonic() + 120
    while not report.exists() or report.read_bytes().count(b"\n") < 200:  # it is at work
        assert job.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    if victim:
        os.kill(child(job.pid, victim), signal.SIGKILL)
    else:
        os.killpg(job.pid, signal.SIGKILL)
    ended = job.wait(timeout=120)
    assert report.read_bytes().count(b"\n") < 6000, "it was done before it was killed"
    assert ended in statuses
    assert not store.keys(bucket, "out/")
    done = run_script(store, bucket, tmp_path, "a.tar")
    assert done.returncode == 0, done.stderr
    assert store.get(bucket, "out/a.tar") == normalized(tmp_path / "a.tar")[0]


def test_ground_truth(store, bucket, tmp_path):
    expected = photos(tmp_path / "photos")
    page = (ROOT / "docs/ground-truth.md").read_text()
    steps = re.findall(r"^   ```sh\n(.*?)^   ```$", page, re.M | re.S)
    assert len(steps) == 5
    # An older state of the same photos is there already; sync has to see what changed.
    assert store.run(["aws", "s3", "sync", "--only-show-errors", "photos/", f"s3://{bucket}/images/"], tmp_path).returncode == 0
    time.sleep(1.1)  # S3 tells times in seconds
    for step in steps:
        script = re.sub(r"^   ", "", step, flags=re.M).replace("BUCKET", bucket)
        done = store.run("set -e\n" + script, tmp_path)
        assert done.returncode == 0, done.stderr
    assert store.all(bucket, "images/") == expected
    rules = store.client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert rules[0]["AllowedMethods"] == ["GET"] and rules[0]["AllowedOrigins"] == ["*"]
    lines = [json.loads(line)["source-ref"] for line in store.get(bucket, "input.manifest").decode().splitlines()]
    assert sorted(lines) == sorted(f"s3://{bucket}/images/{name}" for name in expected if name.endswith(".jpg"))
    # What a browser of the annotators asks, and gets.
    url = store.client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "images/landscape-6.jpg"})
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Origin": "https://annotators.example"})) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*" and answer.read() == expected["landscape-6.jpg"]
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url.partition("?")[0])
