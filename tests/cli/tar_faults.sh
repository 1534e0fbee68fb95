#!/bin/sh
# SPDX-License-Identifier: MIT
# Archives whose members make a worker misbehave, and signals while one is worked on.
. "$(dirname "$0")/lib.sh"

j6=$testdata/jpeg/landscape-6.jpg
runs 0 "$j6" wanted.jpg

# ---- a member that makes its worker misbehave fails alone, in a build that has such members
HOOKS=$EXIFNORM-hooks
if [ -x "$HOOKS" ]; then
    for word in crash lie hang eat; do
        status=4 said=worker-crashed seconds=60
        [ $word != hang ] || status=1 said=timeout seconds=2
        [ $word != eat ] || status=1 said=out-of-memory
        if [ $word = eat ] && grep -q __asan_init "$HOOKS"; then
            continue # its memory has no limit
        fi
        rm -rf odd && mkdir odd
        for i in 1 2 3 5 6 7 8 9; do
            cp "$j6" odd/$i.jpg
        done
        cp "$j6" odd/4.jpg
        printf 'EXN-HOOK:%s' $word >>odd/4.jpg
        echo label >odd/4.txt
        tar -cf odd.tar -C odd 1.jpg 2.jpg 3.jpg 4.jpg 4.txt 5.jpg 6.jpg 7.jpg 8.jpg 9.jpg
        for mode in skip keep stop; do
            for j in $([ $word = crash ] && echo 1) 2; do
                rm -rf x odd.out.tar && mkdir x
                # The command reads the stream; stdout holds the archive.
                timeout 60 "$HOOKS" --tar - - -j $j --timeout=$seconds --max-memory=64M --on-error=$mode --report=report \
                    <odd.tar >odd.out.tar 2>err
                is "$word, $mode, -j$j: exit status" $? $status
                is "$word, $mode, -j$j: failures" "$(grep -c '"outcome":"failed"' report)" 1
                check "$word, $mode, -j$j: which" \
                    sh -c "grep '\"path\":\"4.jpg\"' report | grep -q '\"status\":\"$said\"'"
                tar -xf odd.out.tar -C x 2>tar.err
                left="1.jpg 2.jpg 3.jpg 4.txt 5.jpg 6.jpg 7.jpg 8.jpg 9.jpg "
                [ $mode != keep ] || left="1.jpg 2.jpg 3.jpg 4.jpg 4.txt 5.jpg 6.jpg 7.jpg 8.jpg 9.jpg "
                [ $mode != stop ] || left="1.jpg 2.jpg 3.jpg "
                is "$word, $mode, -j$j: members" "$(ls x | tr '\n' ' ')" "$left"
                is "$word, $mode, -j$j: turned ones" \
                    "$(for f in x/*.jpg; do cmp -s $f wanted.jpg && echo 1; done | wc -l)" \
                    "$([ $mode = stop ] && echo 3 || echo 8)"
                [ $mode != keep ] || same x/4.jpg odd/4.jpg
            done
            [ $word = crash ] || continue
            # From file to file a run that was stopped leaves nothing.
            rm -f odd.out.tar
            timeout 60 "$HOOKS" --tar odd.tar odd.out.tar --timeout=$seconds --max-memory=64M --on-error=$mode >out 2>err
            is "$word, $mode, to a file: exit status" $? $status
            check "$word, $mode, to a file: what there is" test -e odd.out.tar -o $mode = stop
            [ $mode != stop ] || absent odd.out.tar
            no_temporary .
        done
    done
else
    skipped "members that make workers misbehave: no $HOOKS"
fi

# ---- SIGINT and SIGTERM at many moments: no temporary, no archive that is not whole, and the shell sees the signal
mkdir -p one in
head -c 200000 /dev/zero >zeros
copies zeros one/f%g 0 39
copies "$testdata/jpeg/landscape-6.jpg" one/f%g.jpg 0 39
for i in 1 2 3; do
    tar -cf in/$i.tar -C one .
done
runs 0 --tar in whole
quickest "$EXIFNORM" --tar in to
stopped=0
# stopped_at SIGNAL STATUS SECONDS: without a leak checker, which may wait for ever (signals.sh).
stopped_at() {
    rm -rf to
    ASAN_OPTIONS=detect_leaks=0 timeout --preserve-status -s "$1" "$3" "$EXIFNORM" --tar in to >out 2>err
    status=$?
    if [ $status = 0 ]; then
        return # it was quicker
    fi
    is "status after $1 at $3 s" $status "$2"
    stopped=$((stopped + 1))
    [ -d to ] || return
    no_temporary to
    for f in to/*; do
        [ ! -e "$f" ] || same "$f" "whole/${f#to/}"
    done
    # A signal behind the last archive stops nothing.
    if [ -s out ] && ! diff -r whole to >/dev/null; then
        has out "stopped by a signal"
    fi
}
i=1
while [ $i -le 4 ]; do
    at=$(awk -v t=$took -v i=$i 'BEGIN { printf "%.6f", t * i / 5000000 }')
    stopped_at TERM 143 "$at"
    stopped_at INT 130 "$at"
    i=$((i + 1))
done
check "some runs were stopped ($stopped of 8)" test $stopped -ge 3
"$EXIFNORM" --tar in to --overwrite >out 2>err
check "the next run completes it" diff -r whole to

# A stream that waits for more: what is ready is sent on, and a signal ends it without an end marker.
# (A shell starts what is in the background deaf to SIGINT.)
mkfifo pipe
tar -cf images.tar -C one --exclude='f*[0-9]' .
"$EXIFNORM" --tar - - -q <images.tar >images.out.tar
some=$(($(tar -tRf images.tar | sed -n '20s/block \([0-9]*\):.*/\1/p') * 512)) # twenty members
for pair in TERM:143 INT:130; do
    (exec env --default-signal "$EXIFNORM" --tar - - -q >data 2>err <pipe) &
    run=$!
    exec 9>pipe
    head -c $some images.tar >&9
    wait_for test -s data
    kill -s "${pair%:*}" $run
    wait $run
    is "status of a stream after SIG${pair%:*}" $? "${pair#*:}"
    exec 9>&-
    size=$(stat -c %s data)
    check "something was sent on" test "$size" -ge 512
    check "it is the beginning of the whole" cmp -s -n "$size" data images.out.tar
    check "and no whole archive" test "$size" -lt "$(stat -c %s images.out.tar)"
done
for pair in TERM:143 INT:130; do
    (exec env --default-signal "$EXIFNORM" --tar - one.tar -q 2>err <pipe) &
    run=$!
    exec 9>pipe
    head -c $some images.tar >&9
    sleep 0.2
    kill -s "${pair%:*}" $run
    wait $run
    is "status of a stream to a file after SIG${pair%:*}" $? "${pair#*:}"
    exec 9>&-
    absent one.tar
    no_temporary .
done
finish
