#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that git tracks no files in the top folder except these and those that begin with a dot, so that nothing that tools leave behind is committed.
# top.sh [FOLDER]: exit status 1 and the names that do not belong there.
set -eu
tracked=$(git -C "${1:-.}" ls-files) || { echo "SKIPPED: the top folder: no git"; exit 0; }
echo "$tracked" | cut -d/ -f1 | sort -u |
    { grep -vxE '\..*|src|include|tests|testdata|python|man|docs|Makefile|Dockerfile|action\.yml|(README|HACKING|NEWS)\.md|LICENSE' || exit 0; exit 1; }
