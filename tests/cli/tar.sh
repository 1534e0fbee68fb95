#!/bin/sh
# SPDX-License-Identifier: MIT
# Tar archives: members that are processed, members that are carried over, and damage. tar.py makes and reads them, by Python's
# tarfile and by hand; GNU tar reads them too. MUTATIONS=5000: tests so many damaged ones.
. "$(dirname "$0")/lib.sh"

if ! command -v python3 >/dev/null; then
    skipped "archives: no python3"
    finish
fi
tar_py=$(cd "$testdata/../tests/cli" && pwd)/tar.py

# ---- member for member the same as a run over the folder, whatever the format, the packing and -j
copy_tree "$testdata" in
chmod 640 in/jpeg/landscape-6.jpg
head -c 3000 in/jpeg/landscape-6.jpg >in/cut.jpg
runs 1 in folder
for format in v7 ustar gnu posix; do
    # Formats do not differ in the pictures, so those that take long are only in one.
    without=$([ $format = gnu ] || echo png)
    tar --format=$format -cf $format.tar ${without:+--exclude=$without} -C in .
    runs 1 --tar $format.tar $format.out.tar --verify
    has err "'./cut.jpg': damaged image data"
    mkdir x.$format
    check "tar takes it" tar -xf $format.out.tar -C x.$format
    check "$format: the same as the folder's run" diff -r ${without:+-x $without} folder x.$format
    for j in 1 2 5; do
        timeout 120 "$EXIFNORM" --tar - - -j $j <$format.tar >$j.tar 2>err
        is "exit status of a stream at -j$j" $? 1
        same $j.tar $format.out.tar
    done
    tar -tvf $format.tar | grep -v cut.jpg | sed 's/^\([^ ]* *[^ ]*\) *[0-9]*/\1/' >names
    tar -tvf $format.out.tar | sed 's/^\([^ ]* *[^ ]*\) *[0-9]*/\1/' >names.out
    check "$format: names, modes, owners, times" diff names names.out
done
is "mode of a file from a tar file" "$(stat -c %a gnu.out.tar)" "$(stat -c %a gnu.tar)"
# An archive in which something was rotated gets the present time, others keep their own; members always keep theirs.
mkdir aged
cp posix.tar aged/changed.tar
tar -cf aged/kept.tar -C "$testdata/jpeg" no-exif.jpg
touch -d '2001-02-03' aged/*
runs 1 --tar aged aged.out
is "archives with the time of now" "$(cd aged.out && find . -name '*.tar' -newermt "@$began")" ./changed.tar
is "the other one's" "$(stat -c %y aged.out/kept.tar)" "$(stat -c %y aged/kept.tar)"
runs 1 --tar aged aged.kept --preserve-times
is "archives with the time of now, kept" "$(find aged.kept -name '*.tar' -newermt "@$began")" ""
# Packing and the following tests do not depend on the pictures, so those that take long are left out.
tar --format=gnu -cf gnu.tar --exclude=png -C in .
runs 1 --tar gnu.tar gnu.out.tar --verify --overwrite
for packer in gzip bzip2 xz zstd; do
    if ! command -v $packer >/dev/null; then
        skipped "archives by $packer: it is not here"
        continue
    fi
    $packer -c gnu.tar >packed
    runs 1 --tar packed packed.out.$packer --verify
    $packer -dc <packed.out.$packer >unpacked
    same unpacked gnu.out.tar
    timeout 120 "$EXIFNORM" --tar - - <packed >packed.stream 2>err
    same packed.stream packed.out.$packer
    # a bit of the packed bytes is wrong, or they are cut
    runs 1 --tar packed packed.cut --on-error=keep --overwrite
    head -c 60000 packed >cut
    runs 1 --tar cut none
    absent none
    size=$(stat -c %s packed)
    python3 -c 'import sys
b = bytearray(open("packed", "rb").read()); b[len(b) // 2] ^= 4; open("flipped", "wb").write(b)'
    runs 1 --tar flipped none
    absent none
    if [ $packer = zstd ]; then # pzstd begins with a frame that is to be skipped (RFC 8878, 3.1.2)
        { printf '\120\052\115\030\004\000\000\000abcd' && cat packed; } >skippable
        runs 1 --tar skippable skippable.out --overwrite
        same skippable.out packed.out.zstd
        head -c 3000000 /dev/zero | zstd -q --long=31 >wide
        runs 1 --tar wide none
        has err "limit exceeded: zstd window larger than 128 MiB"
        absent none
    fi
    { cat packed && echo 'junk, and longer than any header'; } >junk
    runs 1 --tar junk none
    has err "damaged $packer stream"
    absent none
    { cat packed && head -c 8192 /dev/zero; } >zeros
    if [ $packer != zstd ]; then
        runs 1 --tar zeros zeros.out --overwrite
        same zeros.out packed.out.$packer
    fi
    head -c $((size - 1)) packed >cut
    runs 1 --tar cut none
    has err "the compressed stream is truncated"
    absent none
    { cat packed && cat packed; } >twice
    timeout 120 "$EXIFNORM" --tar - - <twice 2>err | $packer -dc >twice.out
    check "two packed streams, one after the other" test "$(stat -c %s twice.out)" -gt "$(($(stat -c %s unpacked) * 3 / 2))"
done

# A flipped bit in stored blocks, which only gzip's CRC-32 can reveal.
python3 - <<'EOF'
import gzip
b = bytearray(gzip.compress(open("gnu.tar", "rb").read(), 0))
b[b.rindex(b"\xff\xda") + 200] ^= 16 # in a scan
open("stored.tgz", "wb").write(b)
EOF
runs 1 --tar stored.tgz none
has err "damaged gzip stream"
absent none

# Streams packed with an unknown check, or so that unpacking takes more memory than is allowed.
if command -v xz >/dev/null; then
    xz -c --check=sha256 <gnu.tar >packed
    runs 1 --tar packed packed.sha256 --overwrite
    xz -dc <packed.sha256 >unpacked
    same unpacked gnu.out.tar
    xz -c --lzma2=dict=256MiB,mode=fast,nice=32,mf=hc3 <gnu.tar >packed
    runs 1 --tar packed none
    has err "limit exceeded: xz dictionary larger than 128 MiB"
    absent none
fi
# A plain archive may begin like a packed one.
for name in BZh9.jpg "BZh91AY&S" fd7zXZ; do
    cp in/jpeg/landscape-6.jpg "$name"
    tar -cf plain.tar "$name"
    runs 0 --tar plain.tar plain.out.tar --overwrite -v
    tar -tf plain.out.tar >names
    is "the member" "$(cat names)" "$name"
done

# ---- libarchive and libzstd are only loaded by runs that need them, after the fork server was started, so not by workers
if can_trace; then
    for run in "in/jpeg/landscape-6.jpg lazy.jpg" "--tar gnu.tar lazy.tar"; do
        rm -f calls_of.*
        # shellcheck disable=SC2086
        ASAN_OPTIONS=detect_leaks=0 strace -ff -o calls_of -e trace=execve,clone,clone3,fork,openat "$EXIFNORM" $run >out 2>err
        cat calls_of.* | grep -oE 'lib(archive|zstd)\.so.* = [0-9]' >opened # zstd is archive's own, too
        parent=$(grep -l '^execve(' calls_of.*)
        case $run in
        *.jpg) is "libraries of a run without archives" "$(cat opened)" "" ;;
        *)
            is "how often libarchive is opened" "$(grep -c archive opened)" 1
            check "by the parent" grep -q 'libarchive\.so.* = [0-9]' "$parent"
            check "behind the fork server" grep -oE '^(clone3?|fork)\(|libarchive\.so.* = [0-9]' "$parent" >order
            check "and not before" sh -c "head -n 1 order | grep -qE 'clone|fork'"
            ;;
        esac
    done
else
    skipped "when libraries are opened: no strace"
fi

# ---- with --verify the archive is read again: a byte that has changed by then is noticed, although the size is right
if can_trace; then
    tar -cf one.tar -C in/jpeg landscape-6.jpg
    # shellcheck disable=SC2016
    meanwhile lseek '' 'printf x | dd of="$(ls -d .exifnorm-*.tmp)" bs=1 seek=9000 conv=notrunc status=none' \
        --tar one.tar one.out.tar --verify
    is "exit status with a byte that has changed" $? 4
    has err "the output does not match its source: the archive reads back differently"
    absent one.out.tar
    no_temporary .
else
    skipped "an archive that changes before it is read again: no strace"
fi

# ---- a corpus of other people's images: member for member the same as a run over the folder
corpus=$testdata/../../shared/corpus
if [ -d "$corpus" ]; then
    copy_tree "$corpus" others
    runs 1 others others.folder --max-memory=256M
    tar -cf others.tar -C others .
    "$EXIFNORM" --tar - - --max-memory=256M <others.tar >others.out.tar 2>err
    is "exit status of the corpus" $? 1
    mkdir others.x
    check "tar takes the corpus" tar -xf others.out.tar -C others.x
    check "the corpus is the same as the folder's run" diff -r others.folder others.x
    check "and there are images in it" test "$(find others.x -type f | wc -l)" -gt 250
    clear_away others others.*
else
    skipped "a corpus of other people's images: no $corpus"
fi

# ---- in a folder an archive is recognized by its ending, in upper or lower case
mkdir capitals small_letters
tar -cf capitals/A.TAR -C "$testdata/jpeg" landscape-6.jpg
cp capitals/A.TAR capitals/B.Tar
cp capitals/A.TAR small_letters/a.tar
runs 0 --tar capitals capitals_out
runs 0 --tar small_letters small_letters_out
check "it is rotated inside" sh -c '! cmp -s small_letters/a.tar small_letters_out/a.tar'
same capitals_out/A.TAR small_letters_out/a.tar
same capitals_out/B.Tar small_letters_out/a.tar

# ---- everything else: made and judged by tar.py
check "tar.py" python3 "$tar_py" "$EXIFNORM" "$testdata"
check "mutations" python3 "${tar_py%.py}_mutations.py" "$EXIFNORM" "$testdata" "${MUTATIONS:-60}"
no_temporary .

# ---- a folder of shards; other files in it are processed as usual
mkdir shards
cp gnu.tar shards/a.tar
cp posix.tar shards/b.tar
cp in/jpeg/landscape-3.jpg shards/c.jpg
packed=
for row in gzip:tgz gzip:tar.gz bzip2:tar.bz2 bzip2:tbz2 xz:tar.xz xz:txz zstd:tar.zst; do
    if command -v "${row%:*}" >/dev/null; then
        "${row%:*}" -c gnu.tar >"shards/p.${row#*:}"
        packed="$packed $row"
    fi
done
cp gnu.tar shards/u.tar.lz # whatever is in it
echo '{}' >shards/index.json
head -c 70000 gnu.tar >shards/z.tar
runs 0 in/jpeg/landscape-3.jpg c.jpg
runs 1 --tar shards shards.out --report=report.jsonl
same shards.out/a.tar gnu.out.tar
same shards.out/b.tar posix.out.tar
same shards.out/c.jpg c.jpg
same shards.out/index.json shards/index.json
absent shards.out/z.tar
has err "'shards/a.tar:./cut.jpg': damaged"
has err "'shards/z.tar': cannot read the source: the archive is truncated"
check "the report has the archive" grep -q '"path":"./jpeg/landscape-6.jpg","archive":"b.tar"' report.jsonl
for row in $packed; do
    "${row%:*}" -dc "shards.out/p.${row#*:}" >unpacked
    same unpacked gnu.out.tar
done
same shards.out/u.tar.lz gnu.tar
has err "'shards/u.tar.lz': unsupported: copied unchanged, an archive with unknown compression"
check "it is unsupported" grep -q '"path":"u.tar.lz","outcome":"unsupported"' report.jsonl
mkdir unended unknown
size=$(tar -tRf gnu.tar | sed -n 's/block \([0-9]*\): \*\* Block of NULs.*/\1/p')
head -c $((size * 512)) gnu.tar >unended/a.tar
runs 1 --tar unended unended.out --resume --report=first.jsonl
has err "'unended/a.tar': no-end-marker"
check "the report has it" grep -q '"path":"a.tar","outcome":"metadata".*"warnings":\["no-end-marker"\]' first.jsonl
mkdir x.unended
tar -xf unended.out/a.tar -C x.unended 2>tar.err
check "no end marker: the same as the folder's run" diff -r -x png folder x.unended
is "what tar says of it" "$(cat tar.err)" ""
runs 1 --tar unended unended.out --resume --report=second.jsonl
items first.jsonl >first.items
items second.jsonl >second.items
same first.items second.items
cp gnu.tar unknown/a.tar.Z
runs 1 --tar unknown unknown.out
runs 0 --tar unknown unknown.out --allow-unsupported --overwrite
runs 0 unknown unknown.plain

runs 1 --tar shards shards.stop --on-error=stop
is "what there is after the first failure" "$(ls shards.stop)" ""
no_temporary shards.stop
runs 1 --check --tar shards

# Without --tar the user would get a copy in which no image is rotated.
runs 2 gnu.tar forgotten.tar
has err "'gnu.tar': IN is an archive; use --tar"
absent forgotten.tar

# ---- without libarchive no run begins, and the message says what to install
library=$(ldconfig -p 2>/dev/null | sed -n 's/.*libarchive\.so\.13 .*=> //p' | head -n 1)
if [ -n "$library" ] && [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    unshare -m sh -c 'mount --bind /dev/null "$1" && exec "$2" --tar gnu.tar unread.tar' sh "$(readlink -f "$library")" "$EXIFNORM" >out 2>err
    is "exit status without libarchive" $? 2
    has err 'install libarchive13'
    absent unread.tar
else
    skipped "without libarchive: only who may mount can hide it"
fi
finish
