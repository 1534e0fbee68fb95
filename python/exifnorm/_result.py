# SPDX-License-Identifier: MIT
"""What is known about an image, and how it failed. The names and words are those of the report (docs/report.md)."""
from __future__ import annotations

import os

from ._native import ffi, lib
from ._transform import Transform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Generic, TypeVar

    D = TypeVar("D", covariant=True)


def _word(of: Any, value: int) -> str:
    word: str = ffi.string(of(value)).decode("ascii")
    return word


STATUSES = {_word(lib.exn_status_word, status): status for status in range(lib.EXN_CANCELLED + 1)}
WARNINGS = tuple(_word(lib.exn_warning_word, bit) for bit in range(lib.EXN_WARNING_COUNT))
REASONS = tuple(_word(lib.exn_reason_word, bit) for bit in range(lib.EXN_REASON_COUNT))


def _set(words: tuple[str, ...], bits: int) -> tuple[str, ...]:
    return tuple(word for bit, word in enumerate(words) if bits >> bit & 1) if bits else ()


def _text(field: Any) -> str | None:
    return ffi.string(field).decode("ascii") or None


class Check:
    """What an image is, why it is not unambiguous, and what has to be done, or was done, about it. Immutable."""

    __slots__ = ("outcome", "method", "format", "orientation", "orientation_place", "orientation_given", "libexif_orientation", "transform",
                 "size_before", "size_after", "sampling", "exact_components", "reasons", "warnings", "make", "model", "date_time")

    outcome: str
    """What happened to it: ``untouched``, ``metadata``, ``lossless``, ``luma-lossless``, ``requantized``, ``copied`` or ``unsupported``
    (another format, without or with an orientation), ``failed`` (only in :attr:`Error.found`). From :func:`exifnorm.check`: what would
    be done; ``lossless`` then stands for any rotation."""
    method: str
    """``none``, ``edit``, ``coefficients``, ``planes``, ``samples``."""
    format: str
    """By content: ``jpeg``, ``png``, ``webp``, ``heic``, ``avif``, ``heif``, ``tiff``, ``jxl``, ``unknown``."""
    orientation: int | None
    """1 to 8, the one that counts. None: there is none."""
    orientation_place: str
    """Where it was found: ``none``, ``ifd0``, ``exif-ifd``, ``xmp``, ``item-property``."""
    orientation_given: int | None
    """1 to 8: what :func:`exifnorm.orient` was given. The pixels were rotated by this and not by *orientation*."""
    libexif_orientation: int | None
    """What libexif reads. None: nothing."""
    transform: Transform | None
    """From the source's stored pixels to the output's. None if the size is unknown, and after a failure."""
    size_before: tuple[int, int] | None
    """(width, height) of the source as stored, in pixels. None: unknown."""
    size_after: tuple[int, int] | None
    """(width, height) of the output, in pixels. None: unknown, or there is no output."""
    sampling: tuple[tuple[int, int], ...]
    """For a JPEG: (horizontal, vertical) factors of each of the source's components."""
    exact_components: tuple[int, ...]
    """Which components' coefficients or samples are the source's, counted from 0."""
    reasons: tuple[str, ...]
    """Why it is not unambiguous, words of ``exn_reason``. Empty: it needs no change."""
    warnings: tuple[str, ...]
    """What is worth knowing, words of ``exn_warning``."""
    make: str | None
    """The camera's maker in Exif, in printable ASCII. None: there is none."""
    model: str | None
    """The camera's model, likewise."""
    date_time: str | None
    """When it was taken (DateTimeOriginal), else DateTime: ``YYYY:MM:DD HH:MM:SS``."""

    def __init__(self, *members: Any) -> None:
        """Takes all members in their order."""
        for name, member in zip(self._names(), members, strict=True):
            object.__setattr__(self, name, member)

    @classmethod
    def _names(cls) -> tuple[str, ...]:
        return Check.__slots__

    def members(self) -> tuple[Any, ...]:
        """All of its members in their order."""
        return tuple(getattr(self, name) for name in self._names())

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} is immutable: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {type(self).__name__} is immutable: {name}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Check) or type(self) is not type(other):
            return NotImplemented
        return self.members() == other.members()

    def __hash__(self) -> int:
        return hash(self.members())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.members()

    def __repr__(self) -> str:
        said = (f"{name}={f'<{len(member)} bytes>' if name == 'data' else repr(member)}" for name, member in zip(self._names(), self.members()))
        return f"{type(self).__name__}({', '.join(said)})"

    @property
    def unambiguous(self) -> bool:
        """Whether every reader sees the source the same way."""
        return not self.reasons


if TYPE_CHECKING:

    class _Of(Check, Generic[D]):
        """Only for type checkers, so that ``typing`` need not be imported."""

else:

    class _Of(Check):
        __slots__ = ()

        def __class_getitem__(cls, _data):
            return cls


class Result(_Of["D"]):
    """What :func:`exifnorm.normalize` made of an image. Immutable."""

    __slots__ = ("data",)

    data: D
    """The output: bytes or, if nothing had to be done, the very object that was given."""

    @classmethod
    def _names(cls) -> tuple[str, ...]:
        return (*Check.__slots__, "data")


def facts(result: Any) -> tuple[Any, ...]:
    """A Check's members in their order, from an exn_result."""
    failed = result.outcome == lib.EXN_OUTCOME_FAILED
    before = (result.width_in, result.height_in) if result.width_in and result.height_in else None
    after = (result.width_out, result.height_out) if result.width_out and result.height_out and not failed else None
    return (
        _word(lib.exn_outcome_word, result.outcome),
        _word(lib.exn_method_word, result.method),
        _word(lib.exn_format_word, result.format),
        result.orientation or None,
        _word(lib.exn_place_word, result.orientation_place),
        result.orientation_given or None,
        result.libexif_orientation or None,
        None if failed or before is None else Transform(result.transform, *before),
        before,
        after,
        tuple((factors >> 4, factors & 15) for factors in result.sampling_in[0:min(result.components, 4)] if factors),
        () if failed else tuple(bit for bit in range(32) if result.exact_components >> bit & 1) if result.exact_components else (),
        _set(REASONS, result.reasons),
        _set(WARNINGS, result.warnings),
        _text(result.make),
        _text(result.model),
        _text(result.date_time),
    )


class Error(Exception):
    """An image that was not processed. There is no output, and nothing was changed.

    status: a word for machines, as in the report (docs/report.md): ``not-an-image``, ``corrupt``, ``unsupported``, ``limit``,
    ``refused``, ``out-of-memory``, ``mismatch``, ``internal``, ``read-error``, ``cancelled`` (the time limit); from
    :class:`exifnorm.Pool` also ``timeout``, ``worker-crashed`` and the program's others.
    detail: a line for people, may be empty. errno: of a system call that failed, else 0. found: what is known about the image; None:
    nothing.
    """

    status: str
    detail: str
    errno: int
    found: Check | None

    def __init__(self, status: str, detail: str = "", errno: int = 0, found: Check | None = None) -> None:
        super().__init__(status, detail, errno, found)
        self.status = status
        self.detail = detail
        self.errno = errno
        self.found = found

    def __str__(self) -> str:
        return ": ".join(filter(None, (status_text(self.status), self.detail, os.strerror(self.errno) if self.errno else "")))


def status_text(status: str) -> str:
    """The text for a status; the program's own statuses have theirs in the detail."""
    return _word(lib.exn_status_text, STATUSES[status]) if status in STATUSES else ""


def failure(status: int, error: Any, result: Any) -> Error:
    """The Error for a call that did not return EXN_OK."""
    found = None if result is None or not result.format else Check(*facts(result))
    return Error(_word(lib.exn_status_word, status), ffi.string(error.detail).decode("ascii"), error.sys_errno, found)
