# SPDX-License-Identifier: MIT
"""The boxes that the page of --html draws over its pictures, for program.py: read out of its HTML by a parser of Python's, and moved to the picture
by their matrix, as SVG has it (SVG 2, 8.5)."""
import html.parser
import re


class Page(html.parser.HTMLParser):
    """figures: of each file that is shown {"before": (size, boxes as they are, boxes in the picture), "now": likewise}."""

    def __init__(self, path):
        super().__init__()
        self.figures, self.name, self.side, self.texts, self.is_figure = {}, None, None, None, False
        with open(path, encoding="utf-8") as f:
            self.feed(f.read())

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag == "figure":
            self.name, self.is_figure = None, True
        elif tag == "bdi" and self.is_figure and self.name is None:
            self.texts = []
        elif tag == "img":
            self.side = has["alt"]
        elif tag == "svg" and self.is_figure:
            assert has["preserveaspectratio"] == "none", has
            self.size, self.matrix = tuple(map(int, has["viewbox"].split()[2:])), (1, 0, 0, 1, 0, 0)
            self.boxes = self.figures[self.name][self.side] = (self.size, [], [])
        elif tag == "g":
            self.matrix = tuple(map(int, re.fullmatch(r"matrix\((.*)\)", has["transform"])[1].split()))
        elif tag == "rect" and self.name and self.side:
            x, y, width, height = (float(has[key]) for key in ("x", "y", "width", "height"))
            assert "transform" not in has, has
            a, b, c, d, e, f = self.matrix
            (x1, y1), (x2, y2) = ((a * u + c * v + e, b * u + d * v + f) for u, v in ((x, y), (x + width, y + height)))
            self.boxes[1].append((x, y, x + width, y + height))
            self.boxes[2].append((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))

    def handle_data(self, data):
        if self.texts is not None:
            self.texts.append(data)

    def handle_endtag(self, tag):
        if tag == "bdi" and self.texts is not None:
            self.name, self.texts = "".join(self.texts), None
            self.figures.setdefault(self.name, {})
        elif tag == "figure":
            self.name, self.side, self.is_figure = None, None, False


def rounded(boxes):
    """Formats of parts and percents have numbers that are no pixels to the last digit."""
    return [tuple(round(value, 6) for value in box) for box in boxes]
