# SPDX-License-Identifier: MIT
"""Datasets of Hugging Face: the program's bytes and lines; a normalized set is what its decoder shows of the source, and the same to a
decoder that knows no EXIF."""
import io
import os
import signal
import zipfile

import datasets
import numpy
import pytest
from conftest import TESTDATA
from engine import compare
from PIL import Image

import exifnorm.datasets


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()


def files(run):
    paths = run.files()
    return paths, datasets.Dataset.from_dict({"image": [{"path": str(run.source / path), "bytes": None if i % 2 else run.data(path)} for i, path in enumerate(paths)]},
                                             features=datasets.Features({"image": datasets.Image(decode=False)}))


def check(run, paths, made):
    assert len(made) == len(paths)
    for path, row in zip(paths, made):
        compare(run, path, row["image"]["bytes"] if row["image"] else None, row["exifnorm"])


@pytest.mark.parametrize("how", [{}, {"num_proc": 2}, {"isolated": True}], ids=str)
def test_the_program_s_bytes_and_lines(run, how):
    paths, given = files(run)
    check(run, paths, exifnorm.datasets.normalize(given, batch_size=7, **how))


def test_files_in_other_places(run, tmp_path):
    """Whatever fsspec opens: a file by its address, a member of an archive."""
    path = next(path for path in run.files() if run.lines[path]["outcome"] == "lossless")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(run.source / path, "d/a.jpg")
    places = [str(run.source / path), f"file://{run.source / path}", f"zip://d/a.jpg::{tmp_path / 'a.zip'}"]
    given = datasets.Dataset.from_dict({"image": [{"path": place, "bytes": None} for place in places]}, features=datasets.Features({"image": datasets.Image(decode=False)}))
    made = exifnorm.datasets.normalize(given).cast_column("image", datasets.Image(decode=False))
    assert [row["image"]["bytes"] for row in made] == [run.output(path)] * 3


def test_what_everybody_sees(tmp_path):
    names = sorted(path.name for path in TESTDATA.glob("jpeg/landscape-*.jpg"))
    given = datasets.Dataset.from_dict({"image": [str(TESTDATA / "jpeg" / name) for name in names]}).cast_column("image", datasets.Image())
    made = exifnorm.datasets.normalize(given, report=None)
    assert made.features == given.features and len(names) >= 8
    made.to_parquet(tmp_path / "set.parquet")
    again = datasets.load_dataset("parquet", data_files=str(tmp_path / "set.parquet"), split="train")
    for name, row, source in zip(names, again.cast_column("image", datasets.Image(decode=False)), given):
        stored = Image.open(io.BytesIO(row["image"]["bytes"]))
        plain = numpy.asarray(stored)  # Pillow itself rotates nothing
        assert plain.shape == numpy.asarray(source["image"]).shape, name
    for row, raw in zip(again, again.cast_column("image", datasets.Image(decode=False))):
        assert (numpy.asarray(row["image"]) == numpy.asarray(Image.open(io.BytesIO(raw["image"]["bytes"])))).all()


def test_wrong_arguments(run):
    _, given = files(run)
    with pytest.raises(ValueError, match="^column: "):
        exifnorm.datasets.normalize(given, "photo")
    with pytest.raises(ValueError, match="^edges: "):
        exifnorm.datasets.normalize(given, edges="crop")


def die_once(row, mark):
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return row
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_dies_is_said_and_the_next_run_is_whole(run, tmp_path):
    """This engine does not retry: it raises, and another call does what is left."""
    mark = tmp_path / "died"
    paths, given = files(run)
    with pytest.raises(RuntimeError, match="died"):
        given.map(die_once, fn_kwargs={"mark": str(mark)}, num_proc=2)
    assert mark.exists()
    check(run, paths, exifnorm.datasets.normalize(given.map(die_once, fn_kwargs={"mark": str(mark)}, num_proc=2), num_proc=2))


