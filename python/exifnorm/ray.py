# SPDX-License-Identifier: MIT
"""Ray Data.

    ds = ray.data.read_binary_files(folder, include_paths=True)
    ds = exifnorm.ray.normalize(ds)
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._options import Settings
from ._table import normalize_table

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import Options


def normalize(dataset: Any, column: str = "bytes", *, paths: str | None = "path", report: str | None = "exifnorm", isolated: bool = False,
              batch_size: int | None = 32, ray: dict[str, Any] | None = None, **options: Unpack[Options]) -> Any:
    """Normalizes a column of whole image files. No row is lost.

    :param dataset: a ray.data.Dataset.
    :param column: the column with the files' bytes, which the outputs replace; null if an image failed.
    :param paths: the column with their names, if there is one of that name: a file that is not an image is carried over, but fails if it
        is named like one.
    :param report: the name of a column to add: a struct of the report's members (docs/report.md), including ``status`` and ``error``;
        None: none is added.
    :param isolated: work in a sandboxed process beside each of Ray's workers.
    :param batch_size: rows of a batch, all of which are in memory at once.
    :param ray: more arguments of ``map_batches``, such as ``{"num_cpus": 1}``.
    :param options: those of :func:`exifnorm.normalize`.
    """
    Settings(options)  # so that wrong options are reported here, and not by a worker
    settings = {"column": column, "paths": paths, "report": report, "isolated": isolated, "options": options}
    return dataset.map_batches(normalize_table, batch_format="pyarrow", zero_copy_batch=True, batch_size=batch_size, fn_kwargs=settings, **(ray or {}))
