# SPDX-License-Identifier: MIT
# The memory of a run, for the scripts beside this one to source.

# tree PROCESS: it and all below it.
tree() {
    echo "$1"
    for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
        tree "$child"
    done
}

# memory_files PROCESS: the KB that its memory files hold. Pages of them that a worker has mapped are in its Pss, too.
memory_files() {
    for fd in /proc/"$1"/fd/*; do
        case $(readlink "$fd" 2>/dev/null) in
        /memfd:*) stat -L -c %b "$fd" 2>/dev/null ;;
        esac
    done | awk '{ n += $1 } END { print int(n / 2) }'
}

# watch PROCESS: the most memory of all its processes together, in KB: most without memory files, shared pages counted once, and
# most_all with them.
watch() {
    most=0 most_all=0
    while kill -0 "$1" 2>/dev/null; do
        now=0
        for p in $(tree "$1"); do
            pss=$(awk '/^Pss:/ { print $2 }' "/proc/$p/smaps_rollup" 2>/dev/null)
            now=$((now + ${pss:-0}))
        done
        [ $now -le $most ] || most=$now
        now=$((now + $(memory_files "$1")))
        [ $now -le $most_all ] || most_all=$now
        sleep 0.2
    done
}
