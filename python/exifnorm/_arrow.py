# SPDX-License-Identifier: MIT
"""Columns of images in Arrow."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ._image import Work, named_as_image
from ._native import ffi, lib
from ._options import Settings
from ._result import Check, Error, Result, facts, failure

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import Options
    from ._pool import Pool

_PAIR = pa.list_(pa.int32())
# The fields besides data: members of the report's lines (docs/report.md). Signed, since not every engine has unsigned integers.
REPORT = [
    pa.field("outcome", pa.string()),
    pa.field("method", pa.string()),
    pa.field("format", pa.string()),
    pa.field("orientation", pa.int32()),
    pa.field("orientation_place", pa.string()),
    pa.field("orientation_given", pa.int32()),
    pa.field("libexif_orientation", pa.int32()),
    pa.field("transform", pa.int32()),
    pa.field("size_before", _PAIR),
    pa.field("size_after", _PAIR),
    pa.field("bytes_before", pa.int64()),
    pa.field("bytes_after", pa.int64()),
    pa.field("exact_components", pa.list_(pa.int32())),
    pa.field("reasons", pa.list_(pa.string())),
    pa.field("warnings", pa.list_(pa.string())),
    pa.field("make", pa.string()),
    pa.field("model", pa.string()),
    pa.field("date_time", pa.string()),
    pa.field("status", pa.string()),
    pa.field("error", pa.string()),
]
_NOTHING = Check("failed", "none", "unknown", None, "none", None, None, None, None, None, (), (), (), (), None, None, None)


class _Row:
    """The report of an image, and where its output's bytes are. `holds` keeps these alive."""

    __slots__ = ("report", "address", "size", "holds")

    def __init__(self, found: Check, error: Error | None, size_before: int, address: Any, size: int, holds: Any) -> None:
        self.address, self.size, self.holds = address, size, holds
        moved = found.transform
        self.report = (
            found.outcome,
            found.method,
            found.format,
            found.orientation,
            found.orientation_place,
            found.orientation_given,
            found.libexif_orientation,
            moved.exif if moved else None,
            found.size_before,
            found.size_after,
            size_before,
            size if error is None else 0,
            found.exact_components,
            found.reasons,
            found.warnings,
            found.make,
            found.model,
            found.date_time,
            "ok" if error is None else error.status,
            None if error is None else str(error),
        )


def _failed(error: Error, size: int, address: Any, path: str | None) -> _Row:
    """The row of an image that failed. A file that is not an image is carried over, as by the program, unless it is named like one."""
    found = error.found or _NOTHING
    if error.status == "not-an-image" and named_as_image(path):
        ending = "." + (path or "").rpartition(".")[2]
        error = Error("not-an-image", f"named {ending}, but its content is something else" if size else "the file is empty")
    elif error.status == "not-an-image":
        return _Row(Check("copied", *found.members()[1:]), None, size, address, size, None)
    return _Row(found, error, size, ffi.NULL, 0, None)


class _Input:
    """Where an image is in its column, and its path, if it has one."""

    __slots__ = ("address", "size", "path")

    def __init__(self, address: Any, size: int, path: str | None) -> None:
        self.address, self.size, self.path = address, size, path


def _here(given: _Input, settings: Settings) -> _Row:
    """Normalizes an image in this process."""
    address, size = given.address, given.size
    work = Work(address, size, settings)
    if work.status != lib.EXN_OK:
        return _failed(failure(work.status, work.error, work.result), size, address, given.path)
    found = Check(*facts(work.result))
    if not work.output.data:
        return _Row(found, None, size, address, size, None)
    return _Row(found, None, size, work.output.data, work.output.size, work)


def _elsewhere(result: Result[Any] | Error, given: _Input) -> _Row:
    """Takes over the result of a pool's worker."""
    if isinstance(result, Error):
        return _failed(result, given.size, given.address, given.path)
    if not isinstance(result.data, bytes):  # unchanged: a view of the column
        return _Row(result, None, given.size, given.address, given.size, None)
    made = ffi.from_buffer(result.data)
    return _Row(result, None, given.size, made, len(made), made)


def _rows(inputs: list[_Input | None], settings: Settings, threads: int, pool: Pool | None) -> list[_Row | None]:
    given = [image for image in inputs if image is not None]
    if pool is not None:
        parts = (memoryview(ffi.buffer(image.address, image.size)) for image in given)
        rows = [_elsewhere(result, image) for result, image in zip(pool.map(parts, errors="return"), given)]
    elif threads > 1:
        with ThreadPoolExecutor(threads) as executor:
            rows = list(executor.map(lambda image: _here(image, settings), given))
    else:
        rows = [_here(image, settings) for image in given]
    following = iter(rows)
    return [None if image is None else next(following) for image in inputs]


def _inputs(images: Any, paths: list[str | None] | None) -> list[_Input | None]:
    """The images of a column; None for a null."""
    if len(images) == 0:
        return []
    _, offsets, data = images.buffers()
    ends = memoryview(offsets).cast("q" if images.type == pa.large_binary() else "i")[images.offset : images.offset + len(images) + 1]
    base = ffi.cast("char *", data.address if data is not None else 0)
    empty = ffi.new("char[1]")  # the library needs an address even for an empty image, and a column may have none
    names = paths or [None] * len(images)
    return [_Input(base + ends[i] if ends[i + 1] > ends[i] else empty, ends[i + 1] - ends[i], names[i]) if there else None
            for i, there in enumerate(images.is_valid().to_pylist())]


def _data(images: Any, rows: list[_Row | None]) -> Any:
    """The outputs as one column of the inputs' type; the input itself if no image has changed."""
    if all(row is None or (row.holds is None and row.address != ffi.NULL) for row in rows):
        return images
    large = images.type == pa.large_binary()
    total = sum(row.size for row in rows if row is not None)
    if not large and total > 2**31 - 1:
        raise Error("limit", f"the outputs of one array are {total} bytes, and binary() holds 2^31 - 1: use large_binary(), or smaller batches")
    data = pa.allocate_buffer(total)
    offsets = pa.allocate_buffer((len(rows) + 1) * (8 if large else 4))
    ends = memoryview(offsets).cast("B").cast("q" if large else "i")
    to, at = ffi.cast("char *", data.address), 0
    ends[0] = 0
    for i, row in enumerate(rows):
        if row is not None and row.address != ffi.NULL:
            ffi.memmove(to + at, row.address, row.size)
            at += row.size
            if isinstance(row.holds, Work):
                row.holds.free()
        ends[i + 1] = at
    valid = pa.array([row is not None and row.address != ffi.NULL for row in rows], pa.bool_()).buffers()[1]
    return pa.Array.from_buffers(images.type, len(rows), [valid, offsets, data])


def _struct(images: Any, paths: list[str | None] | None, settings: Settings, threads: int, pool: Pool | None) -> Any:
    rows = _rows(_inputs(images, paths), settings, threads, pool)
    try:
        data = _data(images, rows)
    finally:
        for row in rows:
            if row is not None and isinstance(row.holds, Work):
                row.holds.free()
    blank = (None,) * len(REPORT)
    columns = zip(*(blank if row is None else row.report for row in rows)) if rows else ((),) * len(REPORT)
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, REPORT)]
    return pa.StructArray.from_arrays([data, *arrays], fields=[pa.field("data", images.type), *REPORT])


def _take_paths(paths: Any, count: int) -> list[str | None] | None:
    if paths is None:
        return None
    names = paths.to_pylist() if isinstance(paths, (pa.Array, pa.ChunkedArray)) else list(paths)
    if not all(name is None or isinstance(name, str) for name in names):
        raise TypeError("paths: expected a column of strings")
    if len(names) != count:
        raise ValueError(f"paths: {len(names)} paths of {count} images")
    return names


def normalize_batch(images: Any, *, paths: Any = None, threads: int = 1, pool: Pool | None = None, **options: Unpack[Options]) -> Any:
    """Normalizes a column of images. The inputs are not copied, and no row is lost.

    :param images: a pyarrow BinaryArray or LargeBinaryArray of whole files, with nulls or without, or a ChunkedArray of one of them.
    :param paths: their names, a pyarrow column of strings or a sequence of str. A file that is not an image is carried over, as the
        program does with labels and text; if its name ends as one of an image does (.jpg, .jpeg, .png, .webp) it fails with ``not-an-image``.
    :param threads: images processed at once in this process.
    :param pool: a :class:`exifnorm.Pool`, whose sandboxed workers do the work with the pool's own options; give no others.
    :param options: those of :func:`exifnorm.normalize`.
    :return: a pyarrow StructArray (a ChunkedArray for a ChunkedArray), as long as *images*. Its members are ``data``, of the inputs' type:
        the output, or the file's own bytes if it needs no change or is not an image, or null if it failed; and those of the report
        (docs/report.md): ``status`` is ``ok`` or why it failed, ``error`` the same for people or null, and ``transform`` the EXIF
        value, 2 to 8, by which pixels were rotated, or null. For a null all are null.
    :raise TypeError, ValueError: an argument is wrong; the message begins with its name.
    :raise Error: ``limit``: the outputs together are more than the inputs' type holds.
    """
    settings = Settings(options)
    if isinstance(threads, bool) or not isinstance(threads, int):
        raise TypeError(f"threads: expected an integer, not {type(threads).__name__}")
    if threads < 1:
        raise ValueError(f"threads: {threads} is less than 1")
    if pool is not None and options:
        raise TypeError(f"{next(iter(options))}: a pool has its own options")
    kind = getattr(images, "type", None)
    if not isinstance(images, (pa.Array, pa.ChunkedArray)) or kind not in (pa.binary(), pa.large_binary()):
        raise TypeError(f"images: expected a column of binary() or large_binary(), not {kind if isinstance(kind, pa.DataType) else type(images).__name__}")
    names = _take_paths(paths, len(images))
    if not isinstance(images, pa.ChunkedArray):
        return _struct(images, names, settings, threads, pool)
    chunks, at = [], 0
    for chunk in images.chunks:
        chunks.append(_struct(chunk, names and names[at : at + len(chunk)], settings, threads, pool))
        at += len(chunk)
    return pa.chunked_array(chunks, type=pa.struct([pa.field("data", images.type), *REPORT]))
