#!/bin/sh
# SPDX-License-Identifier: MIT
# What teams take from this tree: hooks for pre-commit, the GitHub Action's steps, the Dockerfile's packages, the FAQ's commands.
. "$(dirname "$0")/lib.sh"
top=${testdata%/testdata}
mkdir bin photos
ln -s "$EXIFNORM" bin/exifnorm
PATH=$scratch/bin:$PATH
cp "$testdata/jpeg/landscape-6.jpg" photos/six.jpg
cp "$testdata/jpeg/no-exif.jpg" photos/none.jpg

# hook ID: the command of that hook.
hook() {
    sed -n "/^- id: $1\$/,/^- id/s/^  entry: //p" "$top/.pre-commit-hooks.yaml"
}
check "there are two hooks" test -n "$(hook exifnorm-check)" -a -n "$(hook exifnorm-fix)"
# pre-commit appends the names of changed files.
$(hook exifnorm-check) photos/none.jpg >out 2>err
is "a hook over what is well" "$? $(cat out err)" "0 "
$(hook exifnorm-check) photos/six.jpg photos/none.jpg >out 2>err
is "a hook over what is not" "$? $(cat out err)" "1 'photos/six.jpg': orientation 6; exif-orientation"
cp -r photos fixed
$(hook exifnorm-fix) fixed/six.jpg fixed/none.jpg >out 2>err
is "the other hook" "$? $(cat out err)" "0 "
$(hook exifnorm-check) fixed/six.jpg fixed/none.jpg
is "after it" $? 0

# The Action's last step, as its runner has it: a script of bash with -e, and variables.
sed -n '/^    - name: Check/,$p' "$top/action.yml" | sed -n '/^      run: |/,$p' | sed '1d;s/^        //' >step
check "the Action has a step" test -s step
action() {
    RUNNER_TEMP=$scratch GITHUB_OUTPUT=$scratch/output EXIFNORM=$scratch/bin/exifnorm PATHS=$1 OPTIONS=$2 bash -eo pipefail step >out 2>err
}
if command -v bash >/dev/null; then
    action photos ""
    is "the Action over what is not well" $? 1
    has output "report=$scratch/exifnorm.jsonl"
    is "its report" "$(items exifnorm.jsonl | wc -l)" 2
    action "$(printf 'fixed/six.jpg\nfixed/none.jpg\n')" "--strict -j1"
    is "the Action over what is well" $? 0
else
    skipped "the Action's step: no bash"
fi

# The packages that a build needs are the README's, in each place where they are listed.
sed -n 's/.*--no-install-recommends \(gcc .*\) && make && build\/exifnorm.*/\1/p' "$top/README.md" >wanted
check "the README lists packages" test -s wanted
sed -n 's/^RUN .*--no-install-recommends \(gcc .*\)/\1/p' "$top/Dockerfile" >found
same wanted found
sed -n 's/.*--no-install-recommends \(gcc .*\)/\1/p' "$top/action.yml" >found
same wanted found
# And those that the program needs, by what it is linked with or opens.
for library in $(readelf -dW "$EXIFNORM" | sed -n 's/.*(NEEDED).*\[lib\([a-z0-9]*\)\.so.*/\1/p' | grep -vx -e c -e m -e asan -e ubsan -e gcov); do
    package=$(echo "$library" | sed 's/^z$/zlib1g/;s/^jpeg$/libjpeg62-turbo/;s/^png16$/libpng16-16/')
    check "the image has $library" grep -q "^RUN .*[ b]$package[0-9t-]* .*rm -rf" "$top/Dockerfile"
done

# The FAQ's command.
sed -n '/^```sh$/,/^```$/p' "$top/docs/faq.md" | sed '1d;$d' >faq
if command -v jq >/dev/null; then
    is "which of my images" "$(sh faq 2>/dev/null)" "photos/six.jpg"
else
    skipped "the FAQ's command: no jq"
fi

finish
