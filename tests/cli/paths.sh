#!/bin/sh
# SPDX-License-Identifier: MIT
# Somebody changes names while a run goes on: links planted in OUT lead nowhere, and a source that was exchanged is noticed. What is
# done happens at one moment of the run, by planter.so beside EXIFNORM (tests/hooks/planter.c).
. "$(dirname "$0")/lib.sh"
if ! preloads planter.so; then
    skipped "names that change: no $hook"
    finish
fi

mkdir -p original/d/e outside/e
cp "$testdata/jpeg/landscape-6.jpg" original/a.jpg
cp "$testdata/jpeg/landscape-6.jpg" original/d/e/x.jpg
cp "$testdata/jpeg/no-exif.jpg" original/d/z.jpg
echo label >original/d/e/x.txt
echo victim >outside/victim
copy_tree original in
runs 0 in whole
copy_tree outside kept

# plant STATUS PATTERN COMMAND OPTION...: a run with that command at the moment when PATTERN is opened or made.
plant() {
    wanted=$1 at=$2 command=$3
    shift 3
    rm -rf in to to.exifnorm-state outside
    copy_tree original in
    copy_tree kept outside
    rm -f planted
    EXN_PLANT_AT=$at EXN_PLANT="cd '$scratch'; $command; touch planted" LD_PRELOAD=$preload \
        timeout 60 "$EXIFNORM" in to -j1 "$@" >out 2>err
    is "exit status where at $at: $command ($*)" $? "$wanted"
    check "it was done: $command" test -f planted
    diff -r kept outside >difference
    is "what changed outside, by: $command ($*)" "$(cat difference)" ""
    no_temporary to
}

for EXN_PLANT_OLD in "" 1; do
    export EXN_PLANT_OLD
    [ -n "$EXN_PLANT_OLD" ] || unset EXN_PLANT_OLD
    for write in atomic direct; do
        # ---- the name of an output, between the look at it and its making
        for link in ../outside/victim ../outside/new /nowhere/at/all; do
            plant 1 a.jpg "ln -s $link to/a.jpg" --write=$write
            has err "'in/a.jpg': output exists: it appeared during the run; use --overwrite to replace it"
            check "the link is left" test -L to/a.jpg
            same to/d/z.jpg whole/d/z.jpg
            plant 0 a.jpg "ln -s $link to/a.jpg" --write=$write --overwrite --verify
            check "a file is there instead" test -f to/a.jpg -a ! -L to/a.jpg
            same to/a.jpg whole/a.jpg
        done
        # ---- a folder, right before it is made
        plant 1 d "ln -s ../outside to/d" --write=$write --overwrite
        has err "'in/d': output exists: it is not a folder"
        same to/a.jpg whole/a.jpg
        # ---- a folder that is gone back to
        plant 3 x.txt "mv to/d aside; ln -s ../outside to/d" --write=$write --overwrite
        has err "'in/d/z.jpg': cannot write the output: the output folder no longer exists"
        rm -rf aside
        plant 3 x.txt "mv to/d aside; ln -s aside to/d; mv aside to" --write=$write --overwrite
    done
    rm -rf in to to.exifnorm-state
    copy_tree original in
    # A state's temporary file behind a link is none of this run's.
    name=.exifnorm-0123456789abcdef.tmp
    if command -v python3 >/dev/null; then
        mkdir -p to/d outside/d
        touch "outside/$name" "outside/d/$name" "to/d/$name" to/d/part
        echo more >outside/d/part
        ln -s ../outside to/link
        python3 "$cli/forge.py" "T link/x $name" "T link/d/x $name" "T d/x $name" "T d/../link/x $name" "T /d/x $name" "T d//x $name" \
            "W link/d/part 9" "W d/part 9" "W ../outside/victim 9" "W d/.. 9" >forged
        LD_PRELOAD=$preload timeout 60 "$EXIFNORM" in to --resume --state=forged >out 2>err
        is "exit status with a forged state" $? 0
        absent "to/d/$name"
        absent to/d/part
        for f in "outside/$name" "outside/d/$name" outside/d/part outside/victim to/link/victim; do
            check "$f is still there" test -f "$f"
        done
    fi
done
unset EXN_PLANT_OLD

# ---- sources: exchanged, written to, gone, when their output is begun and they are open
for options in "" --verify --link; do
    for how in "cp -p in/d/z.jpg new; mv new in/a.jpg" "rm in/a.jpg" "mv in/a.jpg gone; ln -s ../gone in/a.jpg" \
        "cp -p in/a.jpg new; mv new in/a.jpg"; do
        # shellcheck disable=SC2086
        plant 1 '.exifnorm-*' "$how" $options
        has err "'in/a.jpg': cannot read the source: the source was replaced while it was read"
        absent to/a.jpg
        same to/d/z.jpg whole/d/z.jpg
    done
    for how in "printf x >>in/a.jpg" "ln -f in/a.jpg another; head -c 9 original/a.jpg | dd of=in/a.jpg conv=notrunc status=none" "head -c 9 original/a.jpg | dd of=in/a.jpg conv=notrunc status=none" "touch in/a.jpg" \
        "cp -p in/a.jpg old; head -c 9 original/a.jpg | dd of=in/a.jpg conv=notrunc status=none; touch -r old in/a.jpg"; do
        # shellcheck disable=SC2086
        plant 1 '.exifnorm-*' "$how" $options
        has err "'in/a.jpg': cannot read the source: the source changed while it was read"
        check "the state is kept: --resume makes what it may make now" test -s to.exifnorm-state
        absent to/a.jpg
        same to/d/e/x.jpg whole/d/e/x.jpg
    done
done
finish
