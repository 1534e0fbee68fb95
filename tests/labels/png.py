# SPDX-License-Identifier: MIT
"""PNGs of every type and depth, written and read by nothing but zlib and the rules of the PNG specification (third edition, 7.2, 8 and 9)."""
import collections
import itertools
import struct
import zlib

PNG = collections.namedtuple("PNG", "width height depth color interlace rows chunks")  # rows of tuples of samples; chunks: all but IHDR, IDAT, IEND
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
DEPTHS = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16)]


def paeth(a, b, c):
    p = a + b - c
    from_a, from_b, from_c = abs(p - a), abs(p - b), abs(p - c)
    return a if from_a <= from_b and from_a <= from_c else b if from_b <= from_c else c


def predict(kind, line, before, i, step):
    if kind == 0:
        return 0
    a, b = line[i - step] if i >= step else 0, before[i]
    return paeth(a, b, before[i - step] if i >= step else 0) if kind == 4 else [0, a, b, (a + b) // 2][kind]


def unfilter(kind, line, before, step):
    """Undoes predict() over a line, in place: a loop a filter, since pictures are read more often than they are written."""
    assert kind < 5, kind
    if kind == 2:
        line[:] = bytes((x + b) & 255 for x, b in zip(line, before))
    elif kind:
        for i in range(len(line)):
            a, b = line[i - step] if i >= step else 0, before[i]
            if kind == 1:
                line[i] = (line[i] + a) & 255
            elif kind == 3:
                line[i] = (line[i] + (a + b) // 2) & 255
            else:
                line[i] = (line[i] + paeth(a, b, before[i - step] if i >= step else 0)) & 255


def pack(row, depth):
    if depth == 8:
        return bytes(itertools.chain.from_iterable(row))
    bits = "".join(format(s, "0%db" % depth) for pixel in row for s in pixel)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def unpack(line, width, depth, samples):
    if depth == 8:
        return list(zip(*[iter(line)] * samples))
    else:
        bits = "".join(format(b, "08b") for b in line)
        values = [int(bits[i:i + depth], 2) for i in range(0, width * samples * depth, depth)]
    return [tuple(values[i:i + samples]) for i in range(0, len(values), samples)]


def parts(width, height, interlace):
    for x, y, dx, dy in PASSES if interlace else [(0, 0, 1, 1)]:
        if x < width and y < height:
            yield range(x, width, dx), range(y, height, dy)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write(png, r):
    raw, step = b"", max(1, SAMPLES[png.color] * png.depth // 8)
    for xs, ys in parts(png.width, png.height, png.interlace):
        before = None
        for y in ys:
            line = pack([png.rows[y][x] for x in xs], png.depth)
            before = before or bytes(len(line))
            kind = r.randrange(5)
            raw += bytes([kind]) + bytes((value - predict(kind, line, before, i, step)) & 255 for i, value in enumerate(line))
            before = line
    head = struct.pack(">IIBBBBB", png.width, png.height, png.depth, png.color, 0, 0, png.interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunk(*c) for c in png.chunks) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def read(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n", data[:8]
    at, chunks, stream = 8, [], b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0]
        at += 12 + size
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlace = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            stream += body
        elif kind != b"IEND":
            chunks.append((kind, body))
    raw, samples, i = zlib.decompress(stream), SAMPLES[color], 0
    step = max(1, samples * depth // 8)
    rows = [[None] * width for _ in range(height)]
    for xs, ys in parts(width, height, interlace):
        length = (len(xs) * samples * depth + 7) // 8
        before = bytes(length)
        for y in ys:
            kind, line = raw[i], bytearray(raw[i + 1:i + 1 + length])
            unfilter(kind, line, before, step)
            for x, pixel in zip(xs, unpack(line, len(xs), depth, samples)):
                rows[y][x] = pixel
            i, before = i + 1 + length, bytes(line)
    assert i == len(raw)
    return PNG(width, height, depth, color, interlace, rows, chunks)
