#!/bin/sh
# SPDX-License-Identifier: MIT
# SIGINT and SIGTERM at many moments: no temporary, no half file, and the shell sees the signal.
. "$(dirname "$0")/lib.sh"

mkdir -p in/d
head -c 200000 /dev/zero >zeros
copies zeros in/d/f%g 0 59
copies "$testdata/jpeg/landscape-6.jpg" in/d/p%g.jpg 0 59
head -c 24000000 /dev/zero >in/large.bin
runs 0 in whole
chmod 700 in/d

# killed SIGNAL SECONDS STATUS: a run that is told to stop after that time. A leak checker, which stops the process at its end, would wait for
# ever if the signal came while it does.
stopped=0
killed() {
    rm -rf to
    ASAN_OPTIONS=detect_leaks=0 timeout --preserve-status -s "$1" "$2" "$EXIFNORM" in to >out 2>err
    status=$?
    if [ $status = 0 ]; then
        return # it was quicker
    fi
    is "status after $1 at $2 s" $status "$3"
    stopped=$((stopped + 1))
    [ -d to ] || return
    no_temporary to
    diff -rq whole to | grep -v '^Only in whole' >torn
    is "torn files after $1 at $2 s" "$(cat torn)" ""
    # A signal behind the last item stops nothing.
    if [ -s out ] && ! diff -rq whole to >/dev/null; then
        has out "stopped by a signal"
        has err "the same command with --resume continues this run; its state is 'to.exifnorm-state'"
    fi
}

# The moments are spread over what a run takes.
quickest "$EXIFNORM" in to
i=1
while [ $i -le 10 ]; do
    at=$((took * i / 11))
    at=$((at / 1000000)).$(printf '%06d' $((at % 1000000)))
    killed TERM "$at" 143
    killed INT "$at" 130
    i=$((i + 1))
done
check "some runs were stopped ($stopped of 20)" test "$stopped" -ge 5

# What a stopped run left can be gone on with.
runs 0 in to --overwrite
check "the next run completes it" diff -r whole to

# A signal that the caller ignores, as nohup does, stays ignored.
(
    trap '' HUP
    : >deaf
    exec "$EXIFNORM" in nohup >out 2>err
) &
until [ -e deaf ]; do sleep 0.01; done
kill -s HUP $!
wait $!
is "status after an ignored SIGHUP" $? 0
check "and the run was whole" diff -r whole nohup

# A reader that goes away is an output error, not a death by SIGPIPE.
("$EXIFNORM" in piped --report=- 2>err; echo $? >status) | head -n 1 >/dev/null
is "status with a closed pipe" "$(cat status)" 3
no_temporary piped

finish
