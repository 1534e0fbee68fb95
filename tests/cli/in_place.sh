#!/bin/sh
# SPDX-License-Identifier: MIT
# --in-place, --backup and --undo: files are the old or the new ones, whatever happens, and come back. LONG=1: killed at every call, not at each third.
. "$(dirname "$0")/lib.sh"

mkdir -p in/d/e
cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg
cp "$testdata/jpeg/partial/odd-5.jpg" in/d/b.jpg
cp "$testdata/png/no-exif.png" in/d/whole.png
cp "$testdata/jpeg/landscape-3.jpg" "in/d/e/it's.jpg"
head -c 600 in/a.jpg >in/d/e/cut.jpg
echo label >in/a.txt
chmod 640 in/a.jpg
find in -type f -exec touch -d '2019-03-04 05:06:07.123456789' {} +
copy_tree in before
tree before >before.tree
runs 1 in whole
cp whole/a.jpg a.new

# ---- what has to be said
for options in "" "--backup=kept --no-backup"; do
    # shellcheck disable=SC2086
    runs 2 --in-place $options in
    has err "--in-place requires either --backup=DIR, where the originals are kept, or --no-backup"
done
runs 2 --in-place --no-backup
has err "--in-place: expected at least one file or folder"
for other in --check --tar --link --write=direct --files-from=list --shard=0/2 --orientations=list --on-error=keep --undo=kept; do
    runs 2 --in-place --no-backup "$other" in
    has err "exclude each other"
done
runs 2 --backup=kept in out
has err "--backup and --no-backup require --in-place"
runs 2 --in-place --no-backup in nowhere
has err "'nowhere': No such file or directory"
for place in in/kept in/d . ..; do
    runs 2 --in-place --backup=$place in/a.jpg in
    check "why no backup in $place: $(cat err)" grep -q "lies in a folder that is to be changed\|contains what is to be changed" err
done
absent in/kept
runs 2 --in-place --no-backup in --report=in/report
runs 2 -i in
has err "--in-place"
tree in >in.tree
same before.tree in.tree

# ---- there and back
runs 1 --in-place --backup=kept in --report=report
for f in a.jpg d/b.jpg "d/e/it's.jpg"; do
    same "whole/$f" "in/$f"
    same "before/$f" "kept$scratch/in/$f"
done
is "what is kept" "$(find kept -type f | wc -l)" 4
is "what was not changed" "$(stat -c %y in/a.txt in/d/whole.png in/d/e/cut.jpg)" "$(stat -c %y before/a.txt before/d/whole.png before/d/e/cut.jpg)"
is "mode of what was" "$(stat -c %a in/a.jpg)" 640
is "paths in the report" "$(grep -c '"path":"in/' report)" 6
has report '"path":"in/d/e/cut.jpg","outcome":"failed"'
check "the report can be told from others" grep -q '"paths":\[{"path":"in"}\]' report
no_temporary in
absent in.exifnorm-state
ls -lR in >listed
runs 1 --in-place --backup=kept in
ls -lR in | diff - listed >difference
check "a second run does nothing" test ! -s difference
cp in/a.jpg mine
echo more >>in/d/b.jpg # somebody has worked on it
cp in/d/b.jpg theirs
runs 1 --undo=kept
has err "/in/d/b.jpg': not restored: it has changed since"
same theirs in/d/b.jpg
same before/a.jpg in/a.jpg
cp -p "kept$scratch/in/d/b.jpg" in/d/b.jpg
runs 0 --undo=kept
absent kept
tree in >in.tree
same before.tree in.tree
check "all bytes are back" diff -r before in
runs 2 --undo=kept
mkdir kept
runs 2 --undo=kept
has err "not a backup of --in-place"
rmdir kept

# ---- several, files and folders, by other names
ln -s in/d to_d
ln -s in/a.jpg to_a.jpg
runs 1 --in-place --backup=kept to_d to_a.jpg
same whole/a.jpg in/a.jpg
same whole/d/b.jpg in/d/b.jpg
check "a link stays one" test -L to_a.jpg
runs 0 --undo=kept
check "all bytes are back" diff -r before in
ln -s a.jpg in/link.jpg
runs 1 --in-place --no-backup in
has err "'in/link.jpg': skipped: a link"
check "it stays one" test -L in/link.jpg
same whole/a.jpg in/a.jpg
rm -rf in
copy_tree before in

# ---- another name of a file keeps the old bytes
ln in/a.jpg other.jpg
runs 0 --in-place --backup=kept in/a.jpg
same before/a.jpg other.jpg
same whole/a.jpg in/a.jpg
runs 0 --undo=kept
is "it is the same file again" "$(stat -c %i in/a.jpg)" "$(stat -c %i other.jpg)"
rm other.jpg

# ---- and one of two names in a folder is no change of the other
ln in/a.jpg in/other.jpg
runs 1 --in-place --backup=kept in
same whole/a.jpg in/a.jpg
same whole/a.jpg in/other.jpg
runs 0 --undo=kept
is "they are the same file again" "$(stat -c %i in/a.jpg)" "$(stat -c %i in/other.jpg)"
rm in/other.jpg

# ---- a line of the log that a full disk has cut off does not take the next one with it
for torn in '12 34 tmp/a.j' "12 34 ${scratch#/}/in"; do
    runs 0 --in-place --backup=kept in/a.jpg
    printf %s "$torn" >>kept/.exifnorm-backup
    runs 0 --in-place --backup=kept in/d/b.jpg
    runs 0 --undo=kept
    absent kept
    check "all bytes are back" diff -r before in
done

# ---- a run that was killed behind its line, before the file was replaced: of two lines for one file the later one counts
runs 0 --in-place --backup=kept in/a.jpg
ln -f "kept$scratch/in/a.jpg" in/a.jpg
runs 0 --in-place --backup=kept in/a.jpg
is "lines for the file" "$(grep -zc 'a[.]jpg' kept/.exifnorm-backup)" 2
same whole/a.jpg in/a.jpg
runs 0 --undo=kept
absent kept
check "all bytes are back" diff -r before in

# ---- what a damaged log does not name is told
runs 0 --in-place --backup=kept in/a.jpg in/d/b.jpg
grep -zv 'a[.]jpg' kept/.exifnorm-backup >log
cp log kept/.exifnorm-backup
runs 0 --undo=kept
has err "'kept': what its log does not name stays there"
same before/a.jpg "kept$scratch/in/a.jpg"
same before/d/b.jpg in/d/b.jpg
rm -rf kept log in
copy_tree before in

# ---- a backup in a folder that is changed stays what it is
runs 0 --in-place --backup=kept in/a.jpg
mkdir in/old
mv kept in/old
copy_tree in/old/kept old
runs 1 --in-place --no-backup in
has err "'in/old/kept': refused by an option: a backup of --in-place, which stays as it is"
same whole/d/b.jpg in/d/b.jpg
check "the backup is unchanged" diff -r old in/old/kept
runs 1 --in-place --no-backup in/old/kept
check "nor is it by its own name" diff -r old in/old/kept
runs 0 --undo=in/old/kept
same before/a.jpg in/a.jpg
rm -rf in old
copy_tree before in

# ---- --undo ends with the log, and a run that goes on would write to it
runs 0 --in-place --backup=kept in/a.jpg
if flock -n -s kept true 2>/dev/null; then
    flock -s kept "$EXIFNORM" --undo=kept >out 2>err
    is "exit status while a run keeps originals there" $? 2
    has err "'kept': the backup is used by another run"
    same whole/a.jpg in/a.jpg
    flock -s kept "$EXIFNORM" --in-place --backup=kept in/d/b.jpg >out 2>err
    is "exit status of another such run" $? 0
    flock kept "$EXIFNORM" --in-place --backup=kept in >out 2>err
    is "exit status while all is brought back" $? 2
    has err "'kept': --backup: --undo is bringing it back"
else
    skipped "locks of a backup: no flock(1)"
fi
runs 0 --undo=kept
check "all bytes are back" diff -r before in

# ---- a log that is none makes nobody wait
mkdir kept
mkfifo kept/.exifnorm-backup
runs 2 --in-place --backup=kept in
has err "'kept': --backup: "
rm -r kept
check "nothing has changed" diff -r before in

# ---- a folder that may not be written to is no reason to leave the others
chmod 555 in/d
limit=
[ "$(id -u)" != 0 ] || limit='setpriv --bounding-set=-dac_override'
if [ -z "$limit" ] || $limit true 2>/dev/null; then
    $limit "$EXIFNORM" --in-place --backup=kept in >out 2>err
    is "exit status where one folder cannot be written to" $? 1
    has err "'in/d/b.jpg': cannot write the output: cannot create a temporary file: Permission denied"
    same before/d/b.jpg in/d/b.jpg
    same "whole/d/e/it's.jpg" "in/d/e/it's.jpg"
    runs 0 --undo=kept
else
    skipped "a folder that may not be written to: root may, and cannot give that up here"
fi
chmod 755 in/d
absent in.exifnorm-state # there are no temporary files of that run
check "all bytes are back" diff -r before in

# ---- what is refused, one by one
chmod 444 in/a.jpg
cp whole/a.jpg in/d/x.xmp
echo "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>" >in/d/b.xmp
runs 1 --in-place --backup=kept in
has err "'in/a.jpg': refused by an option: --in-place: the file is read-only; to have it changed, chmod u+w"
has err "'in/d/b.jpg': refused by an option: --in-place: its sidecar would have to change with it"
same before/a.jpg in/a.jpg
same before/d/b.jpg in/d/b.jpg
same "whole/d/e/it's.jpg" "in/d/e/it's.jpg"
runs 1 --in-place --backup=kept in --sidecars=copy
same whole/d/b.jpg in/d/b.jpg
runs 0 --undo=kept
rm in/d/b.xmp in/d/x.xmp
chmod 640 in/a.jpg
# A backup that has another original of a file is of no use for this one.
runs 0 --in-place --backup=kept in/a.jpg
cp "$testdata/jpeg/landscape-8.jpg" in/a.jpg
runs 1 --in-place --backup=kept in/a.jpg
has err "--backup has another file of that name"
same "$testdata/jpeg/landscape-8.jpg" in/a.jpg
same before/a.jpg "kept$scratch/in/a.jpg"
rm -rf kept in
copy_tree before in

runs 1 --in-place --backup=kept in --dry-run
tree in >in.tree
same before.tree in.tree
absent kept # nor is a backup made

# ---- a folder of the backup that cannot be made: an original that is kept elsewhere would not be found again
rm -rf in kept
copy_tree before in
if can_trace; then
    ASAN_OPTIONS=detect_leaks=0 strace -qq -o trace -e trace=mkdirat "$EXIFNORM" --in-place --backup=kept -j1 in/d/b.jpg >out 2>err
    runs 0 --undo=kept
    ASAN_OPTIONS=detect_leaks=0 strace -qq -o trace -e trace=mkdirat -e inject=mkdirat:error=ENOSPC:when="$(grep -c '"[^"]*/' trace)"+ \
        "$EXIFNORM" --in-place --backup=kept -j1 in/d/b.jpg >out 2>err
    is "exit status without space for a folder of the backup" $? 3
    has err "cannot make a folder of the backup: No space left on device"
    same in/d/b.jpg before/d/b.jpg
    is "originals in the backup" "$(find kept -name b.jpg)" ""
    rm -rf kept
else
    skipped "a folder of the backup that cannot be made: no strace"
fi

# ---- a log that cannot be read for once does not name nothing: it stays, and so does what it names. A temporary file that cannot be removed does not
# stay in the data set without a word
if can_trace; then
    rm -rf in kept
    copy_tree before in
    runs 0 --in-place --backup=kept in/d/b.jpg in/a.jpg
    copy_tree kept kept.before
    ASAN_OPTIONS=detect_leaks=0 strace -qq -o trace -P "$scratch/kept/.exifnorm-backup" -e trace=pread64 -e inject=pread64:error=EIO \
        "$EXIFNORM" --undo=kept >out 2>err
    is "exit status of an undo that cannot read the log" $? 2
    check "it was read" grep -q INJECTED trace
    has err "'kept': Input/output error"
    check "the backup is as it was" diff -r kept.before kept
    runs 0 --undo=kept
    check "all bytes are back by the log" diff -r before in
    rm -r kept.before

    mkdir there
    cp before/d/whole.png there
    ASAN_OPTIONS=detect_leaks=0 strace -qq -o trace -e trace=unlinkat -e inject=unlinkat:error=EIO:when=1 "$EXIFNORM" --in-place --no-backup there >out 2>err
    is "exit status with a temporary file that cannot be removed" $? 3
    has err "'there/whole.png': cannot write the output: cannot remove the temporary file: Input/output error"
    runs 0 --in-place --no-backup there
    is "what the next run leaves" "$(ls -A there there.exifnorm-state 2>/dev/null | tr '\n' ' ')" "there: whole.png "
    rm -r there
else
    skipped "a log that cannot be read: no strace"
fi

# ---- a backup on another file system
for place in /dev/shm /var/tmp "$testdata/../build"; do
    other=$(mktemp -d "$place/exifnorm.XXXXXX" 2>/dev/null) && [ "$(stat -c %d "$other")" != "$(stat -c %d in)" ] && break
    rm -rf "$other"
    other=
done
if [ -n "$other" ]; then
    runs 1 --in-place --backup="$other/kept" in
    same before/d/b.jpg "$other/kept$scratch/in/d/b.jpg"
    runs 0 --undo="$other/kept"
    tree in >in.tree
    same before.tree in.tree
    check "all bytes are back from there" diff -r before in
    if can_trace; then # a power failure may not cost both: a copy is on disk before its source is replaced
        ASAN_OPTIONS=detect_leaks=0 strace -qq -y -o trace -e trace=fsync,renameat,renameat2 "$EXIFNORM" --in-place --durable --backup="$other/kept" -j1 in/d/b.jpg >out 2>err
        awk '/^fsync/ && /exifnorm-backup-part/ { synced = 1 } /^renameat/ && /exifnorm-backup-part/ { named = synced } /^renameat/ && !/backup-part/ { exit } END { exit !named }' trace
        is "the copy is synced, then named, then its source is replaced" $? 0
        check "new folders of the backup are synced" grep -q "^fsync([0-9]*<$other/kept$scratch>" trace
        ASAN_OPTIONS=detect_leaks=0 strace -qq -y -o trace -e trace=fsync,close -e inject=fsync:error=EIO "$EXIFNORM" --undo="$other/kept" >out 2>err
        is "exit status of an undo that cannot sync" $? 1
        has err "/in/d/b.jpg': not restored: Input/output error"
        check "its copy is closed" grep -q '^close(.*exifnorm-undo-part' trace
        runs 0 --undo="$other/kept"
    fi
    mkdir -p "$other/kept$scratch/in/.exifnorm-backup-part/in the way"
    runs 1 --in-place --backup="$other/kept" in
    has err "cannot write the backup"
    rm -r "$other/kept$scratch/in/.exifnorm-backup-part"
    runs 0 --undo="$other/kept"
    check "all bytes are as they were" diff -r before in
else
    skipped "a backup on another file system: there is none"
fi
rm -rf "$other"

# ---- killed at a call: each file is the old or the new one, the originals of new ones are kept, and a run goes on
if preloads killer.so; then
    step=$([ -n "$LONG" ] && echo 1 || echo 3)
    n=1 kills=0
    while
        rm -rf in kept
        copy_tree before in
        EXN_KILL_AT=$n LD_PRELOAD=$preload "$EXIFNORM" --in-place --backup=kept -j1 in >out 2>err
        [ $? = 99 ]
    do
        kills=$((kills + 1))
        for f in a.jpg d/b.jpg "d/e/it's.jpg"; do
            cmp -s "in/$f" "before/$f" || { cmp -s "in/$f" "whole/$f" && cmp -s "before/$f" "kept$scratch/in/$f"; } ||
                check "killed at call $n: $f is old, or new with its original kept" false
        done
        [ $((n % 2)) = 0 ] || runs 1 --in-place --backup=kept in
        if [ -e kept/.exifnorm-backup ]; then # and the undoing is killed as well
            EXN_KILL_AT=$((n % 7 + 1)) LD_PRELOAD=$preload "$EXIFNORM" --undo=kept >out 2>err
            [ ! -e kept/.exifnorm-backup ] || runs 0 --undo=kept
        fi
        diff -r -x '.exifnorm-*' before in >difference || check "killed at call $n: all comes back: $(cat difference)" false
        no_temporary_but=$(find in -name '.exifnorm-*')
        [ $((n % 2)) = 0 ] || is "what is left of the kill at call $n" "$no_temporary_but" ""
        rm -rf in.exifnorm-state
        n=$((n + step))
    done
    echo "killed at $kills calls"
    check "there were calls to be killed at" test $kills -ge 30
else
    skipped "kills at system calls: no $hook"
fi

# ---- a file of two names gets a third in the backup while it is read by the other: that is no change of it
if can_trace; then
    mkdir twins
    cp "$testdata/jpeg/landscape-6.jpg" twins/a.jpg
    meanwhile pread64 twins/a.jpg 'ln twins/a.jpg third.jpg' --in-place --no-backup twins
    is "exit status with a file that gets another name" $? 0
    same twins/a.jpg a.new
    same third.jpg "$testdata/jpeg/landscape-6.jpg"
else
    skipped "a file that gets another name: no strace"
fi
finish
