#!/bin/sh
# SPDX-License-Identifier: MIT
# Standard input, output and error may be closed: what is opened next gets their numbers, and no message may go into an output, nor an output into a pipe.
. "$(dirname "$0")/lib.sh"

mkdir in
cp "$testdata/jpeg/landscape-6.jpg" in/rotated.jpg
cp "$testdata/png/no-exif.png" in/untouched.png
head -c 3000 in/rotated.jpg >in/cut.jpg
echo label >in/label.txt
tar -cf in.tar -C in .
runs 1 in whole --report=whole.jsonl
runs 1 --tar in.tar whole.tar
runs 0 in/rotated.jpg whole.jpg

# closes STREAM... -- STATUS COMMAND...: with these closed. What cannot be written to standard output is a failure of its own: 3.
closes() {
    streams=
    while [ "$1" != -- ]; do
        case $1 in
        0) streams="$streams <&-" ;;
        1) streams="$streams >&-" ;;
        2) streams="$streams 2>&-" ;;
        esac
        shift
    done
    wanted=$2
    shift 2
    : >out
    : >err
    eval 'timeout 120 "$@" >out 2>err </dev/null'"$streams"
    is "exit status of $* with$streams" $? "$wanted"
}

for streams in 0 1 2 '0 1' '0 2' '1 2' '0 1 2'; do
    for options in '' --write=direct '-j1 --verify' --durable; do
        clear_away to to.exifnorm-state report
        # shellcheck disable=SC2086
        closes $streams -- 1 "$EXIFNORM" in to -q $options --report=report
        check "$streams closed, $options: the same outputs" diff -r whole to
        items whole.jsonl >wanted
        items report >found
        check "$streams closed, $options: the same report" diff wanted found
        no_temporary to
    done
    rm -f to.tar to.jpg
    # shellcheck disable=SC2086
    closes $streams -- 1 "$EXIFNORM" --tar in.tar to.tar -q
    same to.tar whole.tar
    # shellcheck disable=SC2086
    closes $streams -- 0 "$EXIFNORM" in/rotated.jpg to.jpg
    same to.jpg whole.jpg
done

# What was to be said and cannot be is a failure, though all is written; what was to be read, too.
clear_away to
closes 1 -- 3 "$EXIFNORM" in to -v
check "the same outputs" diff -r whole to
closes 0 -- 1 "$EXIFNORM" - -
is "what comes of no input" "$(wc -c <out)" 0
check "it is said" test -s err
closes 1 -- 3 sh -c '"$1" - - <"$2"' sh "$EXIFNORM" in/rotated.jpg
check "it is said" test -s err
finish
