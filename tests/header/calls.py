#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Binds the library with cffi, by its header as the header's own comment says, and calls every function: calls.py HEADER LIBRARY JPEG."""
import re
import site
import subprocess
import sys

site.main()  # the tests' python3 starts without other packages
import cffi  # noqa: E402

header, library, picture = sys.argv[1:]
text = subprocess.run(["cc", "-E", "-P", "-DEXN_DECLARATIONS", header], check=True, capture_output=True, text=True).stdout
assert "#" not in text and "__attribute__" not in text
ffi = cffi.FFI()
ffi.cdef(text)
lib = ffi.dlopen(library)
called = set()


def call(name, *arguments):
    called.add(name)
    return getattr(lib, name)(*arguments)


def word(name, value):
    return ffi.string(call(name, value)).decode()


def new(kind, init):
    it = ffi.new(kind + " *")
    call(init, it, ffi.sizeof(kind))
    return it


# Every enumerator has the word that its comment says.
source = open(header, encoding="ascii").read()
words = 0
for kind in "status outcome warning reason format method place".split():
    body = re.search(rf"typedef enum exn_{kind} {{(.*?)}} exn_{kind};", source, re.S).group(1)
    rows = re.findall(r"(EXN_\w+) = (\d+),\s*/\* \"([a-z0-9-]+)\"", body)
    assert len(rows) == len(re.findall(r"EXN_\w+ =", body)), f"{kind}: an enumerator without a comment that begins with its word"
    assert [int(n) for _, n, _ in rows] == list(range(len(rows))), f"{kind}: numbers are not 0, 1, 2 ..."
    for name, number, said in rows:
        assert getattr(lib, name) == int(number) and word(f"exn_{kind}_word", int(number)) == said, name
        words += 1
assert words > 60 and word("exn_status_text", lib.EXN_CORRUPT) == "damaged image data"

assert ffi.string(call("exn_version")).decode() == re.search(r'EXN_VERSION "(.*)"', source).group(1)
assert call("exn_version_number") == int(re.search(r"EXN_VERSION_NUMBER (\d+)", source).group(1))

data = open(picture, "rb").read()
options, result, error = new("exn_options", "exn_options_init"), new("exn_result", "exn_result_init"), ffi.new("exn_error *")
output = ffi.new("exn_bytes *")
assert call("exn_sniff", data, len(data)) == lib.EXN_FORMAT_JPEG
assert call("exn_format_named", b"d/a.PNG") == lib.EXN_FORMAT_PNG
assert call("exn_normalize", data, len(data), options, output, result, error) == lib.EXN_OK
assert result.outcome == lib.EXN_OUTCOME_LOSSLESS and result.orientation == 6
made = ffi.buffer(output.data, output.size)[:]
assert call("exn_verify", data, len(data), made, len(made), options, result, error) == lib.EXN_OK
assert call("exn_verify", data, len(data), data, len(data), options, result, error) == lib.EXN_MISMATCH
assert ffi.string(error.detail)
call("exn_bytes_free", output)
assert output.data == ffi.NULL
call("exn_bytes_free", ffi.NULL)
oriented = new("exn_result", "exn_result_init")
assert call("exn_orient", data, len(data), 3, options, output, oriented, error) == lib.EXN_OK
assert oriented.orientation_given == 3 and oriented.transform == lib.EXN_TRANSFORM_FLIP_X | lib.EXN_TRANSFORM_FLIP_Y
call("exn_bytes_free", output)

assert call("exn_miniature", data, len(data), 32, options, output, error) == lib.EXN_OK
assert ffi.buffer(output.data, 2)[:] == b"\xff\xd8" and output.size < len(data)
call("exn_bytes_free", output)


@ffi.callback("int(void *, void *, size_t, uint64_t)")
def read(_context, to, size, offset):
    ffi.memmove(to, data[offset:offset + size], size)
    return 0


looked = new("exn_result", "exn_result_init")
file = ffi.new("exn_source *", {"size": len(data), "read": read})
assert call("exn_check", file, options, looked, error) == lib.EXN_OK and looked.transform == result.transform
assert call("exn_check_memory", made, len(made), options, looked, error) == lib.EXN_OK
assert looked.outcome == lib.EXN_OUTCOME_UNTOUCHED
xmp = (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
       b"<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'/></rdf:RDF></x:xmpmeta>")
assert call("exn_normalize_sidecar", xmp, len(xmp), result, options, output, looked, error) == lib.EXN_OK
assert looked.orientation == 6 and b"Orientation='6'" not in ffi.buffer(output.data, output.size)[:]
call("exn_bytes_free", output)

frame, back = ffi.new("exn_map *"), ffi.new("exn_map *")
x, y, sides = ffi.new("double *", 10), ffi.new("double *", 20), ffi.new("uint32_t[2]")
assert call("exn_map_init", frame, 6, 640, 480) == lib.EXN_OK
assert call("exn_map_point", frame, lib.EXN_COORDINATES_EDGES, x, y) == lib.EXN_OK and (x[0], y[0]) == (460, 10)
assert call("exn_map_inverse", frame, back) == lib.EXN_OK
assert call("exn_map_point", back, lib.EXN_COORDINATES_EDGES, x, y) == lib.EXN_OK and (x[0], y[0]) == (10, 20)
assert call("exn_map_size", frame, sides, sides + 1) == lib.EXN_OK and list(sides) == [480, 640]
box, rectangle, matrix = ffi.new("double[4]", [1, 2, 3, 5]), ffi.new("double[4]", [1, 2, 2, 3]), ffi.new("int64_t[6]")
assert call("exn_map_box", frame, lib.EXN_COORDINATES_PIXELS, box) == lib.EXN_OK and list(box) == [474, 1, 477, 3]
assert call("exn_map_rectangle", frame, rectangle) == lib.EXN_OK and list(rectangle) == [475, 1, 3, 2]
assert call("exn_map_matrix", frame, lib.EXN_COORDINATES_EDGES, matrix) == lib.EXN_OK and list(matrix) == [0, -1, 480, 1, 0, 0]

# A COCO file of one box, from the stored frame into the output's.
labels = (b'{"images":[{"id":1,"file_name":"landscape-6.jpg","width":%d,"height":%d}],'
          b'"annotations":[{"id":1,"image_id":1,"bbox":[10,20,30,40]}]}' % (result.width_in, result.height_in))
moved, seen = bytearray(), []


@ffi.callback("int(void *, void *, size_t, uint64_t)")
def read_labels(_context, to, size, offset):
    ffi.memmove(to, labels[offset:offset + size], size)
    return 0


@ffi.callback("int(void *, const void *, size_t)")
def write_labels(_context, part, size):
    moved.extend(ffi.buffer(part, size)[:])
    return 0


@ffi.callback("void(void *, const exn_labels_image *)")
def visit(_context, image):
    verdict = ffi.new("exn_labels_judgement[3]")
    assert call("exn_labels_judge", image, label_result, result, verdict, error) == lib.EXN_OK
    call("exn_labels_inherit", verdict, 1)
    seen.append((ffi.string(image.name), verdict[0].verdict))


@ffi.callback("const exn_result *(void *, const exn_labels_image *)")
def lookup(_context, _image):
    return result


label_options = new("exn_labels_options", "exn_labels_options_init")
label_result = new("exn_labels_result", "exn_labels_result_init")
source_of_labels = ffi.new("exn_source *", {"size": len(labels), "read": read_labels})
sink = ffi.new("exn_sink *", {"write": write_labels})
assert call("exn_labels_sniff", source_of_labels) == lib.EXN_LABELS_COCO
scanned = call("exn_labels_scan", source_of_labels, lib.EXN_LABELS_COCO, label_options, visit, ffi.NULL, label_result, error)
assert scanned == lib.EXN_OK and seen == [(b"landscape-6.jpg", lib.EXN_LABELS_VERDICT_STORED)], seen
made = call("exn_labels_move", source_of_labels, lib.EXN_LABELS_COCO, label_options, lookup, ffi.NULL, sink, label_result, error)
assert made == lib.EXN_OK and b"[%d,10,40,30]" % (result.height_in - 20 - 40) in moved, bytes(moved)
boxes, images = [], ffi.new("uint64_t *")


@ffi.callback("void(void *, const exn_labels_box *)")
def keep_box(_context, box):
    boxes.append((box.image, box.left, box.top, box.right, box.bottom, box.degrees, box.is_part))


drawn = call("exn_labels_boxes", source_of_labels, lib.EXN_LABELS_COCO, label_options, keep_box, ffi.NULL, images, error)
assert drawn == lib.EXN_OK and images[0] == 1 and boxes == [(0, 10, 20, 40, 60, 0, False)], boxes
mask_value = ffi.new("uint32_t *")
assert call("exn_labels_mask_orientation", result, lib.EXN_LABELS_STORED, mask_value, error) == lib.EXN_OK and mask_value[0] == 6
assert word("exn_labels_format_word", lib.EXN_LABELS_COCO) == "coco"
assert word("exn_labels_verdict_word", lib.EXN_LABELS_VERDICT_EITHER) == "either"
assert word("exn_labels_witness_word", lib.EXN_LABELS_WITNESS_INHERITED) == "inherited"

# Numbers that no enum has, through a binding that does not look.
options.mode = 9
assert call("exn_normalize", data, len(data), options, output, result, error) == lib.EXN_BAD_ARGUMENT
assert call("exn_map_point", frame, 9, x, y) == lib.EXN_BAD_ARGUMENT
for name in [n for n in called if n.endswith("_word")]:
    assert word(name, 10**6) == "unknown" and word(name, 2**32 - 1) == "unknown", name

declared = set(re.findall(r"\b(exn_[a-z_]+)\(", text))
assert declared == called, f"never called: {declared - called}"
print(f"{len(called)} functions, {words} words")
