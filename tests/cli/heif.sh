#!/bin/sh
# SPDX-License-Identifier: MIT
# HEIC and AVIF as libheif's encoder writes them, with every irot, imir and orientation in Exif (tests/cli/heif.py edits the boxes).
# libheif's own decoder (heif-convert) and exiftool read the outputs.
. "$(dirname "$0")/lib.sh"

tools=$testdata/../tests/cli
check "heif-convert is here (libheif-examples)" command -v heif-convert

# planes FILE NAME: those of its picture as heif-convert shows it, into NAME.y4m.
planes() {
    heif-convert "$1" "$2.y4m" >convert.out 2>&1 || cat convert.out
}

python3 "$tools/heif.py" matrix "$testdata/heif/420.heic" heic
python3 "$tools/heif.py" matrix "$testdata/heif/420.avif" avif
is "sources" "$(find heic avif -type f | wc -l)" 270

# ---- copied, by default: what says an orientation is named, with the way out
mkdir in
cp heic/nn1.heic heic/3n6.heic heic/nn6.heic avif/1n1.avif avif/nn3.avif in
runs 1 in to --report=report
check "byte for byte" diff -r in to
has err "exifnorm: 'in/3n6.heic': unsupported: copied unchanged, heic with orientation 6; see --heif"
has err "exifnorm: 'in/nn6.heic': unsupported: copied unchanged, heic with unclear orientation; see --heif"
has err "exifnorm: 'in/1n1.avif': unsupported: copied unchanged, avif with orientation 8; see --heif"
has report '"path":"nn1.heic","outcome":"copied"'
has report '"path":"3n6.heic","outcome":"unsupported","method":"none","format":"heic","orientation":6,"orientation_place":"item-property"'

# ---- drop: the stored picture, and nothing that rotates it
for kind in heic avif; do
    planes "$testdata/heif/420.$kind" stored
    check "what rotates in the sources" test "$(python3 "$tools/heif.py" audit "$testdata/heif/420.$kind" "$kind" | wc -l)" = 131
    runs 0 "$kind" "$kind.drop" --heif=drop --verify --report=report
    is "left alone" "$(grep -c '"outcome":"untouched"' report)" 4
    is "edited" "$(grep -c '"outcome":"metadata","method":"edit"' report)" 131
    is "sizes that stayed" "$(items report | grep -c '"bytes_before":\([0-9]*\),"bytes_after":\1,')" 135
    runs 0 --check "$kind.drop"
    is "what rotates in the outputs" "$(python3 "$tools/heif.py" audit "$testdata/heif/420.$kind" "$kind.drop")" ""
    exiftool -q -r -n -a -s3 -Orientation -Make "$kind.drop" >found 2>/dev/null
    is "orientations and Makes that exiftool finds" "$(sort -u found | xargs)" "1 abc"
    is "Make that stays" "$(grep -c abc found)" 120
    for name in nn6 0n6 1n1 2n3 3n6 n01 n12 105 117 308 31n; do
        planes "$kind/$name.$kind" before
        planes "$kind.drop/$name.$kind" after
        same after.y4m stored.y4m
        case $name in # what libheif has rotated
        nn6 | 0n6) same before.y4m stored.y4m ;;
        *) check "$name was rotated before" sh -c '! cmp -s before.y4m stored.y4m' ;;
        esac
    done
done
runs 0 avif mode --mode=drop
check "--mode=drop does the same" diff -r avif.drop mode
runs 0 heic.drop again --heif=drop
check "a second run changes nothing" diff -r heic.drop again

# ---- thumbnails are rotated as their picture is, and lose that with it; XMP loses its orientation, and its size is the same
mkdir more
python3 "$tools/heif.py" turn "$testdata/heif/thumbnail.heic" more/thumbnail.heic 3 - -
# One that is hidden and rotated by properties of its own; rotates FILE: what rotates any item in it.
python3 - more/thumbnail.heic more/hidden.heic "$tools" <<'EOF'
import sys
sys.path.insert(0, sys.argv[3])
import heif, struct
h = heif.Heif(sys.argv[1])
references = next(content for kind, _, content in h.meta if kind == b"iref")
number = next(struct.unpack_from(">H", content)[0] for kind, _, content in heif.boxes(references, 4) if kind == b"thmb")
kind, infe = h.types[number]
h.types[number] = (kind, infe[:3] + bytes([infe[3] | 1]) + infe[4:])
h.drop_property(b"irot", number)
h.add_property(b"imir", b"\0", item=number)
h.add_property(b"irot", b"\2", item=number)
h.write(sys.argv[2])
EOF
rotates() {
    python3 -c 'import sys
sys.path.insert(0, sys.argv[2])
import heif
h = heif.Heif(sys.argv[1])
print(sum(h.properties[i - 1][0] in (b"irot", b"imir") for found in h.associations.values() for _, i in found if i))' "$1" "$tools"
}
printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="8" tiff:Make="abc"/></rdf:RDF></x:xmpmeta>' >packet
python3 "$tools/heif.py" xmp heic/3n6.heic more/xmp.heic packet
python3 "$tools/heif.py" xmp heic/nnn.heic more/xmp_alone.heic packet
python3 -c 'import sys
sys.path.insert(0, sys.argv[1])
import heif
h = heif.Heif("more/xmp.heic")
h.backwards = True
h.write("more/backwards.heic")' "$tools"
is "exiftool of XMP" "$(exiftool -n -s3 -XMP:Orientation more/xmp.heic)" 8
runs 0 more more.drop --heif=drop --verify --report=report
has report '"reasons":["xmp-orientation"]'
is "what rotates a picture and its thumbnail" "$(rotates more/hidden.heic) $(rotates more.drop/hidden.heic) $(rotates more.drop/thumbnail.heic)" "3 0 0"
is "what exiftool finds" "$(exiftool -q -r -n -a -if '$Orientation and $Orientation != 1' -p '$FileName' more.drop 2>/dev/null)" ""
is "XMP that stays" "$(exiftool -q -r -s3 -XMP:Make more.drop | sort -u)" abc

# ---- what is cropped after it is rotated, or is not whole, fails and leaves no output
mkdir odd
python3 "$tools/heif.py" clap "$testdata/heif/420.heic" odd/cropped.heic 8 4 40 30
python3 "$tools/heif.py" turn odd/cropped.heic odd/then_rotated.heic 1 - -
python3 "$tools/heif.py" turn "$testdata/heif/420.heic" rotated.heic 1 - -
python3 - rotated.heic odd/rotated_first.heic "$tools" <<'EOF'
import sys
sys.path.insert(0, sys.argv[3])
import heif, struct
h = heif.Heif(sys.argv[1])
h.add_property(b"clap", struct.pack(">IIIIiIiI", 30, 1, 40, 1, 0, 1, 0, 1))
h.write(sys.argv[2])
h = heif.Heif(sys.argv[1])
h.add_property(b"irot", b"\2", item=1)
assert h.types[1][0] == b"hvc1" and h.types[h.primary][0] == b"grid"
h.write("odd/rotated_tile.heic")
h.types[1] = (b"hvc1", h.types[1][1][:3] + b"\0" + h.types[1][1][4:])
h.write("odd/shown_tile.heic")
with open(sys.argv[1], "rb") as file, open("odd/sequence.heic", "wb") as to:
    to.write(file.read() + heif.box(b"moov", bytes(8)))
h = heif.Heif(sys.argv[1])
h.types[h.primary] = (b"iden", h.types[h.primary][1].replace(b"grid", b"iden"))
h.write("odd/derived.heic")
EOF
{ cat rotated.heic && printf '\000\000\000\144free, and cut'; } >odd/cut_free.heic
runs 1 odd odd.drop --heif=drop --verify --report=report
has err "exifnorm: 'odd/rotated_first.heic': unsupported kind of image: it is cropped after it is rotated"
has report '"path":"then_rotated.heic","outcome":"metadata","method":"edit","format":"heic","orientation":8,"orientation_place":"item-property"'
has report '"size_before":[40,30],"size_after":[40,30]'
for name in rotated_tile shown_tile; do
    has err "exifnorm: 'odd/$name.heic': unsupported kind of image: it is made of rotated pictures"
done
has err "exifnorm: 'odd/cut_free.heic': damaged image data: the file ends before its boxes do"
has err "exifnorm: 'odd/sequence.heic': unsupported kind of image: an image sequence"
has err "exifnorm: 'odd/derived.heic': unsupported kind of image: it is derived from another picture"
is "outputs" "$(ls odd.drop | paste -sd' ')" "cropped.heic then_rotated.heic"
planes odd/cropped.heic before
planes odd.drop/then_rotated.heic after
same before.y4m after.y4m
for kind in heic avif; do
    python3 "$tools/heif.py" cut "$kind/3n6.$kind" "cut.$kind"
    runs 1 "cut.$kind" "cut.$kind.drop" --heif=drop
    is "outputs" "$(find "cut.$kind.drop" -type f | wc -l)" 0
    runs 1 "cut.$kind" "cut.$kind.copy"
    check "copied as they are" diff -r "cut.$kind" "cut.$kind.copy"
done

finish
