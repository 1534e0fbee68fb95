#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints where the scratch folders of make test are to lie, which come and go by the thousand: in memory, since of a disk the tests would wait for half
# of their time. There has to be enough of it, programs have to run there, and files there to have attributes; else, and where TMPDIR is set, nothing
# is printed. make run-cli-write and the like, and make test-elsewhere, take /tmp as ever.
memory=/dev/shm
enough=4000000 # KiB; the tests take an eighth of it at most
[ -z "${TMPDIR:-}" ] || exit 0
[ "$(df -Pk $memory 2>/dev/null | awk 'NR == 2 { print $4 }')" -ge $enough ] 2>/dev/null || exit 0
[ "$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo 2>/dev/null)" -ge $enough ] 2>/dev/null || exit 0
probe=$(mktemp $memory/exifnorm-XXXXXX 2>/dev/null) || exit 0
trap 'rm -f "$probe"' EXIT
printf '#!/bin/sh\n' >"$probe" && chmod +x "$probe" && "$probe" 2>/dev/null || exit 0
python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.exifnorm", b"x")' "$probe" 2>/dev/null || exit 0
echo $memory
