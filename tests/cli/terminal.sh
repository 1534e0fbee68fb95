#!/bin/sh
# SPDX-License-Identifier: MIT
# The line of progress as tmux shows it: in 80 and 40 columns, and after --resume. Workers that hang for a second on every fourth image make a run
# that lasts long enough to look at.
. "$(dirname "$0")/lib.sh"
hooks=$EXIFNORM-hooks
if ! command -v tmux >/dev/null || [ ! -x "$hooks" ]; then
    skipped "a terminal in tmux: no tmux, or no $hooks"
    finish
fi
mkdir in
for i in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33; do
    cp "$testdata/jpeg/landscape-6.jpg" in/$i.jpg
    [ $((i % 4)) != 0 ] || printf EXN-HOOK:hang >>in/$i.jpg
done
# Where SHELL says nothing tmux takes the user's own, and that of nobody ends at once.
export SHELL=/bin/sh
server="tmux -L exifnorm-$$ -f /dev/null"
trap '$server kill-server 2>/dev/null; rm -rf "$scratch"' EXIT

# begin COLUMNS ARGUMENT...: a run in a terminal of that width.
begin() {
    columns=$1
    shift
    wait_for $server new-session -d -x "$columns" -y 30 "exec '$hooks' -j1 --timeout=1 $*; sleep 60"
}
# line: the last one that has files in it and no message.
line() {
    $server capture-pane -p | grep -E '[0-9]+ files?,' | grep -v exifnorm | tail -n 1
}
files() {
    line | sed -n 's/^[^%]*% *//;s/^\([0-9]*\) of [0-9]* files.*/\1/p;s/^\([0-9]*\) files.*/\1/p'
}
reaches() {
    now=$(files)
    [ -n "$now" ] && [ "$now" -ge "$1" ]
}

begin 80 in wide
wait_for reaches 6
line >seen
check "80 columns: $(cat seen)" grep -qE '^\[#*\.*\] +[0-9]+ %  [0-9]+ of 24 files, [0-9]+/s, [0-9.]+ [kKM]i?B/s, [0-9]+:[0-9]+ left' seen
check "it fits" test "$(awk '{ print length }' seen)" -lt 80
$server send-keys C-c
wait_for sh -c "! $server list-sessions"
check "no temporary file is left" test -z "$(find wide -name '.*' -type f)"
known=$(find wide -type f | wc -l)
check "$known outputs before" test "$known" -ge 4
check "a state is left" test -f wide.exifnorm-state

# What an earlier run has done says nothing of this one's speed: with a second for four images it is a handful in a second, and 18 at least are left.
begin 80 --resume in wide
wait_for reaches $((known + 8))
line >seen
rate=$(sed -n 's/.*files, \([0-9]*\)\/s.*/\1/p' seen)
check "a rate after --resume: $(cat seen)" test -n "$rate" -a "${rate:-99}" -le 8
$server kill-server


begin 40 in narrow
wait_for reaches 6
line >seen
check "40 columns, the time left is not what goes: $(cat seen)" grep -qE '[0-9]+:[0-9]+ left' seen
check "it fits" test "$(awk '{ print length }' seen)" -lt 40
is "lines of progress" "$($server capture-pane -p | grep -v exifnorm | grep -cE '[0-9]+ files?,')" 1
$server kill-server
finish
