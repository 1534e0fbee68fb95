# SPDX-License-Identifier: MIT
"""Tools whose packages bring servers, clients and databases along: of each what reads labels, and nothing of what it does not need for that. The
modules that are absent, in whose place nothing stands, are those of readers.py."""
import asyncio
import importlib.util
import os
import pathlib
import sys
import types

import numpy

os.environ.update(FIFTYONE_DO_NOT_TRACK="1", FIFTYONE_DATABASE_VALIDATION="false", FIFTYONE_DATABASE_URI="mongodb://127.0.0.1:1/",
                  FIFTYONE_CONFIG_PATH=os.path.join(sys.argv[2], "fiftyone.json"), FIFTYONE_DATABASE_DIR=sys.argv[2])


def begin_bare(name):
    """A package without what it does at its beginning, which imports all of itself."""
    package = types.ModuleType(name)
    package.__path__ = list(importlib.util.find_spec(name).submodule_search_locations)
    sys.modules[name] = package
    return package


supervisely = begin_bare("supervisely")
supervisely.__version__ = importlib.metadata.version("supervisely")
begin_bare("supervisely.project")
from supervisely import sly_logger  # noqa: E402
supervisely.logger = sly_logger.logger
from supervisely.io import fs  # noqa: E402, F401
from supervisely.annotation.annotation import Annotation  # noqa: E402
from supervisely.annotation.obj_class import ObjClass  # noqa: E402
from supervisely.geometry.any_geometry import AnyGeometry  # noqa: E402
from supervisely.project.project_meta import ProjectMeta  # noqa: E402
from fiftyone.utils.data.importers import LegacyFiftyOneDatasetImporter  # noqa: E402
from ultralytics.data.converter import convert_ndjson_to_yolo  # noqa: E402


def read_supervisely(path):
    """The size; each kind's boxes, whose indices of pixels are counted to their last one; points; and what is drawn of bitmaps."""
    read = Annotation.load_json_file(str(path), ProjectMeta(obj_classes=[ObjClass("thing", AnyGeometry)]))
    height, width = read.img_size
    found, mask = {"rectangle": [], "polygon": [], "point": []}, numpy.zeros((height, width), numpy.uint8)
    for label in read.labels:
        kind, box = label.geometry.geometry_name(), label.geometry.to_bbox()
        if kind == "bitmap":
            label.geometry.draw(mask, 1)
        else:
            found[kind].append((box.left, box.top, box.right + 1, box.bottom + 1)[:2 if kind == "point" else 4])
    return (width, height), found, mask.tolist()


def read_fiftyone(folder):
    """The samples of a folder by the names of their files. No database is asked: what an importer gives is in none yet."""
    importer = LegacyFiftyOneDatasetImporter(dataset_dir=str(folder))
    with importer:
        return {pathlib.PurePath(sample.filepath).name: sample for sample in importer}


def convert_ndjson(path, out):
    """The folder with images and labels that ultralytics makes of it; the image of line i is called i."""
    return asyncio.run(convert_ndjson_to_yolo(str(path), str(out))).parent
