# SPDX-License-Identifier: MIT
"""What the engines' tests share: a row is right if it is what the program says and writes of that file."""
import os
import signal

from conftest import expected

from exifnorm._arrow import REPORT

SAME = [field.name for field in REPORT if field.name not in ("transform", "bytes_before")]


def compare(run, path, data, report):
    line = run.lines[path]
    assert {name: report[name] for name in SAME} == expected(line, SAME), path
    assert report["transform"] == (line["transform"]["exif"] if line["transform"] else None), path
    assert data == run.output(path), path


def relative(run, path):
    return path.removeprefix("file:").replace("///", "/").removeprefix(str(run.source) + "/")


def die_once(table, mark):
    """Kills the process that is at work, the first time that any of them gets here."""
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return table
    os.kill(os.getpid(), signal.SIGKILL)
    return table


