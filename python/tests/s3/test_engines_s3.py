# SPDX-License-Identifier: MIT
"""Ray and Spark read s3:// and write s3://: the scripts of docs/scale.md as printed; and a worker of theirs that dies on the way, whose rows come out once
and right all the same."""
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pyarrow.fs
import pyarrow.parquet
import pytest
from store import ACCESS, SECRET, block, photos, store, bucket  # noqa: F401

HERE = Path(__file__).parent
COLUMN = {"ray": "bytes", "spark": "content"}
# What comes between reading and writing where a worker has to die.
DEATH = {
    "ray": ("ds = exifnorm.ray.normalize(ds)", "import functools, engine\n"
            "ds = ds.map_batches(functools.partial(engine.die_once, mark='died'), batch_format='pyarrow', batch_size=3)\nds = exifnorm.ray.normalize(ds)"),
    "spark": ("exifnorm.spark.normalize(df)", "import functools, engine\n"
              "df = df.mapInArrow(lambda batches: (engine.die_once(batch, 'died') for batch in batches), df.schema)\nexifnorm.spark.normalize(df)"),
}


@pytest.fixture
def environment(store, tmp_path):
    """What says that the store is here and not at AWS: of Spark it is its file of settings. Two workers, and four attempts of each task as on a
    cluster; local mode would make one."""
    settings = {
        "spark.master": "local[2,4]", "spark.ui.enabled": "false", "spark.log.level": "ERROR", "spark.hadoop.fs.s3a.endpoint": store.url,
        "spark.hadoop.fs.s3a.endpoint.region": "us-east-1", "spark.hadoop.fs.s3a.path.style.access": "true", "spark.jars.ivy": os.environ["IVY"],
    }
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return {"SPARK_CONF_DIR": str(tmp_path / "conf"), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1", "RAY_USAGE_STATS_ENABLED": "0",
            "PYTHONPATH": f"{HERE.parent / 'engines'}:{HERE.parent}"}


def rows(store, bucket, engine, folder):
    s3 = pyarrow.fs.S3FileSystem(access_key=ACCESS, secret_key=SECRET, endpoint_override=store.url, region="us-east-1")
    parts = [key for key in store.keys(bucket, folder + "/") if key.endswith(".parquet")]
    assert parts
    found = [row for key in parts for row in pyarrow.parquet.read_table(f"{bucket}/{key}", filesystem=s3).to_pylist()]
    names = [unquote(row["path"].rpartition("/")[2]) for row in found]
    assert len(set(names)) == len(names), "a row came out twice"
    return {name: row[COLUMN[engine]] for name, row in zip(names, found)}


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_engine(store, bucket, environment, tmp_path, engine):
    """Both in one process, since an engine takes longer to start than to do this."""
    expected = photos(tmp_path / "photos")
    for path in (tmp_path / "photos").iterdir():
        store.put(bucket, "in/" + path.name, path.read_bytes())
    code = block("scale.md", f"python {engine}-s3").replace("bucket/", bucket + "/")
    assert DEATH[engine][0] in code and f'{bucket}/out"' in code
    once_more = code.replace(*DEATH[engine]).replace("'died'", repr(str(tmp_path / "died"))).replace("/out\"", "/again\"")
    code += f"import os\nassert not os.path.exists({str(tmp_path / 'died')!r})\n" + once_more
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={**store.environment, **environment}, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-4000:]
    assert (tmp_path / "died").exists()
    assert rows(store, bucket, engine, "out") == rows(store, bucket, engine, "again") == expected
