#!/bin/sh
# SPDX-License-Identifier: MIT
# The line on the terminal, --quiet and --verbose.
. "$(dirname "$0")/lib.sh"

mkdir in
cp "$testdata/jpeg/landscape-6.jpg" in/a.jpg
cp "$testdata/png/no-exif.png" in/b.png
echo label >in/c.txt
cr=$(printf '\r')

# ---- no terminal, no line
runs 0 in piped
is "carriage returns without a terminal" "$(cat out err | grep -c "$cr")" 0

# ---- --quiet: nothing but failures
runs 0 in quiet --quiet
is "what a quiet run says" "$(cat out err)" ""
check "it does its work" diff -r piped quiet
runs 1 in quiet -q
is "failures of a quiet run" "$(grep -c "^exifnorm: 'in/.*': output exists" err)" 3
is "its other lines" "$(cat out err | wc -l)" 3
runs 1 --check -q in
is "a quiet listing" "$(cat out err)" "'in/a.jpg': orientation 6; exif-orientation"

# ---- many lines that say the same
mkdir alike
for i in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
    echo text >"alike/$i.jpg"
done
: >alike/empty.jpg
runs 1 alike alike.out
is "lines of a kind" "$(grep -c "^exifnorm: 'alike/" err)" 10
has err "exifnorm: and 4 more: not an image; -v or --report names them all"
runs 1 -v alike alike.out
is "all lines of a kind" "$(grep -c "^exifnorm: 'alike/" err)" 14
check "nothing is left out then" sh -c "! grep -q more: err"

# ---- warnings and archives that nobody has looked into
mkdir look
cp "$testdata/jpeg/landscape-6.jpg" look/a.jpg
tar -cf look/b.tar in
cp look/b.tar look/c.TGZ
runs 0 look look.out
check "archives are told" grep -q '^ *2  archives copied; --tar' out
runs 0 --tar look look.tars
check "none with --tar" sh -c "! grep -q archive out"

# ---- --verbose: every item, and the summary
for flag in -v --verbose; do
    rm -rf verbose
    runs 0 in verbose $flag
    printf '%s\n' "'in/a.jpg': lossless" "'in/b.png': untouched" "'in/c.txt': copied" >wanted
    head -n 3 out >found
    same found wanted
    check "the summary" grep -q '^ *3  items, ' out
done
runs 0 in verbose2 -vq
same out wanted
runs 1 in verbose -v
is "a failed item is named once" "$(cat out err | grep -c "'in/a.jpg'")" 1
runs 0 in verbose3 -v --report=-
is "-v leaves standard output to the report" "$(grep -c '^{' out)" "$(wc -l <out)"
has err "'in/a.jpg': lossless"

# ---- a terminal, by script(1)
if ! command -v script >/dev/null || ! script -qec true typed >/dev/null 2>&1 </dev/null; then
    skipped "a terminal: no script(1) here"
    finish
fi
# terminal COMMAND: what it shows in a terminal of its own, in the file shown.
terminal() {
    script -qec "$1" typed >/dev/null 2>&1 </dev/null
    sed -e '/^Script /d' typed | tr '\r' '\n' >shown
}
terminal "'$EXIFNORM' in tty"
check "a bar of the first of three" grep -q '^\[######\.*\]  33 %  1 of 3 files' shown
check "the line is taken away before the summary" sh -c \
    "grep -n '^.\\[K *1  ' shown | cut -d: -f1 | grep -q ."
check "the summary" grep -q '3  items, ' shown
terminal "'$EXIFNORM' in/a.jpg -"
has shown 'exifnorm: standard output is a terminal; redirect it to a file or a pipe'
terminal "'$EXIFNORM' in tty_quiet --quiet"
is "what a quiet run shows" "$(cat shown)" ""
terminal "'$EXIFNORM' in tty_verbose -v"
is "bars among lines of -v" "$(grep -c '^\[' shown)" 0
terminal "'$EXIFNORM' in tty"
has shown "': output exists"
check "failures are counted" grep -q ' 1 of 3 files, 1 failed' shown

# Speeds and the time left come after a second: a report that nobody reads holds the run up for so long.
mkfifo slow
mkdir many
copies in/a.jpg many/a-name-that-fills-a-pipe-soon-%g.jpg 1 200
(sleep 1.5 && cat) <slow >report &
terminal "'$EXIFNORM' many tty_many --report=slow"
wait
check "speed and time left" grep -q '^\[.* of 200 files, [0-9]*/s, [0-9.]* MB/s, 0:0[0-9] left' shown
check "no line is as wide as the terminal" sh -c "! grep -q '^.\\{86,\\}' shown"
# The time left stays, where the bar has no room and the speed none either.
for columns in 40 30; do
    (sleep 1.5 && cat) <slow >report &
    terminal "stty cols $columns; '$EXIFNORM' many tty_$columns --report=slow"
    wait
    check "time left in $columns columns" grep -q '^[0-9]* of 200 files, .*0:0[0-9] left' shown
    check "no line of $columns columns" sh -c "! grep -q 'files.\\{$columns,\\}' shown"
done
# What an earlier run has done says nothing of how long the rest takes: 190 of 200 are known.
mkdir resumed
copies in/a.jpg resumed/%g-a-name-that-fills-a-pipe-soon.jpg 100 289
runs 0 resumed tty_resumed --resume
copies in/a.jpg resumed/%g-a-name-that-fills-a-pipe-soon.jpg 290 499
(sleep 1.5 && cat) <slow >report &
terminal "'$EXIFNORM' resumed tty_resumed --resume --report=slow"
wait
sed -n 's,.* \([0-9]*\) of 400 files\, \([0-9]*\)/s.*,\1 \2,p' shown >speeds
check "a speed is shown" test -s speeds
is "files and speeds of lines that count some of 190 known files" "$(awk '$2 > ($1 > 190 ? $1 - 189 : 0)' speeds)" ""
is "the report is whole" "$(items report | wc -l)" 400

finish
