#!/bin/sh
# One system call that fails, at each of its places, under each way to run the program, in the program and in its workers. An exit
# status of 0 goes with all that an undisturbed run makes, and any other one with a message.
#
# (tests/cli/fault.sh looks closer, at one way to run it.) EXIFNORM names the program. MODES=tar,link takes some; ERRORS="EIO EINTR".
EXIFNORM=${EXIFNORM:?names the program to test}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../cli/lib.sh"
ASAN_OPTIONS=detect_leaks=0 # a leak checker traces itself and cannot under strace
export ASAN_OPTIONS

mkdir -p in/d/e shards
cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg
cp "$testdata/png/no-exif.png" in/d/b.png
cp "$testdata/jpeg/landscape-3.jpg" in/d/e/x.jpg
cp "$testdata/png/rgb8-6.png" in/d/p.png
ln -s a.jpg in/link.jpg
echo label >in/c.txt
find in -exec touch -h -d 2001-02-03 {} +
tar -cf one.tar -C in .
gzip -k one.tar
zstd -q one.tar
cp one.tar shards/1.tar
cp one.tar.gz shards/2.tar.gz
echo other >shards/readme
printf 'a.jpg\nd/b.png\n' >names
cp in/d/b.png well.png
cp -a in kept

# Not close: strace does not make a call that is to fail, and whoever waits for that descriptor's end would wait for ever. Not mmap:
# the first ones are the loader's.
calls="openat openat2 newfstatat getdents64 pread64 read write pwrite64 sendmsg recvmsg getrandom copy_file_range ioctl fchmod
    utimensat flistxattr fsync renameat renameat2 linkat unlinkat mkdirat ftruncate lseek poll fcntl socketpair memfd_create"

# run STRACE_ARGUMENT...: in this mode
run() {
    rm -rf to report
    timeout -k 5 30 strace -qq -o trace "$@" "$EXIFNORM" $arguments <"$input" >out 2>err
    status=$?
}

# What a run has made: bytes of files, of unpacked archives, and the lines of a report.
result() {
    if [ -d to ]; then
        find to -type f ! -name '*.tar*' -exec cksum {} + | sort
        for f in $(find to -name '*.tar*' | sort); do
            unpacked "$f" | cksum
        done
    elif [ -e to ]; then
        unpacked to | cksum
    fi
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

points=0
# mode NAME INPUT ARGUMENT...
mode() {
    name=$1
    input=$2
    shift 2
    arguments=$*
    case ,${MODES:-$name}, in
    *,"$name",*) ;;
    *) return ;;
    esac
    run -e trace=none
    is "$name: exit status" $status 0
    result >wanted
    before=$points
    for follow in "" -f; do
        for call in $calls; do
            run $follow -e trace=$call
            number=$(grep -c "$call(" trace)
            n=0
            while [ $n -lt "$number" ]; do
                n=$((n + 1))
                for error in ${ERRORS:-EIO}; do
                    run $follow -e trace=$call -e inject=$call:error=$error:when=$n
                    points=$((points + 1))
                    where="$name, $call${follow:+, workers too,} number $n, $error, status $status"
                    case $status in
                    0)
                        result >made
                        check "$where: all is there" cmp -s made wanted
                        is "$where: temporary files" "$(find to -name '.exifnorm-*' 2>/dev/null | wc -l)" 0
                        ;;
                    127) check "$where: the program was not loaded" grep -q 'while loading shared' err ;;
                    1 | 2 | 3 | 4) check "$where: a message" test -s err ;;
                    *) check "$where: an exit status of the manual" false ;;
                    esac
                done
            done
        done
    done
    check "$name: sources" diff -r in kept
    echo "$name: $((points - before)) points"
}

mode folder /dev/null in to -j1 --report=report
mode durable /dev/null in to -j1 --durable --verify
mode link /dev/null in to -j1 --link
mode names /dev/null in to -j1 --files-from=names
mode shard /dev/null in to -j1 --shard=0/2
mode direct /dev/null in to -j1 --write=direct
mode dry /dev/null in to -j1 --dry-run --report=report
mode check /dev/null --check well.png in/c.txt -j1 --report=report
mode file /dev/null in/a.jpg to -j1
mode image in/a.jpg - -
mode tar /dev/null --tar one.tar to -j1 --report=report
mode gzip /dev/null --tar one.tar.gz to -j1
mode zstd /dev/null --tar one.tar.zst to -j1
mode shards /dev/null --tar shards to -j1 --report=report
mode stream one.tar --tar - - -j1
mode packed one.tar.gz --tar - - -j1
echo "$points points"
finish
