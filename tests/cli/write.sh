#!/bin/sh
# SPDX-License-Identifier: MIT
# Outputs appear completely or not at all: existing ones, names that are taken, a full disk, broken renames, signals.
. "$(dirname "$0")/lib.sh"

j6=$testdata/jpeg/landscape-6.jpg

# ---- existing outputs
mkdir -p in/d to/d
cp "$j6" in/a.jpg
echo new >in/b.txt
echo new >in/d/c.txt
echo old >to/b.txt
touch -d '2001-01-01' to/b.txt
runs 1 in to --report=report
has err "'in/b.txt': output exists"
is "an output that exists" "$(cat to/b.txt)" old
same in/d/c.txt to/d/c.txt
check "the others are made" test -s to/a.jpg
check "the report says so" grep -q '"path":"b.txt","outcome":"failed".*"status":"exists"' report
inode=$(stat -c %i to/b.txt)
runs 0 in to --overwrite
same in/b.txt to/b.txt
check "replaced by a rename, not written over" test "$inode" != "$(stat -c %i to/b.txt)"
runs 1 in to
no_temporary to

# A hard link to a source in an output's place: the source must survive.
rm -rf to && mkdir to
ln in/b.txt to/b.txt
runs 0 in to --overwrite
is "a source with a hard link in OUT" "$(cat in/b.txt)" new

# A folder in a file's place and the reverse.
rm -rf to && mkdir -p to/a.jpg
echo file >to/d
runs 1 in to
has err "'in/a.jpg': output exists: it is a folder"
has err "'in/d': output exists: it is not a folder"
check "the folder is left" test -d to/a.jpg
is "the file is left" "$(cat to/d)" file
same in/b.txt to/b.txt
runs 1 in to --overwrite
check "nor does --overwrite replace a folder" test -d to/a.jpg
mkdir special to_special
echo x >special/pipe
mkfifo to_special/pipe
runs 1 special to_special --overwrite
has err "'special/pipe': output exists: it is not a regular file"
check "nor a FIFO" test -p to_special/pipe
# A device of our own, since root could replace the machine's.
mknod to_special/null c 1 3 2>/dev/null
if [ -c to_special/null ]; then
    runs 1 special/pipe to_special/null --overwrite
    check "nor a device" test -c to_special/null
elif is_root; then
    skipped "a device: none can be made here"
else
    runs 1 special/pipe /dev/null --overwrite
    check "nor a device" test -c /dev/null
fi
no_temporary to

# ---- file to file
runs 0 in/a.jpg one.jpg
check "a file is made" test -s one.jpg
runs 1 in/a.jpg one.jpg
has err "'in/a.jpg': output exists"
runs 0 in/a.jpg one.jpg --overwrite
runs 0 in/b.txt "$scratch/copy.txt" --report=report
same in/b.txt copy.txt
check "its path" grep -q '^{"path":"b.txt","outcome":"copied"' report
ln -s in/b.txt link
runs 0 link link_out
check "a link as IN is written as a file" test -f link_out -a ! -L link_out
echo none >bad.JPEG
runs 1 bad.JPEG bad_out.jpg
has err "'bad.JPEG': not an image"
absent bad_out.jpg

# ---- not an image, and content against names
rm -rf in to && mkdir in
for n in a.jpg b.JPG c.jpeg d.Jpeg e.png f.PNG; do
    echo "no image" >"in/$n"
done
: >in/empty.jpg
echo "no image" >in/g.gif
echo "no image" >in/jpg
echo "no image" >in/h.jpg.txt
cp "$testdata/png/no-exif.png" in/png_inside.jpg
cp "$testdata/jpeg/no-exif.jpg" in/jpeg_inside.dat
head -c 3000000 /dev/urandom >in/large.bin
runs 1 in to --report=report
is "failed by name" "$(grep -c '"status":"not-an-image"' report)" 7
is "copied" "$(grep -c '"outcome":"copied"' report)" 4
check "png by content" grep -q '"path":"png_inside.jpg","outcome":"untouched".*"format":"png"' report
check "jpeg by content" grep -q '"path":"jpeg_inside.dat","outcome":"untouched".*"format":"jpeg"' report
is "files in OUT" "$(find to -type f | wc -l)" 6
for f in g.gif jpg h.jpg.txt png_inside.jpg jpeg_inside.dat large.bin; do
    same "in/$f" "to/$f"
done
check "the summary" grep -q '^ *7  failed$' out
check "the summary's total" grep -q '^ *13  items, ' out

# Copies are verified too, and made durable.
runs 1 in to_verified --verify --durable
same in/large.bin to_verified/large.bin

# ---- limits
mkdir limits
cp in/large.bin limits/x.png
printf '\211PNG\r\n\032\n' | dd of=limits/x.png conv=notrunc 2>/dev/null
runs 1 limits limits_out --max-memory=1M
has err "'limits/x.png': limit exceeded: needs 2.9 MiB, limit 1.0 MiB"
absent limits_out/x.png

# ---- the output cannot be written
rm -rf in to && mkdir in
i=0
while [ $i -lt 30 ]; do
    head -c 40000 /dev/urandom >in/f$i
    i=$((i + 1))
done
cp "$j6" in/a.jpg
mkdir full
if is_root && mount -t tmpfs -o size=400k none full 2>/dev/null; then
    trap 'cd /; umount "$scratch/full"; rm -rf "$scratch"' EXIT
    # Copies only: an image's output is written while the items behind it fill the disk.
    mkdir copies
    cp in/f* copies
    runs 3 copies full/to --report=report
    has err "No space left on device"
    is "messages for a full disk: what, and how to go on" "$(wc -l <err)" 2
    has err "the same command with --resume continues this run; its state is 'full/to.exifnorm-state'"
    no_temporary full
    check "something was written before" test -s full/to/f0
    for f in full/to/f*; do
        same "in/${f##*/}" "$f"
    done
    rm -rf full/to
    runs 3 in full/to
    is "two messages for it among images, too" "$(wc -l <err)" 2
    no_temporary full
    check "the summary is still said" grep -q "stopped by an output error" out
    is "the report ends with it" "$(items report | tail -n 1 | grep -c '"status":"write-error"')" 1
    is "and with totals" "$(tail -n 1 report | grep -c '^{"totals":.*"stopped":"output"}}$')" 1
else
    skipped "a full disk: only root can mount a small one"
fi
(
    ulimit -f 30
    timeout 60 "$EXIFNORM" -v in limited >/dev/null 2>err
) 2>/dev/null
is "exit status over ulimit -f" $? 1
is "messages, one for each that is too large" "$(grep -c 'File too large' err)" 30
check "the small one is made" test -s limited/a.jpg
no_temporary limited
runs 3 in to_full --report=/dev/full
has err "cannot write the report: No space left on device"
no_temporary to_full
timeout 60 "$EXIFNORM" in to_stdout >/dev/full 2>err
is "exit status with a full standard output" $? 3
runs 3 in to_nowhere --report=no/such/folder/r
has err "'no/such/folder/r': cannot write the report"
absent to_nowhere
absent to_nowhere.exifnorm-state
if is_root; then
    mkdir read_only
    if mount -t tmpfs -o ro none read_only 2>/dev/null; then
        trap 'cd /; umount "$scratch/read_only"; umount "$scratch/full"; rm -rf "$scratch"' EXIT
        runs 3 in read_only
        has err "Read-only file system"
        runs 3 in read_only/to
        is "the first item stops the run" "$(wc -l <err)" 1
    fi
fi

# ---- file systems without some calls, and a file that appears between the check and the rename
if can_trace; then
    rm -rf small && mkdir small && echo text >small/f && cp "$j6" small/a.jpg
    head -c 100000 /dev/urandom >small/g # copied in the kernel
    # fail_calls STATUS OUT CALL:ERROR...: runs while these calls fail.
    fail_calls() {
        wanted=$1 to=$2
        shift 2
        for c in "$@"; do
            set -- "$@" -e "inject=${c%%:*}:error=${c#*:}"
            shift
        done
        # A leak checker traces itself, which it cannot do under strace.
        ASAN_OPTIONS=detect_leaks=0 strace -f -o trace "$@" "$EXIFNORM" small "$to" >out 2>err
        is "exit status with $*" $? "$wanted"
    }
    named=linkat:EPERM:when=1..2 # so a file without a name is of no use, and other links are made
    fail_calls 0 s1 $named renameat2:EINVAL
    same small/f s1/f
    no_temporary s1
    for reason in EPERM EIO; do # of FAT; of rclone's mounts
        fail_calls 0 s2_$reason renameat2:EINVAL linkat:$reason
        same small/f s2_$reason/f
        no_temporary s2_$reason
    done
    fail_calls 1 s2_EEXIST renameat2:EINVAL linkat:EEXIST
    no_temporary s2_EEXIST
    fail_calls 0 s3 copy_file_range:EXDEV
    check "a call that failed" grep -q EXDEV trace
    same small/f s3/f
    same small/g s3/g
    # What is tried and cannot be removed ends the run; the state has its name.
    fail_calls 3 s12 unlinkat:EIO:when=1
    if grep -q 'O_TMPFILE.*= [0-9]' trace; then
        has err "cannot remove the temporary file: Input/output error"
        runs 0 small s12 --resume
    fi
    no_temporary s12
    # The first link only tries whether there can be links.
    for way in "renameat2 1+ $named" "linkat 2+"; do
        # shellcheck disable=SC2086
        set -- $way
        call=$1 when=$2
        shift 2
        fail_calls 1 "s4$call" "$@" "$call:EEXIST:when=$when"
        has err "'small/f': output exists"
        no_temporary "s4$call"
        fail_calls 3 "s5$call" "$@" "$call:EIO:when=$when"
        no_temporary "s5$call"
        fail_calls 1 "s8$call" "$@" "$call:ENAMETOOLONG:when=$when"
        no_temporary "s8$call"
    done
    fail_calls 3 s6 pwrite64:ENOSPC
    no_temporary s6
    # The disk is at fault and not the image, so no source bytes replace an output that could not be written.
    mkdir alone && cp "$j6" alone/a.jpg
    ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e inject=pwrite64:error=ENOSPC:when=1 \
        "$EXIFNORM" alone kept --on-error=keep >out 2>err
    is "exit status with --on-error=keep and a disk that was full once" $? 1
    has err "'alone/a.jpg': cannot write the output: while writing: No space left on device"
    absent kept/a.jpg
    no_temporary kept
    fail_calls 3 s7 copy_file_range:ENOSPC pwrite64:ENOSPC
    no_temporary s7
    # A source with a read error; one that is written to; a disk that loses data.
    ASAN_OPTIONS=detect_leaks=0
    export ASAN_OPTIONS
    strace -f -o trace -P "$scratch/small/f" -e inject=pread64:error=EIO "$EXIFNORM" small s9 \
        >out 2>err
    is "exit status with a read error" $? 1
    has err "'small/f': cannot read the source: while reading: Input/output error"
    check "the other item is made" test -s s9/a.jpg
    no_temporary s9
    for f in f a.jpg; do
        cp -p "small/$f" set_back
        meanwhile pread64 "small/$f" "head -c 1 set_back | dd of='small/$f' conv=notrunc status=none; touch -r set_back 'small/$f'" small "back_$f"
        is "exit status with a source that changes, its time set back" $? 1
        has err "'small/$f': cannot read the source: the source changed while it was read"
        cp -p set_back "small/$f"
        meanwhile pread64 "small/$f" "printf more >>small/$f" small "changed_$f"
        is "exit status with a source that changes" $? 1
        has err "'small/$f': cannot read the source: the source changed while it was read"
        absent "changed_$f/$f"
        meanwhile pread64 "small/$f" "printf more >>small/$f" --check small "--report=check_$f"
        is "exit status of --check with a source that changes" $? 1
        has err "'small/$f': cannot read the source: the source changed while it was read"
        check "it failed" grep -q "^{\"path\":\"small/$f\",\"outcome\":\"failed\"" "check_$f"
    done
    echo text >small/f
    cp "$j6" small/a.jpg
    # A source that is shorter than its size, like files in sysfs, although it never changes.
    head -c 300000 /dev/zero | tr '\0' x >early.txt
    strace -f -o trace -P "$scratch/early.txt" -e inject=copy_file_range:retval=0 -e inject=pread64:retval=0:when=2+ \
        "$EXIFNORM" early.txt early_out.txt >out 2>err
    is "exit status with a source that ends early" $? 1
    check "it did" grep -q 'pread64.*INJECTED' trace
    has err "'early.txt': cannot read the source: the source changed while it was read"
    absent early_out.txt
    # Small files are read and written, others copied in the kernel.
    for lost in copy_file_range:retval=100000,small/g pwrite64:retval=5,small/f; do
        strace -f -o trace -e inject="${lost%,*}" "$EXIFNORM" --verify "${lost#*,}" s10 >out 2>err
        is "exit status with a copy that is lost: $lost" $? 4
        has err "the output does not match its source: the copy reads back differently"
        absent s10
    done
    strace -f -o trace -e inject=pwrite64:retval=4096 "$EXIFNORM" --verify small s11 >out 2>err
    is "exit status with a product that is lost" $? 4
    has err "the output does not match its source: the output reads back differently"
    absent s11/f
    absent s11/a.jpg
    no_temporary s11
    # Workers copy images that need no change and are not small, once a first file has shown that blocks cannot be shared: in the kernel,
    # or with --verify from memory. All of that can fail.
    mkdir upright
    for i in 1 2 3 4 5 6 7 8 9; do
        cp s1/a.jpg "upright/$i-small.jpg"
        cp s1/a.jpg "upright/$i.jpg"
        head -c 80000 /dev/zero >>"upright/$i.jpg"
    done
    # copies OUT OPTION...: runs while blocks cannot be shared.
    copies() {
        to=$1
        shift
        strace -f -o trace -e inject=ioctl:error=EOPNOTSUPP "$@" -j1 upright "$to" >out 2>err
    }
    copies w1 "$EXIFNORM"
    is "exit status where workers copy" $? 0
    check "every copy is the source" diff -r upright w1
    parent=$(sed -n '/linkat/s/ .*//p' trace | sort -u)
    is "processes that give names" "$(echo "$parent" | wc -w)" 1
    grep -v "^$parent " trace >workers
    check "a worker copies in the kernel" grep -q copy_file_range workers
    check "but no small files" test "$(grep -c 'copy_file_range(' workers)" -le 9
    check "nor by hand" sh -c '! grep -q pwrite64 workers || grep -q "copy_file_range.*\(ENOSYS\|EPERM\)" workers'
    copies w2 -e inject=copy_file_range:error=EXDEV "$EXIFNORM" --verify
    is "exit status where workers copy by hand" $? 0
    check "every copy by hand is the source" diff -r upright w2
    copies w3 -e inject=copy_file_range:error=ENOSPC:when=2+ -e inject=pwrite64:error=ENOSPC "$EXIFNORM"
    is "exit status where a worker meets a full disk" $? 3
    no_temporary w3
    copies w4 -e inject=copy_file_range:retval=500:when=2+ "$EXIFNORM" --verify
    is "exit status where a worker's copy is lost" $? 4
    has err "the output does not match its source: the copy reads back differently"
    no_temporary w4
    # Sources are opened for reading only.
    strace -f -e trace=openat,open,creat,truncate,openat2 -o trace "$EXIFNORM" in opened \
        >out 2>err
    is "sources opened for writing" \
        "$(grep -E '"(in/.*|f[0-9]+|a\.jpg)"' trace | grep -cE 'O_WRONLY|O_RDWR|O_TRUNC|O_CREAT')" 0
    check "the trace saw them" grep -q '"f29".*O_RDONLY' trace
    # Outputs have no name until they are whole, where the file system can do that, and, with --durable, on disk.
    strace -f -e trace=openat,fsync,linkat,renameat,renameat2 -o trace "$EXIFNORM" small durable --durable >out 2>err
    check "--durable: file and folder of each item" test "$(grep -c '^[0-9]* *fsync' trace)" -ge 4
    if grep -q 'O_TMPFILE.*= [0-9]' trace; then
        is "renames of outputs that replace nothing" "$(grep -c renameat trace)" 0
        is "each is synced right before it gets its name" "$(grep -E 'fsync|linkat' trace | grep -B1 'linkat.*"[afg][."]' | grep -c fsync)" 3
        # Those that wait for the first one are open, and may not take all descriptors.
        mkdir many
        for i in 0 1 2 3 4 5 6 7 8 9; do
            for j in 0 1 2 3 4 5 6 7 8 9; do cp "$j6" "many/a$i$j.jpg" && cp s1/a.jpg "many/b$i$j.jpg"; done
        done
        (ulimit -n 64 && exec strace -f -o trace -P "$scratch/many/a00.jpg" -e inject=pread64:delay_enter=500000:when=1 -e trace=pread64 \
            "$EXIFNORM" many waited -j2 >out 2>err)
        is "exit status where many wait for the first" $? 0
        check "it was late" grep -q DELAYED trace
        is "outputs" "$(find waited -name '*.jpg' | wc -l)" 200
    else
        skipped "files without a name: this file system has none"
    fi
else
    skipped "file systems that lack calls: no strace"
fi

# ---- read-only folders of an earlier run, made writable by --overwrite: not as root, who may do anything
mkdir -p closed/in/d/e
cp "$j6" closed/in/d/a.jpg
cp "$j6" closed/in/d/e/b.jpg
chmod 755 . closed
chmod 555 closed/in/d closed/in/d/e
touch -d '2019-03-04 05:06:07' closed/in/d/e closed/in/d
user=
if is_root; then
    user="setpriv --reuid=65534 --regid=65534 --clear-groups"
    chown -R 65534:65534 closed
fi
if $user "$EXIFNORM" closed/in closed/to >out 2>err; then
    tree closed/to >closed.before
    $user "$EXIFNORM" closed/in closed/to --overwrite >out 2>err
    is "exit status of --overwrite into closed folders" $? 0
    tree closed/to | diff closed.before - >difference
    is "and they are as they were" $? 0
    # A mode that somebody has given such a folder stays, too.
    chmod 500 closed/to/d/e
    $user "$EXIFNORM" closed/in closed/to --overwrite >out 2>err
    is "exit status of --overwrite into a folder of another mode" $? 0
    is "its mode" "$(stat -c %a closed/to/d/e)" 500
    no_temporary closed
else
    skipped "closed folders: no other user can be had"
fi

# ---- a small stack: attributes, copies and comparisons do not use it
if [ -z "$(nm -D "$EXIFNORM" 2>/dev/null | grep -c asan | grep -v '^0')" ]; then
    mkdir stack
    head -c 200000 /dev/urandom >stack/data
    setfattr -n user.note -v text stack/data 2>/dev/null
    for options in "" --verify --write=direct; do
        rm -rf stack.out
        # shellcheck disable=SC2086
        (ulimit -s 64 && exec "$EXIFNORM" stack stack.out $options) >out 2>err
        is "exit status with 64 KiB of stack, $options" $? 0
        same stack/data stack.out/data
        no_temporary stack.out
    done
    # Workers need more, and raise the limit if it is a soft one.
    (ulimit -S -s 64 && exec "$EXIFNORM" "$testdata" stack_soft -q) >out 2>err
    is "exit status with a soft limit of 64 KiB of stack" $? 0
    (ulimit -s 64 && exec "$EXIFNORM" "$testdata" stack_hard -q) >out 2>err
    status=$?
    check "images fail for themselves under a hard one: $status" test $status = 4 -o $status = 0
    no_temporary stack_hard
else
    skipped "a small stack: a sanitizer needs more"
fi
finish
