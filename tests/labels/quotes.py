# SPDX-License-Identifier: MIT
"""Numbers in quotes, which some tools write for coordinates: they move as those without, whose places the other oracles paint, and the quotes stay. In
each text <1> is the number that is written in both ways. quotes.py SERVER"""
import re
import sys

from painter import *

server = Server(sys.argv[1])
IMAGE = '{"id": 1, "file_name": "a", "width": 7, "height": 4}'
LS = '{"type": "%s", "to_name": "i", "original_width": 7, "original_height": 4, "value": %s}'
TEXTS = {
    "coco": '{"images": [%s], "annotations": [{"image_id": 1, "bbox": [<1>, 0.5, <2>, <1.5>], "segmentation": [[<1>, <0>, <3>, <1>, 2, 3]], "keypoints": [<1>, <2>, 2, 0, 0, 0], '
            '"attributes": {"rotation": <30.5>}}]}' % IMAGE,
    "labelme": '{"version": "5", "imagePath": "a", "imageWidth": 7, "imageHeight": 4, "shapes": [{"label": "x", "shape_type": "polygon", "points": [[<1>, 2.5], [<3>, <1>], [2, 2]]}]}',
    "via": '{"a9": {"filename": "a", "size": 9, "regions": [{"shape_attributes": {"name": "rect", "x": <1>, "y": <0>, "width": <3>, "height": 2}, "region_attributes": {}}, '
           '{"shape_attributes": {"name": "polygon", "all_points_x": [<1>, 2, <3>], "all_points_y": [0, <1>, <2>]}, "region_attributes": {}}], "file_attributes": {}}}',
    "createml": '[{"image": "a", "annotations": [{"label": "l", "coordinates": {"x": <1>, "y": <0>, "width": <3>, "height": 2}}]}]',
    "imagefolder": '{"file_name": "a", "objects": {"bbox": [[<1>, 0, <3>, <2>], [1, 1, 1, 1]]}}\n',
    "datumaro": '{"categories": {}, "items": [{"id": "a", "annotations": [{"type": "bbox", "bbox": [<1>, 0, <3>, <2>], "attributes": {"rotation": <30>}}, '
                '{"type": "polygon", "points": [<0.5>, 1, <2>, 2, 3, <1>]}], "image": {"path": "a", "size": [4, 7]}}]}',
    "fiftyone": '{"samples": [{"filepath": "a", "metadata": {"width": 7, "height": 4}, "f": {"_cls": "Detections", "detections": [{"_cls": "Detection", "bounding_box": [<0.25>, 0.5, <0.5>, <0.25>]}]}, '
                '"k": {"_cls": "Keypoints", "keypoints": [{"_cls": "Keypoint", "points": [[<0.5>, <0.25>], [0.1, <0.2>]]}]}}]}',
    "ground-truth": '{"source-ref": "a", "x": {"image_size": [{"width": <7>, "height": <4>, "depth": 3}], "annotations": [{"class_id": 0, "left": <1>, "top": 0, "width": <3>, "height": <2>}]}, '
                    '"x-metadata": {"type": "groundtruth/object-detection"}}\n',
    "label-studio": '[{"id": 1, "data": {"image": "a"}, "annotations": [{"result": [%s, %s]}]}]' % (
        LS % ("rectanglelabels", '{"x": <25>, "y": 50, "width": <25>, "height": <12.5>, "rotation": <30>, "rectanglelabels": ["a"]}'),
        LS % ("polygonlabels", '{"points": [[<25>, 50], [<75>, <12.5>], [0, 0]], "polygonlabels": ["a"]}')),
    "supervisely": '{"tags": [], "size": {"height": 4, "width": 7}, "objects": [{"geometryType": "polygon", "points": {"exterior": [[<1>, 1], [<2>, <1>], [2, 2]], "interior": []}}]}',
}
NUMBER = re.compile(r'"(-?[0-9.]+)"')
seen = 0
for form, text in TEXTS.items():
    name = "" if form == "supervisely" else "a"
    plain, quoted = (re.sub("<(.*?)>", how, text).encode() for how in (r"\1", r'"\1"'))
    same([False, True], [bool(NUMBER.search(data.decode().replace('"5"', ""))) for data in (plain, quoted)], form)
    same(form, server.sniff(quoted))
    for orientation in range(1, 9):
        for frame in FRAMES:
            for mode in MODES:
                known = [(orientation, mode, 7, 4, "rotated", name)]
                a, b = (server.move(form, frame, known, data, "createml=corner") for data in (plain, quoted))
                same(("ok", ""), (a.status, a.detail), plain, frame)
                same(("ok", ""), (b.status, b.detail), quoted, frame)
                same(NUMBER.sub(r"\1", a.data.decode()), NUMBER.sub(r"\1", b.data.decode()), quoted)
                same(len(NUMBER.findall(quoted.decode())), len(NUMBER.findall(b.data.decode())), b.data)
                same(quoted == b.data, plain == a.data, form, orientation, frame, mode)
                seen += 1
print("quotes: %d files of %d formats" % (seen, len(TEXTS)))
