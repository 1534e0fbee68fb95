# SPDX-License-Identifier: MIT
"""The package: its words are the program's, it is light, and it is typed."""
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, TESTDATA

import exifnorm
from exifnorm import _options


@pytest.mark.parametrize("name", _options.CHOICES)
def test_words_are_those_of_the_program(name, tmp_path):
    option = name.replace("_", "-")
    for word in _options.CHOICES[name]:
        done = subprocess.run([exifnorm.program(), "-q", f"--{option}={word}", str(TESTDATA / "jpeg/landscape-6.jpg"), str(tmp_path / word)])
        assert done.returncode == 0, (name, word)
    completion = subprocess.run([exifnorm.program(), "--completion=bash"], check=True, capture_output=True, text=True).stdout
    words = re.search(rf"--{option}\b.*?compgen -W ['\"]?([a-z -]+)", completion, re.S)
    assert words, completion
    assert words[1].partition(' --')[0].split() == list(_options.CHOICES[name])


def test_every_option_of_the_library_is_there():
    """HACKING.md names this package where a member of exn_options is added."""
    header = (ROOT / "include/exifnorm.h").read_text()
    body = re.sub(r"/\*.*?\*/", "", re.search(r"typedef struct exn_options {(.*?)} exn_options;", header, re.S)[1], flags=re.S)
    members = set(re.findall(r"^ *\w+ (\w+);", body, re.M)) - {"struct_size", "unused"}
    ours = {*_options.CHOICES, *_options.NUMBERS, *_options.FLAGS}
    # verify and timeout set these; orient() has an argument of its own.
    assert members - ours == {"decode_all", "look_whole", "orientation"} and ours - members == {"verify"}


def test_the_program_as_a_module(tmp_path):
    done = subprocess.run([sys.executable, "-m", "exifnorm", "--version"], capture_output=True, text=True, check=True)
    assert exifnorm.__version__ in done.stdout
    done = subprocess.run([sys.executable, "-m", "exifnorm", "--check", str(TESTDATA / "jpeg/landscape-6.jpg")], capture_output=True)
    assert done.returncode == 1
    script = Path(sys.executable).parent / "exifnorm"
    assert subprocess.run([script, "--version"], capture_output=True, text=True, check=True).stdout == subprocess.run([exifnorm.program(), "--version"], capture_output=True, text=True).stdout


def test_the_version_is_the_header_s():
    header = (ROOT / "include/exifnorm.h").read_text()
    assert exifnorm.__version__ == re.search(r'EXN_VERSION "(.*)"', header)[1]


def seconds(code):
    """Of processor, the least of some runs: what else the machine does counts for nothing."""
    best = 9.0
    for _ in range(7):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def test_importing_is_quick_and_brings_nothing_along():
    assert seconds("import exifnorm") - seconds("pass") < 0.05
    code = "import sys; before = set(sys.modules); import exifnorm; print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"exifnorm", "_cffi_backend", "operator", "_operator", "math", "__future__"}


def test_names():
    for name in exifnorm.__all__:
        assert getattr(exifnorm, name).__doc__, name
    with pytest.raises(AttributeError):
        exifnorm.nothing
    for name in ("normalize", "check", "orient", "normalize_batch", "Pool.submit", "Pool.map", "Pool.close", "Transform.point", "Transform.box"):
        it = exifnorm
        for part in name.split("."):
            it = getattr(it, part)
        assert it.__doc__, name


def test_types():
    pytest.importorskip("mypy", reason="no mypy")
    done = subprocess.run([sys.executable, "-m", "mypy", "--cache-dir", os.devnull], cwd=ROOT / "python", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_types_that_users_see(tmp_path):
    pytest.importorskip("mypy", reason="no mypy")
    user = tmp_path / "user.py"
    user.write_text("""
import exifnorm
def upright(data: bytes) -> bytes:
    result = exifnorm.normalize(data, mode="drop", verify=True)
    if result.transform:
        x, y = result.transform.point(1, 2, coordinates="pixels")
        x.is_integer()
    return result.data
def wrong(data: bytes) -> None:
    exifnorm.normalize(data, mode="bak")
    exifnorm.normalize("path")
    exifnorm.orient(data)
    exifnorm.orient(data, 6, edge="refuse")
    exifnorm.check(7)
""")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, str(user)], capture_output=True, text=True, cwd=tmp_path)
    assert [int(line) for line in re.findall(r"user.py:(\d+): error", done.stdout)] == [10, 11, 12, 13, 14], done.stdout
