# SPDX-License-Identifier: MIT
# The ways to run the program, for scripts that disturb it: sourced by modes.sh and slow.sh beside it.
#
# A script sources this, may put more into the folder in, calls pack and then each_mode with the name of its function. EXIFNORM names
# the program. MODES=tar,link takes some, JOBS is how many workers there are (1), TIMEOUT how many seconds a run may take (30).
. "$(dirname "$0")/../cli/lib.sh"
ASAN_OPTIONS=detect_leaks=0 # a leak checker traces itself and cannot under strace
export ASAN_OPTIONS

mkdir -p in/d/e shards
cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg
cp "$testdata/png/no-exif.png" in/d/b.png
cp "$testdata/jpeg/landscape-3.jpg" in/d/e/x.jpg
cp "$testdata/png/rgb8-6.png" in/d/p.png
ln -s a.jpg in/link.jpg
echo label >in/c.txt
printf 'a.jpg\nd/b.png\n' >names
cp in/d/b.png well.png
mkdir labelled
cp in/a.jpg in/d/b.png labelled
printf '0 0.25 0.25 0.125 0.0625\n' | tee labelled/a.txt >labelled/b.txt

# The archives of the folder in, and a run that was killed half way.
pack() {
    find in -exec touch -h -d 2001-02-03 {} +
    tar -cf one.tar -C in .
    gzip -k one.tar
    zstd -q one.tar
    cp one.tar shards/1.tar
    cp one.tar.gz shards/2.tar.gz
    echo other >shards/readme
    touch -d 2001-02-03 labelled/*
    tar -cf labelled.tar -C labelled a.jpg a.txt b.png b.txt
    cp -a in kept
    cp -a labelled kept-labelled
    preloads killer.so || return
    EXN_KILL_COUNT=$scratch/count LD_PRELOAD=$preload "$EXIFNORM" in half -j1 >out 2>err
    rm -rf half
    EXN_KILL_AT=$(($(cat count) / 2)) LD_PRELOAD=$preload "$EXIFNORM" in half -j1 >out 2>err
    is "exit status of a run that was killed half way" $? 99
}

# ready: what there is before a run in this mode.
ready() {
    rm -rf to to.exifnorm-state report saved
    case $name in
    place) cp -a kept to ;;
    back)
        cp -a kept to
        "$EXIFNORM" --in-place --backup=saved to -q 2>/dev/null
        ;;
    resume)
        cp -a half to
        cp half.exifnorm-state to.exifnorm-state
        ;;
    esac
}

# run STRACE_ARGUMENT...: in this mode
run() {
    ready
    timeout -k 5 "${TIMEOUT:-30}" strace -qq -o trace "$@" "$EXIFNORM" $arguments <"$input" >out 2>err
    status=$?
}

# What a run has made: bytes of files, of unpacked archives, and the lines of a report.
result() {
    if [ -d to ]; then
        find to -type f ! -name '*.tar*' ! -name '.exifnorm-*' -exec cksum {} + | sort
        for f in $(find to -name '*.tar*' | sort); do
            unpacked "$f" | cksum
        done
    elif [ -e to ]; then
        unpacked to | cksum
    fi
    [ ! -d saved ] || find saved -type f ! -name '.exifnorm-*' -exec cksum {} + | sort
    [ ! -e report ] || items report
    case $arguments in
    *"- -"*) unpacked out | cksum ;;
    esac
}

unpacked() {
    case $(head -c 2 "$1" | od -An -tx1) in
    " 1f 8b") gzip -dc "$1" ;;
    " 28 b5") zstd -dcq "$1" ;;
    *) cat "$1" ;;
    esac
}

# mode DO NAME INPUT ARGUMENT...: calls DO with $name, $input and $arguments set.
mode() {
    do=$1
    name=$2
    input=$3
    shift 3
    arguments=$*
    case ,${MODES:-$name}, in
    *,"$name",*)
        $do
        check "$name: sources" diff -r in kept
        check "$name: sources with labels" diff -r labelled kept-labelled
        ;;
    esac
}

each_mode() {
    j=-j${JOBS:-1}
    mode "$1" folder /dev/null in to $j --report=report
    mode "$1" durable /dev/null in to $j --durable --verify
    mode "$1" link /dev/null in to $j --link
    mode "$1" names /dev/null in to $j --files-from=names
    mode "$1" shard /dev/null in to $j --shard=0/2
    mode "$1" direct /dev/null in to $j --write=direct
    mode "$1" dry /dev/null in to $j --dry-run --report=report
    mode "$1" check /dev/null --check well.png in/c.txt $j --report=report
    mode "$1" file /dev/null in/a.jpg to $j
    mode "$1" image in/a.jpg - -
    mode "$1" tar /dev/null --tar one.tar to $j --report=report
    mode "$1" gzip /dev/null --tar one.tar.gz to $j
    mode "$1" zstd /dev/null --tar one.tar.zst to $j
    mode "$1" shards /dev/null --tar shards to $j --report=report
    mode "$1" stream one.tar --tar - - $j
    mode "$1" place /dev/null --in-place --backup=saved to $j --report=report
    mode "$1" back /dev/null --undo=saved
    mode "$1" labels /dev/null labelled to $j --labels=move --labels-frame=stored --report=report
    mode "$1" samples /dev/null --tar labelled.tar to $j --labels=move --labels-frame=stored --report=report
    [ ! -e half ] || mode "$1" resume /dev/null in to $j --resume
    mode "$1" packed one.tar.gz --tar - - $j
}
