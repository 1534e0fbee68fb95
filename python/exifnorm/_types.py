# SPDX-License-Identifier: MIT
"""Types of arguments, for type checkers."""
from __future__ import annotations

from typing import Literal, TypedDict

Mode = Literal["bake", "drop"]
Edges = Literal["requantize", "refuse"]
Quality = Literal["same", "high"]
Secondary = Literal["rotate", "drop"]
Webp = Literal["copy", "as-shown", "rotate"]
Heif = Literal["copy", "drop", "png", "jpeg"]
OnDamage = Literal["fail", "decode"]


class Options(TypedDict, total=False):
    """The keyword arguments of :func:`exifnorm.normalize`, which explains them; every function that processes images takes them."""

    mode: Mode
    edges: Edges
    quality: Quality
    secondary: Secondary
    webp: Webp
    heif: Heif
    heif_quality: int
    on_damage: OnDamage
    png_level: int
    strict: bool
    verify: bool
    max_pixels: int | None
    max_memory: int | None
    timeout: float | None
