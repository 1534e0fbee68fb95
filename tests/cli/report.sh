#!/bin/sh
# SPDX-License-Identifier: MIT
# --report: one JSON object a line for every item, in order, with its fields; and the summary.
. "$(dirname "$0")/lib.sh"

mkdir -p in/d
cp "$testdata/jpeg/landscape-6.jpg" in/a6.jpg
cp "$testdata/jpeg/no-exif.jpg" in/b0.jpg
cp "$testdata/png/rgb8-8.png" in/c8.png
head -c 2000 "$testdata/jpeg/landscape-6.jpg" >in/d/cut.jpg
echo label >in/d/label.txt
mkfifo in/e_fifo
latin=$(printf 'gr\374n.txt')
nl=$(printf 'new\nline.txt')
echo x >"in/$latin"
echo x >"in/$nl"
runs 1 in to --report=report
is "lines: one an item, the first and the last" "$(wc -l <report)" 10
is "items" "$(items report | grep -c '^{"path":.*,"error":[^,]*}$')" 8

# line PATH TEXT: the line of that item has that text.
line() {
    grep -F "{\"path\":\"$1\"," report >found
    is "lines for $1" "$(wc -l <found)" 1
    check "$1 has $2" grep -qF -e "$2" found
}

line a6.jpg '"outcome":"lossless"'
line a6.jpg '"method":"coefficients"'
line a6.jpg '"format":"jpeg"'
line a6.jpg '"orientation":6'
line a6.jpg '"orientation_place":"ifd0"'
line a6.jpg '"libexif_orientation":6'
line a6.jpg "\"bytes_before\":$(stat -c %s in/a6.jpg)"
line a6.jpg "\"bytes_after\":$(stat -c %s to/a6.jpg)"
line a6.jpg '"exact_components":[0,1,2]'
line a6.jpg '"status":"ok","error":null'
line a6.jpg '"reasons":["exif-orientation"]'
line b0.jpg '"outcome":"untouched"'
line b0.jpg '"reasons":[]'
line b0.jpg '"orientation":null,"orientation_place":"none"'
line c8.png '"format":"png"'
line c8.png '"method":"samples"'
line d/cut.jpg '"outcome":"failed"'
line d/cut.jpg '"status":"corrupt","error":"damaged image data'
line d/cut.jpg '"bytes_after":0'
line d/label.txt '"outcome":"copied"'
line d/label.txt '"bytes_before":6,"bytes_after":6'
line e_fifo '"outcome":"skipped"'
line e_fifo '"status":"ok","error":"skipped: a fifo"'
line 'new\nline.txt' '"outcome":"copied"'
line "$(printf 'gr\357\277\275n.txt')" "\"path_base64\":\"$(printf '%s' "$latin" | base64)\""
is "only that name needs base64" "$(grep -c path_base64 report)" 1
swapped=$(sed -n 's/.*"a6.jpg".*"size_before":\[\([0-9]*\),\([0-9]*\)\].*/\2,\1/p' report)
line a6.jpg "\"size_after\":[$swapped]"
line a6.jpg '"transform":{"exif":6,"transpose":true,"flip_x":false,"flip_y":true}'
line c8.png '"transform":{"exif":8,"transpose":true,"flip_x":true,"flip_y":false}'
line b0.jpg '"transform":null'
line d/label.txt '"size_before":null,"size_after":null,"sampling_before":null,"sampling_after":null,'
line d/cut.jpg '"size_after":null'
line d/cut.jpg '"transform":null'
line a6.jpg '"sampling_before":{"name":"4:2:0","factors":[[2,2],[1,1],[1,1]]},'
line c8.png '"sampling_before":null,"sampling_after":null,'
is "times of items that were opened" "$(grep -cE '"milliseconds":([1-9][0-9]*\.[0-9]+|0\.[0-9]*[1-9][0-9]*)}$' report)" 7
line e_fifo '"milliseconds":0.0}'

# ---- the first line and the last
version=$("$EXIFNORM" --version | cut -d' ' -f2)
head -n 1 report >first
tail -n 1 report >last
has first "{\"exifnorm\":\"$version\",\"options\":{\"in\":\"in\",\"out\":\"to\",\"check\":false,\"in_place\":false,\"backup\":null,\"no_backup\":false,\"mode\":\"bake\","
has first '"max_memory":2147483648,"max_pixels":500000000,'
has last '{"totals":{"items":8,"outcomes":{"failed":1,"untouched":1,"metadata":0,"lossless":2,'
has last '"copied":3,"unsupported":0,"moved":0,"partly":0,"skipped":1},"warnings":0,'
has last "\"bytes_before\":$(cat in/*.* in/d/* | wc -c),\"bytes_after\":$(cat to/*.* to/d/* | wc -c),"
has last '"stopped":null}}'
mkdir few
cp in/a6.jpg few
runs 0 few "few_$latin" --mode=drop --strict --overwrite --edges=refuse --quality=high --png-level=9 --secondary=drop --jobs=2 --timeout=7 --max-memory=18446744073709551615 \
    --max-pixels=7000000 --verify --durable --quiet -v --allow-unsupported --report=few_report
has few_report "\"out_base64\":\"$(printf '%s' "few_$latin" | base64)\""
has few_report '"check":false,"in_place":false,"backup":null,"no_backup":false,"mode":"drop","orientations":null,"strict":true,"allow_unsupported":true,"tar":false,"on_error":"skip","overwrite":true,"edges":"refuse","quality":"high","png_level":9,"secondary":"drop",'
has few_report '"max_memory":9223372036854775807,"max_pixels":7000000,"verify":true,"durable":true,"write":"atomic","dry_run":false,"link":false,"preserve_times":false,"report_times":"yes","files_from":null,"null":false,"shard":null,"resume":false,"state":null,"quiet":true,"verbose":true,"jobs":2,"timeout":7,"isolate":false,"no_sandbox":false}}'
runs 1 --check few in/b0.jpg --report=checked
has checked '"options":{"paths":[{"path":"few"},{"path":"in/b0.jpg"}],"check":true,'
has checked '{"totals":{"items":2,"outcomes":{"failed":0,"untouched":1,"to-edit":0,"to-turn":1,"copied":0,"unsupported":0,"skipped":0},'
has checked '"transform":{"exif":6,"transpose":true,'

# ---- sampling factors turn with the picture: what a report foretold is what the product has
sampling() {
    items "$1" | sed -n "s/^{\"path\":\"\([^\"]*\)\".*\"sampling_$2\":\(.*\),\"$3\".*/\1 \2/p"
}
runs 0 "$testdata/jpeg" turned --report=turned_report
runs 0 turned again --report=again_report
sampling turned_report after bytes_before >foretold
sampling again_report before sampling_after >found
same foretold found
has foretold 'coding/422-6.jpg {"name":"4:4:0","factors":[[1,2],[1,1],[1,1]]}'
has foretold 'coding/gray-8.jpg {"name":null,"factors":[[1,1]]}'
has foretold 'coding/cmyk-3.jpg {"name":null,"factors":[[1,1],[1,1],[1,1],[1,1]]}'

# Every line is JSON, for a reader that is not ours.
if command -v jq >/dev/null; then
    is "objects that jq reads" "$(jq -c . report | wc -l)" 10
    is "fields of each" "$(items report | jq -r 'del(.path_base64) | keys | length' | sort -u)" 24
    is "the names, byte for byte" "$(items report | jq -r '.path_base64 // (.path | @base64)' |
        while read -r name; do printf '%s' "$name" | base64 -d; echo; done | sort)" \
        "$(find in ! -type d -printf '%P\n' | sort)"
elif command -v python3 >/dev/null; then
    is "objects that python reads" "$(python3 -c 'import json
print(sum(isinstance(json.loads(l), dict) for l in open("report", encoding="utf-8")))')" 10
else
    skipped "JSON by another reader: neither jq nor python3"
fi

# To standard output; the summary moves out of its way.
runs 1 in to2 --report=-
items out >items_out
items report >items_report
same items_out items_report
is "lines on standard output" "$(wc -l <out)" 10
check "the summary is on standard error" grep -q '^ *8  items, ' err

# Truncates, as a redirection would, and takes devices and pipes.
runs 1 in to3 --report=report
is "lines after another run" "$(wc -l <report)" 10
if [ -e /dev/stdout ]; then
    "$EXIFNORM" in to4 --report=/dev/stdout 2>err | grep -c '^{"path"' >lines
    is "lines through /dev/stdout" "$(cat lines)" 8
else
    skipped "a report through /dev/stdout: it leads into /proc"
fi

# A report in OUT is not replaced by an item of its name, not even with --overwrite.
rm in/d/cut.jpg in/e_fifo
echo item >in/report
mkdir to5
runs 1 in to5 --report=to5/report --overwrite
has err "'in/report': output exists: it is the report"
is "its lines" "$(grep -c '^{"path"' to5/report)" 7

# The summary adds up.
runs 1 in to --report=report
is "items in the summary" "$(sed -n 's/^ *\([0-9]*\)  items, .*/\1/p' out)" "$(items report | wc -l)"
is "the outcomes' sum" \
    "$(awk 'NF == 2 { n += $1 } END { print n }' out)" "$(items report | wc -l)"

# It says where to look, and names nothing that a run has not written.
is "where all of it is" "$(sed -n 's/^ *\(output: .*\)/\1/p' out)" "output: 'to', report: 'report'"
runs 0 in to5.new --html=page.html
is "where output and page are" "$(sed -n 's/^ *\(output: .*\)/\1/p' out)" "output: 'to5.new', page: 'page.html'"
runs 0 in never --dry-run --report=report
is "where the report of a dry run is" "$(grep -E '^ *(output|report|page): ' out)" "           report: 'report'"
runs 1 --check in
is "what --check leaves behind" "$(grep -cE '^ *(output|report|page): ' out)" 0
runs 0 in to6 --report=-
is "where the output of a run with its report on standard output is" "$(grep -E '^ *(output|report|page): ' err)" "           output: 'to6'"

# ---- an item's time is its own: what others took, for whom it waited, is not in it
HOOKS=$EXIFNORM-hooks
if [ -x "$HOOKS" ] && command -v jq >/dev/null; then
    mkdir slow slow_tar
    cp "$testdata/jpeg/landscape-6.jpg" slow/a.jpg
    printf 'EXN-HOOK:hang' >>slow/a.jpg
    for f in b c d; do cp "$testdata/jpeg/landscape-6.jpg" slow/$f.jpg; done
    cp "$testdata/jpeg/no-exif.jpg" slow/plain.jpg
    echo label >slow/label.txt
    tar -cf slow_tar/a.tar -C slow a.jpg b.jpg c.jpg d.jpg plain.jpg label.txt
    i=0
    for options in -j1 -j2 "-j2 --write=direct" "-j1 --tar"; do # all at the same time: they only wait
        i=$((i + 1))
        # shellcheck disable=SC2086
        ("$HOOKS" "$([ "$options" = "-j1 --tar" ] && echo slow_tar || echo slow)" slow.out$i $options --timeout=3 --report=slow$i.jsonl \
            >out$i 2>err$i; echo $? >status$i) &
    done
    wait
    for i in 1 2 3 4; do
        is "exit status of a slow one, the ${i}th way" "$(cat status$i)" 1
        is "who took long, the ${i}th way" "$(jq -r 'select(.milliseconds >= 2900) | .path // empty' slow$i.jsonl)" a.jpg
    done
else
    skipped "an item's own time: no $HOOKS or no jq"
fi
# ---- without times two runs have one report
for run in 1 2; do
    rm -rf to
    runs 0 in to --report=report.$run --report-times=no -j$run
    sed -i '1s/"jobs":[12]/"jobs":N/' report.$run
done
same report.1 report.2
is "lines without a time" "$(grep -c '"milliseconds":null' report.1)" "$(($(wc -l <report.1) - 1))"
# ---- what may have an orientation that is not read: by its name, in any case; of a raw file that is a TIFF that is said as well
mkdir raw
echo raw | tee raw/a.CR3 raw/b.nef raw/c.mp4 raw/d.MOV raw/e.webm raw/f.txt raw/mov >/dev/null
cp "$testdata/other/still-1.tiff" raw/g.dng
cp "$testdata/jpeg/no-exif.jpg" raw/h.arw # content decides: it is an image, and edited
runs 0 raw raw.to --report=report
has out "        3  camera raw files not covered: an orientation in them stays"
has out "        3  videos not covered: an orientation in them stays"
has report '"not_covered":{"raw":3,"video":3}'
check "they are copied" cmp raw/d.MOV raw.to/d.MOV
runs 0 --check raw
has out "        3  videos not covered"
rm raw/c.mp4 raw/d.MOV
runs 0 raw raw.one -q --report=report
check "-q says nothing" test ! -s out
has report '"not_covered":{"raw":3,"video":1}'
runs 0 raw raw.two
has out "        1  video not covered: an orientation in it stays"

finish
