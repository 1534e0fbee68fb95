#!/bin/sh
# SPDX-License-Identifier: MIT
# The public header: it is C99, C11 and C++; programs of other versions of it work with this library; generators of bindings and cffi read it.
. "$(dirname "$0")/lib.sh"

top=$(cd "$testdata/.." && pwd)
header=$top/include/exifnorm.h
so=$(dirname "$EXIFNORM")/libexifnorm.so
CC=${CC:-cc}
strict='-pedantic -Wall -Wextra -Werror'

# ---- languages, and nothing of the includer's is touched
printf '#define X 42\n#include <exifnorm.h>\n#include <exifnorm.h>\nint x = X;\nint main(void) { return (int)EXN_OK; }\n' >user.c
cp user.c user.cc
for std in c99 c11 gnu17; do
    # shellcheck disable=SC2086
    check "$std" $CC -std=$std $strict -I"$top/include" -c user.c -o user.o
done
if command -v c++ >/dev/null; then
    for std in c++11 c++17; do
        # shellcheck disable=SC2086
        check "$std" c++ -std=$std $strict -I"$top/include" -c user.cc -o user.o
    done
else
    skipped "C++: no c++ here"
fi
check "no macro makes lists" test "$(grep -c '^#define EXN_[A-Z_]*(' "$header")" = 0

# ---- callers of other versions
if ldd "$so" 2>/dev/null | grep -q 'libasan\|libubsan'; then
    skipped "programs of other versions, and cffi: the library is built for a sanitizer"
    finish
fi
sed -e 's/^} exn_options;/    uint64_t newer[4];\n&/' -e 's/^} exn_result;/    uint64_t newer[4];\n&/' "$header" >exifnorm.h
is "structs with more members" "$(grep -c 'newer\[4\]' exifnorm.h)" 2
# caller NAME INCLUDE FLAG...
caller() {
    name=$1
    include=$2
    shift 2
    # shellcheck disable=SC2086
    check "$name compiles" $CC -std=c99 $strict "$@" -I"$include" "$top/tests/header/caller.c" "$so" -Wl,-rpath,"$(dirname "$so")" -o "$name"
    "./$name" "$testdata/jpeg/landscape-6.jpg" "$name.jpg" 2>err
    is "$name" $? 0
}
caller older "$top/tests/header/first"
caller same "$top/include"
caller newer . -DNEWER
same older.jpg same.jpg
same newer.jpg same.jpg
cat >sizes.c <<'EOF'
#include <exifnorm.h>
#include <stdio.h>
int main(void) { return printf("%zu %zu\n", sizeof(exn_options), sizeof(exn_result)) < 0; }
EOF
for include in "$top/tests/header/first" "$top/include" .; do
    $CC -I"$include" sizes.c -o sizes && ./sizes
done >all_sizes
check "each has larger structs than the one before" awk 'NR > 1 && ($1 <= a || $2 <= b) { exit 1 } { a = $1; b = $2 } END { exit NR != 3 }' all_sizes

# Enumerators keep their numbers, and structs what they had where it was.
sed -n 's/^ *\(EXN_[A-Z_0-9]* = [0-9]*\),.*/\1/p' "$top/tests/header/first/exifnorm.h" | sort >then
sed -n 's/^ *\(EXN_[A-Z_0-9]* = [0-9]*\),.*/\1/p' "$header" | sort >now
check "enumerators of the first version" test "$(wc -l <then)" -gt 70
is "numbers that have changed" "$(comm -23 then now)" ""
for struct in exn_options exn_result; do
    sed -n "/^typedef struct $struct {/,/^}/p" "$top/tests/header/first/exifnorm.h" >before.txt
    sed -n "/^typedef struct $struct {/,/^}/p" "$header" >after.txt
    members() {
        sed -e 's|/\*.*||' "$1" | grep -o '^ *[a-z_0-9]* [a-z_0-9, []*[];,0-9a-z_ []*;' | xargs
    }
    members before.txt >before
    members after.txt | cut -c1-"$(($(wc -c <before) - 1))" >after
    check "the members that $struct had come first" test "$(cat before)" = "$(cat after)"
done

# ---- what reads headers
sed -n 's/^EXN_API .*[ *]\(exn_[a-z_]*\)(.*/\1/p' "$header" | sort >names
check "functions" test "$(wc -l <names)" -gt 25
is "functions that the library has" "$(nm -D --defined-only "$so" | sed -n 's/.* T \(exn_[a-z_]*\)$/\1/p' | sort | comm -3 - names)" ""
clang=$(command -v clang || command -v clang-14 || true)
if [ -n "$clang" ]; then
    check "a syntax tree" "$clang" -std=c11 -fsyntax-only -Xclang -ast-dump=json -I"$top/include" -x c "$header" >ast.json
    check "what generators of bindings see" python3 "$top/tests/header/tree.py" names <ast.json
else
    skipped "the syntax tree: no clang here"
fi
if python3 -c 'import site; site.main(); import cffi, pycparser' 2>/dev/null; then
    check "cffi calls every function" python3 "$top/tests/header/calls.py" "$header" "$so" "$testdata/jpeg/landscape-6.jpg"
else
    skipped "EVERY CALL THROUGH CFFI: python3 has no cffi (apt-get install python3-cffi, or pip install cffi)"
fi

# ---- the library keeps no state
is "bytes of writable data in the library" "$(find "$(dirname "$EXIFNORM")/obj/src/lib" -name '*.o' -exec size -A {} + |
    awk '$1 ~ /^\.(t?bss|t?data)(\.[a-z].*)?$/ && $1 !~ /rel\.ro/ { n += $2 } END { print n + 0 }')" 0

finish
