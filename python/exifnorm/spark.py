# SPDX-License-Identifier: MIT
"""Spark 4, by Arrow.

    df = spark.read.format("binaryFile").load(folder)
    df = exifnorm.spark.normalize(df)
"""
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Iterator

from ._options import Settings
from ._table import REPORT_TYPE, normalize_table

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import Options


def _batches(batches: Iterator[Any], settings: dict[str, Any]) -> Iterator[Any]:
    for batch in batches:
        yield normalize_table(batch, **settings)


def normalize(frame: Any, column: str = "content", *, paths: str | None = "path", report: str | None = "exifnorm", isolated: bool = False, **options: Unpack[Options]) -> Any:
    """Normalizes a column of whole image files. No row is lost.

    Spark makes batches of ``spark.sql.execution.arrow.maxRecordsPerBatch`` rows, by default 10,000, all of which are in memory at once:
    set it to a number that fits, such as 64.

    :param frame: a pyspark.sql.DataFrame.
    :param column: the column with the files' bytes, which the outputs replace; null if an image failed.
    :param paths: the column with their names, if there is one of that name: a file that is not an image is carried over, but fails if it
        is named like one.
    :param report: the name of a column to add: a struct of the report's members (docs/report.md), including ``status`` and ``error``;
        None: none is added.
    :param isolated: work in a sandboxed process beside each of Spark's workers.
    :param options: those of :func:`exifnorm.normalize`.
    """
    from pyspark.sql.pandas.types import from_arrow_type
    from pyspark.sql.types import StructField, StructType

    Settings(options)  # so that wrong options are reported here, and not by a worker
    if column not in frame.columns:
        raise ValueError(f"column: there is no {column!r} among {', '.join(map(repr, frame.columns))}")
    settings = {"column": column, "paths": paths, "report": report, "isolated": isolated, "options": options}
    fields = [StructField(field.name, field.dataType, True) for field in frame.schema.fields]
    if report is not None:
        fields.append(StructField(report, from_arrow_type(REPORT_TYPE), True))
    return frame.mapInArrow(partial(_batches, settings=settings), StructType(fields))
