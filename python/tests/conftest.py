# SPDX-License-Identifier: MIT
"""What the tests compare with: the program over testdata, which is another way to the same library."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import exifnorm

ROOT = Path(__file__).resolve().parents[2]
TESTDATA = ROOT / "testdata"
# Folders of real files, if there are any: EXIFNORM_CORPUS=a:b
CORPORA = [Path(folder) for folder in os.environ.get("EXIFNORM_CORPUS", "").split(":") if folder]
LONG = "LONG" in os.environ
# The words of what is carried over as it is.
KEPT = ("untouched", "copied", "unsupported")


class Run:
    """A run of the program: the lines of its report and the outputs, by path."""

    def __init__(self, source: Path, folder: Path, *arguments: str) -> None:
        report = folder / "report.jsonl"
        self.source = source
        self.out = folder / "out"
        done = subprocess.run([exifnorm.program(), "-q", f"--report={report}", *arguments, str(source), str(self.out)], stderr=subprocess.DEVNULL)
        assert done.returncode in (0, 1)
        lines = [json.loads(line) for line in report.read_text().splitlines()]
        self.lines = {line["path"]: line for line in lines if "path" in line and "path_base64" not in line and line["outcome"] != "skipped"
                      and "sidecar_of" not in line and line["format"] != "xmp"}
        assert len(self.lines) > 20

    def files(self) -> list[str]:
        return [path for path in self.lines if (self.source / path).is_file()]

    def data(self, path: str) -> bytes:
        return (self.source / path).read_bytes()

    def output(self, path: str) -> bytes | None:
        """None: it failed."""
        return None if self.lines[path]["outcome"] == "failed" else (self.out / path).read_bytes()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """testdata, and what has become of some of it."""
    folder = tmp_path_factory.mktemp("pictures") / "in"
    shutil.copytree(TESTDATA, folder)
    for path in sorted(folder.rglob("*.*g"))[::3]:
        data = path.read_bytes()
        broken = folder / "broken" / path.name
        broken.parent.mkdir(exist_ok=True)
        broken.write_bytes(data[: len(data) * 2 // 3])
        broken.with_suffix(".flipped" + path.suffix).write_bytes(data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 0x55]) + data[len(data) // 2 + 1 :])
    (folder / "broken/empty.jpg").write_bytes(b"")
    (folder / "broken/text.Jpeg").write_bytes(b"text")
    return folder


@pytest.fixture(scope="session")
def run(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(pictures, tmp_path_factory.mktemp("run"))


def picture(name: str) -> bytes:
    return (TESTDATA / name).read_bytes()


LANDSCAPE = picture("jpeg/landscape-6.jpg")
UPRIGHT = picture("jpeg/landscape-1.jpg")


def said(found: exifnorm.Check) -> dict[str, object]:
    """A Check as the report has it."""
    t = found.transform
    return {
        "outcome": found.outcome,
        "method": found.method,
        "format": found.format,
        "orientation": found.orientation,
        "orientation_place": found.orientation_place,
        "orientation_given": found.orientation_given,
        "libexif_orientation": found.libexif_orientation,
        "transform": {"exif": t.exif, "transpose": t.transpose, "flip_x": t.flip_x, "flip_y": t.flip_y} if t else None,
        "size_before": list(found.size_before) if found.size_before else None,
        "size_after": list(found.size_after) if found.size_after else None,
        "sampling_before": [list(pair) for pair in found.sampling] or None,
        "exact_components": list(found.exact_components),
        "reasons": list(found.reasons),
        "warnings": list(found.warnings),
        "make": found.make,
        "model": found.model,
        "date_time": found.date_time,
    }


def expected(line: dict[str, object], names: object = None) -> dict[str, object]:
    """The same members of a line of the report."""
    line = {**line, "sampling_before": line["sampling_before"]["factors"] if line["sampling_before"] else None}  # type: ignore[index]
    return {name: line[name] for name in (names or said_names)}  # type: ignore[union-attr]


said_names = list(said(exifnorm.check(UPRIGHT)))
