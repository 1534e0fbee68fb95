# SPDX-License-Identifier: MIT
"""Hugging Face datasets.

    ds = datasets.load_dataset("imagefolder", data_dir=folder, split="train")
    ds = exifnorm.datasets.normalize(ds)

``datasets`` rotates an image by its EXIF orientation when it decodes it, and other loaders of the same files do not. Normalized images
are the same everywhere.
"""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ._options import Settings
from ._table import REPORT_TYPE, normalize_column

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import Options


def _read(data: bytes | None, path: str | None) -> bytes | None:
    """An image's bytes, from its row or from the file that it names."""
    if data is not None or path is None:
        return data
    if "://" not in path:  # fsspec could open it too, but takes as long as a small image's processing
        with open(path, "rb") as local:
            return local.read()
    import fsspec

    with fsspec.open(path, "rb") as file:
        read: bytes = file.read()
    return read


def _table(table: pa.Table, column: str, report: str | None, isolated: bool, options: Options) -> pa.Table:
    images = table.column(column).combine_chunks()
    images = images.combine_chunks() if isinstance(images, pa.ChunkedArray) else images
    paths = images.field("path").to_pylist()
    data = images.field("bytes")
    if data.null_count:
        data = pa.array([_read(*row) for row in zip(data.to_pylist(), paths)], data.type)
    names = pa.array([None if path is None else os.path.basename(path) for path in paths], pa.string())
    made, said = normalize_column(data, names, isolated, options)
    struct = pa.StructArray.from_arrays([made, names], ["bytes", "path"], mask=made.is_null())
    table = table.set_column(table.schema.get_field_index(column), column, struct)
    return table if report is None else table.append_column(report, said)


def normalize(dataset: Any, column: str = "image", *, report: str | None = "exifnorm", isolated: bool = False, num_proc: int | None = None,
              batch_size: int = 32, **options: Unpack[Options]) -> Any:
    """Normalizes a column of images. No row is lost.

    :param dataset: a datasets.Dataset.
    :param column: its name, of type ``datasets.Image``. Its files are taken into the dataset; null if an image failed.
    :param report: the name of a column to add: a struct of the report's members (docs/report.md), including ``status`` and ``error``;
        None: none is added.
    :param isolated: work in a sandboxed process beside each of the engine's.
    :param num_proc: how many processes work at once.
    :param batch_size: rows of a batch, all of which are in memory at once.
    :param options: those of :func:`exifnorm.normalize`.
    """
    from datasets import Features, Image

    Settings(options)  # so that wrong options are reported here, and not by a worker
    if column not in dataset.features:
        raise ValueError(f"column: there is no {column!r} among {', '.join(map(repr, dataset.features))}")
    stored = dataset.cast_column(column, Image(decode=False))
    features = stored.features.copy()
    if report is not None:
        features.update(Features.from_arrow_schema(pa.schema([pa.field(report, REPORT_TYPE)])))
    arguments = {"column": column, "report": report, "isolated": isolated, "options": options}
    made = stored.with_format("arrow").map(_table, batched=True, batch_size=batch_size, num_proc=num_proc, fn_kwargs=arguments, features=features)
    return made.with_format(None).cast_column(column, dataset.features[column])
