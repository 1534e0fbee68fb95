#!/bin/sh
# SPDX-License-Identifier: MIT
# Every C file is as clang-format (.clang-format) leaves it, and every source names its licence. format.sh [FOLDER...]: exit status 1 if one is not.
set -u
[ $# -gt 0 ] || set -- src include tests
format=${CLANG_FORMAT:-clang-format-14}
command -v "$format" >/dev/null || { echo "format.sh: $format not found" >&2; exit 1; }
files=$(find "$@" -name '*.[ch]')
[ -n "$files" ] || exit 1
bad=$(for file in $files; do
    "$format" "$file" | cmp -s - "$file" || echo "$file: not formatted"
    grep -q 'SPDX-License-Identifier: MIT' "$file" || echo "$file: no SPDX line"
done)
[ -z "$bad" ] || { echo "$bad"; exit 1; }
