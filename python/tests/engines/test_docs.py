# SPDX-License-Identifier: MIT
"""The code of docs/python.md and docs/scale.md, as printed: the outputs are the program's."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from conftest import ROOT, TESTDATA

import exifnorm

PAGES = {name: (ROOT / "docs" / name).read_text() for name in ("python.md", "scale.md")}
BLOCKS = {name: code for name, code in re.findall(r"^```python (\w+)\n(.*?)^```$", PAGES["scale.md"], re.M | re.S)}
OTHERS = re.findall(r"^```python\n(.*?)^```$", PAGES["python.md"], re.M | re.S)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    for path in TESTDATA.glob("jpeg/landscape-*.jpg"):
        shutil.copy(path, tmp_path / "in")
    shutil.copy(TESTDATA / "jpeg/landscape-6.jpg", tmp_path / "in/a.jpg")
    subprocess.run(["tar", "-C", tmp_path / "in", "-cf", tmp_path / "in.tar", *sorted(os.listdir(tmp_path / "in"))], check=True)
    subprocess.run([exifnorm.program(), "-q", tmp_path / "in", tmp_path / "theirs"], check=True)
    return tmp_path


def run(code, folder):
    environment = {**os.environ, "HF_DATASETS_CACHE": str(folder / "cache"), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def outputs(engine, folder):
    """Name and bytes of each."""
    if engine == "webdataset":
        subprocess.run(["tar", "-C", folder / "out", "-xf", folder / "out.tar"], check=True)
        return {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    rows = [row for path in sorted((folder / "out").rglob("*.parquet")) for row in pyarrow.parquet.read_table(path).to_pylist()]
    if engine == "datasets":
        return {os.path.basename(row["image"]["path"]): row["image"]["bytes"] for row in rows}
    data = {"ray": lambda row: row["bytes"], "spark": lambda row: row["content"], "daft": lambda row: row["exifnorm"]["data"]}[engine]
    return {os.path.basename(row["path"]): data(row) for row in rows}


@pytest.mark.parametrize("engine", ["ray", "spark", "datasets", "webdataset", "daft"])
def test_scale(engine, folder):
    (folder / "out").rmdir()
    if engine in ("datasets", "webdataset"):
        (folder / "out").mkdir()
    run(BLOCKS[engine], folder)
    theirs = {path.name: path.read_bytes() for path in (folder / "theirs").iterdir()}
    assert outputs(engine, folder) == theirs and len(theirs) > 8


@pytest.mark.parametrize("code", OTHERS, ids=[str(i) for i in range(len(OTHERS))])
def test_python(code, folder):
    assert "lossless" in run(code, folder) or "transform" in code
    if "upright.jpg" in code:
        assert (folder / "upright.jpg").read_bytes() == (folder / "theirs/a.jpg").read_bytes()


def test_there_is_code():
    assert len(BLOCKS) == 5 and len(OTHERS) == 4
