# SPDX-License-Identifier: MIT
"""Where pixels, and the labels on them, have moved."""
from __future__ import annotations

from . import _options
from ._native import ffi, lib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, Sequence

    Coordinates = Literal["edges", "pixels", "pixels-from-1"]

COORDINATES: dict[str, int] = {"edges": lib.EXN_COORDINATES_EDGES, "pixels": lib.EXN_COORDINATES_PIXELS, "pixels-from-1": lib.EXN_COORDINATES_PIXELS_FROM_1}


def _kind(coordinates: object) -> int:
    if not isinstance(coordinates, str):
        raise TypeError(f"coordinates: expected a string, not {type(coordinates).__name__}")
    if coordinates not in COORDINATES:
        raise ValueError(f"coordinates: {coordinates!r} is not one of {', '.join(map(repr, COORDINATES))}")
    return COORDINATES[coordinates]


def _side(name: str, value: object) -> int:
    side = _options.number(name, value, 2**32 - 1)
    if side == 0:
        raise ValueError(f"{name}: a picture has at least one pixel")
    return side


def _numbers(name: str, values: Sequence[float], count: int) -> list[float]:
    try:
        numbers = [float(value) for value in values]
    except (TypeError, ValueError):
        raise TypeError(f"{name}: expected {count} numbers, not {values!r}") from None
    if len(numbers) != count:
        raise ValueError(f"{name}: expected {count} numbers, not {len(numbers)}")
    return numbers


class Transform:
    """From the frame of one picture to that of another: reverse x and/or y, then swap the axes. Immutable.

    ``Result.transform`` leads from the source's stored pixels to the output's. The methods move labels in the same way. Numbers up to
    2**32 that are multiples of 2**-20, such as integers, are not rounded.

    *coordinates* says how a label counts:

    - ``"edges"`` (the default): lengths. 0 is the left edge of the picture and its width the right one. COCO, YOLO, polygons, crops.
    - ``"pixels"``: numbers of pixels, 0 to width - 1. Indices of masks, keypoints on pixels, boxes whose second corner belongs to them.
    - ``"pixels-from-1"``: the same, counted from 1. Pascal VOC.

    Labels that are divided by width and height (YOLO) are moved by :meth:`normalized`.
    """

    __slots__ = ("bits", "width", "height", "_map")
    bits: int
    width: int
    height: int
    _map: Any

    def __init__(self, bits: int, width: int, height: int) -> None:
        """bits: 1: x becomes width - 1 - x; 2: y becomes height - 1 - y; 4: then x and y are swapped. width, height: of the picture
        that it leads from, in pixels."""
        map_ = ffi.new("exn_map *", (_options.number("bits", bits, 7), _side("width", width), _side("height", height)))
        for name, value in (("bits", map_.transform), ("width", map_.width), ("height", map_.height), ("_map", map_)):
            object.__setattr__(self, name, value)

    @classmethod
    def from_orientation(cls, orientation: int, width: int, height: int) -> Transform:
        """From the stored frame to the one that is displayed. orientation: an EXIF value, 1 to 8; width, height: the stored size."""
        map_ = ffi.new("exn_map *")
        lib.exn_map_init(map_, _options.orientation(orientation), _side("width", width), _side("height", height))
        return cls(map_.transform, map_.width, map_.height)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Transform is immutable: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Transform is immutable: {name}")

    def __repr__(self) -> str:
        return f"Transform({self.bits}, {self.width}, {self.height})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Transform):
            return NotImplemented
        return (self.bits, self.width, self.height) == (other.bits, other.width, other.height)

    def __hash__(self) -> int:
        return hash((self.bits, self.width, self.height))

    def __bool__(self) -> bool:
        """Whether anything moves."""
        return self.bits != 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Transform, (self.bits, self.width, self.height)

    @property
    def flip_x(self) -> bool:
        """Whether x becomes width - 1 - x."""
        return bool(self.bits & lib.EXN_TRANSFORM_FLIP_X)

    @property
    def flip_y(self) -> bool:
        """Whether y becomes height - 1 - y."""
        return bool(self.bits & lib.EXN_TRANSFORM_FLIP_Y)

    @property
    def transpose(self) -> bool:
        """Whether x and y are swapped, after the flips."""
        return bool(self.bits & lib.EXN_TRANSFORM_TRANSPOSE)

    @property
    def exif(self) -> int:
        """The EXIF orientation for this transform, 1 to 8; 1: nothing moves."""
        return EXIF[self.bits]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the picture that it leads to, in pixels."""
        return (self.height, self.width) if self.transpose else (self.width, self.height)

    def inverse(self) -> Transform:
        """The way back."""
        back = ffi.new("exn_map *")
        lib.exn_map_inverse(self._map, back)
        return Transform(back.transform, back.width, back.height)

    def normalized(self) -> Transform:
        """The same for coordinates that are divided by width and height: 0 to 1 (YOLO)."""
        return Transform(self.bits, 1, 1)

    def point(self, x: float, y: float, *, coordinates: Coordinates = "edges") -> tuple[float, float]:
        """Moves a point, which may lie outside of the picture. Returns its (x, y) in the new frame."""
        kind = _kind(coordinates)
        moved = ffi.new("double[2]", _numbers("x, y", (x, y), 2))
        lib.exn_map_point(self._map, kind, moved, moved + 1)
        return moved[0], moved[1]

    def box(self, box: Sequence[float], *, coordinates: Coordinates = "edges") -> tuple[float, float, float, float]:
        """Moves a box of two corners, (x_min, y_min, x_max, y_max)."""
        kind = _kind(coordinates)
        moved = ffi.new("double[4]", _numbers("box", box, 4))
        lib.exn_map_box(self._map, kind, moved)
        return moved[0], moved[1], moved[2], moved[3]

    def rectangle(self, rectangle: Sequence[float]) -> tuple[float, float, float, float]:
        """Moves a box of a corner and a size, (x_min, y_min, width, height), as in COCO. Correct both for edges and for pixels, if the
        width is the number of pixels."""
        moved = ffi.new("double[4]", _numbers("rectangle", rectangle, 4))
        lib.exn_map_rectangle(self._map, moved)
        return moved[0], moved[1], moved[2], moved[3]

    def matrix(self, *, coordinates: Coordinates = "edges") -> tuple[int, int, int, int, int, int]:
        """(a, b, c, d, e, f): x becomes a * x + b * y + c, and y becomes d * x + e * y + f. For many points at once."""
        matrix = ffi.new("int64_t[6]")
        lib.exn_map_matrix(self._map, _kind(coordinates), matrix)
        return matrix[0], matrix[1], matrix[2], matrix[3], matrix[4], matrix[5]


EXIF = {Transform.from_orientation(value, 1, 1).bits: value for value in range(1, 9)}
