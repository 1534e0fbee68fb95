#!/bin/sh
# SPDX-License-Identifier: MIT
# The scripts of docs/scale.md, as they stand there, with the variables that the engines set: the parts are the whole.
. "$(dirname "$0")/lib.sh"

page=$testdata/../docs/scale.md
# script NAME: the block of that name.
script() {
    sed -n "/^\`\`\`sh $1\$/,/^\`\`\`\$/p" "$page" | sed '1d;$d'
}
mkdir bin
ln -s "$EXIFNORM" bin/exifnorm
PATH=$scratch/bin:$PATH
copy_tree "$testdata" in
runs 0 in whole --report=whole.jsonl
rm out # the log of that run has the name that the scripts give to a folder
items whole.jsonl | sort >wanted
# union WHAT: the parts' outputs and reports, which are then removed.
union() {
    check "$1: outputs" diff -r whole out
    for r in report.[0-9]*.jsonl; do
        items "$r"
    done | sort >found
    same wanted found
    rm -rf out out.exifnorm-state* report.*
}
for engine in slurm batch kubernetes; do
    script $engine >job
    check "the page has a script for $engine" grep -q 'exec exifnorm' job
    for task in 2 0 3 1 2; do # one of them twice, as an engine may do
        SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=4 AWS_BATCH_JOB_ARRAY_INDEX=$task JOB_COMPLETION_INDEX=$task TASKS=4 \
            sh job >log 2>err
        is "$engine: exit status of task $task" $? 0
    done
    if [ $engine = kubernetes ] && command -v jq >/dev/null; then
        script report >join
        sh join
        is "the joined report" "$(jq -r .path report.jsonl | sort | cksum)" \
            "$(jq -r 'select(.path) | .path' whole.jsonl | sort | cksum)"
    fi
    union $engine
done
script mount >job
check "the page has a script for a mount" grep -q 'exec exifnorm' job
for task in 1 0 1; do
    IN=in OUT=out STATE=state.$task INDEX=$task TASKS=2 sh job >log 2>err
    is "mount: exit status of task $task" $? 0
done
check "mount: outputs" diff -r whole out
rm -rf out state.*
if parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
    script parallel >job
    HOME=$scratch sh job >log 2>err
    is "parallel: exit status" $? 0
    union parallel
else
    skipped "GNU parallel: it is not here"
fi
# What the Kubernetes job says of itself agrees with its script: as many parts as TASKS says, and the index that an indexed job gives.
sed -n '/^```yaml$/,/^```$/p' "$page" | sed '1d;$d' >job.yaml
is "parts of the job" "$(sed -n 's/.*{name: TASKS, value: "\([0-9]*\)"}.*/\1/p' job.yaml)" \
    "$(sed -n 's/^  completions: //p' job.yaml)"
for line in 'completionMode: Indexed' 'backoffLimitPerIndex:' 'podFailurePolicy:' 'restartPolicy: Never' 'action: FailIndex'; do
    has job.yaml "$line"
done
script kubernetes >job
# shellcheck disable=SC2016
is "what the script wants of its environment" "$(grep -o '\$[A-Z_]*' job | sort -u | paste -sd' ')" '$JOB_COMPLETION_INDEX $TASKS'
is "statuses that fail an index" "$(sed -n 's/.*values: \[\(.*\)\].*/\1/p' job.yaml)" "1, 2, 4"

# ---- tar shards
rm -rf in out
mkdir in members
for i in 1 2 3 4 5 6 7 8; do
    cp "$testdata/jpeg/landscape-$i.jpg" members/$i.jpg
    echo $i >members/$i.cls
done
for i in 1 2 3 4 5; do
    tar -cf in/$i.tar -C members $i.jpg $i.cls 6.jpg 6.cls 7.jpg 7.cls 8.jpg 8.cls
done
head -c 2000 members/6.jpg >members/9.jpg
tar -cf in/bad.tar -C members 1.jpg 9.jpg 2.jpg
rm -rf whole whole.exifnorm-state
runs 1 --tar in whole
rm out # as above
if parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
    script parallel-tar >job
    for time in first second; do
        HOME=$scratch sh job >log 2>err
        is "parallel over tar shards, $time time: failed jobs" $? 1
        check "parallel over tar shards, $time time" diff -r whole out
        ls -i out >inodes.$time
        is "reports" "$(grep -hc '"outcome":"failed"' reports/*.jsonl | paste -sd+)" 0+0+0+0+0+1
    done
    check "the second time nothing was to be done" cmp -s inodes.first inodes.second
    rm -rf out states reports
else
    skipped "GNU parallel over tar shards: it is not here"
fi

# An aws whose objects are files below the folder s3. CUT: a download breaks off after so many bytes; FULL: uploads fail.
cat >bin/aws <<'END'
#!/bin/sh
[ "$1" = s3 ] || exit 252
at() { echo "$S3/${1#s3://}"; }
case $2:$3:$4 in
cp:s3://*:-)
    if [ -n "$CUT" ]; then head -c "$CUT" "$(at "$3")"; exit 1; fi
    cat "$(at "$3")"
    ;;
cp:-:s3://*)
    mkdir -p "$(dirname "$(at "$4")")" && cat >"$(at "$4")" || exit 1
    [ -z "$FULL" ]
    ;;
mv:s3://*:s3://*) mkdir -p "$(dirname "$(at "$4")")" && mv "$(at "$3")" "$(at "$4")" ;;
*) exit 252 ;;
esac
END
chmod +x bin/aws
S3=$scratch/s3 IN=s3://bucket/in PART=s3://bucket/part OUT=s3://bucket/out
export S3 IN PART OUT CUT FULL
if command -v bash >/dev/null; then
    mkdir -p s3/bucket
    copy_tree in s3/bucket/in
    head -c 20000 in/1.tar >s3/bucket/in/short.tar
    script aws >job
    # uploads STATUS NAME: the script, and whether there is an object then.
    uploads() {
        rm -rf s3/bucket/out s3/bucket/part
        bash job "$2" >log 2>err
        is "status of $2 through S3" $? "$1"
    }
    uploads 0 1.tar
    same s3/bucket/out/1.tar whole/1.tar
    uploads 1 bad.tar
    same s3/bucket/out/bad.tar whole/bad.tar
    uploads 1 short.tar
    absent s3/bucket/out/short.tar
    CUT=20000 uploads 3 2.tar
    absent s3/bucket/out/2.tar
    CUT=0 uploads 3 2.tar
    absent s3/bucket/out/2.tar
    FULL=1 uploads 3 2.tar
    absent s3/bucket/out/2.tar
    # The one line of the page.
    rm -rf s3/bucket/out
    sed -n 's/^`\(aws s3 cp .*\)`\.$/\1/p' "$page" | sed 's/a\.tar/3.tar/g' >line
    sh ./line >log 2>err
    same s3/bucket/out/3.tar whole/3.tar
else
    skipped "S3: no bash"
fi

# The rules of AWS Batch by hand: of an exit status, the first pattern that fits.
if command -v jq >/dev/null; then
    sed -n '/^```json$/,/^```$/p' "$page" | sed '1d;$d' >rules.json
    for pair in 0:EXIT 1:EXIT 2:EXIT 3:RETRY 4:EXIT 129:RETRY 130:RETRY 137:RETRY 143:RETRY; do
        action=
        for rule in $(jq -r '.evaluateOnExit[] | select(.onExitCode) | .onExitCode + ":" + .action' rules.json); do
            # shellcheck disable=SC2254
            case ${pair%:*} in
            ${rule%:*}) action=${action:-${rule#*:}} ;;
            esac
        done
        is "AWS Batch after ${pair%:*}" "$action" "${pair#*:}"
    done
else
    skipped "the rules of AWS Batch: no jq"
fi
finish
