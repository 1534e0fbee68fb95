# SPDX-License-Identifier: MIT
"""Spark with two executors, each a process: the program's bytes and lines; a worker of Python that dies is retried."""
import os
import sys
from functools import partial
from pathlib import Path

import pyspark
import pytest
from engine import compare, die_once, relative
from pyspark.sql import SparkSession

import exifnorm.spark

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    os.environ["PYTHONPATH"] = f"{HERE}:{HERE.parent}"
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.chdir(tmp_path_factory.mktemp("spark"))  # for what it leaves in its folder
    session = (SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false").config("spark.executor.memory", "1g")
               .config("spark.sql.execution.arrow.maxRecordsPerBatch", "7").config("spark.default.parallelism", "4").config("spark.log.level", "ERROR").getOrCreate())
    yield session
    session.stop()


def files(spark, run):
    return spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(str(run.source)).repartition(4)


def check(run, frame):
    rows = {relative(run, row["path"]): row for row in frame.collect()}
    # Spark itself passes by files without a byte.
    assert set(rows) == {str(path.relative_to(run.source)) for path in run.source.rglob("*") if path.is_file() and path.stat().st_size}
    for path in set(run.files()) & set(rows):
        data = rows[path]["content"]
        compare(run, path, None if data is None else bytes(data), rows[path]["exifnorm"].asDict(recursive=True))


def test_the_program_s_bytes_and_lines(spark, run):
    frame = exifnorm.spark.normalize(files(spark, run))
    assert frame.columns == ["path", "modificationTime", "length", "content", "exifnorm"]
    check(run, frame)


def test_isolated(spark, run):
    check(run, exifnorm.spark.normalize(files(spark, run), isolated=True))


def test_wrong_arguments(spark, run):
    with pytest.raises(ValueError, match="^column: "):
        exifnorm.spark.normalize(files(spark, run), "bytes")
    with pytest.raises(ValueError, match="^mode: "):
        exifnorm.spark.normalize(files(spark, run), mode="bak")


def died(batches, mark):
    for batch in batches:
        yield die_once(batch, mark)


def test_a_worker_that_dies_is_retried(spark, run, tmp_path):
    mark = tmp_path / "died"
    frame = files(spark, run)
    check(run, exifnorm.spark.normalize(frame.mapInArrow(partial(died, mark=str(mark)), frame.schema)))
    assert mark.exists()
