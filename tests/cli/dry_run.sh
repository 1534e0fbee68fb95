#!/bin/sh
# SPDX-License-Identifier: MIT
# --dry-run: what it says is what a run then does, and nothing is made, not even for a moment.
. "$(dirname "$0")/lib.sh"

j6=$testdata/jpeg/landscape-6.jpg

# predicts OUT OPTION...: a dry run and then the run over in: the same items, summary and exit status.
predicts() {
    to=$1
    shift
    find "${to%%/*}" -printf '%p %i %s %T@ %C@ %m\n' 2>/dev/null | sort >before
    timeout 120 "$EXIFNORM" --dry-run "$@" in "$to" --report=dry.jsonl >dry.out 2>dry.err
    dry=$?
    find "${to%%/*}" -printf '%p %i %s %T@ %C@ %m\n' 2>/dev/null | sort >after
    same before after
    timeout 120 "$EXIFNORM" "$@" in "$to" --report=real.jsonl >out 2>err
    is "exit status of the run and of the dry one, $*" "$?" "$dry"
    items dry.jsonl | sed 's/"linked":true/"linked":false/' >dry_items
    items real.jsonl | sed 's/"linked":true/"linked":false/' >real_items
    check "a dry run with $* reports what is done" diff dry_items real_items
    same err dry.err
    # Where the output is and the report is of that run alone.
    sed -e 's/[0-9.]* s; dry run, nothing was written/T s/;/^ *report: /d' dry.out >dry.summary
    sed -e '/^ *output: /d;s/[0-9.]* s$/T s/;s/[0-9.]* s; stopped/T s; stopped/;s/, [0-9]* of them linked//' out \
        >real.summary
    [ ! -s dry.out ] || has dry.out "dry run, nothing was written"
    check "and counts the same" diff dry.summary real.summary
}

copy_tree "$testdata" in
mkdir in/sub
echo text >in/sub/label.txt
printf 'II*\0\010\0\0\0\001\0\022\001\003\0\001\0\0\0\006\0\0\0\0\0\0\0' >in/sub/six.tif
head -c 2000 "$j6" >in/sub/cut.jpg
echo text >in/sub/text.png
mkfifo in/sub/fifo
ln -s nothing in/sub/dangling
find in -type f -exec cksum {} + | sort >sources

predicts to
is "failed items are foreseen" "$(grep -c '"outcome":"failed"' dry.jsonl)" 3
check "the first line tells it" grep -q '^{"exifnorm".*"dry_run":true' dry.jsonl
predicts to # all of it exists
check "existing outputs are foreseen" grep -q '"status":"exists"' dry.jsonl
predicts to --overwrite --verify --link -j1
rm -r to
predicts to/below --edges=refuse 2>/dev/null
absent to
mkdir -p to/png to/sub
echo taken >to/jpeg      # a file where a folder must be
mkdir to/sub/label.txt   # a folder where a file must be
echo taken >to/png/rgb8-6.png
predicts to --durable
predicts to_dropped --mode=drop --strict
find in -type f -exec cksum {} + | sort >after
same sources after
no_temporary .

# ---- one file
mkdir one
for file in in/jpeg/landscape-6.jpg in/sub/label.txt; do
    runs 0 --dry-run -v "$file" one/f
    has out "$([ "$file" = in/sub/label.txt ] && echo copied || echo lossless)"
    absent one/f
done
runs 1 --dry-run in/sub/cut.jpg one/f
echo old >one/f
runs 1 --dry-run "$j6" one/f
runs 0 --dry-run --overwrite "$j6" one/f
is "the old output" "$(cat one/f)" old

# ---- where a run could not write
ln -s nowhere dangling_out
runs 3 --dry-run in dangling_out
has err "cannot create the folder"
absent nowhere
runs 2 --dry-run in no/such/to
runs 2 --dry-run in in/sub/to
if is_root && mkdir ro && mount -t tmpfs none ro 2>/dev/null; then
    trap 'cd /; umount "$scratch/ro"; rm -rf "$scratch"' EXIT
    mkdir ro/to ro/deep ro/deep/to
    mount -o remount,ro ro
    for to in ro/to ro/new ro/deep/to; do
        predicts $to
        is "a file system that is read-only is foreseen" $dry 3
    done
    mkdir flat && echo text >flat/f && mkdir flat/sub
    for i in flat flat/f; do
        runs 3 --dry-run $i ro/to/$(basename $i)
        has err "Read-only file system"
    done
else
    skipped "a file system that is read-only: only root can mount one"
fi

# ---- no call that makes, changes or removes a file, by any process of it
if can_trace; then
    export ASAN_OPTIONS=detect_leaks=0
    strace -ff -o calls_of -e trace=openat,openat2,open,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,unlink,unlinkat,symlinkat,fchmodat,utimensat,truncate,fsync,mknodat \
        "$EXIFNORM" --dry-run --durable --link in traced >out 2>err
    is "exit status under strace" $? 1
    cat calls_of.* >trace # each process for itself, so that no call is torn by another one's
    # utimensat with no name is futimens, of a memory file; without memfd_create that is a file without a name
    grep -vE '(\(AT_FDCWD, "/dev/null"|utimensat\([0-9]+, NULL|O_TMPFILE)' trace |
        grep -E 'O_WRONLY|O_RDWR|O_CREAT|mkdir|rename|link|unlink|creat\(|chmodat|utimensat|truncate|fsync|mknod' |
        grep -vE '^(---|\+\+\+)|O_RDONLY' >writes
    is "calls that change a file system" "$(cat writes)" ""
    check "the trace saw the sources" grep -q '"sub/label.txt", O_RDONLY' trace
else
    skipped "calls of a dry run: no strace"
fi

finish
