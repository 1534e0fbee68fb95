# SPDX-License-Identifier: MIT
"""What the oracles of label formats share: a client of test_label_formats serve, rotation of pixels by the words of EXIF 2.32
(4.6.5.1.5, Orientation), and painters."""
import collections
import functools
import math
import os
import subprocess
import sys
from fractions import Fraction

Answer = collections.namedtuple("Answer", "status format label_studio images shapes moved kept shapes_moved outside sizes edits data detail")
Image = collections.namedtuple("Image", "width height mask_width mask_height masks_differ shapes refused left top right bottom name masks", defaults=[()])
INVERSE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
FRAMES, MODES = ("stored", "displayed"), ("bake", "drop")


def rounds(most):
    """Of rounds that differ by chance half are gone; LONG=1 (make check-more): all."""
    return range(most if os.environ.get("LONG") else most // 2)


class Server:
    def __init__(self, program):
        self.process = subprocess.Popen([program, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.asked = 0

    def ask(self, line, data, images=()):
        self.asked += 1
        to = self.process.stdin
        to.write((line + "\n" + "".join("%d %s %d %d %s %s\n" % image for image in images)).encode() + data)
        to.flush()
        head = self.process.stdout.readline().decode().rstrip("\n")
        words = head.split(" ", 12)
        if len(words) != 13:
            sys.exit("the server is gone: %r, asked %r of %r" % (head, line, data[:2000]))
        answer = self.process.stdout.read(int(words[11]))
        return Answer(words[0], words[1], *map(int, words[2:11]), answer, words[12])

    def sniff(self, data):
        return self.ask("sniff %d" % len(data), data).format

    def scan(self, form, data, *options):
        answer = self.ask(" ".join(["scan", form, str(len(data)), *options]), data)
        images = [Image(*map(int, words[:7]), *map(float, words[7:11]), names[0], tuple(names[1:]))
                  for words, names in ((line.split(" ", 11), line.split(" ", 11)[11].split("\t")) for line in answer.data.decode().splitlines())]
        return answer, images

    def move(self, form, frame, images, data, *options):
        """images: (orientation, mode, stored width, stored height, outcome, name)."""
        return self.ask(" ".join(["move", form, frame, str(len(images)), str(len(data)), *options]), data, images)

    def masks(self, frame, images):
        """By which values the masks of images are to be rotated."""
        answer = self.ask("masks any %s %d 0" % (frame, len(images)), b"", images)
        assert answer.status == "ok", answer
        return list(map(int, answer.data.split()))

    def orient(self, value, data):
        return self.ask("orient %d %d" % (value, len(data)), data)

    def judge(self, form, images, data):
        """{name: (verdict, witnesses)}; the images of one file are one set."""
        answer = self.ask("judge %s auto %d %d" % (form, len(images), len(data)), data, images)
        assert answer.status == "ok", answer
        return {name: (verdict, set(words.split())) for name, verdict, words in (line.split("\t") for line in answer.data.decode().splitlines())}


# ---- pixels: a picture is a list of rows

def rotate(rows, orientation):
    """The picture as it is displayed. "1: the 0th row is at the visual top, the 0th column at the visual left-hand side", and so on."""
    row_at, column_at = {1: "top left", 2: "top right", 3: "bottom right", 4: "bottom left",
                         5: "left top", 6: "right top", 7: "right bottom", 8: "left bottom"}[orientation].split()
    height, width = len(rows), len(rows[0])
    wide, high = (width, height) if orientation < 5 else (height, width)
    out = [[None] * wide for _ in range(high)]
    for r, row in enumerate(rows):
        # Where the row of this number lies, and its pixels from the visual top or left on.
        line = r if row_at in ("top", "left") else height - 1 - r
        pixels = row if column_at in ("top", "left") else row[::-1]
        if row_at in ("top", "bottom"):
            out[line][:] = pixels
        else:
            for other, pixel in enumerate(pixels):
                out[other][line] = pixel
    return out


def to_output(rows, orientation, frame, mode):
    """From the frame of the labels to that of the output."""
    if (frame == "stored") == (mode == "drop"):
        return rows
    return rotate(rows, orientation if frame == "stored" else INVERSE[orientation])


def frame_size(width, height, orientation, is_displayed):
    return (height, width) if is_displayed and orientation > 4 else (width, height)


SCALE = 4  # painted pixels a pixel: coordinates that are quarters are painted exactly


def blank(width, height, scale=SCALE):
    return [[0] * (width * scale) for _ in range(height * scale)]


def paint_box(rows, x1, y1, x2, y2, scale=SCALE):
    left, top, right, bottom = (int(value * scale) for value in (x1, y1, x2, y2))
    assert left >= right or 0 <= left and right <= len(rows[0]), (left, right)
    for y in range(top, bottom):
        rows[y][left:right] = [value + 1 for value in rows[y][left:right]]


def paint_point(rows, x, y, value=1):
    rows[y][x] += value


def whole(value, times):
    """So many times a value, which is a whole number then. Products of fractions would be the same, and take longer than all else that paints."""
    numerator, denominator = value.as_integer_ratio()
    product, rest = divmod(numerator * times, denominator)
    assert rest == 0, value
    return product


def paint_polygon(rows, points, scale=SCALE):
    """Even-odd, at the centers of painted pixels, in exact arithmetic; what lies on an edge is 7, so that no side is preferred."""
    points = [(whole(x, scale * 2), whole(y, scale * 2)) for x, y in points]
    edges = list(zip(points, points[1:] + points[:1]))
    for row, line in enumerate(rows):
        y = 2 * row + 1
        # What does not change along the row is computed once: (bx - ax) * (y - ay) - (by - ay) * (x - ax) is across - along * x.
        near_row = [((bx - ax) * (y - ay) + (by - ay) * ax, by - ay, min(ax, bx), max(ax, bx), (ay > y) != (by > y), by > ay)
                    for (ax, ay), (bx, by) in edges if min(ay, by) <= y <= max(ay, by)]
        if not near_row:
            continue
        first, last = min(edge[2] for edge in near_row), max(edge[3] for edge in near_row)  # outside beyond all of them
        for column in range(max(0, (first - 1) // 2), min(len(line), last // 2 + 1)):
            x, inside, on_edge = 2 * column + 1, False, False
            for across, along, left, right, crosses, down in near_row:
                cross = across - along * x
                if cross == 0 and left <= x <= right:
                    on_edge = True
                elif crosses:
                    inside ^= (cross > 0) == down
            line[column] += 7 if on_edge else inside


@functools.cache
def exact(text):
    return Fraction(text)


# ---- numbers as tools write them

def paint_yolo(areas, points, words, task, side):
    """A row of numbers as Ultralytics has it, in parts of the sides, onto a square of that side, areas with two pixels for each of its parts. Returns what of
    it is nowhere: keypoints that are not labelled."""
    n = [exact(word) * side for word in words]
    if task in ("segment", "segments", "obb"):
        paint_polygon(areas, list(zip(n[1::2], n[2::2])), 2)
        return []
    x, y, w, h = n[1:5]
    paint_box(areas, x - w / 2, y - h / 2, x + w / 2, y + h / 2, 2)
    step, nowhere = {"pose2": 2, "pose3": 3}.get(task), []
    for k in range(5, len(n), step) if step else ():
        values = n[k:k + step]
        if (step == 3 and any(values)) or (step == 2 and min(values) >= 0):
            paint_point(points, int(values[0]), int(values[1]), 10 ** (k // step) + (int(values[2]) if step == 3 else 0))
        else:
            nowhere.append(words[k:k + step])
    return nowhere


def styles():
    return {"integers": lambda q: str(q // 4), "python": lambda q: repr(q / 4), "two": lambda q: "%.2f" % (q / 4)}


def same(expected, got, *what):
    if expected != got:
        if isinstance(expected, bytes) and isinstance(got, bytes):
            at = next((i for i, (a, b) in enumerate(zip(expected, got)) if a != b), 0)
            sys.exit("other bytes at %d: %r, not %r (%r)" % (at, got[max(at - 60, 0):at + 60], expected[max(at - 60, 0):at + 60], what))
        sys.exit("painted otherwise: %r\nexpected %r\ngot      %r" % (what, expected, got))


# ---- points between pixels, for what is tilted

def point_map(width, height, orientation, frame, mode):
    """Where a point in edges goes, told by what becomes of three pixels."""
    moved = to_output([[(x, y) for x in range(width)] for y in range(height)], orientation, frame, mode)
    at = {pixel: (x, y) for y, row in enumerate(moved) for x, pixel in enumerate(row)}
    (ox, oy), (xx, xy), (yx, yy) = at[0, 0], at[1, 0], at[0, 1]
    return lambda x, y: (ox + .5 + (x - .5) * (xx - ox) + (y - .5) * (yx - ox), oy + .5 + (x - .5) * (xy - oy) + (y - .5) * (yy - oy))


def tilt(points, angle, about):
    """Turned clockwise by an angle in degrees, y being down."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return [(about[0] + c * (x - about[0]) - s * (y - about[1]), about[1] + s * (x - about[0]) + c * (y - about[1])) for x, y in points]


def near(expected, got, *what, within=1e-6):
    """The same points, in any order."""
    left = list(got)
    for x, y in expected:
        found = [p for p in left if abs(p[0] - x) <= within and abs(p[1] - y) <= within]
        if not found:
            sys.exit("no point at %r: %r\nexpected %r\ngot      %r" % ((x, y), what, expected, got))
        left.remove(found[0])
    same([], left, *what)


# ---- run lengths, from their description in the COCO API: columns first, the first run of zeros

def runs_of(rows):
    height, width = len(rows), len(rows[0])
    flat = [rows[y][x] for x in range(width) for y in range(height)]
    runs, value, count = [], 0, 0
    for pixel in flat:
        if pixel != value:
            runs.append(count)
            value, count = pixel, 0
        count += 1
    return runs + [count]


def mask_of(runs, width, height):
    flat = [i % 2 for i, run in enumerate(runs) for _ in range(run)]
    assert len(flat) == width * height
    return [[flat[x * height + y] for x in range(width)] for y in range(height)]


def letters_of(runs):
    out = ""
    for i, run in enumerate(runs):
        value, more = run - (runs[i - 2] if i > 2 else 0), True
        while more:
            group = value & 31
            value >>= 5
            more = value != (-1 if group & 16 else 0)
            out += chr(48 + group + 32 * more)
    return out


def runs_of_letters(text):
    runs, at = [], 0
    while at < len(text):
        value, shift, more = 0, 0, True
        while more:
            code = ord(text[at]) - 48
            assert 0 <= code < 64
            value |= (code & 31) << shift
            more, at, shift = code & 32, at + 1, shift + 5
            if not more and code & 16:
                value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
    return runs
