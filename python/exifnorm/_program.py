# SPDX-License-Identifier: MIT
"""The program, which is part of this package."""
from __future__ import annotations

import os


def program() -> str:
    """The path of the program ``exifnorm`` that came with this package."""
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "exifnorm")
