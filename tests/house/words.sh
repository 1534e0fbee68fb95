#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that texts for users say rotate, output, after, out of memory, expected: the words that they know and search for. words.sh [TREE]: exit
# status 1 and the lines that do not, in the pages and in the strings of the sources. Words of the interface (to-turn) are ignored.
set -u
cd "${1:-.}" || exit 1
words='(is|are) wanted|wants|no room|no memory|(is|are|was|were) told|products?|turn(s|ed|ing)?|anew|cut short|goes on|gone on with|is none of|behind'
interface='already-turned|to-turn|behind seccomp|_TURN'

pages=$(find README.md HACKING.md NEWS.md docs man -type f \( -name '*.md' -o -name '*.svg' -o -name '*.1' -o -name '*.json' \))
sources=$(find src include -name '*.[ch]')
[ -n "$pages" ] && [ -n "$sources" ] || exit 1

# File, line number and text; in sources only strings that are not names of headers.
# shellcheck disable=SC2086
bad=$({ grep -nH '' $pages; grep -nHoE '"([^"\\]|\\.)*"' $sources | grep -v '\.h"$'; } |
    sed -E "s/$interface//g" | grep -E "^[^:]*:[0-9]*:.*\b($words)\b")
[ -z "$bad" ] || { echo "$bad"; exit 1; }
