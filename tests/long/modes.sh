#!/bin/sh
# SPDX-License-Identifier: MIT
# One system call that fails, at each of its places, under each way to run the program: in the program, in the server that starts its workers, and
# in its workers. An exit status of 0 goes with all that an undisturbed run makes, and any other one with a message; and what is in OUT is whole.
#
# (tests/cli/fault.sh looks closer, at one way to run it.) EXIFNORM and MODES are modes_lib.sh's; beside EXIFNORM lies failing (tests/hooks/failing.c).
# ERRORS="EINTR EIO,EROFS": each place fails with each; where there is a comma the places take turns. Each mode, and at its end a table of what came
# of it, is one job of AT_ONCE (2). Its files lie in memory if there is enough (TMPDIR=/tmp: on the disk).
memory=$(sh "$(dirname "$0")/../hooks/scratch.sh")
[ -z "$memory" ] || export TMPDIR="$memory"
. "$(dirname "$0")/modes_lib.sh"
failing=$(realpath "$(dirname "$EXIFNORM")")/failing
"$failing" counts 0 read 0 EIO "$EXIFNORM" --version >out 2>err || {
    skipped "calls that fail: $(cat err)"
    finish
}
pack

# Of these four the program knows none by its name. (Of EROFS it does: what fsync(2) says of what needs none, and a folder's error.)
: "${ERRORS:=EIO,ENOSPC,EDQUOT,ESTALE EROFS EINTR}" "${AT_ONCE:=2}"
# Not mmap: allocations fail in tests/test_fault.c.
calls=$(echo openat openat2 newfstatat statx faccessat2 readlinkat getdents64 lseek pread64 read write pwrite64 copy_file_range ftruncate fallocate \
    fadvise64 ioctl fcntl flock dup dup2 dup3 pipe2 close close_range fchmod fchown utimensat flistxattr fgetxattr fsetxattr fsync fdatasync syncfs \
    renameat renameat2 linkat symlinkat unlinkat mkdirat getrandom memfd_create socketpair sendmsg recvmsg sendto recvfrom poll clone clone3 wait4 \
    prlimit64 prctl seccomp | tr ' ' ,)

# injected GENERATION CALLS NUMBER ERROR: a run in this mode; 0 fails at no call.
injected() {
    ready
    begun=$(date +%s%N)
    # shellcheck disable=SC2086
    timeout -k 5 "${TIMEOUT:-30}" "$failing" counts "$@" "$EXIFNORM" $arguments <"$input" >out 2>err
    status=$?
    took=$((($(date +%s%N) - begun) / 1000000))
    [ $took -lt 1000 ] || echo "SLOW $name $* $status $took"
}

# turn LIST NUMBER: sets $error to the one whose turn it is.
turn() {
    nth=$2
    IFS=,
    # shellcheck disable=SC2086
    set -- $1
    unset IFS
    shift $((nth % $#))
    error=$1
}

# A line for each file in OUT.
files() {
    [ ! -d to ] || find to -type f ! -name '.exifnorm-*' ! -name '*.tar*' -exec cksum {} + | sort
}

# whole: each file in OUT is one that an undisturbed run makes there, or was there before. (A stream's reader gets what there is until it fails.)
whole() {
    files >there
    ! grep -vxFf allowed there >&2
}

# What has failed can be taken up again, or undone.
goes_on() {
    case $name in
    place | back)
        if [ -e saved/.exifnorm-backup ]; then
            "$EXIFNORM" --undo=saved >out 2>err
            is "$where: exit status of --undo behind it" $? 0
        fi
        diff -r -x '.exifnorm-*' kept to >err 2>&1
        is "$where: differences when all is undone" $? 0
        ;;
    *)
        [ -e to.exifnorm-state ] || return 0
        case $arguments in
        *--resume*) "$EXIFNORM" $arguments <"$input" >out 2>err ;;
        *) "$EXIFNORM" $arguments --resume <"$input" >out 2>err ;;
        esac
        is "$where: exit status of --resume behind it" $? 0
        result | grep -v '^{' >made # of what is done the report says no more
        grep -v '^{' wanted | cmp -s made -
        is "$where: what --resume makes differs" $? 0
        is "$where: temporary files behind --resume" "$(find to -name '.exifnorm-*' 2>/dev/null | wc -l)" 0
        ;;
    esac
}

judge() {
    where="$name, $call of generation $generation, number $number, $error, status $status"
    before=$failures
    reached=1
    read -r _ _ _ _ reached <counts # a call that depends on who was faster may not be made this time
    case $status in
    0)
        result >made
        check "$where: all is there" cmp -s made wanted
        # What the run before had left costs room and is tried once more by the next one.
        [ "$name" != resume ] || "$EXIFNORM" $arguments >out 2>err
        is "$where: temporary files" "$(find to -name '.exifnorm-*' 2>/dev/null | wc -l)" 0
        ;;
    127) check "$where: the program was not loaded" grep -q 'while loading shared' err ;;
    1 | 2 | 3 | 4)
        check "$where: a message" test -s err
        check "$where: what is there is whole" whole
        goes_on
        ;;
    *) check "$where: an exit status of the manual" false ;;
    esac
    word=$status
    [ "$reached" != 0 ] || word=unreached
    [ $failures = $before ] || word=wrong
    echo "$error $generation $word" >>outcomes
}

# What is done before there are options is the same in each mode, and mostly the loader's.
"$failing" loader 0 openat,newfstatat,pread64,read,close 0 EIO "$EXIFNORM" --no-such-option 2>err

fail_each() {
    mkdir "$scratch/taken-$name" 2>/dev/null || return 0 # another job has it
    injected 0 $calls 0 EIO
    is "$name: exit status" $status 0
    result >wanted
    cp counts usual
    ready
    files | cat - wanted >allowed
    [ "$name" != labels ] || (cd labelled && cksum ./*.txt) | sed 's| \./| to/|' >>allowed # those of an image that failed
    : >outcomes
    turns=$(echo "$name" | wc -c)
    for generation in 0 1 2; do
        while read -r call most; do
            # shellcheck disable=SC2086
            set -- $most
            shift $generation
            last=$1
            number=0
            if [ $generation = 0 ] && [ "$name" != folder ]; then
                number=$(awk -v call="$call" '$1 == call { n = $2 } END { print n + 0 }' "$scratch/loader")
            fi
            while [ $number -lt "$last" ]; do
                number=$((number + 1))
                turns=$((turns + 1))
                for list in $ERRORS; do
                    turn "$list" $turns
                    injected $generation $call $number $error
                    judge
                done
            done
        done <usual
    done
    awk -v mode="$name" '{ n[$1 " " $2]++; k[$1 " " $2 " " $3]++ }
        END { count = split("0 1 2 3 4 127 unreached wrong", words)
            for (e in n) { line = sprintf("%-8s %-8s %5d calls:", mode, e, n[e])
                for (w = 1; w <= count; w++) if (k[e " " words[w]]) line = line sprintf("  %s: %d", words[w], k[e " " words[w]])
                print line } }' outcomes | sort
    sed "s/^/$name /" outcomes >>"$scratch/outcomes"
}

job() {
    mkdir "$1" && cp -a $(ls -d in kept* shards names well.png ./*.tar* labelled half* 2>/dev/null) "$1" && cd "$1" || exit 1
    checks=0 failures=0
    each_mode fail_each
    echo $checks $failures >counted
}
echo "mode, error, generation: exit statuses"
for j in $(seq "$AT_ONCE"); do
    (job job$j) &
    jobs="$jobs $!"
done
# shellcheck disable=SC2086
wait $jobs
for j in $(seq "$AT_ONCE"); do
    more=1 failed=1
    read -r more failed <job$j/counted || echo "FAILED: job $j did not end" >&2
    checks=$((checks + more)) failures=$((failures + failed))
done
echo "$(wc -l <outcomes) calls failed"
finish
