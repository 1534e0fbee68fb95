# SPDX-License-Identifier: MIT
"""Losslessly rotates JPEG and PNG images by their EXIF orientation, so that every reader sees the same image.

    import exifnorm
    result = exifnorm.normalize(data)        # bytes of a file in, result.data out
    box = result.transform.box(box)          # labels that were drawn on the stored pixels

normalize(), orient() and check() process one image, normalize_batch() a column of Arrow; Pool does it in sandboxed processes.
exifnorm.ray, .spark, .datasets, .webdataset and .daft are for these engines. ``python -m exifnorm`` is the program.
"""
from __future__ import annotations

from ._image import check, normalize, orient
from ._native import ffi as _ffi
from ._native import lib as _lib
from ._program import program
from ._result import Check, Error, Result
from ._transform import Transform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._arrow import normalize_batch
    from ._pool import Pool
    from ._types import Options

__version__: str = _ffi.string(_lib.exn_version()).decode("ascii")
__all__ = ["Check", "Error", "Options", "Pool", "Result", "Transform", "check", "normalize", "normalize_batch", "orient", "program"]


def __getattr__(name: str) -> Any:
    """Imports names that not every program needs when they are first used."""
    if name == "Pool":
        from ._pool import Pool

        return Pool
    if name == "normalize_batch":
        from ._arrow import normalize_batch

        return normalize_batch
    if name == "Options":
        from ._types import Options

        return Options
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
