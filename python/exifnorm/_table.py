# SPDX-License-Identifier: MIT
"""What engines hand on: a table of Arrow, of which one column has images."""
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
    """This process's own, of these options; one that was forked has not got its parent's. A pool that has ended is replaced."""
    from ._pool import Pool

    key = (os.getpid(), *sorted(options.items()))
    if key not in _pools or _pools[key].closed:
        _pools[key] = Pool(1, **options)
    return _pools[key]


def normalize_column(images: Any, paths: Any, isolated: bool, options: Options) -> tuple[Any, Any]:
    """The column of outputs, and that of the report."""
    made = normalize_batch(images, paths=paths, pool=pool_of(options)) if isolated else normalize_batch(images, paths=paths, **options)
    chunks = made.chunks if isinstance(made, pa.ChunkedArray) else [made]
    data = [chunk.field("data") for chunk in chunks]
    report = [pa.StructArray.from_arrays([chunk.field(field.name) for field in REPORT], fields=REPORT) for chunk in chunks]
    if isinstance(made, pa.ChunkedArray):
        return pa.chunked_array(data, images.type), pa.chunked_array(report, REPORT_TYPE)
    return data[0], report[0]


def normalize_table(table: Any, *, column: str, paths: str | None, report: str | None, isolated: bool, options: Options) -> Any:
    """A pyarrow Table or RecordBatch with the outputs in the place of the images, and a column of the report. Without a column of that name
    there are no paths."""
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
