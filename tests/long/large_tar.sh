#!/bin/sh
# SPDX-License-Identifier: MIT
# A tar of 2 GB of 12 MP images, JPEG and PNG, as a stream at -j2: every member is there and turned, in below 400 MB of memory.
#
# EXIFNORM names the program. MEGABYTES=200 makes it short. Wants Python 3, cjpeg and exiftool.
EXIFNORM=${EXIFNORM:?names the program to test}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../cli/lib.sh"
. "$here/watch.sh"

# ---- six pictures: smooth shapes under noise, so that they have the size of photographs; orientations in turn
python3 - <<'END'
import os, random, struct, zlib
width, height = 4000, 3000
source = random.Random(7)
noise = [bytes(source.choices(range(0, 24), k=3 * width)) for _ in range(64)]
exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


for k in range(2):
    rows = []
    for y in range(height):
        ramp = bytes((x // 20 + y // 15 + 40 * c + 30 * k) % 200 for x in range(0, width, 50) for c in range(3))
        row = b"".join(ramp[i:i + 3] * 50 for i in range(0, len(ramp), 3))
        n = int.from_bytes(noise[(y * 7 + k) % 64], "big")
        rows.append((int.from_bytes(row, "big") + n).to_bytes(3 * width, "big"))
    with open(f"{k}.ppm", "wb") as f:
        f.write(b"P6\n%d %d\n255\n" % (width, height) + b"".join(rows))
    with open(f"{k}.png", "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                chunk(b"eXIf", exif) + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + r for r in rows), 1)) + chunk(b"IEND", b""))
END
for k in 0 1; do
    cjpeg -quality 93 -sample 2x2 $k.ppm >$k.jpg
    cjpeg -quality 93 -progressive -sample 2x1 $k.ppm >$((k + 2)).jpg
done
for k in 0 1 2 3; do
    exiftool -q -overwrite_original -n -Orientation=$((k * 2 + 2)) $k.jpg
done
rm ./*.ppm
ls -l ./*.jpg ./*.png
for f in ./*.jpg ./*.png; do
    runs 0 "$f" "turned.$(basename "$f")"
    check "$f is turned" test "$(cmp -s "$f" "turned.$(basename "$f")" && echo same)" = ""
done

# ---- as a stream: it is written while it is read, and lies nowhere
cat >stream.py <<'END'
"""stream.py make MEGABYTES: the archive, on standard output. stream.py judge: reads one, and says what was in it."""
import io, sys, tarfile
names = ["0.jpg", "1.jpg", "2.jpg", "3.jpg"] * 3 + ["0.png", "1.jpg", "1.png", "2.jpg"]
if sys.argv[1] == "make":
    data = {n: open(n, "rb").read() for n in names}
    size, i = 0, 0
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.GNU_FORMAT) as tar:
        while size < int(sys.argv[2]) << 20:
            name = names[i % len(names)]
            for member, body in ((f"{i:06}{name[1:]}", data[name]), (f"{i:06}.cls", b"%d" % i)):
                info = tarfile.TarInfo(member)
                info.size = len(body)
                tar.addfile(info, io.BytesIO(body))
                size += len(body)
            i += 1
else:
    data = {n: open("turned." + n, "rb").read() for n in names}
    i, size = 0, 0
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as tar:
        for member in tar:
            name = names[i // 2 % len(names)]
            number, wanted = f"{i // 2:06}", (name[1:], data[name]) if i % 2 == 0 else (".cls", b"%d" % (i // 2))
            if member.name != number + wanted[0] or tar.extractfile(member).read() != wanted[1]:
                sys.exit(f"member {i}, {member.name}, is wrong")
            size += member.size
            i += 1
    print(i, size)
END
megabytes=${MEGABYTES:-2000}
mkfifo to from
python3 stream.py make "$megabytes" >to &
python3 stream.py judge <from >judged 2>judge.err &
judge=$!
start=$(date +%s)
"$EXIFNORM" --tar - - -j2 <to >from 2>err &
run=$!
watch $run
wait $run
is "exit status" $? 0
wait $judge
is "what the judge says" "$? $(cat judge.err)" "0 "
read -r members size <judged
check "members ($members)" test "$members" -gt $((megabytes / 5))
check "bytes ($size)" test "$size" -gt $((megabytes * 400000))
echo "$megabytes MB, $members members in $(($(date +%s) - start)) s; memory of all processes: at most $((most / 1024)) MB," \
    "with memory files $((most_all / 1024)) MB"
check "below 400 MB" test "$most_all" -gt 1000 -a "$most_all" -lt 400000
finish
