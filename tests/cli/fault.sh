#!/bin/sh
# SPDX-License-Identifier: MIT
# Every system call that lists, reads or writes files fails once at each of its places in a run: with EIO, ENOSPC or EINTR, and
# with FAULT_CALLS=all also with EDQUOT and ESTALE. The program is killed right before each call (which is right after the one
# before it); the disk takes half of a write, and truncating fails.
# The sources stay unchanged, every file in OUT is complete and either old or new, no temporary file is left unless the program
# was killed, and the exit status is not 0 if anything is missing.
#
# FAULT_CALLS=all takes all calls, else a few do.
. "$(dirname "$0")/lib.sh"

if ! can_trace; then
    skipped "calls that fail: no strace"
    finish
fi
ASAN_OPTIONS=detect_leaks=0 # a leak checker traces itself and cannot under strace
export ASAN_OPTIONS

files="a.jpg c.txt d/b.png"
mkdir -p in/d before/d
cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg # turned
cp "$testdata/png/no-exif.png" in/d/b.png    # untouched
echo label >in/c.txt                         # copied
touch -d '2001-02-03' in/a.jpg in/c.txt in/d/b.png
for f in $files; do
    echo "what was here before" >before/$f
done
copy_tree in kept
"$EXIFNORM" in whole >/dev/null || exit 1
points=0

# run FOLLOW INJECTION: a run over an OUT that has other files already. FOLLOW is -f for the workers as well, whose calls are
# counted for each process by itself.
run() {
    rm -rf to
    copy_tree before to
    timeout 60 strace $1 -qq -o trace -e trace="${2%%:*}" -e "inject=$2" \
        "$EXIFNORM" in to -j 1 --overwrite --durable >out 2>err </dev/null
    status=$?
    points=$((points + 1))
}

# count FOLLOW CALL: the largest number of such calls in one process.
count() {
    rm -rf to
    copy_tree before to
    strace $1 -qq -o trace -e trace="$2" "$EXIFNORM" in to -j 1 --overwrite --durable >out 2>err
    [ -n "$1" ] || sed -i 's/^/1 /' trace
    grep " $2(" trace | cut -d' ' -f1 | sort | uniq -c | awk '$1 > n { n = $1 } END { print n + 0 }'
}

# intact WHAT: checks that nothing is lost or incomplete.
intact() {
    check "$1: the sources are as they were" diff -r in kept
    made=0
    for f in $files; do
        if cmp -s to/$f whole/$f; then
            made=$((made + 1))
        else
            check "$1: $f is the old or the new one" cmp -s to/$f before/$f
        fi
    done
}

# fails FOLLOW CALL NUMBER ERROR
fails() {
    run "$1" "$2:error=$4:when=$3"
    intact "$2 number $3, $4"
    is "$2 number $3, $4: temporary files" "$(find to -name '.exifnorm-*' | wc -l)" 0
    case $status in
    0) is "$2 number $3, $4, status 0: new files" $made 3 ;;
    127) check "$2 number $3, $4: the program was not loaded" grep -q 'while loading shared' err ;;
    1 | 2 | 3 | 4) check "$2 number $3, $4, status $status: a message" test -s err ;;
    *) check "$2 number $3, $4: an exit status of the manual, not $status" false ;;
    esac
}

# killed CALL NUMBER: kills the parent; the next run puts everything right.
killed() {
    run "" "$1:signal=KILL:when=$2"
    check "killed at $1 number $2" test $status -ge 128
    intact "killed at $1 number $2"
    check "a run behind it" "$EXIFNORM" in to -j 1 --overwrite >out 2>err
    diff -r to whole | grep -v '^Only in to.*: \.exifnorm-' >diff
    is "files that differ behind it" "$(wc -l <diff)" 0
}

ours="openat2 getdents64 renameat fsync copy_file_range"
workers="pwrite64"
more=
if [ "$FAULT_CALLS" = all ]; then
    more="EDQUOT ESTALE"
    ours="openat openat2 newfstatat close getdents64 pread64 sendmsg recvmsg getrandom ioctl copy_file_range pwrite64 fchmod
        utimensat flistxattr fsync renameat"
    workers="pread64 pwrite64 sendmsg recvmsg"
fi
# sockets CALL: at which of its places close(2) gets a socket. Where strace lets it fail the call is not made at all, though Linux closes in
# any case; whoever waits for the end of that socket would wait for ever.
sockets() {
    [ $1 = close ] || return 0
    rm -rf to
    copy_tree before to
    strace -y -qq -o trace -e trace=close "$EXIFNORM" in to -j 1 --overwrite --durable >out 2>err
    grep '^close(' trace | grep -n '<socket:' | cut -d: -f1
}

for call in $ours; do
    number=$(count "" $call)
    left=" $(sockets $call | tr '\n' ' ')"
    n=0
    while [ $n -lt "$number" ]; do
        n=$((n + 1))
        killed $call $n
        case $left in
        *" $n "*) continue ;;
        esac
        for error in EIO ENOSPC EINTR $more; do
            fails "" $call $n $error
        done
    done
    [ "$FAULT_CALLS" != all ] || echo "$call: $number places"
done
for call in $workers; do
    number=$(count -f $call)
    n=0
    while [ $n -lt "$number" ]; do
        n=$((n + 1))
        for error in EIO ENOSPC EINTR $more; do
            fails -f $call $n $error
        done
    done
    [ "$FAULT_CALLS" != all ] || echo "$call, workers too: $number places"
done

# ---- half of a write: the limit for file sizes cuts it at each block of the largest output
size=$(stat -c %s whole/a.jpg)
blocks=$((size / 512))
step=$((blocks / 4 + 1))
[ "$FAULT_CALLS" != all ] || step=1
n=0
while [ $n -le $blocks ]; do
    rm -rf to
    copy_tree before to
    (
        ulimit -f $n
        exec "$EXIFNORM" in to -j 1 --overwrite >/dev/null 2>/dev/null
    )
    status=$? # the state may be what is too large
    check "exit status where files end at $n blocks: $status" [ $status -eq 1 -o $status -eq 3 ]
    intact "files end at $n blocks"
    is "temporary files where files end at $n blocks" "$(find to -name '.exifnorm-*' | wc -l)" 0
    points=$((points + 1))
    n=$((n + step))
done

# ---- ftruncate: if a state's torn line cannot be cut off, nothing is written after it
"$EXIFNORM" in to -j 1 --overwrite --state=state >/dev/null || exit 1
head -c -5 state >torn
for error in EIO ENOSPC EINTR $more; do
    rm -rf to
    copy_tree before to
    cp torn state
    strace -qq -o trace -e trace=ftruncate -e inject=ftruncate:error=$error:when=1 \
        "$EXIFNORM" in to -j 1 --overwrite --state=state --resume >out 2>err
    is "ftruncate of a state, $error: exit status" $? 2
    check "ftruncate of a state, $error: it was called" grep -q INJECTED trace
    check "ftruncate of a state, $error: a message" grep -q 'partial line' err
    check "ftruncate of a state, $error: it stays" cmp state torn
    check "ftruncate of a state, $error: OUT stays" diff -r before to
    intact "ftruncate of a state, $error"
    check "ftruncate of a state, $error: a run behind it" \
        "$EXIFNORM" in to -j 1 --overwrite --state=state --resume >out 2>err
    check "ftruncate of a state, $error: all is new behind it" diff -r whole to
    points=$((points + 1))
done

# ---- write: after a line of the state that may be torn no output gets its name, so that --resume knows all that have one. What was put by a run that
# was killed is still known when the next one fails at it.
preloads killer.so || skipped "a run that fails after one that was killed: no killer.so"
call=0
for before_it in nothing 3; do
    n=0
    while
        n=$((n + 1))
        rm -rf to to.exifnorm-state
        resume=
        if [ $before_it != nothing ] && [ -n "$preload" ]; then
            EXN_KILL_AT=$((3 * before_it)) LD_PRELOAD=$preload "$EXIFNORM" in to -j1 >out 2>err
            resume=--resume
            [ -e to.exifnorm-state ] || break
        fi
        strace -qq -o trace -P "$scratch/to.exifnorm-state" -e trace=write -e inject=write:error=ENOSPC:when=$n "$EXIFNORM" in to -j1 $resume >out 2>err
        status=$?
        grep -q INJECTED trace
    do
        points=$((points + 1))
        check "write $n of a state, after a kill at $before_it: exit status $status" test $status -ge 1 -a $status -le 4
        runs 0 in to -j1 --resume
        check "write $n of a state, after a kill at $before_it: all is there" diff -r whole to
    done
    call=$((call + n - 1))
done
check "there were $call writes of a state that failed" test $call -gt 5
# Its folder cannot be synced: the output stands, and is known.
n=0
while
    n=$((n + 1))
    rm -rf to to.exifnorm-state
    strace -qq -o trace -e trace=fsync -e inject=fsync:error=EIO:when=$n "$EXIFNORM" in to -j1 --durable >out 2>err
    grep -q INJECTED trace
do
    points=$((points + 1))
    runs 0 in to -j1 --durable --resume
    check "fsync $n: all is there behind --resume" diff -r whole to
done
killed=0
while
    killed=$((killed + 1))
    rm -rf to to.exifnorm-state
    EXN_KILL_AT=$killed LD_PRELOAD=$preload "$EXIFNORM" in to -j1 >out 2>err
    [ $? = 99 ]
do
    tail -n 1 to.exifnorm-state 2>/dev/null | grep -q '^P c' || continue
    rm -rf left
    mkdir left
    cp -a to* left
    n=0
    while
        n=$((n + 1))
        rm -rf to to.exifnorm-state
        cp -a left/* .
        strace -qq -o trace -e trace=openat2 -e inject=openat2:error=EIO:when=$n "$EXIFNORM" in to -j1 --resume >out 2>err
        grep -q INJECTED trace
    do
        points=$((points + 1))
        runs 0 in to -j1 --resume
        check "openat2 $n after a kill at $killed: all is there" diff -r -x '.exifnorm-*' whole to
    done
done
check "there were kills at $killed" test -z "$preload" -o $killed -gt 20

# ---- a member of an archive fails for a reason that may pass: --resume does the archive again
mkdir archives
tar -cf archives/a.tar -C in a.jpg d/b.png
"$EXIFNORM" archives packed --tar -q || exit 1
for error in EIO ENOSPC EDQUOT; do
    rm -rf to to.exifnorm-state
    strace -qq -o trace -e trace=pwrite64 -e inject=pwrite64:error=$error:when=1 "$EXIFNORM" archives to --tar -j1 >out 2>err
    is "a member that cannot be written, $error: exit status" $? 1
    check "a member that cannot be written, $error: it is named" grep -q "'archives/a.tar:a.jpg': cannot write" err
    runs 0 archives to --tar -j1 --resume
    check "a member that cannot be written, $error: all is there behind --resume" diff -r packed to
    points=$((points + 1))
done
rm -rf to to.exifnorm-state

# ---- unlinkat: the temporary file of an image that failed cannot be removed to make place for one with its source's bytes
mkdir damaged
head -c 6000 "$testdata/jpeg/landscape-6.jpg" >damaged/a.jpg
cp in/c.txt damaged
for error in EIO ENOSPC EINTR $more; do
    rm -rf to
    copy_tree before to
    strace -qq -o trace -e trace=unlinkat -e inject=unlinkat:error=$error:when=1 \
        "$EXIFNORM" damaged to -j 1 --overwrite --on-error=keep >out 2>err
    status=$?
    check "unlinkat of an output, $error: exit status $status" [ $status -eq 1 -o $status -eq 3 ]
    check "unlinkat of an output, $error: it was called" grep -q INJECTED trace
    check "unlinkat of an output, $error: a message" grep -q 'a.jpg' err
    check "unlinkat of an output, $error: the old one stays" cmp to/a.jpg before/a.jpg
    is "unlinkat of an output, $error: temporary files" "$(find to -name '.exifnorm-*' | wc -l)" 0
    points=$((points + 1))
done
# ---- getdents64: a folder that fails half way is not taken for one that ends there
mkdir large
copies in/c.txt large/%g-a-name-so-long-that-no-single-call-holds-three-hundred-such-names-with-all-that-is-around-them.txt 100 399
for error in EIO ENOSPC EINTR $more; do
    rm -rf to
    strace -qq -o trace -e trace=getdents64 -e inject=getdents64:error=$error:when=2 "$EXIFNORM" large to -j 1 >out 2>err
    status=$?
    check "a part of a folder, $error: it was called" grep -q INJECTED trace
    made=$(ls to | wc -l)
    if [ $error = EINTR ]; then
        is "a part of a folder, $error: exit status" $status 0
        is "a part of a folder, $error: files" $made 300
    else
        is "a part of a folder, $error: exit status" $status 1
        has err "'large/': cannot read the source: cannot read the folder"
        check "a part of a folder, $error: $made files of what could be read" test $made -gt 0 -a $made -lt 300
    fi
    points=$((points + 1))
done
echo "$points faults"
finish
