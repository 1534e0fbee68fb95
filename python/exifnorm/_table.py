# SPDX-License-Identifier: MIT
"""Arrow tables with a column of images, as engines pass them."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ._arrow import REPORT, normalize_batch

if TYPE_CHECKING:
    from ._pool import Pool
    from ._types import Options

REPORT_TYPE = pa.struct(REPORT)
_pools: dict[tuple[Any, ...], Pool] = {}


def pool_of(options: Options) -> Pool:
    """This process's pool for these options; a forked process does not use its parent's. A pool that has ended is replaced."""
    from ._pool import Pool

    key = (os.getpid(), *sorted(options.items()))
    if key not in _pools or _pools[key].closed:
        _pools[key] = Pool(1, **options)
    return _pools[key]


def normalize_column(images: Any, paths: Any, isolated: bool, options: Options) -> tuple[Any, Any]:
    """The column of outputs, and the column of the report."""
    made = normalize_batch(images, paths=paths, pool=pool_of(options)) if isolated else normalize_batch(images, paths=paths, **options)
    chunks = made.chunks if isinstance(made, pa.ChunkedArray) else [made]
    data = [chunk.field("data") for chunk in chunks]
    report = [pa.StructArray.from_arrays([chunk.field(field.name) for field in REPORT], fields=REPORT) for chunk in chunks]
    if isinstance(made, pa.ChunkedArray):
        return pa.chunked_array(data, images.type), pa.chunked_array(report, REPORT_TYPE)
    return data[0], report[0]


def normalize_table(table: Any, *, column: str, paths: str | None, report: str | None, isolated: bool, options: Options) -> Any:
    """A pyarrow Table or RecordBatch with the outputs in place of the images, and a column for the report. If there is no column named
    *paths*, images have no paths."""
    at = table.schema.get_field_index(column)
    if at < 0:
        raise ValueError(f"column: there is no {column!r} among {', '.join(map(repr, table.schema.names))}")
    names = table.column(paths) if paths is not None and paths in table.schema.names else None
    data, said = normalize_column(table.column(at), names, isolated, options)
    arrays = [data if i == at else table.column(i) for i in range(table.num_columns)]
    fields = list(table.schema)
    if report is not None:
        arrays.append(said)
        fields.append(pa.field(report, REPORT_TYPE))
    return type(table).from_arrays(arrays, schema=pa.schema(fields, metadata=table.schema.metadata))
