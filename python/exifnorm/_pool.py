# SPDX-License-Identifier: MIT
"""Images processed by the program's sandboxed workers.

The program runs as a filter of tar streams: each image goes in as a member, whose name is its number. Its output comes back as a member
of the same name, and what happened to it as a line of the report, each in the order of the images. An image that failed has only its line.
"""
from __future__ import annotations

import json
import os
import subprocess
import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Iterable, Iterator, TypeVar

from ._image import borrow
from ._native import ffi
from ._options import Settings
from ._program import program as find_program
from ._result import Check, Error, Result, status_text
from ._transform import Transform

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Buffer, Unpack

    from ._types import Options

    D = TypeVar("D", bound=Buffer)

_BLOCK = 512
_END = bytes(2 * _BLOCK)


def _header(number: int, size: int) -> bytes:
    """A ustar header (POSIX.1-2017, pax, "ustar Interchange Format"), with GNU tar's base-256 for sizes that need more digits."""
    octal = b"%011o\0" % size if size < 8**11 else b"\x80" + size.to_bytes(11, "big")
    head = b"%d" % number
    head = head.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + octal + b"00000000000\0" + b" " * 8 + b"0"
    head = head.ljust(257, b"\0") + b"ustar\00000"
    head = head.ljust(_BLOCK, b"\0")
    return head[:148] + b"%06o\0 " % sum(head) + head[156:]


def _size(head: bytes) -> int:
    field = head[124:136]
    return int.from_bytes(field[1:], "big") if field[0] & 0x80 else int(field.rstrip(b"\0 "), 8)


def _pair(value: Any) -> tuple[int, int] | None:
    return (value[0], value[1]) if value else None


def _facts(line: dict[str, Any]) -> Check:
    """A line of the report as a Check."""
    before = _pair(line["size_before"])
    bits = line["transform"]
    moved = 0 if bits is None else bits["flip_x"] | bits["flip_y"] << 1 | bits["transpose"] << 2
    sampling = line["sampling_before"]
    return Check(
        line["outcome"],
        line["method"],
        line["format"],
        line["orientation"],
        line["orientation_place"],
        line["orientation_given"],
        line["libexif_orientation"],
        None if before is None or line["outcome"] == "failed" else Transform(moved, *before),
        before,
        _pair(line["size_after"]),
        tuple((h, v) for h, v in sampling["factors"]) if sampling else (),
        tuple(line["exact_components"]),
        tuple(line["reasons"]),
        tuple(line["warnings"]),
        line["make"],
        line["model"],
        line["date_time"],
    )


def _error(line: dict[str, Any]) -> Error:
    """The Error for an image that failed. The line's text begins with the status's, which an Error adds itself, so it is removed."""
    said, status = line["error"] or "", line["status"]
    text = status_text(status)
    detail = said[len(text) :].removeprefix(": ") if text and said.startswith(text) else said
    found = _facts(line)
    return Error(status, detail, 0, None if found.format == "unknown" else found)


class _Item:
    """An image that the program has, and what has come back for it."""

    __slots__ = ("future", "data", "line", "made")

    def __init__(self, data: Any) -> None:
        self.future: Future[Any] = Future()
        self.future.set_running_or_notify_cancel()  # it is under way: a cancelled future would take no result, and end the pool
        self.data = data
        self.line: dict[str, Any] | None = None
        self.made: bytes | None = None

    def settle(self) -> bool:
        """Completes the future, if everything has come back."""
        line = self.line
        if line is None or (self.made is None and line["outcome"] != "failed"):
            return False
        if line["outcome"] == "failed":
            self.future.set_exception(_error(line))
        elif line["format"] == "unknown":  # the program copies other members of an archive
            self.future.set_exception(Error("not-an-image", "unknown format"))
        else:
            kept = line["outcome"] in ("untouched", "copied", "unsupported")
            found = _facts(line)
            self.future.set_result(Result(*found.members(), self.data if kept else self.made))
        return True


def _read(file: Any, size: int) -> bytes:
    """Reads size bytes; fewer only at the end."""
    pieces = []
    while size > 0 and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _take(future: Future[Any], errors: str) -> Any:
    error = future.exception()
    if isinstance(error, Error) and errors == "return":
        return error
    return future.result()


class Pool:
    """Normalizes images in sandboxed worker processes, so that a hostile file cannot reach this process or, with *isolate*, any other
    file. If a worker crashes or hangs, its image fails, and it is replaced.

        with exifnorm.Pool(workers=4) as pool:
            for result in pool.map(files):
                ...

    Several threads may use one pool. A forked process has to make its own.
    """

    def __init__(self, workers: int | None = None, *, isolate: bool = False, program: str | None = None, **options: Unpack[Options]) -> None:
        """
        :param workers: images processed at once; None: as many as there are processors.
        :param isolate: a new process for each image.
        :param program: the path of another ``exifnorm`` than this package's.
        :param options: those of :func:`exifnorm.normalize`. *timeout* is 60 seconds by default, and is rounded up to whole seconds.
        :raise Error: the program could not be started.
        """
        self._closed = True  # until it has started
        settings = Settings(options)
        if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int)):
            raise TypeError(f"workers: expected an integer, not {type(workers).__name__}")
        if workers is not None and not 1 <= workers <= 1024:
            raise ValueError(f"workers: {workers} is not between 1 and 1024")
        self._workers = workers or os.cpu_count() or 1
        self._sending = threading.Lock()  # keeps a member's bytes together
        self._lock = threading.Lock()  # guards the following
        self._items: dict[int, _Item] = {}
        self._next = 0
        self._said: deque[str] = deque(maxlen=20)
        lines = self._start([program or find_program(), *settings.arguments(), *(["--isolate"] if isolate else [])])
        readers = ((self._read_outputs, self._process.stdout), (self._read_lines, lines), (self._read_talk, self._process.stderr))
        self._threads = [threading.Thread(target=self._guard, args=reader, daemon=True) for reader in readers]
        self._threads.append(threading.Thread(target=self._end, daemon=True))
        self._closed = False
        for thread in self._threads:
            thread.start()

    def _start(self, command: list[str]) -> Any:
        """Starts the program, and returns the file with the report's lines."""
        lines, report = os.pipe()
        command += ["--tar", "--quiet", f"--jobs={self._workers}", f"--report=/dev/fd/{report}", "-", "-"]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[report])
        except OSError as cause:
            os.close(lines)
            raise Error("internal", f"cannot start {command[0]}", cause.errno or 0) from cause
        finally:
            os.close(report)
        return open(lines, "rb")

    def submit(self, data: D) -> Future[Result[D | bytes]]:
        """Hands an image to the workers. The future has what :func:`exifnorm.normalize` returns, or raises its Error; *data* must not
        change until then. Waits while the workers have enough to read. The future cannot be cancelled."""
        item = _Item(data)
        with borrow(data) as source, self._sending:
            with self._lock:
                if self._closed:
                    raise ValueError("the pool is closed")
                number, self._next = self._next, self._next + 1
                self._items[number] = item
            try:
                self._send(number, memoryview(ffi.buffer(source)))
            except OSError:  # the program has ended; _end() reports why
                self._process.kill()
        return item.future

    def normalize(self, data: D) -> Result[D | bytes]:
        """The same as :func:`exifnorm.normalize`, but in a worker."""
        return self.submit(data).result()

    def map(self, images: Iterable[D], *, errors: str = "raise") -> Iterator[Result[D | bytes] | Error]:
        """Results of many images, in their order. Reads only as many ahead as keep the workers busy.

        :param errors: ``raise`` the first Error, or ``return`` each in place of its result.
        """
        if errors not in ("raise", "return"):
            raise ValueError(f"errors: {errors!r} is not one of 'raise', 'return'")
        return self._map(images, errors)

    def _map(self, images: Iterable[D], errors: str) -> Iterator[Result[D | bytes] | Error]:
        ahead: deque[Future[Any]] = deque()
        for data in images:
            ahead.append(self.submit(data))
            if len(ahead) > 4 * self._workers:
                yield _take(ahead.popleft(), errors)
        while ahead:
            yield _take(ahead.popleft(), errors)

    @property
    def closed(self) -> bool:
        """Whether it takes no more images, because it was closed or the program has ended."""
        return self._closed

    def close(self) -> None:
        """Waits for what was submitted, and ends the program."""
        with self._sending:
            with self._lock:
                first, self._closed = not self._closed, True
            if first:
                try:
                    self._write(_END)
                    self._stdin.close()
                except OSError:
                    pass
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # ---- what is sent

    @property
    def _stdin(self) -> Any:
        return self._process.stdin

    def _write(self, piece: bytes | memoryview) -> None:
        self._stdin.write(piece)

    def _send(self, number: int, data: memoryview) -> None:
        self._write(_header(number, len(data)))
        self._write(data)
        self._write(bytes(-len(data) % _BLOCK))
        self._stdin.flush()

    # ---- what comes back: one thread for each pipe, so that none of them stays full

    def _guard(self, work: Any, file: Any) -> None:
        try:
            with file:
                work(file)
        except Exception as cause:  # the program's output makes no sense, so nothing more can be expected from it
            self._said.append(f"{type(cause).__name__}: {cause}")
            self._process.kill()

    def _read_outputs(self, file: Any) -> None:
        while (head := _read(file, _BLOCK)).strip(b"\0"):
            size = _size(head)
            body = _read(file, size)
            if len(body) == size and len(_read(file, -size % _BLOCK)) == -size % _BLOCK:
                self._settle(int(head[:100].rstrip(b"\0")), "made", body)
        while file.read(1 << 16):
            pass

    def _read_lines(self, file: Any) -> None:
        for text in file:
            line = json.loads(text)
            if line.get("path", "").isdecimal():
                self._settle(int(line["path"]), "line", line)

    def _read_talk(self, file: Any) -> None:
        for text in file:
            self._said.append(text.decode("utf-8", "replace").strip())

    def _settle(self, number: int, name: str, value: Any) -> None:
        with self._lock:
            item = self._items[number]
            setattr(item, name, value)
            if item.settle():
                del self._items[number]

    def _end(self) -> None:
        """Fails the images that the program still had when it ended."""
        status = self._process.wait()
        for thread in self._threads[:-1]:
            thread.join()
        with self._lock:
            self._closed = True
            items, self._items = self._items, {}
        why = f"the program ended with status {status}" + "".join(": " + text for text in list(self._said)[-1:])
        for item in items.values():
            item.future.set_exception(Error("internal", why))
