#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What exiftool lists of real files before and after: EXIFNORM=build/exifnorm [CORPUS=folder] corpus_tags.py

No Orientation other than 1 is left in any group. What is lost, new or changed besides are tags that speak of stored pixels, or what a
warning of the report names. Without a corpus nothing is shown, which is said loudly."""

import collections
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.environ.get("CORPUS", os.path.normpath(os.path.join(HERE, "../../../shared/corpus")))
IGNORED = {"System", "File", "ExifTool", "Composite"}  # of the file system, and derived from others

# What goes along with the pixels, by name; groups in which a name means that.
FOLLOWS = re.compile(
    r"(IFD0|IFD1|SubIFD\d*|ExifIFD|InteropIFD|XMP-tiff|XMP-exif|PNG|XMP-exifEX):"
    r"(Orientation|(Exif|Related)?Image(Width|Height)|(X|Y|FocalPlaneX|FocalPlaneY)Resolution|SubjectArea|"
    r"SubjectLocation|Subject|Thumbnail(Offset|Length|Image)|Rows?PerStrip|StripOffsets)$"
    r"|JFIF:(X|Y)Resolution$|JFIF:Thumbnail\w*$|JFXX:Thumbnail\w*$|PNG-pHYs:PixelsPerUnit[XY]$"
    r"|XMP-(mwg-rs|MP):Region\w*$|XMP-acdsee-rs:Regions\w*(Area[XYWH]|DimensionsW|DimensionsH)$|XMP-crs:Crop(Top|Left|Bottom|Right|Angle)$"
    r"|XMP-xmp:(Thumbnail|PageImage)\w*$|XMP-xmpNote:HasExtendedXMP$"
    r"|Photoshop:Photoshop(BGR)?Thumbnail$|XMP-GContainer:DirectoryItemLength$|XMP-Device:ContainerDirectoryItemLength$"
    r"|MPF\d+:MPImageStart$|MPImage\d+:(MPImage(Start|Length|\d*)|PreviewImage)$"
    r"|MPF0:(PreviewImage|MPImage\w*)$"
)

# A warning and what it lets go.
REMOVED = {
    "exif-removed": re.compile(r"(IFD\d|SubIFD\d*|ExifIFD|GPS|InteropIFD|Photoshop|Leaf\w*|Canon\w*):"),
    "xmp-removed": re.compile(r"XMP-"),
    "thumbnail-dropped": re.compile(r"IFD1:|JFIF:Thumb|JFXX:|XMP-xmp:"),
    "photoshop-thumbnail-dropped": re.compile(r"Photoshop:Photoshop(BGR)?Thumbnail$"),
    "density-neutralized": re.compile(r"IFD0:(ResolutionUnit|[XY]Resolution)$|ExifIFD:ExifImage"),
    "secondary-dropped": re.compile(r"MP(F|Image)\d"),
    "chunk-removed": re.compile(r"PNG:Apple"),
}
ORIENTATION = re.compile(r":Orientation$")


def listing(folder):
    """path -> Counter of (group:tag, value); binary values whole, in base64, maker notes among them"""
    command = ["exiftool", "-r", "-a", "-G1:4", "-j", "-b", "-u", "-U", "-n", folder]
    text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    found = {}
    for tags in json.loads(text.decode("utf-8", "replace") or "[]"):
        path = os.path.relpath(tags.pop("SourceFile"), folder)
        names = found[path] = collections.Counter()
        for key, value in tags.items():
            group, name = key.split(":")[0], key.split(":")[-1]
            if group not in IGNORED:
                names[f"{group}:{name}", str(value)] += 1
    return found


def allowed(name, warnings):
    return FOLLOWS.match(name) or any(w in REMOVED and REMOVED[w].match(name) for w in warnings)


def compare(path, before, after, item, say):
    """Returns how many tags were lost or changed, and complains of what may not be."""
    differing = {name for name, _ in (before - after) + (after - before)}
    tags_after = collections.Counter(name for name, _ in after.elements())
    lost = {name for name in differing if tags_after[name] == 0}
    warnings = item["warnings"]
    for name, value in after:
        if ORIENTATION.search(name) and value != "1":
            say(f"{path}: {name} is {value}")
    # A block in which nothing but an orientation stood goes whole, with the constants of its own.
    for name in differing:
        if not allowed(name, warnings):
            old = [v[:40] for n, v in before if n == name]
            new = [v[:40] for n, v in after if n == name]
            say(f"{path} ({item['outcome']} {','.join(warnings)}): {name}: {old} -> {new}")
    return lost, differing - lost


def main():
    program = os.path.abspath(os.environ["EXIFNORM"])
    if not os.path.isdir(CORPUS):
        print(f"corpus_tags.py: SKIPPED, NO REAL FILE WAS LOOKED AT: there is no {CORPUS}", file=sys.stderr)
        return 0
    complaints = []
    with tempfile.TemporaryDirectory() as scratch:
        source, product = os.path.join(scratch, "in"), os.path.join(scratch, "out")
        report = os.path.join(scratch, "report")
        os.mkdir(source)
        for folder in sorted(os.listdir(CORPUS)):
            if folder != "broken" and os.path.isdir(os.path.join(CORPUS, folder)):
                subprocess.run(["cp", "-r", os.path.join(CORPUS, folder), source], check=True)
        subprocess.run([program, "-q", f"--report={report}", source, product], stderr=subprocess.DEVNULL, check=False)
        with open(report, encoding="utf-8") as lines:
            items = {i["path"]: i for i in map(json.loads, lines) if "path" in i}
        changed = {p: i for p, i in items.items() if i["outcome"] in
                   ("metadata", "lossless", "luma-lossless", "requantized")}
        for path in items:
            if path not in changed and os.path.exists(os.path.join(source, path)):
                os.remove(os.path.join(source, path))
                if os.path.exists(os.path.join(product, path)):
                    os.remove(os.path.join(product, path))
        before, after = listing(source), listing(product)
        lost, differing = collections.Counter(), collections.Counter()
        for path, item in sorted(changed.items()):
            gone, other = compare(path, before[path], after[path], item, complaints.append)
            lost.update(gone)
            differing.update(other)
    print("\n".join(complaints))
    print("lost:", ", ".join(f"{n} {c}" for n, c in lost.most_common()))
    print("changed:", ", ".join(f"{n} {c}" for n, c in differing.most_common()))
    print(f"{len(items)} items, {len(changed)} outputs, {len(complaints)} complaints")
    return 1 if complaints or not changed else 0


if __name__ == "__main__":
    sys.exit(main())
