# SPDX-License-Identifier: MIT
"""Makes JPEG files with headers of every kind, looks at them with --check under strace, and holds what it says and reads against what it
should: check_reads.py PROGRAM TESTDATA COUNT"""

import collections
import glob
import os
import random
import re
import statistics
import struct
import subprocess
import sys
import tempfile

MOST = 128 << 10


def parts(name):
    """The segments of a file but for application data; a scan has its entropy-coded data."""
    with open(name, "rb") as file:
        data = file.read()
    found, at = [], 2
    while data[at + 1] != 0xD9:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        while data[at + 1] == 0xDA and (data[end] != 0xFF or data[end + 1] == 0 or 0xD0 <= data[end + 1] <= 0xD7):
            end += 1
        if not 0xE0 <= data[at + 1] <= 0xEF:
            found.append(data[at:end])
        at = end
    return found


def segment(marker, payload):
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def camera_block(name):
    """The Exif payload of a file of testdata, with thumbnail and maker note; where its orientations stand."""
    with open(name, "rb") as file:
        data = file.read()
    at = data.index(b"Exif\0\0")
    payload = data[at : at - 2 + int.from_bytes(data[at - 2 : at], "big")]
    little = payload[6:8] == b"II"
    tag = struct.pack("<HHI" if little else ">HHI", 0x0112, 3, 1)
    places = [m.start() + 8 for m in re.finditer(re.escape(tag), payload)]
    return payload, little, places[:1] + [p for p in places[1:] if payload[p : p + 2] == payload[places[0] : places[0] + 2]]


def with_orientation(block, value):
    payload, little, places = block
    out = bytearray(payload)
    for at in places:
        out[at : at + 2] = struct.pack("<H" if little else ">H", value)
    return bytes(out)


def xmp(value, size):
    attribute = f" tiff:Orientation='{value}'" if value else ""
    packet = (
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        f"<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/'{attribute}/></rdf:RDF></x:xmpmeta>"
    )
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet.encode() + b" " * size)


def icc(size):
    chunks = [size] if size < 65000 else [65000] * (size // 65000)
    return b"".join(
        segment(0xE2, b"ICC_PROFILE\0" + bytes([i + 1, len(chunks)]) + b"\x5a" * n) for i, n in enumerate(chunks)
    )


def resources(size):
    return segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\0\0" + struct.pack(">I", size) + bytes(size + size % 2))


class Maker:
    def __init__(self, testdata):
        folder = os.path.join(testdata, "jpeg")
        self.plain = parts(os.path.join(folder, "no-exif.jpg"))
        self.progressive = parts(os.path.join(folder, "coding/progressive-6.jpg"))
        self.blocks = [camera_block(os.path.join(folder, f"landscape-{o}.jpg")) for o in (1, 6)]

    def make(self, random_):
        """(bytes, listed, line of the histogram)"""
        kind = random_.randrange(8)
        value = random_.choice((1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 8, 8, 9))
        exif = segment(0xE1, with_orientation(random_.choice(self.blocks), value))
        listed, name = value != 1, f"orientation {value}" if value < 9 else "invalid"
        others = [icc(random_.randrange(500, 60000)), resources(random_.randrange(8, 4000)),
                  xmp(1, random_.randrange(4000)), segment(0xFE, b"a note " * random_.randrange(1, 500)),
                  segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), segment(0xEB, bytes(random_.randrange(2, 9000)))]
        random_.shuffle(others)
        others = others[: random_.randrange(len(others) + 1)]
        source = self.progressive if random_.random() < 0.3 else self.plain
        before, behind = [exif, *others], []
        if kind == 0:  # far behind a profile
            before = [icc(600 << 10), exif]
        elif kind == 1:  # the last one before the scan
            before = [*others, *(segment(0xE1, bytes(random_.randrange(2, 20000))) for _ in range(3)), exif]
        elif kind == 2:  # none
            before, listed, name = others, False, "none"
        elif kind == 3:  # in XMP alone
            before, listed, name = [*others, xmp(6, 100)], True, "invalid"
        elif kind == 4:  # behind the first scan
            before, behind = others, [exif]
            listed, name = value != 1, "none" if value == 1 else "invalid"
        elif kind == 5:  # as much APP1 as a header of 128 KiB has room for
            room = MOST - 2 - len(exif) - sum(map(len, source[: [p[1] for p in source].index(0xDA)])) - 20
            before = [exif, segment(0xE1, bytes(65533)), segment(0xE1, bytes(room - 65537 - 4))]
        out, scans = [b"\xff\xd8"], 0
        for part in source:
            if part[1] == 0xDA and not scans:
                out += before
            out.append(part)
            scans += part[1] == 0xDA
            if part[1] == 0xDA and scans == 1:
                out += behind
        return b"".join(out) + b"\xff\xd9", listed, name


def read_of(trace, folder):
    """Bytes read of each file of the folder, by what the kernel gave."""
    counts = collections.Counter()
    call = re.compile(r"\b(?:read|pread64|readv|preadv2?)\(\d+<" + re.escape(folder) + r"/([^>]*)>.*= (\d+)$")
    for name in glob.glob(glob.escape(trace) + ".*"):  # one of each process
        with open(name, encoding="utf-8", errors="replace") as lines:
            for match in filter(None, map(call.search, lines)):
                counts[match[1]] += int(match[2])
    return counts


def main():
    program, testdata, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    maker, wanted, histogram = Maker(testdata), {}, collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = os.path.realpath(scratch)
        folder, trace = os.path.join(scratch, "in"), os.path.join(scratch, "trace")
        os.mkdir(folder)
        for i in range(count):
            random_ = random.Random(i)
            data, listed, name = maker.make(random_)
            wanted[f"{i:05}.jpg"] = listed
            histogram[name] += 1
            with open(os.path.join(folder, f"{i:05}.jpg"), "wb") as file:
                file.write(data)
                if random_.random() < 0.2:  # a trailer, which nobody reads
                    file.truncate(len(data) + (10 << 20))
        command = ["strace", "-ff", "-y", "-qq", "-s", "0", "-o", trace,
                   "-e", "trace=read,pread64,readv,preadv,preadv2", program, "--check", folder]
        run = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        lines = run.stdout.decode().split("\n")
        found = {m[1] for m in (re.match(r"'.*/(\d+\.jpg)': ", line) for line in lines) if m}
        counted = {m[2]: int(m[1]) for m in (re.match(r" *(\d+)  (.*)$", line) for line in lines) if m}
        counts = read_of(trace, folder)
    complaints = [f"{f}: listed is {f in found}, wanted {w}" for f, w in wanted.items() if (f in found) != w]
    complaints += [f"{n}: {counted.get(n)} in the histogram, wanted {c}" for n, c in histogram.items()
                   if counted.get(n) != c]
    complaints += [f"{f}: {counts[f]} bytes read" for f in wanted if not 0 < counts[f] <= MOST]
    print("\n".join(complaints[:20]))
    print(f"{count} files, {len(found)} listed; bytes read of a file: at most {max(counts.values(), default=0)}, "
          f"median {statistics.median(counts.values()) if counts else 0:.0f}; {len(complaints)} complaints")
    return 1 if complaints or run.returncode != 1 else 0


if __name__ == "__main__":
    sys.exit(main())
