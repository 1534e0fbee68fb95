#!/bin/sh
# SPDX-License-Identifier: MIT
# --resume and --state: a run that is killed at any moment and resumed ends like an undisturbed one.
#
# Beside EXIFNORM lies killer.so (tests/hooks/killer.c). LONG=1: at every system call and 50 random moments, not a few.
. "$(dirname "$0")/lib.sh"
. "$cli/killed_lib.sh"
tar=

mkdir -p in/d/e in/empty
cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg
cp "$testdata/png/coding/palette-5.png" in/d/b.png
echo label >in/d/b.txt
cp "$testdata/jpeg/no-exif.jpg" "in/d/e/c 100%.jpg"
head -c 2000 "$testdata/jpeg/landscape-6.jpg" >in/d/e/cut.jpg
latin=$(printf 'gr\374n\nx.jpg')
cp "$testdata/jpeg/partial/odd-6.jpg" "in/$latin"
printf 'II*\0\010\0\0\0\001\0\022\001\003\0\001\0\0\0\006\0\0\0\0\0\0\0' >in/six.tif
mkfifo in/fifo
chmod 640 in/a.jpg
chmod 555 in/d/e
chmod 750 in/d
touch -d '2019-03-04 05:06:07.123456789' in/a.jpg in/d/e in/d in/empty in
undisturbed
# Files that failed are damaged and would fail again, so nothing is left to resume.
absent whole.exifnorm-state

# ---- at every call that changes a file
if preloads killer.so; then
    killed_at_calls 19
    # Killed twice, the second time while it was being resumed.
    n=20
    while [ $n -le 60 ]; do
        clear_away to to.exifnorm-state
        EXN_KILL_AT=$n LD_PRELOAD=$preload "$EXIFNORM" in to >out 2>err
        EXN_KILL_AT=$((n / 2)) LD_PRELOAD=$preload "$EXIFNORM" in to --resume >out 2>err
        resumed "two kills, at $n and $((n / 2))"
        n=$((n + 20))
    done
else
    skipped "kills at system calls: no $hook"
fi

# ---- without RENAME_NOREPLACE and without links (vfat, an old kernel), a file that contains the temporary name claims the final one
mkdir claimed
cp in/a.jpg claimed
without=$(realpath "$(dirname "$EXIFNORM")")/without
# claiming ENVIRONMENT... OPTION...: runs without these calls.
claiming() {
    timeout 120 "$without" renameat2 ENOSYS "$without" linkat EPERM "$(command -v env)" ASAN_OPTIONS=detect_leaks=0 "$@" >out 2>err </dev/null
}
if preloads killer.so && [ -x "$without" ] && claiming "$EXIFNORM" claimed claimed_whole; then
    n=1
    claims=0 empty=0
    while
        clear_away to to.exifnorm-state
        claiming EXN_KILL_AT=$n LD_PRELOAD="$preload" "$EXIFNORM" claimed to -j1 --state=to.exifnorm-state
        [ $? = 99 ]
    do
        if [ -f to/a.jpg ] && [ ! -s to/a.jpg ]; then
            # There is no telling whose it is.
            empty=$((empty + 1))
            claiming "$EXIFNORM" claimed to --resume --state=to.exifnorm-state
            is "status where the claim is still empty" $? 1
            check "an empty file stays" test -f to/a.jpg -a ! -s to/a.jpg
            n=$((n + 1))
            continue
        fi
        if [ -f to/a.jpg ] && ! cmp -s claimed_whole/a.jpg to/a.jpg; then
            claims=$((claims + 1))
            rm -rf kept_to kept_state
            copy_tree to kept_to
            cp -p to.exifnorm-state kept_state
        fi
        claiming "$EXIFNORM" claimed to --resume --state=to.exifnorm-state
        is "status of a resumed run, killed at call $n" $? 0
        check "call $n: the output is whole" diff -r claimed_whole to
        n=$((n + 1))
    done
    check "a kill behind the claim ($n calls)" test $claims -ge 1
    check "a kill before the claim has its content" test $empty -ge 1
    # An output that fails after all leaves no claim.
    for what in gone damaged; do
        clear_away to to.exifnorm-state
        copy_tree kept_to to
        cp -p kept_state to.exifnorm-state
        rm -f claimed/a.jpg
        [ $what = gone ] || head -c 900 in/a.jpg >claimed/a.jpg
        claiming "$EXIFNORM" claimed to --resume --state=to.exifnorm-state
        absent to/a.jpg
    done
    # A file with any other content is somebody's, also if it is empty, as long as a claim, or
    # older than the output that was to replace it.
    cp in/a.jpg claimed
    for mine in mine '' .exifnorm-0123456789abcdef.tmp; do
        clear_away to to.exifnorm-state
        copy_tree kept_to to
        cp -p kept_state to.exifnorm-state
        printf %s "$mine" >to/a.jpg
        claiming "$EXIFNORM" claimed to --resume --state=to.exifnorm-state
        is "status where the name is somebody's ($mine)" $? 1
        check "somebody's file at a claimed name ($mine)" test -f to/a.jpg
        is "its content" "$(cat to/a.jpg)" "$mine"
    done
    mkdir other
    cp in/a.jpg other/b.jpg
    n=1
    while
        clear_away to to.exifnorm-state
        mkdir to
        : >to/a.jpg
        claiming EXN_KILL_AT=$n LD_PRELOAD="$preload" "$EXIFNORM" claimed to -j1 --overwrite --state=to.exifnorm-state
        [ $? = 99 ]
    do
        [ -s to/a.jpg ] || claiming "$EXIFNORM" other to --resume --state=to.exifnorm-state
        check "an empty file that was to be replaced, killed at call $n" test -f to/a.jpg
        n=$((n + 1))
    done
else
    skipped "names that are claimed: no $hook, or no $without"
fi

# ---- SIGKILL of the whole group at random moments
mv in small
mkdir in
i=0
while [ $i -lt 60 ]; do
    cp "$testdata/jpeg/landscape-$((i % 8 + 1)).jpg" in/p$i.jpg
    head -c 100000 /dev/urandom >in/f$i
    i=$((i + 1))
done
copy_tree small in/small
clear_away whole
undisturbed
killed_at_moments
clear_away in whole whole.exifnorm-state
mv small in
undisturbed

# ---- finished outputs are left alone, changed sources are done again
clear_away to to.exifnorm-state
resumed "nothing: a first run"
ls -iR to >before
resumed "a whole run"
ls -iR to >after
check "nothing was written again" diff before after
has out "of these by an earlier run"
touch -d '2020-01-01' in/d/b.png
runs 1 in to --resume
ls -iR to | diff before - >changes
is "a source of another time is done anew" "$(grep -c '^[<>].*b.png' changes)" 2
is "and it alone" "$(grep -c '^[<>]' changes)" 2
rm to/a.jpg
runs 1 in to --resume
same to/a.jpg whole/a.jpg
ls -iR to >before
runs 1 in to --resume --quality=high
ls -iR to | diff before - | grep -c '^>' >count
is "by other options all is done anew" "$(cat count)" 6
is "as they say" "$(cmp -s "to/$latin" "whole/$latin" && echo same)" ""
ls -iR to >before
runs 1 in to --resume --png-level=1
ls -iR to | diff before - | grep -c '^>' >count
is "by another --png-level, too" "$(cat count)" 6
runs 1 in to --resume
check "and back" diff -r to whole
runs 1 in to --resume --max-memory=1G --no-sandbox -j3 --timeout=9
has out "6  of these by an earlier run"
# An output with another size than was noted is not this run's, and stays.
head -c 100 whole/a.jpg >part
cat part >to/a.jpg
runs 1 in to --resume
has out "5  of these by an earlier run"
has err "'in/a.jpg': output exists"
same to/a.jpg part
rm to/a.jpg
runs 1 in to --resume
same to/a.jpg whole/a.jpg
# A line with a wrong checksum is ignored: the image is done again.
sed -i '/^D a.jpg /{s/0$/1/;t;s/.$/0/}' to.exifnorm-state
runs 1 in to --resume
has out "5  of these by an earlier run"
same to/a.jpg whole/a.jpg
# ---- each option by itself: those that outputs depend on, and those that only decide how the work is done, or whether it fails
mkdir rows archives
cp "$testdata/jpeg/landscape-6.jpg" "$testdata/jpeg/no-exif.jpg" rows
head -c 900 "$testdata/jpeg/landscape-6.jpg" >cut.jpg
tar -cf archives/a.tar cut.jpg -C rows landscape-6.jpg
# row KNOWN FOLDER OPTION...: after a run without options, one with these knows so many of the folder's items.
row() {
    known=$1
    from=$2
    shift 2
    rm -rf row_out row_out.exifnorm-state
    copy_tree "$from.out" row_out
    cp -p "$from.state" row_out.exifnorm-state
    "$EXIFNORM" "$from" row_out --resume --report=row.jsonl "$@" >out 2>err
    is "known with $*" "$(sed -n 's/ *\([0-9]*\)  of these by an earlier run/\1/p' out)" "$known"
}
begin_rows() {
    from=$1
    shift
    "$EXIFNORM" "$from" row_out --resume "$@" >out 2>err
    mv row_out "$from.out"
    mv row_out.exifnorm-state "$from.state"
}
begin_rows rows
for option in --max-memory=1G --max-pixels=9000000 --timeout=9 --on-error=keep --write=direct -v -j3 --no-sandbox --durable \
    --allow-unsupported --overwrite; do
    row 2 rows $option
done
# The last one changes the source's link count, and with it its change time.
for option in --mode=drop --strict --edges=refuse --quality=high --png-level=1 --secondary=drop --webp=copy --on-damage=decode --verify --tar --link; do
    row "" rows $option
done
# Failed members are in an archive, so options that decide which members fail count too.
begin_rows archives --tar
row 2 archives --tar --overwrite
for option in --max-memory=1G --max-pixels=9000000 --timeout=9 --on-error=keep --quality=high; do
    row "" archives --tar $option
done
tar -cf archives/a.tar -C rows landscape-6.jpg no-exif.jpg
rm -rf archives.out archives.state
begin_rows archives --tar
for option in --max-memory=1G --on-error=keep; do
    row 2 archives --tar $option
done

# An output that somebody else has changed is not ours to replace.
echo mine >to/d/b.txt
echo longer >in/d/b.txt
runs 1 in to --resume
has err "'in/d/b.txt': output exists: it is not in the state of an earlier run as it is now; use --overwrite to replace it"
is "somebody's file" "$(cat to/d/b.txt)" mine
echo label >in/d/b.txt

# ---- states that are invalid, torn, or in use
clear_away to to.exifnorm-state
runs 1 in to --state=to.exifnorm-state
echo "foreign file" >foreign
for options in --resume ""; do
    # shellcheck disable=SC2086
    runs 2 in to $options --state=foreign
    has err "'foreign': the state is not an exifnorm state file"
done
is "a foreign file stays" "$(cat foreign)" "foreign file"
printf 'exifnorm-sta' >torn
runs 1 in to2 --state=torn --resume
has torn "exifnorm-state 1"
cp to.exifnorm-state kept
# Garbage is skipped: files that it named are not known to be ours, and stay.
{
    head -n 2 kept
    head -c 300 /dev/urandom | tr '\0' x
    printf '\nT ../in/a.jpg .exifnorm-0123456789abcdef.tmp 00000000\nD a.jpg 1 2 3\n'
    sed 1,2d kept
    printf 'D a.jpg 17'
} >to.exifnorm-state
runs 1 in to --resume
check "a state with garbage is used" diff -r to whole
is "its torn end is cut off" "$(grep -c '^D a.jpg 17' to.exifnorm-state)" 0
grep -v '^[TPD] a.jpg' kept >to.exifnorm-state
runs 1 in to --resume
has err "'in/a.jpg': output exists: it is not in the state of an earlier run as it is now; use --overwrite to replace it"
cp kept to.exifnorm-state
if command -v flock >/dev/null; then
    flock to.exifnorm-state sh -c '"$1" in to --resume >out 2>err; echo $? >status' sh "$EXIFNORM"
    is "status while another run has the state" "$(cat status)" 2
    has err "is used by another run"
else
    skipped "a lock: no flock"
fi
# A forged state removes nothing but temporary files below OUT.
if command -v python3 >/dev/null; then
    name=.exifnorm-0123456789abcdef.tmp
    touch victim $name "to/$name" to/mine
    mkdir elsewhere
    touch elsewhere/$name
    ln -s ../elsewhere to/link
    python3 "$cli/forge.py" "T ../x $name" "T x $name" "T y mine" "T z ../victim" "T link/x $name" >forged
    chmod u+w to/d/e # no line of it says that the folder is ours
    runs 1 in to --resume --state=forged
    absent "to/$name"
    for f in victim $name to/mine elsewhere/$name; do
        check "$f is still there" test -f $f
    done
    rm to/link to/mine
    # Two runs were killed at the same file, the second without --resume, which removes nothing: each has left a temporary file.
    touch to/$name to/.exifnorm-fedcba9876543210.tmp
    python3 "$cli/forge.py" "T x $name" "T x .exifnorm-fedcba9876543210.tmp" >forged
    runs 1 in to --resume --state=forged
    no_temporary to
fi

# ---- where the state is
echo x >one
for options in --resume --state=s; do
    runs 2 one one.out $options
    has err "are for folders"
done
runs 2 in to --state=in/s
has err "would be inside IN"
runs 2 in to --state=to/s
has err "would be inside OUT"
cp kept s
runs 2 in to --state=s --report=s
has err "the state and the report are the same file"
same kept s
ln s second
runs 2 in to --state=s
has err "has another hard link"
same kept s
rm second
mkdir good
cp in/a.jpg good
runs 0 good good_out
absent good_out.exifnorm-state
runs 0 good good_kept/ --resume
check "a state that was asked for is kept" test -s good_kept.exifnorm-state
runs 0 good good_part --resume --shard=0/1
check "each shard has its own" test -s good_part.exifnorm-state-0-of-1
runs 0 good good_named --state=named
check "and so is one that has a name" test -s named
absent good_named.exifnorm-state
mkdir inner
(cd inner && "$EXIFNORM" ../good . --resume >out.log 2>&1)
check "OUT by another name: beside it" test -s inner.exifnorm-state

# ---- a full disk
mkdir full
if is_root && mount -t tmpfs -o size=400k none full 2>/dev/null; then
    trap 'cd /; umount "$scratch/full"; chmod -R u+rwX "$scratch"; rm -rf "$scratch"' EXIT
    rm -rf many && mkdir many
    i=0
    while [ $i -lt 30 ]; do
        head -c 40000 /dev/urandom >many/f$i
        cp "$testdata/jpeg/landscape-6.jpg" many/p$i.jpg
        i=$((i + 1))
    done
    runs 0 many many_whole --report=many.jsonl
    for state in "" --state=many.state; do
        rm -rf full/*
        mount -o remount,size=400k full
        # shellcheck disable=SC2086
        runs 3 many full/to $state
        no_temporary full
        (cd full/to && find . -type f) | while read -r f; do
            cmp -s "full/to/$f" "many_whole/$f" || echo "$f"
        done >torn
        is "torn files on a full disk" "$(cat torn)" ""
        # shellcheck disable=SC2086
        runs 3 many full/to --resume $state
        no_temporary full
        mount -o remount,size=10m full
        # shellcheck disable=SC2086
        runs 0 many full/to --resume --report=full.jsonl $state
        check "complete when there is room" diff -r many_whole full/to
        is "and its totals" "$(totals full.jsonl)" "$(totals many.jsonl)"
        no_temporary full
    done
else
    skipped "a full disk: only root can mount a small one"
fi
# ---- an item that failed and was kept is not done: a resumed run does it again, and may replace its output
mkdir with_bad
cp "$testdata/jpeg/landscape-6.jpg" with_bad/a.jpg
head -c 600 with_bad/a.jpg >with_bad/b.jpg
runs 1 with_bad with_bad_to --on-error=keep --state=with_bad_to.exifnorm-state
same with_bad/b.jpg with_bad_to/b.jpg
runs 1 with_bad with_bad_to --on-error=keep --resume
has out "1  of these by an earlier run"
same with_bad/b.jpg with_bad_to/b.jpg
cp with_bad/a.jpg with_bad/b.jpg
runs 0 with_bad with_bad_to --on-error=keep --resume
check "mended, it is turned" cmp with_bad_to/a.jpg with_bad_to/b.jpg

finish
