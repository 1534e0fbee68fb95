#!/bin/sh
# SPDX-License-Identifier: MIT
# The command line: options, help, and what is refused before anything is made.
. "$(dirname "$0")/lib.sh"

mkdir -p in/sub other
echo 1 >in/f
echo 1 >in/sub/g

# refused TEXT ARGUMENT...: exit status 2, one line that says so.
refused() {
    text=$1
    shift
    runs 2 "$@"
    is "lines on standard error for $*" "$(wc -l <err)" 1
    has err "$text"
    is "standard output for $*" "$(cat out)" ""
}

# misused TEXT ARGUMENT...: the same of a command line that --help would have helped with.
misused() {
    refused "$@"
    has err "; try 'exifnorm --help'"
}

misused "expected IN and OUT: exifnorm [options] IN OUT"
misused "'in': expected OUT after it; to change nothing and look only, use --check" in
refused "with several inputs OUT must be a folder that exists" in out x
misused "'--unknown': unknown option;" --unknown in to
misused "'--ver': ambiguous option;" --ver in to
misused "'-r': unknown option; folders are always" -r in to
misused "'-n': unknown option; to write nothing, use --dry-run" -n in to
misused "'-o': unknown option; name the output after the input" in -o to
misused "'--force': unknown option; to replace existing outputs, use --overwrite" --force in to
misused "'-x': unknown" -x in to
misused "'-x': unknown" -xh in to
misused "option takes no argument" --verify=yes in to
misused "option requires an argument" in to --report
misused "'maybe': --edges: expected 'requantize' or 'refuse'" --edges=maybe in to
misused "'maybe': --mode: expected 'bake' or 'drop'" --mode=maybe in to
misused "at least one file or folder" --check
misused "option takes no argument" --strict=yes in to
for size in '' 0 -1 1T 1KK K 1.5G 99999999999999999999 99999999999G ' 1'; do
    misused "--max-memory" "--max-memory=$size" in to
done
for n in '' 0 -1 1K x 18446744073709551616; do
    misused "--max-pixels" "--max-pixels=$n" in to
done
misused "--report: expected the name of a file" --report= in to
misused "'csh': --completion: expected 'bash' or 'zsh'" --completion=csh
misused "--on-error: expected 'skip', 'keep' or 'stop'" --on-error=x in to
misused "--png-level: expected a number from 1 to 12" --png-level=13 in to
misused "--jobs: expected a number from 1 to 1024" --jobs=1025 in to
absent to

runs 0 --help
for word in --check --mode --strict --allow-unsupported --overwrite --edges --max-memory --max-pixels --verify --durable --report --help \
    --version 'exit status'; do
    has out "$word"
done
for number in 0 1 2 3 4 129 130 143; do
    check "--help knows exit status $number" grep -q "^  $number  " out
done
is "lines over 100 columns in --help" "$(grep -c '.\{101\}' out)" 0
runs 0 -h
runs 0 --version
check "--version" grep -q '^exifnorm [0-9]*\.[0-9]*\.[0-9]*$' out
"$EXIFNORM" --help >/dev/full 2>err
is "--help to a full disk" $? 3
for size in 1 1K 5M 3G 18446744073709551615; do
    runs 0 in "size_$size" --max-memory "$size" --max-pixels 18446744073709551615
done

# ---- IN and OUT that touch
refused "cannot open IN: No such file or directory" nowhere to
refused "IN is empty" '' to
refused "same folder" in in
refused "same folder" in ./in/
refused "same folder" in in/sub/..
refused "OUT is inside IN" in in/new
refused "OUT is inside IN" in in/sub
refused "OUT is inside IN" in/ in/sub/new/
refused "IN is inside OUT" in/sub in
refused "IN is inside OUT" in .
refused "IN is inside OUT" in /
ln -s in/sub link_sub
ln -s in link_in
refused "OUT is inside IN" in link_sub
refused "OUT is inside IN" in link_sub/new
refused "same folder" in link_in
refused "same folder" link_in in
refused "OUT is inside IN" link_in in/new
refused "IN is inside OUT" link_sub in
absent in/new
absent in/sub/new
refused "IN is a folder, but OUT is not" in in/f
refused "the parent folder of OUT" in no/such/to
ln -s nothing dangling
runs 3 in dangling

# A file goes into a folder, as with cp.
runs 0 in/f other
check "a file in a folder" cmp -s in/f other/f
runs 1 in/f other/
has err "output exists"
refused "same file" in/f in
mkdir named named/f
refused "a folder in OUT has the name of the file IN" in/f named
rm -r other/f named
refused "standard input has no name" - other
refused "same file" in/f in/f
ln in/f hard
ln -s in/f soft
refused "same file" in/f hard
refused "same file" in/f soft
refused "OUT is a folder that does not exist" in/f new/
refused "the parent folder of OUT" in/f no/such
mkfifo fifo
refused "neither a folder nor a regular file" fifo to
is "no source changed" "$(cat in/f in/sub/g)" "$(printf '1\n1')"

# A sibling whose name begins alike is not inside.
runs 0 in in2
check "a sibling" diff -r in in2

# ---- where a report may not be
refused "inside IN" in to --report=in/report
refused "inside IN" in to --report=in/f
refused "inside IN" in to --report=link_sub/report
refused "inside IN" in to --report=soft
refused "would replace IN" in/f to --report=in/f
refused "dangling link" in to --report=dangling
absent to
is "no source became a report" "$(cat in/f)" 1

# Options after names; -- ends them.
runs 0 in to --overwrite
runs 2 in -- to2 --overwrite
runs 0 --overwrite -- in to

# Standard streams that the caller closed must not be taken for outputs.
"$EXIFNORM" in closed <&- >&- 2>&-
is "status with closed streams" $? 0
check "no message in an output" diff -r in closed
# What was asked for there and cannot be had is an error; a summary that nobody wants is none.
"$EXIFNORM" in closed_out >&- 2>err
is "status with closed standard output" $? 0
is "messages" "$(cat err)" ""
for options in --report=- "--report=- -q"; do
    # shellcheck disable=SC2086
    "$EXIFNORM" in closed_report $options >&- 2>err
    is "status of $options to closed standard output" $? 3
    has err "cannot write the report: Bad file descriptor"
done
absent closed_report/f
"$EXIFNORM" "$testdata/jpeg/landscape-6.jpg" - >&- 2>err
is "status of an image to closed standard output" $? 3
for options in --help --version "--check in"; do
    # shellcheck disable=SC2086
    "$EXIFNORM" $options >&- 2>err
    is "status of $options with closed standard output" $? 3
done
"$EXIFNORM" - - <&- >data 2>err
is "status with closed standard input" $? 1
has err "cannot read the stream: Bad file descriptor"

# A name that is empty, or that nothing can be made at, leaves nothing behind.
mkdir -p names/in
ln -s nowhere/to names/dangling
for options in "in ''" "'' to" "in no/such/to" "in x --state=s --report=s" "in dangling"; do
    (cd names && eval "exec \"\$EXIFNORM\" $options") >out 2>err
    status=$?
    check "status of $options: $status" test $status = 2 -o $status = 3
    check "it says why" test -s err
    is "what is there after $options" "$(ls -A names | paste -sd' ')" "dangling in"
done

# A message is one write: here a datagram, in a log that many runs share a line of its own.
mkdir shared
for i in 1 2 3; do
    head -c 3000 "$testdata/jpeg/landscape-6.jpg" >"shared/it's $i
.jpg"
done
python3 - "$EXIFNORM" <<'EOF' >out
import socket, subprocess, sys
for options in [["shared", "to_shared"], ["--no-such"], ["no/in", "no/out"]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    subprocess.run([sys.argv[1]] + options, stderr=theirs, stdout=subprocess.DEVNULL)
    theirs.close()
    ours.setblocking(False)
    try:
        while said := ours.recv(1 << 16):
            print(said.decode(), end="" if said.endswith(b"\n") else "<part>\n")
    except BlockingIOError:
        pass
EOF
is "messages" "$(wc -l <out)" 5
check "each of them whole" test "$(grep -c '<part>' out)" = 0

finish
