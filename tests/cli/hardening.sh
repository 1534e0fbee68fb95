#!/bin/sh
# SPDX-License-Identifier: MIT
# What the linker and the compiler were asked for stands in the program and in the shared library.
. "$(dirname "$0")/lib.sh"

library=$(find "${EXIFNORM%/*}" -maxdepth 1 -type f -name 'libexifnorm.so.*')
for file in "$EXIFNORM" "${EXIFNORM%/*}/shared/exifnorm" "$library"; do
    readelf -hW "$file" >header
    readelf -lW "$file" >segments
    readelf -dW "$file" >dynamic
    readelf --dyn-syms -W "$file" >symbols
    check "$file can be loaded anywhere" grep -q 'Type: *DYN' header
    check "$file has tables that are read-only" grep -q GNU_RELRO segments
    check "$file is bound before it runs" grep -q 'FLAGS_1.*NOW' dynamic
    is "$file: stack that can be executed" "$(grep GNU_STACK segments | grep -c E\ )" 0
    is "$file: segments that can be written and executed" "$(grep LOAD segments | grep -c RWE)" 0
    is "$file: folders of its own to load from" "$(grep -cE 'RPATH|RUNPATH|TEXTREL' dynamic)" 0
    check "$file guards its stacks" grep -q __stack_chk_fail symbols
    # Sanitizers take the place of fortified calls.
    grep -qE '__(asan|ubsan|tsan|msan)_' symbols ||
        check "$file has fortified calls" grep -qE '__[a-z]+_chk@' symbols
done
readelf -dW "$EXIFNORM" >dynamic
check "the program is position independent" grep -q 'FLAGS_1.*PIE' dynamic
if [ "$(uname -m)" = x86_64 ]; then
    readelf -nW "${EXIFNORM%/*}/libexifnorm.a" >notes 2>/dev/null
    is "objects of the library without a mark of where branches land" "$(grep -c '^File:' notes)" "$(grep -c 'IBT, SHSTK' notes)"
    check "there are objects" grep -q 'IBT, SHSTK' notes
fi
finish
