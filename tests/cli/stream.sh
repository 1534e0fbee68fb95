#!/bin/sh
# SPDX-License-Identifier: MIT
# Standard streams: one image through exifnorm - -, and what becomes of an item that failed (--on-error).
. "$(dirname "$0")/lib.sh"

j6=$testdata/jpeg/landscape-6.jpg
runs 0 "$j6" wanted.jpg
# pipes STATUS INPUT ARGUMENT...: the program with standard input from a file; the files data and err.
pipes() {
    wanted=$1 input=$2
    shift 2
    timeout 120 "$EXIFNORM" "$@" <"$input" >data 2>err
    is "exit status of exifnorm $* <$input" "$?" "$wanted"
}

# ---- an image, through a file and through a pipe
pipes 0 "$j6" - -
same data wanted.jpg
check "the summary goes to standard error" grep -q '1  lossless' err
pipes 0 "$j6" - - -v --verify
same data wanted.jpg
has err "'-': lossless"
# shellcheck disable=SC2002
cat "$j6" | "$EXIFNORM" -q - - >data 2>err
same data wanted.jpg
is "with -q nothing is said" "$(cat err)" ""
runs 0 "$j6" -
same out wanted.jpg
(umask 027 && pipes 0 "$j6" - out.jpg)
same out.jpg wanted.jpg
is "mode of a file that comes from a stream" "$(stat -c %a out.jpg)" 640
pipes 1 "$j6" - out.jpg
has err "'-': output exists"
pipes 0 "$j6" - out.jpg --overwrite --durable --report=report.jsonl
check "the report" grep -q '^{"path":"-","outcome":"lossless"' report.jsonl
pipes 0 "$testdata/png/no-exif.png" - -
same data "$testdata/png/no-exif.png"
no_temporary .

# ---- what is no image, or too large, or damaged: nothing is written
echo text >text
: >empty
head -c 3000 "$j6" >cut.jpg
for f in text empty; do
    pipes 1 $f - -
    has err "'-': not an image"
    is "bytes of no image" "$(wc -c <data)" 0
    pipes 1 $f - none
    absent none
done
pipes 1 cut.jpg - -
has err "damaged image data"
is "bytes of a cut image" "$(wc -c <data)" 0
head -c 3000000 /dev/zero >large
pipes 1 large - - --max-memory=2M
has err "'-': limit exceeded: larger than 2.0 MiB"
# What was not read to its end cannot be kept: part of it would pass for all.
pipes 1 large - - --max-memory=2M --on-error=keep
has err "'-': limit exceeded: larger than 2.0 MiB"
is "bytes kept of what is too large" "$(wc -c <data)" 0
pipes 1 large - none --max-memory=2M --on-error=keep --report=report.jsonl
has err "'-': limit exceeded: larger than 2.0 MiB"
absent none
has report.jsonl '"bytes_after":0'
for f in text cut.jpg; do
    pipes 1 $f - - --on-error=keep
    same data $f
    pipes 1 $f - kept.$f --on-error=keep --verify
    same kept.$f $f
done
printf 'II*\0\010\0\0\0\001\0\022\001\003\0\001\0\0\0\006\0\0\0\0\0\0\0' >six.tif
pipes 1 six.tif - -
same data six.tif
has err "unsupported: copied unchanged"
pipes 0 six.tif - - --allow-unsupported
same data six.tif

# ---- outputs that cannot be written
"$EXIFNORM" - - <"$j6" >/dev/full 2>err
is "status with a full disk" $? 3
has err "No space left on device"
if command -v python3 >/dev/null; then
    python3 - "$EXIFNORM" "$j6" <<'EOF' 2>err
import os, subprocess, sys
r, w = os.pipe()
os.close(r)
sys.exit(subprocess.run([sys.argv[1], "-", "-"], stdin=open(sys.argv[2]), stdout=w).returncode)
EOF
    is "status with nobody who reads" $? 3
    has err "Broken pipe"
else
    skipped "a pipe that nobody reads: no python3"
fi
pipes 2 "$j6" - - --report=-
has err "OUT and the report cannot both be standard output"
mkdir folder
pipes 2 "$j6" folder -
pipes 2 "$j6" - folder
cp "$j6" self.jpg
"$EXIFNORM" - - <self.jpg >>self.jpg 2>err
is "status of a file that would eat itself" $? 2
same self.jpg "$j6"

# ---- a worker that crashes or hangs
if [ -x "$EXIFNORM-hooks" ]; then
    for word in crash hang; do
        { cat "$j6" && printf 'EXN-HOOK:%s' $word; } >hook.jpg
        timeout 60 "$EXIFNORM-hooks" - - --timeout=1 <hook.jpg >data 2>err
        case $? in
        4) found=crash ;;
        1) found=hang ;;
        *) found=other ;;
        esac
        is "status of it" $found $word
        is "bytes of it" "$(wc -c <data)" 0
        timeout 60 "$EXIFNORM-hooks" - - --timeout=1 --on-error=keep <hook.jpg >data 2>err
        same data hook.jpg
    done
else
    skipped "workers that misbehave: no $EXIFNORM-hooks"
fi

# ---- --on-error with folders
mkdir in
cp "$j6" in/1.jpg
cp cut.jpg in/2.jpg
cp text in/3.jpg
cp "$j6" in/4.jpg
chmod 640 in/2.jpg
touch -d '2001-02-03 04:05:06.5' in/2.jpg in/3.jpg
runs 2 in to --on-error=other
for j in 1 2; do
    rm -rf to
    runs 1 in to -j $j --on-error=keep --report=report.jsonl
    for f in 2.jpg 3.jpg; do
        same to/$f in/$f
        is "mode and time of $f" "$(stat -c '%a %y' to/$f)" "$(stat -c '%a %y' in/$f)"
    done
    same to/4.jpg wanted.jpg
    is "failures in the report" "$(grep -c '"outcome":"failed"' report.jsonl)" 2
    check "what was kept" grep -q '"path":"2.jpg","outcome":"failed".*"bytes_after":3000,' report.jsonl
    rm -rf to
    runs 1 in to -j $j --on-error=skip
    is "what there is" "$(ls to | tr '\n' ' ')" "1.jpg 4.jpg "
    rm -rf to
    runs 1 in to -j $j --on-error=stop --report=report.jsonl
    is "what there is" "$(ls to | tr '\n' ' ')" "1.jpg "
    has out "stopped at the first failure"
    check "the report says so" grep -q '"stopped":"failure"' report.jsonl
    no_temporary to
done
# Keeping is for images that fail, not for outputs that exist.
mkdir there
echo mine >there/2.jpg
runs 1 in there --on-error=keep
is "what was there" "$(cat there/2.jpg)" mine

finish
