#!/bin/sh
# SPDX-License-Identifier: MIT
# --write=direct: each output is made, written from its beginning to its end and closed, and that is all that is ever done to it;
# what cannot be finished is removed. Beside EXIFNORM lies killer.so. LONG=1: killed at every system call, not at each third or fifth.
. "$(dirname "$0")/lib.sh"
ASAN_OPTIONS=detect_leaks=0 # a leak checker traces itself and cannot under strace
export ASAN_OPTIONS

mkdir -p in/d/e in/empty
cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg
cp "$testdata/png/coding/palette-5.png" in/d/b.png
echo label >in/d/b.txt
cp "$testdata/jpeg/no-exif.jpg" in/d/e/c.jpg
head -c 300000 /dev/urandom >in/d/e/data
: >in/d/none
chmod 640 in/a.jpg
chmod 444 in/d/b.txt
touch -d '2019-03-04 05:06:07.123456789' in/a.jpg in/d/e in/d in/empty in
files="a.jpg d/b.png d/b.txt d/e/c.jpg d/e/data d/none"

# ---- it makes what the other way makes
runs 0 in whole --report=whole.jsonl
tree whole >whole.tree
for options in "" "-j1 --durable" "--verify -j3"; do
    rm -rf to
    # shellcheck disable=SC2086
    runs 0 in to --write=direct --report=to.jsonl $options
    check "the same bytes with '$options'" diff -r whole to
    tree to | diff whole.tree - >difference
    is "the same modes and times with '$options'" "$(cat difference)" ""
    items whole.jsonl >wanted
    items to.jsonl | diff wanted - >difference
    is "the same report with '$options'" "$(cat difference)" ""
    has to.jsonl '"write":"direct"'
    no_temporary to
done
runs 1 in to --write=direct
has err "'in/a.jpg': output exists: use --overwrite to replace it, or --resume"
echo old >to/a.jpg
runs 0 in to --write=direct --overwrite
check "what exists is replaced" diff -r whole to
runs 0 in/a.jpg one.jpg --write=direct
same one.jpg whole/a.jpg
"$EXIFNORM" - two.jpg --write=direct <in/a.jpg >out 2>err
same two.jpg whole/a.jpg
"$EXIFNORM" - three.jpg --write=direct --verify <in/d/e/c.jpg >out 2>err
same three.jpg in/d/e/c.jpg
runs 0 in dry --write=direct --dry-run
absent dry
head -c 2000 in/a.jpg >cut.jpg
runs 1 cut.jpg cut.out --write=direct
absent cut.out
runs 1 cut.jpg cut.out --write=direct --on-error=keep
same cut.jpg cut.out

runs 2 in to2 --write=direct --link
has err "--link and --write=direct exclude each other"
runs 2 in to2 --write=direct --tar
has err "OUT must then be -"
runs 2 in to2 --write=other
has err "expected 'atomic' or 'direct'"
absent to2

# Far more items than there may be descriptors.
mkdir many
copies in/a.jpg many/p%g.jpg 1 300
copies in/d/b.txt many/t%g 1 300
(
    ulimit -n 400
    "$EXIFNORM" many many_to --write=direct >out 2>err
)
is "exit status with 400 descriptors" $? 0
is "all of them" "$(find many_to -type f | wc -l)" 600
rm -rf many many_to

# ---- what is done to the outputs
if can_trace; then
    rm -rf to
    strace -ff -y -o calls_of "$EXIFNORM" in to --write=direct --durable >out 2>err
    sed 's/^/1 /' calls_of.* >trace # each process for itself, so that no call is torn by another one's
    # A descriptor shows its path, a name stands behind its folder's descriptor.
    grep -E "<$scratch/to/[^>]*[^>/](>|\()" trace | grep -vE "^[0-9]+ +(openat2|mkdirat|newfstatat|unlinkat)\(" >touched || true
    for f in $files; do
        grep -F "<$scratch/to/$f>" touched | sed 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/' | sort -u | tr '\n' ' ' >calls
        check "the trace saw $f" grep -q 'fsync' calls
        is "what is done to $f" "$(sed 's/close \|write \|fsync \|fchmod \|utimensat //g' calls)" ""
        grep -E "O_CREAT" trace | grep -F "\"${f##*/}\"" >opened
        is "how often $f is made" "$(wc -l <opened)" 1
        has opened "flags=O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, mode=0600, resolve="
        has opened "RESOLVE_BENEATH"
        has opened "RESOLVE_NO_SYMLINKS"
    done
    is "names that were given in any other way" \
        "$(grep -cE '^[0-9]+ +(rename|renameat|renameat2|link|linkat|symlinkat|truncate)\(' trace)" 0
    # Seeks are made where there is something to seek in: not in outputs.
    is "places that were sought in outputs" \
        "$(grep -E '^[0-9]+ +(lseek|pwrite64|pwritev|ftruncate|fallocate|copy_file_range|sendfile|ioctl|mmap)\(' trace |
            grep -cF "<$scratch/to/")" 0

    # tries STATUS WHAT INJECTION... : a run with these calls failing, -P and all.
    tries() {
        wanted=$1 what=$2
        shift 2
        timeout 60 strace -f -qq -o trace "$@" "$EXIFNORM" in to --write=direct --durable -j1 $options >out 2>err
        is "exit status with $what" $? "$wanted"
    }
    # A mount that knows no modes, times, attributes nor anything of renaming.
    rm -rf to
    options=
    tries 0 "a mount that forbids the rest" -e inject=fchmod,fchmodat,utimensat,fsetxattr:error=EPERM \
        -e inject=renameat,renameat2,linkat,ftruncate,fallocate,copy_file_range,lseek:error=ENOSYS
    check "all is there" diff -r whole to
    for where in a.jpg d/e/data d/b.txt; do
        for fault in write:error=ENOSPC write:error=EIO close:error=EIO fsync:error=EIO openat2:error=EACCES; do
            rm -rf to to.exifnorm-state
            case $fault in
            openat2*) set -- -e "inject=openat2:error=EACCES:when=$(strace -f -e trace=openat2 -o trace "$EXIFNORM" in to3 --write=direct -j1 >out 2>err
                awk -v name="\"${where##*/}\"" '{ n[$1]++ } index($0, name) && /O_CREAT/ { print n[$1] }' trace)" ;;
            *) set -- -P "$scratch/to/$where" -e "inject=$fault" ;;
            esac
            rm -rf to3
            tries 3 "$fault on $where" "$@"
            absent "to/$where"
            check "a message about $where with $fault" grep -q "'in/$where': cannot write the output: " err
            check "a state" test -s to.exifnorm-state
            runs 0 in to --write=direct --resume
            check "gone on with after $fault on $where" diff -r whole to
        done
    done
    # A part of a file that cannot be removed is told, and known.
    rm -rf to to.exifnorm-state
    tries 3 "a mount that does not remove" -P "$scratch/to/d/e/data" -P "$scratch/to/d/e" \
        -e inject=write:error=EIO:when=2 -e inject=unlinkat:error=EPERM
    has err "incomplete output cannot be removed: Operation not permitted"
    check "a part is there" test -s to/d/e/data
    runs 0 in to --write=direct --resume
    check "and is replaced by a run that goes on" diff -r whole to
    # --overwrite where nothing may be removed.
    rm -rf to to.exifnorm-state
    mkdir to
    echo old >to/a.jpg
    options=--overwrite
    tries 3 "a mount that removes nothing" -e inject=unlinkat:error=EPERM
    has err "'in/a.jpg': cannot write the output: cannot remove the existing file: Operation not permitted"
    is "what was there" "$(cat to/a.jpg)" old
    # A store that loses what it was given.
    rm -rf to to.exifnorm-state
    options=--verify
    tries 4 "a store that forgets" -P "$scratch/to/a.jpg" -e inject=write:retval=1:when=1
    has err "the output does not match its source: the copy reads back differently"
    absent to/a.jpg
    same to/d/e/data in/d/e/data
    # A source that grows while it is copied.
    rm -rf to to.exifnorm-state grow
    mkdir grow
    head -c 300000 /dev/urandom >grow/data
    meanwhile write to/data "printf more >>grow/data" grow to --write=direct
    is "exit status with a source that grows" $? 1
    has err "'grow/data': cannot read the source: the source changed while it was read"
    absent to/data
    # A mount that has less of it than it says.
    rm -rf to to.exifnorm-state
    strace -qq -o trace -P "$scratch/grow/data" -e inject=pread64:retval=0:when=3 "$EXIFNORM" grow to --write=direct >out 2>err
    is "exit status with a source that ends early" $? 1
    check "it did" grep -q INJECTED trace
    has err "'grow/data': cannot read the source: the source changed while it was read"
    absent to/data
    # A signal while a large file is copied. (Not SIGINT: where these tests run in the background it is ignored.)
    rm -rf to to.exifnorm-state
    strace -qq -o trace -P "$scratch/to/data" -e inject=write:signal=TERM:when=1 \
        "$EXIFNORM" grow to --write=direct >out 2>err
    is "exit status with SIGTERM while it is written" $? 143
    absent to/data
else
    skipped "what is done to outputs: no strace"
fi

# ---- killed at any call, and gone on with
# whole_or_known WHAT: an output that differs is one that the state says is being written.
whole_or_known() {
    for f in $files; do
        [ ! -e to/$f ] || cmp -s to/$f whole/$f || grep -q "^W $f " to.exifnorm-state || {
            check "$1: $f is whole or known" false
            return
        }
    done
}
if preloads killer.so; then
    rm -rf to to.exifnorm-state
    EXN_KILL_COUNT=$scratch/count LD_PRELOAD=$preload "$EXIFNORM" in to --resume --write=direct -j1 >out 2>err
    calls=$(cat count)
    step=$([ -n "$LONG" ] && echo 1 || echo 5)
    n=1
    killed=0
    parts=0
    while [ $n -le "$calls" ]; do
        rm -rf to to.exifnorm-state
        EXN_KILL_TORN=1 EXN_KILL_AT=$n LD_PRELOAD=$preload "$EXIFNORM" in to --resume --write=direct -j1 >out 2>err
        [ $? != 99 ] || killed=$((killed + 1))
        for f in $files; do
            [ ! -e to/$f ] || cmp -s to/$f whole/$f || parts=$((parts + 1))
        done
        whole_or_known "killed at call $n"
        [ $((n % 2)) = 0 ] || options=--write=direct
        [ $((n % 2)) = 1 ] || options=--write=atomic
        timeout 60 "$EXIFNORM" in to --resume $options >out 2>err
        is "exit status gone on after call $n" $? 0
        check "gone on after call $n" diff -r whole to
        tree to | diff whole.tree - >difference
        is "modes and times after call $n" "$(cat difference)" ""
        n=$((n + step))
    done
    echo "killed at $killed of $calls calls, $parts files were cut"
    check "some were killed" test $killed -gt $((calls / step / 2))
    # The source of what was being written is gone: so is the part. That file is one of the last.
    n=$calls
    found=
    while [ $n -ge 1 ] && [ -z "$found" ]; do
        rm -rf to to.exifnorm-state
        EXN_KILL_TORN=1 EXN_KILL_AT=$n LD_PRELOAD=$preload "$EXIFNORM" in to --resume --write=direct -j1 >out 2>err
        [ ! -s to/d/e/data ] || cmp -s to/d/e/data whole/d/e/data || found=$n
        n=$((n - 1))
    done
    check "a kill left a part of d/e/data" test -n "$found"
    mv in/d/e/data .
    runs 0 in to --resume
    absent to/d/e/data
    # Whatever somebody else has put in its place since stays.
    mv data in/d/e
    rm -rf to to.exifnorm-state
    EXN_KILL_TORN=1 EXN_KILL_AT=$found LD_PRELOAD=$preload "$EXIFNORM" in to --resume --write=direct -j1 >out 2>err
    head -c 400000 /dev/zero >to/d/e/data
    runs 1 in to --resume --write=direct
    has err "'in/d/e/data': output exists: it is not in the state of an earlier run as it is now; use --overwrite to replace it"
    is "somebody's file" "$(stat -c %s to/d/e/data)" 400000
    # What was there before, and was to be replaced, is nobody's part: where its source is gone, or fails by now, it stays.
    mkdir over over_before
    echo older | tee over_before/a.jpg >over_before/b.txt
    cp in/a.jpg in/d/b.txt over
    runs 0 over over_whole
    for options in --write=direct --write=atomic --link; do
        stayed=0 replaced=0
        n=1
        while
            rm -rf to to.exifnorm-state
            mkdir to
            cp over_before/* to
            cp -f in/a.jpg in/d/b.txt over
            EXN_KILL_AT=$n LD_PRELOAD=$preload "$EXIFNORM" over to --overwrite -j1 $options >out 2>err
            [ $? = 99 ]
        do
            for f in a.jpg b.txt; do
                cmp -s to/$f over_before/$f && echo over_before/$f || [ ! -e to/$f ] || echo over_whole/$f
            done >stay
            rm -f over/*
            [ $((n % 2)) = 0 ] || head -c 900 in/a.jpg >over/a.jpg
            "$EXIFNORM" over to --resume $options >out 2>err
            while read -r wanted; do
                case $wanted in
                over_before/*) stayed=$((stayed + 1)) ;;
                *) replaced=$((replaced + 1)) ;;
                esac
                [ $wanted != over_whole/${wanted#*/} ] || [ -e to/${wanted#*/} ] || continue # it was not whole, and is gone
                check "killed at call $n with $options: ${wanted#*/} is that in ${wanted%/*}" cmp "to/${wanted#*/}" "$wanted"
            done <stay
            n=$((n + $([ -n "$LONG" ] && echo 1 || echo 3)))
        done
        check "with $options older files were there at a kill ($stayed), and newer ones ($replaced)" test $stayed -gt 4 -a $replaced -gt 4
    done
else
    skipped "kills at system calls: no $hook"
fi

finish
