#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves that the checks in this folder can fail: each gets a copy of the tree with one fault. prove.sh BUILD CC
set -eu
here=$(dirname "$0")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# catches WHAT COMMAND...: the command must fail and name the fault.
catches() {
    what=$1
    shift
    if "$@" >"$tree/said" 2>&1; then
        echo "FAILED: $what is not noticed"
        exit 1
    fi
    grep -q planted "$tree/said" || { cat "$tree/said"; echo "FAILED: $what is not named"; exit 1; }
    echo "caught: $what"
}

cp -r src "$tree/src"
for fault in 'lib/png/planted.c ../jpeg/jpeg.h' 'lib/png/planted.c jpeg/jpeg.h' 'lib/metadata/planted.c normalize.h' 'cli/base/planted.c list/list.h' \
    'cli/list/planted.c span.h' 'cli/list/planted.c ../../lib/span.h'; do
    file=$tree/src/${fault% *}
    echo "#include \"${fault#* }\"" >"$file"
    catches "an include of ${fault#* } in ${fault% *}" python3 "$here/floors.py" "$tree/src"
    rm "$file"
done

for circle in 'planted other' 'planted other third'; do
    first=${circle%% *}
    last=$first
    : >"$tree/src/cli/list/$first.h"
    for next in ${circle#* } $first; do
        echo "#include \"$next.h\"" >>"$tree/src/cli/list/$last.h"
        last=$next
    done
    catches "a circle of $circle" python3 "$here/floors.py" "$tree/src"
    (cd "$tree/src/cli/list" && rm -f planted.h other.h third.h)
done

mkdir -p "$tree/build/obj/src/lib"
printf 'void exn_planted(void);\nvoid exn_planted(void) {}\n' >"$tree/other.c"
"$2" -c -o "$tree/build/obj/src/lib/other.o" "$tree/other.c"
catches "a function that does not bear its file's name" sh "$here/names.sh" "$tree/build"

yes 'int planted;' | head -n 501 >"$tree/src/cli/list/planted.c"
catches "a file of 501 lines" python3 "$here/../measure/sizes.py" "$tree/src"
rm "$tree/src/cli/list/planted.c"

mkdir -p "$tree/named/src" "$tree/named/python"
printf '/* See planted.h. */\n' >"$tree/named/src/a.c"
catches "a comment that names a file which is not there" python3 "$here/named.py" "$tree/named"
rm "$tree/named/src/a.c"
printf '"""See tests/planted.py."""\n' >"$tree/named/python/a.py"
catches "a docstring that does" python3 "$here/named.py" "$tree/named"

git init -q "$tree/top"
: >"$tree/top/planted"
git -C "$tree/top" add planted
catches "a file that a tool left in the top folder" sh "$here/top.sh" "$tree/top"

mkdir "$tree/format"
printf '/* SPDX-License-Identifier: MIT */\nint  planted;\n' >"$tree/format/planted.c"
catches "a file that is not formatted" sh "$here/format.sh" "$tree/format"
printf 'int planted;\n' >"$tree/format/planted.c"
catches "a file without a licence" sh "$here/format.sh" "$tree/format"

mkdir -p "$tree/page/docs" "$tree/page/man" "$tree/page/src" "$tree/page/include"
cp README.md HACKING.md NEWS.md "$tree/page"
for fault in 'docs/planted.md a number is wanted here' 'man/planted.1 the product' 'src/planted.c "no room for planted"' 'include/planted.h "turned"'; do
    file=$tree/page/${fault%% *}
    echo 'int x;' >"$tree/page/src/x.c"
    echo "${fault#* }" >"$file"
    catches "the words of ${fault#* }" sh "$here/words.sh" "$tree/page"
    rm "$file"
done
