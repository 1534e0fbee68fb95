#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What hostile files of just under a megabyte cost: bombs.py ONCE [KIND...]

The kinds are growth.py's, each with as many parts as fit into a megabyte, and pictures that promise more than they hold. Prints a table of CPU time,
peak memory and status for each call; exits 1 where one takes over SECONDS or over MEMORY. Only a picture that does have all of its pixels, whatever
they look like, may take BYTES a pixel: what libjpeg's coefficients of source and output are. --max-memory is the limit for these."""
import os
import resource
import struct
import subprocess
import sys
import tempfile
import zlib

import growth

SIZE = 1_000_000
SECONDS, MEMORY, BYTES = 1.0, 100 << 20, 4.1
PICTURES = {}


def picture(make):
    PICTURES[make.__name__] = make, 0
    return make


def complete(pixels):
    def note(make):
        PICTURES[make.__name__] = make, pixels
        return make
    return note


def header(width, height, depth=8, colour=2):
    return growth.chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def png_of(ihdr, *chunks):
    exif = growth.chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + ihdr + exif + b"".join(chunks) + growth.chunk(b"IEND")


def zeros(count):
    """A zlib stream of that many zeros, made piece by piece."""
    packer = zlib.compressobj(9)
    piece = bytes(1 << 20)
    return b"".join(packer.compress(piece[:min(len(piece), count - at)]) for at in range(0, count, len(piece))) + packer.flush()


@picture
def png_of_65500_squared_without_rows():
    return png_of(header(65500, 65500), growth.chunk(b"IDAT", zlib.compress(b"")))


@picture
def png_of_900_million_zeros():
    return png_of(header(17320, 17320), growth.chunk(b"IDAT", zeros(17320 * (1 + 3 * 17320))))


@picture
def png_that_inflates_beyond_its_rows():
    return png_of(header(16, 16), growth.chunk(b"IDAT", zeros(900 << 20)))


@picture
def png_of_a_text_of_900_million():
    return png_of(header(1, 1), growth.chunk(b"zTXt", b"Raw profile type exif\0\0" + zeros(900 << 20)), growth.chunk(b"IDAT", zlib.compress(bytes(4))))


@picture
def png_of_an_xmp_of_900_million():
    return png_of(header(1, 1), growth.chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zeros(900 << 20)), growth.chunk(b"IDAT", zlib.compress(bytes(4))))


@picture
def png_of_one_bit_and_60000_columns():
    return png_of(header(60000, 60000, 1, 0), growth.chunk(b"IDAT", zeros(60000 * (1 + 7500))))


def jpeg_of(sof, width, height, components, scans):
    """SOF with quantization tables, and what follows it."""
    app1 = growth.segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
    dqt = growth.segment(0xDB, b"\0" + bytes([1] * 64))
    frame = growth.segment(sof, struct.pack(">BHHB", 8, height, width, components) + b"".join(bytes([i + 1, 0x11, 0]) for i in range(components)))
    dht = growth.segment(0xC4, b"\0" + bytes([1] + [0] * 15) + b"\0") + growth.segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0")
    return b"\xff\xd8" + app1 + dqt + frame + dht + scans + b"\xff\xd9"


def scan(components, first, last, bits, data=b""):
    return growth.segment(0xDA, bytes([components]) + b"".join(bytes([i + 1, 0]) for i in range(components)) + bytes([first, last, bits])) + data


@picture
def jpeg_of_65500_squared_without_blocks():
    return jpeg_of(0xC0, 65500, 65500, 3, scan(3, 0, 63, 0))


@complete(10000 * 10000)
def jpeg_of_100_megapixels_in_two_bits_a_block():
    return jpeg_of(0xC0, 10000, 10000, 1, scan(1, 0, 63, 0, b"\0" * (1250 * 1250 // 4)))


@complete(10000 * 10000)
def jpeg_of_100_megapixels_and_a_byte_too_many():
    return jpeg_of(0xC0, 10000, 10000, 1, scan(1, 0, 63, 0, b"\0" * (1250 * 1250 // 4 + 1)))


@picture
def jpeg_progressive_of_a_thousand_scans_over_16_megapixels():
    return jpeg_of(0xC2, 4000, 4000, 1, b"".join(scan(1, 0, 0, 0, b"\0" * 8) for _ in range(1000)))


@picture
def jpeg_progressive_of_65500_squared():
    return jpeg_of(0xC2, 65500, 65500, 3, b"".join(scan(1, 0, 0, 0) for _ in range(200)))


@picture
def jpeg_arithmetic_of_65500_squared():
    return jpeg_of(0xC9, 65500, 65500, 3, scan(3, 0, 63, 0))


def cost(once, call, path):
    """CPU seconds, peak memory in bytes, what it said."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([once, call, path, "peak"], capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said, _, peak = run.stdout.partition("\n")
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(peak.split()[1]) << 10 if peak else 0, said if run.returncode == 0 else f"exit {run.returncode}: {run.stderr}"


def fitting(make, count):
    """The largest file of that kind, by a tenth, that its format can count and that is not over a megabyte."""
    best = make(count)
    while True:
        count += count // 10 + 1
        try:
            data = make(count)
        except (struct.error, ValueError, OverflowError):
            return best
        if len(data) > SIZE:
            return best
        best = data


def inputs(names):
    for name, (make, count, calls) in growth.FAMILIES.items():
        if (not names or name in names) and calls != ["tar"]:
            yield name, fitting(make, count), calls, 0
    for name, (make, pixels) in PICTURES.items():
        if not names or name in names:
            yield name, make(), ["check", "normalize"], pixels


def main():
    once, good, kinds = os.path.abspath(sys.argv[1]), True, 0
    print("| kind | bytes | call | CPU, s | peak, MB | status |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "input")
        for name, data, calls, pixels in inputs(sys.argv[2:]):
            kinds += 1
            with open(path, "wb") as file:
                file.write(data)
            for call in calls:
                seconds, memory, said = cost(once, call, path)
                over = len(data) <= SIZE and (seconds > SECONDS or memory > max(MEMORY, BYTES * pixels))
                good &= not over
                print(f"| {name.replace('_', ' ')} | {len(data)} | {call} | {seconds:.2f} | {memory / (1 << 20):.0f} | {said}{' OVER' if over else ''} |", flush=True)
    print(f"\n{kinds} kinds")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
