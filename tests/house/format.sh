#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that every C file is formatted by clang-format (.clang-format) and names its licence. format.sh [FOLDER...]: exit status 1 if one does not.
set -u
[ $# -gt 0 ] || set -- src include tests
format=${CLANG_FORMAT:-clang-format-14}
command -v "$format" >/dev/null || { echo "format.sh: $format not found" >&2; exit 1; }
files=$(find "$@" -name '*.[ch]')
[ -n "$files" ] || exit 1
bad=$(
    # shellcheck disable=SC2086
    "$format" --dry-run $files 2>&1 | sed -n 's/^\([^:]*\):[0-9:]* warning: .*/\1: not formatted/p' | sort -u
    # shellcheck disable=SC2086
    grep -L 'SPDX-License-Identifier: MIT' $files | sed 's/$/: no SPDX line/'
)
[ -z "$bad" ] || { echo "$bad"; exit 1; }
