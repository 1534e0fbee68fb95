#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether time grows with the input and no faster: growth.py ONCE [FAMILY...]

Each family is a file of n parts of one kind, hostile on purpose. Instructions are counted (valgrind's callgrind) for n and for 2n
parts; a family whose second count is over LIMIT times its first grows faster than its input. Fails where one does."""
import io
import os
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import zlib

LIMIT = 2.6
FAMILIES = {}


def family(count, calls="check normalize"):
    def note(make):
        FAMILIES[make.__name__] = (make, count, calls.split())
        return make
    return note


# ---- HEIF

def box(kind, *parts):
    data = b"".join(parts)
    return struct.pack(">I", 8 + len(data)) + kind + data


def heif(ipco, *ipma):
    return (box(b"ftyp", b"heic", bytes(4), b"mif1heic")
            + box(b"meta", bytes(4), box(b"pitm", struct.pack(">IH", 0, 1)), box(b"iprp", box(b"ipco", ipco), *ipma)))


def ipma(entries, indices):
    entry = struct.pack(">HB", 1, len(indices)) + b"".join(struct.pack(">H", i) for i in indices)
    return box(b"ipma", struct.pack(">II", 1, entries), entry * entries)


@family(3000)
def heif_associations_and_properties(n):
    return heif(box(b"irot", b"\1") * n, ipma(n // 200, [n] * 200))


@family(6000)
def heif_boxes_of_associations(n):
    return heif(box(b"irot", b"\1") * 300, ipma(1, [300, 299]) * n)


@family(20000)
def heif_entries_without_indices(n):
    return heif(box(b"imir", b"\1"), box(b"ipma", struct.pack(">II", 0, n), struct.pack(">HB", 1, 0) * n))


@family(1500)
def heif_top_boxes(n):
    return box(b"ftyp", b"heic", bytes(4), b"mif1") + box(b"free") * n + heif(b"")[24:]


# ---- WebP, TIFF

EXIF = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, 1, 0, 0)


def riff(*chunks):
    body = b"WEBP" + b"".join(k + struct.pack("<I", len(d)) + d + b"\0" * (len(d) % 2) for k, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


XMP = (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
       b'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%d" %s>%s</rdf:Description>'
       b"</rdf:RDF></x:xmpmeta>")


# 16 by 16 of one colour: tests/support/webp_make.c says why.
VP8L = (b"VP8L", bytes.fromhex("2f0fc003000a85640eaffeff00000000".ljust(40, "0")))


@family(10000)
def webp_empty_chunks(n):
    return riff(VP8L, *[(b"ABCD", b"")] * n)


@family(1000)
def webp_exif_and_xmp(n):
    return riff(VP8L, *[(b"EXIF", EXIF.replace(b"\x01\x00\x00\x00\x01\x00", b"\x01\x00\x00\x00\x06\x00")), (b"XMP ", XMP % (6, b"", b""))] * n)


@family(500)
def tiff_chain(n):
    parts = [b"II*\0" + struct.pack("<I", 8)]
    for i in range(n):
        at = 8 + i * 18
        parts.append(struct.pack("<HHHIHHI", 1, 274, 3, 1, 1, 0, at + 18 if i + 1 < n else 0))
    return b"".join(parts)


@family(10000)
def tiff_entries(n):
    return b"II*\0" + struct.pack("<IH", 8, n) + struct.pack("<HHIHH", 274, 3, 1, 1, 0) * n + bytes(4)


# ---- PNG

def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


ROWS = zlib.compress((b"\0" + b"abcdefghi") * 4)
HEAD = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", 3, 4, 8, 2, 0, 0, 0))
SIX = chunk(b"eXIf", EXIF.replace(b"\1\0\0\0\1\0", b"\1\0\0\0\6\0"))


def png(front=b"", back=b"", image=None, trailer=b""):
    return HEAD + front + (image or chunk(b"IDAT", ROWS)) + back + chunk(b"IEND") + trailer


@family(5000, "check verify")
def png_unknown_chunks(n):
    return png(SIX + chunk(b"abCd") * n, chunk(b"abCd") * n)


@family(2000, "check verify")
def png_exif_blocks(n):
    return png(SIX * n)


@family(2000, "check verify")
def png_exif_blocks_with_a_bad_crc(n):
    return png((SIX[:-1] + b"!") * n)


@family(1000, "check verify")
def png_xmp_texts(n):
    return png(SIX + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP % (6, b"", b"")) * n)


@family(100, "check verify")
def png_compressed_texts(n):
    return png(SIX + chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP % (6, b"", b""))) * n)


@family(3000, "check verify")
def png_trailer(n):
    return png(SIX, trailer=chunk(b"abCd") * n + chunk(b"tEXt", b"exif:Orientation\0" + b"6") * n)


@family(2000, "check verify")
def png_small_idats(n):
    stream = ROWS + bytes(n)
    return png(SIX, image=b"".join(chunk(b"IDAT", stream[i:i + 1]) for i in range(len(stream))))


def control(number):
    return chunk(b"fcTL", struct.pack(">5I2H2B", number, 3, 4, 0, 0, 1, 10, 0, 0))


@family(300, "check verify")
def png_frames(n):
    frames = b"".join(control(2 * i + 1) + chunk(b"fdAT", struct.pack(">I", 2 * i + 2) + ROWS) for i in range(n))
    return png(SIX + chunk(b"acTL", struct.pack(">2I", n + 1, 0)) + control(0), frames)


@family(2000, "check verify")
def png_a_frame_of_small_parts(n):
    stream = ROWS + bytes(n)
    parts = b"".join(chunk(b"fdAT", struct.pack(">I", 2 + i) + stream[i:i + 1]) for i in range(len(stream)))
    return png(SIX + chunk(b"acTL", struct.pack(">2I", 2, 0)) + control(0), control(1) + parts)


# ---- XMP, in a PNG

def with_xmp(attributes, elements):
    return png(SIX + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP % (6, attributes, elements)))


@family(3000)
def xmp_attributes(n):
    return with_xmp(b"".join(b'tiff:a%d="1" ' % i for i in range(n)), b"")


@family(3000)
def xmp_namespaces(n):
    return with_xmp(b"".join(b'xmlns:a%d="http://ns.adobe.com/tiff/1.0/" ' % i for i in range(n)),
                    b"".join(b"<a%d:Orientation>1</a%d:Orientation>" % (i, i) for i in range(n)))


@family(3000)
def xmp_orientations(n):
    return with_xmp(b"", b"<tiff:Orientation>6</tiff:Orientation>" * n)


@family(60)
def xmp_depth(n):
    return with_xmp(b"", b"<tiff:a>" * n + b"</tiff:a>" * n)


@family(1000)
def xmp_regions(n):
    item = (b'<rdf:li rdf:parseType="Resource"><mwg-rs:Area stArea:x="0.1" stArea:y="0.2" stArea:w="0.1" stArea:h="0.1" '
            b'stArea:unit="normalized"/></rdf:li>')
    return with_xmp(b'xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" '
                    b'xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" ',
                    b'<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>' + item * n
                    + b"</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>")


@family(3000)
def xmp_entities(n):
    return with_xmp(b"", b"<tiff:a>" + b"&#49;" * n + b"</tiff:a>")


@family(3000)
def xmp_comments(n):
    return with_xmp(b"", b"<!-- a --><?b c?><![CDATA[d]]>" * n)


@family(3000)
def xmp_open_angles(n):
    return with_xmp(b"", b"<!--" * n)


# ---- JPEG

def jpeg():
    with open(os.path.join(os.path.dirname(__file__), "../../testdata/jpeg/landscape-6.jpg"), "rb") as file:
        return file.read()


def segment(marker, data):
    return b"\xFF" + bytes([marker]) + struct.pack(">H", 2 + len(data)) + data


def front(data):
    whole = jpeg()
    return whole[:2] + data + whole[2:]


@family(3000, "check verify")
def jpeg_comments(n):
    return front(segment(0xFE, b"x") * n)


@family(400, "check verify")
def jpeg_exif_blocks(n):
    return front(segment(0xE1, b"Exif\0\0" + EXIF.replace(b"\1\0\0\0\1\0", b"\1\0\0\0\6\0")) * n)


@family(400, "check verify")
def jpeg_xmp_packets(n):
    return front(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP % (6, b"", b"")) * n)


def extended(n, order, guid):
    body = (b"x" * 20) * n
    note = b'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="' + b"0123456789ABCDEF" * 2 + b'"'
    parts = [segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + guid(i) + struct.pack(">2I", len(body), i * 20)
                     + body[i * 20:i * 20 + 20]) for i in order]
    return front(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP % (1, note, b"")) + b"".join(parts))


@family(1000)
def jpeg_extended_xmp_backwards(n):
    return extended(n, range(n - 1, -1, -1), lambda i: b"0123456789ABCDEF" * 2)


@family(1000)
def jpeg_extended_xmp_of_many(n):
    return extended(n, range(n), lambda i: b"%032d" % i)


@family(1000)
def jpeg_resources(n):
    return front(segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\0" * n))


@family(400)
def jpeg_resource_segments(n):
    return front(segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\0") * n)


@family(50000)
def jpeg_fill_bytes(n):
    return front(b"\xFF" * n)


@family(1000, "check verify")
def jpeg_tables(n):
    return front(segment(0xDB, b"\0" + b"\1" * 64) * n)


@family(2000)
def jpeg_entries(n):
    entries = struct.pack("<HHIHH", 0x0132, 2, 1, 1, 0) * n
    return front(segment(0xE1, b"Exif\0\0II*\0" + struct.pack("<IH", 8, n) + entries + bytes(4)))


@family(100000)
def jpeg_trailer(n):
    return jpeg() + b"\xFF\xD8\xFF\xE0" * n


@family(2000)
def jpeg_index_entries(n):
    entries = struct.pack("<3I2H", 0x20030000, 5000, 0, 0, 0) * n
    head = (b"II*\0" + struct.pack("<IH", 8, 3) + struct.pack("<HHI4s", 0xB000, 7, 4, b"0100")
            + struct.pack("<HHII", 0xB001, 4, 1, n) + struct.pack("<HHII", 0xB002, 7, len(entries), 50) + bytes(4))
    return front(segment(0xE2, b"MPF\0" + head + entries))


@family(100, "check normalize")
def jpeg_scans(n):
    frame = segment(0xC2, struct.pack(">BHHB", 8, 64, 64, 1) + b"\1\x11\0")
    tables = segment(0xDB, b"\0" + b"\1" * 64) + segment(0xC4, b"\0" + b"\1" + bytes(15) + b"\0")
    tables += segment(0xC4, b"\x10" + b"\1" + bytes(15) + b"\0")
    scans = segment(0xDA, b"\1\1\0\0\0\1") + b"\0" * 8
    scans += b"".join(segment(0xDA, b"\1\1\0\1\x3F\1") + b"\0" * 8 for _ in range(n))
    return b"\xFF\xD8" + segment(0xE1, b"Exif\0\0" + EXIF.replace(b"\1\0\0\0\1\0", b"\1\0\0\0\6\0")) + tables + frame + scans + b"\xFF\xD9"


# ---- Labels

def coco(annotations, images='{"id": 1, "file_name": "a.jpg"}'):
    return ('{"images": [%s], "annotations": [%s]}' % (images, annotations)).encode()


@family(3000, "labels")
def labels_coco_boxes(n):
    return coco(", ".join(['{"image_id": 1, "bbox": [10.5, 20.25, 30, 40]}'] * n))


@family(10000, "labels")
def labels_coco_polygon(n):
    return coco('{"image_id": 1, "segmentation": [[%s]]}' % ", ".join(["1.5, 2"] * n))


@family(3000, "labels")
def labels_coco_polygons(n):
    return coco('{"image_id": 1, "segmentation": [%s]}' % ", ".join(["[1, 2, 3, 4, 5, 6]"] * n))


@family(3000, "labels")
def labels_coco_images(n):
    return coco("", ", ".join('{"id": %d, "file_name": "%d.jpg"}' % (i, i) for i in range(n)))


@family(3000, "labels")
def labels_coco_images_at_the_end(n):
    images = ", ".join('{"id": %d, "file_name": "%d.jpg"}' % (i, i) for i in range(n))
    shapes = ", ".join('{"image_id": %d, "bbox": [1, 2, 3, 4]}' % i for i in range(n))
    return ('{"annotations": [%s], "images": [%s]}' % (shapes, images)).encode()


@family(10000, "labels")
def labels_coco_regions(n):
    numbers = ", ".join(["1"] * n)
    return coco("", '{"id": 1, "file_name": "a.jpg", "ignore_regions_x": [%s], "ignore_regions_y": [%s]}' % (numbers, numbers))


@family(100000, "labels")
def labels_json_of_another_kind(n):
    return b'{"x": [' + b"1, " * n + b"1]}"


@family(200000, "labels")
def labels_coco_long_name(n):
    return coco("", '{"id": 1, "file_name": "%s"}' % ("\\u0061" * n))


@family(3000, "labels")
def labels_labelme_shapes(n):
    return b'{"imagePath": "a.jpg", "shapes": [' + b", ".join([b'{"points": [[1, 2], [3.5, 4]]}'] * n) + b"]}"


@family(1000, "labels")
def labels_voc_boxes(n):
    box = b"<object><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object>"
    return b"<annotation><filename>a.jpg</filename>" + box * n + b"</annotation>"


@family(100000, "labels")
def labels_voc_comment(n):
    return b"<annotation><filename>a.jpg</filename><!--" + b" " * n + b"--></annotation>"


@family(1000, "labels")
def labels_cvat_boxes(n):
    box = b'<box label="a" occluded="0" xtl="1.00" ytl="2.00" xbr="3.00" ybr="4.00"></box>'
    return b'<annotations><image id="0" name="a.jpg" width="640" height="480">' + box * n + b"</image></annotations>"


@family(3000, "labels")
def labels_cvat_points(n):
    return b'<annotations><image id="0" name="a.jpg" width="640" height="480"><polygon label="a" points="' + b"1.00,2.00;" * n + b'3.00,4.00"></polygon></image></annotations>'


@family(3000, "labels")
def labels_yolo_lines(n):
    return b"0 0.5 0.25 0.125 0.5\n" * n


@family(10000, "labels")
def labels_yolo_polygon(n):
    return b"0" + b" 0.5 0.25" * n + b"\n"


@family(3000, "labels")
def labels_csv_lines(n):
    return b"filename,xmin,ymin,xmax,ymax\n" + b"a.jpg,1,2,3,4\n" * n


@family(3000, "labels")
def labels_csv_images(n):
    return b"filename,xmin,ymin,xmax,ymax\n" + b"".join(b"%d.jpg,1,2,3,4\n" % i for i in range(n))


@family(1000, "labels")
def labels_manifest_lines(n):
    line = (b'{"source-ref": "s3://b/a.jpg", "b": {"image_size": [{"width": 640, "height": 480, "depth": 3}], "annotations": [{"class_id": 0, "left": 1, "top": 2, "width": 3, "height": 4}]}, '
            b'"b-metadata": {"type": "groundtruth/object-detection"}}\n')
    return line * n


# ---- tar

def tar(form, members):
    to = io.BytesIO()
    with tarfile.open(fileobj=to, mode="w", format=form) as archive:
        for name, size, headers in members:
            info = tarfile.TarInfo(name)
            info.size, info.pax_headers = size, headers
            archive.addfile(info, io.BytesIO(bytes(size)))
    return to.getvalue()


@family(300, "tar")
def tar_members(n):
    return tar(tarfile.USTAR_FORMAT, [(f"{i}.jpg", 1, {}) for i in range(n)])


@family(300, "tar")
def tar_empty_members(n):
    return tar(tarfile.USTAR_FORMAT, [(f"{i}/", 0, {}) for i in range(n)])


@family(200, "tar")
def tar_long_names(n):
    return tar(tarfile.GNU_FORMAT, [(f"{i}" * 90, 0, {}) for i in range(n)])


@family(1000, "tar")
def tar_pax_records(n):
    return tar(tarfile.PAX_FORMAT, [("a.jpg", 1, {f"VENDOR.{i}": "x" for i in range(n)})])


@family(300, "tar")
def tar_headers_that_no_member_follows(n):
    header = tar(tarfile.PAX_FORMAT, [("a", 0, {"VENDOR.x": "x"})])[:1024]
    return header * n


@family(1000, "tar")
def tar_blocks_of_zeros(n):
    return tar(tarfile.USTAR_FORMAT, [("a.jpg", 1, {})])[:1024] + bytes(512 * n)


# ---- Counting

def command(once, call, path):
    """What makes that call: archives go through the program's own code, where its fuzz target's replay has it, next to ONCE's folder."""
    return [os.path.join(os.path.dirname(os.path.abspath(once)), "../fuzz/replay-tar"), path] if call == "tar" else [once, call, path]


def instructions(once, call, path):
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command(once, call, path)],
                         capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1)), "" if call == "tar" else run.stdout.strip()


def measure(once, name, folder, bare):
    make, count, calls = FAMILIES[name]
    good = True
    for call in calls:
        counts, sizes = [], []
        for n in (count, 2 * count):
            path = os.path.join(folder, "input")
            data = make(n)
            with open(path, "wb") as file:
                file.write(data)
            sizes.append(len(data))
            number, status = instructions(once, call, path)
            counts.append(max(number - bare, 1))
        ratio = counts[1] / counts[0]
        good &= ratio <= LIMIT
        print(f"{'' if ratio <= LIMIT else 'FAILED '}{name} {call}: {sizes[0]} and {sizes[1]} bytes, "
              f"{counts[0]} and {counts[1]} instructions, {ratio:.2f} times ({status})", flush=True)
    return good


def main():
    once = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        empty = os.path.join(folder, "empty")
        with open(empty, "wb"):
            pass
        bare = instructions(once, "check", empty)[0]
        good = [measure(once, name, folder, bare) for name in sys.argv[2:] or FAMILIES]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
