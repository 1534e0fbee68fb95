#!/bin/sh
# SPDX-License-Identifier: MIT
# --link: a second name for what needs nothing, a copy for all else, and never a write through a link into IN.
. "$(dirname "$0")/lib.sh"

j6=$testdata/jpeg/landscape-6.jpg

# linked A B: one file with two names; apart A B: two files.
linked() {
    check "$1 and $2 are one file" test "$(stat -c %d:%i "$1")" = "$(stat -c %d:%i "$2")"
}
apart() {
    check "$1 and $2 are two files" test "$(stat -c %d:%i "$1")" != "$(stat -c %d:%i "$2")"
}

mkdir -p in/d
cp "$testdata/jpeg/no-exif.jpg" in/plain.jpg
cp "$testdata/png/no-exif.png" in/d/plain.png
cp "$testdata/png/no-exif.png" in/other.png
cp "$j6" in/turned.jpg
echo label >in/label.txt
ln -s d/plain.png in/soft.png
chmod 640 in/plain.jpg
touch -d '2001-02-03 04:05:06' in/plain.jpg
find in -type f -exec cksum {} + | sort >sources
find in -type f -printf '%p %i %m %s %T@\n' | sort >inodes

runs 0 in to --link --report=report
linked in/plain.jpg to/plain.jpg
linked in/d/plain.png to/d/plain.png
linked in/d/plain.png to/soft.png
check "a link to a file is written as a file" test ! -L to/soft.png
apart in/turned.jpg to/turned.jpg
apart in/label.txt to/label.txt
same in/label.txt to/label.txt
no_temporary to
is "links in the report" "$(grep -c '"outcome":"untouched".*"linked":true' report)" 4
is "of all" "$(grep -c '"linked":true' report)" 4
has out "4  untouched      nothing to do, 4 of them linked"
runs 0 in plain_run --report=report_copied
check "the same tree as without" diff -r to plain_run
is "no links without --link" "$(grep -c '"linked":true' report_copied)" 0
runs 0 in to1 --link -j1 --report=report1
items report >a
items report1 >b
same a b

# ---- the same names again: not replaced; replaced by a rename, which does nothing between two names of one file
runs 1 in to --link
runs 0 in to --link --overwrite
linked in/plain.jpg to/plain.jpg
no_temporary to
# ... and without --link a link is replaced by a copy: nothing is written through it
runs 0 in to --overwrite --verify --durable
apart in/plain.jpg to/plain.jpg
same in/plain.jpg to/plain.jpg
# a source that needs work by now: its old link in OUT is replaced
runs 0 in to --overwrite --link
cp in/plain.jpg kept.jpg
cp "$j6" in/new.jpg && mv in/new.jpg in/plain.jpg
runs 0 in to --overwrite --link
apart in/plain.jpg to/plain.jpg
same in/plain.jpg "$j6"
cp -p kept.jpg in/new.jpg && chmod 640 in/new.jpg && touch -d '2001-02-03 04:05:06' in/new.jpg
mv in/new.jpg in/plain.jpg

# ---- what is refused: a report that would be written through a link
runs 0 in to2 --link --durable --verify
linked in/plain.jpg to2/plain.jpg
runs 2 in/turned.jpg x.jpg --report=to2/plain.jpg
has err "another hard link"
absent x.jpg
runs 2 in to3 --report=to2/plain.jpg
has err "another hard link"
runs 2 --check to2/turned.jpg --report=to2/plain.jpg

find in -type f -exec cksum {} + | sort >after
same sources after
find in -type f -printf '%p %m %s %T@\n' | sort >after
sed 's/^\([^ ]*\) [0-9]*/\1/' inodes >before
same before after

# ---- one file to one
runs 0 --link in/d/plain.png one.png
linked in/d/plain.png one.png
runs 0 --link --overwrite in/other.png one.png
linked in/other.png one.png
check "what was there before is as it was" cmp in/d/plain.png "$testdata/png/no-exif.png"

# ---- where no link can be: a copy, with nothing said
if is_root && mkdir disk && mount -t tmpfs none disk 2>/dev/null; then
    trap 'cd /; umount "$scratch/disk"; rm -rf "$scratch"' EXIT
    runs 0 in disk/to --link --report=report
    check "to another file system" diff -r plain_run disk/to
    is "links to another file system" "$(grep -c '"linked":true' report)" 0
    is "what is said of it" "$(cat err)" ""
    is "the copy's mode and time" "$(stat -c '%a %Y' disk/to/plain.jpg)" \
        "$(stat -c '%a %Y' in/plain.jpg)"
    no_temporary disk
else
    skipped "links to another file system: only root can mount one"
fi
# A link is its source, also when that is edited in place: a run that goes on has it anew.
mkdir edited
cp "$testdata/jpeg/no-exif.jpg" edited/a.jpg
runs 0 edited edited.out --link --resume
linked edited/a.jpg edited.out/a.jpg
printf '\0\0\0\0' >>edited/a.jpg
runs 0 edited edited.out --link --resume
same edited/a.jpg edited.out/a.jpg
runs 0 edited edited.out --resume
same edited/a.jpg edited.out/a.jpg
apart edited/a.jpg edited.out/a.jpg

if can_trace; then
    export ASAN_OPTIONS=detect_leaks=0
    for reason in EPERM EMLINK EXDEV EACCES ENOENT EOPNOTSUPP; do
        strace -f -o trace -e inject=linkat:error=$reason "$EXIFNORM" in "to_$reason" --link \
            >out 2>err
        is "exit status where linkat says $reason" $? 0
        check "a copy where linkat says $reason" diff -r plain_run "to_$reason"
        no_temporary "to_$reason"
    done
    # the first name is taken
    strace -f -o trace -e inject=linkat:error=EEXIST:when=1 "$EXIFNORM" in to_taken --link >out 2>err
    is "exit status where a name was taken" $? 0
    linked in/plain.jpg to_taken/plain.jpg
    no_temporary to_taken
    # the first temporary name cannot be removed: a copy, and that name is used
    strace -f -o trace -e inject=unlinkat:error=EIO:when=1 "$EXIFNORM" in to_kept --link >out 2>err
    is "exit status where a name cannot be removed" $? 0
    check "it was called" grep -q INJECTED trace
    check "a copy where a name cannot be removed" diff -r plain_run to_kept
    no_temporary to_kept
    # no system call RENAME_NOREPLACE
    strace -f -o trace -e inject=renameat2:error=EINVAL "$EXIFNORM" in to_old --link >out 2>err
    is "exit status without RENAME_NOREPLACE" $? 0
    linked in/plain.jpg to_old/plain.jpg
    no_temporary to_old
    # it cannot be placed: the source keeps its one name
    strace -f -o trace -e inject=renameat2:error=EIO "$EXIFNORM" in to_bad --link >out 2>err
    is "exit status where a rename fails" $? 3
    no_temporary to_bad
    # no call changes a source's mode, times, attributes or bytes
    strace -f -y -o trace -e trace=fchmod,utimensat,fsetxattr,ftruncate,pwrite64,copy_file_range,ioctl \
        "$EXIFNORM" in to_traced --link >out 2>err
    is "calls that change a linked source" \
        "$(grep -E '(fchmod|utimensat|fsetxattr|ftruncate|pwrite64)\([0-9]+<[^>]*/in/' trace)" ""
    check "the trace saw the others" grep -q 'fchmod(' trace
else
    skipped "links that fail: no strace"
fi

finish
