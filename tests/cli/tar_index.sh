#!/bin/sh
# SPDX-License-Identifier: MIT
# Indexes beside archives: what reads the output through them finds the bytes that belong to each label, or is told that it
# would not. tar_index.py makes shards and indexes and reads every sample through them.
. "$(dirname "$0")/lib.sh"

if ! command -v python3 >/dev/null; then
    skipped "indexes of archives: no python3"
    finish
fi
check "tar_index.py" python3 "$cli/tar_index.py" "$EXIFNORM" "$testdata"
no_temporary .

# ---- an index that cannot be read for once is not taken for one that need not change, and copied without a word
if can_trace; then
    mkdir once
    tar -cf once/s.tar -C "$testdata/jpeg" landscape-6.jpg no-exif.jpg
    printf '{"wids_version":1,"shardlist":[{"url":"s.tar","md5sum":"%s","nsamples":2}]}\n' "$(md5sum <once/s.tar | cut -c 1-32)" >once/s.json
    runs 0 once once.usual --tar
    check "the index has another sum in it" test "$(cat once/s.json)" != "$(cat once.usual/s.json)"
    once_fails() {
        rm -rf once.to once.to.exifnorm-state
        ASAN_OPTIONS=detect_leaks=0 strace -qq -o trace "$@" "$EXIFNORM" once once.to --tar -j1 >out 2>err
        if [ $? = 0 ] && ! grep -q s.json err; then
            check "with $*: the index is the right one" cmp once.usual/s.json once.to/s.json
        else
            has err s.json
        fi
        grep -q INJECTED trace && times=$((times + 1))
    }
    times=0
    for n in 1 2 3 4 5 6 7 8; do
        once_fails -P "$scratch/once/s.json" -e trace=pread64 -e inject=pread64:error=EIO:when=$n || break
    done
    rm -rf once.to
    ASAN_OPTIONS=detect_leaks=0 strace -qq -o opened -e trace=openat "$EXIFNORM" once once.to --tar -j1 >out 2>err
    for n in $(grep '^openat(' opened | grep -n '"s.json"' | cut -d: -f1); do
        once_fails -e trace=openat -e inject=openat:error=EIO:when=$n
    done
    check "$times calls have failed" test $times -gt 4
else
    skipped "an index that cannot be read: no strace"
fi
finish
