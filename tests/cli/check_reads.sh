#!/bin/sh
# SPDX-License-Identifier: MIT
# --check over FILES (300) JPEG files with headers of every kind: right about each, and at most 128 KiB read of it.
. "$(dirname "$0")/lib.sh"

if can_trace; then
    check "files as they should be" python3 "$testdata/../tests/cli/check_reads.py" "$EXIFNORM" "$testdata" \
        "${FILES:-300}"
else
    skipped "bytes read of each file: no strace here"
fi

finish
