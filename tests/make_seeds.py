#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the files of kinds that make_testdata.c makes none of: make_seeds.py TESTDATA CORPUS

TESTDATA/other/ gets files that need nothing. The folders of CORPUS (tests/fuzz/corpus) get the same kinds with an orientation,
animations that are not well formed, and blocks of metadata: what a run over testdata would have to report."""
import os
import struct
import sys
import zlib

RED, WIDTH, HEIGHT = (200, 40, 30), 16, 12


# ---- PNG (3rd edition, clause 5)

def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pixels(width, height, seed):
    rows = b"".join(b"\0" + bytes((x * 15 + y * 7 + seed * 40 + c * 90) % 256 for x in range(width) for c in range(3))
                    for y in range(height))
    return zlib.compress(rows, 9)


def control(sequence, width, height, x=0, y=0):
    return chunk(b"fcTL", struct.pack(">5I2H2B", sequence, width, height, x, y, 1, 10, 1, 1))


def animation(orientation, frames=3, sequence=None, announced=None):
    """The default image is the first frame; each further one is a quarter of the canvas. sequence: how to number."""
    sequence = sequence or (lambda n: n)
    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">2I5B", WIDTH, HEIGHT, 8, 2, 0, 0, 0)),
             chunk(b"acTL", struct.pack(">2I", announced or frames, 0))]
    if orientation:
        parts.append(chunk(b"eXIf", tiff_header(orientation)))
    parts += [control(sequence(0), WIDTH, HEIGHT), chunk(b"IDAT", pixels(WIDTH, HEIGHT, 0))]
    number = 1
    for i in range(1, frames):
        data = pixels(WIDTH // 2, HEIGHT // 2, i)
        parts.append(control(sequence(number), WIDTH // 2, HEIGHT // 2, i * 3, i * 2))
        half = len(data) // 2
        for k, part in enumerate((data[:half], data[half:])):
            parts.append(chunk(b"fdAT", struct.pack(">I", sequence(number + 1 + k)) + part))
        number += 3
    return b"".join(parts) + chunk(b"tEXt", b"Comment\0three frames") + chunk(b"IEND")


# ---- TIFF (6.0, section 2), alone and as an Exif block

def tiff_header(orientation):
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def tiff(orientation):
    entries = [(256, 4, WIDTH), (257, 4, HEIGHT), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, None),
               (274, 3, orientation), (277, 3, 1), (278, 4, HEIGHT), (279, 4, WIDTH * HEIGHT)]
    start = 8 + 2 + 12 * len(entries) + 4
    ifd = b"".join(struct.pack("<HHII", tag, kind, 1, start if value is None else value) for tag, kind, value in entries)
    gray = bytes((x * 9 + y * 5) % 256 for y in range(HEIGHT) for x in range(WIDTH))
    return struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + ifd + bytes(4) + gray


# ---- WebP (RFC 9649): one colour, lossless: five Huffman codes of one symbol each (section 3.7.2.1.1), so no bit for a pixel

def vp8l():
    bits = [(0x2F, 8), (WIDTH - 1, 14), (HEIGHT - 1, 14), (0, 1), (0, 3), (0, 1), (0, 1), (0, 1)]
    for symbol in (RED[1], RED[0], RED[2], 255, 0):
        bits += [(1, 1), (0, 1), (1, 1), (symbol, 8)]
    value = at = 0
    for number, width in bits:
        value |= number << at
        at += width
    return value.to_bytes((at + 7) // 8, "little")


def riff(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def webp(orientation):
    size = struct.pack("<I", WIDTH - 1)[:3] + struct.pack("<I", HEIGHT - 1)[:3]
    body = b"WEBP" + riff(b"VP8X", b"\x08\0\0\0" + size) + riff(b"VP8L", vp8l()) + riff(b"EXIF", tiff_header(orientation))
    return riff(b"RIFF", body)


def frame(x, y, *chunks):
    """RFC 9649, 2.7.1.1."""
    numbers = [x // 2, y // 2, WIDTH - 1, HEIGHT - 1, 100]
    return riff(b"ANMF", b"".join(struct.pack("<I", n)[:3] for n in numbers) + b"\0" + b"".join(chunks))


def webps():
    """A VP8 chunk has its ten bytes of header, and no picture."""
    vp8 = riff(b"VP8 ", b"\x10\0\0\x9d\x01\x2a" + struct.pack("<2H", WIDTH, HEIGHT))
    lossless = riff(b"VP8L", vp8l())

    def extended(flags, width, height, *chunks):
        size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
        return riff(b"RIFF", b"WEBP" + riff(b"VP8X", bytes([flags, 0, 0, 0]) + size) + b"".join(chunks))

    return {
        "seed-simple": riff(b"RIFF", b"WEBP" + vp8),
        "seed-exif-xmp": extended(0x0C, WIDTH, HEIGHT, riff(b"ICCP", b"not one"), lossless, riff(b"EXIF", tiff_header(6)), riff(b"XMP ", XMP)),
        "seed-alpha": extended(0x18, WIDTH, HEIGHT, riff(b"ALPH", b"\0abc"), vp8, riff(b"EXIF", b"Exif\0\0" + tiff_header(3))) + riff(b"EXIF", tiff_header(6)) + b"noise",
        "seed-animation": extended(0x0A, 32, 24, riff(b"ANIM", bytes(6)), frame(0, 0, lossless), frame(16, 12, riff(b"ALPH", b"\0abc"), vp8, riff(b"abcd", b"x")),
                                   frame(2, 4, lossless), riff(b"EXIF", tiff_header(8))),
        "seed-odd-animation": extended(0x02, 33, 25, riff(b"ANIM", bytes(6)), frame(4, 4, lossless)),
    }


# ---- HEIF (ISO 14496-12, ISO 23008-12)

def box(kind, *parts):
    data = b"".join(parts)
    return struct.pack(">I", 8 + len(data)) + kind + data


def heif(brand, coding, config, data, size, rotation):
    properties = [box(b"ispe", struct.pack(">3I", 0, *size)), config]
    if rotation:
        properties.append(box(b"irot", bytes([rotation])))
    indices = b"".join(bytes([i + 1 | (0x80 if i == 2 else 0)]) for i in range(len(properties)))

    def meta(offset):
        return box(b"meta", bytes(4),
                   box(b"hdlr", bytes(8), b"pict", bytes(13)),
                   box(b"pitm", struct.pack(">IH", 0, 1)),
                   box(b"iloc", struct.pack(">I2B4H2I", 0, 0x44, 0, 1, 1, 0, 1, offset, len(data))),
                   box(b"iinf", struct.pack(">IH", 0, 1), box(b"infe", struct.pack(">I2H", 2 << 24, 1, 0), coding, b"\0")),
                   box(b"iprp", box(b"ipco", *properties),
                       box(b"ipma", struct.pack(">2IHB", 0, 1, 1, len(properties)), indices)))

    head = box(b"ftyp", brand, bytes(4), b"mif1", brand)
    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", data)


def heif_of(jpeg, rotation):
    return heif(b"mif1", b"jpeg", box(b"jpgC"), jpeg, (160, 120), rotation)


def avif_of(rotation):
    """The container alone: av1C and the item's data hold no AV1."""
    return heif(b"avif", b"av01", box(b"av1C", b"\x81\0\0\0"), b"\x12\0", (WIDTH, HEIGHT), rotation)


def heif_with(properties, items=(), references=(), script=b"", idat=b"", after=b""):
    """An AVIF of a picture, item 1, with properties of its own, beside other items: kind, what iinf says after it, data. script: what fuzz_convert.c
    has its decoder answer."""
    items = [(b"av01", b"\0", b"\x12\0"), *items]

    def meta(offset):
        places, infos = b"", b""
        for number, (kind, more, data) in enumerate(items, 1):
            places += struct.pack(">3H2I", number, 0, 1, offset, len(data))
            infos += box(b"infe", struct.pack(">I2H", 2 << 24, number, 0), kind, more)
            offset += len(data)
        return box(b"meta", bytes(4), box(b"hdlr", bytes(8), b"pict", bytes(13)), box(b"pitm", struct.pack(">IH", 0, 1)),
                   box(b"iloc", struct.pack(">I2BH", 0, 0x44, 0, len(items)), places), box(b"iinf", struct.pack(">IH", 0, len(items)), infos),
                   *([box(b"iref", bytes(4), *references)] if references else []),
                   box(b"iprp", box(b"ipco", *properties), box(b"ipma", struct.pack(">2IHB", 0, 1, 1, len(properties)), bytes(range(1, len(properties) + 1)))),
                   *([box(b"idat", idat)] if idat else []))

    head = box(b"ftyp", b"avif", bytes(4), b"mif1", b"avif")
    return (head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", *(data for _, _, data in items)) + after
            + (box(b"free", script) if script else b""))


def reference(kind, first, *to):
    return box(kind, struct.pack(f">{2 + len(to)}H", first, len(to), *to))


ISPE, AV1C = box(b"ispe", struct.pack(">3I", 0, WIDTH, HEIGHT)), box(b"av1C", b"\x81\0\x0c\0")
IROT, IMIR = box(b"irot", b"\1"), box(b"imir", b"\1")
CLAP = box(b"clap", struct.pack(">8i", 8, 1, 6, 1, -2, 1, -1, 1))
GRAY = box(b"av1C", b"\x81\0\x1c\0")
HIGH = box(b"hvcC", bytes(16) + b"\1")
LIMITED = box(b"colr", b"nclx", struct.pack(">3HB", 1, 13, 6, 0))


def exif_item(orientation):
    return b"Exif", b"\0", struct.pack(">I", 6) + b"Exif\0\0" + tiff_header(orientation)


def xmp_item():
    return b"mime", b"\0application/rdf+xml\0", XMP


def script(**answers):
    """By the names of fuzz_convert.c's bytes."""
    names = ["fails", "code", "space", "bits", "other_bits", "wider", "higher", "stride", "has_alpha", "missing", "nclx", "matrix", "icc", "seed"]
    return bytes(answers.get(name, 0) for name in names) + bytes(2)


def heifs():
    about = [reference(b"cdsc", 2, 1), reference(b"cdsc", 3, 1)]
    return {
        "seed-metadata": heif_with([ISPE, AV1C, IROT], [exif_item(6), xmp_item()], about),
        "seed-crop-mirror": heif_with([ISPE, HIGH, CLAP, IROT, IMIR]),
        "seed-derived": heif_with([ISPE, AV1C], [(b"grid", b"\0", b"\0\0\0\0\0\x10\0\x0c"), (b"av01", b"\0", b"\x12\0")],
                                  [reference(b"dimg", 2, 3), reference(b"thmb", 3, 1), reference(b"auxl", 3, 1)], idat=b"abcd"),
        "seed-mini": box(b"ftyp", b"mif3avif") + box(b"mini", bytes([0x12, 0x2D, 15, 11 << 1, 0, 0, 0, 0])),
        "seed-sequence": heif_with([ISPE, AV1C, IMIR], [exif_item(1)], [reference(b"cdsc", 2, 1)], after=box(b"moov", box(b"free"))),
    }


def conversions():
    """Decoders that answer something else."""
    scripts = {
        "plain": script(seed=9), "fails-early": script(fails=1, code=6), "fails-late": script(fails=3, code=3), "deep": script(bits=10, other_bits=10, stride=3),
        "smaller": script(wider=0xE0), "taller": script(higher=0x20), "alpha": script(has_alpha=1), "premultiplied": script(has_alpha=255),
        "missing": script(missing=2), "no-stride": script(stride=255), "not-jfif": script(nclx=1, matrix=9), "jfif": script(nclx=1, matrix=6),
        "profile": script(icc=132, seed=1), "huge-profile": script(icc=254), "gray-profile": script(icc=132, seed=2), "mixed-bits": script(bits=8, other_bits=12),
    }
    kinds = {"color": [ISPE, AV1C], "gray": [ISPE, GRAY, IROT], "rotated": [ISPE, HIGH, IROT, IMIR], "limited": [ISPE, AV1C, LIMITED, CLAP]}
    return {f"seed-{kind}-{name}": heif_with(properties, [exif_item(8), xmp_item()] if name == "plain" else (), script=answers)
            for kind, properties in kinds.items() for name, answers in scripts.items()
            if kind in ("color", "gray") or name in ("plain", "deep", "smaller", "alpha", "profile")}


# ---- blocks of metadata: for fuzz_metadata.c, which wants its four bytes in front: editor, width and height / 16, orientation - 1

RDF = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">%s</rdf:RDF></x:xmpmeta>'
XMP = RDF % (b'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6">'
             b"<tiff:ImageWidth>32</tiff:ImageWidth></rdf:Description>")
DIRECTORY = RDF % (b'<rdf:Description rdf:about="" xmlns:C="http://ns.google.com/photos/1.0/container/" '
                   b'xmlns:I="http://ns.google.com/photos/1.0/container/item/"><C:Directory><rdf:Seq>'
                   b'<rdf:li rdf:parseType="Resource"><C:Item I:Mime="image/jpeg" I:Semantic="Primary"/></rdf:li>'
                   b'<rdf:li rdf:parseType="Resource"><C:Item I:Mime="image/jpeg" I:Semantic="GainMap" I:Length="1234"/></rdf:li>'
                   b"</rdf:Seq></C:Directory></rdf:Description>")


XML = (b"<?xml version='1.0'?><!DOCTYPE a SYSTEM 'a>b.dtd'><!-- c --><a xmlns=\"u\" xmlns:p='v' p:q = \"1 > 0\">t &amp; u<p:b/><![CDATA[<c>&]]>"
       b"<p:b  r='\"'\n>v</p:b ><?pi >?></a>\n")


def nested(depth):
    return b"<a>" * depth + b"x" + b"</a>" * depth


def mpf():
    """DC-007, 5.2: version, number of images, two entries of 16 bytes."""
    entries = struct.pack("<3I2H", 0x20030000, 5000, 0, 0, 0) + struct.pack("<3I2H", 0x00050000, 700, 4000, 0, 0)
    return (struct.pack("<2sHIH", b"II", 42, 8, 3) + struct.pack("<HHI4s", 0xB000, 7, 4, b"0100")
            + struct.pack("<HHII", 0xB001, 4, 1, 2) + struct.pack("<HHII", 0xB002, 7, len(entries), 50) + bytes(4) + entries)


def resource(number, data):
    return b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + b"\0" * (len(data) % 2)


# ---- text chunks: every form in which a PNG keeps them, and chunks after IEND

def texts():
    profile = b"\nexif\n%8d\n" % (6 + len(tiff_header(6))) + (b"Exif\0\0" + tiff_header(6)).hex().encode() + b"\n"
    key = b"XML:com.adobe.xmp\0"
    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">2I5B", WIDTH, HEIGHT, 8, 2, 0, 0, 0)),
             chunk(b"iTXt", key + b"\0\0\0\0" + XMP), chunk(b"iTXt", key + b"\1\0\0\0" + zlib.compress(XMP)),
             chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile)),
             chunk(b"tEXt", b"Raw profile type APP1\0" + profile), chunk(b"tEXt", b"exif:Orientation\x006"),
             chunk(b"IDAT", pixels(WIDTH, HEIGHT, 0)), chunk(b"IEND"),
             chunk(b"eXIf", tiff_header(6)), chunk(b"tEXt", b"Comment\0after the end"), b"noise"]
    return b"".join(parts)


def main():
    testdata, corpus = sys.argv[1:]
    with open(os.path.join(testdata, "jpeg/no-exif.jpg"), "rb") as file:
        jpeg = file.read()
    files = {
        f"{testdata}/other/animation-1.png": animation(1),
        f"{testdata}/other/still-1.webp": webp(1),
        f"{testdata}/other/still-1.tiff": tiff(1),
        f"{testdata}/other/jpeg-coded.heif": heif_of(jpeg, 0),
        f"{testdata}/other/container.avif": avif_of(0),
        f"{corpus}/image/seed-animation-6": animation(6),
        f"{corpus}/image/seed-animation-gap-1": animation(1, sequence=lambda n: n + (n > 2)),
        f"{corpus}/image/seed-webp-6": webp(6),
        f"{corpus}/image/seed-tiff-8": tiff(8),
        f"{corpus}/image/seed-heif-irot": heif_of(jpeg, 1),
        f"{corpus}/image/seed-avif-irot": avif_of(3),
        f"{corpus}/chunks/seed-animation-6": animation(6),
        f"{corpus}/chunks/seed-animation-one-frame": animation(0, frames=1, announced=1),
        f"{corpus}/chunks/seed-texts": texts(),
        f"{corpus}/image/seed-png-texts": texts(),
        f"{corpus}/metadata/seed-xmp": b"\1\2\2\5" + XMP,
        f"{corpus}/metadata/seed-xmp-directory": b"\1\2\2\5" + DIRECTORY,
        f"{corpus}/xml/seed-xmp": XMP,
        f"{corpus}/xml/seed-xmp-directory": DIRECTORY,
        f"{corpus}/xml/seed-markup": XML,
        f"{corpus}/xml/seed-deep": nested(64),
        f"{corpus}/xml/seed-too-deep": nested(65),
        f"{corpus}/metadata/seed-mpf": b"\2\x01\2\0" + mpf(),
        f"{corpus}/metadata/seed-resources": (b"\3\2\2\5" + resource(0x0404, b"name") + resource(0x0422, tiff_header(6))
                                              + resource(0x0424, XMP) + resource(0x040C, bytes(28) + b"\xFF\xD8\xFF\xD9")),
        f"{corpus}/chunks/seed-animation-too-few": animation(3, announced=5),
    }
    for folder, seeds in (("webp", webps()), ("heif", heifs()), ("convert", conversions())):
        files.update({f"{corpus}/{folder}/{name}": data for name, data in seeds.items()})
    for path, data in files.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


main()
