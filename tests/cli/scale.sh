#!/bin/sh
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
cp -r "$testdata" in
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
