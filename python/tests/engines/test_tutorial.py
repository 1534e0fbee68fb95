# SPDX-License-Identifier: MIT
"""docs/tutorial.md from top to bottom, as printed: it prints what it says it prints, and makes the pictures that it shows."""
import contextlib
import io
import os
import re

import numpy
from conftest import ROOT
from PIL import Image

PAGE = (ROOT / "docs/tutorial.md").read_text()
STEPS = re.findall(r"^```python\n(.*?)^```$\n(?:\n^```text\n(.*?)^```$)?", PAGE, re.M | re.S)


def test_tutorial(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(STEPS) == 8 and sum(bool(text) for _, text in STEPS) == PAGE.count("```text") == 6
    names = {}
    for code, text in STEPS:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "tutorial.md", "exec"), names)
        assert printed.getvalue() == text, code
    assert PAGE.count("![") == 2
    for name in ("before.png", "after.png"):
        if "TUTORIAL_PICTURES" in os.environ:  # to make those of docs anew
            Image.open(name).save(ROOT / "docs" / f"tutorial-{name}", optimize=True)
        made, shown = (numpy.asarray(Image.open(path).convert("RGB"), int) for path in (name, ROOT / "docs" / f"tutorial-{name}"))
        assert made.shape == shown.shape and abs(made - shown).mean() < 2, name


def test_the_pictures_differ():
    """So that a page whose boxes do not move would not pass."""
    before, after = (numpy.asarray(Image.open(ROOT / f"docs/tutorial-{name}.png").convert("RGB"), int) for name in ("before", "after"))
    assert abs(before - after).mean() > 2
