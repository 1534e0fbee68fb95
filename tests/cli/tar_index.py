# SPDX-License-Identifier: MIT
"""Indexes beside archives, before and after exifnorm --tar: DALI's (wds2idx), wids', and others.

Usage: tar_index.py EXIFNORM TESTDATA, in a scratch folder. Says what is wrong on standard error; exit status 1 then.
"""
import glob
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile

EXIFNORM, TESTDATA = sys.argv[1:]
failures = []


def check(what, good):
    if not good:
        failures.append(what)
        print("tar_index.py: " + what, file=sys.stderr)


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def write(data, *path):
    os.makedirs(os.path.dirname(os.path.join(*path)) or ".", exist_ok=True)
    with open(os.path.join(*path), "wb") as f:
        f.write(data)


def run(*words):
    """exifnorm --tar: status, messages, lines of the report by path."""
    done = subprocess.run([EXIFNORM, "--tar", "--report=report.jsonl", *words], capture_output=True, timeout=120)
    with open("report.jsonl") as f:
        lines = [json.loads(line) for line in f]
    items = [line for line in lines if "path" in line]
    return done.returncode, done.stderr.decode(), {i["path"]: i for i in items if "archive" not in i}, items


SOURCES = [read(name) for name in sorted(glob.glob(os.path.join(TESTDATA, "jpeg", "landscape-[1-8].jpg")))]
TURNED = {s: subprocess.run([EXIFNORM, "-q", "-", "-"], input=s, capture_output=True, check=True).stdout for s in SOURCES}
check("sizes change", len({len(t) - len(s) for s, t in TURNED.items()}) > 2)
CUT = SOURCES[5][:3000]


def make_tar(members, form=tarfile.USTAR_FORMAT, **more):
    to = io.BytesIO()
    with tarfile.open(fileobj=to, mode="w", format=form) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in more.items():
                setattr(info, key, value)
            tar.addfile(info, io.BytesIO(data))
    return to.getvalue()


def samples(count, first=0):
    """A label says which picture belongs to it."""
    found = []
    for i in range(first, first + count):
        key = "train/%05d" % i
        found += [(key + ".jpg", SOURCES[i % 8]), (key + ".cls", b"%d" % i), (key + ".seg.txt", b"s" * (i * 37 % 700))]
    return found


def split(name):
    dot = name.find(".", name.rfind("/") + 1)
    return name[:dot], name[dot + 1:]


def wds2idx(data, version="v1.2", names=True):
    """What DALI's tool says of an archive, by Python's tarfile."""
    rows, last = [], None
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for m in tar:
            if m.type != tarfile.REGTYPE:
                continue
            base, extension = split(m.name)
            if base != last:
                rows.append([])
                last = base
            rows[-1].append("%s %d %d" % (extension, m.offset_data, m.size) + (" " + m.name if names else ""))
    return ("%s %d\n" % (version, len(rows)) + "".join(" ".join(r) + "\n" for r in rows)).encode()


def through(index, data, fields):
    """Every sample that an index leads to: a dictionary of extensions for each."""
    lines = index.decode().split("\n")
    found = []
    for line in lines[1:1 + int(lines[0].split()[1])]:
        words = line.split()
        check(f"whole records: {line}", words and len(words) % fields == 0)
        sample = {}
        for i in range(0, len(words), fields):
            offset, size = int(words[i + 1]), int(words[i + 2])
            check(f"an offset of whole blocks: {offset}", offset % 512 == 0 and offset + size <= len(data))
            sample[words[i]] = data[offset:offset + size]
        found.append(sample)
    return found


def wanted(members):
    found, last = [], None
    for name, data in members:
        key, extension = split(name)
        if key != last:
            found.append({})
            last = key
        found[-1][extension] = TURNED.get(data, data)
    return found


def fresh():
    for name in ("in", "out", "out.exifnorm-state"):
        shutil.rmtree(name, ignore_errors=True)
        if os.path.exists(name):
            os.remove(name)


# ---- each version, each format of the archive: every sample is what its label is of
members = samples(10)
for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
    for version, names in (("v1.0", False), ("v1.0", True), ("v1.1", False), ("v1.2", True)):
        fresh()
        more = {"pax_headers": {"comment": "x"}} if form == tarfile.PAX_FORMAT else {}
        source = make_tar(members, form, **more)
        write(source, "in", "s-0.tar")
        index = wds2idx(source, version, names)
        write(index, "in", "s-0.idx")
        what = f"{form} {version} {names}"
        status, said, told, items = run("in", "out", "--verify")
        output, edited = read("out", "s-0.tar"), read("out", "s-0.idx")
        check(f"{what}: {status} {said}", status == 0 and said == "")
        check(f"{what}: the index has changed", index != edited)
        check(f"{what}: every sample", through(edited, output, 3 + names) == wanted(members))
        check(f"{what}: it is what wds2idx makes of the output", edited == wds2idx(output, version, names))
        check(f"{what}: {told['s-0.idx']}", told["s-0.idx"]["outcome"] == "metadata" and
              told["s-0.idx"]["bytes_after"] == len(edited) and told["s-0.idx"]["warnings"] == [])
        check(f"{what}: it comes last", items[-1]["path"] == "s-0.idx")
        check(f"{what}: the old one reads something else", through(index, output, 3 + names) != wanted(members))
check("the index has changed, and its time says so", os.stat("in/s-0.idx").st_mtime_ns < os.stat("out/s-0.idx").st_mtime_ns)
check("the index keeps its mode", os.stat("in/s-0.idx").st_mode == os.stat("out/s-0.idx").st_mode)
check("and the folder its", os.stat("in").st_mtime_ns == os.stat("out").st_mtime_ns)

# GNU tar says where members lie, as wds2idx asks it.
listing = subprocess.run(["tar", "-tRf", "in/s-0.tar"], capture_output=True, text=True).stdout.splitlines()
check("GNU tar lists it", len(listing) >= len(members))

# ---- nothing changed: byte for byte, also what no tool would write so
fresh()
plain = [(n, d) for n, d in members if not n.endswith(".jpg")] + [("upright.jpg", TURNED[SOURCES[5]])]
source = make_tar(plain)
index = wds2idx(source).replace(b" ", b"\t ", 5).replace(b"\n", b" \r\n") + b"\n \n"
write(source, "in", "a.tar")
write(index, "in", "a.idx")
status, said, told, items = run("in", "out")
check(f"nothing changed: {status} {said}", status == 0 and read("out", "a.idx") == index and read("out", "a.tar") == source)
check("it is copied", told["a.idx"]["outcome"] == "copied")

# ---- line ends and spaces of others stay, and are read
fresh()
source = make_tar(members)
index = wds2idx(source).replace(b"\n", b"\r\n") + b"\r\n"
write(source, "in", "a.tar")
write(index, "in", "a.idx")
status, said, told, items = run("in", "out")
edited = read("out", "a.idx")
check(f"CRLF: {status} {said}", status == 0 and edited.count(b"\r\n") == index.count(b"\r\n"))
check("CRLF: every sample", through(edited, read("out", "a.tar"), 4) == wanted(members))

# ---- names: to the first dot, to the last, all of it; several shards; in a folder of their own
fresh()
shards = {}
for i, name in enumerate(("a.tar", "b.v2.tar", "c.tar", "d/e.tar", "shards/f.tar", ".g.tar")):
    shards[name] = samples(5, 10 * i)
    write(make_tar(shards[name]), "in", name)
places = {"a.tar": "a.idx", "b.v2.tar": "b.idx", "c.tar": "c.tar.idx", "d/e.tar": "d/e.idx", "shards/f.tar": "index/f.idx",
          ".g.tar": ".g.idx"}
for name, index in places.items():
    write(wds2idx(read("in", name)), "in", index)
write(b"0 12\n12 99\n", "in", "some.idx")
os.chmod("in/index", 0o555)
status, said, told, items = run("in", "out")
check(f"names: {status} {said}", status == 0)
for name, index in places.items():
    check(f"{index}: every sample", through(read("out", index), read("out", name), 4) == wanted(shards[name]))
check("another kind of index is copied", read("out", "some.idx") == b"0 12\n12 99\n")
check("indexes come last, in order", [i["path"] for i in items][-7:] == sorted(list(places.values()) + ["some.idx"]))
check("modes of folders", os.stat("out/index").st_mode & 0o777 == 0o555)
os.chmod("in/index", 0o755)
os.chmod("out/index", 0o755)

# ---- packed: offsets into what is unpacked
fresh()
source = make_tar(members)
write(gzip.compress(source), "in", "a.tar.gz")
write(wds2idx(source), "in", "a.idx")
status, said, told, items = run("in", "out")
check(f"packed: {status} {said}", status == 0)
check("packed: every sample", through(read("out", "a.idx"), gzip.decompress(read("out", "a.tar.gz")), 4) == wanted(members))

# ---- members that fail: what was left out is in no sample; what was kept is
mixed = samples(3) + [("bad.jpg", CUT), ("bad.cls", b"x"), ("worse.jpg", CUT)] + samples(3, 5)
source = make_tar(mixed)
for mode, left in (("skip", [m for m in mixed if m[1] != CUT]), ("keep", mixed)):
    fresh()
    write(source, "in", "a.tar")
    write(wds2idx(source), "in", "a.idx")
    status, said, told, items = run("in", "out", f"--on-error={mode}")
    check(f"{mode}: {status} {said}", status == 1 and told["a.idx"]["warnings"] == [])
    check(f"{mode}: every sample", through(read("out", "a.idx"), read("out", "a.tar"), 4) == wanted(left))
    check(f"{mode}: as wds2idx", read("out", "a.idx") == wds2idx(read("out", "a.tar")))
# Of two members of one name, one was left out: which one is still there cannot be told from names.
fresh()
source = make_tar([("a.jpg", CUT), ("a.jpg", SOURCES[2]), ("a.cls", b"x")])
write(source, "in", "a.tar")
write(wds2idx(source), "in", "a.idx")
status, said, told, items = run("in", "out")
check(f"two of a name: {status} {said}", status == 1 and told["a.idx"]["warnings"] == ["index-stale"] and
      "cannot be matched uniquely" in said and read("out", "a.idx") == wds2idx(source))
# Nothing is left, and an archive that has no output.
for data, why in ((make_tar([("a.jpg", CUT), ("b.jpg", CUT)]), "no sample is left"),
                  (make_tar(members)[:20000], "not in OUT|truncated")):
    fresh()
    write(data, "in", "a.tar")
    index = wds2idx(make_tar([("a.jpg", CUT), ("b.jpg", CUT)]))
    write(index, "in", "a.idx")
    status, said, told, items = run("in", "out")
    check(f"{why}: {status} {said}", status == 1 and told["a.idx"]["warnings"] == ["index-stale"] and re.search(why, said) and
          read("out", "a.idx") == index)

# ---- an index that is not true before the run is not made true
source = make_tar(members)
good = wds2idx(source)
lines = good.decode().split("\n")
size = len(SOURCES[0])
HOSTILE = {
    "a wrong offset": good.replace(b" 512 ", b" 1024 ", 1),
    "a wrong size": good.replace(b" %d " % size, b" %d " % (size - 1), 1),
    "a negative offset": good.replace(b" 512 ", b" -512 ", 1),
    "a sign": good.replace(b" 512 ", b" +512 ", 1),
    "an offset of 2^64 + 512": good.replace(b" 512 ", b" %d " % (2 ** 64 + 512), 1),
    "an offset of a thousand digits": good.replace(b" 512 ", b" " + b"9" * 1000 + b" ", 1),
    "a hexadecimal offset": good.replace(b" 512 ", b" 0x200 ", 1),
    "an offset behind the end": good.replace(b" 512 ", b" 99999999488 ", 1),
    "an offset of a header": good.replace(b" 512 ", b" 0 ", 1),
    "another name": good.replace(b"train/00000.jpg", b"train/00009.jpg"),
    "another extension": good.replace(b"jpg 512 ", b"png 512 ", 1),
    "a version of the future": good.replace(b"v1.2", b"v2.0"),
    "a version that is wrong": good.replace(b"v1.2", b"v1.1"),
    "a version without a number": good.replace(b"v1.2", b"v1."),
    "no count": good.replace(b"v1.2 10", b"v1.2"),
    "a count of 0": good.replace(b"v1.2 10", b"v1.2 0"),
    "a negative count": good.replace(b"v1.2 10", b"v1.2 -10"),
    "a count that is too high": good.replace(b"v1.2 10", b"v1.2 11"),
    "a count that is too low": good.replace(b"v1.2 10", b"v1.2 9"),
    "a count of 2^63": good.replace(b"v1.2 10", b"v1.2 %d" % 2 ** 63),
    "a word more": good.replace(b"v1.2 10", b"v1.2 10 more"),
    "a sample without files": good.replace(b"\n", b"\n\n", 1).replace(b"v1.2 10", b"v1.2 11"),
    "a record that is cut": "\n".join(lines[:5]).rsplit(" ", 1)[0].encode() + b"\n",
    "NUL bytes": good.replace(b" 512 ", b" 512\0 ", 1),
    "cut": good[:len(good) // 2],
    "only the first line": b"v1.2 1\n",
    "of another archive": wds2idx(make_tar(samples(10, 3))),
    "a name with a space": good.replace(b"train/00000.jpg", b"train/00 00.jpg"),
}
for what, index in HOSTILE.items():
    check(f"{what}: it is another one", index != good)
    fresh()
    write(source, "in", "a.tar")
    write(index, "in", "a.idx")
    status, said, told, items = run("in", "out")
    check(f"{what}: {status} {said}", status == 1 and "'in/a.idx': index-stale: copied unchanged" in said)
    check(f"{what}: as it was", read("out", "a.idx") == index and told["a.idx"]["outcome"] == "copied" and
          told["a.idx"]["warnings"] == ["index-stale"] and told["a.idx"]["status"] == "ok")
status, said, told, items = run("in", "out", "--overwrite", "--allow-unsupported")
check(f"allowed: {status} {said}", status == 0 and told["a.idx"]["warnings"] == ["index-stale"])
# Two archives that it could be of: none is chosen.
fresh()
for name in ("x/a.tar", "y/a.tar"):
    write(source, "in", name)
write(good, "in", "z", "a.idx")
status, said, told, items = run("in", "out")
check(f"two archives: {status} {said}", status == 1 and "2 archives match it" in said)
write(make_tar(samples(10, 1)), "in", "y/a.tar")
status, said, told, items = run("in", "out", "--overwrite")
check(f"one of two: {status} {said}", status == 0 and through(read("out/z/a.idx"), read("out/x/a.tar"), 4) == wanted(members))
fresh()
write(good, "in", "a.idx")
status, said, told, items = run("in", "out")
check(f"no archive: {status} {said}", status == 1 and "not part of this run" in said)

# ---- a dry run says what would be, and makes nothing
fresh()
write(source, "in", "a.tar")
write(good, "in", "a.idx")
write(HOSTILE["a wrong size"], "in", "a.tar.idx")
status, said, told, items = run("in", "out", "--dry-run")
check(f"dry run: {status} {said}", status == 1 and told["a.idx"]["outcome"] == "metadata" and
      told["a.tar.idx"]["warnings"] == ["index-stale"] and not os.path.exists("out"))

# ---- what is done stays; what has changed is done anew, and the index with it
os.remove("in/a.tar.idx")
status, said, told, items = run("in", "out", "--resume")
whole = read("out", "a.idx")
before = os.stat("out/a.idx").st_ino
again = run("in", "out", "--resume")
check(f"resumed: {again[:2]}", again[0] == 0 and os.stat("out/a.idx").st_ino == before and
      [{**i, "milliseconds": 0} for i in again[3]] == [{**i, "milliseconds": 0} for i in items])
other = make_tar(samples(10, 2))
write(other, "in", "a.tar")
write(wds2idx(other), "in", "a.idx")
os.utime("in/a.tar", (10 ** 9, 10 ** 9))
os.utime("in/a.idx", (10 ** 9, 10 ** 9))
status, said, told, items = run("in", "out", "--resume")
check(f"another archive: {status} {said}", status == 0 and
      through(read("out", "a.idx"), read("out", "a.tar"), 4) == wanted(samples(10, 2)))
# The archive alone has other bytes, and its index the same: the member's sizes, not their contents.
swapped = [(n, (SOURCES[3] if d == SOURCES[4] else SOURCES[4] if d == SOURCES[3] else d)) for n, d in samples(10, 2)]
if len(SOURCES[3]) == len(SOURCES[4]):
    write(make_tar(swapped), "in", "a.tar")
    status, said, told, items = run("in", "out", "--resume")
    check(f"other contents: {status} {said}", status == 0 and
          through(read("out", "a.idx"), read("out", "a.tar"), 4) == wanted(swapped))
os.remove("out/a.idx")
status, said, told, items = run("in", "out", "--resume")
check(f"the index alone: {status} {said}", status == 0 and through(read("out", "a.idx"), read("out", "a.tar"), 4))

# ---- shards of a run: an archive and its index are in the same part
fresh()
shards = {f"p.{i}.tar" if i % 2 else f"s{i}.tar": samples(4, 5 * i) for i in range(8)}
for name, of in shards.items():
    write(make_tar(of), "in", name)
    write(wds2idx(read("in", name)), "in", name[:-4] + ".idx")
for part in range(3):
    status, said, told, items = run("in", "out", f"--shard={part}/3")
    check(f"shard {part}: {status} {said}", status == 0)
for name, of in shards.items():
    check(f"{name}: every sample", through(read("out", name[:-4] + ".idx"), read("out", name), 4) == wanted(of))

# ---- wids


def md5(data):
    return hashlib.md5(data).hexdigest()


def wids(shards, **more):
    listed = [dict(url=url, md5sum=md5(data), nsamples=n, filesize=len(data)) for url, data, n in shards]
    return json.dumps(dict(__kind__="wids-shard-index-v1", wids_version=1, shardlist=listed, name="x\u00e9\"", **more), indent=2).encode()


def true_wids(index, folder, wherever=None):
    for shard in json.loads(index)["shardlist"]:
        data = read(folder, (wherever or (lambda u: u))(shard["url"]))
        if shard.get("filesize", len(data)) != len(data) or shard.get("md5sum", md5(data)).lower() != md5(data):
            return False
    return True


one, two = make_tar(samples(4)), make_tar(samples(5, 20))
upright = make_tar([("u.jpg", TURNED[SOURCES[5]])])
for place, base, urls in (("i.json", {}, ("s/1.tar", "s/2.tar", "s/3.tar")), ("s/i.json", {}, ("1.tar", "./2.tar", "../s/3.tar")),
                          ("i.json", {"base": "s"}, ("1.tar", "2.tar", "3.tar")),
                          ("i.json", {"base": "https://example.com/x"}, ("1.tar", "2.tar", "3.tar")),
                          ("d/i.json", {}, ("s3://bucket/1.tar", "/somewhere/2.tar", "pipe:cat 3.tar"))):
    fresh()
    for name, data in (("1.tar", one), ("2.tar", two), ("3.tar", upright)):
        write(data, "in/s", name)
    index = wids(list(zip(urls, (one, two, upright), (4, 5, 1))), **base)
    write(index, "in", place)
    status, said, told, items = run("in", "out", "--verify")
    edited = read("out", place)
    check(f"{place} {base}: {status} {said}", status == 0 and edited != index and told[place]["outcome"] == "metadata")
    check(f"{place} {base}: every shard", true_wids(edited, "out/s", lambda u: re.search(r"\d.tar", u).group()))
    values = re.compile(rb'"[0-9a-f]{32}"|\d{4,}')
    check(f"{place} {base}: nothing else", values.sub(b"", edited) == values.sub(b"", index) and
          json.loads(index)["shardlist"][2] == json.loads(edited)["shardlist"][2])
status, said, told, items = run("in", "none", "--dry-run")
check(f"wids, a dry run: {status} {said}", status == 0 and told["d/i.json"]["outcome"] == "metadata")
STALE = {
    "a wrong size": lambda i: i["shardlist"][0].update(filesize=1),
    "a wrong sum": lambda i: i["shardlist"][0].update(md5sum="0" * 32),
    "a negative size": lambda i: i["shardlist"][0].update(filesize=-5),
    "a size that is text": lambda i: i["shardlist"][0].update(filesize="12"),
    "a sum that is none": lambda i: i["shardlist"][0].update(md5sum="xyz"),
    "a size that is no integer": lambda i: i["shardlist"][0].update(filesize=1e3),
    "an archive twice": lambda i: i["shardlist"].append(dict(i["shardlist"][0], url="./x/../1.tar")),
    "a shard within a shard": lambda i: i["shardlist"][0].update(inner={"url": "2.tar", "filesize": len(two)}),
}
for what, change in STALE.items():
    fresh()
    write(one, "in", "1.tar")
    write(two, "in", "2.tar")
    index = json.loads(wids([("1.tar", one, 4), ("2.tar", two, 5)]))
    change(index)
    index = json.dumps(index).encode()
    write(index, "in", "i.json")
    status, said, told, items = run("in", "out")
    check(f"wids, {what}: {status} {said}", status == 1 and told["i.json"]["warnings"] == ["index-stale"] and
          read("out", "i.json") == index)
FINE = {
    "only sizes": lambda i: [s.pop("md5sum") for s in i["shardlist"]],
    "only sums": lambda i: [s.pop("filesize") for s in i["shardlist"]],
    "nulls": lambda i: [s.update(md5sum=None) for s in i["shardlist"]],
    "sums in capitals": lambda i: [s.update(md5sum=s["md5sum"].upper()) for s in i["shardlist"]],
    "a shard of elsewhere": lambda i: i["shardlist"].append(dict(url="https://x/9.tar", filesize=9, nsamples=1)),
    "shards of a part": lambda i: i.update(datasets=[{"shardlist": [i["shardlist"].pop()]}]),
    "neither": lambda i: [s.pop(k) for s in i["shardlist"] for k in ("md5sum", "filesize")],
}
for what, change in FINE.items():
    fresh()
    write(one, "in", "1.tar")
    write(two, "in", "2.tar")
    index = json.loads(wids([("1.tar", one, 4), ("2.tar", two, 5)]))
    change(index)
    write(json.dumps(index).encode(), "in", "i.json")
    status, said, told, items = run("in", "out")
    edited = json.loads(read("out", "i.json"))
    for part in edited.get("datasets", []):
        edited["shardlist"] += part["shardlist"]
    edited["shardlist"] = [{k: v for k, v in s.items() if v is not None} for s in edited["shardlist"] if "9.tar" not in s["url"]]
    check(f"wids, {what}: {status} {said}", status == 0 and len(edited["shardlist"]) == 2 and
          true_wids(json.dumps(edited), "out") and
          told["i.json"]["outcome"] == ("copied" if json.dumps(index).encode() == read("out", "i.json") else "metadata"))
# Keys with escapes are those keys (RFC 8259, 7), and stay as they are written. A key that only begins like one is another.
plain = wids([("1.tar", one, 4), ("2.tar", two, 5)])
for key in (b"shardlist", b"url", b"filesize", b"md5sum", b"wids_version"):
    for escape in (lambda c: b"\\u%04x" % c, lambda c: b"\\u%04X" % c):
        for escaped in (escape(key[0]) + key[1:], key[:-1] + escape(key[-1]), b"".join(escape(c) for c in key)):
            fresh()
            write(one, "in", "1.tar")
            write(two, "in", "2.tar")
            index = plain.replace(b'"' + key + b'"', b'"' + escaped + b'"')
            check(f"wids, {escaped}: it is the same index", index != plain and json.loads(index) == json.loads(plain))
            write(index, "in", "i.json")
            status, said, told, items = run("in", "out")
            edited = read("out", "i.json")
            check(f"wids, {escaped}: {status} {said}", status == 0 and told["i.json"]["outcome"] == "metadata")
            check(f"wids, {escaped}: every shard", edited != index and true_wids(edited, "out") and edited.count(escaped) == index.count(escaped))
for key in (b"url\\u0022", b"url\\u00e9", b"ur\\u0061", b"\\\\u0075rl"):
    fresh()
    write(one, "in", "1.tar")
    index = plain.replace(b'"url"', b'"' + key + b'"')
    json.loads(index)
    write(index, "in", "i.json")
    status, said, told, items = run("in", "out")
    check(f"wids, another key, {key}: {status} {said}", status == 0 and read("out", "i.json") == index)
fresh()
write(make_tar(mixed), "in", "1.tar")
write(wids([("1.tar", make_tar(mixed), 8)]), "in", "i.json")
status, said, told, items = run("in", "out")
check(f"wids, members left out: {status} {said}", status == 1 and told["i.json"]["warnings"] == ["index-stale"])

# ---- formats that nobody knows: told where the archive has changed
for name, data in (("1.tar.index", b"\x80\4pickle"), ("1.idx", b"0 512\n"), ("1.tar.index.sqlite", b"SQLite format 3\0"),
                   ("1.json", b'{"files": {"a.jpg": {"offset": 512, "length": 1}}}')):
    for archive, stale in ((one, True), (upright, False)):
        fresh()
        write(archive, "in", "1.tar")
        write(data, "in", name)
        write(data, "in", "elsewhere" + name)
        status, said, told, items = run("in", "out")
        check(f"{name}: {status} {said}", status == int(stale) and read("out", name) == data and
              told[name]["warnings"] == ["index-stale"] * stale and told["elsewhere" + name]["warnings"] == [])
fresh()
write(one, "in", "1.tar")
write(b'{"label": 1}', "in", "1.json")
status, said, told, items = run("in", "out")
check(f"a JSON file without offsets: {status} {said}", status == 0 and [i["path"] for i in items][0] == "1.json")

# ---- an archive for itself: what lies beside it is not carried over, and is said to be stale where the output is another archive
BESIDE = (("s-0.idx", lambda a: wds2idx(a, "v1.2", True), True), ("i.json", lambda a: wids([("x/s-0.tar", a, 4)]), True),
          ("s-0.index", lambda a: b"\x80\4pickle", True), ("s-0.tar.index.sqlite", lambda a: b"SQLite format 3\0", True),
          ("s-0.json", lambda a: b'{"files": {"a.jpg": {"offset": 512}}}', True),
          ("s-0.idx", lambda a: wds2idx(two, "v1.2", True), True),  # of that name, and true of nothing
          ("s-1.idx", lambda a: wds2idx(a, "v1.2", True), False), ("i.json", lambda a: wids([("s-1.tar", a, 4)]), False),
          ("s-0.json", lambda a: b'{"label": 1}', False), ("s-0.txt", lambda a: b"offset", False), ("t.index", lambda a: b"\x80", False))
for name, make, speaks in BESIDE:
    for archive in (one, upright):
        for out in ("out", "-"):
            for option in ("-q", "--allow-unsupported") if out == "-" else ("-q", "--dry-run", "--allow-unsupported"):
                fresh()
                write(archive, "in", "s-0.tar")
                write(make(archive), "in", name)
                os.makedirs("out")
                status, said, told, items = run("in/s-0.tar", out if out == "-" else "out/s-0.tar", option)
                stale = speaks and archive is one
                lines = [i for i in items if i["path"] == "s-0.tar" and i["warnings"] == ["index-stale"]]
                what = f"{name} beside {'one' if archive is one else 'upright'} to {out} {option}: {status} {said}"
                check(what, status == int(stale and option != "--allow-unsupported") and len(lines) == int(stale))
                check(what, ("index-stale" in said and name in said) == (stale and option != "--allow-unsupported"))
                check(what, sorted(os.listdir("out")) == (["s-0.tar"] if out != "-" and option != "--dry-run" else []))
fresh()
write(one, "in", "s.v1.tar")  # wds2idx cuts the name at the first dot
write(wds2idx(one, "v1.2", True), "in", "s.idx")
status, said, told, items = run("in/s.v1.tar", "o.tar", "--overwrite")
check(f"the key of an index: {status} {said}", status == 1 and "'s.idx'" in said)
write(wds2idx(two, "v1.2", True), "in", "s.idx")
status, said, told, items = run("in/s.v1.tar", "o.tar", "--overwrite")
check(f"the index of another archive: {status} {said}", status == 0)
os.rename("in/s.idx", "in/s.v1.idx")
write(one[:len(one.rstrip(b"\0")) + 511 & ~511], "in", "s.v1.tar")
status, said, told, items = run("in/s.v1.tar", "o.tar", "--overwrite")
check(f"no end marker either: {status} {said}", status == 1 and "index-stale" in said and "no-end-marker" in said)

sys.exit(bool(failures))
