#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures exifnorm and its peers side by side; `make bench` calls it.

Every number is a ratio of medians, measured alternately in one run on one machine: a round runs each
program once, then the next round begins. CPU is user + system of a process and all its children; memory is
the peak of the sum of PSS over all processes of the tree (/proc/PID/smaps_rollup), sampled in runs of their
own, since sampling takes time. A product that is not the right picture (judge.c) is marked and not ranked.
"""
import argparse
import itertools
import json
import os
import platform
import shlex
import shutil
import statistics
import struct
import subprocess
import sys
import time
import zlib
from random import Random

PILLOW = ("import sys;from PIL import Image,ImageOps;"
          "ImageOps.exif_transpose(Image.open(sys.argv[1])).save(sys.argv[2])")
SHARP = "require('sharp')(process.argv[1]).rotate().toFile(process.argv[2])"
ANGLES = {3: 180, 6: 90, 8: 270}
TURNS = {3: "-rotate 180", 6: "-rotate 90", 8: "-rotate 270"}
# Many images in one process or, if a tool takes one at a time, in a loop: $1 has the sources, $2 gets the outputs. Tools
# that work in place get copies; making these is not measured.
PILLOW_ALL = ("import os,sys;from PIL import Image,ImageOps;i,o=sys.argv[1:];"
              "[ImageOps.exif_transpose(Image.open(i+'/'+n)).save(o+'/'+n) for n in sorted(os.listdir(i))]")
SHARP_ALL = ("const s=require('sharp'),f=require('fs'),[i,o]=process.argv.slice(1);s.concurrency(1);s.cache(false);"
             "(async()=>{for(const n of f.readdirSync(i))await s(i+'/'+n).rotate().toFile(o+'/'+n)})()")
FOLDER_PEERS = {
    "exiftran": (True, "cd \"$2\" && printf '%s\\0' * | xargs -0 exiftran -ai"),
    "ImageMagick": (True, "cd \"$2\" && printf '%s\\0' * | xargs -0 {mogrify} -auto-orient"),
    "libvips": (False, "cd \"$1\" && for n in *; do vips autorot \"$n\" \"$2/$n\"; done"),
    "sharp": (False, "exec node -e \"" + SHARP_ALL + "\" \"$1\" \"$2\""),
    "Pillow": (False, "exec {python} -c \"" + PILLOW_ALL + "\" \"$1\" \"$2\""),
}
# name, command; {i} source, {o} output, {turn} jpegtran's transform, {coding} its coding
JPEG_PEERS = {
    "jpegtran": "jpegtran -copy all {coding} {turn} -outfile {o} {i}",
    "exiftran": "exiftran -a -o {o} {i}",
    "jhead": "sh -c 'cp \"$1\" \"$2\" && exec jhead -q -autorot \"$2\"' sh {i} {o}",
}
PEERS = {
    "ImageMagick": "{convert} {i} {magick} {o}",
    "GraphicsMagick": "gm convert {i} {magick} {o}",
    "libvips": "vips autorot {i} {o}",
    "sharp": "node -e \"" + SHARP + "\" {i} {o}",
    "Pillow": "{python} -c \"" + PILLOW + "\" {i} {o}",
}

# HEIC to JPEG, and WebP that is rotated. {i} source, {o} output, {t} an intermediate file; then the tools that a peer consists of.
HEIF_PEERS = {
    "heif-convert": (["heif-convert"], "heif-convert -q 95 {i} {o}"),
    "heif-convert, then exiftran": (["heif-convert", "exiftran"], "heif-convert -q 95 {i} {o} && exiftran -ai {o}"),
    "libvips": (["vips"], "vips autorot {i} {o}[Q=95]"),
}
WEBP_PEERS = {
    "dwebp, then cwebp": (["dwebp", "cwebp"], "dwebp {i} -ppm -o {t} && cwebp -q 80 {t} -o {o}"),
    "libvips": (["vips"], "vips autorot {i} {o}[Q=80]"),
    "sharp": (["node"], "node -e \"" + SHARP + "\" {i} {o}"),
}
# Converts to a JPEG for the judge, at the best quality.
DECODE = {
    ".heic": "heif-convert -q 100 {i} {t}.jpg && jpegtran -copy none -outfile {o} {t}.jpg && rm {t}.jpg",
    ".webp": "dwebp {i} -ppm -o {t} && cjpeg -quality 100 -sample 1x1 -outfile {o} {t}",
}


class Row:
    """One line of the table: what was compared, the ratio, and what it may be at most."""

    def __init__(self, work, peer, what, ratio, limit=None, note="", own=None, other=None, aside=""):
        self.work, self.peer, self.what = work, peer, what
        self.ratio, self.limit, self.note, self.aside = ratio, limit, note, aside
        self.own, self.other = own, other  # seconds, KiB or bytes; None: not measured

    def fields(self):
        return {**vars(self), "verdict": self.verdict()}

    def verdict(self):
        if self.note:
            return self.note
        judged = ""
        if self.limit is not None and self.ratio is not None:
            judged = "met" if self.ratio <= self.limit else "NOT MET"
        return "; ".join(filter(None, (judged, self.aside and f"the peer's is a {self.aside}")))


class Bench:
    def __init__(self, options):
        self.o, self.rows, self.absent = options, [], []
        self.pictures = os.path.join(options.build, "pictures")
        self.out = os.path.join(options.build, "out")
        os.makedirs(self.out, exist_ok=True)
        self.convert = next((c for c in ("magick", "convert-im6.q16", "convert") if shutil.which(c)), "")
        self.mogrify = shutil.which("mogrify-im6.q16") or "mogrify"
        self.python = next((p for p in (sys.executable, "/usr/bin/python3") if can(
            [p, "-c", "import PIL"])), "")
        os.environ["NODE_PATH"] = os.pathsep.join(
            [os.path.abspath(os.path.join(options.build, "node_modules")), os.environ.get("NODE_PATH", "")])
        self.rates = []  # work, who, images a second of CPU time
        self.newest = newest_jpegtran()
        self.here = {name: self.is_here(name) for name in
                     [*JPEG_PEERS, *PEERS, "exiftool", "exiv2"]}
        self.absent = [name for name, here in self.here.items() if not here]

    def is_here(self, name):
        if name == "Pillow":
            return bool(self.python)
        if name == "sharp":
            return can(["node", "-e", "require('sharp')"])
        if name == self.newest:
            return True
        command = {"ImageMagick": self.convert, "GraphicsMagick": "gm", "libvips": "vips"}.get(name, name)
        return bool(command) and shutil.which(command) is not None

    def command(self, name, source, product, orientation, coding):
        if name == "exifnorm":
            return [self.o.exifnorm, "-q", "-j1", source, product]
        text = JPEG_PEERS.get(name) or PEERS[name]
        # Neither of the two Magicks reads a PNG's eXIf, so they are told the angle.
        magick = f"-rotate {ANGLES[orientation]}" if source.endswith(".png") else "-auto-orient"
        return shlex.split(text.format(magick=magick, i=shlex.quote(source), o=shlex.quote(product),
                                       coding=coding, turn=TURNS[orientation], convert=self.convert, python=self.python))

    # --- one picture --------------------------------------------------------------------------

    def picture(self, title, file, orientation, coding="", limits=None, lean=False):
        """limits: {(peer, "CPU" or "memory"): at most}. lean: only the peers that have a limit."""
        if self.o.only not in title:
            return
        limits = limits or {}
        source = os.path.join(self.pictures, file)
        ending = os.path.splitext(file)[1]
        names = [n for n in ([*JPEG_PEERS] if ending == ".jpg" else []) + [*PEERS] if self.here[n]
                 and (not lean or any(n == peer for peer, _ in limits))]
        runs = {n: (lambda n=n: self.command(n, source, self.product(n, ending), orientation, coding))
                for n in ["exifnorm", *names]}
        progress(title)
        right, first = {}, {}
        for n, command in runs.items():
            self.fresh(n, ending)
            first[n] = usage_of(command())[1]
            right[n] = self.judge(source, self.product(n, ending), orientation)
        if right["exifnorm"]:
            sys.exit(f"bench: exifnorm's product of {file} is wrong: {right['exifnorm']}")
        self.compare(title, ending, runs, right, first, limits)
        for (n, what), limit in limits.items():
            if n not in names:
                self.rows.append(Row(title, n, what, None, limit, "not installed"))

    def compare(self, title, ending, runs, right, first, limits):
        """A row for each peer and number. runs: makes a command; right: what is wrong with each output; first: seconds of a first run."""
        usage = {n: [] for n in runs}
        for _ in rounds(self.o.rounds, 3, self.o.seconds):
            for n, command in runs.items():
                self.fresh(n, ending)
                usage[n].append(usage_of(command()))
        memory = {}
        for n, command in runs.items():
            # a long run gives enough samples by itself
            memory[n] = max(self.peak(n, ending, command) for _ in range(2 if first[n] < 1 else 1))
        if not size_of(self.product("exifnorm", ending)):
            sys.exit(f"bench: {title}: exifnorm made no product in its last run")
        for n in runs:
            if n == "exifnorm":
                continue
            for what, own, other in (
                    ("CPU", median(usage["exifnorm"], 0), median(usage[n], 0)),
                    ("wall", median(usage["exifnorm"], 1), median(usage[n], 1)),
                    ("memory", memory["exifnorm"], memory[n]),
                    ("size", size_of(self.product("exifnorm", ending)), size_of(self.product(n, ending)))):
                # If there is a target, the number is given whatever the peer's output is.
                limit = limits.get((n, what))
                wrong = right[n] if limit is None else ""
                self.rows.append(Row(title, n, what, None if wrong else ratio(own, other), limit, wrong, own, other,
                                     "" if wrong else right[n]))

    # --- other formats ------------------------------------------------------------------------

    def conversion(self, title, source, orientation, ending, options, peers):
        """source is rotated as its file says; peers whose output is not upright keep their number, and are reported as wrong."""
        progress(title)
        between = os.path.join(self.out, "between.ppm")
        reference = os.path.join(self.out, "reference.jpg")

        def shell(text, i, o):
            return ["sh", "-c", text.format(i=shlex.quote(i), o=shlex.quote(o), t=shlex.quote(between))]

        def judge(name):
            made = self.product(name, ending)
            if self.here["exiftool"]:
                said = subprocess.run(["exiftool", "-n", "-s3", "-IFD0:Orientation", made], capture_output=True, text=True).stdout.strip()
                if said not in ("", "1"):
                    return f"picture with an orientation of {said}"
            if ending != ".jpg" and os.path.exists(made):
                subprocess.run(shell(DECODE[ending], made, made + ".jpg"), check=True, capture_output=True)
                made += ".jpg"
            return self.judge(reference, made, orientation)

        subprocess.run(shell(DECODE[os.path.splitext(source)[1]], source, reference), check=True, capture_output=True)
        runs = {"exifnorm": lambda: [self.o.exifnorm, "-q", "-j1", "--timeout=600", *options, source, self.product("exifnorm", ending)]}
        for name, (tools, text) in peers.items():
            if all(map(shutil.which, tools)) and (name != "sharp" or self.here["sharp"]):
                runs[name] = lambda n=name, t=text: shell(t, source, self.product(n, ending))
            else:
                self.rows.append(Row(title, name, "CPU", None, note="not installed"))
        wrong, first = {}, {}
        for name, command in runs.items():
            self.fresh(name, ending)
            first[name] = usage_of(command())[1]
            wrong[name] = judge(name)
        if wrong["exifnorm"]:
            sys.exit(f"bench: exifnorm's product of {source} is wrong: {wrong['exifnorm']}")
        start = len(self.rows)
        self.compare(title, ending, runs, dict.fromkeys(runs, ""), first, {})
        for row in self.rows[start:]:
            row.aside = wrong[row.peer]

    def conversions(self):
        """A phone's HEIC has irot, and the same in Exif; a WebP has only Exif."""
        picture, upright = (os.path.join(self.pictures, f"420-3mb-{n}.jpg") for n in (6, 1))
        heif_py = os.path.join(os.path.dirname(__file__), "..", "cli", "heif.py")
        for title, name, make, orientation, ending, options, peers in (
                ("HEIC to JPEG, 12 MP, rotated by 90 degrees", "phone.heic",
                 ["heif-enc -q 80 -p preset=ultrafast {upright} -o {o}.heic", "{python} {heif} turn {o}.heic {o} 3 - 6", "rm {o}.heic"], 1, ".jpg", ["--heif=jpeg"], HEIF_PEERS),
                ("WebP, 12 MP, orientation 6", "photo.webp", ["cwebp -quiet -q 80 -metadata exif {i} -o {o}"], 6, ".webp", ["--webp=rotate"], WEBP_PEERS)):
            if self.o.only not in title:
                continue
            if not all(map(shutil.which, (make[0].split()[0], "jpegtran", "cjpeg"))):
                self.rows.append(Row(title, make[0].split()[0], "CPU", None, note="not installed: it makes the source"))
                continue
            source = os.path.join(self.o.build, name)
            if not os.path.exists(source) or os.path.getmtime(source) < os.path.getmtime(picture):
                progress(f"making {name}")
                for command in make:
                    words = {"upright": upright, "i": picture, "o": source, "heif": heif_py, "python": sys.executable}
                    subprocess.run(["sh", "-ec", command.format(**{k: shlex.quote(v) for k, v in words.items()})], check=True, capture_output=True)
            self.conversion(title, source, orientation, ending, options, peers)

    def tiny(self, runs):
        """The cost of a process with next to nothing to do: the CPU time of so many of them, one after the other."""
        title = "32x32, whole process"
        if self.o.only not in title:
            return
        source = os.path.join(self.o.build, "tiny-6.jpg")
        if self.here["jpegtran"]:
            large = os.path.join(self.pictures, "420-3mb-6.jpg")
            subprocess.run(["jpegtran", "-copy", "all", "-crop", "32x32+0+0", "-outfile", source, large], check=True)
        for peer in filter(None, ("jpegtran", self.newest)):
            if not self.here[peer]:
                self.rows.append(Row(title, peer, "CPU", None, 2.0, "not installed"))
                continue
            progress(title)
            usage = {"exifnorm": [], peer: []}
            for _ in rounds(self.o.rounds, 3, self.o.seconds):
                for name, times in usage.items():
                    seconds = 0
                    for _ in range(runs):
                        self.fresh(name, ".jpg")
                        seconds += usage_of(self.command(name, source, self.product(name, ".jpg"), 6, ""))[0]
                    times.append(seconds)
            own, other = (statistics.median(times) / runs for times in usage.values())
            self.rows.append(Row(f"{title} ({1000 * own:.1f} ms / {1000 * other:.1f} ms)", peer, "CPU", ratio(own, other), 2.0,
                                 own=own, other=other))

    def peak(self, name, ending, command):
        self.fresh(name, ending)
        return peak_memory(command())

    def product(self, name, ending):
        return os.path.join(self.out, name + ending)

    def fresh(self, name, ending):
        if os.path.exists(self.product(name, ending)):
            os.remove(self.product(name, ending))

    # --- datasets -----------------------------------------------------------------------------

    def parts(self, width, height, count):
        """A folder of photographs as datasets have them, all oriented."""
        folder = os.path.abspath(os.path.join(self.o.build, f"parts-{width}x{height}-{count}"))
        if not os.path.isdir(folder):
            subprocess.run([self.o.make_pictures, folder + ".new", str(width), str(height), str(count)], check=True)
            os.rename(folder + ".new", folder)
        return folder

    def phone(self, count):
        folder = os.path.abspath(os.path.join(self.o.build, f"phone-{count}"))
        os.makedirs(folder, exist_ok=True)
        for i in range(count):
            shutil.copyfile(os.path.join(self.pictures, "420-3mb-6.jpg"), os.path.join(folder, f"phone-{i:05}-6.jpg"))
        return folder

    def dataset(self, title, folder, limits):
        """CPU of a whole folder in one core, and images a second of it. A peer whose images are wrong keeps its number: who
        uses it pays that."""
        if self.o.only not in title:
            return
        progress(title)
        names, out = sorted(os.listdir(folder)), os.path.abspath(os.path.join(self.out, "dataset"))
        runs = {"exifnorm": (False, [os.path.abspath(self.o.exifnorm), "-q", "-j1", folder, out])}
        for name, (copies, script) in FOLDER_PEERS.items():
            if self.here[name]:
                text = script.replace("{python}", self.python).replace("{mogrify}", self.mogrify)
                runs[name] = (copies, ["sh", "-c", text, "sh", folder, out])
        usage, wrong = {n: [] for n in runs}, {}
        for _ in rounds(self.o.folder_rounds, 3, self.o.folder_seconds):
            for name, (copies, command) in runs.items():
                shutil.rmtree(out, ignore_errors=True)
                if copies:
                    shutil.copytree(folder, out)
                elif name != "exifnorm":
                    os.makedirs(out)
                usage[name].append(usage_of(command)[0])
                if name not in wrong:
                    wrong[name] = next(filter(None, (self.judge(
                        os.path.join(folder, n), os.path.join(out, n), int(n[-5])) for n in names[:10])), "")
        if wrong["exifnorm"]:
            sys.exit(f"bench: exifnorm's product of {title} is wrong: {wrong['exifnorm']}")
        seconds = {n: statistics.median(times) for n, times in usage.items()}
        self.rates += [(title, n, len(names) / t, wrong[n]) for n, t in seconds.items()]
        for name in seconds:
            if name != "exifnorm":
                self.rows.append(Row(title, name, "CPU", ratio(seconds["exifnorm"], seconds[name]), limits.get(name),
                                     own=seconds["exifnorm"], other=seconds[name], aside=wrong[name]))
        for name, limit in limits.items():
            if name not in seconds:
                self.rows.append(Row(title, name, "CPU", None, limit, "not installed"))

    def datasets(self, count):
        self.dataset(f"{count:,} of 500x375 (as ImageNet has)", self.parts(500, 375, count),
                     {"exiftran": 0.9, "Pillow": 0.4, "ImageMagick": 0.25})
        self.dataset(f"{count // 2:,} of 640x427 (as COCO has)", self.parts(640, 427, count // 2), {})
        self.dataset(f"{count // 2:,} of 640x480 (as COCO has)", self.parts(640, 480, count // 2), {})
        self.dataset(f"{count // 50 or 1} of a phone's 12 MP", self.phone(count // 50 or 1), {})

    def judge(self, source, product, orientation):
        done = subprocess.run([self.o.judge, source, product, str(orientation)], capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stdout.strip() or "no product"

    # --- folders ------------------------------------------------------------------------------

    def make_folder(self, name, count, oriented):
        """count photographs, real copies; every oriented-th is to be turned (0: none)."""
        folder = os.path.join(self.o.build, name)
        if (os.path.isdir(folder) and len(os.listdir(folder)) == count and
                os.path.getmtime(folder) > os.path.getmtime(self.pictures)):
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        kinds = ["420-3mb", "444", "420-3mb", "420-5mb", "420-3mb"]
        for i in range(count):
            kind = kinds[i // 5 % len(kinds)]
            value = 6 if oriented and i % oriented == 0 else 1
            shutil.copyfile(os.path.join(self.pictures, f"{kind}-{value}.jpg"),
                            os.path.join(folder, f"photo-{i:05}.jpg"))
        return folder

    def odd_folder(self, count):
        """Photographs that the grid of blocks cuts; each fifth is oriented, the others have no orientation."""
        folder = os.path.join(self.o.build, f"odd-{count}")
        if os.path.isdir(folder) and len(os.listdir(folder)) == count:
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        sources = [os.path.join(f, n) for f in (self.parts(500, 375, 20), self.parts(640, 427, 20)) for n in sorted(os.listdir(f))]
        for i in range(count):
            source, target = sources[i % len(sources)], os.path.join(folder, f"photo-{i:05}.jpg")
            if i % 5 == 0:
                shutil.copyfile(source, target)
            else:
                subprocess.run(["jpegtran", "-copy", "none", "-outfile", target, source], check=True)
        return folder

    def alternate(self, title, peer, own, other, limit, clean, wrong=lambda: ""):
        """wrong: what is not right with what the last command made."""
        progress(title)
        mine, theirs, note = [], [], ""
        clean()
        usage_of(own)  # warms the cache
        for _ in rounds(self.o.folder_rounds, 2, self.o.folder_seconds):
            for times, command in ((mine, own), (theirs, other)):
                clean()
                os.sync()
                times.append(usage_of(command)[1])
                note = note or wrong()
        mine, theirs = statistics.median(mine), statistics.median(theirs)
        self.rows.append(Row(f"{title} ({mine:.2f} s / {theirs:.2f} s)", peer, "wall",
                             None if note else mine / theirs, limit, note, mine, theirs))

    def folders(self, count):
        out = os.path.join(self.out, "folder")
        clean = lambda: shutil.rmtree(out, ignore_errors=True)  # noqa: E731
        plain = self.make_folder("plain", count, 0)
        self.alternate(f"folder of {count:,} photographs, none oriented", "cp -r",
                       [self.o.exifnorm, "-q", plain, out], ["cp", "-r", plain, out], 1.15, clean)
        self.alternate_check(plain, count)
        self.small_files(100 * count)
        title = f"folder of {count:,} photographs, 20 % oriented, -j2"
        peer = "cp -r, then xargs -P2 exiftran -ai"
        if not self.here["exiftran"]:
            self.rows.append(Row(title, peer, "wall", None, 0.50, "not installed"))
            return
        turned = self.make_folder("turned", count, 5)
        odd = self.odd_folder(count)
        script = 'cp -r "$1" "$2" && find "$2" -type f -print0 | xargs -0 -n 10 -P 2 exiftran -ai'
        self.alternate(title, peer, [self.o.exifnorm, "-q", "-j2", turned, out],
                       ["sh", "-c", script, "sh", turned, out], 0.50, clean, lambda: self.judge(
                           os.path.join(turned, "photo-00000.jpg"), os.path.join(out, "photo-00000.jpg"), 6))
        # exiftran's are wrong there: it leaves the edge or trims it.
        self.alternate(f"folder of {count:,} photographs of 500x375 and 640x427, 20 % oriented, -j2", peer,
                       [self.o.exifnorm, "-q", "-j2", odd, out], ["sh", "-c", script, "sh", odd, out], 0.60, clean)

    def small_files(self, count):
        """What the hand-over to workers costs where there is next to nothing to do with a file: 4 KB each, not oriented.

        Outputs are put away and not removed: ext4 passes over inodes that were freed minutes ago one by one when it
        looks for a free one, so whoever makes many files next would pay for it, several times what is measured."""
        folder, out = os.path.join(self.o.build, f"small-{count}"), os.path.join(self.out, "small")
        away = (f"{out}-{i}" for i in itertools.count())
        if not os.path.isdir(folder):
            os.makedirs(folder + ".new")
            for i in range(count):
                path = os.path.join(folder + ".new", f"small-{i:06}.png")
                if i < 1000:
                    with open(path, "wb") as file:
                        file.write(noise_png(36, 36, i))
                else:
                    os.link(os.path.join(folder + ".new", f"small-{i % 1000:06}.png"), path)
            os.rename(folder + ".new", folder)
        self.alternate(f"{count:,} files of 4 KB, none oriented, -j1", "the library in one process",
                       [self.o.exifnorm, "-q", "-j1", folder, out], [self.o.one_process, folder, out], 1 / 0.9,
                       lambda: os.path.isdir(out) and os.rename(out, next(away)))

    def alternate_check(self, photographs, count):
        """Ten names for each photograph: what is measured is opening files and reading headers."""
        many = os.path.join(self.o.build, "many")
        shutil.rmtree(many, ignore_errors=True)
        os.makedirs(many)
        names = sorted(os.listdir(photographs))
        for i in range(10 * count):
            os.link(os.path.join(photographs, names[i % count]), os.path.join(many, f"photo-{i:06}.jpg"))
        own = [self.o.exifnorm, "--check", "-q", many]
        for peer, command, limit in (
                ("exiftool", ["exiftool", "-q", "-fast2", "-r", "-Orientation", many], 0.02),
                ("exiv2", ["sh", "-c", 'find "$1" -type f -print0 | xargs -0 exiv2 -q -K '
                           "Exif.Image.Orientation -Pv pr", "sh", many], 0.20)):
            title = f"--check over {10 * count:,} files"
            if self.here[peer]:
                self.alternate(title, peer, own, command, limit, lambda: None)
            else:
                self.rows.append(Row(title, peer, "wall", None, limit, "not installed"))
        shutil.rmtree(many)

    # --- what it says -------------------------------------------------------------------------

    def table(self):
        """A line for each work and peer; what has a limit has it in brackets."""
        columns = ("CPU", "wall", "memory", "size")
        lines = ["| work | against | CPU | wall | memory | size | verdict |", "| --- | --- |" + " --- |" * 5]
        groups = {}
        for r in self.rows:
            groups.setdefault((r.work, r.peer), {})[r.what] = r
        for (work, peer), group in groups.items():
            verdicts = sorted({r.verdict() for r in group.values()} - {""})
            cells = " | ".join(show(group.get(what)) for what in columns)
            lines.append(f"| {work} | {peer} | {cells} | {', '.join(verdicts)} |")
        return "\n".join(lines)

    def rate_table(self):
        """Images a second of a core's time."""
        works = list(dict.fromkeys(work for work, _, _, _ in self.rates))
        names = list(dict.fromkeys(name for _, name, _, _ in self.rates))
        found = {(work, name): f"{rate:.{0 if rate >= 10 else 1}f}{' (wrong)' if wrong else ''}"
                 for work, name, rate, wrong in self.rates}
        lines = [f"| images a second of CPU time | {' | '.join(names)} |", "| --- |" + " --- |" * len(names)]
        for work in works:
            lines.append(f"| {work} | {' | '.join(found.get((work, n), '') for n in names)} |")
        return "\n".join(lines) if works else ""


def noise_png(width, height, seed):
    """RGB8, without an orientation."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    random = Random(seed)
    rows = b"".join(b"\0" + random.randbytes(3 * width) for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def newest_jpegtran():
    """JPEGTRAN in the environment names another one, of a newer libjpeg-turbo for example: a peer of its own."""
    path = os.environ.get("JPEGTRAN")
    if not path:
        return ""
    said = subprocess.run([path, "-version"], capture_output=True, text=True)
    words = (said.stdout + said.stderr).split()
    name = f"jpegtran {words[words.index('version') + 1] if 'version' in words else path}"
    JPEG_PEERS[name] = JPEG_PEERS["jpegtran"].replace("jpegtran", shlex.quote(os.path.abspath(path)), 1)
    return name


def show(row):
    if row is None:
        return ""
    value = "" if row.ratio is None else f"{row.ratio:.3f}" if row.ratio < 0.1 else f"{row.ratio:.2f}"
    return value if row.limit is None else f"{value} (at most {row.limit:.2f})"


def can(command):
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def progress(text):
    print(f"bench: {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def rounds(most, least, seconds):
    """As many as fit into the time, but at least `least`."""
    start = time.perf_counter()
    for i in range(most):
        if i >= least and time.perf_counter() - start > seconds:
            return
        yield i


def size_of(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def ratio(own, other):
    return own / other if other else None


def median(runs, index):
    return statistics.median(run[index] for run in runs)


def start(command):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def usage_of(command):
    """CPU and wall seconds of one run, with all children that were waited for."""
    before = time.perf_counter()
    child = start(command)
    _, _, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - before
    child.returncode = 0  # it has been waited for
    return usage.ru_utime + usage.ru_stime, wall


def tree_of(pid):
    """The process and all below it; every thread may have children."""
    pids, todo = [], [pid]
    while todo:
        pids.append(todo.pop())
        try:
            for task in os.listdir(f"/proc/{pids[-1]}/task"):
                with open(f"/proc/{pids[-1]}/task/{task}/children", encoding="ascii") as file:
                    todo += map(int, file.read().split())
        except OSError:
            pass
    return pids


def pss_of(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


def peak_memory(command):
    """KiB: the most that all processes together held at any sampling."""
    child, peak = start(command), 0
    while child.poll() is None:
        peak = max(peak, sum(map(pss_of, tree_of(child.pid))))
        time.sleep(0.001)
    return peak


LONGEST_BAR = 1.5  # longer ones are cut, so that the others can be read


def plot(rows):
    """Bars of the ratios that have a limit, in groups of a work each, on a linear axis: lengths are ratios, and the line at 1
    is the peer."""
    rows = [r for r in rows if r.limit is not None and r.ratio is not None]
    groups = {}
    for r in rows:
        peer = r.peer.replace("cp -r, then xargs -P2 exiftran -ai", "cp; exiftran")
        work = r.work.split(" (")[0]
        members = groups.setdefault(work, [])
        members.append((("" if members else f"{work}: ") + f"{r.what} / {peer}", r))
    # A letter is 5.7 pixels wide at most in the mean, as the fonts go that a browser takes for sans-serif.
    left = int(5.7 * max([40, *(len(label) for members in groups.values() for label, _ in members)])) + 20
    width, step, gap, top = 400, 18, 8, 64
    most = max([1.25, *(r.ratio for r in rows if r.ratio < LONGEST_BAR)])

    def x_of(value):
        return left + width * min(value, most) / most

    height = top + step * len(rows) + gap * len(groups) + 30
    bars, y = [], top
    for members in groups.values():
        for label, r in members:
            colour = "#2a7f62" if r.ratio <= r.limit else "#c0392b"
            bars.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end" font-size="11">{escape(label)}</text>')
            bars.append(f'<rect x="{left}" y="{y + 2}" width="{x_of(r.ratio) - left:.1f}" height="{step - 4}" fill="{colour}"/>')
            bars.append(f'<line x1="{x_of(r.limit):.1f}" x2="{x_of(r.limit):.1f}" y1="{y}" y2="{y + step}" stroke="#888"/>')
            cut = " (cut)" if r.ratio > most else ""
            bars.append(f'<text x="{left + width + 8}" y="{y + 13}">{r.ratio:.2g}{cut}</text>')
            y += step
        y += gap
    whole = left + width + 90
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{height}" '
           f'viewBox="0 0 {whole} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{whole}" height="{height}" fill="#fff"/>',
           '<text x="12" y="24" font-size="15" font-weight="bold">exifnorm against its peers: '
           'shorter is better</text>',
           '<text x="12" y="42" fill="#666">bar: ratio of medians, exifnorm / peer; black line: the peer; '
           'gray mark: what it may be at most</text>']
    for value in (0, 0.25, 0.5, 0.75, 1):
        x = x_of(value)
        stroke = '#000" stroke-width="2' if value == 1 else "#ddd"
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top - 6}" y2="{height - 28}" stroke="{stroke}"/>')
        out.append(f'<text x="{x:.1f}" y="{height - 12}" text-anchor="middle" fill="#666">{value:g}</text>')
    return "\n".join(out + bars + ["</svg>", ""])


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def pictures(bench, lean):
    for name, at_most in (("420-3mb", 0.40), ("420-5mb", 0.50)):
        for o in (3, 6, 8):
            limits = {("jpegtran", "CPU"): at_most}
            if bench.newest:
                limits[bench.newest, "CPU"] = {"420-3mb": 0.33, "420-5mb": 0.42}[name]
            if o == 6:
                limits["jpegtran", "memory"] = 0.40
            size = size_of(os.path.join(bench.pictures, f"{name}-{o}.jpg")) / 1e6
            bench.picture(f"12 MP 4:2:0, {size:.1f} MB, orientation {o}", f"{name}-{o}.jpg", o, "", limits,
                          lean or o != 6)
    newest = lambda limit: {(bench.newest, "CPU"): limit} if bench.newest else {}  # noqa: E731
    bench.picture("12 MP 4:4:4, orientation 6", "444-6.jpg", 6, "", {("jpegtran", "CPU"): 0.30, **newest(0.30)}, True)
    bench.picture("optimized tables, orientation 6", "optimized-6.jpg", 6, "-optimize",
                  {("jpegtran", "CPU"): 0.45}, True)
    bench.picture("progressive, orientation 6", "progressive-6.jpg", 6, "-progressive",
                  {("jpegtran", "CPU"): 1.00, **newest(0.60)}, True)
    bench.picture("4001x3001 4:2:0, orientation 6", "odd-6.jpg", 6, "",
                  {("jpegtran", "CPU"): 0.9, ("libvips", "CPU"): 0.35, ("Pillow", "CPU"): 0.4}, lean)
    bench.picture("PNG RGB8, orientation 6", "png-rgb8-6.png", 6, "",
                  {("libvips", "CPU"): 0.50, ("libvips", "memory"): 1.0, ("ImageMagick", "CPU"): 0.25}, lean)
    bench.tiny(20)
    bench.conversions()
    if not lean:
        bench.picture("restart intervals, orientation 6", "restart-6.jpg", 6)
        bench.picture("4000x3000 4:2:0, orientation 6", "partial-6.jpg", 6)
        for kind in ("rgba8", "gray8", "gray16", "palette", "flat"):
            bench.picture(f"PNG {kind}, orientation 6", f"png-{kind}-6.png", 6)


def publish(docs, text, svg):
    """Puts the table between two marks."""
    path = os.path.join(docs, "performance.md")
    with open(path, encoding="utf-8") as file:
        before, _, rest = file.read().partition("<!-- bench -->\n")
    _, found, after = rest.partition("<!-- end of bench -->\n")
    if not found:
        sys.exit(f"bench: {path} has no place for the table")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}<!-- bench -->\n{text}{found}{after}")
    with open(os.path.join(docs, "bench.svg"), "w", encoding="utf-8") as file:
        file.write(svg)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exifnorm", default="build/exifnorm")
    parser.add_argument("--judge", default="build/bench/judge")
    parser.add_argument("--one-process", default="build/tests/long/one_process")
    parser.add_argument("--build", default="build/bench", help="where pictures and products go")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder-rounds", type=int, default=3)
    parser.add_argument("--photographs", type=int, default=1000, help="in a folder; 0: no folders")
    parser.add_argument("--images", type=int, default=1000, help="in the largest dataset; 0: no datasets")
    parser.add_argument("--make-pictures", default="build/bench/make_pictures")
    parser.add_argument("--seconds", type=float, default=40, help="rounds of a picture end behind them; 3 at least")
    parser.add_argument("--folder-seconds", type=float, default=150, help="of a folder; 2 rounds at least")
    parser.add_argument("--lean", action="store_true", help="only what has a limit")
    parser.add_argument("--only", default="", metavar="TEXT", help="only pictures whose line says this, and no folders")
    parser.add_argument("--markdown", help="write the table here")
    parser.add_argument("--json", help="write all numbers here")
    parser.add_argument("--svg", help="write the plot here")
    parser.add_argument("--docs", help="a folder whose bench.svg and table in performance.md a full run replaces")
    options = parser.parse_args()
    bench = Bench(options)
    for name in bench.absent:
        print(f"bench: {name} is NOT INSTALLED and not compared", file=sys.stderr)
    load = os.getloadavg()[0]
    if options.images:
        bench.datasets(options.images)
    pictures(bench, options.lean)
    if options.photographs and not options.only:
        bench.folders(options.photographs)
    head = (f"{platform.machine()}, {os.cpu_count()} CPUs, load {load:.1f} at the start and {os.getloadavg()[0]:.1f} "
            f"at the end; at most {options.rounds} rounds per image, {options.folder_rounds} per folder.")
    text = head + "\n\n" + bench.rate_table() + "\n\n" + bench.table() + "\n"
    if bench.absent:
        text += "\nNot installed, not compared: " + ", ".join(bench.absent) + ".\n"
    print(text)
    numbers = json.dumps({"run": head, "absent": bench.absent, "rows": [r.fields() for r in bench.rows]}, indent=1)
    for path, content in ((options.markdown, text), (options.json, numbers + "\n"), (options.svg, plot(bench.rows))):
        if path:
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
    if options.docs and not options.lean and not options.only and options.photographs == options.images == 1000:
        publish(options.docs, text, plot(bench.rows))
    shutil.rmtree(bench.out, ignore_errors=True)


if __name__ == "__main__":
    main()
