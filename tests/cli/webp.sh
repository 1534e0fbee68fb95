#!/bin/sh
# SPDX-License-Identifier: MIT
# WebP files of Google's own tools: what browsers show stays, and what other readers would rotate by goes. webpinfo, dwebp and exiftool
# read the outputs.
. "$(dirname "$0")/lib.sh"

# tiff ORIENTATION: a TIFF of one IFD with Make and that tag.
tiff() {
    printf "II*\\0\\010\\0\\0\\0\\002\\0\\017\\001\\002\\0\\004\\0\\0\\0abc\\0\\022\\001\\003\\0\\001\\0\\0\\0\\00$1\\0\\0\\0\\0\\0\\0\\0"
}

mkdir in
djpeg "$testdata/jpeg/no-exif.jpg" >a.ppm
djpeg "$testdata/jpeg/landscape-1.jpg" >b.ppm
cwebp -quiet -q 60 a.ppm -o lossy.webp
cwebp -quiet -lossless -z 3 a.ppm -o lossless.webp
cwebp -quiet -q 60 b.ppm -o second.webp
webpmux -frame lossy.webp +100 -frame lossless.webp +50+10+20 -loop 3 -bgcolor 255,1,2,3 -o moving.webp 2>mux || cat mux
printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="8" tiff:Make="abc"/></rdf:RDF></x:xmpmeta>' >packet
tiff 1 >one
tiff 6 >six
for kind in lossy lossless moving; do
    webpmux -set exif six $kind.webp -o in/$kind-exif.webp 2>mux || cat mux
    webpmux -set exif one $kind.webp -o in/$kind-one.webp 2>mux || cat mux
    webpmux -set xmp packet $kind.webp -o in/$kind-xmp.webp 2>mux || cat mux
    webpmux -set xmp packet in/$kind-exif.webp -o in/$kind-both.webp 2>mux || cat mux
    cp $kind.webp in/$kind-none.webp
done
is "sources" "$(find in -type f | wc -l)" 15
is "exiftool of the sources" "$(exiftool -q -n -s3 -IFD0:Orientation in/*-exif.webp in/*-both.webp | sort | uniq -c | xargs)" "6 6"
is "in their XMP" "$(exiftool -q -n -s3 -XMP-tiff:Orientation in/*-xmp.webp in/*-both.webp | sort | uniq -c | xargs)" "6 8"

# picture FILE: what dwebp makes of it, or of each frame.
picture() {
    case $1 in
    *moving*) for n in 1 2; do
        webpmux -get frame $n "$1" -o frame.webp 2>mux && dwebp -quiet frame.webp -pam -o -
    done ;;
    *) dwebp -quiet "$1" -pam -o - ;;
    esac
}

# upright FOLDER: nothing in its files is to be rotated by. One exiftool for all, since to start it takes longer than to read.
upright() {
    is "orientations in $1" "$(exiftool -q -a -n -s3 -Orientation "$1"/*.webp | sort -u)" 1
}
makes() {
    exiftool -q -T -FileName -IFD0:Make -XMP-tiff:Make "$1"/*.webp
}

# right FOLDER: its files have the picture and nothing to rotate by.
right() {
    for f in in/*; do
        name=${f#in/}
        picture "$f" >before
        picture "$1/$name" >after
        same before after
        check "webpinfo of $1/$name" sh -c 'webpinfo "$1" | grep -q "^No error detected"' sh "$1/$name"
    done
    upright "$1"
    makes in >wanted
    makes "$1" >found
    check "the same Makes" diff wanted found
    is "files with a Make" "$(grep -c abc found)" 12
}

runs 0 in to --verify --report=report
right to
is "edited" "$(grep -c '"outcome":"metadata","method":"edit","format":"webp"' report)" 9
is "left" "$(grep -c '"outcome":"untouched","method":"none","format":"webp"' report)" 6
is "warned of" "$(grep -c '"orientation-ignored"' report)" 9
has report '"webp":"as-shown"'
for f in in/*-one.webp in/*-none.webp; do
    same "$f" "to/${f#in/}"
done
no_temporary to
runs 0 --check to
runs 1 --check in --report=checked
is "to edit" "$(grep -c '"outcome":"to-edit"' checked)" 9
has out "'in/lossy-exif.webp': orientation 6; exif-orientation; ambiguous: orientation-ignored"
runs 0 to again --report=report
check "an output needs nothing" diff -r to again
runs 0 in dropped --mode=drop
check "dropping is the same" diff -r to dropped

# The other ways to run: archives, standard streams, links, a run that goes on.
tar -cf in.tar in
runs 0 --tar in.tar out.tar --verify
mkdir tar
tar -xf out.tar -C tar
check "members" diff -r to tar/in
"$EXIFNORM" - - <in/moving-both.webp >piped 2>err
is "status to standard output" $? 0
same piped to/moving-both.webp
runs 0 in direct --write=direct --isolate -j3
check "written in place" diff -r to direct
runs 0 in resumed --resume
rm resumed/lossy-exif.webp
runs 0 in resumed --resume
check "gone on" diff -r to resumed

# --webp=rotate: there and back the picture is the same, every frame of it, or near where it is lossy.
runs 0 in turned --webp=rotate --verify --report=report
is "rotated exactly" "$(grep -c '"outcome":"lossless","method":"samples","format":"webp"' report)" 3
is "coded again" "$(grep -c '"outcome":"requantized","method":"planes","format":"webp"' report)" 6
for f in turned/*; do
    check "webpinfo of $f" sh -c 'webpinfo "$1" | grep -q "^No error detected"' sh "$f"
done
upright turned
is "its size" "$(dwebp -quiet turned/lossless-exif.webp -pam -o - | sed -n 2,3p | xargs)" "WIDTH 120 HEIGHT 160"
runs 0 --check turned
(cd turned && printf '%s,8\n' *-exif.webp *-both.webp && printf '%s,6\n' *-xmp.webp) >back.csv
runs 0 turned back --webp=rotate --orientations=back.csv
for f in in/lossless-*.webp; do
    picture "$f" >before
    picture "back/${f#in/}" >after
    same before after
done
runs 1 turned back2 --orientations=back.csv
is "messages" "$(grep -c 'webp to be rotated by orientation [68]; see --webp=rotate' err)" 9
runs 1 in refused --webp=rotate --edges=refuse
is "refused" "$(grep -c 'a lossy WebP cannot be rotated losslessly' err)" 6

# --webp=copy: as any format that is only looked at.
runs 1 in copied --webp=copy
check "byte for byte" diff -r in copied
is "messages" "$(grep -c 'unsupported: copied unchanged, webp with orientation [68]; --webp=as-shown removes it' err)" 9
runs 0 in copied2 --webp=copy --allow-unsupported
runs 1 --check in --webp=copy
is "lines" "$(grep -c '; unsupported webp' out)" 9

# --strict: readers disagree about every one.
runs 1 in strict --strict
is "refused" "$(grep -c 'refused by an option: ' err)" 9
is "the others" "$(find strict -type f | wc -l)" 6

# A sidecar goes with its image.
mkdir pair
cp in/lossy-exif.webp pair/a.webp
cp packet pair/a.webp.xmp
runs 0 pair paired
is "in the sidecar" "$(exiftool -n -s3 -Orientation paired/a.webp.xmp)" ""

# Damage and limits fail one file.
mkdir bad
head -c 300 in/lossy-exif.webp >bad/cut.webp
cp in/lossless-exif.webp bad/well.webp
runs 1 bad mended
has err "'bad/cut.webp': damaged image data: "
same to/lossless-exif.webp mended/well.webp
absent mended/cut.webp
runs 1 bad limited --max-memory=1000
has err "'bad/well.webp': limit exceeded: "

finish
