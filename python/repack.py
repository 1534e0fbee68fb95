# SPDX-License-Identifier: MIT
"""Repacks an sdist (.tar.gz) or a wheel (.whl), so that it does not depend on the machine, the time or the folder in which it was made:
members in the order of their names, all with the same time, no owner, and mode 755 or 644. repack.py SOURCE-DATE-EPOCH FILE..."""
import csv
import gzip
import io
import os
import sys
import tarfile
import time
import zipfile


def mode_of(mode: int) -> int:
    return 0o755 if mode & 0o100 else 0o644


def sdist(path: str, when: int) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(path) as before, gzip.GzipFile("", "wb", 9, packed, mtime=when) as stream, tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as after:
        for member in sorted(before, key=lambda m: m.name):
            assert member.isdir() or member.isfile(), member.name
            plain = tarfile.TarInfo(member.name)
            plain.type, plain.size, plain.mtime, plain.mode = member.type, member.size, when, 0o755 if member.isdir() else mode_of(member.mode)
            after.addfile(plain, before.extractfile(member) if member.isfile() else None)
    return packed.getvalue()


def wheel(path: str, when: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as after:
        # The metadata that pip looks for first comes last (PEP 427), with RECORD at the very end.
        members = [m for m in before.infolist() if not m.is_dir()]
        for member in sorted(members, key=lambda m: (".dist-info/" in m.filename, m.filename.endswith("/RECORD"), m.filename)):
            data = before.read(member)
            if member.filename.endswith(".dist-info/RECORD"):
                lines = io.StringIO()
                csv.writer(lines, lineterminator="\n").writerows(sorted(csv.reader(io.StringIO(data.decode()))))
                data = lines.getvalue().encode()
            plain = zipfile.ZipInfo(member.filename, time.gmtime(when)[:6])
            plain.compress_type, plain.external_attr = zipfile.ZIP_DEFLATED, (0o100000 | mode_of(member.external_attr >> 16)) << 16
            after.writestr(plain, data)
    return packed.getvalue()


for name in sys.argv[2:]:
    made = (wheel if name.endswith(".whl") else sdist)(name, int(sys.argv[1]))
    with open(name + ".new", "wb") as file:
        file.write(made)
    os.replace(name + ".new", name)
