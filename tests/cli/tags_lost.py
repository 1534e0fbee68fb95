# SPDX-License-Identifier: MIT
"""tags_lost.py EXIFNORM TESTDATA: counts what exiftool lists of images before a run and no longer after it.

Nothing but orientations may go, and what ALLOWED names. The files are ones of which all Exif or all XMP could be dropped in doubt:
packets that are not well formed, tables that share bytes with something else. With CORPUS=folder the files in it are counted as well,
as they are and with an orientation written into copies of them; of those, what a warning of the report explains is counted apart."""

import collections
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

IGNORED = {"System", "File", "ExifTool", "Composite"}  # of the file system, and derived from others
ALLOWED = {}  # a generated file: the names that may go besides orientations

# A warning, and what may go with it in files of a corpus.
EXPLAINED = {
    "exif-removed": re.compile(r"(IFD\d|SubIFD\d*|ExifIFD|GPS|InteropIFD|Photoshop|[A-Z]\w+):"),
    "xmp-removed": re.compile(r"XMP-"),
    "thumbnail-dropped": re.compile(r"IFD\d:|JFIF:Thumb|JFXX:|Photoshop:Photoshop|XMP-xmp:"),
    "secondary-dropped": re.compile(r"MPF\d|MPImage\d|XMP-"),
    "chunk-removed": re.compile(r"PNG:Apple"),
}


def segment(payload):
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


def with_segment(jpeg, payload):
    return jpeg[:2] + segment(payload) + jpeg[2:]


def exif(entries, values=b"", count=None):
    """IFD0 of these (tag, type, count, value), the values after it; count: what it says of the number of entries."""
    out = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries) if count is None else count)
    for tag, kind, number, value in entries:
        out += struct.pack("<HHI", tag, kind, number)
        out += struct.pack("<HH", value, 0) if kind == 3 else struct.pack("<I", value)
    return out + b"\0\0\0\0" + values


def packet(before, properties, after):
    fields = "".join(f"<photoshop:Field{i}>{i}</photoshop:Field{i}>" for i in range(70))
    return (
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
        "xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' "
        f"xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/'>{before}{properties}{fields}{after}"
        "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()


XMP = b"http://ns.adobe.com/xap/1.0/\0"
TOP_LEFT = "<exif:Orientation>Top-left</exif:Orientation>"
SIX = "<tiff:Orientation>6</tiff:Orientation>"
MAKE, MODEL, O, X_RES, Y_RES, UNIT, SOFTWARE = 0x010F, 0x0110, 0x0112, 0x011A, 0x011B, 0x0128, 0x0131


def density():
    """A picture that Firefox lays out at a fraction of a pixel more. Make reaches into the table, Software into the resolution, so
    that of all that would end it only the unit can be written."""
    entries = [(MAKE, 2, 9, 10), (MODEL, 2, 4, 0x00464544), (X_RES, 5, 1, 200), (Y_RES, 5, 1, 200), (UNIT, 3, 1, 2),
               (SOFTWARE, 2, 9, 200), (0x8769, 4, 1, 120)]
    block = exif(entries)[6:].ljust(120, b"\0")
    block += struct.pack("<HHHIIHHIII", 2, 0xA002, 4, 1, 0, 0xA003, 4, 1, 0, 0)
    return block.ljust(200, b"\0") + struct.pack("<II", 72009, 1000)


def generate(folder, testdata):
    with open(os.path.join(testdata, "jpeg/no-exif.jpg"), "rb") as file:
        jpeg = file.read()
    at = jpeg.index(b"\xff\xc0")
    height, width = struct.unpack(">HH", jpeg[at + 5 : at + 9])
    block = bytearray(density())
    struct.pack_into("<I", block, 120 + 2 + 8, width)
    struct.pack_into("<I", block, 120 + 14 + 8, height)
    files = {
        "torn-before": with_segment(jpeg, XMP + packet("<a&b c>x</a&b c>", TOP_LEFT, "")),
        "torn-after": with_segment(jpeg, XMP + packet("", SIX, "<photoshop:A b>x</photoshop:A b>")),
        "no-header": with_segment(jpeg, packet("", SIX, "")),
        "well-formed": with_segment(jpeg, XMP + packet("", TOP_LEFT, "")),
        "density": with_segment(jpeg, b"Exif\0\0" + bytes(block)),
        "shared": with_segment(jpeg, exif([(MAKE, 2, 9, 11), (O, 3, 1, 6), (MODEL, 2, 4, 0x00464544)])),
        "count": with_segment(jpeg, exif([(MAKE, 2, 4, 0x00434241), (O, 3, 1, 6), (MODEL, 2, 4, 0x00464544)], count=9)),
    }
    for name, data in files.items():
        with open(os.path.join(folder, name + ".jpg"), "wb") as file:
            file.write(data)


def listing(folder):
    """path -> names of its tags"""
    command = ["exiftool", "-r", "-a", "-G1:4", "-j", "-u", "-U", "-n", folder]
    text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    found = {}
    for tags in json.loads(text.decode("utf-8", "replace") or "[]"):
        path = os.path.relpath(tags.pop("SourceFile"), folder)
        names = {(key.split(":")[0], key.split(":")[-1]) for key in tags}
        found[path] = {f"{group}:{name}" for group, name in names if group not in IGNORED and name != "Orientation"}
    return found


def orientations(folder):
    command = ["exiftool", "-r", "-a", "-s3", "-n", "-Orientation", "-q", "-q", folder]
    text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    return [line for line in text.decode().split("\n") if line.strip() not in ("", "1")]


def run(program, source, output, *options):
    report = output + ".jsonl"
    command = [program, "-q", f"--report={report}", *options, source, output]
    subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
    with open(report, encoding="utf-8") as lines:
        return {i["path"]: i for i in map(json.loads, lines) if "path" in i}


def losses(source, output, items):
    """path -> names that are lost, of the items that have an output"""
    before, after = listing(source), listing(output)
    done = [p for p, i in items.items() if i["outcome"] in ("metadata", "lossless", "luma-lossless", "requantized")]
    return {p: before.get(p, set()) - after.get(p, set()) for p in done}


def try_generated(program, testdata, scratch):
    bad = 0
    source = os.path.join(scratch, "in")
    os.mkdir(source)
    generate(source, testdata)
    listed = listing(source)
    for options in ([], ["--mode=drop"]):
        output = os.path.join(scratch, "out" + "".join(options))
        items = run(program, source, output, *options)
        lost = losses(source, output, items)
        for path in listed:
            name = os.path.splitext(path)[0]
            gone = lost.get(path, {"all, for there is no output"}) - ALLOWED.get(name, set())
            if gone:
                print(f"tags_lost.py: {name} {options}: {len(gone)} of {len(listed[path])} tags lost: {sorted(gone)[:5]}")
                bad += 1
        left = orientations(output)
        if left:
            print(f"tags_lost.py: {options}: orientations left: {left}")
            bad += 1
    return bad


def count_corpus(program, source, output, what):
    items = run(program, source, output)
    lost = losses(source, output, items)
    total, unexplained = 0, collections.Counter()
    for path, names in lost.items():
        rules = [EXPLAINED[w] for w in items[path]["warnings"] if w in EXPLAINED]
        total += len(names)
        unexplained.update(n for n in names if not any(r.match(n) for r in rules))
    removed = sum(bool({"exif-removed", "xmp-removed"} & set(i["warnings"])) for i in items.values())
    print(f"{what}: {len(lost)} outputs, {total} tags lost, {sum(unexplained.values())} of them without a warning; Exif or XMP "
          f"removed from {removed}")
    for name, count in unexplained.most_common(20):
        print(f"    {count} {name}")
    return sum(unexplained.values())


def try_corpus(program, corpus, scratch):
    tagged = os.path.join(scratch, "tagged")
    shutil.copytree(corpus, tagged)
    subprocess.run(["chmod", "-R", "u+w", tagged], check=True)
    subprocess.run(["exiftool", "-r", "-q", "-q", "-m", "-overwrite_original", "-n", "-IFD0:Orientation=6", tagged],
                   stderr=subprocess.DEVNULL, check=False)
    return count_corpus(program, corpus, os.path.join(scratch, "corpus-out"), "as it is") + count_corpus(
        program, tagged, os.path.join(scratch, "tagged-out"), "with an orientation of 6")


def main():
    program, testdata = os.path.abspath(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as scratch:
        bad = try_generated(program, testdata, scratch)
        if os.environ.get("CORPUS"):
            bad += try_corpus(program, os.environ["CORPUS"], scratch)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
