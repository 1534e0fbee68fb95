#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a job costs in the engines of docs/scale.md, by the package and by Pillow in the same engine, and by the program, over generated images of which
a fifth has an orientation. By the Python of make check-engines, as root (a cgroup counts the processor's time of all processes of a run).

Of each run: the images that a core does in a second, which is their number by the processor's time, less that of a run of a few of them (what an
engine takes to start); the time that passed; and the largest memory of all its processes together, in the first half of the run and in the second."""
import argparse
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

FEW = 200
CGROUP = Path("/sys/fs/cgroup/cpuacct")
BOTH = {  # What is the same for the package and for Pillow, with what one of them does in the place of WORK
    "ray": """
import ray
ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", object_store_memory=500_000_000)
ray.data.DataContext.get_current().enable_progress_bars = False
ds = ray.data.read_binary_files(IN, include_paths=True)
WORK
ds.write_parquet(OUT)
""",
    "spark": """
from pyspark.sql import SparkSession
spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.log.level", "ERROR")
         .config("spark.sql.execution.arrow.maxRecordsPerBatch", 64).getOrCreate())
df = spark.read.format("binaryFile").load(IN)
WORK
df.write.parquet(OUT)
""",
    "datasets": """
import datasets, pathlib
datasets.disable_progress_bars()
names = sorted(str(path) for path in pathlib.Path(IN).iterdir())
ds = datasets.Dataset.from_dict({"image": names}).cast_column("image", datasets.Image(decode=False))
WORK
ds.to_parquet(OUT)
""",
    "webdataset": """
import webdataset as wds
ds = wds.WebDataset(IN + ".tar", shardshuffle=False)
WORK
with wds.TarWriter(OUT) as out:
    for sample in ds:
        out.write(sample)
""",
    "daft": """
import daft
df = daft.from_glob_path(IN + "/*.jpg")
df = df.with_column("data", daft.col("path").download())
WORK
df.write_parquet(OUT)
""",
}
PACKAGE = {
    "ray": "import exifnorm.ray\nds = exifnorm.ray.normalize(ds)",
    "spark": "import exifnorm.spark\ndf = exifnorm.spark.normalize(df)",
    "datasets": "import exifnorm.datasets\nds = exifnorm.datasets.normalize(ds, num_proc=2)",
    "webdataset": "import exifnorm.webdataset\nds = ds.compose(exifnorm.webdataset.normalize())",
    "daft": "import exifnorm.daft\ndf = df.with_column('data', exifnorm.daft.normalize(daft.col('data'), daft.col('path')))",
}
UPRIGHT = '''
def upright(data):
    """As it is usually done: an image without an orientation keeps its bytes."""
    import io
    from PIL import Image, ImageOps
    image = Image.open(io.BytesIO(data))
    if image.getexif().get(0x112, 1) == 1:
        return data
    made = io.BytesIO()
    ImageOps.exif_transpose(image).save(made, "JPEG")
    return made.getvalue()
def column(table, name):
    import pyarrow as pa
    at = table.schema.get_field_index(name)
    made = pa.array([upright(data) for data in table.column(at).to_pylist()], table.column(at).type)
    arrays = [made if i == at else table.column(i) for i in range(table.num_columns)]
    return type(table).from_arrays(arrays, schema=table.schema)
'''
PILLOW = {
    "ray": "ds = ds.map_batches(column, fn_kwargs={'name': 'bytes'}, batch_format='pyarrow', zero_copy_batch=True, batch_size=32)",
    "spark": "df = df.mapInArrow(lambda batches: (column(batch, 'content') for batch in batches), df.schema)",
    "datasets": "def one(row):\n    data = open(row['image']['path'], 'rb').read()\n    return {'image': {'bytes': upright(data), 'path': row['image']['path']}}\nds = ds.map(one, num_proc=2)",
    "webdataset": "ds = ds.map_dict(jpg=upright)",
    "daft": "@daft.func(return_dtype=daft.DataType.binary())\ndef one(data: bytes):\n    return upright(data)\ndf = df.with_column('data', one(daft.col('data')))",
}


def make(folder, count):
    """Crops of a picture with detail of all scales, of 64x48 to 500x375, as JPEGs of quality 85; the same every time."""
    from PIL import Image

    chance = random.Random(19)
    picture = Image.new("RGB", (1600, 1600))
    for scale in (4, 20, 100, 400):  # weaker the finer it is
        noise = Image.frombytes("RGB", (scale, scale), chance.randbytes(3 * scale * scale)).resize(picture.size, Image.Resampling.BICUBIC)
        picture = Image.blend(picture, noise, 0.5) if scale > 4 else noise
    folder.mkdir(parents=True)
    for i in range(count):
        width = chance.randint(64, 500)
        height = width * 3 // 4
        left, top = chance.randrange(1600 - width), chance.randrange(1600 - height)
        exif = Image.Exif()
        if i % 5 == 0:
            exif[0x112] = chance.choice([3, 6, 6, 8])
        exif[0x10F] = "Maker"
        picture.crop((left, top, left + width, top + height)).save(folder / f"{i:07}.jpg", "JPEG", quality=85, exif=exif)


class Watch:
    """All processes of a command: their time, and their memory twice a second, where what several share counts once."""

    def __init__(self, command, **how):
        self.group = CGROUP / f"exifnorm-bench-{os.getpid()}"
        self.group.mkdir()
        self.samples, self.ended = [], threading.Event()
        thread = threading.Thread(target=self._sample)
        began = time.monotonic()
        done = subprocess.Popen(command, preexec_fn=lambda: (self.group / "cgroup.procs").write_text("0"), start_new_session=True, **how)
        thread.start()
        self.status = done.wait()
        self.seconds = time.monotonic() - began
        self.ended.set()
        thread.join()
        self.processor = int((self.group / "cpuacct.usage").read_text()) / 1e9
        for _ in range(100):  # what an engine leaves behind in this group, and nothing else, is ended
            for pid in (self.group / "cgroup.procs").read_text().split():
                os.kill(int(pid), signal.SIGKILL)
            try:
                self.group.rmdir()
                break
            except OSError:
                time.sleep(0.1)

    def _sample(self):
        while not self.ended.wait(0.5):
            total = 0
            for pid in (self.group / "cgroup.procs").read_text().split():
                try:
                    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
                    total += int(text.partition("\nPss:")[2].split()[0])
                except (OSError, IndexError):
                    pass
            self.samples.append(total // 1024)

    def memory(self):
        half = len(self.samples) // 2
        return max(self.samples[:half], default=0), max(self.samples[half:], default=0)


def shard(folder):
    with tarfile.open(f"{folder}.tar", "w") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, path.name)


def job(engine, how, source, folder):
    code = UPRIGHT if how == "Pillow" else ""
    code += BOTH[engine].replace("WORK", (PILLOW if how == "Pillow" else PACKAGE)[engine])
    return code.replace("IN", repr(str(source))).replace("OUT", repr(str(folder / ("out.tar" if engine == "webdataset" else "out.parquet" if engine == "datasets" else "out"))))


def measure(engine, how, source, scratch, program):
    folder = scratch / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    environment = {**os.environ, "HF_DATASETS_CACHE": str(folder / "cache"), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1", "RAY_USAGE_STATS_ENABLED": "0",
                   "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "TMPDIR": str(folder)}
    command = [program, "-q", "-j2", source, folder / "out"] if engine == "program" else [sys.executable, "-c", job(engine, how, source, folder)]
    with open(folder / "log", "wb") as log:
        seen = Watch(command, cwd=folder, env=environment, stdout=log, stderr=log)
    if seen.status:
        sys.exit(f"{engine} by {how} failed:\n" + (folder / "log").read_text(errors="replace")[-3000:])
    return seen


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/engines"))
    parser.add_argument("--images", type=int, default=20000)
    parser.add_argument("--only", nargs="+", default=["program", *BOTH], choices=["program", *BOTH])
    arguments = parser.parse_args()
    import exifnorm

    sources = {}
    for count in (FEW, arguments.images):
        sources[count] = arguments.folder.resolve() / f"in-{count}"
        if not sources[count].exists():
            make(sources[count], count)
        if not Path(f"{sources[count]}.tar").exists():
            shard(sources[count])
    print("| engine | by | images/s of a core | to start, s of a core | passed, s | MB in the first half, in the second |\n| --- | --- | --- | --- | --- | --- |", flush=True)
    for engine in arguments.only:
        for how in ("exifnorm",) if engine == "program" else ("exifnorm", "Pillow"):
            few, many = (measure(engine, how, sources[count], arguments.folder.resolve(), exifnorm.program()) for count in (FEW, arguments.images))
            rate = (arguments.images - FEW) / (many.processor - few.processor)
            print(f"| {engine} | {how} | {rate:.0f} | {few.processor:.1f} | {many.seconds:.0f} | {' '.join(map(str, many.memory()))} |", flush=True)


if __name__ == "__main__":
    main()
