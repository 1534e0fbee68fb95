# SPDX-License-Identifier: MIT
"""WebDataset.

    ds = wds.WebDataset(urls).compose(exifnorm.webdataset.normalize())
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator

from ._image import named_as_image
from ._image import normalize as _normalize
from ._options import Settings
from ._result import Error
from ._table import pool_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import Options


def _reraise(error: Exception) -> bool:
    raise error


class _Stage:
    """A stage of a pipeline. Workers get it by pickle."""

    def __init__(self, extensions: tuple[str, ...] | None, handler: Callable[[Exception], bool], isolated: bool, options: Options) -> None:
        self.extensions, self.handler, self.isolated, self.options = extensions, handler, isolated, options

    def __call__(self, samples: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for sample in samples:
            try:
                made = {name: self._one(name, value) for name, value in sample.items()}
            except Error as error:
                if not self.handler(error):
                    return
                continue
            yield made

    def _is_image(self, name: str, value: Any) -> bool:
        if not isinstance(value, bytes) or name.startswith("__"):
            return False
        return named_as_image("." + name) if self.extensions is None else name.rpartition(".")[2].lower() in self.extensions

    def _one(self, name: str, value: Any) -> Any:
        if not self._is_image(name, value):
            return value
        try:
            return pool_of(self.options).normalize(value).data if self.isolated else _normalize(value, **self.options).data
        except Error as error:
            error.add_note(f"in {name!r}")
            raise


def normalize(*, extensions: tuple[str, ...] | None = None, handler: Callable[[Exception], bool] = _reraise, isolated: bool = False,
              **options: Unpack[Options]) -> Callable[[Iterable[dict[str, Any]]], Iterator[dict[str, Any]]]:
    """A stage for ``compose()``: normalizes the images of each sample before they are decoded, and leaves the rest alone.

    :param extensions: of the members that are images; None: those of formats that can be rotated: jpg, jpeg, png, webp.
    :param handler: a WebDataset handler, called with the :class:`exifnorm.Error` of a sample: true leaves the sample out, false ends the
        stream. By default the error is raised.
    :param isolated: work in a sandboxed process beside this one.
    :param options: those of :func:`exifnorm.normalize`.
    """
    Settings(options)
    return _Stage(None if extensions is None else tuple(extension.lower() for extension in extensions), handler, isolated, options)
