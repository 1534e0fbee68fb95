# SPDX-License-Identifier: MIT
"""All oracles of label formats in one process, since to start Python takes longer than most of them do; the first that fails ends it.
oracles.py SERVER"""
import pathlib
import runpy
import sys

# What the oracles share, and what runs the program.
OTHERS = {"oracles.py", "painter.py", "png.py", "program.py"}
here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here))
for path in sorted(p for p in here.glob("*.py") if p.name not in OTHERS):
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as end:
        sys.exit("%s: %s" % (path.name, end))
    except Exception as fault:
        raise RuntimeError(path.name) from fault
    sys.stdout.flush()
