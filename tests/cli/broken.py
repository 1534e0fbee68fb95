# SPDX-License-Identifier: MIT
"""Broken images of every kind that tools are known to stumble over, made from good ones.

    broken.py make JPEG PNG FOLDER        writes them, and FOLDER/../kinds: a line each: name, exit status, words of the message
    broken.py run PROGRAM IN OUT FILE     runs PROGRAM --verify IN OUT; FILE gets: exit status, most KiB held by one process, seconds
"""
import os
import pathlib
import random
import struct
import subprocess
import sys
import time
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def zeros(size):
    """A zlib stream that inflates to so many zeros: one deflated piece again and again."""
    piece = 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(piece)) + packer.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(9, zlib.DEFLATED, -15)
    end = last.compress(bytes(size % piece)) + last.flush()
    # Adler-32 of n zeros: the low half stays 1, the high one counts them.
    return b"\x78\xda" + block * (size // piece) + end + struct.pack(">I", size % 65521 << 16 | 1)


def png(width, height, idat, *more, depth=8, colour=0):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(more) + chunk(b"IDAT", idat) +
            chunk(b"IEND", b""))


EXIF_6 = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"


def segment(data, marker):
    """Where the marker's segment begins in a JPEG."""
    at = 2
    while data[at + 1] != marker:
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    return at


def patched(data, at, new):
    return data[:at] + new + data[at + len(new):]


def chunks(data):
    at = 8
    while at < len(data):
        size = struct.unpack(">I", data[at:at + 4])[0]
        yield at, data[at + 4:at + 8], size
        at += 12 + size


def jpegs(good):
    sof, sos = segment(good, 0xC0), segment(good, 0xDA)
    scan = sos + 2 + struct.unpack(">H", good[sos + 2:sos + 4])[0]
    half = (scan + len(good)) // 2
    noise = random.Random(5).randbytes(400)
    exif = segment(good, 0xE1)
    damaged = "damaged image data: "
    yield "trunc50.jpg", good[:half], damaged
    yield "trunc-at-the-end.jpg", good[:-40], damaged
    yield "no-scan.jpg", good[:sos], damaged
    yield "trunc-header.jpg", good[:sof + 6], damaged
    yield "only-soi.jpg", good[:2], "not an image: "
    yield "garbage-mid.jpg", patched(good, half, noise), damaged
    yield "zeros-mid.jpg", patched(good, half, bytes(len(good) - half - 2)), damaged
    yield "bits12.jpg", patched(good, sof + 4, b"\x0c"), "unsupported kind of image: "
    yield "sof3-lossless.jpg", patched(good, sof + 1, b"\xc3"), "unsupported kind of image: "
    yield "sof5-hierarchical.jpg", patched(good, sof + 1, b"\xc5"), "unsupported kind of image: "
    yield "no-height.jpg", patched(good, sof + 5, b"\0\0"), ""
    yield "no-width.jpg", patched(good, sof + 7, b"\0\0"), damaged
    yield "no-components.jpg", patched(good, sof + 9, b"\0"), damaged
    yield "sampling-0.jpg", patched(good, sof + 11, b"\0"), damaged
    yield "no-such-table.jpg", patched(good, sof + 12, b"\x03"), damaged
    yield "two-frames.jpg", good[:sos] + good[sof:sos] + good[sos:], damaged
    yield "segment-too-long.jpg", patched(good, exif + 2, b"\xff\xff"), damaged
    yield "segment-length-1.jpg", patched(good, exif + 2, b"\0\x01"), damaged
    yield "huge.jpg", patched(good, sof + 5, b"\xff\xdc\xff\xdc"), "limit exceeded: "
    yield "huge-progressive.jpg", patched(patched(good, sof + 5, b"\xff\xdc\xff\xdc"), sof + 1, b"\xc2"), ""
    yield "text.jpg", b"Lorem ipsum dolor sit amet.\n" * 40, "not an image: "
    yield "zero.jpg", bytes(5000), "not an image: "
    yield "empty.jpg", b"", "not an image: "
    yield "gif.jpg", b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;", "not an image: "


def pngs(good):
    places = {}
    for at, kind, size in chunks(good):
        places.setdefault(kind, (at, size))
    idat, size = places[b"IDAT"]
    end = places[b"IEND"][0]
    exif = chunk(b"eXIf", EXIF_6)
    damaged = "damaged image data: "
    yield "trunc.png", good[:idat + 8 + size // 2], damaged
    yield "no-iend.png", good[:idat + 12 + size - 40], damaged
    yield "trunc-header.png", good[:20], damaged
    yield "signature.png", good[:8], damaged
    yield "badcrc-idat.png", patched(good, idat + 8 + size, b"\0\0\0\0"), damaged
    yield "badcrc-ihdr.png", patched(good, 29, b"\0\0\0\0"), damaged
    flipped = bytes([good[idat + 8 + size // 2] ^ 0x55])
    body = patched(good, idat + 8 + size // 2, flipped)[idat + 8:idat + 8 + size]
    yield "deflate.png", good[:idat] + chunk(b"IDAT", body) + good[idat + 12 + size:], damaged
    yield "no-idat.png", good[:idat] + good[end:], damaged
    yield "text.png", b"no picture\n" * 30, "not an image: "
    yield "short-rows.png", png(100, 100, zlib.compress(bytes(101 * 50)), exif), damaged
    yield "filter-9.png", png(4, 2, zlib.compress(b"\x09abcd\0abcd"), exif), damaged
    yield "width-0.png", png(0, 2, zlib.compress(b"\0\0"), exif), damaged
    yield "depth-3.png", png(4, 2, zlib.compress(bytes(10)), exif, depth=3), damaged
    yield "bomb30000.png", png(30000, 30000, zeros(30001 * 30000), exif), "limit exceeded: "
    yield "bomb-huge.png", png(0x7FFFFFFF, 0x7FFFFFFF, zlib.compress(bytes(10)), exif), "limit exceeded: "
    text = b"Raw profile type exif\0\0" + zeros(300 << 20)
    yield "ztxt300.png", png(4, 2, zlib.compress(bytes(10)), chunk(b"zTXt", text)), "limit exceeded: "
    text = b"XML:com.adobe.xmp\0\1\0\0\0" + zeros(300 << 20)
    yield "itxt300.png", png(4, 2, zlib.compress(bytes(10)), chunk(b"iTXt", text)), "limit exceeded: "


def make(jpeg, picture, folder):
    folder = pathlib.Path(folder)
    folder.mkdir()
    with open(folder.parent / "kinds", "w", encoding="ascii") as kinds:
        for source, kind in ((jpeg, jpegs), (picture, pngs)):
            for name, data, words in kind(pathlib.Path(source).read_bytes()):
                (folder / name).write_bytes(data)
                kinds.write(f"{name}\t{words}\n")


def run(program, names, folder):
    """Each file that names lists, one a line, alone: the nth's output, n.product, what was said, n.err, and n.used: exit status, KiB, seconds."""
    for number, source in enumerate(pathlib.Path(names).read_text(encoding="utf-8").splitlines(), 1):
        here = pathlib.Path(folder, str(number))
        start = time.monotonic()
        with open(f"{here}.err", "wb") as err, subprocess.Popen(
                ["timeout", "120", program, "--verify", "-j1", source, f"{here}.product"], stdout=subprocess.DEVNULL, stderr=err,
                stdin=subprocess.DEVNULL) as child:
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        pathlib.Path(f"{here}.used").write_text(f"{child.returncode} {used.ru_maxrss} {time.monotonic() - start:.2f}\n", encoding="ascii")


{"make": make, "run": run}[sys.argv[1]](*sys.argv[2:])
