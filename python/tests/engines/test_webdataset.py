# SPDX-License-Identifier: MIT
"""WebDataset: shards written and read back; the program's bytes, also those of exifnorm --tar over the same shard."""
import pickle
import subprocess
import tarfile

import pytest
import webdataset as wds
from conftest import KEPT

import exifnorm.webdataset


@pytest.fixture
def shard(run, tmp_path):
    """Images with a label each. Those that fail are in a shard of their own."""
    paths = [path for path in run.files() if run.lines[path]["outcome"] not in ("failed", "copied")]
    names = {}
    with wds.TarWriter(str(tmp_path / "in.tar")) as writer:
        for i, path in enumerate(paths):
            names[f"{i:04}"] = path
            extension = {"jpeg": "jpg"}.get(run.lines[path]["format"], run.lines[path]["format"])
            writer.write({"__key__": f"{i:04}", extension: run.data(path), "cls": str(i).encode()})
    return tmp_path / "in.tar", names


@pytest.mark.parametrize("how", [{}, {"isolated": True}], ids=str)
def test_the_program_s_bytes(run, shard, tmp_path, how):
    tar, names = shard
    made = wds.WebDataset(str(tar), shardshuffle=False, empty_check=False).compose(exifnorm.webdataset.normalize(extensions=("jpg", "png", "webp", "tiff", "heif"), **how))
    with wds.TarWriter(str(tmp_path / "out.tar")) as writer:
        for sample in made:
            writer.write({name: value for name, value in sample.items() if name in ("__key__", "jpg", "png", "webp", "tiff", "heif", "cls")})
    done = subprocess.run([exifnorm.program(), "-q", "--tar", "--allow-unsupported", str(tar), str(tmp_path / "theirs.tar")])
    assert done.returncode == 0
    with tarfile.open(tmp_path / "theirs.tar") as theirs:
        expected = {member.name: theirs.extractfile(member).read() for member in theirs}
    with tarfile.open(tmp_path / "out.tar") as ours:
        assert {member.name: ours.extractfile(member).read() for member in ours} == expected
    seen = 0
    for sample in wds.WebDataset(str(tmp_path / "out.tar"), shardshuffle=False, empty_check=False):
        path = names[sample["__key__"]]
        assert sample["cls"].decode() == str(int(sample["__key__"]))
        assert run.output(path) in sample.values()
        seen += run.lines[path]["outcome"] not in KEPT
    assert seen > 5


def test_map_dict(run, shard):
    tar, names = shard
    dataset = wds.WebDataset(str(tar), shardshuffle=False, empty_check=False).select(lambda sample: "jpg" in sample).map_dict(jpg=lambda data: exifnorm.normalize(data).data)
    assert all(sample["jpg"] == run.output(names[sample["__key__"]]) for sample in dataset)


def test_which_members_are_images(run):
    """By their names, those of the library; or those that are asked for."""
    good = next(path for path in run.files() if run.lines[path]["outcome"] == "lossless")
    names = ["jpg", "JPEG", "png", "webp", "left.jpg", "image", "jp2", "txt"]
    sample = {"__key__": "0", "__jpg": run.data(good), **{name: run.data(good) for name in names}}
    made = next(exifnorm.webdataset.normalize()([sample]))
    assert [name for name in made if made[name] != sample[name]] == names[:5]
    made = next(exifnorm.webdataset.normalize(extensions=("image", "JPG"))([sample]))
    assert [name for name in made if made[name] != sample[name]] == ["jpg", "left.jpg", "image"]


def test_a_sample_that_fails(run):
    bad = next(path for path in run.files() if run.lines[path]["status"] == "corrupt")
    good = next(path for path in run.files() if run.lines[path]["outcome"] == "lossless")
    samples = [{"__key__": "0", "a.JPG": run.data(bad)}, {"__key__": "1", "jpg": run.data(good), "txt": run.data(bad)}]
    with pytest.raises(exifnorm.Error) as caught:
        list(exifnorm.webdataset.normalize()(samples))
    assert "a.JPG" in caught.value.__notes__[0]
    for handler, count in ((wds.ignore_and_continue, 1), (wds.ignore_and_stop, 0)):
        made = list(exifnorm.webdataset.normalize(handler=handler)(samples))
        assert len(made) == count
    made = list(exifnorm.webdataset.normalize(handler=wds.ignore_and_continue)(samples))
    assert made[0]["jpg"] == run.output(good) and made[0]["txt"] == run.data(bad)
    assert list(pickle.loads(pickle.dumps(exifnorm.webdataset.normalize()))(samples[1:])) == made
    with pytest.raises(ValueError, match="^mode: "):
        exifnorm.webdataset.normalize(mode="bak")
