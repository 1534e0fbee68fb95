#!/bin/sh
# SPDX-License-Identifier: MIT
# As little goes as makes a file unambiguous: what exiftool lists before a run and no longer after it.
. "$(dirname "$0")/lib.sh"

if command -v exiftool >/dev/null; then
    check "nothing but orientations is lost" python3 "$cli/tags_lost.py" "$EXIFNORM" "$testdata"
else
    skipped "tags before and after: no exiftool here"
fi

finish
