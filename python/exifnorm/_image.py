# SPDX-License-Identifier: MIT
"""One image: bytes in, bytes out."""
from __future__ import annotations

import os

from . import _options
from ._native import ffi, lib
from ._options import Settings
from ._result import Check, Result, facts, failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from typing_extensions import Buffer, Unpack

    from ._types import Edges, Heif, Mode, OnDamage, Options, Quality, Secondary, Webp

    D = TypeVar("D", bound=Buffer)


def borrow(data: object) -> Any:
    """The memory of a buffer, without a copy. The caller releases it."""
    try:
        return ffi.from_buffer(data)
    except (TypeError, ValueError, BufferError):
        raise TypeError(f"data: expected bytes or another contiguous buffer, not {type(data).__name__}") from None


def named_as_image(path: str | None) -> bool:
    """Whether a file is named like an image that can be rotated. The library has the endings."""
    return path is not None and lib.exn_format_named(path.encode("utf-8", "surrogatepass")) != lib.EXN_FORMAT_UNKNOWN


def new_result() -> Any:
    result = ffi.new("exn_result *")
    lib.exn_result_init(result, ffi.sizeof("exn_result"))
    return result


class Work:
    """One call of the library, which owns the output, if there is one, until free()."""

    __slots__ = ("status", "output", "result", "error")

    def __init__(self, pointer: Any, size: int, settings: Settings, orientation: int = 0) -> None:
        self.output = ffi.new("exn_bytes *")
        self.result = new_result()
        self.error = ffi.new("exn_error *")
        options, deadline = settings.fresh(orientation)
        try:
            self.status = lib.exn_normalize(pointer, size, options, self.output, self.result, self.error)
            if settings.verify and self.output.data:
                self._verify(pointer, size, options)
        except BaseException:  # an interrupt between two calls
            self.free()
            raise
        del deadline

    def _verify(self, pointer: Any, size: int, options: Any) -> None:
        """Compares output and source. An output that cannot be read does not match; running out of memory says nothing about it."""
        status = lib.exn_verify(pointer, size, self.output.data, self.output.size, options, self.result, self.error)
        if status == lib.EXN_OK:
            return
        self.status = status if status in (lib.EXN_MEMORY, lib.EXN_LIMIT, lib.EXN_CANCELLED) else lib.EXN_MISMATCH
        self.result.outcome = lib.EXN_OUTCOME_FAILED
        self.free()

    def free(self) -> None:
        lib.exn_bytes_free(self.output)


def _run(data: D, settings: Settings, orientation: int = 0) -> Result[D | bytes]:
    with borrow(data) as source:
        work = Work(source, len(source), settings, orientation)
    if work.status != lib.EXN_OK:
        raise failure(work.status, work.error, work.result)
    try:
        made: D | bytes = ffi.buffer(work.output.data, work.output.size)[:] if work.output.data else data
    finally:
        work.free()
    return Result(*facts(work.result), made)


def normalize(
    data: D,
    *,
    mode: Mode = "bake",
    edges: Edges = "requantize",
    quality: Quality = "same",
    secondary: Secondary = "rotate",
    webp: Webp = "as-shown",
    heif: Heif = "copy",
    heif_quality: int = 0,
    on_damage: OnDamage = "fail",
    png_level: int = 0,
    strict: bool = False,
    verify: bool = False,
    max_pixels: int | None = None,
    max_memory: int | None = None,
    timeout: float | None = None,
) -> Result[D | bytes]:
    """Rotates the pixels of a JPEG or PNG file by its EXIF orientation, losslessly where its block grid allows it, and removes every
    trace of orientation, so that every reader sees the same image.

    The GIL is released. The file is read in this process: for untrusted files use :class:`exifnorm.Pool`.

    :param data: a whole file: bytes, bytearray, memoryview, mmap or another contiguous buffer. It is not copied, and must not change
        during the call.
    :param mode: ``bake``: rotate the pixels to what browsers show. ``drop``: keep them as stored, for labels in the stored frame.
    :param edges: if the block grid allows no lossless rotation: ``requantize`` what cannot be kept, or ``refuse`` the file.
    :param quality: how finely requantized data is coded: ``same``, with its own tables, or ``high``: 3 dB less loss, more bytes.
    :param secondary: secondary images of a JPEG (gain maps, previews): ``rotate`` them too, or ``drop`` them and their index.
    :param webp: a WebP with an orientation, which no browser honours: keep its pixels ``as-shown`` there and remove it, ``rotate`` them as other readers do, or ``copy``.
    :param heif: HEIC and AVIF: ``copy`` them; ``drop`` their orientation and keep their pictures as they are stored; or decode them to a ``png`` or ``jpeg`` (needs libheif1).
    :param heif_quality: quality of these JPEGs: 1 to 100; 0: 95.
    :param on_damage: a JPEG that has lost data: ``fail`` it, or ``decode``: rotate what browsers show of it.
    :param png_level: compression of rotated PNGs: 1 (quick) to 12 (small); 0: chosen by a sample of each image.
    :param strict: refuse files whose orientation readers disagree about.
    :param verify: decode every image, read every output back and compare it with its source.
    :param max_pixels: the most pixels (width x height) of a file; None: 500 million.
    :param max_memory: the most memory for one call, in bytes; None: 2 GiB.
    :param timeout: seconds for one call; None: no limit. A call that takes longer fails with ``cancelled``.
    :return: a :class:`Result`. If nothing had to be done, its *data* is the object that was given.
    :raise Error: there is no output; ``status`` and ``detail`` say why. A file of no known format is ``not-an-image``.
    :raise TypeError, ValueError: an argument is wrong; the message begins with its name.
    """
    options: Options = {
        "mode": mode,
        "edges": edges,
        "quality": quality,
        "secondary": secondary,
        "webp": webp,
        "heif": heif,
        "heif_quality": heif_quality,
        "on_damage": on_damage,
        "png_level": png_level,
        "strict": strict,
        "verify": verify,
        "max_pixels": max_pixels,
        "max_memory": max_memory,
        "timeout": timeout,
    }
    return _run(data, Settings(options))


def orient(data: D, orientation: int, **options: Unpack[Options]) -> Result[D | bytes]:
    """Rotates one image by an orientation from elsewhere: that of its photograph, for a mask or a depth map, or one from a list. An
    orientation in the file does not count and is removed. PNG samples keep their values, type, palette and transparency.

    :param data: as in :func:`normalize`.
    :param orientation: an EXIF value, 1 to 8; with 1 the pixels stay as they are stored.
    :param options: those of :func:`normalize`; not ``mode="drop"``.
    :raise Error, TypeError, ValueError: as :func:`normalize` does.
    """
    value = _options.orientation(orientation)
    settings = Settings(options)
    if options.get("mode") == "drop":
        raise ValueError("mode: 'drop' and an orientation exclude each other")
    return _run(data, settings, value)


def check(data: Buffer | str | os.PathLike[str], **options: Unpack[Options]) -> Check:
    """Says what an image is and whether it is unambiguous, and if not, why (``reasons``), without changing or decoding it.

    :param data: a whole file as in :func:`normalize`, or the path (str or os.PathLike) of one. Of a file on disk only headers are read,
        at most 128 KiB and the end; with ``verify`` all of it.
    :param options: those of :func:`normalize`; with ``verify`` images are decoded too, and damage fails.
    :raise Error: it could not be read, or :func:`normalize` would fail with the same status.
    :raise OSError: the file could not be opened.
    """
    settings = Settings(options)
    result, error = new_result(), ffi.new("exn_error *")
    choice, deadline = settings.fresh()
    if isinstance(data, (str, os.PathLike)):
        descriptor = os.open(data, os.O_RDONLY | os.O_CLOEXEC)
        try:
            context = ffi.new("int *", descriptor)
            source = ffi.new("exn_source *", (os.fstat(descriptor).st_size, ffi.addressof(lib, "exn_py_read"), context))
            status = lib.exn_check(source, choice, result, error)
        finally:
            os.close(descriptor)
    else:
        with borrow(data) as memory:
            status = lib.exn_check_memory(memory, len(memory), choice, result, error)
    del deadline
    if status != lib.EXN_OK:
        raise failure(status, error, result)
    return Check(*facts(result))
