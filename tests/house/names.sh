#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that the name of every external function and object begins with its file's (exn_FILE_ or exn_FOLDER_FILE_; a plural s may be dropped), so
# that a reader knows the file before looking. Names in the public header are free. names.sh BUILD: exit status 1 and the names that fail.
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
