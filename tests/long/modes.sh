#!/bin/sh
# SPDX-License-Identifier: MIT
# One system call that fails, at each of its places, under each way to run the program, in the program and in its workers. An exit
# status of 0 goes with all that an undisturbed run makes, and any other one with a message.
#
# (tests/cli/fault.sh looks closer, at one way to run it.) EXIFNORM and MODES are modes_lib.sh's. ERRORS="EIO EINTR".
. "$(dirname "$0")/modes_lib.sh"
pack

# Not close: strace does not make a call that is to fail, and whoever waits for that descriptor's end would wait for ever. Not mmap:
# the first ones are the loader's.
calls="openat openat2 newfstatat getdents64 pread64 read write pwrite64 sendmsg recvmsg getrandom copy_file_range ioctl fchmod
    utimensat flistxattr fsync renameat renameat2 linkat unlinkat mkdirat ftruncate lseek poll fcntl socketpair memfd_create"

points=0
fail_each() {
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
    echo "$name: $((points - before)) points"
}

each_mode fail_each
echo "$points points"
finish
