#!/bin/sh
# SPDX-License-Identifier: MIT
# What tools leave behind is no part of the tree: of what git tracks, the top folder has these names alone, and those that begin with a dot.
# top.sh [FOLDER]: exit status 1 and the names that do not belong there, if there are any.
set -eu
tracked=$(git -C "${1:-.}" ls-files) || { echo "SKIPPED: the top folder: no git"; exit 0; }
echo "$tracked" | cut -d/ -f1 | sort -u |
    { grep -vxE '\..*|src|include|tests|testdata|python|man|docs|Makefile|Dockerfile|action\.yml|(README|HACKING|NEWS)\.md|LICENSE' || exit 0; exit 1; }
