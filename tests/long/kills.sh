#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs over 2,000 files, and over 200 archives, that are killed at random moments, several times each, and gone on with, under each way to
# run the program that can be: what they end with is what an undisturbed run makes. (tests/cli/resume.sh kills at each system call, of a few files.)
#
# EXIFNORM names the program. KILLS=500 in all, SEED=1 says at which moments, WAYS="direct shards" takes some. Its files lie in memory, of which they
# take 100 MB, if there is enough (TMPDIR=/tmp: on the disk): what a kill leaves is in the cache of either, so a disk would only take longer.
memory=$(sh "$(dirname "$0")/../hooks/scratch.sh")
[ -z "$memory" ] || export TMPDIR="$memory"
. "$(dirname "$0")/../cli/lib.sh"
: "${KILLS:=500}" "${SEED:=1}" "${FILES:=2000}" "${ARCHIVES:=200}"
ways=${WAYS:-plain verify direct link labels place archives tar shards}
number=$(echo "$ways" | wc -w)
killed=0
: >hits # a line for each that came while the program was still at it

# ---- images of all kinds, each with a label, and archives of ten
mkdir in archives
i=0
while [ $i -lt 20 ]; do
    mkdir in/$i
    copies "$testdata/jpeg/landscape-6.jpg" in/$i/%g-a.jpg 1 $((FILES / 80))
    copies "$testdata/png/rgb8-6.png" in/$i/%g-b.png 1 $((FILES / 80))
    copies "$testdata/jpeg/no-exif.jpg" in/$i/%g-c.jpg 1 $((FILES / 80))
    printf '0 0.25 0.25 0.125 0.0625\n' >label
    copies label in/$i/%g-a.txt 1 $((FILES / 80))
    i=$((i + 1))
done
find in -exec touch -d '2019-03-04 05:06:07.5' {} +
i=0
while [ $i -lt "$ARCHIVES" ]; do
    tar -cf archives/$i.tar -C in/$((i % 20)) 1-a.jpg 1-a.txt 1-b.png 1-c.jpg 2-a.jpg 2-a.txt 2-b.png 2-c.jpg 3-a.jpg 3-c.jpg
    i=$((i + 1))
done
tar -cf one.tar -C in .
moments=$(awk -v seed="$SEED" -v n=$((KILLS + 10)) 'BEGIN { srand(seed); for (i = 0; i < n; i++) printf "%d ", rand() * 1000 }')
# shellcheck disable=SC2086
set -- $moments

# One kill: MILLE COMMAND... is killed when that part of a run's time is over, with its workers.
kill_at() {
    at=$(awk -v t="$took" -v part="$1" 'BEGIN { printf "%.3f", t * part / 1000000 }')
    shift
    setsid "$@" >out 2>err </dev/null &
    leader=$!
    sleep "$at"
    kill -s KILL -- -$leader 2>/dev/null
    wait $leader 2>/dev/null
    [ $? != 137 ] || echo "$way" >>hits
    killed=$((killed + 1))
}

timed() {
    start=$(date +%s%N)
    "$@" >out 2>err </dev/null
    is "$way: exit status undisturbed" $? 0
    took=$((($(date +%s%N) - start) / 1000000))
}

ends_as() {
    check "$way: after $killed kills, the bytes of $1 and $2" diff -r "$1" "$2"
    [ -f "$1" ] || {
        [ -s "$1.tree" ] || tree "$1" >"$1.tree" # what is there to compare with stays as it is
        tree "$2" >other.tree
        check "$way: after $killed kills, names, modes and times" cmp "$1.tree" other.tree
        is "$way: temporary files" "$(find "$2" -name '.exifnorm-*' | wc -l)" 0
    }
}

# to_end COMMAND...: goes on, and has to end well.
to_end() {
    timeout 600 "$@" >out 2>err </dev/null
    is "$way: exit status at the end, after $killed kills" $? 0
}

# Three runs over parts share OUT; one of them is killed, then another.
shards() {
    state="--state=$scratch/state"
    to_end "$EXIFNORM" in to --shard=0/3 ${state}0 --resume
    kill_at "$1" "$EXIFNORM" in to --shard=1/3 ${state}1 --resume &
    other=$!
    kill_at $((1000 - $1)) "$EXIFNORM" in to --shard=2/3 ${state}2 --resume
    wait $other
    killed=$((killed + 1))
    for part in 1 2; do
        to_end "$EXIFNORM" in to --shard=$part/3 ${state}$part --resume
    done
}

each=$(((KILLS + number - 1) / number))
for way in $ways; do
    case $way in
    plain) options= ;;
    verify) options=--verify ;;
    direct) options=--write=direct ;;
    link) options=--link ;;
    labels) options="--labels=move --labels-frame=stored" ;;
    archives | tar) options=--tar ;;
    *) options= ;;
    esac
    source=in
    [ $way != archives ] || source=archives
    [ $way != tar ] || source=one.tar
    if [ $way = place ]; then # the folders are those that were there, and have other times
        copy_tree in whole
        timed "$EXIFNORM" --in-place --backup=kept whole
        copy_tree in undone
        to_end "$EXIFNORM" --in-place --backup=kept_too undone
        to_end "$EXIFNORM" --undo=kept_too
    else
        timed "$EXIFNORM" $options $source whole
    fi
    [ $way != shards ] || took=$((took * 2 / 3)) # two parts of three at the same time
    before=$killed
    while [ $((killed - before)) -lt $each ] && [ $# -gt 1 ]; do
        clear_away to to.exifnorm-state state0 state1 state2 kept
        case $way in
        shards)
            shards "$1"
            shift
            ;;
        place)
            copy_tree in to
            for n in 1 2; do
                kill_at "$1" "$EXIFNORM" --in-place --backup=kept to
                shift
            done
            to_end "$EXIFNORM" --in-place --backup=kept to
            ;;
        *)
            kill_at "$1" "$EXIFNORM" $options $source to
            shift
            for n in 1 2; do
                [ -e to.exifnorm-state ] || break
                kill_at "$1" "$EXIFNORM" $options $source to --resume
                shift
            done
            # Killed when all was done, the state is gone; killed before it was there, there is nothing.
            if [ -e to.exifnorm-state ]; then
                to_end "$EXIFNORM" $options $source to --resume
            elif [ ! -e to ]; then
                to_end "$EXIFNORM" $options $source to
            fi
            ;;
        esac
        ends_as whole to
        if [ $way = place ]; then
            to_end "$EXIFNORM" --undo=kept
            ends_as undone to
        fi
    done
    echo "$way: $((killed - before)) kills, $(grep -cx "$way" hits) of them in time; a run takes $took ms"
    clear_away whole undone kept kept_too whole.tree undone.tree
done
echo "$killed kills, $(wc -l <hits) of them in time"
check "most kills came in time" [ $((2 * $(wc -l <hits))) -ge $killed ]
finish
