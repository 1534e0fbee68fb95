#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Damaged HEICs and AVIFs through the program, with the real decoders in its workers: many_heif.py EXIFNORM TESTDATA [FIRST [COUNT]]

Each file of TESTDATA/heif is changed in a way that its number says: bytes here and there, parts that go, come twice or change places, mostly
in the coded picture. Decoders may fail, crash or run on for as long as they like: the run goes on, tells of each item once, leaves no
temporary file, and good images among the damaged ones become what they become alone. What has become a PNG or JPEG needs nothing any more."""
import json
import os
import random
import subprocess
import sys
import tempfile


def mutate(data, dice):
    data = bytearray(data)
    # Two of three times past the boxes that say what is in the file.
    begin = data.find(b"mdat") + 4 if dice.random() < 0.67 else 0
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        at = dice.randrange(begin, max(len(data), begin + 1))
        size = dice.choice((1, 2, 4, 16))
        kind = dice.randrange(6)
        if kind < 3:
            data[at:at + size] = dice.randbytes(len(data[at:at + size]))
        elif kind == 3:
            data[at:at + size] = bytes([dice.choice((0, 255))]) * len(data[at:at + size])
        elif kind == 4:
            other = dice.randrange(begin, max(len(data), begin + 1))
            data[at:at + size] = data[other:other + size]
        elif data:
            data[at:at + 1] = bytes([data[at] ^ 1 << dice.randrange(8)]) if at < len(data) else b""
    return bytes(data[:dice.randrange(len(data))]) if dice.random() < 0.05 else bytes(data)


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stdout.decode(errors='replace')[-2000:]}")
    return done.returncode


def items_of(report):
    with open(report, encoding="utf-8") as file:
        return [item for item in map(json.loads, file) if "outcome" in item]


def convert(exifnorm, kind, source, output):
    run(exifnorm, f"--heif={kind}", "-q", "-j2", "--timeout=20", f"--report={output}.jsonl", source, output)
    return items_of(output + ".jsonl")


def read_tree(folder):
    return {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)}


def main():
    exifnorm, testdata = sys.argv[1:3]
    first, count = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((3, 0), (4, 1000)))
    folder = os.path.join(testdata, "heif")
    seeds = {name: open(os.path.join(folder, name), "rb").read() for name in sorted(os.listdir(folder))}
    outcomes = {}
    with tempfile.TemporaryDirectory() as work:
        source, alone = os.path.join(work, "in"), os.path.join(work, "alone")
        os.mkdir(source)
        for number in range(first, first + count):
            dice = random.Random(number)
            name = dice.choice(list(seeds))
            with open(os.path.join(source, f"{number:08}-{name}"), "wb") as file:
                file.write(mutate(seeds[name], dice))
        os.mkdir(alone)
        for name in seeds:
            for place in source, alone:
                # a.heic and a.avif would become one
                with open(os.path.join(place, f"{first + count // 2:08}-good-{name.replace('.', '-')}{name[-5:]}"), "wb") as file:
                    file.write(seeds[name])
        for kind in "png", "jpeg":
            output, good = os.path.join(work, kind), os.path.join(work, "good-" + kind)
            items = convert(exifnorm, kind, source, output)
            for item in convert(exifnorm, kind, alone, good):
                if item["outcome"] == "failed":
                    sys.exit(f"{item['path']}, which is good: {item['error']}")
            if sorted(item["path"] for item in items) != sorted(os.listdir(source)):
                sys.exit(f"{kind}: not each item is told of once")
            made, wanted = read_tree(output), read_tree(good)
            for name, data in wanted.items():
                if made.get(name) != data:
                    sys.exit(f"{kind}: {name} is not what it is alone")
            expected = {item.get("output") or item["path"] for item in items if item["outcome"] not in ("failed", "skipped")}
            if set(made) != expected:
                sys.exit(f"{kind}: the output has other files than the report says: {sorted(set(made) ^ expected)[:5]}")
            if run(exifnorm, "--check", "-q", output):
                sys.exit(f"{kind}: an output has work left to do")
            for item in items:
                word = f"{kind} {item['outcome']}" + (f" ({item['status']})" if item["outcome"] == "failed" else "")
                outcomes[word] = outcomes.get(word, 0) + 1
    if not any("failed" in word for word in outcomes) or outcomes.get("png lossless", 0) <= len(seeds):
        sys.exit(f"nothing failed, or nothing damaged was decoded: {outcomes}")
    print(f"{count} damaged files from {first} on: {', '.join(f'{n} {name}' for name, n in sorted(outcomes.items()))}")


main()
