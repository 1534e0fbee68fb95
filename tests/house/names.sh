#!/bin/sh
# SPDX-License-Identifier: MIT
# Every external function and object begins with its file's name (exn_FILE_ or exn_FOLDER_FILE_, a plural s may go), so that a reader knows the
# file before looking. Those of the public header keep their own names. names.sh BUILD: exit status 1 and the names that fail, if there are any.
set -u
find "$1/obj/src" -name '*.o' | sort | while read -r object; do
    file=$(basename "$object" .o)
    folder=$(basename "$(dirname "$object")")
    nm --defined-only --format=posix "$object" | awk '$2 ~ /^[TDBRVW]$/ { print $1 }' |
        grep -Ev "^(exn_(${folder}_)?(${file}|${file%s})(_.*)?|main|__gcov.*|__asan.*|__odr_asan.*)\$" |
        while read -r name; do
            grep -qE "\b${name%%.*}\(" include/exifnorm.h || echo "$file.c: $name"
        done
done | { if grep .; then exit 1; fi; }
