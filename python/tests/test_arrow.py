# SPDX-License-Identifier: MIT
"""Columns: the same bytes, no row lost, no copy of what is given."""

import pyarrow as pa
import pytest
from conftest import LANDSCAPE, UPRIGHT, Run, expected

import exifnorm
from exifnorm._arrow import REPORT

SAME = [field.name for field in REPORT if field.name not in ("transform", "bytes_before")]


def check(run, paths, struct):
    """The rows are those of the report, and the bytes those of the program."""
    rows = struct.to_pylist()
    assert len(rows) == len(paths)
    for path, row in zip(paths, rows):
        line = run.lines[path]
        assert {name: row[name] for name in SAME} == expected(line, SAME), path
        assert row["transform"] == (line["transform"]["exif"] if line["transform"] else None)
        assert row["data"] == run.output(path) and row["bytes_before"] == line["bytes_before"], path


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()], ids=str)
@pytest.mark.parametrize("how", [{}, {"threads": 3}, {"pool": True}], ids=str)
def test_the_program_s_bytes_and_lines(run, kind, how):
    paths = run.files()
    images = pa.array([run.data(path) for path in paths], kind)
    if "pool" in how:
        with exifnorm.Pool(2) as pool:
            made = exifnorm.normalize_batch(images, paths=pa.array(paths), pool=pool)
    else:
        made = exifnorm.normalize_batch(images, paths=paths, **how)
    made.validate(full=True)
    assert made.type.field("data").type == kind
    check(run, paths, made)


def test_slices_chunks_and_nulls(run):
    paths = run.files()
    images = pa.array([run.data(path) for path in paths], pa.binary())
    check(run, paths[5:20], exifnorm.normalize_batch(images[5:20], paths=paths[5:20]))
    chunked = exifnorm.normalize_batch(pa.chunked_array([images[:3], images[3:3], images[3:10]]), paths=paths[:10])
    assert isinstance(chunked, pa.ChunkedArray) and chunked.num_chunks == 3
    check(run, paths[:10], chunked)
    made = exifnorm.normalize_batch(pa.array([None, LANDSCAPE, None, LANDSCAPE[:99], b"", UPRIGHT, None], pa.binary())[1:])
    made.validate(full=True)
    rows = made.to_pylist()
    assert [row["data"] is None for row in rows] == [False, True, True, False, False, True]
    assert [row["status"] for row in rows] == ["ok", None, "corrupt", "ok", "ok", None]
    for empty in (pa.array([], pa.binary()), pa.array([b"", b""], pa.large_binary()), pa.array([None], pa.binary()), pa.chunked_array([], pa.binary())):
        made = exifnorm.normalize_batch(empty)
        assert len(made) == len(empty) and pa.types.is_struct(made.type)


def test_a_name_that_says_that_it_is_an_image():
    names = ["a/b.JPG", "b.jpeg", "c.png", "c.txt", "._d.jpg", "x.jpg/e", None, "f.jpg.txt"]
    made = exifnorm.normalize_batch(pa.array([b"text"] * len(names)), paths=names)
    assert made.field("status").to_pylist() == ["not-an-image"] * 3 + ["ok"] * 5
    assert made.field("error").to_pylist()[:4] == [f"not an image: named {ending}, but its content is something else" for ending in (".JPG", ".jpeg", ".png")] + [None]
    assert made.field("data").to_pylist() == [None] * 3 + [b"text"] * 5
    for wrong, kind in ((["x"], ValueError), ([1] * 8, TypeError)):
        with pytest.raises(kind, match="^paths: "):
            exifnorm.normalize_batch(pa.array([b"text"] * 8), paths=wrong)


def test_names_mean_what_they_mean_to_the_program(tmp_path):
    endings = ["jpg", "jpeg", "jpe", "jfif", "jp2", "png", "apng", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif", "jxl", "dng", "svg", "txt", "json", "xml", ""]
    names = sorted({f"{start}.{end}" for start in ("a", "._a", "b.jpg", "d.png/c") for ending in endings for end in (ending, ending.upper(), ending.title())})
    for name in names:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")
    run = Run(tmp_path / "in", tmp_path)
    made = exifnorm.normalize_batch(pa.array([b"text"] * len(names)), paths=names)
    assert made.field("status").to_pylist() == [run.lines[name]["status"] for name in names]
    assert made.field("error").to_pylist() == [run.lines[name]["error"] for name in names]
    assert {name.rpartition(".")[2].lower() for name in names if run.lines[name]["status"] != "ok"} == {"jpg", "jpeg", "png", "webp"}


def test_nothing_is_copied_where_nothing_changes():
    images = pa.array([UPRIGHT, b"text", None, UPRIGHT], pa.binary())
    made = exifnorm.normalize_batch(images)
    assert made.field("data").buffers()[2].address == images.buffers()[2].address
    assert made.field("data").equals(images)
    before = bytes(images.buffers()[2])
    exifnorm.normalize_batch(pa.concat_arrays([images, pa.array([LANDSCAPE])]))
    assert bytes(images.buffers()[2]) == before


def test_memory_is_given_back():
    images = pa.array([LANDSCAPE, UPRIGHT, LANDSCAPE[:500]] * 50, pa.binary())
    for _ in range(5):
        exifnorm.normalize_batch(images)
    before, arrow = resident(), pa.total_allocated_bytes()
    for _ in range(30):
        exifnorm.normalize_batch(images)
    assert resident() - before < 6000 and pa.total_allocated_bytes() == arrow


def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_wrong_arguments():
    images = pa.array([UPRIGHT], pa.binary())
    for wrong in ([UPRIGHT], pa.array(["x"]), pa.array([1]), UPRIGHT, None):
        with pytest.raises(TypeError, match="^images: "):
            exifnorm.normalize_batch(wrong)
    with pytest.raises(ValueError, match="^threads: "):
        exifnorm.normalize_batch(images, threads=0)
    with pytest.raises(TypeError, match="^threads: "):
        exifnorm.normalize_batch(images, threads="2")
    with pytest.raises(ValueError, match="^mode: "):
        exifnorm.normalize_batch(images, mode="bak")
    with exifnorm.Pool(1) as pool, pytest.raises(TypeError, match="^mode: "):
        exifnorm.normalize_batch(images, pool=pool, mode="drop")


def test_more_than_the_type_holds(monkeypatch):
    """A column of two gigabytes is not made for this: rows say that they are as large."""
    from exifnorm import _arrow

    class Row:
        holds, size, address = None, 2**30, 1

    with pytest.raises(exifnorm.Error) as caught:
        _arrow._data(pa.array([UPRIGHT] * 2, pa.binary()), [Row, type("Changed", (Row,), {"holds": b""})])
    assert caught.value.status == "limit"


