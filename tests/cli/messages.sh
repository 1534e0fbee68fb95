#!/bin/sh
# SPDX-License-Identifier: MIT
# The table of docs/messages.md: each command in it is run as it stands, and says what stands there.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || {
    skipped "messages: no python3"
    finish
}
page=$cli/../../docs/messages.md

# the files that the page speaks of
mkdir kit bin kit/photos kit/outdir kit/odd thirty
ln -s "$EXIFNORM" bin/exifnorm
cp "$testdata/jpeg/landscape-6.jpg" kit/photos/a.jpg
cp "$testdata/jpeg/landscape-1.jpg" kit/photos/b.jpg
cp kit/photos/*.jpg kit
head -c 3000 kit/a.jpg >kit/cut.jpg
echo text >kit/text.jpg
: >kit/empty.jpg
printf 'a.jpg\r\nb.jpg\r\n' >kit/crlf.txt
printf '\357\273\277a.jpg\nb.jpg\n' >kit/bom.txt
(cd kit && find photos -name '*.jpg' >prefixed.txt)
tar -C kit -cf kit/x.tar photos
ln -s nowhere kit/odd/dangling.jpg
mkfifo kit/odd/fifo.jpg
ln -s ../photos kit/odd/linked
copies kit/a.jpg thirty/%g.jpg 0 29
"$EXIFNORM" -q thirty done

# Each row: the command (the first text in backticks of its first column), the texts of the third, its exit status, the test.
cat >rows.py <<'END'
import re
import sys
for line in open(sys.argv[1], encoding="utf-8"):
    cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    if not line.startswith("| ") or cells[0] in ("done", "---"):
        continue
    assert len(cells) == 4, cells
    command = re.findall(r"`([^`]*)`", cells[0])
    status = re.search(r"\((\d+)\)$", cells[2])
    print("\037".join([command[0] if command else "", status[1] if status else "", cells[3], *re.findall(r"`([^`]*)`", cells[2])]))
END
check "the table can be read" sh -c 'python3 rows.py "$1" >rows' - "$page"
ran=0
while IFS=$(printf '\037') read -r command status by texts; do
    if [ "$by" != messages.sh ]; then
        for script in $(echo "$by" | tr -d ,); do
            check "$script is a test" test -f "$cli/$script"
        done
        continue
    fi
    copy_tree kit at
    # Of outputs that exist there are thirty; all other rows are about two images.
    case $command in *' done'*) rm -r at/photos && cp -r thirty at/photos && cp -r done at ;; esac
    (cd at && PATH=$scratch/bin:$PATH timeout 60 sh -c "$command" >../out 2>../err </dev/null)
    is "exit status of $command" $? "$status"
    cat err out >said
    printf '%s\n' "$texts" | tr '\037' '\n' >texts
    while IFS= read -r text; do
        case $text in
        outdir/a.jpg) check "$command makes $text" test -f at/outdir/a.jpg ;;
        *) check "$command says: $text" grep -qF -e "$text" said ;;
        esac
    done <texts
    case $command in *nowhere/r*) absent at/out ;; esac
    clear_away at
    ran=$((ran + 1))
done <rows
check "rows that were run: $ran" test $ran -ge 30
finish
