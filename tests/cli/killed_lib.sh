# SPDX-License-Identifier: MIT
# Helpers for tests of runs that are killed and resumed; sourced after lib.sh.
#
# A script sets tar ("" or --tar), killer and preload (preloads killer), and makes the folder in and what an undisturbed run makes of
# it: whole, whole.jsonl, whole.tree, whole.items. LONG=1: at every system call and 50 random moments, not a few.
# shellcheck disable=SC2086,SC2154

# resumed WHAT [OPTION...]: resumes the run into "to", and compares.
resumed() {
    what=$1
    shift
    # Killed when all was done: the state has been removed, and there is nothing to resume.
    if [ ! -e to.exifnorm-state ] && diff -r whole to >/dev/null 2>&1; then
        checks=$((checks + 1))
        return
    fi
    timeout 120 "$EXIFNORM" $tar in to --resume --report=to.jsonl "$@" >out 2>err
    status=$?
    checks=$((checks + 1))
    tree to >to.tree
    items to.jsonl >to.items
    grep '^exifnorm' err >to.err
    if [ $status != 1 ] || ! diff -r whole to >difference || ! diff whole.tree to.tree >>difference ||
        ! diff whole.items to.items >>difference || ! diff whole.err to.err >>difference ||
        [ "$(totals to.jsonl)" != "$(totals whole.jsonl)" ] || [ -n "$(find to -name '.exifnorm-*')" ]; then
        failures=$((failures + 1))
        echo "FAILED: resumed after $what: status $status" >&2
        sed 's/^/    /' err difference >&2
        find to -name '.exifnorm-*' >&2
    fi
}

# undisturbed: makes the outputs that others are compared with, and sets took to its milliseconds.
undisturbed() {
    start=$(date +%s%N)
    runs 1 $tar in whole --report=whole.jsonl
    took=$((($(date +%s%N) - start) / 1000000))
    tree whole >whole.tree
    items whole.jsonl >whole.items
    grep '^exifnorm' err >whole.err
}

# may_be_killed OPTIONS VARIABLE...: a run with killer.so. Where $named is set outputs have temporary names, as on file systems without
# O_TMPFILE.
may_be_killed() {
    options=$1
    shift
    set -- "$(command -v env)" LD_PRELOAD="$preload" "$@" "$EXIFNORM" $tar in to $options
    [ -z "$named" ] || set -- "$(realpath "$(dirname "$EXIFNORM")")/without" O_TMPFILE EPERM "$@"
    ASAN_OPTIONS=detect_leaks=0 "$@" >out 2>err
}

# killed_at_calls STEP: kills runs at every STEPth call that changes a file, and resumes them.
killed_at_calls() {
    for options in "" "-j1 --durable" "-j1"; do
        named=$([ "$options" != -j1 ] || echo 1)
        clear_away to to.exifnorm-state
        may_be_killed "$options" "EXN_KILL_COUNT=$scratch/count"
        calls=$(cat count)
        check "calls were counted ($calls)" test "$calls" -gt 90
        step=$([ -n "$LONG" ] && echo 1 || echo "$1")
        n=1
        killed=0
        while [ $n -le "$calls" ]; do
            for torn in "" 1; do
                clear_away to to.exifnorm-state
                may_be_killed "$options" "EXN_KILL_TORN=$torn" "EXN_KILL_AT=$n"
                [ $? != 99 ] || killed=$((killed + 1))
                resumed "call $n of $calls, $options" $options
                [ -n "$LONG" ] || break
            done
            n=$((n + step))
        done
        echo "killed at $killed of $calls calls ($options${named:+, temporary names})"
        check "most were killed" test $killed -gt $((calls / step / 2))
    done
}

# killed_at_moments: sends SIGKILL to the whole group at random moments of a run, and resumes it.
killed_at_moments() {
    moments=$([ -n "$LONG" ] && echo 50 || echo 4)
    i=0
    while [ $i -lt "$moments" ]; do
        at=$(od -An -N4 -tu4 /dev/urandom | awk -v t=$took '{ printf "%.3f", $1 % (t + 1) / 1000 }')
        clear_away to to.exifnorm-state
        setsid "$EXIFNORM" $tar in to >out 2>err &
        leader=$!
        sleep "$at"
        kill -s KILL -- -$leader 2>/dev/null
        wait $leader 2>/dev/null
        resumed "SIGKILL at $at s"
        i=$((i + 1))
    done
}
