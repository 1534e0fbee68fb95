#!/bin/sh
# SPDX-License-Identifier: MIT
# --heif=png and --heif=jpeg over every irot, imir and orientation in Exif, and every way that testdata/heif has to code a picture.
# libheif's own program heif-convert shows what Y, Cb and Cr are, of a copy of the file which says that they are RGB; what they mean, and irot and imir,
# is computed anew. What it shows of the file itself comes near. From 1.19 on its matrix for 4:2:0 is rounded to 8 bits, so that it is a level off at times,
# and where pairs are parted it has chroma that was never coded.
. "$(dirname "$0")/lib.sh"

tools=$(cd "$testdata/../tests/cli" && pwd)
check "heif-convert is here (libheif-examples)" command -v heif-convert

# right HEIF PNG [NEAR] [BITS] [MATRIX] [FULL]: to be judged in the end, all in one process.
right() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "${3:-1}" "${4:-8}" "${5:-6}" "${6:-1}" >>to_be_right
}

# near A B MOST MEAN: asked of one Python that runs beside, since to start one takes longer than to compare.
mkfifo asked answered
python3 "$tools/heif_pixels.py" serve <asked >answered &
exec 3>asked 4<answered
near() {
    printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >&3
    answer=
    read -r answer <&4
    is "$1 is near $2" "$answer" near
}

# exiftool reads all that the matrix makes at once, too: what a tag is in how many files, and where it is there more than once.
tags() {
    exiftool -q -r -n -a -s2 -Orientation -Make -YCbCrSubSampling "$@" 2>/dev/null | grep -v '^=' | sort | uniq -c | xargs
}

ln -s "$testdata/heif" pictures # a name without spaces

# ---- the matrix: nothing is rotated twice, and Exif never counts
for kind in heic avif; do
    python3 "$tools/heif.py" matrix "$testdata/heif/420.$kind" $kind
    is "sources" "$(find $kind -type f | wc -l)" 135
    runs 0 $kind $kind.png --heif=png --verify --report=report
    is "lossless" "$(items report | grep -c '"outcome":"lossless","method":"samples"')" 135
    is "names" "$(find $kind.png -name '???.png' | wc -l)" 135
    has report '"path":"3n6.'$kind'","output":"3n6.png","outcome":"lossless"'
    check "files that differ in Exif alone are equal" python3 "$tools/heif_pixels.py" alike $kind.png
    names='nnn 0nn 1nn 2nn 3nn n0n n1n 00n 01n 10n 11n 20n 21n 30n 31n'
    [ $kind = heic ] || names='1nn n0n 11n 20n'
    for name in $names; do
        right $kind/$name.$kind $kind.png/$name.png
    done
    runs 0 --check $kind.png
    runs 1 --check $kind --heif=png

    runs 0 $kind $kind.jpg --heif=jpeg --verify --report=report
    is "coded anew" "$(items report | grep -c '"outcome":"requantized","method":"planes"')" 135
    for name in nnn 1nn n0n n1n 11n 3n6 208; do
        heif-convert $kind/$name.$kind planes.y4m >convert.out
        djpeg -nosmooth $kind.jpg/$name.jpg >made.ppm
        near made.ppm planes.y4m 30 2
    done
    runs 0 --check $kind.jpg
done
is "tags that exiftool finds" "$(tags heic.png avif.png heic.jpg avif.jpg)" "480 Make: abc 480 Orientation: 1 270 YCbCrSubSampling: 2 2"
runs 0 heic.png again --heif=png
check "a second run changes nothing" diff -r heic.png again

# ---- stored pixels, by the same way
runs 0 heic stored --heif=png --mode=drop --verify
for name in 1nn n0n 308; do
    near stored/$name.png heic.png/nnn.png 0 0
done

# ---- every coding
for f in "$testdata"/heif/*; do
    name=$(basename "$f")
    runs 0 "$f" "$name.png" --heif=png --verify -q
    case $name in
    *10bit*) right "$f" "$name.png" 1 10 ;;
    *12bit*) right "$f" "$name.png" 1 12 ;;
    gray*) right "$f" "$name.png" 1 8 0 ;; # whose planes are shown as they are
    *) right "$f" "$name.png" ;;
    esac
    runs 0 "$f" "$name.jpg" --heif=jpeg --heif-quality=100 --verify -q
done
is "samplings" "$(exiftool -q -p '$YCbCrSubSampling' 420.avif.jpg odd.heic.jpg 422.heic.jpg 422-10bit.avif.jpg 444.heic.jpg 12bit.avif.jpg | paste -sd,)" \
    "YCbCr4:2:0 (2 2),YCbCr4:2:0 (2 2),YCbCr4:2:2 (2 1),YCbCr4:2:2 (2 1),YCbCr4:4:4 (1 1),YCbCr4:2:0 (2 2)"
is "types of PNG" "$(exiftool -q -p '$ColorType,$BitDepth' gray.avif.png alpha.heic.png 12bit.avif.png | paste -sd,)" "Grayscale,8,RGB with Alpha,8,RGB,16"
is "components of a gray JPEG" "$(exiftool -s3 -ColorComponents gray.avif.jpg)" 1
djpeg 444.heic.jpg >made.ppm
near made.ppm 444.heic.png 6 1
for name in 420.avif odd.avif odd.heic; do # planes that go from one file into the other
    heif-convert "$testdata/heif/$name" planes.y4m >convert.out
    djpeg -nosmooth "$name.jpg" >made.ppm
    near made.ppm planes.y4m 6 1
done
for name in 422.heic 10bit.heic; do
    djpeg "$name.jpg" >made.ppm
    near made.ppm "$name.png" 100 5
done
# The pairs of upside.heic are parted: from the other end they are others.
python3 "$tools/heif.py" each <<EOF
turn pictures/420.heic clap1.heic 1 0 6
clap clap1.heic clap.heic 7 3 41 31
turn pictures/422.heic left.heic 3 - -
turn pictures/odd.heic upside.heic 2 - -
EOF
for name in clap left upside; do
    runs 0 $name.heic $name.png --heif=png --verify -q
    right $name.heic $name.png 0
    runs 0 $name.heic $name.jpg --heif=jpeg --heif-quality=100 --verify -q
    djpeg $name.jpg >made.ppm
    near made.ppm $name.png 160 7.5 # where chroma is halved, across hard edges
done
is "4:2:2 on its side" "$(exiftool -s3 -YCbCrSubSampling left.jpg)" "YCbCr4:4:0 (1 2)"

# ---- alpha is rotated and cropped once, with its picture, although the file says so of both
mkdir framed
for kind in heic avif; do
    for turns in '1 -' '2 -' '3 0' '- 0' '- 1'; do
        echo "turn pictures/alpha.$kind turned.$kind $turns -"
        echo "alpha turned.$kind framed/$(printf %s "$turns" | tr -- '- ' nn)-$kind.$kind"
    done
    echo "turn pictures/alpha.$kind turned.$kind 1 1 -"
    echo "clap turned.$kind cropped.$kind 7 3 41 31"
    echo "alpha cropped.$kind framed/clap-$kind.$kind"
done | python3 "$tools/heif.py" each
runs 0 framed framed.png --heif=png --verify -q
for name in framed/*; do
    right "$name" framed.png/"$(basename "${name%.*}")".png
done

# ---- what is not carried over is said
mkdir more
cp "$testdata"/heif/alpha.* "$testdata/heif/10bit.heic" "$testdata/heif/thumbnail.heic" more
rm more/alpha.heic
runs 0 more more.jpg --heif=jpeg --report=report
has report '"path":"10bit.heic","output":"10bit.jpg"'
is "warnings" "$(grep -o '"warnings":\[[^]]*\]' report | paste -sd' ')" '"warnings":["depth-reduced"] "warnings":["alpha-dropped"] "warnings":[]'

# ---- colors by code points: limited range is black to white; others than sRGB's get a profile. Colorants of Display P3 and BT.2020 are well known
mkdir coded
{
    echo colr pictures/420.avif limited.avif 1 13 1 0
    echo colr pictures/420.avif p3.avif 12 13 6 1
    echo colr pictures/420.avif bt2020.avif 9 1 6 1
    echo colr pictures/420.avif pq.avif 9 16 6 1
    for matrix in 0 1 2 5 6 9; do
        for name in 420 12bit alpha rgb gray; do
            echo colr pictures/$name.avif coded/$matrix-$name.avif 1 13 $matrix 0
        done
    done
} | python3 "$tools/heif.py" each
runs 0 limited.avif limited.png --heif=png -q
heif-convert limited.avif shown.png >convert.out
near limited.png shown.png 2 0.5
runs 0 coded coded.png --heif=png --verify -q
for matrix in 0 1 2 5 6 9; do
    for name in 420 12bit alpha rgb gray; do
        bits=8 means=$matrix
        case $matrix-$name in
        *-12bit) bits=12 ;;
        *-gray) means=0 ;;
        esac
        case $means in
        2 | 5) means=6 ;; # what says nothing is taken for JFIF's, and 5 is 6
        esac
        right coded/$matrix-$name.avif coded.png/$matrix-$name.png 0 $bits $means 0
    done
done
check "another range is another picture" sh -c '! python3 "$1" near limited.png 420.avif.png 3 1 2>/dev/null' sh "$tools/heif_pixels.py"
is "no profile" "$(python3 "$tools/heif_pixels.py" profile limited.png)" ""
runs 0 limited.avif limited.jpg --heif=jpeg --heif-quality=100 --verify -q
djpeg limited.jpg >made.ppm
near made.ppm limited.png 160 7.5 # halved anew
for name in p3 bt2020 pq; do
    runs 0 $name.avif $name.png --heif=png --verify -q
done
is "Display P3" "$(python3 "$tools/heif_pixels.py" profile p3.png | paste -sd,)" "cICP 12 13 0 1,rXYZ 0.5151 0.2412 -0.0011,gXYZ 0.2920 0.6922 0.0419,bXYZ 0.1571 0.0666 0.7841"
is "BT.2020" "$(python3 "$tools/heif_pixels.py" profile bt2020.png | paste -sd,)" "cICP 9 1 0 1,rXYZ 0.6735 0.2790 -0.0019,gXYZ 0.1657 0.6753 0.0300,bXYZ 0.1250 0.0456 0.7968"
is "PQ" "$(python3 "$tools/heif_pixels.py" profile pq.png)" "cICP 9 16 0 1"
runs 0 p3.avif p3.jpg --heif=jpeg --verify -q
is "profile of a JPEG" "$(exiftool -s3 -ICC_Profile:ColorSpaceData -ICC_Profile:RedMatrixColumn p3.jpg | paste -sd,)" "RGB,0.51512 0.2412 -0.00105"
runs 1 pq.avif pq.jpg --heif=jpeg
has err "a JPEG cannot say its colors (primaries 9, transfer 16 of ISO 23091-2); see --heif=png"
head -c 300 /dev/urandom >body
{
    printf '\0\0\001\270    \004\060\0\0mntrRGB XYZ '
    head -c 300 body
    head -c 116 body
} >some.icc
python3 "$tools/heif.py" icc "$testdata/heif/420.heic" icc.heic some.icc
runs 0 icc.heic icc.jpg --heif=jpeg -q
exiftool -b -ICC_Profile icc.jpg >icc.out
same icc.out some.icc

# ---- names: one output for each, and no other file's
mkdir -p names/sub
cp "$testdata/heif/420.heic" names/a.heic
cp "$testdata/heif/420.avif" names/a.avif
cp "$testdata/heif/420.avif" names/b.avif
cp "$testdata/jpeg/no-exif.jpg" names/b.jpg
cp "$testdata/jpeg/landscape-6.jpg" names/c.heic
cp "$testdata/heif/420.heic" names/sub/d.jpg
cp "$testdata/heif/420.heic" names/sub/e.v2
cp "$testdata/heif/420.heic" names/sub/F.HEIC
runs 1 names names.out --heif=jpeg --report=report --overwrite
has err "exifnorm: 'names/a.heic': output exists: another input becomes a.jpg, too; rename one of the two"
has err "exifnorm: 'names/b.avif': output exists: another input becomes b.jpg, too; rename one of the two"
is "outputs" "$(cd names.out && find . -type f | LC_ALL=C sort | paste -sd' ')" "./a.jpg ./b.jpg ./c.heic ./sub/F.jpg ./sub/d.jpg ./sub/e.v2.jpg"
same names.out/b.jpg names/b.jpg
is "JPEGs" "$(find names.out -type f -exec sh -c 'head -c 2 "$1" | od -An -tx1' sh {} \; | sort -u)" " ff d8"
mkdir into
runs 0 names/sub/F.HEIC names/c.heic into --heif=png
is "into a folder" "$(ls into | paste -sd' ')" "F.png c.heic"
runs 1 names names.out --heif=jpeg --resume --overwrite

# ---- the primary picture may be another one's thumbnail: what is decoded is what the file calls primary
python3 - "$testdata/heif/thumbnail.heic" "$tools" <<'EOF'
import struct
import sys
sys.path.insert(0, sys.argv[2])
import heif
h = heif.Heif(sys.argv[1])
found = [struct.unpack(">HHH", content[:6]) for kind, _, content in heif.boxes(dict((k, c) for k, _, c in h.meta)[b"iref"], 4) if kind == b"thmb"]
assert found[0][2] == h.primary, found
data = open(sys.argv[1], "rb").read()
at = data.index(b"pitm")
with open("small.heic", "wb") as file:
    file.write(data[:at + 8] + struct.pack(">H", found[0][0]) + data[at + 10:])
EOF
runs 0 small.heic small.png --heif=png --report=small.jsonl
is "size of the thumbnail" "$(pngcheck small.png | grep -o '[0-9]*x[0-9]*')" 32x24
is "warnings" "$(jq -c "select(.path).warnings" small.jsonl)" "[\"secondary-dropped\"]"

# ---- of several Exif and XMP, what describes the primary picture is carried over, or else what describes none
mkdir described
python3 - "$testdata/heif/thumbnail.heic" "$tools" <<'EOF'
import struct
import sys
sys.path.insert(0, sys.argv[2])
import heif
source = heif.Heif(sys.argv[1])
primary, other = [n for n, (kind, _) in source.types.items() if kind == b"grid"]
tile, tile_of_other = [n for n, (kind, _) in source.types.items() if kind == b"hvc1"]
assert primary == source.primary
for name, items in {
        "after": (("X", [other]), ("", []), ("P", [primary])),
        "before": (("P", [primary]), ("X", [other])),
        "none": (("X", [other]), ("N", []), ("Y", [])),
        "tile": (("X", [other]), ("X", [tile_of_other]), ("T", [tile])),
        "others": (("X", [other]),),
}.items():
    h = heif.Heif(sys.argv[1])
    for text, described in items:
        tiff = b"MM\0*" + struct.pack(">IHHHI4sI", 8, 1, 0x10F, 2, 2, text.encode().ljust(4, b"\0"), 0)
        h.add_item(b"Exif", b"\0", bytes(4) + tiff, described)
        h.add_item(b"mime", b"\0application/rdf+xml\0", b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
tiff:Make="%s"/></rdf:RDF></x:xmpmeta>""" % text.encode(), described)
    h.write(f"described/{name}.heic")
EOF
for kind in png jpeg; do
    runs 0 described described.$kind --heif=$kind --verify -q
done
cat >described.expected <<'EOF'
after,P,P
before,P,P
none,N,N
tile,T,T
others,-,-
EOF
for kind in png jpeg; do
    for name in after before none tile others; do
        printf '%s,%s,%s\n' $name "$(exiftool -f -s3 -IFD0:Make described.$kind/$name.*)" "$(exiftool -f -s3 -XMP-tiff:Make described.$kind/$name.*)"
    done >described.out
    same described.out described.expected
done

# ---- what does not go together
for other in --in-place\ --no-backup --on-error=keep; do
    # shellcheck disable=SC2086
    runs 2 names x --heif=png $other
done
runs 2 names x --heif-quality=80
absent x

# ---- broken, and too large by the header alone
for kind in heic avif; do
    python3 "$tools/heif.py" cut $kind/3n6.$kind cut.$kind
    runs 1 cut.$kind cut.$kind.png --heif=png
    is "outputs" "$(find cut.$kind.png -type f | wc -l)" 0
done
python3 - "$testdata/heif/420.avif" "$tools" <<'EOF'
import struct
import sys
sys.path.insert(0, sys.argv[2])
import heif
h = heif.Heif(sys.argv[1])
h.properties = [(k, c[:4] + struct.pack(">II", 60000, 60000) if k == b"ispe" else c) for k, c in h.properties]
h.write("bomb.avif")
h.properties = [(k, c[:4] + struct.pack(">II", 128, 96) if k == b"ispe" else c) for k, c in h.properties]
h.write("larger.avif")
h.properties = [(k, c[:4] + struct.pack(">II", 32, 24) if k == b"ispe" else c) for k, c in h.properties]
h.write("smaller.avif")
h.properties = [(k, c[:4] + struct.pack(">II", 1 << 31, 1 << 30) if k == b"ispe" else c) for k, c in h.properties]
h.write("past_64_bits.avif")
EOF
runs 1 bomb.avif bomb.png --heif=png
has err "limit exceeded: 60000x60000 has more than 500000000 pixels"
runs 1 bomb.avif bomb.png --heif=png --max-pixels=10000000000
has err "limit exceeded: needs"
runs 1 larger.avif larger.png --heif=png
has err "damaged image data: decoded to 64x48, but its header says 128x96"
runs 1 smaller.avif smaller.png --heif=png
has err "damaged image data: decoded to 64x48, but its header says 32x24"
# 24 bytes for each of its pixels are a multiple of 2^64.
runs 1 past_64_bits.avif past_64_bits.png --heif=png --max-pixels=18446744073709551615 --max-memory=1000G
has err "limit exceeded: needs"
absent bomb.png larger.png smaller.png past_64_bits.png

# ---- what nothing decodes is not called damaged
python3 - "$testdata/heif/420.avif" <<'EOF'
import struct
import sys
data = open(sys.argv[1], "rb").read()
with open("strange.avif", "wb") as file:
    file.write(data.replace(b"av01\0", b"ab\001d\0", 1))
with open("sequence.avif", "wb") as file:
    file.write(struct.pack(">I4s4sI4s", 20, b"ftyp", b"avis", 0, b"avis") + struct.pack(">I4sQ", 16, b"moov", 0))
EOF
runs 1 strange.avif strange.png --heif=png
has err "unsupported kind of image: coded as 'ab?d', which the installed libheif1 does not decode"
for what in png jpeg drop; do
    runs 1 sequence.avif sequence.$what --heif=$what
    has err "unsupported kind of image: an image sequence without a still picture can only be copied"
done
runs 0 sequence.avif sequence.copy
same sequence.avif sequence.copy

# ---- without libheif: each such file says what to install, and all others are done
mkdir -p fake few
printf 'int x;\n' | "${CC:-cc}" -shared -x c - -o fake/libheif.so.1
cp "$testdata/heif/420.heic" "$testdata/jpeg/landscape-6.jpg" few
libraries=${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} # of this build's own
export LD_LIBRARY_PATH="$PWD/fake$libraries"
runs 1 few few.png --heif=png
has err "exifnorm: 'few/420.heic': unsupported kind of image: libheif1 is too old: 1.13 or a later one is needed"
check "the other is there" test -s few.png/landscape-6.jpg
rm fake/libheif.so.1
mkdir fake/libheif.so.1
runs 1 few few.none --heif=png
check "the other is there" test -s few.none/landscape-6.jpg
LD_LIBRARY_PATH=${libraries#:}

is "PNGs that are not right" "$(python3 "$tools/heif_pixels.py" right to_be_right 2>&1)" ""
is "PNGs" "$(wc -l <to_be_right)" 79

finish
