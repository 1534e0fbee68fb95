#!/bin/sh
# SPDX-License-Identifier: MIT
# Holes of a source are holes of its copy.
. "$(dirname "$0")/lib.sh"

# blocks FILE: how much of the disk it takes, in KiB.
blocks() {
    du -k "$1" | cut -f1
}

mkdir in
truncate -s 16M in/hole
truncate -s 16M in/middle
printf x | dd of=in/middle bs=1 seek=8333333 conv=notrunc status=none
truncate -s 16M in/ends
printf x | dd of=in/ends bs=1 conv=notrunc status=none
printf x | dd of=in/ends bs=1 seek=16777215 conv=notrunc status=none
truncate -s 5000 in/small
: >in/empty
head -c 300000 /dev/urandom >in/data
# An image whose end is a hole, which a worker could be given to copy.
cp "$testdata/jpeg/no-exif.jpg" in/image.jpg
truncate -s 8M in/image.jpg
if [ "$(blocks in/middle)" -gt 4096 ]; then
    skipped "holes: this file system has none"
    finish
fi
for options in "" --verify --durable --on-error=keep -j1; do
    rm -rf to
    # shellcheck disable=SC2086
    runs 0 in to $options
    check "the same bytes with $options" diff -r in to
    for f in hole middle ends image.jpg; do
        check "$f takes as little with $options: $(blocks to/$f) KiB" test "$(blocks to/$f)" -le $(($(blocks in/$f) + 256))
    done
done
runs 0 in/middle one
same in/middle one
check "one file" test "$(blocks one)" -lt 4096
# Written in sequence there are none, and the bytes are the same.
runs 0 in/middle direct --write=direct
same in/middle direct
# Where the system does not tell.
if can_trace; then
    ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e inject=lseek:error=EINVAL "$EXIFNORM" in untold >out 2>err
    is "exit status where no hole is told" $? 0
    check "the same bytes all the same" diff -r in untold
else
    skipped "a system that tells no holes: no strace"
fi
# A sparse member stays what it is.
if tar --version 2>/dev/null | grep -q GNU; then
    tar -S -cf a.tar -C in middle ends data
    runs 0 --tar a.tar b.tar
    mkdir members
    tar -xf b.tar -C members
    same members/middle in/middle
    same members/ends in/ends
    check "the archive is as small" test "$(stat -c %s b.tar)" -le "$(stat -c %s a.tar)"
fi
finish
