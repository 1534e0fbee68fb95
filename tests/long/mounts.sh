#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs whose OUT lies on other file systems: FAT and exFAT (no modes, no links, names in any case), NTFS, ext4 with names in any case, ext2,
# xfs, btrfs, and FUSE over a folder. What they make is what a run on the folder of this script makes: plain, --write=direct, --in-place and
# --undo, killed and gone on with, with labels moved; and of two names that are one there, none is lost without a word.
#
# Needs root, loop devices and what makes and mounts each; what cannot be mounted is said. Of FAT and exFAT the FUSE drivers will do
# (Debian: fusefat, exfat-fuse, exfatprogs, dosfstools, ntfs-3g, bindfs, rclone). MOUNTS="fat exfat" takes some. EXIFNORM names the program;
# beside it lies killer.so.
. "$(dirname "$0")/../cli/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
mnt=$scratch/mnt
device=
mkdir "$mnt"

away() {
    cd "$scratch" || exit 1
    [ "$(stat -c %d "$mnt")" = "$(stat -c %d "$scratch")" ] || fusermount -u "$mnt" 2>/dev/null || umount "$mnt"
    [ -z "$device" ] || losetup -d "$device"
    device=
    rm -f image
}
trap 'away; rm -rf "$scratch" ${plain:+"$plain"}' EXIT

is_mounted() {
    for i in 1 2 3 4 5 6 7 8 9 10; do
        [ "$(stat -c %d "$mnt")" = "$(stat -c %d "$scratch")" ] || return 0
        sleep 0.2
    done
    return 1
}

# image SIZE COMMAND...: a file that the command has made a file system of.
image() {
    truncate -s "$1" image
    shift
    "$@" image >mkfs.log 2>&1
}

on_loop() {
    device=$(losetup -f --show image)
}

put_up() {
    case $1 in
    fat) image 64M mkfs.vfat && { on_loop && mount -t vfat "$device" "$mnt" 2>/dev/null || fusefat -o rw+ image "$mnt" >mount.log 2>&1; } ;;
    exfat) image 64M mkfs.exfat && on_loop && { mount -t exfat "$device" "$mnt" 2>/dev/null || mount.exfat-fuse "$device" "$mnt"; } ;;
    ntfs) image 64M mkntfs -q -F -Q && ntfs-3g image "$mnt" ;;
    casefold) image 64M mkfs.ext4 -q -O casefold -E encoding=utf8 && mount -o loop image "$mnt" && mkdir "$mnt/d" && chattr +F "$mnt/d" ;;
    ext2) image 64M mkfs.ext2 -q && mount -o loop image "$mnt" ;;
    xfs) image 400M mkfs.xfs -q && mount -o loop image "$mnt" ;;
    btrfs) image 200M mkfs.btrfs -q && mount -o loop image "$mnt" ;;
    bindfs) mkdir -p below && bindfs below "$mnt" ;;
    rclone) mkdir -p below && rclone mount "$scratch/below" "$mnt" --daemon --vfs-cache-mode=writes --cache-dir="$scratch/cache" ;;
    esac >mount.log 2>&1 && is_mounted
}

# ---- what goes in, and what comes out where this script is
mkdir -p in/d/e labelled before
cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg
cp "$testdata/png/no-exif.png" in/d/b.png
cp "$testdata/jpeg/landscape-3.jpg" "in/d/e/it's.jpg"
cp "$testdata/png/rgb8-6.png" in/d/p.png
echo text >in/c.txt
cp in/a.jpg labelled
echo '0 0.25 0.25 0.125 0.0625' >labelled/a.txt
touch -d '2019-03-04 05:06:08' in/a.jpg
mkdir two
cp in/a.jpg two/A.jpg
cp "in/d/e/it's.jpg" two/a.jpg
runs 0 in whole
runs 0 labelled moved --labels=move --labels-frame=stored

alike() {
    check "$1" diff -r "$2" "$3"
    is "$1: temporary files" "$(find "$3" -name '.exifnorm-*' | wc -l)" 0
}

# Whether what was written can be read by the same descriptor. fusefat cannot, and there --verify and --in-place have to fail.
reads_back() {
    python3 -c 'import os, sys
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
os.pwrite(file, b"some", 0)
sys.exit(os.pread(file, 9, 0) != b"some")' "$1"
}

ways() {
    to=$mnt/$1
    verify=--verify
    mkdir -p "$to"
    if ! reads_back "$to/file"; then
        echo "$name: what was written reads back differently; no --verify, no --in-place"
        runs 4 in "$to/plain" --verify
        check "$name: what is there is right" cmp "$to/plain/a.jpg" whole/a.jpg
        rm -r "$to/plain"
        verify=
    fi
    for options in "" --durable $verify --write=direct; do
        # shellcheck disable=SC2086
        runs 0 in "$to/plain" $options
        alike "$name: a run $options" whole "$to/plain"
        rm -r "$to/plain"
    done
    if [ -n "$verify" ]; then
        cp -r in "$to/place"
        [ $name != rclone ] || sleep 8 # it sends files, and sets their times, seconds after they are closed
        runs 0 --in-place --backup="$to/kept" "$to/place"
        alike "$name: in place" whole "$to/place"
        same in/a.jpg "$to/kept$to/place/a.jpg"
        # There a file gets another time seconds after it was written, and --undo leaves what has changed since.
        if [ $name != rclone ]; then
            runs 0 --undo="$to/kept"
            alike "$name: undone" in "$to/place"
        fi
    fi
    runs 0 labelled "$to/labelled" --labels=move --labels-frame=stored
    alike "$name: labels" moved "$to/labelled"
}

kills() {
    for options in "" --write=direct; do
        EXN_KILL_COUNT=$scratch/count LD_PRELOAD=$preload "$EXIFNORM" in "$to/counted" $options >out 2>err
        calls=$(cat count)
        check "$name: calls were counted" test "$calls" -gt 20
        n=1
        while [ $n -le "$calls" ]; do
            rm -rf "$to/killed" "$to/killed.exifnorm-state"
            EXN_KILL_AT=$n LD_PRELOAD=$preload "$EXIFNORM" in "$to/killed" $options >out 2>err
            if [ -e "$to/killed.exifnorm-state" ] || ! diff -r whole "$to/killed" >/dev/null 2>&1; then
                runs 0 in "$to/killed" --resume $options
            fi
            alike "$name: killed at call $n, $options" whole "$to/killed"
            n=$((n + 5))
        done
    done
}

# Two names that are one there: what is not written is said, and the other one is whole.
one_name() {
    "$EXIFNORM" two "$to/two" >out 2>err
    status=$?
    if [ "$(find "$to/two" -type f | wc -l)" = 2 ]; then
        is "$name: two names, status" $status 0
        return
    fi
    is "$name: two names that are one, status" $status 1
    check "$name: one of them is named" grep -qi "'two/a.jpg': output exists" err
    check "$name: the first one is whole" cmp "$to/two/A.jpg" whole/a.jpg
}

seen=0
for name in ${MOUNTS:-fat exfat ntfs casefold ext2 xfs btrfs bindfs rclone}; do
    if [ "$(id -u)" = 0 ] && put_up $name; then
        seen=$((seen + 1))
        echo "$name: $(stat -f -c %T "$mnt")"
        ways d
        ! preloads killer.so || kills
        one_name
    else
        skipped "$name: $(tail -n 1 mount.log 2>/dev/null)"
    fi
    away
    rm -rf below
done
echo "$seen mounts"
finish
