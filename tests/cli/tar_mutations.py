# SPDX-License-Identifier: MIT
"""Archives with damaged and contradictory headers through exifnorm --tar: no crash, and what it takes for well stays so.

Usage: tar_mutations.py EXIFNORM TESTDATA RUNS, in a scratch folder. The same RUNS are the same archives. An archive that GNU tar
lists without complaint, too, must have the same members afterwards; a product must be its own product.
"""
import io
import os
import random
import re
import subprocess
import sys
import tarfile

EXIFNORM, TESTDATA, RUNS = sys.argv[1], sys.argv[2], int(sys.argv[3])
BLOCK = 512
rng = random.Random(1)


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def seed(form):
    jpeg, png = read(TESTDATA, "jpeg", "landscape-6.jpg"), read(TESTDATA, "png", "rgb8-3.png")
    pax = {"VENDOR.key": "kept", "size": str(len(jpeg))} if form == tarfile.PAX_FORMAT else {}
    long = "n" * (90 if form == tarfile.USTAR_FORMAT else 150)
    to = io.BytesIO()
    with tarfile.open(fileobj=to, mode="w", format=form, pax_headers={"comment": "of all"}) as tar:
        for name, data, kind, fields in (("d", b"", tarfile.DIRTYPE, {}), ("d/a.jpg", jpeg, tarfile.REGTYPE, {"pax_headers": pax}),
                                         (long, b"text" * 200, tarfile.REGTYPE, {}), ("b.png", png, tarfile.REGTYPE, {}),
                                         ("hard.jpg", b"", tarfile.LNKTYPE, {"linkname": "d/a.jpg"}),
                                         ("soft", b"", tarfile.SYMTYPE, {"linkname": long}), ("empty", b"", tarfile.REGTYPE, {})):
            info = tarfile.TarInfo(name)
            info.size, info.type = len(data), kind
            for key, value in fields.items():
                setattr(info, key, value)
            tar.addfile(info, io.BytesIO(data))
    return to.getvalue()


def sparse_seeds():
    with open("holes.jpg", "wb") as f:
        f.write(b"x" * 5000)
        f.truncate(10 ** 7)
    with open("plain", "wb") as f:
        f.write(b"y" * 700)
    for options in (["gnu"], ["posix", "--sparse-version=0.0"], ["posix", "--sparse-version=0.1"], ["posix", "--sparse-version=1.0"]):
        yield subprocess.run(["tar", "-S", "--format=" + options[0], *options[1:], "-cf", "-", "holes.jpg", "plain"],
                             capture_output=True, check=True).stdout


def heads(archive):
    return [at for at in range(0, len(archive) - BLOCK + 1, BLOCK) if archive[at + 257:at + 262] == b"ustar"]


def mend_sums(archive):
    for at in heads(archive):
        block = archive[at:at + BLOCK]
        block[148:156] = b" " * 8
        archive[at + 148:at + 156] = b"%06o\0 " % sum(block)


def mutate(archive):
    at = rng.choice(heads(archive) or [0])
    way = rng.random()
    if way < .4:
        archive[at + rng.randrange(124, 136)] = rng.choice(b"01234567 \0\x80\xff-9")
    elif way < .55:
        archive[at + 156] = rng.choice(b"0123456789xgLKVXASDMN\0Z7")
    elif way < .7:
        archive[at + rng.randrange(BLOCK)] = rng.randrange(256)
    elif way < .8 and at + 2 * BLOCK < len(archive):
        archive[at + BLOCK + rng.randrange(BLOCK)] = rng.randrange(256)
    elif way < .9:
        other = rng.choice(heads(archive) or [0])
        archive[at:at] = archive[other:other + BLOCK * rng.randint(1, 3)]
    elif way < .95:
        del archive[rng.randrange(len(archive)):]
    else:
        del archive[at:at + BLOCK]
    if len(archive) < 2 * BLOCK:
        archive += bytes(4 * BLOCK)


def run(data, mode):
    done = subprocess.run([EXIFNORM, "--tar", "-q", "-j1", "--on-error=" + mode, "-", "-"], input=data, capture_output=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def members(data):
    """What GNU tar says of each but its size; None: it complains."""
    done = subprocess.run(["tar", "-tvf", "-"], input=data, capture_output=True)
    return None if done.returncode or done.stderr else [re.sub(rb"^(\S+ \S+) +\d+", rb"\1", line) for line in done.stdout.splitlines()]


def fault(archive, mode):
    global well
    status, product, said = run(archive, mode)
    well += status == 0
    if status not in (0, 1):
        return f"status {status}: {said[-300:]}"
    if status == 1:
        return None
    if run(product, mode)[:2] != (0, product):
        return "the output is not its own product"
    before = members(archive)
    return None if before is None or before == members(product) else "other members"


seeds = [seed(f) for f in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)] + list(sparse_seeds())
failures = well = 0
for number in range(RUNS):
    archive = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, 4)):
        mutate(archive)
    if rng.random() < .9:
        mend_sums(archive)
    wrong = fault(bytes(archive), rng.choice(("skip", "keep", "stop")))
    if wrong:
        failures += 1
        print(f"tar_mutations.py: run {number}: {wrong}", file=sys.stderr)
print(f"{RUNS} archives, {well} taken for well, {failures} failures")
sys.exit(failures > 0 or well * 20 < RUNS)
