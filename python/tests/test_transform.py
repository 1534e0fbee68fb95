# SPDX-License-Identifier: MIT
"""Labels go where pixels go: by the definition of EXIF's values on a picture of numbers."""
import pickle

import pytest
from conftest import LANDSCAPE, UPRIGHT

import exifnorm
from exifnorm import Transform

# EXIF 2.32, 4.6.4, Orientation: where row 0 and column 0 of the stored picture are in the displayed one.
SIDES = {1: ("top", "left"), 2: ("top", "right"), 3: ("bottom", "right"), 4: ("bottom", "left"),
         5: ("left", "top"), 6: ("right", "top"), 7: ("right", "bottom"), 8: ("left", "bottom")}


def shown(x, y, width, height, orientation):
    """Where the stored pixel (x, y) is displayed."""
    at = {}
    for side, along, count in zip(SIDES[orientation], (y, x), (height, width)):
        at["y" if side in ("top", "bottom") else "x"] = along if side in ("top", "left") else count - 1 - along
    return at["x"], at["y"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels(orientation):
    width, height = 5, 3
    t = Transform.from_orientation(orientation, width, height)
    assert t.exif == orientation and bool(t) == (orientation != 1) and t.size == ((width, height) if orientation < 5 else (height, width))
    for x in range(width):
        for y in range(height):
            to = shown(x, y, width, height, orientation)
            assert t.point(x, y, coordinates="pixels") == to
            assert t.point(x + 1, y + 1, coordinates="pixels-from-1") == (to[0] + 1, to[1] + 1)
            # The pixel is a square of side 1.
            assert t.box((x, y, x + 1, y + 1)) == (to[0], to[1], to[0] + 1, to[1] + 1)
            assert t.box((x, y, x, y), coordinates="pixels") == (*to, *to)
            assert t.rectangle((x, y, 1, 1)) == (*to, 1, 1)
            assert t.point(x + 0.5, y + 0.5) == (to[0] + 0.5, to[1] + 0.5)
            a, b, c, d, e, f = t.matrix()
            assert (a * (x + 0.5) + b * (y + 0.5) + c, d * (x + 0.5) + e * (y + 0.5) + f) == t.point(x + 0.5, y + 0.5)
            assert t.inverse().point(*to, coordinates="pixels") == (x, y)
    assert t.inverse().size == (width, height) and t.inverse().inverse() == t
    whole = t.normalized()
    assert whole.box((0.25, 0.5, 0.5, 1)) == pytest.approx([number / side for number, side in zip(
        t.box((0.25 * width, 0.5 * height, 0.5 * width, height)), t.size * 2)])


def test_a_result_s_transform_leads_to_its_output():
    result = exifnorm.normalize(LANDSCAPE)
    assert result.transform == Transform.from_orientation(6, *result.size_before) and result.transform.size == result.size_after
    assert exifnorm.normalize(UPRIGHT).transform.exif == 1 and not exifnorm.normalize(LANDSCAPE, mode="drop").transform


def test_values():
    t = Transform(6, 4, 3)
    assert (t.flip_x, t.flip_y, t.transpose) == (False, True, True) and eval(repr(t)) == t and hash(t) == hash(Transform(6, 4, 3))
    assert pickle.loads(pickle.dumps(t)) == t and t != Transform(6, 3, 4) and t != 6
    with pytest.raises(AttributeError):
        t.width = 5
    with pytest.raises(AttributeError):
        del t.width


def test_wrong_arguments():
    t = Transform(6, 4, 3)
    for call, name, kind in [
        (lambda: Transform(8, 1, 1), "bits", ValueError), (lambda: Transform(1, 0, 1), "width", ValueError), (lambda: Transform(1, 1, 2**32), "height", ValueError),
        (lambda: Transform(1, 1.5, 1), "width", TypeError), (lambda: Transform.from_orientation(0, 1, 1), "orientation", ValueError),
        (lambda: t.point(1, 2, coordinates="corners"), "coordinates", ValueError), (lambda: t.point(1, 2, coordinates=1), "coordinates", TypeError),
        (lambda: t.point("x", 2), "x, y", TypeError), (lambda: t.box((1, 2, 3)), "box", ValueError), (lambda: t.box(None), "box", TypeError),
        (lambda: t.rectangle((1, 2, 3, None)), "rectangle", TypeError),
    ]:
        with pytest.raises(kind, match=f"^{name}: "):
            call()
