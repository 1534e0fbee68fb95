# SPDX-License-Identifier: MIT
"""The archives that fuzzing of the tar path begins with: python3 tests/fuzz/make_tar_seeds.py tests/fuzz/corpus/tar. The same bytes at every
run (GNU tar 1.34), but for the number of tar's process in sparse-pax.tar: so `make testdata` leaves them as they are."""
import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile

FOLDER = sys.argv[1]


def archive(form, members, pax=None):
    to = io.BytesIO()
    with tarfile.open(fileobj=to, mode="w", format=form, pax_headers=pax or {}) as tar:
        for name, data, kind, fields in members:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.mtime, info.uname = len(data), kind, 1000000000, "owner"
            for key, value in fields.items():
                setattr(info, key, value)
            tar.addfile(info, io.BytesIO(data))
    return to.getvalue().rstrip(b"\0")  # as short as may be


def whole(data):
    return data + bytes(-len(data) % 512 + 1024)


def sparse(*options):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "holes"), "wb") as f:
            f.write(b"x" * 4096)
            f.truncate(1 << 20)
        with open(os.path.join(folder, "plain"), "wb") as f:
            f.write(b"y" * 70)
        return subprocess.run(["tar", "-S", *options, "--owner=o:1", "--group=g:1", "--mode=644", "--mtime=@1000000000", "--sort=name",
                               "-b1", "-cf", "-", "holes", "plain"], cwd=folder, capture_output=True, check=True).stdout


REG, LINK, SOFT, DIR = tarfile.REGTYPE, tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.DIRTYPE
PLAIN = [("d", b"", DIR, {}), ("d/a.jpg", b"body" * 200, REG, {}), ("empty", b"", REG, {}), ("b", b"1", REG, {}),
         ("soft", b"", SOFT, {"linkname": "b"}), ("last", b"z" * 512, REG, {})]
LINKS = [("a", b"of two names", REG, {}), ("hard", b"", LINK, {"linkname": "a"}), ("c", b"three", REG, {})]
VENDOR = [("a.jpg", b"j" * 600, REG, {"pax_headers": {"VENDOR.key": "kept", "size": "600"}}),
          ("b.jpg", b"k" * 100, REG, {"pax_headers": {"size": "100"}}),
          ("c", b"l" * 9, REG, {"mtime": 1000000000.25})]
SLASHES = [("empty/", b"", REG, {}), ("d/a.jpg", b"body" * 20, REG, {}), ("old/", b"", tarfile.AREGTYPE, {}), ("b", b"1", REG, {})]
END = bytes(1024)
ustar = whole(archive(tarfile.USTAR_FORMAT, PLAIN))
seeds = {
    "ustar.tar": ustar,
    "ustar.tar.gz": gzip.compress(ustar, mtime=0),
    "ustar.tar.bz2": bz2.compress(ustar),
    "ustar.tar.xz": lzma.compress(ustar, preset=0) + lzma.compress(END, check=lzma.CHECK_SHA256, preset=0),
    "slashes.tar": whole(archive(tarfile.USTAR_FORMAT, SLASHES)),
    "pax.tar": whole(archive(tarfile.PAX_FORMAT, VENDOR, {"comment": "of all"})),
    "pax-name.tar": whole(archive(tarfile.PAX_FORMAT, [("n" * 150, b"m", REG, {}), ("b", b"short", REG, {})])),
    "gnu.tar": whole(archive(tarfile.GNU_FORMAT, [("n" * 150, b"long", REG, {}), ("l", b"", SOFT, {"linkname": "m" * 150}),
                                                  ("b", b"short", REG, {})])),
    "links-ustar.tar": whole(archive(tarfile.USTAR_FORMAT, LINKS)),
    "links-pax.tar": whole(archive(tarfile.PAX_FORMAT, LINKS, {"comment": "of all"})),
    "sparse-gnu.tar": sparse("--format=gnu"),
    "sparse-pax.tar": sparse("--format=posix", "--sparse-version=1.0", "--pax-option=delete=atime,delete=ctime,exthdr.name=%f"),
}
os.makedirs(FOLDER, exist_ok=True)
for name, data in seeds.items():
    if len(data) >= 10240:
        sys.exit(f"{name}: {len(data)} bytes")
    with open(os.path.join(FOLDER, name), "wb") as f:
        f.write(data)
