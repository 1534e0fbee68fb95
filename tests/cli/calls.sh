#!/bin/sh
# SPDX-License-Identifier: MIT
# Every newer system call is taken away in turn, as an older kernel (ENOSYS) or a container (EPERM) does: each way to run the program
# makes the same outputs and exits with the same status. Beside EXIFNORM lies without (tests/hooks/without.c).
#
# LONG=1: other scripts of this folder run so, too.
. "$(dirname "$0")/lib.sh"

tool=$(realpath "$(dirname "$EXIFNORM")")/without
if [ ! -x "$tool" ] || ! "$tool" openat2 ENOSYS /bin/true 2>/dev/null; then
    skipped "calls that are missing: no $tool, or no seccomp"
    finish
fi
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
calls="close_range renameat2 openat2 getrandom copy_file_range faccessat2 statx clone3 linkat O_TMPFILE"
[ ! -r /proc/self/stat ] || calls="$calls memfd_create"

mkdir -p in/d archives
cp "$testdata"/jpeg/landscape-[136].jpg "$testdata/png/no-exif.png" in
cp "$testdata/jpeg/landscape-8.jpg" in/d/e.jpg
head -c 300 in/landscape-6.jpg >in/cut.jpg
echo label >in/d/e.txt
tar -cf archives/a.tar -C in landscape-6.jpg landscape-1.jpg d cut.jpg
tar -czf archives/b.tgz -C in landscape-3.jpg

# all_ways FOLDER COMMAND...: runs the command in each way; what comes of it is in the folder.
all_ways() {
    made=$1
    shift
    rm -rf "$made" && mkdir "$made"
    say() { echo "$1 $?" >>"$made/statuses"; }
    "$@" in "$made/plain" -j 2 >/dev/null 2>"$made/plain.err"; say plain
    "$@" in "$made/verified" --verify --durable -q 2>/dev/null; say verified
    "$@" in "$made/linked" --link -q 2>/dev/null; say linked
    "$@" in "$made/linked" --link -q --overwrite 2>/dev/null; say overwritten
    "$@" in "$made/plain" -q 2>/dev/null; say taken
    "$@" in "$made/direct" --write=direct -q 2>/dev/null; say direct
    "$@" in "$made/resumed" --resume -q 2>/dev/null; say begun
    rm -f "$made/resumed/d/e.jpg"
    "$@" in "$made/resumed" --resume -q 2>/dev/null; say resumed
    rm -f "$made"/*-state
    "$@" archives "$made/archives" --tar -q 2>/dev/null; say archives
    "$@" --tar -q - - <archives/a.tar >"$made/stream.tar" 2>/dev/null; say stream
    "$@" -q - - <in/landscape-6.jpg >"$made/image.jpg" 2>/dev/null; say image
    "$@" -q in/landscape-6.jpg "$made/one.jpg" 2>/dev/null; say file
    "$@" in "$made/none" --dry-run -q --report="$made/report" 2>/dev/null; say dry
    sed -i 's/,"[a-z_]*\(seconds\|ms\)":[0-9.e-]*//g;1d;$d' "$made/report"
    "$@" --check in -q >"$made/checked" 2>/dev/null; say checked
    sed -i "s|$made|MADE|g" "$made/plain.err"
    rm -f "$made"/*-state # temporary names are in it
}

all_ways usual "$EXIFNORM"
is "statuses" "$(cut -d' ' -f2 usual/statuses | tr '\n' ' ')" "1 1 1 1 1 1 1 1 1 1 0 0 1 1 "
check "an output" test -s usual/plain/d/e.jpg
for call in $calls; do
    for error in ENOSYS EPERM; do
        all_ways other "$tool" $call $error "$EXIFNORM"
        check "without $call, $error: the same outputs and messages" diff -r usual other
        no_temporary other
    done
done
# Linux 4.18, as clusters have it: all that came later is missing at once.
set --
for call in openat2 close_range faccessat2 clone3 pidfd_open; do
    set -- "$@" "$tool" $call ENOSYS
done
all_ways other "$@" "$EXIFNORM"
check "without what Linux 4.18 does not have: the same outputs and messages" diff -r usual other
no_temporary other
# What cannot be done without fails, so that a call is taken away at all.
"$tool" mkdirat ENOSYS "$EXIFNORM" in no >/dev/null 2>&1
check "without mkdirat there is no folder" test $? != 0 -a ! -d no/d

# A container that hides /proc as well, with descriptors open that no worker may have.
if is_root && unshare -m true 2>/dev/null; then
    rm -rf to
    unshare -m sh -c 'mount -t tmpfs none /proc && exec 7<in/cut.jpg && exec "$@"' sh \
        "$tool" close_range ENOSYS "$EXIFNORM" in to -q 2>/dev/null
    is "status without close_range and /proc" $? 1
    check "the same outputs" diff -r usual/plain to
else
    skipped "no /proc: only root can hide it"
fi

# What a file without a name takes instead of seals is its name in /proc. Without either nothing is taken that could still be changed.
if [ ! -r /proc/self/stat ]; then
    "$tool" memfd_create ENOSYS "$EXIFNORM" archives unsealed --tar >out 2>err
    is "status without memfd_create and /proc" $? 4
    has err "cannot seal a temporary file"
    is "outputs without memfd_create and /proc" "$(ls unsealed)" ""
    skipped "what the server holds: no /proc"
    finish
fi

# What the server holds is what it holds everywhere: the descriptors of the caller are closed by hand.
mkfifo pipe
(exec 7<in/cut.jpg 8<in/cut.jpg && exec "$tool" close_range EPERM "$EXIFNORM" --tar - - -q <pipe >/dev/null 2>err) &
run=$!
exec 9>pipe
server_of() { server=$(cat /proc/$run/task/$run/children 2>/dev/null) && server=${server%% *} && [ -n "$server" ]; }
wait_for server_of
check "the program itself holds them" test -e /proc/$run/fd/8
wait_for test ! -e "/proc/$server/fd/8"
is "what the server holds" "$(ls "/proc/$server/fd" | tr '\n' ' ')" "0 1 2 3 "
exec 9>&-
wait $run

if [ -n "$LONG" ]; then
    mkdir wrapped
    ln -s "$(dirname "$tool")"/*.so "$(dirname "$tool")/exifnorm-hooks" "$tool" wrapped
    # Each call beside the scripts that come to places where it is made; what all have in common is done above.
    while read -r call scripts; do
        for error in ENOSYS EPERM; do
            printf '#!/bin/sh\nexec %s %s %s %s "$@"\n' "$tool" $call $error "$EXIFNORM" >wrapped/exifnorm
            chmod +x wrapped/exifnorm
            for script in $scripts; do
                check "$script.sh without $call, $error" \
                    sh -c 'EXIFNORM=$0 sh "$1" >script.out 2>&1 || { cat script.out; false; }' \
                    "$PWD/wrapped/exifnorm" "$cli/$script.sh" </dev/null
            done
        done
    done <<END
close_range check stream
renameat2 tree write
openat2 link tree write
linkat resume tree
O_TMPFILE resume tree
memfd_create dry_run stream tar
getrandom mode tree
copy_file_range sparse tree write
faccessat2 dry_run write
END
fi
finish
