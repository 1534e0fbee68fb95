#!/bin/sh
# SPDX-License-Identifier: MIT
# Workers: whatever one of them does, only its image fails; it can do little; -j does not change results.
. "$(dirname "$0")/lib.sh"

# ---- the same bytes and the same report at any -j; only times may differ
without_times() {
    grep '^{"path"' "$1" | sed 's/,"[a-z_]*\(seconds\|ms\)":[0-9.e-]*//g'
}
mkdir -p in/texts
copy_tree "$testdata/png" in/p1
for i in 1 2; do
    copy_tree "$testdata/jpeg" "in/j$i"
    mkdir -p "in/deep/$i/a/b/c/d"
    echo "$i" >"in/deep/$i/a/b/c/d/text"
    head -c 300 "$testdata/jpeg/landscape-6.jpg" >"in/texts/cut$i.jpg"
done
# Folders of one file: more than may be open at once.
# shellcheck disable=SC2046
mkdir -p $(seq -f in/many/%g 150)
copies in/deep/1/a/b/c/d/text in/many/%g/f 1 150
find in -exec touch -h -d 2001-02-03 {} +
for j in 1 2 7; do
    runs 1 in "to$j" -j $j --report="report$j"
    cp err "err$j"
    without_times "report$j" >"lines$j"
    tree "to$j" >"tree$j"
    no_temporary "to$j"
    runs 1 --check in -j $j
    cp out "check$j"
    sed -i 's/[0-9.]* s$//' "check$j"
done
check "there is a report" test "$(wc -l <lines1)" -gt 200
for j in 2 7; do
    check "the same bytes at -j$j" diff -r to1 to$j
    same lines1 lines$j
    same err1 err$j
    same tree1 tree$j
    same check1 check$j
done
# There may be fewer descriptors than so many workers would use.
for options in '' --write=direct --dry-run; do
    rm -rf few
    # shellcheck disable=SC2086
    (ulimit -n 48 && exec "$EXIFNORM" in few -j 64 $options) >out 2>err </dev/null
    is "status with few descriptors, $options" $? 1
    same err err1
    [ "$options" = --dry-run ] || check "the same bytes with few descriptors, $options" diff -r to1 few
done
for n in 10 12 14 16 20; do
    rm -rf few
    (ulimit -n $n && exec timeout 60 "$EXIFNORM" in few -j 2) >out 2>err </dev/null
    status=$?
    check "an end with $n descriptors: $status" test $status = 1 -o $status = 3 -o $status = 4
done
tar -cf many.tar -C in .
(ulimit -n 48 && exec "$EXIFNORM" --tar many.tar few.tar -j 64) >out 2>err </dev/null
is "status of an archive with few descriptors" $? 1
runs 1 --tar many.tar enough.tar
same few.tar enough.tar

# A bare root folder has no /dev/null.
if can_trace; then
    ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -P /dev/null -e trace=open,openat -e inject=open,openat:error=ENOENT \
        "$EXIFNORM" in/j1 no_null >out 2>err </dev/null
    is "status without /dev/null" $? 0
    check "it was asked for" grep -q 'dev/null.*INJECTED' trace
    check "the same bytes without /dev/null" diff -r to1/j1 no_null
else
    skipped "no /dev/null: no strace here"
fi

for n in 0 -1 x ''; do
    runs 2 in no "--jobs=$n"
    runs 2 in no "--timeout=$n"
done
runs 2 in no -j 1025
absent no

# ---- the default of --max-memory is a share of the machine's memory
memory_at() { # JOBS: of a run with so many
    rm -rf small.jpg
    runs 0 "$testdata/jpeg/landscape-6.jpg" small.jpg -j $1 --report=report
    sed -n '1s/.*"max_memory":\([0-9]*\).*/\1/p' report
}
physical=$(($(getconf _PHYS_PAGES) * $(getconf PAGE_SIZE)))
found=$(memory_at 1024)
check "at most four fifths of it for all: $found" test "$found" -gt 0 -a $((found * 1024)) -le $((physical / 5 * 4))
check "at most 2 GiB" test "$(memory_at 1)" -le 2147483648
if is_root && unshare -m true 2>/dev/null; then
    rm -f small.jpg
    unshare -m sh -c 'mount -t tmpfs none /sys/fs/cgroup && echo 1000000000 >/sys/fs/cgroup/memory.max &&
        exec "$0" "$1" small.jpg -q -j 2 --report=report' "$EXIFNORM" "$testdata/jpeg/landscape-6.jpg"
    check "a control group's limit counts" grep -q '"max_memory":400000000,' report
else
    skipped "a control group's limit: only root can make one up"
fi

# ---- workers that misbehave, in a build of their own
HOOKS=$EXIFNORM-hooks
if [ ! -x "$HOOKS" ]; then
    skipped "misbehaving workers: no $HOOKS"
    finish
fi
EXIFNORM=$HOOKS
if grep -q __asan_init "$HOOKS"; then
    asan=true
else
    asan=false
fi
# Small images come back with the answer, large ones are written by the worker.
{
    cat "$testdata/jpeg/landscape-6.jpg"
    head -c 40000 /dev/zero | tr '\0' ' '
} >large.jpg
large=$scratch/large.jpg
{
    cat "$testdata/jpeg/no-exif.jpg"
    head -c 40000 /dev/zero | tr '\0' ' '
} >large_no_exif.jpg
# images_are SIZE: makes images small or large from now on.
images_are() {
    j6=$testdata/jpeg/landscape-6.jpg
    [ $1 = small ] || j6=$large
    runs 0 "$j6" wanted.jpg --overwrite
    rm -rf among && mkdir among
    copies "$j6" among/%g.jpg 1 9
    rm -rf good && mkdir good
    copies wanted.jpg good/%g.jpg 1 9
    rm good/4.jpg
}
# good_but NUMBER FOLDER: checks that each of its images is right, except for that one, which is ignored.
good_but() {
    check "all are in $2 and right, but $1.jpg" diff -rq -x $1.jpg good $2
}
# hook WORD NAME: an image that makes its worker do that.
hook() {
    cp "$j6" "$2"
    printf 'EXN-HOOK:%s' "$1" >>"$2"
}
# among WORD [MARK]: puts such an image among good ones, before and after it in its worker's queue.
among() {
    rm -rf odd to
    copy_tree among odd
    printf 'EXN-%s:%s' "${2:-HOOK}" "$1" >>odd/4.jpg
    : >report
}
images_are small
# only_4 STATUS WORD: checks that only 4.jpg has failed, with that status.
only_4() {
    is "failures" "$(grep -c '"outcome":"failed"' report)" 1
    check "which" sh -c "grep '\"path\":\"4.jpg\"' report | grep -q '\"status\":\"$1\"'"
    is "items in the list's order" "$(sed 's/.*"path":"\(.\).*/\1/;/^{/d' report | tr -d '\n')" 123456789
    check "all others are there and right, and nothing else" diff -rq good to
}
# A worker that takes too long: it works, or it waits.
takes_too_long() {
    images_are small
    among "$1"
    start=$(date +%s)
    runs 1 odd to -j "$2" --timeout=1 --report=report
    only_4 timeout
    has err "'odd/4.jpg': timed out: after 1 s"
    check "that took about a second" test $(($(date +%s) - start)) -le 30
}
spins() { takes_too_long spin 1; }
hangs_up() { takes_too_long hang 2; }
beside spins
beside hangs_up
for j in 1 2; do
    among crash
    runs 4 odd to -j $j --report=report
    only_4 worker-crashed
    $asan || has err "'odd/4.jpg': the worker crashed: signal 11"
    among abort
    runs 4 odd to -j $j --report=report
    only_4 worker-crashed
    has err "'odd/4.jpg': the worker crashed: signal 6"
    among leave
    runs 4 odd to -j $j --report=report
    only_4 worker-crashed
    has err "the worker crashed: status 7"
    among lie
    runs 4 odd to -j $j --report=report
    only_4 worker-crashed
    has err "the worker crashed: its reply is invalid"
    among flood # which finds that it cannot
    runs 0 odd to -j $j
    if ! $asan; then
        among eat
        runs 1 odd to -j $j --max-memory=64M --report=report
        only_4 out-of-memory
    fi
done

# ---- the final checks of what a worker gives: its answer, and its output
for j in 1 2; do
    images_are $([ $j = 1 ] && echo large || echo small)
    among renumber
    runs 4 odd to -j $j --report=report
    only_4 worker-crashed
    has err "its reply is invalid"
    for word in more grow; do
        for mode in '' --write=direct; do
            among $word
            # shellcheck disable=SC2086
            runs 4 odd to -j $j --report=report $mode
            only_4 worker-crashed
            has err "its reply does not match its output"
        done
    done
done
images_are large
for word in crash lie; do
    among $word
    runs 4 odd to -j 2 --report=report
    only_4 worker-crashed
done
images_are small
for word in spoil grow; do
    among $word
    runs 4 odd to --verify --report=report
    only_4 mismatch
    has err "the output reads back differently"
done
among twist
runs 4 odd to --verify --report=report
only_4 mismatch
has err "quantization table differs"

# A worker also copies images that need no change: the size has to be the source's.
rm -rf odd to && mkdir odd
head -c 40000 large_no_exif.jpg | tail -c 39000 >odd/00.txt # copied at once: from here on it is known that blocks are not shared
copies large_no_exif.jpg odd/%g.jpg 10 59
printf 'EXN-HOOK:stuff' >>odd/58.jpg
runs 4 odd to --verify
has err "'odd/58.jpg': the worker crashed: its reply does not match its output"
absent to/58.jpg
same to/59.jpg odd/59.jpg

# Nothing of a partial or wrong output is left with --on-error=keep: only the source's bytes, and none after them.
for mode in '' --write=direct --verify; do
    among grow
    # shellcheck disable=SC2086
    runs 4 odd to --on-error=keep --report=report $mode
    same to/4.jpg odd/4.jpg
    same to/5.jpg wanted.jpg
done
# shellcheck disable=SC2043
for options in '' --verify; do
    rm -f kept.jpg
    # shellcheck disable=SC2086
    timeout 120 "$EXIFNORM" --on-error=keep $options - kept.jpg <odd/4.jpg >out 2>err
    check "a failure: $?" test -s err
    same kept.jpg odd/4.jpg
    "$EXIFNORM" --on-error=keep $options - - <odd/4.jpg >kept2.jpg 2>err
    same kept2.jpg odd/4.jpg
done

# An archive's members wait in memory for their turn: no worker can change them any more.
for word in renumber more grow; do
    among $word
    tar -cf odd.tar -C odd .
    runs 4 --tar odd.tar to.tar --overwrite
    mkdir to && tar -xf to.tar -C to
    absent to/4.jpg
    same to/5.jpg wanted.jpg
done
robs() {
    mkdir odd
    images_are large
    hook hang odd/1.jpg
    cp "$j6" odd/2.jpg
    hook stash odd/3.jpg
    hook rob odd/4.jpg
    tar -cf odd.tar -C odd 1.jpg 3.jpg 2.jpg 4.jpg # in turn: the worker that does not hang gets the last, too
    runs 1 --tar odd.tar to.tar -j 2 --timeout=4 --overwrite
    has err "robbing: 1"
    mkdir to && tar -xf to.tar -C to
    EXIFNORM=${HOOKS%-hooks} runs 0 odd/3.jpg stashed.jpg
    same to/3.jpg stashed.jpg
}
beside robs

# An output that does not fit into an answer is made again, into its file: a picture that becomes much larger, and one on a system with small
# packets.
python3 - <<'EOF'
import os, struct, zlib
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
lines = b''.join(b'\0' + bytes(v & 15 for v in os.urandom(200)) * 12 for _ in range(220)) # rows repeat, columns do not
open('grows.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 2400, 220, 8, 0, 0, 0, 0)) +
                              chunk(b'eXIf', bytes.fromhex('4d4d002a00000008000101120003000000010006000000000000')) +
                              chunk(b'IDAT', zlib.compress(lines, 9)) + chunk(b'IEND', b''))
EOF
check "a small source" test "$(wc -c <grows.png)" -le 32768
rm -rf odd to && mkdir odd
copies "$j6" odd/%g.jpg 1 8
for i in 1 4 8; do
    cp grows.png odd/$i.png
done
tar -cf odd.tar -C odd .
runs 0 grows.png grown.png --verify
check "a large output" test "$(wc -c <grown.png)" -gt 65536
for options in '-j 1' '-j 2' --write=direct --isolate; do
    rm -rf to to.exifnorm-state
    # shellcheck disable=SC2086
    runs 0 odd to $options
    for i in 1 2 3 4 5 6 7 8; do
        same to/$i.jpg wanted.jpg
        [ ! -e odd/$i.png ] || same to/$i.png grown.png
    done
done
runs 0 --tar odd.tar to.tar --overwrite
rm -rf to && mkdir to && tar -xf to.tar -C to
same to/8.jpg wanted.jpg
same to/8.png grown.png
among narrow
runs 0 odd to -j 1 --no-sandbox
good_but 4 to

# A crash for every image, and one for the last image: each worker is replaced.
rm -rf odd to && mkdir odd
for i in 1 2 3 4 5 6; do
    hook crash odd/$i.jpg
done
runs 4 odd to -j 2
is "crashes" "$(grep -c 'the worker crashed' err)" 6
check "no output" test -z "$(ls to)"
# A new worker dies at its first image before the parent has sent it the next one.
if can_trace; then
    rm -rf to
    ASAN_OPTIONS=detect_leaks=0 timeout 120 strace -qq -o trace -e trace=sendmsg -e inject=sendmsg:delay_enter=50000 \
        "$EXIFNORM" odd to -j 2 >out 2>err
    is "exit status with a slow parent" $? 4
    is "crashes with a slow parent" "$(grep -c 'the worker crashed' err)" 6
    check "a new worker was dead already" grep -q EPIPE trace
else
    skipped "a worker that dies while it is sent images: no strace"
fi
# A time-out alone is 1, a crash beside it 4.
hangs_and_crashes() {
    mkdir odd
    hook hang odd/1.jpg
    hook crash odd/2.jpg
    runs 4 odd to -j 2 --timeout=1
    has err "'odd/1.jpg': timed out: after 1 s"
}
beside hangs_and_crashes

# A soft limit of the caller also holds for the workers.
for j in 1 2; do
    check "exit status under a limit of file sizes" sh -c \
        "ulimit -S -f 8; \"\$0\" -q -j $j '$j6' limited.jpg >out 2>err; test \$? = 1" "$EXIFNORM"
    absent limited.jpg
    # Only that file fails, whoever writes it, and the others are made.
    rm -rf odd to && mkdir odd
    cp "$j6" odd/1.jpg
    cp "$testdata/png/no-exif.png" odd/2.png
    head -c 20000 /dev/zero >odd/3
    cp "$testdata/jpeg/no-exif.jpg" odd/4.jpg
    for options in '' --write=direct --verify --dry-run; do
        rm -rf to to.exifnorm-state
        # shellcheck disable=SC2086
        (ulimit -S -f 16 && exec "$EXIFNORM" odd to -j $j $options) >out 2>err
        is "status under a limit of file sizes, $options" $? 1
        [ "$options" = --dry-run ] && continue
        is "what was made, $options" "$(cd to && echo *)" "2.png 4.jpg"
    done
done

# ---- a worker's claim that the disk is full does not end a run, but a full disk does
among full FORGE
runs 1 odd to --report=report
only_4 write-error
has err "'odd/4.jpg': cannot write the output: while writing: No space left on device"
runs 1 odd to --report=report --write=direct --overwrite
only_4 write-error
runs 1 odd to --report=report --dry-run --overwrite
is "failures of a dry run" "$(grep -c '"outcome":"failed"' report)" 1
rm -rf to
runs 1 odd/4.jpg one.jpg
absent one.jpg
runs 1 - - --tar <odd/4.jpg # no archive: the reader's fault
(cd odd && tar -cf ../odd.tar -- *)
runs 1 --tar odd.tar to.tar --overwrite
is "members" "$(tar -tf to.tar | tr -d '\n')" 1.jpg2.jpg3.jpg5.jpg6.jpg7.jpg8.jpg9.jpg

# ---- answers that an honest worker could not give: one wrong field each
for field in number older longer shorter empty outcome copied untouched failed warnings reasons format method place orientation \
    transform width height components exact sampling libexif make status errno detail; do
    among $field FORGE
    runs 4 odd to -j 1 --report=report
    only_4 worker-crashed
done

# Right in each field, but with more descriptors than an answer may have.
images_are large
among crowd FORGE
runs 4 odd to -j 1 --report=report
only_4 worker-crashed
has err "'odd/4.jpg': the worker crashed: its reply is invalid"

# ---- a worker that keeps its outputs open and writes to them after they have their names
among keep FORGE
cp large_no_exif.jpg odd/1.jpg # copied into what its worker held
for options in '' --verify --on-error=keep --isolate; do
    rm -rf to
    # shellcheck disable=SC2086
    runs $([ "$options" = --isolate ] && echo 0 || echo 4) odd to -j 1 $options
    if [ "$options" = --isolate ]; then
        cmp -n $(($(stat -c %s wanted.jpg))) to/4.jpg wanted.jpg # and what made it misbehave behind it
        is "the file itself, with $options" $? 0
    elif [ "$options" = --on-error=keep ]; then
        same to/4.jpg odd/4.jpg
    else
        absent to/4.jpg
        has err "'odd/4.jpg': the worker crashed: its worker keeps the output open"
    fi
    cp odd/1.jpg good
    good_but 4 to
done
# Outputs of an archive or a direct run are in memory until the parent seals them: those that were answered before are safe, and with a process for
# each image all are.
(cd odd && tar -cf ../odd.tar -- *)
for options in '' --isolate; do
    rm -rf direct untarred to.tar && mkdir untarred
    # shellcheck disable=SC2086
    runs 0 odd direct -j 1 --write=direct $options
    # shellcheck disable=SC2086
    runs 0 --tar odd.tar to.tar -j 1 $options
    tar -xf to.tar -C untarred
    for i in 2 3 $([ -z "$options" ] || echo 5 6 7 8 9); do
        same direct/$i.jpg wanted.jpg
        same untarred/$i.jpg wanted.jpg
    done
done

# It has no descriptors of small outputs.
images_are small
among keep FORGE
for options in '' --on-error=keep; do
    rm -rf to
    # shellcheck disable=SC2086
    runs 0 odd to -j 1 $options
    good_but 4 to
done

# ---- a worker that is taken over spoils its later images, but not with --isolate, and not unnoticed with --verify
for size in large small; do
    images_are $size
    among take FORGE
    runs 0 odd to -j 1
    check "the hook does something" sh -c '! cmp -s to/9.jpg wanted.jpg'
    runs 0 odd to -j 1 --isolate --overwrite
    good_but 4 to
done
for j in 1 2; do
    rm -rf to
    runs 4 odd to -j $j --verify
    check "it is seen" grep -q "'odd/4.jpg': .*does not match its source" err
    for f in to/*; do
        same $f wanted.jpg
    done
    rm -rf to
    runs 4 odd to -j $j --verify --isolate --report=report
    only_4 mismatch
done
runs 4 odd/4.jpg one.jpg --verify
absent one.jpg
(cd odd && tar -cf ../odd.tar -- 4.jpg)
runs 4 --tar odd.tar to.tar --overwrite --verify
is "members with --verify" "$(tar -tf to.tar)" ""

# ---- the wall
images_are large
rm -rf odd to && mkdir odd
hook reach odd/1.jpg
runs 1 odd to
has err "open 1 stat 1 unlink 1 socket 1 exec 1 ptrace 1 kill 1 fork 1 mmap 1 mprotect 1 shared 1 dup 1"
runs 1 odd to --no-sandbox
has err "open 0 stat 0 unlink 2 socket 0 exec 2 ptrace 0 kill 0 fork 0 mmap 0 mprotect 0 shared 0 dup 0"

if [ ! -r /proc/self/stat ]; then # all behind it finds processes there, or traces them
    skipped "workers that are killed, and no sandbox: no /proc"
    finish
fi

# begin ARGUMENT...: a run whose one worker hangs; $run is its process, $server and $worker the others.
begin() {
    rm -rf odd to && mkdir odd
    hook tire odd/1.jpg
    hook tire odd/2.jpg
    cp "$j6" odd/3.jpg
    "$EXIFNORM" odd to -j 1 "$@" >out 2>err &
    run=$!
    wait_for hangs
    check "a worker is found" hangs
}
# There is a server and a worker, which hangs by now.
hangs() {
    server=$(cat /proc/$run/task/$run/children 2>/dev/null)
    server=${server%% *}
    worker=$(cat "/proc/$server/task/$server/children" 2>/dev/null)
    worker=${worker%% *}
    [ -n "$worker" ] && [ "$(cut -d ' ' -f 14 "/proc/$worker/stat")" -ge 10 ]
}
gone() {
    wait_for test ! -d "/proc/$1"
    check "process $1 is gone" test ! -d "/proc/$1"
}
# Stopped processes: a worker is like one that hangs; without the server no worker can be started.
stopped_worker() {
    images_are small
    begin --timeout=2
    kill -s STOP "$worker"
    wait $run
    is "status with a stopped worker" $? 1
    is "timed out" "$(grep -c 'timed out: after 2 s' err)" 2
    same to/3.jpg wanted.jpg
}
stopped_server() {
    j6=$testdata/jpeg/landscape-6.jpg
    begin --timeout=4
    kill -s STOP "$server"
    wait_for test ! -d /proc/$run
    wait $run
    is "status with a stopped server" $? 4
    has err "cannot start a worker"
    gone "$server"
    gone "$worker"
    no_temporary to
}
beside stopped_worker
beside stopped_server
begin --max-memory=64M
if [ -r "/proc/$worker/fd" ]; then
    for p in "$server" "$worker"; do
        for fd in /proc/"$p"/fd/*; do
            readlink "$fd"
        done | sed 's/:.*//' | sort | uniq -c | tr -s ' ' >fds_$p
    done
    if ! $asan; then
        is "what the server holds" "$(tr '\n' , <"fds_$server")" " 3 /dev/null, 1 socket,"
    fi
    check "a worker holds a source" grep -q '/odd/1.jpg$' "fds_$worker"
    check "and its output" grep -qE '/to/(.exifnorm-|#)' "fds_$worker"
    is "and nothing else" "$(grep -vcE '/odd/1.jpg|/to/(.exifnorm-|#)|/dev/null|1 socket|err$' "fds_$worker")" 0
    grep -E '^(Seccomp|NoNewPrivs|Threads):' "/proc/$worker/status" | tr -d ' \t\n' >status
    is "its state" "$(cat status)" "Threads:1NoNewPrivs:1Seccomp:2"
    check "no core dumps" grep -q 'Max core file size *0 *0' "/proc/$worker/limits"
    # One and a half times its memory, and 64 MiB.
    check "no file larger than that" grep -q 'Max file size *167772160 *167772160' "/proc/$worker/limits"
    $asan || check "nor more memory" grep -q 'Max data size *167772160 *167772160' "/proc/$worker/limits"
else
    skipped "descriptors of a worker"
fi

# A worker that somebody kills; the next one, which hangs, is killed too.
kill -9 "$worker"
gone "$worker"
worker=$(cat "/proc/$server/task/$server/children")
kill -9 ${worker% }
wait $run
is "status with killed workers" $? 4
is "killed" "$(grep -c 'the worker crashed: signal 9' err)" 2
same to/3.jpg wanted.jpg

# A worker that hangs does not delay a signal, and the workers themselves ignore it.
for s in INT TERM; do
    begin
    kill -s $s "$worker" "$server"
    sleep 0.1
    check "a worker ignores SIG$s" test -d "/proc/$worker"
    kill -s TERM $run
    wait $run
    is "status after SIGTERM" $? 143
    gone "$server"
    gone "$worker"
    no_temporary to
done
# No process is left over after a run that cannot clean up.
begin
kill -9 $run
wait $run 2>/dev/null
gone "$server"
gone "$worker"
# Without its fork server a run cannot continue, and says so.
begin
kill -9 "$server"
wait $run
is "status without a fork server" $? 4
has err "cannot start a worker"
gone "$worker"
no_temporary to

# ---- no sandbox, no run
if can_trace; then
    rm -rf to
    ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e inject=seccomp:error=EINVAL "$EXIFNORM" "$testdata" to \
        >out 2>err
    is "status without seccomp" $? 4
    has err "cannot sandbox the workers on this system"
    is "messages" "$(wc -l <err)" 1
    absent to
    ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e inject=seccomp:error=EINVAL "$EXIFNORM" "$testdata" to \
        --no-sandbox >out 2>err
    is "status with --no-sandbox" $? 0
else
    skipped "a system without seccomp: no strace"
fi

finish
