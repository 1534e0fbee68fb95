#!/bin/sh
# SPDX-License-Identifier: MIT
# Lines that ran, of each folder below the program, by what gcc --coverage left in BUILD. Fails where src/lib/jpeg, src/lib/png or src/lib/metadata
# is at or below 90 %.
#
#     coverage.sh BUILD
find "$1/obj/src" -name '*.gcda' | sort | while read -r file; do
    gcov -n -o "${file%/*}" "$file" 2>/dev/null
done | awk '
    /^File / { name = $2; gsub(/\047/, "", name) }
    /^Lines executed/ && name ~ /^src\/.*\.c$/ {
        split($2, part, /[:%]/)
        folder = name
        sub(/\/[^\/]*$/, "", folder)
        lines[folder] += $NF
        ran[folder] += $NF * part[2] / 100
        printf "    %6.2f %% of %5d  %s\n", part[2], $NF, name
        name = ""
    }
    END {
        for (folder in lines) {
            share = 100 * ran[folder] / lines[folder]
            printf "%6.2f %% of %5d  %s\n", share, lines[folder], folder
            if (folder ~ /^src\/lib\/(jpeg|png|metadata)$/ && share <= 90)
                low = 1
        }
        exit low
    }'
