#!/bin/sh
# SPDX-License-Identifier: MIT
# --resume over folders of tar archives: an archive is done whole or not at all, and a run that is killed at any moment and gone
# on with ends as one that was not, with the same bytes and the same report of every member.
#
# Beside EXIFNORM lies killer.so (tests/hooks/killer.c). LONG=1: at every system call and 50 random moments, not a few.
. "$(dirname "$0")/lib.sh"
. "$cli/killed_lib.sh"
tar=--tar

# ---- archives, one in a folder below, one packed, one cut short, and what is none
mkdir -p in/d members
for i in 1 2 3 4 5 6; do
    cp "$testdata/jpeg/landscape-$i.jpg" members/$i.jpg
    echo "label $i" >members/$i.txt
done
cp "$testdata/png/coding/palette-5.png" "members/a 100%.png"
head -c 300000 /dev/urandom >members/large.bin
tar -cf in/good.tar -C members .
head -c 2000 members/6.jpg >members/cut.jpg
ln members/cut.jpg members/hard.jpg
tar --sort=name --format=posix -cf in/d/some.tar -C members .
gzip -nc in/d/some.tar >in/d/packed.tgz
head -c 20000 in/good.tar >in/short.tar
cp members/6.jpg in/z.jpg
touch -d '2019-03-04 05:06:07.123456789' in/good.tar in/d
undisturbed
absent whole.exifnorm-state
check "members failed, and an archive" test "$(grep -c '"outcome":"failed"' whole.items)" -ge 4

# ---- at every call that changes a file
if preloads killer.so; then
    killed_at_calls 23
else
    skipped "kills at system calls: no $hook"
fi

# ---- SIGKILL of the whole group at random moments
killed_at_moments

# ---- what is done is left alone, and told again; what has changed is done anew
rm -rf to to.exifnorm-state
resumed "nothing: a first run"
# changed WHAT OUTPUTS: what was written again since the last time.
ls -iR to >before
changed() {
    ls -iR to | diff before - | sed -n 's/^> *[0-9]* //p' | sort | paste -sd' ' >changes
    is "written again: $1" "$(cat changes)" "$2"
    ls -iR to >before
}
resumed "a whole run"
changed "nothing" ""
is "members by a run before" "$(sed -n 's/ *\([0-9]*\)  of these by an earlier run/\1/p' out)" "$(grep -vc short.tar whole.items)"
touch -d '2020-01-01' in/good.tar
runs 1 --tar in to --resume
changed "an archive of another time" good.tar
touch -d '2019-03-04 05:06:07.123456789' in/good.tar
runs 1 --tar in to --resume --quality=high
changed "all, by other options" "good.tar packed.tgz some.tar z.jpg"
runs 1 --tar in to --resume
resumed "other options"
ls -iR to >before
# Limits and --on-error have no part in an archive of which all members are well.
runs 1 --tar in to --resume --on-error=keep
changed "archives with failures, by another --on-error" "packed.tgz some.tar"
runs 1 --tar in to --resume --on-error=keep --timeout=50
changed "archives with failures, by another limit" "packed.tgz some.tar"
tar -xOf to/d/some.tar ./cut.jpg >cut
same cut members/cut.jpg
runs 1 --tar in to --resume
resumed "other limits"
# An output that somebody else has changed is not ours to replace.
cp -p to/good.tar mine
echo mine >>to/good.tar
runs 1 --tar in to --resume
has err "'in/good.tar': output exists: it is not in the state of an earlier run as it is now; use --overwrite to replace it"
cp -p mine to/good.tar
resumed "it was put back"

# ---- a member that failed by chance is tried again
HOOKS=$EXIFNORM-hooks
if [ -x "$HOOKS" ]; then
    mkdir odd
    cp members/1.jpg members/6.jpg odd
    for word in hang crash; do
        cp members/6.jpg odd/$word.jpg
        printf 'EXN-HOOK:%s' $word >>odd/$word.jpg
        mkdir -p chance/$word
        tar -cf chance/$word/a.tar -C odd 1.jpg $word.jpg 6.jpg
        "$HOOKS" --tar chance/$word chance.$word --timeout=2 >out 2>err
        is "status of $word" $? "$([ $word = hang ] && echo 1 || echo 4)"
        is "what $word left" "$(tar -tf chance.$word/a.tar | tr '\n' ' ')" "1.jpg 6.jpg "
        runs 0 --tar chance/$word chance.$word --resume
        is "after $word" "$(tar -tf chance.$word/a.tar | tr '\n' ' ')" "1.jpg $word.jpg 6.jpg "
    done
else
    skipped "members that fail by chance: no $HOOKS"
fi

# ---- a folder that was copied without --tar is not done with it
mkdir plain
tar -cf plain/a.tar -C members 6.jpg
runs 0 plain plain.out --resume
same plain/a.tar plain.out/a.tar
runs 0 --tar plain plain.out --resume
tar -xOf plain.out/a.tar 6.jpg >turned
runs 0 members/6.jpg wanted.jpg
same turned wanted.jpg
runs 0 plain plain.out --resume
same plain/a.tar plain.out/a.tar

# ---- what is told again of members is all that was told, however large a number in it; else the archive is worked on again
mkdir huge
python3 -c 'import zlib
def chunk(t, d): return len(d).to_bytes(4, "big") + t + d + zlib.crc32(t + d).to_bytes(4, "big")
open("huge/huge.png", "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\xff" * 4 + b"\0\0\0\1\10\2\0\0\0") + chunk(b"IEND", b""))
open("huge/b.tif", "wb").write(b"II*\0\10\0\0\0\3\0\0\1\4\0\1\0\0\0\0\0\0\x80\1\1\4\0\1\0\0\0\1\0\0\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0")'
mkdir huge.in
tar -cf huge.in/a.tar -C huge .
runs 1 --tar huge.in huge.out --resume --report=first.jsonl
runs 1 --tar huge.in huge.out --resume --report=second.jsonl
items first.jsonl >first
items second.jsonl >second
same first second
check "a member is wider than 2^31" grep -q '2147483648' first
sed -i 's/^\(M .*\) [0-9]* \([^ ]* [^ ]* [^ ]* [^ ]*\)$/\1 x \2/' huge.out.exifnorm-state
runs 1 --tar huge.in huge.out --resume --report=third.jsonl
items third.jsonl >third
same first third

# ---- shards of shards, one archive, streams
for n in 0 1 2; do
    timeout 120 "$EXIFNORM" --tar in parts --shard=$n/3 --resume --report=part$n.jsonl >out 2>err &
done
wait
check "the parts are the whole" diff -r whole parts
for n in 0 1 2; do
    items part$n.jsonl
done | sort >found
sort whole.items >wanted
same wanted found
runs 0 --tar in/good.tar one.tar --state=one.state
same one.tar whole/good.tar
runs 2 --tar in/good.tar one.tar --state=one.state --resume --dry-run
runs 0 --tar in/good.tar one.tar --state=one.state --resume --report=one.jsonl
has out "of these by an earlier run"
is "members of one archive" "$(items one.jsonl | wc -l)" "$(tar -tf in/good.tar | grep -vc '/$')"
for at in 20 25 30; do
    rm -f one.tar one.state
    EXN_KILL_AT=$at LD_PRELOAD=$preload "$EXIFNORM" --tar in/good.tar one.tar --state=one.state >out 2>err
    runs 0 --tar in/good.tar one.tar --state=one.state --resume
    same one.tar whole/good.tar
    no_temporary .
done
runs 0 --tar in/good.tar alone.tar
absent alone.tar.exifnorm-state
# ---- a full disk
mkdir full
if is_root && mount -t tmpfs -o size=900k none full 2>/dev/null; then
    trap 'cd /; umount "$scratch/full"; chmod -R u+rwX "$scratch"; rm -rf "$scratch"' EXIT
    for state in "" --state=full.state; do
        rm -rf full/*
        mount -o remount,size=900k full
        # shellcheck disable=SC2086
        runs 3 --tar in full/to $state
        no_temporary full
        (cd full/to && find . -type f) | while read -r f; do
            cmp -s "full/to/$f" "whole/$f" || echo "$f"
        done >torn
        is "torn files on a full disk" "$(cat torn)" ""
        # shellcheck disable=SC2086
        runs 3 --tar in full/to --resume $state
        no_temporary full
        mount -o remount,size=10m full
        # shellcheck disable=SC2086
        runs 1 --tar in full/to --resume --report=full.jsonl $state
        check "complete when there is room" diff -r whole full/to
        items full.jsonl >full.items
        same full.items whole.items
        no_temporary full
    done
else
    skipped "a full disk: only root can mount a small one"
fi

# ---- lines of members wait for another, and more of them than there is room for
mkdir -p many_in many_members
for i in $(seq 1000 1299); do
    cp members/1.txt many_members/$i.txt
done
tar --sort=name -cf many_in/many.tar -C many_members .
runs 0 --tar many_in many_to --state=many.state --report=many.1
runs 0 --tar many_in many_to --state=many.state --resume --report=many.2
items many.1 >many.items
is "members in the report" "$(wc -l <many.items)" 300
items many.2 >out
same out many.items
is "members by a run before" "$(grep -c '^M' many.state)" 300

for options in --resume --state=s; do
    "$EXIFNORM" --tar - - $options <in/good.tar >out 2>err
    is "status of a stream with $options" $? 2
    has err "a run on a stream cannot be resumed"
    is "what came" "$(wc -c <out)" 0
    absent s
done
finish
