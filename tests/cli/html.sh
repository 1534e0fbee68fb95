#!/bin/sh
# SPDX-License-Identifier: MIT
# --html and --from-report: what is in the page, names that try to be HTML, where the page may lie, and that of a run and of its report one page
# is made. What a browser makes of it: tests/browser/page.sh.
. "$(dirname "$0")/lib.sh"

mkdir -p in/sub 'in/a<'
cp "$testdata/jpeg/landscape-1.jpg" "$testdata/jpeg/landscape-6.jpg" "$testdata/png/rgb8-8.png" in
cp "$testdata/jpeg/landscape-3.jpg" 'in/a</script><script>alert(1).jpg'
cp "$testdata/jpeg/landscape-3.jpg" 'in/<!-- & "q" '"'q'"'.jpg'
cp "$testdata/jpeg/landscape-3.jpg" "$(printf 'in/latin-\374-\342\200\256gpj\nline.jpg')"
head -c 3000 "$testdata/jpeg/landscape-6.jpg" >in/sub/cut.jpg
echo text >in/sub/note.txt

runs 1 in to --html=page.html --report=report
check "the page is HTML" test "$(head -n 1 page.html)" = '<!DOCTYPE html>'
has page.html '>lossless<td'
has page.html "<section id=failed><h2>Failed: 1</h2>"
has page.html 'sub/cut.jpg</bdi>: damaged image data'

# ---- a file of its own: no address but those of its data
is "addresses" "$(grep -oE '(src|href)=[^ >]*' page.html | grep -vE '^(src="data:image/jpeg;base64,[A-Za-z0-9+/]*=*"|href=("data:,"|#[a-z]+))$')" ""
check "no address in the style" sh -c '! sed -n "/<style>/,/<\/style>/p" page.html | grep -qE "url|import"'
sum=$(python3 -c '
import base64, hashlib, re
script = re.search(r"<script>(.*?)</script>", open("page.html", encoding="utf-8").read(), re.S).group(1)
print(base64.b64encode(hashlib.sha256(script.encode()).digest()).decode())')
has page.html "script-src 'sha256-$sum'"

# ---- names are no HTML, in its text and in its data
is "ends of scripts" "$(grep -c '</script>' page.html)" 2
is "beginnings of scripts" "$(grep -o '<script' page.html | wc -l)" 2
is "comments" "$(grep -c '<!--' page.html)" 0
has page.html 'a&lt;/script&gt;&lt;script&gt;alert(1).jpg'
has page.html '&lt;!-- &amp; &quot;q&quot; &#39;q&#39;.jpg'
has page.html 'latin-\xFC-\xE2\x80\xAEgpj\nline.jpg'
check "it is UTF-8" iconv -f UTF-8 -t UTF-8 page.html -o /dev/null

# ---- the data: front-coded paths are those of the report
cat >paths.py <<'END'
import base64, json, re, sys
page = open(sys.argv[1], encoding='utf-8').read()
data = json.loads(re.search(r'<script type=application/json id=data>(.*?)</script>', page, re.S).group(1))
digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
last, paths = '', []
for rest in data['paths']:
    units = last.encode('utf-16-le')[:2 * digits.index(rest[0])].decode('utf-16-le')
    last = units + rest[1:]
    paths.append(last)
for i, path in enumerate(paths):
    word = data['sets'][digits.index(data['set'][2 * i]) * 64 + digits.index(data['set'][2 * i + 1])]
    print(path, data['outcomes'][ord(data['outcome'][i]) - 97], data['orientation'][i], word, data['errors'].get(str(i), ''), sep='|')
END
python3 paths.py page.html >rows
cat >wanted.py <<'END'
import json, sys
bits = json.loads(sys.argv[2])
for line in open(sys.argv[1]):
    item = json.loads(line)
    if 'path' in item and 'outcome' in item:
        path = item['path'].replace('\\', '\\\\').replace('\n', '\\n').replace('\ufffd', '\\xFC').replace('\u202e', '\\xE2\\x80\\xAE')
        print(path, item['outcome'], item['orientation'] or 0, sum(1 << bits.index(word) for word in item['warnings']), item['error'] or '', sep='|')
END
warnings=$(grep -o '"warnings":\[[^]]*\]' page.html | head -n 1 | cut -d: -f2)
python3 wanted.py report "$warnings" >wanted
same rows wanted
is "rows" "$(wc -l <rows)" 8

# ---- pictures: what libjpeg reads, in the shape that it was shown in
grep -o 'data:image/jpeg;base64,[^"]*' page.html | cut -d, -f2 | while read -r picture; do
    echo "$picture" | base64 -d | djpeg -pnm 2>/dev/null | head -c 15 | sed -n 2p
done | sort | uniq -c | sed 's/^ *//' >shapes
is "shapes of pictures: 320x240 and 120x90 upright, the failed one alone" "$(cat shapes)" "$(printf '2 120 90\n11 160 120')"

# Browsers rotate no WebP.
mkdir webp
djpeg "$testdata/jpeg/landscape-1.jpg" | cwebp -quiet -q 80 -o plain.webp -- -
printf "II*\\0\\010\\0\\0\\0\\001\\0\\022\\001\\003\\0\\001\\0\\0\\0\\006\\0\\0\\0\\0\\0\\0\\0" >six
webpmux -set exif six plain.webp -o webp/six.webp 2>err
runs 0 webp webp-out --html=webp.html
is "a WebP with an orientation" "$(grep -o 'data:image/jpeg;base64,[^"]*' webp.html | cut -d, -f2 | while read -r picture; do
    echo "$picture" | base64 -d | djpeg -pnm | head -c 15 | sed -n 2p
done | tr '\n' ';')" '160 120;160 120;'
has webp.html 'metadata, orientation 6'

# ---- one page of a run and of its report
cp page.html run.html
for names in 'in to' ''; do
    # shellcheck disable=SC2086
    runs 0 --html=page.html --from-report=report $names
    same page.html run.html
done
"$EXIFNORM" --html=page.html --from-report=- <report
is "a report on standard input" $? 0
same page.html run.html
runs 1 --check --html=check.html --report=check in in/landscape-6.jpg
runs 0 --html=again.html --from-report=check
same check.html again.html
has check.html '>to-turn<td'
check "a page of --check has no picture of after" sh -c '! grep -q alt=.now check.html'
mkdir several
runs 0 --html=several.html --report=several.report in/landscape-6.jpg in/rgb8-8.png several
runs 0 --html=again.html --from-report=several.report
same several.html again.html
is "pictures of several inputs" "$(grep -o 'alt="[a-z]*"' several.html | sort | uniq -c | tr -s ' ' | tr '\n' ';')" ' 2 alt="before"; 2 alt="now";'
copy_tree in place
runs 1 --in-place --backup=kept --html=place.html --report=place.report place
is "pictures of --in-place, before out of the backup" "$(grep -o 'alt="before"' place.html | wc -l)" 7
is "and after" "$(grep -o 'alt="now"' place.html | wc -l)" 6
runs 0 --html=again.html --from-report=place.report
same place.html again.html
mkdir masks
cp "$testdata/jpeg/landscape-6.jpg" masks/a.jpg
cp "$testdata/jpeg/landscape-1.jpg" masks/a_mask.jpg
runs 1 --check --labels --masks='*_mask.jpg' --html=masks.html --report=masks.report masks
has masks.html '["masks/a_mask.jpg","mask",1,"displayed: 1"]'
runs 0 --html=again.html --from-report=masks.report
same masks.html again.html
runs 1 --dry-run --html=dry.html in nowhere
has dry.html 'nothing was written'
absent nowhere
tar -C in -cf in.tar .
runs 1 --tar --html=tar.html --report=tar.report in.tar out.tar
has tar.html 'There is none: no image could be read again.'
is "rows of an archive" "$(python3 paths.py tar.html | wc -l)" "$(($(wc -l <tar.report) - 2))"

# ---- a run that did not reach its end
check "a whole run" sh -c '! grep -q "did not reach its end" run.html'
runs 1 --on-error=stop --html=stopped.html in to2 -j1
has stopped.html 'The run did not reach its end.'
sed '$d' report >cut
runs 0 --html=cut.html --from-report=cut
has cut.html 'The run did not reach its end.'
head -c -20 cut >torn
runs 0 --html=cut.html --from-report=torn

# ---- paths that have more in common than a digit can say
{
    sed -n 1p report
    for i in 1 2 3; do
        sed -n 's/"path":"landscape-1.jpg"/"path":"'"$(printf '%070d' 7)$i"'"/p' report
    done
} >alike
runs 0 --html=alike.html --from-report=alike
python3 paths.py alike.html | cut -d'|' -f1 >found
for i in 1 2 3; do printf '%070d%d\n' 7 $i; done >wanted
same found wanted

# ---- what would make the page too large is left out, failures and warnings last
python3 - <<'END'
import hashlib, json
item = {"outcome": "untouched", "format": "jpeg", "orientation": 1, "warnings": [], "size_before": [8, 8], "error": None}
with open("long", "w") as file:
    print('{"exifnorm":"0.1.0","options":{"in":"no","out":"where"}}', file=file)
    for i in range(20000):
        name = "".join(hashlib.sha512(b"%d %d" % (i, k)).hexdigest() for k in range(2))
        more = {"outcome": "failed", "error": "damaged"} if i % 100 == 99 else {"warnings": ["harmless-noise"]} if i % 10 == 1 else {}
        print(json.dumps({"path": name, **item, **more}), file=file)
END
runs 0 --html=long.html --from-report=long
check "its size: $(stat -c %s long.html)" test "$(stat -c %s long.html)" -lt 5000000
python3 paths.py long.html >rows
check "$(wc -l <rows) rows" test "$(wc -l <rows)" -gt 5000 -a "$(wc -l <rows)" -lt 20000
is "failed ones" "$(grep -c '|failed|' rows)" 200
is "warned ones" "$(grep -c '|untouched|1|128|' rows)" 2000
has long.html "\"items\":20000,\"listed\":$(wc -l <rows),"

# ---- what is refused, and leaves an older page alone
echo old >old.html
for report in in/sub/note.txt wanted.py; do
    runs 2 --html=old.html --from-report=$report
    has err 'not a report of exifnorm'
done
printf '{"exifnorm":"0.1.0","options":{"in":"in","out":"to"}}\n{"path":"x","outcome":"no such"}\n' >strange
runs 2 --html=old.html --from-report=strange
has err 'line 2'
runs 2 --html=old.html --from-report=check in to
is "the older page" "$(cat old.html)" old
runs 2 --from-report=report
runs 2 --html=old.html --from-report=report in
runs 2 --html=old.html --from-report=report --check in
runs 2 --html=report --from-report=report
has err 'would replace the report'
has report '"totals"'
runs 2 --html=- in to3
runs 2 --html=in/page.html in to3
has err 'the page would be inside IN'
runs 2 --html=to/page.html --overwrite in to
has err 'the page would be inside OUT'
runs 2 --html=same --report=same in to3
# By other paths, too, and where none of them exists yet: the last to be written would replace the others.
runs 2 --html=./same --report=same in to3
has err 'the page and the report are the same file'
runs 2 --html=./same --state=same in to3
has err 'the page and the state are the same file'
runs 2 --html=./same.jpg in/landscape-6.jpg same.jpg
has err 'the page would replace OUT'
absent same
absent same.jpg
runs 2 --check --html=in/landscape-6.jpg in
absent to3
runs 3 --html=nowhere/page.html in to3
has err 'cannot write the page'
absent to3/landscape-6.jpg
if [ -w /dev/full ]; then
    runs 3 --html=/dev/full in to4
    has err 'cannot write the page: No space left'
fi

# ---- paths of a report that lead elsewhere are not followed
mkdir -p away/in away/out && cp "$testdata/jpeg/landscape-6.jpg" away
sed -e '1s/"in":"in","out":"to"/"in":"away\/in","out":"away\/out"/' -e 's/"path":"landscape-6.jpg"/"path":"..\/landscape-6.jpg"/' report >leads
runs 0 --html=leads.html --from-report=leads
is "pictures" "$(grep -c '<img' leads.html)" 0

# ---- boxes of labels that were moved; of all formats, orientations, frames and modes labels/program.py has them
mkdir drawn
cp "$testdata/jpeg"/landscape-[1-8].jpg drawn
python3 - >drawn/all.json <<'END'
import json
places = [[20, 30, 100, 50], [200, 30, 100, 50], [200, 160, 100, 50], [20, 160, 100, 50], [30, 20, 50, 100], [30, 200, 50, 100], [160, 200, 50, 100], [160, 20, 50, 100]]
print(json.dumps({"images": [{"id": i, "file_name": "landscape-%d.jpg" % (i + 1)} for i in range(8)],
                  "annotations": [{"id": i, "image_id": i, "bbox": place} for i, place in enumerate(places)]}))
END
cat >boxes.py <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import program_page
page = program_page.Page(sys.argv[2])
for name, sides in sorted(page.figures.items()):
    for box in program_page.rounded(sides[sys.argv[3]][2]) if sys.argv[3] in sides else ["-"]:
        print(name, *box)
END
# boxes PAGE SIDE: where they are on each picture; "-": there is none.
boxes() {
    python3 boxes.py "$cli/../labels" "$1" "$2"
}
for i in 1 2 3 4 5 6 7 8; do echo "landscape-$i.jpg 20.0 30.0 120.0 80.0"; done >wanted
runs 0 drawn drawn-out --labels --labels-frame=stored --html=drawn.html --report=drawn.report
boxes drawn.html before >found
same found wanted
boxes drawn.html now >found
same found wanted
runs 0 --html=again.html --from-report=drawn.report
same again.html drawn.html
has drawn.html 'Boxes: 1 of 1 shape of <bdi>all.json</bdi></div>'
runs 0 drawn drawn-out --labels --labels-frame=stored --resume --overwrite --html=on.html
boxes on.html before >found
same found wanted

# A report says formats by their words; the one that came last is known as well.
mkdir last
cp "$testdata/jpeg/landscape-6.jpg" last
printf '%s\n' '{"description": "", "tags": [], "size": {"height": 320, "width": 240}, "objects": [{"geometryType": "rectangle", "points": {"exterior": [[1, 2], [3, 4]]}}]}' >last/landscape-6.jpg.json
runs 0 last last-out --labels --labels-frame=stored --html=last.html --report=last.report
runs 0 --html=again.html --from-report=last.report
same again.html last.html
has last.html 'Boxes: 1 of 1 shape of <bdi>landscape-6.jpg.json</bdi></div>'

# What is not there any more, or is another file, is not drawn, and that is said.
cp drawn/all.json all.json
sed -i 's/\[20, 30, /[20, 31, /' drawn/all.json
runs 0 --html=other.html --from-report=drawn.report
boxes other.html before >found
is "boxes of before, one of which was edited" "$(grep -e - found | grep -c ' -$')" 1
has found 'landscape-1.jpg -'
has other.html 'now only: the label file of before is gone, or has changed'
rm drawn/all.json
runs 0 --html=gone.html --from-report=drawn.report
is "boxes of before" "$(boxes gone.html before | grep -c ' -$')" 8
boxes gone.html now >found
same found wanted
echo '{"images": [' >drawn/all.json
runs 0 --html=broken.html --from-report=drawn.report
has broken.html '1 label file could not be read again, or not within bounds: boxes of it are not drawn.'
cp all.json drawn
rm drawn-out/all.json
runs 0 --html=lost.html --from-report=drawn.report
is "boxes of before alone, whose frame nobody knows" "$(boxes lost.html before | grep -c ' -$')" 8

# Tilted boxes, points, and more than are drawn. SVG rotates a tilted box about the corner about which Label Studio does.
mkdir many
cp "$testdata/jpeg/landscape-6.jpg" many/a.jpg
cp "$testdata/jpeg/landscape-3.jpg" many/b.jpg
cp "$testdata/jpeg/landscape-6.jpg" many/c.jpg
for i in $(seq 60); do echo "0 0.5 0.5 0.25 0.0$((10 + i))"; done >many/a.txt
cat >many/tilted.json <<'END'
[{"data": {"image": "b.jpg"}, "annotations": [{"result": [{"original_width": 320, "original_height": 240, "type": "rectanglelabels",
  "value": {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 30}}]}]}]
END
cat >many/points.json <<'END'
{"images": [{"id": 1, "file_name": "c.jpg"}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [10, 20, 2], "num_keypoints": 1},
  {"id": 2, "image_id": 1, "iscrowd": 1, "bbox": [1, 2, 3, 4], "segmentation": {"size": [320, 240], "counts": [76800]}}]}
END
runs 0 many many-out --labels --labels-frame=stored --html=many.html --report=many.report
has many.html 'Boxes: 50 of 60 shapes of <bdi>a.txt</bdi>'
has many.html 'transform="rotate(30 32 48)"'
has many.html '<rect x=10 y=20 width=1 height=1></rect>'
has many.html 'Boxes: 2 of 3 shapes of <bdi>points.json</bdi>'
is "tilted boxes before and after" "$(grep -o 'transform="rotate' many.html | wc -l)" 2
runs 0 --html=again.html --from-report=many.report
same again.html many.html
mkdir pose
cp "$testdata/jpeg/landscape-6.jpg" pose/a.jpg
echo '0 0.5 0.5 0.5 0.5 0.25 0.125' >pose/a.txt
printf 'path: .\nnames: [a]\nkpt_shape: [1, 2]\n' >pose/data.yaml
runs 0 pose pose-out --labels --labels-frame=stored --html=pose.html
has pose.html '<rect x=60 y=80 width=120 height=160></rect><path d="M60 40h0v0"></path></g>'
has pose.html '<rect x=80 y=60 width=160 height=120></rect><path d="M280 60h0v0"></path></svg>'
runs 0 --dry-run many many-dry --labels --labels-frame=stored --html=dry.html
check "a dry run has moved nothing" sh -c '! grep -q "preserveAspectRatio=none><g\|class=labels>" dry.html'

# Of many label files those are read that are named like an image that is shown.
mkdir -p crowd/images crowd/labels
echo "0 0.5 0.25 0.5 0.25" >label
copies "$testdata/jpeg/landscape-6.jpg" crowd/images/%g.jpg 1001 2020
copies label crowd/labels/%g.txt 1001 2020
runs 0 crowd crowd-out --labels --labels-frame=stored --html=crowd.html
is "boxes on them" "$(boxes crowd.html before | tr '\n' ';')" \
    'images/1001.jpg 200.0 60.0 280.0 180.0;images/1002.jpg 200.0 60.0 280.0 180.0;images/1003.jpg 200.0 60.0 280.0 180.0;'

# The same of those that are named like the image and its ending; those of other images are not.
mkdir -p super/img super/ann
sed 's/\[1, 2\], \[3, 4\]/[10, 20], [49, 69]/' last/landscape-6.jpg.json >label
copies "$testdata/jpeg/landscape-6.jpg" super/img/%g.jpg 1001 2020
copies label super/ann/%g.jpg.json 1001 2020
runs 0 super super-out --labels --labels-frame=stored --html=super.html --report=super.report
is "boxes on them" "$(boxes super.html before | tr '\n' ';')" \
    'img/1001.jpg 250.0 10.0 300.0 50.0;img/1002.jpg 250.0 10.0 300.0 50.0;img/1003.jpg 250.0 10.0 300.0 50.0;'
echo '{' | tee super/ann/2000.jpg.json >super-out/ann/2000.jpg.json
runs 0 --html=again.html --from-report=super.report
same again.html super.html

# ---- label files of names that a page shows otherwise than they are
mkdir odd
for name in "$(printf 'line\nbreak')" "$(printf 'latin-\374')" 'back\slash'; do
    cp "$testdata/jpeg/landscape-6.jpg" "odd/$name.jpg"
    echo "0 0.5 0.25 0.5 0.25" >"odd/$name.txt"
done
runs 0 odd odd-out --labels --labels-frame=stored --html=odd.html --report=odd.report
boxes odd.html before >found
sed 's/ 200.0 60.0 280.0 180.0$//' found >names
is "names of the images with a box in its place" "$(tr '\n' ' ' <names)" 'back\\slash.jpg latin-\xFC.jpg line\nbreak.jpg '
boxes odd.html now >after
same after found
has odd.html 'Boxes: 1 of 1 shape of <bdi>line\nbreak.txt</bdi>'
has odd.html 'Boxes: 1 of 1 shape of <bdi>latin-\xFC.txt</bdi>'
runs 0 --html=again.html --from-report=odd.report
same again.html odd.html

# ---- a worker that crashes, or hangs, costs its picture and no other one
if [ -x "$EXIFNORM-hooks" ]; then
    cp run.html all.html
    printf EXN-HOOK:crash >>in/landscape-1.jpg
    printf EXN-HOOK:hang >>in/landscape-6.jpg
    EXIFNORM=$EXIFNORM-hooks runs 0 --timeout=1 --html=page.html --from-report=report
    is "pictures that are left out" "$(($(grep -o '<img' all.html | wc -l) - $(grep -o '<img' page.html | wc -l)))" 2
    is "and said to be" "$(grep -o 'the source is not there, or cannot be decoded' page.html | wc -l)" 2
else
    skipped "misbehaving workers: no $EXIFNORM-hooks"
fi
finish
