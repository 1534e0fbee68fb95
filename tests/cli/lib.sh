# SPDX-License-Identifier: MIT
# Helpers of the program's shell tests. A script sources this, calls check, is, has and the like, and ends with finish.
#
# EXIFNORM names the program. Everything happens in a scratch folder, which is removed at the end.

: "${EXIFNORM:?names the program to test}"
case $EXIFNORM in
/*) ;;
*) EXIFNORM=$PWD/$EXIFNORM ;;
esac
testdata=$(cd "$(dirname "$0")/../../testdata" && pwd)
cli=${testdata%/testdata}/tests/cli
scratch=$(mktemp -d) || exit 1
plain=
besides=
trap 'chmod -R u+rwX "$scratch" 2>/dev/null; rm -rf "$scratch" "$scratch.tar" ${plain:+"$plain"}' EXIT
trap 'exit 1' INT TERM
cd "$scratch" || exit 1
LC_ALL=C
export LC_ALL
began=$(date +%s)
checks=0
failures=0

# check WHAT COMMAND...: the command succeeds.
check() {
    what=$1
    shift
    checks=$((checks + 1))
    if ! "$@"; then
        failures=$((failures + 1))
        echo "FAILED: $what" >&2
        [ ! -s err ] || sed 's/^/    err: /' err >&2
    fi
}

# is WHAT FOUND WANTED
is() {
    check "$1: found '$2', wanted '$3'" test "$2" = "$3"
}

absent() {
    check "$1 is not there" test ! -e "$1" -a ! -L "$1"
}

same() {
    check "$1 and $2 are the same bytes" cmp -s "$1" "$2"
}

# has FILE TEXT: the file has a line with that text.
has() {
    check "$1 says: $2" grep -qF -e "$2" "$1"
}

# runs STATUS ARGUMENT...: the program exits with that status; its output is in the files out and err.
runs() {
    wanted=$1
    shift
    timeout 120 "$EXIFNORM" "$@" >out 2>err </dev/null
    is "exit status of exifnorm $*" "$?" "$wanted"
}

# items REPORT: its lines about items, without those at both ends and about labels, and without the one field that differs
# from run to run.
items() {
    sed -e '1d;$d' -e '/^{"labels":/d;/^{"verdict":/d' -e 's/,"milliseconds":[0-9.e+-]*}$/}/' "$1"
}

# totals REPORT: its totals, without the one field that differs from run to run.
totals() {
    tail -n 1 "$1" | sed 's/,"milliseconds":[0-9.e+-]*//'
}

# tree FOLDER: lists names, kinds, modes, times, and sizes of files. Anything written since the script began has the time "now".
tree() {
    find "$1" \( -newermt "@$began" -printf '%P %y %m now %s\n' \) -o -printf '%P %y %m %T@ %s\n' | sed 's/\( d .*\) [0-9]*$/\1/' | sort
}

# preloads LIBRARY: sets $preload to the value for LD_PRELOAD that loads the library (tests/hooks, beside the program); a
# sanitizer's runtime must come first. Names in it end at a space or a colon, so a library below such a folder is copied
# elsewhere. False: it does not exist.
preloads() {
    hook=$(realpath "$(dirname "$EXIFNORM")")/$1
    [ -f "$hook" ] || return 1
    case $hook in
    *[\ :]*)
        plain=${plain:-$(mktemp -d /tmp/exifnorm-XXXXXX)} || return 1
        chmod 755 "$plain"
        cp "$hook" "$plain"
        hook=$plain/$1
        ;;
    esac
    preload=$(ldd "$EXIFNORM" | awk '/libasan|libubsan/ { printf "%s:", $3 }')$hook
}

# copy_tree FROM TO: copies the folder to TO, which must not exist, with modes, times, links, attributes and holes, also of
# read-only folders. Not cp, which sets modes by a name in /proc (fchmodat() without following links), and copies nothing if /proc is missing.
copy_tree() {
    if [ -r /proc/self/status ]; then
        cp -aT "$1/." "$2"
    else
        mkdir "$2" && tar -C "$1" --format=posix --xattrs -S -cf "$scratch.tar" . && tar -C "$2" --xattrs -xpf "$scratch.tar"
    fi || {
        failures=$((failures + 1))
        echo "FAILED: a copy of $1 as $2" >&2
    }
    rm -f "$scratch.tar"
}

# copies FILE FORMAT FIRST LAST: copies the file to the names that seq -f makes of these numbers. One process for each would take longer than the test.
copies() {
    seq -f "$2" "$3" "$4" | xargs -n 500 sh -c 'tee -- "$@" <"$0" >/dev/null' "$1"
}

# clear_away PATH...: removes the paths, whatever their modes; anybody but root has to change those of folders first.
clear_away() {
    chmod -R u+rwX "$@" 2>/dev/null
    rm -rf "$@"
}

# quickest COMMAND...: sets $took to the shortest of three runs without a folder to, in microseconds, since other processes may slow one down.
quickest() {
    took=
    for i in 1 2 3; do
        rm -rf to
        start=$(date +%s%N)
        "$@" >out 2>err
        this=$((($(date +%s%N) - start) / 1000))
        [ -n "$took" ] && [ "$took" -le $this ] || took=$this
    done
}

# Whether strace can be used: it has to be installed and allowed, and find the names of descriptors in /proc.
can_trace() {
    command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null && [ -r /proc/self/status ]
}

# wait_for COMMAND...: waits until it succeeds, for at most a minute, which only an overloaded machine takes.
wait_for() {
    patience=1200
    until "$@" 2>/dev/null || [ $((patience -= 1)) -lt 0 ]; do sleep 0.05; done
}

# meanwhile CALL PATH COMMAND ARGUMENT...: runs the program with these arguments, stops it after its first such call on the path
# below the scratch folder (or on anything, without a path), runs the shell command, and then lets the program continue.
meanwhile() {
    call=$1
    path=$2
    command=$3
    shift 3
    : >trace
    ASAN_OPTIONS=detect_leaks=0 strace -f -o trace ${path:+-P "$scratch/$path"} -e inject="$call:signal=STOP:when=1" "$EXIFNORM" "$@" >out 2>err &
    run=$!
    wait_for grep -q 'stopped by SIGSTOP' trace
    sh -ec "$command"
    # Each process stops at a first call of its own.
    while [ -d /proc/$run ] && ! grep -q '^State:.*zombie' /proc/$run/status; do
        # shellcheck disable=SC2046
        kill -s CONT $(sed -n 's/ .*stopped by SIGSTOP.*//p' trace)
        sleep 0.05
    done 2>/dev/null
    wait $run
}

# no_temporary FOLDER: checks that there is no temporary file below it.
no_temporary() {
    is "temporary files in $1" "$(find "$1" -name '.exifnorm-*' | wc -l)" 0
}

skipped() {
    echo "SKIPPED: $*" >&2
}

is_root() {
    [ "$(id -u)" = 0 ]
}

# beside NAME: runs the function of that name, in a folder of that name, while the script continues; for functions that mostly wait. finish waits
# for it, and counts its checks.
beside() {
    mkdir "$1"
    (
        cd "$1" || exit 1
        scratch=$PWD
        checks=0
        failures=0
        "$1"
        echo $checks $failures >counted
    ) 2>"$1/said" &
    besides="$besides $1 $!"
}
collect() {
    while [ $# -gt 0 ]; do
        wait "$2"
        cat "$1/said" >&2
        more=1 failed=1
        read -r more failed <"$1/counted" || echo "FAILED: $1 did not end" >&2
        checks=$((checks + more))
        failures=$((failures + failed))
        shift 2
    done
}

finish() {
    # shellcheck disable=SC2086
    collect $besides
    echo "$(basename "$0"): $((checks - failures)) of $checks checks passed"
    [ "$failures" = 0 ]
    exit
}
