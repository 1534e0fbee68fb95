#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What --heif=jpeg and --webp=rotate lose, as the tables of docs/loss.md, on standard output.

    tests/measure/heif.py PHOTO [EXIFNORM]

PHOTO: whatever Pillow opens, of at least 1600 x 1200 pixels; HEICs with pillow-heif. Wants numpy, Pillow, heif-enc, cwebp, dwebp and ImageMagick.

The photo is coded as a HEIC, which then is the picture: what is compared is the JPEG with its decoded samples, as --heif=png has them, in
16 bits where there are more than 8. Y is computed from RGB (BT.601), so that it does not depend on how a decoder interpolates chroma. Of
WebP the Y'CbCr planes that dwebp decodes are compared, those of the source rotated."""
import os
import subprocess
import sys
import tempfile

import numpy
from PIL import Image

try:
    import pillow_heif
    pillow_heif.register_heif_opener()
except ImportError:
    pass

WIDTH, HEIGHT = 1600, 1200
WEIGHTS = (0.299, 0.587, 0.114)


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def psnr(a, b):
    error = ((a.astype(float) - b) ** 2).mean()
    return "exact" if error == 0 else f"{10 * numpy.log10(255 ** 2 / error):.1f}"


def read_samples(path, width, height):
    """RGB of 16 bits, which Pillow would cut to 8, as parts of 255."""
    data = subprocess.run(["convert", path, "-depth", "16", "-endian", "MSB", "rgb:-"], check=True, stdout=subprocess.PIPE).stdout
    return numpy.frombuffer(data, ">u2").reshape(height, width, 3) / 257


def luma(rgb):
    return rgb @ WEIGHTS


def heif(photo, exifnorm, work):
    print("| HEIC | `--heif-quality` | PSNR of Y | PSNR of RGB | size, of the HEIC's |\n| --- | --- | --- | --- | --- |")
    source, plain = os.path.join(work, "source.png"), os.path.join(work, "plain.png")
    photo.save(source)
    for bits in 8, 10:
        for chroma in "420", "444":
            heic, png, jpeg = (os.path.join(work, "a." + ending) for ending in ("heic", "png", "jpg"))
            given = source
            if bits == 10:
                run("convert", source, "-depth", "16", "PNG48:" + plain)
                given = plain
            run("heif-enc", "-q", "90", "-b", str(bits), "-p", "chroma=" + chroma, given, "-o", heic)
            run(exifnorm, heic, png, "--heif=png", "--overwrite", "-q", "--png-level=1")
            wanted = read_samples(png, WIDTH, HEIGHT)
            for quality in 85, 90, 95, 98:
                run(exifnorm, heic, jpeg, "--heif=jpeg", f"--heif-quality={quality}", "--overwrite", "-q")
                made = numpy.asarray(Image.open(jpeg).convert("RGB")).astype(float)
                print(f"| {bits} bits, 4:{chroma[1]}:{chroma[2]} | {quality} | {psnr(luma(made), luma(wanted))} dB | {psnr(made, wanted)} dB "
                      f"| {os.path.getsize(jpeg) / os.path.getsize(heic):.2f} |", flush=True)


def planes(path, width, height):
    yuv = path + ".yuv"
    run("dwebp", path, "-yuv", "-o", yuv)
    data = numpy.fromfile(yuv, numpy.uint8)
    half, rows = (width + 1) // 2, (height + 1) // 2
    size = half * rows
    return [data[:width * height].reshape(height, width), data[width * height:][:size].reshape(rows, half), data[width * height + size:][:size].reshape(rows, half)]


def webp(photo, exifnorm, work):
    print("\n| `cwebp -q` | PSNR of Y | of Cb | of Cr | size, of the source's |\n| --- | --- | --- | --- | --- |")
    source, first, turned = (os.path.join(work, name) for name in ("source.png", "a.webp", "b.webp"))
    photo.save(source)
    exif = Image.Exif()
    exif[0x112] = 6
    for quality in 75, 85, 90, 95:
        run("cwebp", "-q", str(quality), source, "-o", first)
        with Image.open(first) as picture:
            size = picture.size
        with open(first, "rb") as file:
            data = file.read()
        block = exif.tobytes()[6:]
        block += b"\0" * (len(block) % 2)
        extended = b"VP8X" + (10).to_bytes(4, "little") + bytes([8, 0, 0, 0]) + (size[0] - 1).to_bytes(3, "little") + (size[1] - 1).to_bytes(3, "little")
        body = b"WEBP" + extended + data[12:] + b"EXIF" + len(block).to_bytes(4, "little") + block
        with open(first, "wb") as file:
            file.write(b"RIFF" + len(body).to_bytes(4, "little") + body)
        run(exifnorm, first, turned, "--webp=rotate", "--overwrite", "-q")
        before, after = planes(first, *size), planes(turned, size[1], size[0])
        values = [psnr(b, numpy.rot90(a, -1)) for a, b in zip(before, after)]
        print(f"| {quality} | {values[0]} dB | {values[1]} dB | {values[2]} dB | {os.path.getsize(turned) / os.path.getsize(first):.3f} |", flush=True)


if __name__ == "__main__":
    program = sys.argv[2] if len(sys.argv) > 2 else "build/exifnorm"
    image = Image.open(sys.argv[1]).convert("RGB")
    left, top = (image.width - WIDTH) // 2, (image.height - HEIGHT) // 2
    crop = image.crop((left, top, left + WIDTH, top + HEIGHT))
    with tempfile.TemporaryDirectory() as folder:
        heif(crop, program, folder)
        webp(crop, program, folder)
