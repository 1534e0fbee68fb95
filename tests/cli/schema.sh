#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/report.schema.json against reports of many kinds, against the words of the public header, and against docs/report.md.
. "$(dirname "$0")/lib.sh"

top=$testdata/..
schema=$top/docs/report.schema.json

# ---- reports: a whole run, every kind of item, --check, names that are no UTF-8, runs that stop
runs 0 "$testdata" upright --report=run.jsonl
runs 1 --check "$testdata" "$testdata/jpeg/no-exif.jpg" --report=check.jsonl
runs 0 "$testdata" dropped --mode=drop --strict --edges=refuse --report=drop.jsonl
runs 1 "$testdata" refused --edges=refuse --report=refuse.jsonl
latin=$(printf 'gr\374n')
mkdir -p "$latin/sub"
cp "$testdata/png/rgb8-6.png" "$latin/$latin.png"
head -c 2000 "$testdata/jpeg/landscape-6.jpg" >"$latin/cut.jpg"
echo text >"$latin/text.jpg"
echo '<x tiff:Orientation="6"/>' | tee "$latin/$latin.xmp" >"$latin/nobody.xmp"
printf 'II*\0\010\0\0\0\001\0\022\001\003\0\001\0\0\0\006\0\0\0\0\0\0\0' >"$latin/six.tif"
printf 'GIF89a' >"$latin/a.gif"
mkfifo "$latin/fifo"
ln -s nothing "$latin/dangling"
runs 1 "$latin" "to_$latin" --report=odd.jsonl
runs 1 "$latin" "to_$latin" --report=exists.jsonl
runs 1 --check "$latin" --report=odd_check.jsonl
runs 0 "$latin/sub" empty_out --report=empty.jsonl
runs 0 "$testdata/labels.txt" one.txt --report=one.jsonl
mkdir labels
cp "$testdata/jpeg/landscape-6.jpg" labels/a.jpg
echo "0 0.5 0.5 0.25 0.25" >labels/a.txt
printf '{"images": [{"id": 1, "file_name": "a.jpg"}]' >labels/cut.json
runs 0 labels labels.out --report=labels.jsonl
runs 1 labels labels.moved --labels --labels-frame=stored --report=moved.jsonl
mkdir masked
cp "$testdata/png/rgb8-6.png" masked/a.png
cp "$testdata/png/no-exif.png" masked/a_mask.png
runs 0 masked masked.out --labels --labels-frame=displayed --masks='*_mask.png' --report=masks.jsonl
runs 1 labels labels.stopped --labels --report=stopped.jsonl
runs 1 --check labels --labels --report=judged.jsonl
echo "0 0.5 0.5 0.25 0.25" >labels/b.txt
head -c 4000 "$testdata/jpeg/landscape-6.jpg" >labels/b.jpg
runs 1 labels labels.partly --labels --labels-frame=stored --report=partly.jsonl
mkdir shards
tar -cf shards/a.tar -C "$latin" cut.jpg a.gif
cp shards/a.tar "shards/$latin.tar"
runs 1 --tar shards shards.out --report=shards.jsonl --on-error=keep
runs 1 --tar shards shards.none --report=shards_stop.jsonl --on-error=stop
mkdir converted
cp "$testdata/heif/10bit.heic" "$testdata/heif/alpha.avif" converted
runs 0 converted converted.out --heif=jpeg --heif-quality=80 --report=converted.jsonl
cat ./*.jsonl >all
has all '"stopped":null'
has all '"outcome":"failed"'
has all '"outcome":"unsupported"'
has all '"outcome":"skipped"'
has all '"outcome":"to-turn"'
has all '"rotated":1'
has all '"rotated":null'
has all '"outcome":"moved"'
has all '"outcome":"partly"'
has all '{"verdict":'
has all '"stopped":"labels"'
has all '"path_base64":'
is "reports" "$(grep -c '^{"exifnorm":' all)" "$(grep -c '^{"totals":' all)"

# Lines that must not pass, so that a schema which lets everything through is seen.
grep -h '"path":"jpeg/landscape-6.jpg"' run.jsonl >good
{
    sed 's/"outcome":"lossless"/"outcome":"fine"/' good
    sed 's/,"model":"[^"]*"//' good
    sed 's/"milliseconds"/"seconds":1,&/' good
    sed 's/"orientation":6/"orientation":9/' good
    sed 's/"transform":{"exif":6,/"transform":{/' good
    sed 's/"size_after":\[[0-9]*,/"size_after":[/' good
    sed 's/"bytes_after":[0-9]*/"bytes_after":-1/' good
    sed 's/"outcome":"lossless"/"outcome":"failed"/' good
    sed 's/"reasons":\[/&"bad luck",/' good
    head -n 1 run.jsonl | sed 's/"in":"[^"]*",//'
    head -n 1 run.jsonl | sed 's/"mode":"bake"/"mode":"spin"/'
    tail -n 1 run.jsonl | sed 's/"stopped":null/"stopped":"tired"/'
    tail -n 1 run.jsonl | sed 's/"lossless":[0-9]*,//'
    echo '{}'
} >bad
is "lines that must not pass" "$(grep -vcxF -f all bad)" 14

# judge_...: prints how many lines of a file the schema lets through, by the first validator at hand.
judge_python() {
    python3 - "$schema" "$@" 2>err <<'EOF'
import json, site, sys
site.main()  # the tests' python3 starts without other packages than Python's own
try:
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit(9)
schema = json.load(open(sys.argv[1], encoding="utf-8"))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
for path in sys.argv[2:]:
    print(sum(validator.is_valid(json.loads(line)) for line in open(path, encoding="utf-8")))
EOF
}
judge_ajv() {
    mkdir -p lines
    rm -f lines/*.json
    awk '{ print > ("lines/" NR ".json") }' "$1"
    ajv validate --spec=draft2020 --strict=false -s "$schema" -d 'lines/*.json' 2>/dev/null |
        grep -c ' valid$'
}
judge_python all bad >found
status=$?
if [ $status = 0 ]; then
    is "lines that fit the schema, and bad lines" "$(xargs <found)" "$(wc -l <all) 0"
elif [ $status != 9 ] && [ $status != 127 ]; then
    check "the schema is one" false
elif command -v ajv >/dev/null; then
    is "lines that fit the schema" "$(judge_ajv all)" "$(wc -l <all)"
    is "bad lines that fit the schema" "$(judge_ajv bad)" 0
else
    skipped "validation: neither python3-jsonschema nor ajv; only names of fields are compared"
fi

if ! command -v jq >/dev/null; then
    skipped "the schema's words and fields: no jq"
    finish
fi

# ---- fields: what an item has is what the schema and the document have
jq -r '."$defs".item.properties | keys[]' "$schema" | grep -v _base64 | sort >wanted
jq -r 'select(.path) | keys[]' all | grep -v _base64 | sort -u >found
check "the fields of items" diff wanted found
jq -r '."$defs".first.properties.options.properties | keys[]' "$schema" | grep -v _base64 | sort >wanted
jq -r 'select(.exifnorm) | .options | keys[]' all | grep -v _base64 | sort -u >found
check "the fields of the first line" diff wanted found
jq -r '."$defs".last.properties.totals.properties | keys[]' "$schema" | sort >wanted
jq -r 'select(.totals) | .totals | keys[]' all | sort -u >found
check "the fields of the last line" diff wanted found
jq -r '."$defs" | (.item.properties, .last.properties.totals.properties) | keys[]' "$schema" |
    while read -r field; do
        grep -qF "\`$field\`" "$top/docs/report.md" || echo "$field"
    done >missing
is "fields that docs/report.md lacks" "$(cat missing)" ""

# Every option of --help has its value in the first line.
runs 0 --help
sed -n 's/^  \(-[a-zA-Z0-9], \)*--\([a-z-]*\).*/\2/p' out | grep -vx -e help -e version -e report \
    -e completion -e undo -e html -e from-report | tr - _ | sort >wanted
head -n 1 run.jsonl | jq -r '.options | keys[]' |
    grep -vx -e in -e out -e 'paths' -e '.*_base64' | sort >found
check "the options of the first line are those of --help" diff wanted found

# ---- words: the schema's lists are those of the library and, of statuses, the program
words() {
    sed -n "/^const char \*exn_$1_word(/,/^}/s/^ *ROW([A-Z0-9_]*, \"\([^\"]*\)\");/\1/p" "$top/src/lib/words.c"
    [ "$1" != status ] || sed -n 's/^ *{EXN_[A-Z]*, "\([^"]*\)", .*/\1/p' "$top/src/cli/base/failure.c"
}
for pair in method:method format:format place:orientation_place status:status reason:reasons warning:warnings; do
    words "${pair%:*}" | sort >wanted
    check "words of $pair" test "$(wc -l <wanted)" -ge 2
    jq -r --arg field "${pair#*:}" '."$defs".item.properties[$field] | (.enum // .items.enum)[]' \
        "$schema" | sort >found
    check "the schema's words of $pair" diff wanted found
done
{
    words outcome
    printf 'moved\npartly\nskipped\nto-edit\nto-turn\n'
} | sort >wanted
jq -r '."$defs".item.properties.outcome.enum[]' "$schema" | sort >found
check "the schema's outcomes" diff wanted found

# ---- totals add up
for report in ./*.jsonl; do
    jq -cSs 'def counted: {count: length, outcomes: (map(.outcome) | group_by(.) | map({key: .[0], value: length}) | from_entries),
            before: (map(.bytes_before) | add // 0), after: (map(.bytes_after) | add // 0)};
        (.[1:-1] | map(select((has("labels") or has("verdict")) and (has("path") | not) | not)) | counted),
        (.[-1].totals | {count: .items, outcomes: (.outcomes | map_values(select(. > 0))), before: .bytes_before, after: .bytes_after},
            {sum: (.outcomes | add)}), {sum: (.[-1].totals.items)}' "$report" >sums
    is "$report: totals" "$(sed -n 2p sums)" "$(sed -n 1p sums)"
    is "$report: outcomes of all items" "$(sed -n 3p sums)" "$(sed -n 4p sums)"
done

finish
