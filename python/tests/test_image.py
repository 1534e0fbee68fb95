# SPDX-License-Identifier: MIT
"""One image: the bytes and the report's words are those of the program; what is given is not copied; what is wrong is said."""
import copy
import mmap
import os
import pickle
import time

import pytest
from conftest import CORPORA, KEPT, LANDSCAPE, TESTDATA, UPRIGHT, Run, expected, picture, said

import exifnorm

OPTIONS = [
    {},
    {"mode": "drop"},
    {"verify": True},
    {"edges": "refuse"},
    {"quality": "high"},
    {"strict": True},
    {"secondary": "drop"},
    {"on_damage": "decode"},
    {"png_level": 1},
    {"webp": "copy"},
    {"webp": "rotate"},
    {"heif": "drop"},
    {"max_pixels": 5000},
]


def arguments(options):
    return ["--" + name.replace("_", "-") + ("" if value is True else f"={value}") for name, value in options.items()]


def compare(run, path, call):
    """call() of that file has the bytes and the words that the program has."""
    data, line, output = run.data(path), run.lines[path], run.output(path)
    try:
        result = call(data)
    except exifnorm.Error as error:
        if error.status == "not-an-image":  # the program goes by a file's name, too
            assert (line["outcome"], line["status"]) in (("copied", "ok"), ("failed", "not-an-image")) and line["format"] == "unknown"
            return "none"
        assert (line["outcome"], line["status"], line["error"]) == ("failed", error.status, str(error)), path
        if error.found:
            assert said(error.found) == expected(line), path
        return "failed"
    assert said(result) == expected(line), path
    assert result.data == output, path
    assert (result.data is data) == (result.outcome in KEPT), path
    return result.outcome


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_the_program_s_bytes_and_words(options, pictures, tmp_path):
    run = Run(pictures, tmp_path, *arguments(options))
    outcomes = {compare(run, path, lambda data: exifnorm.normalize(data, **options)) for path in run.files()}
    assert {"none", "failed", "untouched"} < outcomes and len(outcomes) > 3


@pytest.mark.skipif(not CORPORA, reason="EXIFNORM_CORPUS names no folder")
@pytest.mark.parametrize("corpus", CORPORA, ids=str)
def test_the_program_s_bytes_of_real_files(corpus, tmp_path):
    run = Run(corpus, tmp_path)
    for path in run.files():
        compare(run, path, exifnorm.normalize)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orient(orientation, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    names = ["jpeg/landscape-6.jpg", "jpeg/landscape-1.jpg"] + [str(path.relative_to(TESTDATA)) for path in sorted(TESTDATA.glob("png/*.png"))[:6]]
    for name in names:
        (source / os.path.basename(name)).write_bytes(picture(name))
    (tmp_path / "list.csv").write_text("".join(f"{os.path.basename(name)},{orientation}\n" for name in names))
    report = tmp_path / "x"
    report.mkdir()
    for more in range(30):  # not listed; a run has to have some files
        (source / f"more{more}.jpg").write_bytes(UPRIGHT)
    run = Run(source, report, f"--orientations={tmp_path / 'list.csv'}")
    for name in names:
        compare(run, os.path.basename(name), lambda data: exifnorm.orient(data, orientation))


def test_every_kind_of_buffer(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(LANDSCAPE)
    made = exifnorm.normalize(LANDSCAPE).data
    assert type(made) is bytes
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        for data in (bytearray(LANDSCAPE), memoryview(LANDSCAPE), memoryview(bytearray(b"x" + LANDSCAPE))[1:], mapped):
            assert exifnorm.normalize(data).data == made
    upright = bytearray(UPRIGHT)
    view = memoryview(upright)
    assert exifnorm.normalize(upright).data is upright and exifnorm.normalize(view).data is view
    view.release()
    upright += b"x"  # nothing holds on to it


def test_nothing_is_copied_of_what_needs_nothing():
    """A large file that is no more than headers to the library takes neither memory nor time."""
    large = UPRIGHT + bytes(200_000_000)
    before = peak()
    begun = time.process_time()
    assert exifnorm.check(large).outcome == "untouched"
    assert peak() - before < 20_000 and time.process_time() - begun < 1


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


@pytest.mark.parametrize("call", [exifnorm.normalize, exifnorm.check, lambda data: exifnorm.orient(data, 3)])
def test_wrong_types_of_data(call):
    wrong = [None, 7, ["x"], memoryview(bytes(10))[::2]]
    for data in wrong + ([] if call is exifnorm.check else ["path.jpg"]):
        with pytest.raises(TypeError, match="^data: "):
            call(data)


@pytest.mark.parametrize("name, value, kind", [
    ("mode", "bake ", ValueError), ("mode", 1, TypeError), ("edges", "crop", ValueError), ("quality", "best", ValueError), ("secondary", b"drop", TypeError),
    ("on_damage", "keep", ValueError), ("png_level", 13, ValueError), ("png_level", -1, ValueError), ("png_level", 1.5, TypeError),
    ("png_level", True, TypeError), ("max_pixels", 2**64, ValueError), ("max_memory", "2G", TypeError), ("strict", 1, TypeError), ("verify", "yes", TypeError),
    ("timeout", 0, ValueError), ("timeout", float("nan"), ValueError), ("timeout", "1", TypeError),
])
def test_wrong_options(name, value, kind):
    for call in (exifnorm.normalize, exifnorm.check, lambda data, **options: exifnorm.orient(data, 3, **options), lambda data, **options: exifnorm.Pool(**options)):
        with pytest.raises(kind, match=f"^{name}: "):
            call(UPRIGHT, **{name: value})


def test_wrong_orientations():
    for value, kind in ((0, ValueError), (9, ValueError), ("6", TypeError), (6.0, TypeError), (True, TypeError)):
        with pytest.raises(kind, match="^orientation: "):
            exifnorm.orient(UPRIGHT, value)
    with pytest.raises(ValueError, match="^mode: "):
        exifnorm.orient(UPRIGHT, 6, mode="drop")
    with pytest.raises(TypeError, match="keyword"):
        exifnorm.orient(UPRIGHT, 6, modus="drop")


def test_errors_have_a_status_a_detail_and_what_is_known():
    with pytest.raises(exifnorm.Error) as caught:
        exifnorm.normalize(LANDSCAPE[:-2000])
    error = caught.value
    assert error.status == "corrupt" and error.detail and error.errno == 0 and str(error) == f"damaged image data: {error.detail}"
    assert error.found.orientation == 6 and error.found.size_before == (240, 320) and error.found.transform is None
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.status, again.found) == (str(error), error.status, error.found)
    with pytest.raises(exifnorm.Error) as caught:
        exifnorm.normalize(b"hello")
    assert (caught.value.status, caught.value.found) == ("not-an-image", None)
    with pytest.raises(exifnorm.Error) as caught:
        exifnorm.normalize(LANDSCAPE, max_memory=1000)
    assert caught.value.status == "limit"


def test_results_are_values():
    result = exifnorm.normalize(LANDSCAPE)
    assert result == exifnorm.normalize(LANDSCAPE) and hash(result) == hash(exifnorm.normalize(LANDSCAPE))
    assert result != exifnorm.check(LANDSCAPE) and result != exifnorm.normalize(UPRIGHT)
    assert pickle.loads(pickle.dumps(result)) == result == copy.deepcopy(result)
    for name in ("data", "outcome"):
        with pytest.raises(AttributeError):
            setattr(result, name, 1)
    with pytest.raises(AttributeError):
        del result.data
    assert "<" in repr(result) and "lossless" in repr(result) and len(repr(result)) < 1000
    assert not result.unambiguous and exifnorm.normalize(result.data).unambiguous


def test_twice_changes_nothing(run):
    for path in run.files():
        try:
            made = exifnorm.normalize(run.data(path)).data
        except exifnorm.Error:
            continue
        if exifnorm.check(made).outcome != "unsupported":
            assert exifnorm.normalize(made).data is made, path


def test_checking_a_path_and_its_bytes(run):
    outcomes = set()
    for path in run.files():
        try:
            found = exifnorm.check(run.source / path)
        except exifnorm.Error as error:
            with pytest.raises(exifnorm.Error) as caught:
                exifnorm.check(run.data(path))
            assert (str(error), error.found) == (str(caught.value), caught.value.found)
            continue
        outcomes.add(found.outcome)
        assert found == exifnorm.check(run.data(path)) == exifnorm.check(str(run.source / path)) and found.method == "none"
        line = run.lines[path]
        assert (found.orientation, found.reasons) == (line["orientation"], tuple(line["reasons"]))
    assert {"untouched", "lossless", "copied"} <= outcomes
    with pytest.raises(FileNotFoundError):
        exifnorm.check("/nonexistent.jpg")
    before = len(os.listdir("/proc/self/fd"))
    exifnorm.check(TESTDATA / "jpeg/landscape-6.jpg")
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_limit_of_time():
    with pytest.raises(exifnorm.Error) as caught:
        exifnorm.normalize(LANDSCAPE, timeout=1e-9)
    assert caught.value.status == "cancelled"
    assert exifnorm.normalize(LANDSCAPE, timeout=600).outcome == "lossless"
