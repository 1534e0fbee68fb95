#!/bin/sh
# SPDX-License-Identifier: MIT
# A run of one file has one worker and no fork server: it is as strict, and ends as well.
. "$(dirname "$0")/lib.sh"

j6=$testdata/jpeg/landscape-6.jpg
runs 0 "$j6" wanted.jpg

# processes ARGUMENT...: how many are started.
processes() {
    ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e trace=clone,clone3,fork,vfork,setpgid,seccomp,close_range,prlimit64 "$EXIFNORM" "$@" >out 2>err </dev/null
    grep -cE 'setpgid\(0, 0' trace # the rest may come in another line, where both are at work
}
if can_trace; then
    is "one file" "$(processes "$j6" one.jpg)" 1
    same one.jpg wanted.jpg
    for call in 'SECCOMP_SET_MODE_FILTER, 0, {len' 'close_range(4,' 'RLIMIT_FSIZE, {' 'RLIMIT_CORE, {rlim_cur=0, rlim_max=0}'; do
        is "$call" "$(grep -cF -e "$call" trace)" 1
    done
    is "clones of one file" "$(grep -cE '(clone3?|v?fork)\(' trace)" 1
    is "a second look comes of a server" "$(processes "$j6" two.jpg --verify)" 1
    is "clones with a second look" "$(grep -cE '(clone3?|v?fork)\(' trace)" 3
    mkdir folder && cp "$j6" folder
    processes folder to -j 1 >/dev/null
    is "clones of a folder" "$(grep -cE '(clone3?|v?fork)\(' trace)" 2
    processes --check "$j6" >/dev/null
    is "clones of --check of one file" "$(grep -cE '(clone3?|v?fork)\(' trace)" 1
    processes --check "$j6" "$j6" >/dev/null
    is "clones of --check of two" "$(grep -cE '(clone3?|v?fork)\(' trace)" 2
else
    skipped "how many processes: no strace here"
fi

# ---- the pixels of a large PNG are given back to the system once they are decoded, and nothing behind them
python3 - <<'EOF'
import os, random, struct, zlib
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
chance = random.Random(6)
rows = b''.join(b'\0' + chance.randbytes(3 * 300) for _ in range(400))
with open('large.png', 'wb') as file:
    file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 300, 400, 8, 2, 0, 0, 0)) +
               chunk(b'eXIf', bytes.fromhex('4d4d002a00000008000101120003000000010006000000000000')) +
               chunk(b'IDAT', zlib.compress(rows)) + chunk(b'tEXt', b'Comment\0' + b'behind ' * 3000) + chunk(b'IEND', b''))
EOF
for options in '' --verify; do
    rm -f turned.png
    # shellcheck disable=SC2086
    runs 0 large.png turned.png $options
    is "what stands behind the pixels, $options" "$(python3 -c "print(open('turned.png', 'rb').read().count(b'Comment\0' + b'behind ' * 3000))")" 1
done
if can_trace; then
    ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e trace=madvise "$EXIFNORM" large.png traced.png >out 2>err
    given=$(sed -n 's/.*madvise([^,]*, \([0-9]*\), MADV_DONTNEED.*/\1/p' trace | awk '$1 > 340000 && $1 < 362000' | wc -l) # a sanitizer has others
    is "pieces of that size that are given back" "$given" 1
    same traced.png turned.png
else
    skipped "memory that is given back: no strace here"
fi

HOOKS=$EXIFNORM-hooks
if [ ! -x "$HOOKS" ]; then
    skipped "a worker that misbehaves: no $HOOKS"
    finish
fi
EXIFNORM=$HOOKS
# hook WORD [MARK]: odd.jpg is an image that makes its worker do that.
hook() {
    cp "$j6" odd.jpg
    printf 'EXN-%s:%s' "${2:-HOOK}" "$1" >>odd.jpg
}
for word in crash abort leave lie renumber more grow; do
    hook $word
    runs 4 odd.jpg to.jpg
    has err "'odd.jpg': the worker crashed: "
    absent to.jpg
    timeout 120 "$EXIFNORM" - - <odd.jpg >to.jpg 2>err
    is "status of $word in a pipe" $? 4
    is "its output" "$(wc -c <to.jpg)" 0
    rm to.jpg
done
hook leave
runs 4 odd.jpg to.jpg
has err "the worker crashed: status 7"
# A caller that has SIGCHLD ignored, whose children leave no status.
env --ignore-signal=CHLD "$EXIFNORM" odd.jpg to.jpg >out 2>err
is "status where SIGCHLD is ignored" $? 4
has err "the worker crashed: status 7"
hook hang
runs 1 odd.jpg to.jpg --timeout=1
has err "timed out: after 1 s"
absent to.jpg
for options in '' --write=direct --on-error=keep; do
    hook crash
    # shellcheck disable=SC2086
    runs 4 odd.jpg to.jpg $options
    [ "$options" = --on-error=keep ] || absent to.jpg
done
same to.jpg odd.jpg
hook reach
runs 1 odd.jpg reached.jpg
has err "open 1 stat 1 unlink 1 socket 1 exec 1 ptrace 1 kill 1 fork 1 mmap 1 mprotect 1 shared 1 dup 1"

if [ ! -r "/proc/$$/task/$$/children" ]; then
    skipped "a worker that dies at rest: /proc does not say whose it is"
    finish
fi
EXIFNORM=${HOOKS%-hooks}
# One that somebody kills while the program still reads is replaced, now by a fork server's.
mkfifo fifo
"$EXIFNORM" - late.jpg <fifo >out 2>err &
run=$!
exec 3>fifo
head -c 1000 "$j6" >&3
first() {
    worker=$(cat "/proc/$run/task/$run/children")
    worker=${worker% }
    [ -n "$worker" ] && grep -q '^Seccomp:.*2' "/proc/$worker/status"
}
wait_for first
check "there is a worker, sandboxed" first
kill -9 "$worker"
wait_for grep -q '^State:.*Z' "/proc/$worker/status" # not before it is dead is what it is sent refused
tail -c +1001 "$j6" >&3
exec 3>&-
wait $run
is "status after the death of a worker at rest" $? 0
same late.jpg wanted.jpg

# Nobody stays behind a run that is killed.
"$EXIFNORM" - later.jpg <fifo >out 2>err &
run=$!
exec 3>fifo
wait_for first
kill -9 $run
wait $run 2>/dev/null
wait_for test ! -d "/proc/$worker"
check "the worker is gone" test ! -d "/proc/$worker"
exec 3>&-

finish
