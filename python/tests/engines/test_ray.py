# SPDX-License-Identifier: MIT
"""Ray Data with two workers: the program's bytes and lines; a worker that dies is retried."""
import os
from functools import partial
from pathlib import Path

import pytest
import ray
import ray.data
from engine import compare, die_once, relative

import exifnorm.ray

HERE = str(Path(__file__).parent)


@pytest.fixture(scope="module", autouse=True)
def cluster():
    os.environ["RAY_DATA_DISABLE_PROGRESS_BARS"] = "1"
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", object_store_memory=200_000_000,
             runtime_env={"env_vars": {"PYTHONPATH": f"{HERE}:{Path(HERE).parent}"}})
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


def files(run):
    return ray.data.read_binary_files([str(run.source / path) for path in run.files()], include_paths=True, override_num_blocks=4)


def check(run, dataset):
    rows = dataset.take_all()
    assert sorted(relative(run, row["path"]) for row in rows) == sorted(run.files())
    for row in rows:
        compare(run, relative(run, row["path"]), row["bytes"], row["exifnorm"])


def test_the_program_s_bytes_and_lines(run):
    check(run, exifnorm.ray.normalize(files(run), batch_size=5, ray={"concurrency": 2}))


def test_isolated(run):
    check(run, exifnorm.ray.normalize(files(run), isolated=True))


def test_options_and_no_report(run):
    rows = exifnorm.ray.normalize(files(run), report=None, mode="drop").take_all()
    assert all(set(row) == {"path", "bytes"} for row in rows)
    for row in rows:
        line = run.lines[relative(run, row["path"])]
        if line["outcome"] == "lossless":
            assert row["bytes"] != run.output(relative(run, row["path"])) and exifnorm.check(row["bytes"]).size_before == tuple(line["size_before"])
    with pytest.raises(ValueError, match="^mode: "):
        exifnorm.ray.normalize(files(run), mode="bak")


def test_a_worker_that_dies_is_retried(run, tmp_path):
    mark = tmp_path / "died"
    dataset = files(run).map_batches(partial(die_once, mark=str(mark)), batch_format="pyarrow", batch_size=5)
    check(run, exifnorm.ray.normalize(dataset, batch_size=5))
    assert mark.exists()
