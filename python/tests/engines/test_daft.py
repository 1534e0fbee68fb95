# SPDX-License-Identifier: MIT
"""Daft: the program's bytes and lines."""
import daft
import pytest
from engine import compare

import exifnorm.daft


@pytest.mark.parametrize("how", [{}, {"isolated": True}], ids=str)
def test_the_program_s_bytes_and_lines(run, how):
    paths = run.files()
    frame = daft.from_pydict({"path": paths, "data": [run.data(path) for path in paths]})
    made = frame.with_column("exifnorm", exifnorm.daft.normalize(daft.col("data"), daft.col("path"), **how)).to_pydict()
    assert made["path"] == paths
    for path, row in zip(paths, made["exifnorm"]):
        compare(run, path, row["data"], row)


def test_without_paths(run):
    paths = [path for path in run.files() if run.lines[path]["status"] != "not-an-image"]
    frame = daft.from_pydict({"data": [run.data(path) for path in paths]})
    made = frame.select(exifnorm.daft.normalize(daft.col("data")).alias("made")).to_pydict()["made"]
    assert [row["data"] for row in made] == [run.output(path) for path in paths]
    with pytest.raises(ValueError, match="^mode: "):
        exifnorm.daft.normalize(daft.col("data"), mode="bak")
