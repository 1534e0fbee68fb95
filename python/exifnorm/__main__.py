# SPDX-License-Identifier: MIT
"""``python -m exifnorm``: the program, with its own options."""
from __future__ import annotations

import os
import sys

from ._program import program


def main() -> None:
    os.execv(program(), ["exifnorm", *sys.argv[1:]])


if __name__ == "__main__":
    main()
