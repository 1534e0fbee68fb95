#!/bin/sh
# SPDX-License-Identifier: MIT
# The man page and the completions against --help: the same options, the same exit statuses, and examples that work.
. "$(dirname "$0")/lib.sh"

top=$testdata/..
page=$top/man/exifnorm.1
mkdir completions
bash_file=$scratch/completions/exifnorm.bash
zsh_file=$scratch/completions/_exifnorm
runs 0 --completion=bash
cp out "$bash_file"
runs 0 --completion=zsh
cp out "$zsh_file"

if command -v mandoc >/dev/null; then
    check "mandoc -T lint" mandoc -T lint -W warning "$page"
else
    skipped "mandoc -T lint: no mandoc here"
fi

# ---- options
# long_of: the long options of --help's table, with = where they want a value; letters_of: the letters.
runs 0 --help
cp out help
sed -n 's/^  \(-[a-zA-Z0-9], \)*\(--[a-z-]*\)\[*\(=\)*.*/\2\3/p' help | sort >long_of # [=WHAT] may be left out
sed -n 's/^  -\([a-zA-Z0-9]\), --.*/-\1/p' help | sort >letters_of
check "--help has options" test "$(wc -l <long_of)" -ge 13
check "--help has letters" test "$(wc -l <letters_of)" -ge 2

# How mdoc writes them: ".It Fl h , Fl -help" and ".It Fl -mode Ns = Ns Ar WHAT".
sed -n '/^The options are/,/^\.El/s/^\.It Fl //p' "$page" >its
sed -n 's/ Op Ns = / Ns = /;s/ Ns Op = / Ns = /;s/ Op = / Ns = /;s/^\([a-zA-Z0-9] , Fl \)*-\([a-z-]*\)\( Ns \(=\)\)*.*/--\2\4/p' its | sort >found
check "the man page's options are those of --help" diff long_of found
sed -n 's/^\([a-zA-Z0-9]\) , Fl .*/-\1/p' its | sort >found
check "the man page's letters are those of --help" diff letters_of found

# --mode=WHAT: the name of each value, too
sed -n 's/^  \(--[a-z-]*=[A-Z]*\) .*/\1/p;s/^  \(--[a-z-]*=[A-Z]*\)$/\1/p' help | sort >wanted
sed -n 's/^-\([a-z-]*\) Ns = Ns Ar \([A-Z]*\)$/--\1=\2/p' its | sort >found
check "the man page's values are those of --help" diff wanted found

# ---- exit statuses: number and words, one a line
sed -n '/^exit status:/,$p' help | sed 1d | awk '
    /^  [0-9]/ { if (line) print line; line = $0; next } { line = line $0 } END { print line }' |
    tr -s ' ' | sed 's/^ //' >wanted
sed -n '/^\.Sh EXIT STATUS/,/^\.El/p' "$page" | awk '
    /^\.It / { if (line) print line; line = $2; next }
    /^\.El/ { print line }
    /^[^.]/ { line = line " " $0 }' | sed 's/\\-/-/g' >found
check "--help has exit statuses" test "$(wc -l <wanted)" -ge 5
check "the man page's exit statuses are those of --help" diff wanted found

# ---- the README: the same statuses; of 0 to 4 its words begin alike
sed 's/ .*//' wanted | sort -nu >numbers
sed -n '/^| exit status/,/^$/p' "$top/README.md" | sed -n 's/^| \([0-9, ]*\) |.*/\1/p' | tr -d ' ' |
    tr , '\n' | sort -nu >found
check "the README's exit statuses are those of --help" diff numbers found
for number in 0 1 2 3 4; do
    words=$(sed -n "s/^$number \([a-z ]*\).*/\1/p" wanted)
    check "the README's words for $number" grep -q "^| $number | $words" "$top/README.md"
done

# ---- completions
for file in "$bash_file" "$zsh_file"; do
    grep -v '^ *#' "$file" | grep -o -e '--[a-z][a-z-]*=*' | sort -u >found
    # an option that wants a value also occurs without its =, where it is looked for
    sed -n 's/=$//p' long_of | sort - long_of | comm -13 - found >unknown
    is "options of ${file##*/} that --help lacks" "$(cat unknown)" ""
    is "options that ${file##*/} lacks" "$(comm -23 long_of found)" ""
    # shellcheck disable=SC2013
    for letter in $(cat letters_of); do
        check "${file##*/} has $letter" grep -q -e "[ {,']$letter[ ,}']" "$file"
    done
done

# completes WORD...: what bash would offer for the last of these words of a command line.
completes() {
    bash -c '. "$0"; COMP_WORDS=(exifnorm "$@"); COMP_CWORD=$#; _exifnorm; echo "${COMPREPLY[*]}"' \
        "$bash_file" "$@"
}
if command -v bash >/dev/null; then
    mkdir photos_of_mine
    is "bash, an option's beginning" "$(completes --mo)" "--mode="
    is "bash, two of them" "$(completes --max)" "--max-memory= --max-pixels="
    is "bash, a value" "$(completes --mode = b)" "bake"
    is "bash, every value" "$(completes --mode =)" "bake drop"
    is "bash, a value after a name" "$(completes in --edges = ref)" "refuse"
    is "bash, a folder" "$(completes --verify photos_)" "photos_of_mine"
    is "bash, a report" "$(completes --report = photos_)" "photos_of_mine"
else
    skipped "completion by bash"
fi
if command -v zsh >/dev/null; then
    check "zsh reads its file" zsh -n "$zsh_file"
    # What zsh makes of it: the specifications that it hands to _arguments, which must take them.
    zsh -f -c 'autoload -U compinit; compinit -D -u; fpath=("$1" $fpath); autoload -U _exifnorm
        _arguments() { print -rl -- "$@" }; source "$1/_exifnorm"' zsh "${zsh_file%/*}" \
        >specifications 2>err
    is "what zsh has against it" "$(cat err)" ""
    is "specifications" "$(grep -c '^\(([^)]*)\)*-[-a-zA-Z0-9]*=*\[' specifications)" \
        $(($(wc -l <long_of) + $(wc -l <letters_of)))
else
    skipped "completion by zsh"
fi

# ---- the examples, each as it stands, one after the other
mkdir bin
ln -s "$EXIFNORM" bin/exifnorm
mkdir photos
cp "$testdata/jpeg/landscape-6.jpg" photos/a.jpg
cp "$testdata/jpeg/partial/odd-3.jpg" photos/b.jpg
cp "$testdata/png/no-exif.png" photos/c.png
awk '/^\.Sh / { on = $2 == "EXAMPLES" } !on { next }
    /^\.Dl / { sub(/^\.Dl /, ""); print > ("example." ++n); next }
    /^\.Ed/ { block = 0 }
    block { print > ("example." n) }
    /^\.Bd/ { block = 1; n++ }' "$page"
ran=0
while [ -f "example.$((ran + 1))" ]; do
    ran=$((ran + 1))
    if ! command -v jq >/dev/null && grep -q jq example.$ran; then
        skipped "an example with jq"
        continue
    fi
    PATH=$scratch/bin:$PATH sh -e example.$ran >example.out 2>err
    is "exit status of: $(cat example.$ran)" $? 0
    cat example.out >>all.out
done
check "examples were run" test $ran -ge 7
runs 0 --check upright verified a-upright.jpg stored
same upright/a.jpg a-upright.jpg
same upright/a.jpg verified/a.jpg
check "a report" test -s report.jsonl
has all.out 'photos need work'
has all.out 'some were refused'
absent exact/b.jpg
if command -v jq >/dev/null; then
    runs 0 --check rotated
    has all.out "$(printf 'a.jpg\t6')"
    has all.out "$(printf 'b.jpg\t3')"
fi

finish
