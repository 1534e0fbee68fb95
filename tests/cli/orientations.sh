#!/bin/sh
# SPDX-License-Identifier: MIT
# --orientations: images are rotated by a list, whatever they say themselves.
. "$(dirname "$0")/lib.sh"

# landscape-N and rgb8-N show one picture each. Without their tags, the list makes of them what a run makes of the tags.
mkdir tagged
for o in 1 2 3 4 5 6 7 8; do
    cp "$testdata/jpeg/landscape-$o.jpg" "$testdata/png/rgb8-$o.png" tagged
done
runs 0 tagged in --mode=drop
runs 0 tagged wanted
for o in 1 2 3 4 5 6 7 8; do
    printf 'landscape-%s.jpg,%s\nrgb8-%s.png,%s\n' $o $o $o $o
done >list.csv
runs 0 in out1 --orientations=list.csv --verify --report=report
check "the list does what tags do" diff -r wanted out1
is "what the report says" "$(grep -c '"orientation_given":[1-8],' report)" 16
has report '"orientations":"list.csv"'
has report '"transform":{"exif":6,"transpose":true,"flip_x":false,"flip_y":true},"size_before":[90,120]'
is "transforms by value" "$(sed -n 's/.*"orientation_given":\([1-8]\),.*"transform":{"exif":\([1-8]\),.*/\1\2/p' report | sort -u | tr '\n' ' ')" "22 33 44 55 66 77 88 "
has report '"path":"rgb8-6.png","outcome":"lossless","method":"samples","format":"png","orientation":null,"orientation_place":"none","orientation_given":6,'
runs 0 --check out1

# The list wins over the tag, also with 1, which removes it; what is not listed is treated as usual.
printf 'landscape-6.jpg,3\nlandscape-8.jpg,1\n' >other.csv
runs 0 tagged out2 --orientations=other.csv --verify --report=report
mkdir dropped
cp in/landscape-6.jpg dropped
printf 'landscape-6.jpg,3\n' >one.csv
runs 0 dropped turned --orientations=one.csv
same turned/landscape-6.jpg out2/landscape-6.jpg
same in/landscape-8.jpg out2/landscape-8.jpg
same wanted/landscape-7.jpg out2/landscape-7.jpg
has report '"path":"landscape-8.jpg","outcome":"metadata","method":"edit","format":"jpeg","orientation":8,"orientation_place":"ifd0","orientation_given":1,'
has report '"path":"landscape-7.jpg","outcome":"lossless","method":"coefficients","format":"jpeg","orientation":7,"orientation_place":"ifd0","orientation_given":null,'
runs 0 --check out2

# ---- what is looked at is what would be done
runs 1 --check in --orientations=list.csv
has out "'in/rgb8-6.png': no orientation, 6 is given"
is "files that need work" "$(grep -c 'is given$' out)" 14
check "the histogram" grep -q '^ *2  orientation 5$' out
runs 0 --check in
runs 0 in never --orientations=list.csv --dry-run
check "a dry run" grep -q '^ *14  lossless  ' out
absent never

# ---- forms of the list
mkdir forms 'forms/a "b"' forms/sub
cp in/rgb8-6.png 'forms/a "b"/c,d.png'
cp in/rgb8-6.png forms/sub/plain.png
cp in/rgb8-6.png "forms/line
feed.png"
printf '\357\273\277path,"EXIF orientation"\r\n"a ""b""/c,d.png",6\r\n\r\n./sub//plain.png,"6"\r\n"line\nfeed.png",6' >forms.csv
runs 0 forms out3 --orientations=forms.csv
for f in 'a "b"/c,d.png' sub/plain.png "line
feed.png"; do
    same "out3/$f" wanted/rgb8-6.png
done
printf 'sub/plain.png,6\n' >short.csv
runs 0 forms out4 --orientations=short.csv
same out4/sub/plain.png wanted/rgb8-6.png
same 'out4/a "b"/c,d.png' in/rgb8-6.png

# wrong MESSAGE LIST: refused by line, and nothing is written.
wrong() {
    printf "$2" >bad.csv
    runs 2 forms bad --orientations=bad.csv --report=bad.report
    has err "'bad.csv': $1"
    absent bad
    absent bad.report
    absent bad.exifnorm-state
}
wrong "the list of orientations is empty: a line is a path, a comma and a value from 1 to 8" ''
wrong "the list of orientations is empty" 'path,orientation\n\n'
wrong "line 1: an EXIF orientation is expected, 1 to 8" 'plain,exif6\n'
wrong "line 1: an EXIF orientation is expected, 1 to 8" 'plain.png,exif\n'
wrong "line 1: an EXIF orientation is expected, 1 to 8" 'sub/plain,orientation\nsub/plain.png,6\n'
wrong "line 1: an EXIF orientation is expected, 1 to 8" 'sub/plain.png,0\n'
wrong "line 1: an EXIF orientation is expected, 1 to 8" 'sub/plain.png,9\n'
wrong "line 1: an EXIF orientation is expected, 1 to 8" 'sub/plain.png,90\n'
wrong "line 1: an EXIF orientation is expected, 1 to 8" 'sub/plain.png,60\n'
wrong "line 1: an EXIF orientation is expected, 1 to 8" 'sub/plain.png, 6\n'
wrong "line 1: an EXIF orientation is expected, 1 to 8" 'sub/plain.png,right-top\n'
wrong "line 2: an EXIF orientation is expected, 1 to 8" 'path,orientation\nsub/plain.png,\n'
wrong "line 2: an EXIF orientation is expected, 1 to 8" 'sub/plain.png,6\npath,orientation\n'
wrong "line 3: there is no such file in IN" 'path,exif\nsub/plain.png,6\nsub/none.png,6\n'
wrong "line 1: there is no such file in IN" 'sub,6\n'
wrong "line 4: its path is on line 2, too" 'path,exif\nsub/plain.png,6\n"a ""b""/c,d.png",6\n./sub/plain.png,6\n'
wrong "line 1: not relative to IN" '/sub/plain.png,6\n'
wrong "line 1: leads out of IN" 'sub/../../forms/sub/plain.png,6\n'
wrong "line 1: names no file" ',6\n'
wrong "line 1: two fields are expected" 'sub/plain.png\n'
wrong "line 2: two fields are expected" 'sub/plain.png,6\nsub/plain.png,6,\n'
wrong "line 1: its quote is not closed" '"sub/plain.png,6\n\n'
wrong "line 1: a comma or the end of the line is expected after a quote" '"sub/plain.png"x,6\n'
wrong "line 1: a field with a quote in it has to be quoted" 'sub/"plain".png,6\n'
wrong "line 1: a field with a carriage return in it has to be quoted" 'sub/plain.png,6\r'
wrong "line 1: it contains a NUL byte" 'sub/plain.png\000,6\n'
runs 2 forms bad --orientations=none.csv
has err "'none.csv': cannot open the list of orientations"
runs 2 forms bad --orientations=short.csv --mode=drop
has err "--orientations and --mode=drop exclude each other"
runs 2 forms bad --orientations=short.csv --report=short.csv
has err "the list of orientations and the report are the same file"
has short.csv sub/plain.png
runs 2 --check forms --orientations=list.csv
has err "'list.csv': line 1: there is no such file in IN"
# A link to a folder is not followed, so nothing behind it is met.
ln -s sub forms/link
wrong "line 1: there is no such file in IN" 'link/plain.png,6\n'
rm forms/link

# ---- one file, by its name
runs 0 in/rgb8-6.png one.png --orientations=list.csv
same one.png wanted/rgb8-6.png
printf 'rgb9.png,6\n' >name.csv
runs 2 in/rgb8-6.png none.png --orientations=name.csv
absent none.png
printf 'rgb8-6.png,6\n' >name.csv
runs 0 in/rgb8-6.png named.png --orientations=name.csv
same named.png wanted/rgb8-6.png
"$EXIFNORM" in/rgb8-6.png - --orientations=name.csv >piped.png 2>err
is "status to standard output" $? 0
same piped.png wanted/rgb8-6.png
runs 2 - - --orientations=name.csv
has err "standard input has none"

# ---- what cannot be rotated says so
mkdir others
cp "$testdata/other/still-1.webp" others
echo text >others/a.txt
printf 'still-1.webp,6\n' >webp.csv
runs 1 others out6 --orientations=webp.csv
check "unsupported" grep -q '^ *1  unsupported  ' out
has err "still-1.webp': unsupported: copied unchanged, webp to be rotated by orientation 6; see --webp=rotate"
printf 'still-1.webp,1\n' >webp.csv
runs 0 others out7 --orientations=webp.csv
printf 'a.txt,6\n' >text.csv
runs 1 others out8 --orientations=text.csv
has err "others/a.txt': not an image: --orientations says otherwise"
runs 1 --check others --orientations=text.csv
has err "others/a.txt': not an image: --orientations says otherwise"

# ---- a sidecar follows its image
mkdir beside
cp in/rgb8-6.png beside
cat >beside/rgb8-6.png.xmp <<'EOF'
<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:ImageWidth='48' tiff:ImageLength='32'/></rdf:RDF></x:xmpmeta>
EOF
runs 0 beside out9 --orientations=name.csv
check "the sidecar's sizes are exchanged" grep -q "tiff:ImageWidth='120' tiff:ImageLength='90'" out9/rgb8-6.png.xmp
runs 0 beside out10
same out10/rgb8-6.png.xmp beside/rgb8-6.png.xmp
# A sidecar goes by its image's line, and has none of its own.
printf 'rgb8-6.png.xmp,6\n' >aside.csv
runs 1 beside out11 --orientations=aside.csv
has err "beside/rgb8-6.png.xmp': not an image: --orientations says otherwise"
absent out11/rgb8-6.png.xmp
runs 1 beside out12 --orientations=aside.csv --on-error=keep
same out12/rgb8-6.png.xmp beside/rgb8-6.png.xmp
runs 1 --check beside --orientations=aside.csv
has err "beside/rgb8-6.png.xmp': not an image: --orientations says otherwise"
runs 1 beside/rgb8-6.png.xmp - --orientations=aside.csv
has err "rgb8-6.png.xmp': not an image: --orientations says otherwise"
runs 1 beside/rgb8-6.png.xmp aside.xmp --orientations=aside.csv
absent aside.xmp
tar cf aside.tar -C beside rgb8-6.png rgb8-6.png.xmp
runs 1 aside.tar aside_out.tar --tar --orientations=aside.csv
has err "rgb8-6.png.xmp': not an image: --orientations says otherwise"
# Nor has an index of archives.
mkdir indexed
cp aside.tar indexed
printf 'v1.2 1\npng 512 3 rgb8-6\n' >indexed/aside.idx
printf 'aside.idx,6\n' >aside.csv
runs 1 indexed out13 --tar --orientations=aside.csv
has err "indexed/aside.idx': not an image: --orientations says otherwise"

known() {
    sed -n 's/ *\([0-9]*\)  of these by an earlier run/\1/p' out
}
# ---- resume: under the same list what is done is kept, under another one it is done again
runs 0 in resumed --resume --orientations=list.csv
runs 0 in resumed --resume --orientations=list.csv --report=report
is "all known" "$(known)" 16
sed 's/^rgb8-6.png,6/rgb8-6.png,8/' list.csv >changed.csv
runs 0 in resumed --resume --orientations=changed.csv --report=report
is "none known" "$(known)" ""
sort -r list.csv >reverse.csv
runs 0 in resumed2 --resume --orientations=list.csv
runs 0 in resumed2 --resume --orientations=reverse.csv --report=report
is "the order of lines means nothing" "$(known)" 16

# ---- shards together do what one run does
for i in 0 1 2; do
    runs 0 in sharded --shard=$i/3 --orientations=list.csv
done
check "three shards" diff -r wanted sharded
ls in >all
runs 0 in from_list --files-from=all --orientations=list.csv
check "with --files-from" diff -r wanted from_list

# ---- members of archives, by name
(cd in && tar cf ../a.tar ./*)
(cd wanted && tar cf ../wanted.tar ./*)
runs 0 a.tar b.tar --tar --orientations=list.csv
mkdir untarred
tar xf b.tar -C untarred
check "members" diff -r wanted untarred
"$EXIFNORM" --tar --orientations=list.csv - - <a.tar >c.tar 2>err
is "status of a stream" $? 0
same c.tar b.tar
mkdir shards
cp a.tar shards/x.tar
cp a.tar shards/y.tar
cp in/rgb8-6.png shards
printf 'rgb8-6.png,6\ny.tar:rgb8-6.png,8\nx.tar:landscape-6.jpg,6\n' >members.csv
runs 0 shards shards_out --tar --orientations=members.csv --resume
mkdir x y
tar xf shards_out/x.tar -C x
tar xf shards_out/y.tar -C y
same x/rgb8-6.png wanted/rgb8-6.png
same shards_out/rgb8-6.png wanted/rgb8-6.png
printf 'rgb8-6.png,8\n' >eight.csv
mkdir six
cp in/rgb8-6.png six
runs 0 six six8 --orientations=eight.csv
same y/rgb8-6.png six8/rgb8-6.png
same x/landscape-6.jpg wanted/landscape-6.jpg
same y/landscape-6.jpg in/landscape-6.jpg
runs 0 shards shards_out --tar --orientations=members.csv --resume
printf 'nobody.png,6\nrgb8-6.png,6\nx.tar:rgb8-7.png,7\nz.tar:rgb8-7.png,7\n' >unmet.csv
runs 1 shards shards_unmet --tar --orientations=unmet.csv
has err "'unmet.csv': line 1: no file and no member is named 'nobody.png'"
has err "'unmet.csv': line 4: no file and no member is named 'z.tar:rgb8-7.png'"
is "complaints" "$(grep -c 'no member is named' err)" 2
runs 1 shards shards_archive --tar --orientations=webp.csv
printf 'x.tar,6\n' >archive.csv
runs 1 shards shards_archive2 --tar --orientations=archive.csv
has err "shards/x.tar': not an image: --orientations says otherwise"

# ---- the example of README.md: Open Images' degrees, counterclockwise
mkdir train
for o in 3 6 8; do
    cp "in/landscape-$o.jpg" train/id$o.jpg
done
printf 'ImageID,Subset,Title,Rotation\nid3,train,"a, b",180.0\nid6,train,c,270.0\nid8,train,d,90.0\nid9,train,e,0.0\nid10,train,f,\n' >train-images-boxable-with-rotation.csv
sed -n '/train-images-boxable-with-rotation.csv >list.csv$/p' "$testdata/../README.md" >example
is "lines of the example" "$(wc -l <example)" 1
sh -e example
runs 0 train upright --orientations=list.csv
for o in 3 6 8; do
    same upright/id$o.jpg wanted/landscape-$o.jpg
done

# ---- a folder of masks
check "masks, depth maps and panoptic PNGs" python3 "$cli/orientations.py" "$EXIFNORM"

finish
