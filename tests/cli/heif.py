# SPDX-License-Identifier: MIT
"""Edits the boxes of a HEIF as encoders could have written them (ISO 14496-12, ISO 23008-12): a program's own small reader and writer,
which shares nothing with the library.

heif.py turn IN OUT IROT IMIR EXIF [ORDER]   irot 0..3 or -, imir 0, 1 or -, the orientation in Exif 1..8 or - (then there is no Exif);
                                             ORDER: irot,imir (the default) or imir,irot
heif.py clap IN OUT LEFT TOP WIDTH HEIGHT    only that part is shown
heif.py alpha IN OUT                         alpha gets irot, imir and clap of its picture, as MIAF asks for and encoders write it
heif.py colr IN OUT PRIMARIES TRANSFER MATRIX FULL
heif.py planes IN OUT                        the picture as it is stored, with Cr, Y and Cb for R, G and B: the matrix is none, of full range (ISO 23091-2, 8.3)
heif.py icc IN OUT PROFILE
heif.py xmp IN OUT PACKET
heif.py matrix IN FOLDER                     every file of irot, imir and Exif: FOLDER/IROT-IMIR-EXIF.ending
heif.py cut IN FOLDER                        the file, cut off at every eighth of its bytes
heif.py turns FILE                           what belongs to the primary picture: "irot 1 imir 0", in that order
heif.py orientation FILE                     the orientation in its Exif, 0: none
heif.py items FILE                           number, type, CRC-32 of each item's bytes
heif.py each                                 a command on each line of standard input: to start Python takes longer than to edit
heif.py audit FILE FOLDER                    names files of the folder that rotate their picture, by properties or Exif, or have other items
                                             than the file, Exif aside
"""
import os
import struct
import sys
import zlib
from fractions import Fraction


def boxes(data, start=0, end=None):
    """(type, whole, content) of each box."""
    end = len(data) if end is None else end
    while start < end:
        size, kind = struct.unpack_from(">I4s", data, start)
        assert 8 <= size <= end - start, (size, kind)
        yield kind, data[start:start + size], data[start + 8:start + size]
        start += size


def box(kind, *parts):
    data = b"".join(parts)
    return struct.pack(">I", 8 + len(data)) + kind + data


class Heif:
    """ftyp, meta taken apart, and the rest; items' bytes lie in the rest, or will: in the order of their numbers, or backwards."""
    backwards = False

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        self.others, self.meta, at = [], None, 0
        for kind, whole, content in boxes(data):
            if kind == b"meta" and self.meta is None:
                self.meta = list(boxes(content, 4))
            else:
                self.others.append(whole)
        part = {kind: content for kind, _, content in self.meta}
        self.primary = struct.unpack(">H", part[b"pitm"][4:6])[0]
        self.types = {}
        for _, _, content in boxes(part[b"iinf"], 6):
            number, _, kind = struct.unpack_from(">HH4s", content, 4)
            self.types[number] = (kind, content)
        # Places as (method, data).
        self.items = {}
        iloc = part[b"iloc"]
        version, sizes = iloc[0], struct.unpack_from(">H", iloc, 4)[0]
        offset_size, length_size, base_size, index_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15
        index_size = index_size if version else 0
        at, number = 8, lambda a, n: int.from_bytes(iloc[a:a + n], "big")
        for _ in range(struct.unpack_from(">H", iloc, 6)[0]):
            item = number(at, 2)
            at += 2
            method = number(at, 2) & 15 if version else 0
            at += (2 if version else 0) + 2
            base = number(at, base_size)
            at += base_size
            count, bytes_ = number(at, 2), b""
            at += 2
            for _ in range(count):
                at += index_size
                offset, length = base + number(at, offset_size), number(at + offset_size, length_size)
                at += offset_size + length_size
                bytes_ += (part[b"idat"] if method == 1 else data)[offset:offset + length]
            self.items[item] = (method, bytes_)
        iprp = list(boxes(part[b"iprp"]))
        self.properties = [(kind, content) for kind, _, content in boxes(iprp[0][2])]
        self.associations = {}
        for _, _, ipma in iprp[1:]:
            wide, at = ipma[3] & 1, 8
            for _ in range(struct.unpack_from(">I", ipma, 4)[0]):
                item, count = struct.unpack_from(">HB", ipma, at)
                at += 3
                found = self.associations.setdefault(item, [])
                for _ in range(count):
                    value = struct.unpack_from(">H" if wide else ">B", ipma, at)[0]
                    at += 2 if wide else 1
                    top = 0x8000 if wide else 0x80
                    found.append((bool(value & top), value & (top - 1)))

    def add_property(self, kind, content, essential=True, item=None):
        self.properties.append((kind, content))
        self.associations.setdefault(item or self.primary, []).append((essential, len(self.properties)))

    def drop_property(self, kind, item=None):
        kept = self.associations[item or self.primary]
        kept[:] = [(e, i) for e, i in kept if self.properties[i - 1][0] != kind]

    def shown(self):
        """irot and imir of the primary picture, in order."""
        return [(self.properties[i - 1][0].decode(), self.properties[i - 1][1][0] & (3 if self.properties[i - 1][0] == b"irot" else 1))
                for _, i in self.associations.get(self.primary, []) if i and self.properties[i - 1][0] in (b"irot", b"imir")]

    def clap(self):
        """Left, top, right and bottom of what is shown of the stored picture; None: all of it."""
        found = {self.properties[i - 1][0]: self.properties[i - 1][1] for _, i in self.associations[self.primary]}
        if b"clap" not in found:
            return None
        width, _, height, _, *offsets = struct.unpack(">IIIIiIiI", found[b"clap"])
        left, top = ((whole - part) // 2 + Fraction(*offset) + Fraction((whole - part) % 2, 2) for whole, part, offset in
                     zip(struct.unpack(">II", found[b"ispe"][4:12]), (width, height), (offsets[:2], offsets[2:])))
        return int(left), int(top), int(left) + width, int(top) + height

    def add_item(self, kind, infe_tail, bytes_, described=None):
        """described: the numbers of the items that it describes, the primary one's if they are not given."""
        described = [self.primary] if described is None else described
        number = max(self.types) + 1
        self.types[number] = (kind, struct.pack(">IHH4s", 0x02000000, number, 0, kind) + infe_tail)
        self.items[number] = (0, bytes_)
        self.references = getattr(self, "references", [])
        if described:
            self.references = self.references + [box(b"cdsc", struct.pack(f">{2 + len(described)}H", number, len(described), *described))]

    def drop_item(self, kind):
        for number in [n for n, (k, _) in self.types.items() if k == kind]:
            del self.types[number], self.items[number]
            self.meta = [(k, self._without(w, c, number), c) if k == b"iref" else (k, w, c) for k, w, c in self.meta]

    @staticmethod
    def _without(whole, content, number):
        kept = [w for _, w, c in boxes(whole[8:], 4) if struct.unpack_from(">H", c)[0] != number]
        return box(b"iref", whole[8:12], *kept)

    def exif(self):
        """Number of the Exif item and where its TIFF begins; None: there is none."""
        for number, (kind, _) in self.types.items():
            if kind == b"Exif":
                data = self.items[number][1]
                at = 4 + struct.unpack(">I", data[:4])[0]
                return number, at + 6 if data[at:at + 6] == b"Exif\0\0" else at
        return None

    def exif_entries(self):
        """Where each value of an orientation stands in the Exif item."""
        number, start = self.exif()
        data = self.items[number][1]
        order = "<" if data[start:start + 2] == b"II" else ">"
        table = struct.unpack_from(order + "I", data, start + 4)[0]
        while table:
            count = struct.unpack_from(order + "H", data, start + table)[0]
            for i in range(count):
                at = start + table + 2 + 12 * i
                if struct.unpack_from(order + "H", data, at)[0] == 0x112:
                    yield order, at + 8
            table = struct.unpack_from(order + "I", data, start + table + 2 + 12 * count)[0]

    def set_exif(self, orientation):
        number = self.exif()[0]
        data = bytearray(self.items[number][1])
        for order, at in self.exif_entries():
            struct.pack_into(order + "H", data, at, orientation)
        self.items[number] = (0, bytes(data))

    def write(self, path):
        """All offsets are made anew: one mdat, and an idat for what was in one."""
        numbers = sorted(self.items)
        placed = numbers[::-1] if self.backwards else numbers
        wide = len(self.properties) > 127
        idat = b"".join(self.items[n][1] for n in placed if self.items[n][0] == 1)

        def meta(base):
            offsets, at, inside = [], base, 0
            for n in placed:
                method, bytes_ = self.items[n]
                offsets.append((n, method, inside if method == 1 else at, len(bytes_)))
                if method == 1:
                    inside += len(bytes_)
                else:
                    at += len(bytes_)
            iloc = box(b"iloc", struct.pack(">IHH", 0x01000000, 0x4400, len(numbers)),
                       *(struct.pack(">HHHHII", n, method, 0, 1, offset, size) for n, method, offset, size in sorted(offsets)))
            iinf = box(b"iinf", struct.pack(">IH", 0, len(self.types)), *(box(b"infe", self.types[n][1]) for n in sorted(self.types)))
            entries = b""
            for item in sorted(self.associations):
                entries += struct.pack(">HB", item, len(self.associations[item]))
                for essential, index in self.associations[item]:
                    entries += (struct.pack(">H", index | 0x8000 * essential) if wide else struct.pack(">B", index | 0x80 * essential))
            iprp = box(b"iprp", box(b"ipco", *(box(k, c) for k, c in self.properties)),
                       box(b"ipma", struct.pack(">II", wide, len(self.associations)), entries))
            parts, seen = [], set()
            for kind, whole, _ in self.meta:
                seen.add(kind)
                if kind == b"iref":
                    whole = box(b"iref", whole[8:], *getattr(self, "references", []))
                parts.append({b"iloc": iloc, b"iinf": iinf, b"iprp": iprp, b"idat": box(b"idat", idat)}.get(kind, whole))
            if b"iref" not in seen and getattr(self, "references", []):
                parts.append(box(b"iref", bytes(4), *self.references))
            return box(b"meta", bytes(4), *parts)

        head = [w for w in self.others if w[4:8] == b"ftyp"]
        rest = [w for w in self.others if w[4:8] not in (b"ftyp", b"mdat")]
        before = sum(map(len, head)) + len(meta(0)) + sum(map(len, rest))
        mdat = box(b"mdat", *(self.items[n][1] for n in placed if self.items[n][0] == 0))
        with open(path, "wb") as file:
            file.write(b"".join(head) + meta(before + 8) + b"".join(rest) + mdat)


def turn(source, target, irot, imir, exif, order="irot,imir"):
    heif = Heif(source)
    for kind in order.split(","):
        value = irot if kind == "irot" else imir
        if value != "-":
            heif.add_property(kind.encode(), bytes([int(value)]))
    if exif == "-":
        heif.drop_item(b"Exif")
    else:
        heif.set_exif(int(exif))
    heif.write(target)


def clap(source, target, left, top, width, height):
    heif = Heif(source)
    own = [heif.properties[i - 1] for _, i in heif.associations[heif.primary]]
    size = next(content for kind, content in own if kind == b"ispe")
    whole = struct.unpack(">II", size[4:12])
    left, top, width, height = map(int, (left, top, width, height))
    # Twice the distance of the middles, over 2.
    offsets = [2 * left + width - whole[0], 2 * top + height - whole[1]]
    # Encoders put it before irot and imir, as MIAF asks for.
    turns = [a for a in heif.associations[heif.primary] if heif.properties[a[1] - 1][0] in (b"irot", b"imir")]
    kept = [a for a in heif.associations[heif.primary] if a not in turns]
    heif.associations[heif.primary] = kept
    heif.add_property(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, offsets[0], 2, offsets[1], 2))
    heif.associations[heif.primary] += turns
    heif.write(target)


def alpha(source, target):
    heif = Heif(source)
    references = next(content for kind, _, content in heif.meta if kind == b"iref")
    for kind, _, content in boxes(references, 4):
        if kind == b"auxl":
            number, _, picture = struct.unpack_from(">HHH", content)
            heif.associations[number] += [a for a in heif.associations[picture] if heif.properties[a[1] - 1][0] in (b"irot", b"imir", b"clap")]
    heif.write(target)


def colr(source, target, primaries, transfer, matrix, full):
    heif = Heif(source)
    heif.drop_property(b"colr")
    heif.add_property(b"colr", b"nclx" + struct.pack(">HHHB", int(primaries), int(transfer), int(matrix), int(full) << 7), False)
    heif.write(target)


def planes(source, target):
    """Of a grid and its tiles: some decoders ask the one, some the others. Alpha stays as it is stored, too."""
    heif = Heif(source)
    for item in heif.associations:
        for kind in (b"irot", b"imir", b"clap"):
            heif.drop_property(kind, item)
    for number, (kind, _) in sorted(heif.types.items()):
        if kind in (b"hvc1", b"av01", b"grid"):
            heif.drop_property(b"colr", number)
            heif.add_property(b"colr", b"nclx" + struct.pack(">HHHB", 1, 13, 0, 1 << 7), False, number)
    heif.write(target)


def icc(source, target, profile):
    heif = Heif(source)
    with open(profile, "rb") as file:
        heif.add_property(b"colr", b"prof" + file.read(), False)
    heif.write(target)


def xmp(source, target, packet):
    heif = Heif(source)
    with open(packet, "rb") as file:
        heif.add_item(b"mime", b"\0application/rdf+xml\0", file.read())
    heif.write(target)


def matrix(source, folder):
    os.makedirs(folder)
    ending = source.rsplit(".", 1)[1]
    for irot in "-0123":
        for imir in "-01":
            for exif in "-12345678":
                name = "".join(c if c != "-" else "n" for c in (irot, imir, exif))
                turn(source, f"{folder}/{name}.{ending}", irot, imir, exif)


def cut(source, folder):
    os.makedirs(folder)
    with open(source, "rb") as file:
        data = file.read()
    for eighth in range(1, 8):
        with open(f"{folder}/{eighth}.{source.rsplit('.', 1)[1]}", "wb") as file:
            file.write(data[:len(data) * eighth // 8])


def show_turns(path):
    print(" ".join(f"{kind} {value}" for kind, value in Heif(path).shown()))


def show_orientation(path):
    heif = Heif(path)
    found = [struct.unpack_from(order + "H", heif.items[heif.exif()[0]][1], at)[0] for order, at in heif.exif_entries()] if heif.exif() else []
    print(" ".join(map(str, found)) or 0)


def items(heif):
    return [f"{number} {heif.types[number][0].decode()} {zlib.crc32(heif.items[number][1]):08x}" for number in sorted(heif.items)]


def show_items(path):
    print(*items(Heif(path)), sep="\n")


def audit(path, folder):
    pictures = [item for item in items(Heif(path)) if "Exif" not in item]
    for name in sorted(os.listdir(folder)):
        heif = Heif(os.path.join(folder, name))
        found = [struct.unpack_from(order + "H", heif.items[heif.exif()[0]][1], at)[0] for order, at in heif.exif_entries()] if heif.exif() else []
        if set(heif.shown()) - {("irot", 0)} or set(found) - {1} or [item for item in items(heif) if "Exif" not in item] != pictures:
            print(name)


def each():
    for line in sys.stdin:
        command, *arguments = line.split()
        COMMANDS[command](*arguments)


COMMANDS = {"turn": turn, "clap": clap, "alpha": alpha, "colr": colr, "planes": planes, "icc": icc, "xmp": xmp, "matrix": matrix, "cut": cut, "each": each,
            "turns": show_turns, "orientation": show_orientation, "items": show_items, "audit": audit}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
