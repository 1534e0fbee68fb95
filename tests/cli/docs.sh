#!/bin/sh
# SPDX-License-Identifier: MIT
# Every block of code in README.md and docs/ has a test that runs it as printed. This script has the list of them, and runs the commands that no other
# test runs.
. "$(dirname "$0")/lib.sh"
top=${testdata%/testdata}

# ---- each fenced block: page, kind, how many of that kind, and who runs them; "-": it is no code
cat >wanted <<'END'
README.md sh 3 .ci/run tests/cli/teams.sh tests/cli/orientations.sh
docs/faq.md sh 1 tests/cli/teams.sh
docs/labels.md json 1 tests/cli/docs.sh
docs/labels.md plain 1 tests/cli/docs.sh
docs/labels.md sh 2 tests/cli/docs.sh
docs/pipelines.md dockerfile 1 tests/ports/docker.sh python/tests/s3/test_lambda.py
docs/pipelines.md python 1 tests/recipes/recipes.py python/tests/s3/test_lambda.py
docs/pipelines.md yaml 4 tests/recipes/recipes.py
docs/python.md python 4 python/tests/engines/test_docs.py
docs/scale.md json 1 tests/cli/scale.sh
docs/scale.md python 7 python/tests/engines/test_docs.py python/tests/s3/test_engines_s3.py
docs/scale.md sh 8 tests/cli/scale.sh python/tests/s3/test_recipes.py python/tests/s3/test_mounts.py
docs/scale.md yaml 1 tests/cli/scale.sh
docs/tutorial.md python 8 python/tests/engines/test_tutorial.py
docs/tutorial.md text 6 python/tests/engines/test_tutorial.py
END
(cd "$top" && for page in README.md docs/*.md; do
    awk -v page="$page" '/^```/ { inside = !inside; if (inside) { kind = substr($1, 4); print page, kind == "" ? "plain" : kind } }' "$page"
done) | sort | uniq -c | awk '{ print $2, $3, $1 }' | LC_ALL=C sort >found
cut -d ' ' -f 1-3 wanted | LC_ALL=C sort >listed
check "each block is in the list: $(diff listed found | grep '^[<>]' | xargs)" cmp -s listed found
while read -r page kind count runners; do
    for runner in $runners; do
        check "$runner runs what $page has" grep -q "${page##*/}\|block(\|page=" "$top/$runner"
    done
    check "$count of $kind in $page" test "$count" -gt 0
done <wanted

# blocks PAGE KIND: what stands in the page's blocks of that kind; "": of none.
blocks() {
    awk -v wanted="$2" '/^```/ { inside = !inside; kind = substr($1, 4); next } inside && kind == wanted' "$top/$1"
}

# ---- commands of README.md and docs/page.md that stand by themselves, in the order of the page
mkdir bin work && cd work
mkdir build photos in
ln -s "$EXIFNORM" ../bin/exifnorm
ln -s "$EXIFNORM" build/exifnorm
PATH=$scratch/bin:$PATH
for i in 1 6; do cp "$testdata/jpeg/landscape-$i.jpg" photos; done
cp photos/*.jpg in
cp photos/landscape-6.jpg a.jpg
# command PAGE TEXT: the line of the page that has the text.
command_of() {
    sed -n 's/^    //p' "$top/$1" | grep -F -e "$2" | head -n 1
}
# does STATUS PAGE TEXT
does() {
    line=$(command_of "$2" "$3")
    check "$2 has: $3" test -n "$line"
    (eval "$line") >../said 2>err </dev/null
    is "exit status of $line" $? "$1"
}
does 0 README.md 'exifnorm in/ out/'
same out/landscape-1.jpg in/landscape-1.jpg
does 1 README.md 'build/exifnorm --check photos/'
has ../said "'photos/landscape-6.jpg': orientation 6"
does 1 README.md 'look.html'
has look.html '>to-turn<td'
does 0 README.md '--in-place --backup=kept'
check "the file was changed" sh -c '! cmp -s photos/landscape-6.jpg in/landscape-6.jpg'
does 0 README.md '--undo=kept'
same photos/landscape-6.jpg in/landscape-6.jpg
same a.jpg in/landscape-6.jpg
rm -r out
does 0 docs/page.md '--html=page.html in/ out/'
exifnorm -q --report=report in again
does 1 docs/page.md '--check --html=look.html'
does 0 docs/page.md '--from-report'
has page.html '>lossless<td'

# ---- docs/labels.md: the house whose box is wrong, and what is said of it
if command -v jq >/dev/null; then
    rm -rf in out
    mkdir -p in/masks
    printf 'P6\n640 480\n255\n' >house.ppm
    head -c $((640 * 480 * 3)) /dev/zero >>house.ppm
    cjpeg house.ppm >plain.jpg
    # APP1 with an orientation of 6 behind SOI.
    { printf '\377\330\377\341\000\042Exif\000\000II*\000\010\000\000\000\001\000\022\001\003\000\001\000\000\000\006\000\000\000\000\000\000\000'; tail -c +3 plain.jpg; } >in/house.jpg
    blocks docs/labels.md json | sed '1s/^/{/;$s/$/}/' >in/labels.json
    blocks docs/labels.md '' | grep -v '^[$.]' >wanted
    exifnorm --check --labels in/ >said 2>&1
    exifnorm --labels in/ out/ >>said 2>&1
    check "the lines of the page: $(wc -l <wanted)" test "$(wc -l <wanted)" -ge 4
    while IFS= read -r line; do
        has said "$line"
    done <wanted
    is "the box that the page says" "$(jq -c '[.annotations[0].bbox, .images[0].width, .images[0].height]' out/labels.json)" '[[170,330,160,190],480,640]'
    # Its commands, one by one, and those of masks.
    blocks docs/labels.md sh >lines
    is "commands" "$(wc -l <lines)" 4
    while IFS= read -r line; do
        rm -rf out
        (eval "$line") >said 2>err </dev/null
        status=$?
        case $line in
        *--check*) is "exit status of $line" $status 1 ;;
        *) is "exit status of $line" $status 0 ;;
        esac
    done <lines
else
    skipped "docs/labels.md: no jq"
fi
finish
