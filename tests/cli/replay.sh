#!/bin/sh
# SPDX-License-Identifier: MIT
# The fuzz targets really look at what they are for: over testdata and a target's corpus no kind of input is missing, and where
# one is the replay fails and names it.
. "$(dirname "$0")/lib.sh"
build=$(dirname "$EXIFNORM")/fuzz
corpus=${cli%/cli}/fuzz/corpus

for target in entropy segments metadata xml chunks webp heif convert; do
    check "$target: every kind of input" \
        sh -c '"$1" --kinds "$2" "$3" >out 2>err' sh "$build/replay-$target" "$testdata" "$corpus/$target"
done

"$build/replay-chunks" --kinds "$testdata/jpeg" >out 2>err
is "no PNG among the files: status" $? 1
has err "0 files"
check "the kind is named" grep -q '^ *0  whole animation$' out
"$build/replay-chunks" "$testdata/jpeg" >out 2>err
is "without --kinds: status" $? 0
"$build/replay-chunks" "$testdata/other" >out 2>err
is "an animation: status" $? 0
check "it was looked at" grep -q '^ *1  whole animation$' out
finish
