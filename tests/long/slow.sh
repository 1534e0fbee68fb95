#!/bin/sh
# SPDX-License-Identifier: MIT
# Every call of one kind takes long, in the program alone or in its workers too, under each way to run the program and with workers
# that crash at some images: who is faster than whom must not matter. What a run makes and says is what an undisturbed one does.
#
# EXIFNORM and MODES are modes_lib.sh's; beside EXIFNORM lies the build whose workers crash on demand. DELAY is in microseconds.
TIMEOUT=300
JOBS=${JOBS:-2}
. "$(dirname "$0")/modes_lib.sh"
EXIFNORM=$EXIFNORM-hooks
for i in 1 2 3; do
    cp in/a.jpg in/d/crash$i.jpg
    printf 'EXN-HOOK:crash' >>in/d/crash$i.jpg
    printf 'EXN-HOOK:lie' | cat in/d/p.png - >in/d/e/lie$i.png
done
printf 'd/crash1.jpg\nd/e/lie1.png\n' >>names
pack

# What the program and its workers do to each other, and what each does to files.
calls="sendmsg recvmsg poll wait4 clone kill close openat openat2 newfstatat getdents64 read pread64 write pwrite64 fsync renameat
    renameat2 linkat unlinkat memfd_create copy_file_range ftruncate munmap mprotect seccomp prctl close_range"

told() {
    result
    grep -v -e ' s$' -e '^strace: ' err | sort # but how long it took, and what strace has to say
}

runs=0
delay_each() {
    run -e trace=none
    sane=$status
    check "$name: exit status $sane" test "$sane" = 0 -o "$sane" = 4
    told >wanted
    for follow in "" -f; do
        for call in $calls; do
            for side in enter exit; do
                run $follow -e trace="$call" -e inject="$call:delay_$side=${DELAY:-5000}"
                runs=$((runs + 1))
                where="$name, $call${follow:+, workers too,} late at its $side"
                is "$where: exit status" $status $sane
                told >made
                check "$where: all is as it was" diff wanted made
                is "$where: temporary files" "$(find to -name '.exifnorm-*' 2>/dev/null | wc -l)" 0
            done
        done
    done
}

each_mode delay_each
echo "$runs runs"
finish
