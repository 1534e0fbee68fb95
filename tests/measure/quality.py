#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The tables of docs/loss.md, as Markdown on standard output.

    make all build/measure/compare
    tests/measure/quality.py PHOTO [EXIFNORM [COMPARE]]

PHOTO: a photograph of at least 4010 x 3010 pixels; it is cropped off its own block grid, so that what is
measured is a fresh encoding. Wants Pillow, ImageMagick 6 and libvips-tools."""

import os
import subprocess
import sys
import tempfile

from PIL import Image, ImageOps, JpegImagePlugin

ORIENTATION = 0x0112
SIZES = {
    "4000x3000": lambda im: im.crop((5, 3, 4005, 3003)),
    "4001x3001": lambda im: im.crop((5, 3, 4006, 3004)),
    "4000x2250": lambda im: im.crop((5, 303, 4005, 2553)),
    "1920x1080": lambda im: im.crop((5, 303, 4005, 2553)).resize((1920, 1080), Image.LANCZOS),
    "1080x1920": lambda im: im.crop((5, 3, 1690, 2999)).resize((1080, 1920), Image.LANCZOS),
    "1001x667": lambda im: im.crop((5, 3, 4009, 2671)).resize((1001, 667), Image.LANCZOS),
}
SUBSAMPLING = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}


class Measure:
    def __init__(self, photo, exifnorm, compare):
        self.photo = Image.open(photo).convert("RGB")
        self.exifnorm, self.compare = exifnorm, compare
        self.folder = tempfile.TemporaryDirectory()
        self.source = os.path.join(self.folder.name, "source.jpg")
        self.product = os.path.join(self.folder.name, "product.jpg")

    def make(self, size, sampling, quality, value):
        exif = Image.Exif()
        exif[ORIENTATION] = value
        SIZES[size](self.photo).save(self.source, quality=quality, exif=exif,
                                     subsampling=SUBSAMPLING[sampling])
        self.value = value

    def turn(self, tool):
        """Makes the output; returns the share of the size, and of each component what compare prints."""
        if os.path.exists(self.product):
            os.remove(self.product)
        tool(self.source, self.product)
        words = subprocess.run([self.compare, self.source, str(self.value), self.product],
                               check=True, capture_output=True, text=True).stdout.split()
        return float(words[0]), [words[1 + 3 * i:4 + 3 * i] for i in range(3)]

    def own(self, quality):
        return lambda source, product: subprocess.run(
            [self.exifnorm, "--verify", "--quality=" + quality, source, product], check=True,
            stdout=subprocess.DEVNULL)


def magick(source, product):
    subprocess.run(["/usr/bin/convert", source, "-auto-orient", product], check=True)


def vips(source, product):
    subprocess.run(["vips", "autorot", source, product], check=True)


def pillow(source, product):
    ImageOps.exif_transpose(Image.open(source)).save(product)


def pillow_tables(source, product):
    image = Image.open(source)
    ImageOps.exif_transpose(image).save(product, qtables=image.quantization,
                                        subsampling=JpegImagePlugin.get_sampling(image))


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def head(*cells):
    row(*cells)
    row(*["---"] * len(cells))


def whole_luma(m):
    """Every orientation: is luma exact, how far from the reference is the worst plane, how large is it."""
    head("source", "quality", "luma", "requantized planes, PSNR",
         "worst below the reference", "size")
    for size, sampling in (("4000x3000", "4:2:0"), ("1920x1080", "4:2:0"), ("1080x1920", "4:2:0"),
                           ("1080x1920", "4:2:2")):
        for quality in (75, 92):
            exact, psnr, below, sizes = True, [], [], []
            for value in range(2, 9):
                m.make(size, sampling, quality, value)
                share, planes = m.turn(m.own("same"))
                exact = exact and planes[0][0] == "exact"
                moved = [p for p in planes if p[0] != "exact"]
                psnr += [float(p[1]) for p in moved]
                below += [float(p[2]) - float(p[1]) for p in moved]
                sizes.append(share)
            row(f"{size} {sampling}", quality, "exact" if exact else "**not exact**",
                f"{min(psnr):.1f} to {max(psnr):.1f} dB", f"{max(below + [0]):.2f} dB",
                f"{min(sizes):.3f} to {max(sizes):.3f}")


def odd_sizes(m):
    head("source, orientation 6", "quality", "same: Y Cb Cr", "below the reference", "size",
         "high: Y Cb Cr", "size")
    for size in ("4001x3001", "1001x667", "4000x2250"):
        for quality in (75, 92):
            m.make(size, "4:2:0", quality, 6)
            same, high = m.turn(m.own("same")), m.turn(m.own("high"))
            below = max([0] + [float(p[2]) - float(p[1]) for p in same[1]])
            row(f"{size} 4:2:0", quality, planes_of(same[1]), f"{below:.2f} dB", f"{same[0]:.3f}",
                planes_of(high[1]), f"{high[0]:.3f}")


def planes_of(planes):
    return " ".join(p[0] if p[0] == "exact" else f"{float(p[0]):.1f}" for p in planes)


def beside_others(m, size):
    tools = (("exifnorm", m.own("same")), ("exifnorm --quality=high", m.own("high")),
             ("ImageMagick -auto-orient", magick), ("vips autorot", vips),
             ("Pillow exif_transpose, save", pillow), ("Pillow, the source's tables", pillow_tables))
    head(size + " 4:2:0, orientation 6", *[f"quality {q}" for q in (75, 85, 92, 97)])
    cells = {name: [] for name, _ in tools}
    for quality in (75, 85, 92, 97):
        m.make(size, "4:2:0", quality, 6)
        for name, tool in tools:
            share, planes = m.turn(tool)
            cells[name].append(f"{planes_of(planes)}, {share:.2f}")
    for name, _ in tools:
        row(name, *cells[name])


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    names = sys.argv[1:] + ["build/exifnorm", "build/measure/compare"][len(sys.argv) - 2:]
    m = Measure(*names[:3])
    print("### Luma's grid is whole\n")
    whole_luma(m)
    print("\n### No grid is whole\n")
    odd_sizes(m)
    print("\n### Beside others: PSNR of Y Cb Cr in dB, share of the size\n")
    beside_others(m, "4001x3001")
    print()
    beside_others(m, "4000x3000")


main()
