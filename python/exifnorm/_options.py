# SPDX-License-Identifier: MIT
"""Options of a call: from Python's words and numbers to an exn_options."""
from __future__ import annotations

import math
import operator

from ._native import ffi, lib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._types import Options

# The words are the program's; tests/test_package.py compares them with what its --help says.
CHOICES = {
    "mode": {"bake": lib.EXN_MODE_BAKE, "drop": lib.EXN_MODE_DROP},
    "edges": {"requantize": lib.EXN_EDGES_REQUANTIZE, "refuse": lib.EXN_EDGES_REFUSE},
    "quality": {"same": lib.EXN_QUALITY_SAME, "high": lib.EXN_QUALITY_HIGH},
    "secondary": {"rotate": lib.EXN_SECONDARY_ROTATE, "drop": lib.EXN_SECONDARY_DROP},
    "webp": {"copy": lib.EXN_WEBP_COPY, "as-shown": lib.EXN_WEBP_AS_SHOWN, "rotate": lib.EXN_WEBP_ROTATE},
    "heif": {"copy": lib.EXN_HEIF_COPY, "drop": lib.EXN_HEIF_DROP, "png": lib.EXN_HEIF_PNG, "jpeg": lib.EXN_HEIF_JPEG},
    "on_damage": {"fail": lib.EXN_ON_DAMAGE_FAIL, "decode": lib.EXN_ON_DAMAGE_DECODE},
}
NUMBERS = {"png_level": 12, "heif_quality": 100, "max_pixels": 2**64 - 1, "max_memory": 2**64 - 1}
FLAGS = ("strict", "verify")
_IS_OVER = ffi.addressof(lib, "exn_py_is_over")


def number(name: str, value: object, most: int) -> int:
    """An integer from 0 to most."""
    try:
        index = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name}: expected an integer, not {type(value).__name__}") from None
    if isinstance(value, bool):
        raise TypeError(f"{name}: expected an integer, not bool")
    if not 0 <= index <= most:
        raise ValueError(f"{name}: {index} is not between 0 and {most}")
    return index


def orientation(value: object) -> int:
    """An EXIF value, 1 to 8."""
    given = number("orientation", value, 8)
    if given == 0:
        raise ValueError("orientation: 0 is not between 1 and 8")
    return given


class Settings:
    """Options that were checked. Each call gets its own exn_options, since its time limit begins with it."""

    __slots__ = ("given", "members", "timeout", "verify")

    def __init__(self, options: Options) -> None:
        self.given = {name: value for name, value in options.items() if value is not None}
        self.members: dict[str, int] = {}
        self.verify = False
        self.timeout: float | None = None
        for name, value in self.given.items():
            self._take(name, value)

    def _take(self, name: str, value: Any) -> None:
        if name in CHOICES:
            if not isinstance(value, str):
                raise TypeError(f"{name}: expected a string, not {type(value).__name__}")
            if value not in CHOICES[name]:
                raise ValueError(f"{name}: {value!r} is not one of {', '.join(map(repr, CHOICES[name]))}")
            self.members[name] = CHOICES[name][value]
        elif name in NUMBERS:
            self.members[name] = number(name, value, NUMBERS[name])
        elif name in FLAGS:
            if not isinstance(value, bool):
                raise TypeError(f"{name}: expected a bool, not {type(value).__name__}")
            if name == "verify":
                self.verify = value
                self.members["decode_all"] = self.members["look_whole"] = value
            else:
                self.members[name] = value
        elif name == "timeout":
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(f"timeout: expected a number of seconds, not {type(value).__name__}")
            if not value > 0:
                raise ValueError(f"timeout: {value} is not more than 0")
            self.timeout = float(value)
        else:
            raise TypeError(f"unexpected keyword argument {name!r}")

    def fresh(self, orientation: int = 0) -> tuple[Any, Any]:
        """An exn_options, and an object that has to live as long as it does."""
        options = ffi.new("exn_options *")
        lib.exn_options_init(options, ffi.sizeof("exn_options"))
        for name, value in self.members.items():
            setattr(options, name, value)
        options.orientation = orientation
        deadline = None
        if self.timeout is not None:
            deadline = ffi.new("double *", lib.exn_py_now() + self.timeout)
            options.cancelled = _IS_OVER
            options.cancelled_context = deadline
        return options, deadline

    def arguments(self) -> list[str]:
        """The same as arguments for the program, whose time limit is in whole seconds."""
        said = []
        for name, value in self.given.items():
            option = "--" + name.replace("_", "-")
            if isinstance(value, bool):
                said += [option] if value else []
            elif name == "timeout" and self.timeout is not None:
                said.append(f"{option}={math.ceil(self.timeout)}")
            elif (name, value) not in (("png_level", 0), ("heif_quality", 0)):  # the defaults, for which the program has no number
                said.append(f"{option}={value}")
        return said
