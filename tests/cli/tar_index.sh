#!/bin/sh
# SPDX-License-Identifier: MIT
# Indexes beside archives: what reads the output through them finds the bytes that belong to each label, or is told that it
# would not. tar_index.py makes shards and indexes and reads every sample through them.
. "$(dirname "$0")/lib.sh"

if ! command -v python3 >/dev/null; then
    skipped "indexes of archives: no python3"
    finish
fi
check "tar_index.py" python3 "$cli/tar_index.py" "$EXIFNORM" "$testdata"
no_temporary .
finish
