# SPDX-License-Identifier: MIT
"""Daft.

    df = df.with_column("exifnorm", exifnorm.daft.normalize(df["data"], df["path"]))
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ._arrow import REPORT, normalize_batch
from ._options import Settings
from ._table import pool_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import Options

_TYPE = pa.struct([pa.field("data", pa.large_binary()), *REPORT])


def normalize(images: Any, paths: Any = None, *, isolated: bool = False, **options: Unpack[Options]) -> Any:
    """An expression of structs: ``data``, the outputs, null if an image failed, and the report's members (docs/report.md). No row is
    lost.

    :param images: an expression of whole image files, binary.
    :param paths: an expression of their names: a file that is not an image is carried over, but fails if it is named like one.
    :param isolated: work in a sandboxed process beside each of Daft's workers.
    :param options: those of :func:`exifnorm.normalize`.
    """
    import daft

    Settings(options)

    def work(given: Any, names: Any) -> Any:
        column = given.to_arrow().cast(pa.large_binary())
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        said = None if names is None else names.to_arrow().cast(pa.string())
        made = normalize_batch(column, paths=said, pool=pool_of(options)) if isolated else normalize_batch(column, paths=said, **options)
        return daft.Series.from_arrow(made.cast(_TYPE))

    batch = daft.func.batch(return_dtype=daft.DataType.from_arrow_type(_TYPE))
    if paths is None:

        def alone(given: daft.Series) -> daft.Series:
            return work(given, None)

        return batch(alone)(images)

    def named(given: daft.Series, names: daft.Series) -> daft.Series:
        return work(given, names)

    return batch(named)(images, paths)
