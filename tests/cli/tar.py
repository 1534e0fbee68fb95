# SPDX-License-Identifier: MIT
"""Archives with everything that a tar can hold, before and after exifnorm --tar.

Usage: tar.py EXIFNORM TESTDATA, in a scratch folder. Says what is wrong on standard error; exit status 1 then.
"""
import glob
import io
import json
import os
import re
import subprocess
import sys
import tarfile

EXIFNORM, TESTDATA = sys.argv[1:]
failures = []


def check(what, good):
    if not good:
        failures.append(what)
        print("tar.py: " + what, file=sys.stderr)


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def run(data, *options):
    """exifnorm --tar - - : status, bytes, messages."""
    done = subprocess.run([EXIFNORM, "--tar", *options, "-", "-"], input=data, capture_output=True, timeout=120)
    return done.returncode, done.stdout, done.stderr.decode()


TURNED = {}
for name in sorted(glob.glob(os.path.join(TESTDATA, "jpeg", "landscape-[2-8].jpg"))):
    source = read(name)
    TURNED[source] = subprocess.run([EXIFNORM, "-q", "-", "-"], input=source, capture_output=True, check=True).stdout
JPEGS = list(TURNED)
check("there are turned JPEGs", len(JPEGS) == 7 and all(a != b for a, b in TURNED.items()))
CUT = JPEGS[4][:3000]


def member(name, data=b"", kind=tarfile.REGTYPE, **fields):
    info = tarfile.TarInfo(name)
    info.size, info.type = len(data), kind
    for key, value in fields.items():
        setattr(info, key, value)
    return info, data


def make(members, form=tarfile.PAX_FORMAT, **more):
    to = io.BytesIO()
    with tarfile.open(fileobj=to, mode="w", format=form, **more) as tar:
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    return to.getvalue()


def listed(data):
    """Every member, with all that tarfile knows of it but its size and place."""
    found = []
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for m in tar:
            pax = {k: v for k, v in m.pax_headers.items() if k != "size"}
            found.append((m.name, m.type, m.mode, m.uid, m.gid, m.uname, m.gname, m.mtime, m.linkname, m.devmajor,
                          m.devminor, sorted(pax.items()), tar.extractfile(m).read() if m.isreg() else None))
    return found


def expected(data, left_out=()):
    return [(*m[:-1], TURNED.get(m[-1], m[-1])) for m in listed(data) if m[0] not in left_out]


# ---- everything that a tar can hold
LONG = "long/" + "x" * 90 + "/" + "y" * 120 + "/" + "z" * 200
EVERYTHING = [
    member("folder", kind=tarfile.DIRTYPE, mode=0o750, mtime=1000000000),
    member("folder/turned.jpg", JPEGS[0], mode=0o604, uid=1234, gid=4321, uname="them", gname="those", mtime=1234567890),
    member("folder/text.txt", b"label\n" * 100, mode=0o4755),
    member("empty"),
    member(LONG + ".jpg", JPEGS[1], uid=1000),
    member(LONG + ".txt", b"long"),
    member("hard.jpg", kind=tarfile.LNKTYPE, linkname="folder/turned.jpg"),
    member("soft.jpg", kind=tarfile.SYMTYPE, linkname=LONG + ".jpg"),
    member("dangling", kind=tarfile.SYMTYPE, linkname="../../etc/passwd"),
    member("fifo", kind=tarfile.FIFOTYPE),
    member("block", kind=tarfile.BLKTYPE, devmajor=8, devminor=1),
    member("char.png", kind=tarfile.CHRTYPE, devmajor=1, devminor=3),
    member("/absolute.jpg", JPEGS[2]),
    member("../above.jpg", JPEGS[3]),
    member("same", b"first"),
    member("same", JPEGS[4]),
    member("contiguous.jpg", JPEGS[5], kind=tarfile.CONTTYPE),
    member("strange.jpg", JPEGS[6], kind=b"Z"),
    member("large.bin", bytes(range(256)) * 4096),
]
before = set(os.listdir("."))
for form, name in ((tarfile.USTAR_FORMAT, "ustar"), (tarfile.GNU_FORMAT, "gnu"), (tarfile.PAX_FORMAT, "pax")):
    members = [m for m in EVERYTHING if form != tarfile.USTAR_FORMAT or LONG not in m[0].name + m[0].linkname]
    source = make(members, form)
    status, product, said = run(source)
    check(f"{name}: status {status}, {said}", status == 0)
    check(f"{name}: members", listed(product) == expected(source))
    check(f"{name}: whole records", len(product) % 10240 == 0)
    if name == "gnu":
        listing = subprocess.run(["tar", "-tvf", "-"], input=product, capture_output=True)
        check(f"GNU tar has nothing against it: {listing.stderr}", listing.returncode == 0)
    # what needs nothing comes out byte for byte
    again = run(product)
    check(f"{name}: twice is once", again[:2] == (0, product))
check("nothing was extracted", set(os.listdir(".")) == before)

# ---- pax: times to the nanosecond, attributes, vendors' records, names of any bytes, a global header, sizes
vendor = {"mtime": "1500000000.123456789", "SCHILY.xattr.user.note": "kept", "VENDOR.key": "a=b\nc", "comment": "x"}
source = make([member("a.jpg", JPEGS[0], pax_headers=vendor), member("b.txt", b"b", pax_headers=vendor)],
              pax_headers={"comment": "of all members"})
status, product, said = run(source)
check(f"pax records: {said}", status == 0 and listed(product) == expected(source))
check("global header", product[:1536] == source[:1536] and b"of all members" in product[:1536])
check("the time's digits", b"mtime=1500000000.123456789\n" in product)
for extra in ({}, {"comment": "beside it"}):
    sized = make([member("a.jpg", JPEGS[0], pax_headers={"size": str(len(JPEGS[0])), **extra}), member("b", b"b")])
    check("it has a size in pax", b" size=" in sized)
    status, product, said = run(sized)
    check(f"pax size: {said}", status == 0 and listed(product) == expected(sized))
latin = "gr\udcfcn/\udcff\udcfe"
for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
    source = make([member(latin + ".jpg", JPEGS[3]), member(latin + ".cls", b"3")], form)
    status, product, said = run(source, "--report=names.jsonl")
    check(f"names that are no UTF-8: {said}", status == 0 and listed(product) == expected(source))
    if form != tarfile.PAX_FORMAT:
        check("the report has the name's bytes", b'"path_base64":"Z3L8bi///i5qcGc="' in read("names.jsonl"))
source = make([member("uid.jpg", JPEGS[0], uid=3000000000, gid=2**40)], tarfile.GNU_FORMAT)
status, product, said = run(source)
check(f"GNU's base-256: {said}", status == 0 and listed(product) == expected(source))

# ---- a v7 header, written by hand; a size that a folder should not have; a hard link with a body of its own


def by_hand(name, data=b"", kind=b"0", magic=b"ustar\x0000", size=None, link=b"", tail=b""):
    block = bytearray(512)
    block[0:len(name)] = name
    block[100:124] = b"0000644\0" * 3
    block[124:136] = b"%011o\0" % (len(data) if size is None else size)
    block[136:148] = b"%011o " % 1234567890
    block[156:157] = kind
    block[157:157 + len(link)] = link
    block[257:257 + len(magic)] = magic
    block[345:345 + len(tail)] = tail
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + data + bytes(-len(data) % 512)


END = bytes(1024)
for kind in (b"\0", b"0"):
    source = by_hand(b"old/", kind=kind, magic=b"") + by_hand(b"old/a.jpg", JPEGS[0], kind, b"") + END
    status, product, said = run(source)
    check(f"v7: {said}", status == 0 and listed(product) == expected(source))
source = by_hand(b"d/", kind=b"5", size=4096) + by_hand(b"d/a.jpg", JPEGS[0]) + \
    by_hand(b"hard", kind=b"1", link=b"d/a.jpg", size=len(JPEGS[0])) + by_hand(b"s", kind=b"2", link=b"x", size=7) + END
status, product, said = run(source)
check(f"sizes without bodies: {said}", status == 0 and expected(source) == listed(product) and len(product) > 3000)
# A hard link has a body in pax only (POSIX.1-2001); in ustar, and so by libarchive, it has none whatever its size says.
body = TURNED[JPEGS[0]]
pax = by_hand(b"x", b"15 comment=pax\n", b"x")
source = by_hand(b"a.jpg", JPEGS[0]) + pax + by_hand(b"b.jpg", JPEGS[0], b"1", link=b"a.jpg") + END
status, product, said = run(source)
wanted = by_hand(b"a.jpg", body) + pax + by_hand(b"b.jpg", body, b"1", link=b"a.jpg") + END
check(f"a hard link with a body: {said}", status == 0 and product == wanted)
status, product, said = run(by_hand(b"a.jpg", JPEGS[0]) + by_hand(b"b.jpg", JPEGS[0], b"1", link=b"a.jpg") + END)
check(f"one that ustar does not know: {said}", status == 1 and "expected a member's header at byte" in said)
source = by_hand(b"a.jpg", JPEGS[0]) + by_hand(b"b.jpg", b"", b"1", link=b"a.jpg", size=len(JPEGS[0])) + by_hand(b"c") + END
status, product, said = run(source)
check(f"one that has a size and no body: {said}", status == 0 and listed(product) == expected(source))

# ---- what the bytes of an archive are that needs nothing: the same
odd = by_hand(b"lbl", b"", b"V") + by_hand(b"t", b"text") + by_hand(b"dir", b"x" * 700, b"D") + \
    by_hand(b"rest", b"y" * 700, b"M") + END + by_hand(b"behind the end", b"x") + b"junk, and no whole block"
check("an odd archive", run(odd)[:2] == (0, odd))
check("a concatenated one is turned in both parts",
      run(make([member("a.jpg", JPEGS[0])]) * 2)[1].count(TURNED[JPEGS[0]]) == 2)
empty = bytes(10240)
check("an empty archive", run(empty)[:2] == (0, empty))

# ---- sparse files
with open("holes.bin", "wb") as f:
    f.write(b"begin")
    for i in range(60):
        f.seek(10 ** 10 // 60 * (i + 1))
        f.write(b"data")
with open("holes.jpg", "wb") as f:
    f.write(JPEGS[0])
    f.truncate(10 ** 10)
for form in ("gnu", "posix --sparse-version=0.0", "posix --sparse-version=0.1", "posix --sparse-version=1.0"):
    words = ["tar", "-S", *f"--format={form}".split(), "-cf", "-"]
    source = subprocess.run([*words, "holes.bin"], capture_output=True).stdout
    check(f"{form}: it is sparse", len(source) < 10 ** 6)
    check(f"{form}: a sparse file is carried", run(source)[:2] == (0, source))
    source = subprocess.run([*words, "holes.jpg"], capture_output=True).stdout
    status, product, said = run(source)
    check(f"{form}: a sparse image fails: {said}",
          status == 1 and "'holes.jpg': unsupported kind of image: stored as a sparse file" in said and
          product == bytes(len(product)))
    check(f"{form}: and is kept", run(source, "--on-error=keep")[:2] == (1, source))
os.remove("holes.bin")
os.remove("holes.jpg")

# ---- headers that promise 10 GB
huge = 10 * 2 ** 30
for name, said_so in ((b"huge.jpg", "limit exceeded: needs"), (b"huge.bin", None)):
    status, product, said = run(by_hand(name, JPEGS[0] if said_so else b"text", size=0o77777777777), "--max-memory=64M")
    check(f"{name}: {said}", status == 1 and "truncated after byte" in said and (not said_so or said_so in said))
gnu_huge = bytearray(by_hand(b"huge.jpg", b"", magic=b"ustar  \0"))
gnu_huge[124:136] = b"\x80" + (2 ** 62).to_bytes(11, "big")
gnu_huge[148:156] = b" " * 8
gnu_huge[148:156] = b"%06o\0 " % sum(gnu_huge)
check("a size of 2^62", run(bytes(gnu_huge) + JPEGS[0])[0] == 1)
long_name = by_hand(b"././@LongLink", b"", b"L", size=huge)
status, product, said = run(long_name + b"x" * 4096)
check(f"a name of 10 GB: {said}", status == 1 and "Special header too large" in said)

# ---- damage
good = make([member(f"{i}.jpg", JPEGS[i]) for i in range(7)], tarfile.GNU_FORMAT)
whole = run(good)[1]
for cut in (1, 300, 512, 513, 5000, 20000, 20480, len(good) // 2, good.rindex(JPEGS[6]) + len(JPEGS[6]) + 511):
    status, product, said = run(good[:cut])
    check(f"cut at {cut}: {status}, {said}", status == 1 and ("truncated" in said or "not a tar archive" in said))
    check(f"cut at {cut}: what is there is right", whole.startswith(product) and not product.endswith(END))
first_end = good.rindex(JPEGS[6])
boundary = (first_end + len(JPEGS[6]) + 511) // 512 * 512
for blocks, added in ((0, END), (512, b"")):
    status, product, said = run(good[:boundary] + bytes(blocks), "--report=ends.jsonl")
    check(f"{blocks} bytes of an end marker: {status} {said}", status == 0 and listed(product) == expected(good) and
          product.endswith(added) and ("no-end-marker" in said) == bool(added))
    with open("ends.jsonl") as f:
        items = [json.loads(line) for line in f]
    check(f"{blocks} bytes: the report", [i["warnings"] for i in items if i.get("path") == "-"] == [["no-end-marker"]] * bool(added))
check("and then there is one", "no-end-marker" not in run(run(good[:boundary])[1])[2])
status, product, said = run(good[:boundary] + b"x" * 512)
check(f"something else than an end marker: {said}", status == 1 and "expected a member's header" in said)
bad_sum = bytearray(good)
bad_sum[good.index(b"3.jpg")] ^= 1
status, product, said = run(bytes(bad_sum))
check(f"a damaged header: {said}", status == 1 and "expected a member's header at byte" in said and whole.startswith(product))
for what in (b"", b"hello", JPEGS[0], b"PK\3\4" + bytes(1000), b"\x1f\x8b\x08junk", b"\x28\xb5\x2f\xfdjunk",
             subprocess.run(["gzip"], input=b"text", capture_output=True).stdout):
    status, product, said = run(what)
    check(f"no tar {what[:8]}: {status} {said}", (status, product) == (1, b"") and
          re.search("not a tar archive|damaged .* stream|truncated", said))
for pax in (b"5 a=b", b"9999 a=b\n", b"0 a=b\n", b"12 size=-1\n\n", b"99999999999999999999 x=y\n", b"6 abc\n", b"12 size=12x\n"):
    status, product, said = run(by_hand(b"p", pax, b"x") + by_hand(b"a.jpg", JPEGS[0]) + END)
    check(f"pax {pax}: {status} {said}", status == 1 and ("pax" in said or "size attribute" in said) and product == b"")
status, product, said = run(by_hand(b"g", b"9 size=0\n", b"g") + by_hand(b"a.jpg", JPEGS[0]) + END)
check(f"a global size: {said}", status == 1 and "a global header that gives names or sizes" in said)
# ---- hostile archives, whatever is to become of members that fail: told, ended, nothing extracted, and what came before is right
def with_size(field, name=b"b.jpg"):
    block = bytearray(by_hand(name, b"", magic=b"ustar  \0"))
    block[124:136] = field
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def pax_of(records):
    data = b"".join(records)
    return by_hand(b"p", data, b"x")


def pax_record(key, value):
    length = len(key) + len(value) + 3
    while len(b"%d" % length) + len(key) + len(value) + 3 != length:
        length += 1
    return b"%d %s=%s\n" % (length, key, value)


# ---- whole records (POSIX pax, 20 blocks each), where the source has them; blocks where it does not
RECORD = 20 * 512
grows = len(TURNED[JPEGS[0]]) >= len(JPEGS[0])
edge = JPEGS[0] + bytes((-len(JPEGS[0]) + (0 if grows else 1)) % 512)  # what follows EOI is carried
turned_edge = subprocess.run([EXIFNORM, "-q", "-", "-"], input=edge, capture_output=True, check=True).stdout
check("another number of blocks", -(-len(edge) // 512) != -(-len(turned_edge) // 512))
for extra in (0, 512):
    source = by_hand(b"a.jpg", edge) + END
    source += bytes(-len(source) % RECORD + extra)
    wanted = by_hand(b"a.jpg", turned_edge) + END
    status, product, said = run(source)
    check(f"{extra} bytes more than whole records: {said}",
          status == 0 and product.startswith(wanted) and not product[len(wanted):].strip(b"\0"))
    check(f"{extra} bytes more: {len(product)} bytes", len(product) % 512 == 0 and (extra or len(product) % RECORD == 0))

# ---- a map of holes as Solaris writes it: the body is not the file's
# The second map's parts are as long as the body: by sizes alone it could be the file.
for key, value in ((b"SUN.holesdata", b" 0 512"), (b"SUN.holesdata", b" 0 100 5000 %d" % (4900 + len(JPEGS[0]))), (b"SCHILY.realsize", b"9999"), (b"GNU.sparse.size", b"9999")):
    source = pax_of([pax_record(key, value)]) + by_hand(b"b.jpg", JPEGS[0]) + END
    status, product, said = run(source, "--on-error=keep")
    check(f"{key}: {said}", status == 1 and "'b.jpg': unsupported kind of image: stored as a sparse file" in said)
    check(f"{key}: nothing else is written", source.startswith(product.rstrip(b"\0")))

honest = by_hand(b"a.jpg", JPEGS[0])
turned = by_hand(b"a.jpg", TURNED[JPEGS[0]])
sum_is_wrong = bytearray(by_hand(b"b.jpg", JPEGS[1]))
sum_is_wrong[0] ^= 1
HOSTILE = {
    "cut in a body": (by_hand(b"b.jpg", JPEGS[1])[:3000], "truncated"),
    "cut in a header": (by_hand(b"b.jpg", JPEGS[1])[:300], "truncated"),
    "cut in a pax header": (pax_of([pax_record(b"path", b"n" * 2000)])[:1024], "truncated"),
    "cut behind a pax header": (pax_of([pax_record(b"path", b"n")]), "truncated"),
    "ended behind a pax header": (pax_of([pax_record(b"path", b"n")]) + END, "invalid header"),
    "a wrong checksum": (bytes(sum_is_wrong) + END, "expected a member's header"),
    "a wrong checksum behind a pax header": (pax_of([pax_record(b"path", b"n")]) + bytes(sum_is_wrong) + END, "invalid header"),
    "a negative size": (with_size(b"\xff" * 12) + END, "negative size"),
    "a negative octal size": (with_size(b"-0000000001\0") + END, "negative size"),
    "a size of 2^63 - 1": (with_size(b"\x80" + (2 ** 63 - 1).to_bytes(11, "big")) + END, "size overflow"),
    "a size of 2^63 - 600": (with_size(b"\x80" + (2 ** 63 - 600).to_bytes(11, "big"), b"b.bin") + b"x" * 1024, "promises more than 2^50 bytes"),
    "a size of 2^80": (with_size(b"\x80" + (2 ** 80).to_bytes(11, "big")) + END, "size overflow"),
    "a pax size of 2^64": (pax_of([pax_record(b"size", b"%d" % 2 ** 64)]) + by_hand(b"b.jpg") + END, "overflow"),
    "a pax header of 2 MiB": (pax_of([pax_record(b"comment", b"c" * (2 << 20))]) + by_hand(b"b.jpg") + END, "too large"),
    "a thousand pax headers": (pax_of([pax_record(b"comment", b"c")]) * 1000 + by_hand(b"b.jpg") + END, "without a member"),
    "fifty thousand global headers": (by_hand(b"g", pax_record(b"comment", b"c"), b"g") * 50000 + END, "without a member"),
    "20 headers of a MiB": (pax_of([pax_record(b"comment", b"c" * 999900)]) * 20 + by_hand(b"b.jpg") + END, "larger than 4 MiB"),
    "a sparse map that overlaps": (pax_of([pax_record(b"GNU.sparse.major", b"1"), pax_record(b"GNU.sparse.minor", b"0"),
                                           pax_record(b"GNU.sparse.realsize", b"9")]) +
                                   by_hand(b"b.jpg", b"1\n-5\n5\n" + bytes(500)) + END, "invalid header"),
    "a sparse map without end": (pax_of([pax_record(b"GNU.sparse.major", b"1"), pax_record(b"GNU.sparse.minor", b"0")]) +
                                 by_hand(b"b.jpg", b"9999999\n" + b"1\n" * 4000000) + END, "larger than 4 MiB"),
}
for name, (bytes_of_it, said_so) in HOSTILE.items():
    for mode in ("skip", "keep", "stop"):
        status, product, said = run(honest + bytes_of_it, f"--on-error={mode}")
        check(f"{name}, {mode}: {status} {said}", status == 1 and said_so in said)
        check(f"{name}, {mode}: {len(product)} bytes", product[:len(turned)] == turned and not product.endswith(END) and
              bytes_of_it.startswith(product[len(turned):]))
check("nothing was extracted", set(os.listdir(".")) - before <= {"names.jsonl", "ends.jsonl"})
# Names that lead elsewhere are members like others; one that fails does so under its own name.
for name in (b"/etc/b.jpg", b"../../b.jpg", b"a/../../b.jpg", b"//b.jpg", b"b.jpg\\..\\c.jpg"):
    status, product, said = run(by_hand(name, JPEGS[0]) + by_hand(b"l", b"", b"2", link=name) + END)
    check(f"{name}: {said}", (status, product) == (0, by_hand(name, TURNED[JPEGS[0]]) + by_hand(b"l", b"", b"2", link=name) + END))
    status, product, said = run(by_hand(name, CUT) + END, "--on-error=keep")
    check(f"{name}, damaged: {said}", (status, product) == (1, by_hand(name, CUT) + END))
# A GNU header may have a size beside that of its body: such a body is not taken for the file.
for field, value in ((483, b"00000000100\0"), (386, b"00000000000\0" + b"%011o\0" % len(JPEGS[0]))):
    block = bytearray(by_hand(b"b.jpg", b"", magic=b"ustar  \0", size=len(JPEGS[0])))
    block[field:field + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    source = bytes(block) + JPEGS[0] + bytes(-len(JPEGS[0]) % 512) + END
    status, product, said = run(source, "--on-error=keep")
    check(f"GNU's field at {field}: {said}", (status, product) == (1, source) and "stored as a sparse file" in said)

# ---- notes of the archive stay, whatever becomes of the member behind them, and where there is none
note = by_hand(b"g", pax_record(b"comment", b"of the archive"), b"g")
label = by_hand(b"volume", b"", b"V")
for notes in (note, label, note + label + note):
    check("notes alone", run(notes + END)[:2] == (0, notes + END))
    status, _, said = run(notes)
    check(f"notes alone, and no end: {said}", status == 1 and "no member and no end marker" in said)
    two = (notes + END) * 2 + notes + honest + END
    check("notes alone, and more archives", run(two)[:2] == (0, two.replace(honest, turned)))
    status, product, said = run(notes + by_hand(b"b.jpg", CUT) + by_hand(b"c") + END)
    check(f"a member was left out from behind notes: {said}", (status, product) == (1, notes + by_hand(b"c") + END))
status, product, said = run(pax_of([pax_record(b"comment", b"c")]) + note + by_hand(b"b.jpg", CUT) + by_hand(b"c") + END)
check("a note between a member's headers", (status, product) == (1, note + by_hand(b"c") + END))

# ---- attributes and access lists in all their keys; a header in front of a turned image has another size in it, and nothing else
# changes, not even that there is one: libarchive's guesses about hard links behind it hang on that
keys = [(b"SCHILY.xattr.user.a", b"a=\0\n\xff"), (b"LIBARCHIVE.xattr.user.b", b"QkI="), (b"SCHILY.acl.access", b"user::rw-,group::r--"),
        (b"SCHILY.acl.default", b"no list at all"), (b"RHT.security.selinux", b"u:r:t"), (b"SCHILY.fflags", b"nodump"), (b"mtime", b"1.5"),
        (b"VENDOR.x", b""), (b"path", "b\u00e9.jpg".encode()), (b"uid", b"9999999999"), (b"hdrcharset", b"BINARY"),
        (b"comment", b"twice"), (b"comment", b"twice")]
def with_attributes(body):
    sized = [pax_record(*k) for k in keys[:6]] + [pax_record(b"size", b"%d" % len(body))] + [pax_record(*k) for k in keys[6:]]
    return pax_of(sized) + by_hand(b"b.jpg", body) + END
status, product, said = run(with_attributes(JPEGS[0]))
check(f"attributes: {said}", (status, product) == (0, with_attributes(TURNED[JPEGS[0]])))

with open("cut.tar", "wb") as f:
    f.write(good[:20000])
done = subprocess.run([EXIFNORM, "--tar", "cut.tar", "cut.out.tar"], capture_output=True)
check("a cut archive makes no file", done.returncode == 1 and not os.path.exists("cut.out.tar"))

# ---- members that fail
mixed = [member("1.jpg", JPEGS[0]), member("2.jpg", CUT), member("2.txt", b"label"), member("3.jpg", b"no image"),
         member("hard.jpg", kind=tarfile.LNKTYPE, linkname="2.jpg"), member("4.jpg", JPEGS[1])]
source = make(mixed)
for jobs in ("-j1", "-j3"):
    status, product, said = run(source, jobs)
    check(f"skip: {said}", status == 1 and listed(product) == expected(source, ("2.jpg", "3.jpg", "hard.jpg")))
    check("who failed", [n in said for n in ("'2.jpg': damaged", "'3.jpg': not an image", "'hard.jpg': ")] == [True] * 3)
    status, product, said = run(source, jobs, "--on-error=keep")
    check(f"keep: {said}", status == 1 and listed(product) == expected(source) and "'2.jpg': damaged" in said)
    status, product, said = run(source, jobs, "--on-error=stop")
    check(f"stop: {said}", status == 1 and TURNED[JPEGS[0]] in product and b"2.jpg" not in product)
    check("stop: what is there", product == run(source)[1][:len(product)] and not product.endswith(END))
    check("stop: it is said", "stopped at the first failure" in said)
# A link leads to the last member of a name, however that is written.
again = [member("./a//2.jpg", CUT), member("l1", kind=tarfile.LNKTYPE, linkname="a/2.jpg"), member("a/2.jpg", JPEGS[2]),
         member("l2", kind=tarfile.LNKTYPE, linkname="./a/2.jpg"), member("a/2.jpg", CUT), member("l3", kind=tarfile.LNKTYPE, linkname="a/2.jpg")]
status, product, said = run(make(again))
check(f"links to what comes again: {said}", status == 1 and [m[0] for m in listed(product)] == ["a/2.jpg", "l2"])
large = [member("1.jpg", b"no image" * 100000), member("2.jpg", JPEGS[0]), member("2.bin", b"bytes" * 100000)]
source = make(large)
check("a large one is left out", listed(run(source)[1]) == expected(source, ("1.jpg",)))
check("a large one is kept", listed(run(source, "--on-error=keep")[1]) == expected(source))
longest = [member("x" * 4090 + ".jpg", JPEGS[0]), member("y" * 5000 + ".jpg", JPEGS[0]), member("z" * 5000), member("z", b"z")]
status, product, said = run(make(longest))
check("names longer than paths", status == 0 and listed(product) == expected(make(longest)))
longest = [member("x" * 5000 + ".jpg", CUT), member("l", kind=tarfile.LNKTYPE, linkname="x" * 5000 + ".jpg"), member("x" * 5001)]
status, product, said = run(make(longest))
check("they are cut where they are told", status == 1 and len(said) < 9000 and listed(product) == listed(make(longest[2:])))
status, product, said = run(make([member("n" * 5000 + ".jpg", b"no image"), member("n" * 5000 + ".txt", b"no image")]))
check(f"a long name that promises an image: {said}", status == 1 and "not an image" in said and len(listed(product)) == 1)
check("limits", "limit exceeded: needs" in run(make([member("a.jpg", JPEGS[0] + bytes(3 << 20))]), "--max-memory=2M")[2])

# ---- order and bytes do not depend on -j, with many members and large ones among them
many = []
for i in range(300):
    many += [member(f"{i:04}.jpg", JPEGS[i % 7]), member(f"{i:04}.cls", b"%d" % i), member(f"{i:04}.json", b"{}" * 200)]
    if i % 50 == 0:
        many.append(member(f"{i:04}.bin", bytes(300000)))
source = make(many)
first = run(source, "-j1")
check("many members", first[0] == 0 and listed(first[1]) == expected(source))
check("at any -j", run(source, "-j2")[1] == first[1] == run(source, "-j7")[1])

# ---- WebDataset: a sample is the members of one key, the name up to the first dot of its last part; they lie side by side


def samples(data):
    found = []
    with tarfile.open(fileobj=io.BytesIO(data), mode="r|") as stream:
        for m in stream:
            key, extension = re.match(r"^((?:.*/|)[^.]+)[.]([^/]*)$", m.name).groups()
            if not found or found[-1]["__key__"] != key:
                found.append({"__key__": key})
            check(f"{m.name} comes once", extension.lower() not in found[-1])
            found[-1][extension.lower()] = stream.extractfile(m).read()
    return found


shard = []
for i in range(40):
    # as webdataset.TarWriter: mode 0444, bigdata, owners by name
    fields = {"mode": 0o444, "uname": "bigdata", "gname": "bigdata", "mtime": 1600000000.25 + i}
    shard += [member(f"train/{i:06}.jpg", JPEGS[i % 7], **fields), member(f"train/{i:06}.cls", b"%d" % (i % 10), **fields),
              member(f"train/{i:06}.seg.png", read(TESTDATA, "png", "no-exif.png"), **fields),
              member(f"train/{i:06}.json", b'{"i": %d}' % i, **fields)]
for form in (tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
    source = make(shard, form)
    status, product, said = run(source)
    was, now = samples(source), samples(product)
    check(f"a shard: {said}", status == 0 and len(now) == 40)
    check("keys, pairs and their order", [list(s) for s in was] == [list(s) for s in now])
    check("images are turned, all else is the same",
          now == [{**s, "jpg": TURNED[s["jpg"]]} for s in was])

sys.exit(bool(failures))
