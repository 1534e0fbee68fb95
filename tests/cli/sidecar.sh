#!/bin/sh
# SPDX-License-Identifier: MIT
# XMP sidecars: edited as their image is, never copied in silence with an orientation.
. "$(dirname "$0")/lib.sh"

# sidecar FILE ORIENTATION: with a face region at 0.25, 0.125 of size 0.1, 0.2 and the picture's stored size.
sidecar() {
    cat >"$1" <<END
<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description rdf:about='' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'
 xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/' xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#'>
${2:+<tiff:Orientation>$2</tiff:Orientation>}
<dc:subject>kept</dc:subject>
<mwg-rs:Regions rdf:parseType='Resource'><mwg-rs:RegionList><rdf:Bag><rdf:li>
<rdf:Description mwg-rs:Name='A' mwg-rs:Type='Face'><mwg-rs:Area stArea:x='0.25' stArea:y='0.125' stArea:w='0.1' stArea:h='0.2' stArea:unit='normalized'/></rdf:Description>
</rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end='w'?>
END
}

# reads FILE...: name, orientation and region of each, by one exiftool.
reads() {
    exiftool -q -n -T -FileName -Orientation -RegionAreaX -RegionAreaY -RegionAreaW -RegionAreaH "$@" | tr '\t' ' '
}
stored="0.25 0.125 0.1 0.2"
# of REPORT PATH FIELD: a field of an item's line.
of() {
    jq -c --arg path "$2" "select(.path == \$path) | .$3" "$1"
}

mkdir -p in/d
for i in 1 2 3 4 5 6 7 8; do
    cp "$testdata/jpeg/landscape-$i.jpg" in/j$i.jpg
    sidecar in/j$i.xmp $i
    cp "$testdata/png/rgb8-$i.png" in/d/p$i.png 2>/dev/null || cp "$testdata/png/rgb8-3.png" in/d/p$i.png
    sidecar in/d/p$i.png.xmp ""
done
runs 0 in to --report=report
same in/j1.xmp to/j1.xmp
reads to/*.xmp to/d/p3.png.xmp >found
check "orientations and regions" diff - found <<END
j1.xmp 1 $stored
j2.xmp - 0.75 0.125 0.1 0.2
j3.xmp - 0.75 0.875 0.1 0.2
j4.xmp - 0.25 0.875 0.1 0.2
j5.xmp - 0.125 0.25 0.2 0.1
j6.xmp - 0.875 0.25 0.2 0.1
j7.xmp - 0.875 0.75 0.2 0.1
j8.xmp - 0.125 0.75 0.2 0.1
p3.png.xmp - 0.75 0.875 0.1 0.2
END
for i in 2 3 4 5 6 7 8; do
    has to/j$i.xmp "<dc:subject>kept</dc:subject>"
done
is "the report: outcome" "$(of report j6.xmp outcome)" '"metadata"'
is "the report: reasons" "$(of report j6.xmp reasons)" '["xmp-orientation"]'
is "the report: whose it is" "$(of report j6.xmp sidecar_of)" '"j6.jpg"'
is "the report: format" "$(of report j6.xmp format)" '"xmp"'
is "the report: orientation" "$(of report j6.xmp orientation)" 6
is "of the first one" "$(of report j1.xmp outcome)" '"copied"'
# p3 has no orientation, and regions all the same.
is "the report: below" "$(of report d/p3.png.xmp 'outcome')$(of report d/p3.png.xmp sidecar_of)" '"metadata""d/p3.png"'
runs 0 in again --report=second -j1
items report >first
items second | cmp -s - first
check "in any number of jobs" test $? = 0
# Again over the outputs: there is nothing to do.
runs 0 to third --link
check "a second run changes nothing" diff -r to third

# ---- --check says as much
runs 1 --check in --report=report
has out "'in/j6.xmp': orientation 6; xmp-orientation"
is "the check's report" "$(of report in/j6.xmp outcome)" '"to-edit"'
is "whose it is" "$(of report in/j6.xmp sidecar_of)" '"in/j6.jpg"'
runs 0 --check to
runs 1 --check in/j6.xmp
mkdir untouched
cp "$testdata/jpeg/no-exif.jpg" untouched/a.jpg
sidecar untouched/a.xmp 8
runs 1 --check untouched
has out "'untouched/a.xmp': orientation 8; xmp-orientation; ambiguous: xmp-orientation"
runs 0 untouched untouched.out --report=report
is "what exiftool reads of it" "$(reads untouched.out/a.xmp)" "a.xmp - $stored"
is "a sidecar that disagrees" "$(of report a.xmp warnings)" '["xmp-orientation"]'
runs 1 untouched untouched.strict --strict
absent untouched.strict/a.xmp

# ---- every way to write, and --mode=drop
for options in --write=direct --verify --link --dry-run -j1 --durable --no-sandbox "--shard=0/1 --resume"; do
    rm -rf other
    # shellcheck disable=SC2086
    runs 0 in other $options
    [ "$options" = --dry-run ] || check "outputs of $options" diff -r to other
done
runs 0 in dropped --mode=drop
is "what exiftool reads of one" "$(reads dropped/j6.xmp)" "j6.xmp - $stored"
runs 0 in copied --sidecars=copy --report=report
same in/j6.xmp copied/j6.xmp
is "the report of a copy" "$(of report j6.xmp format)" '"unknown"'
# One file, a list, a sidecar that comes first by its name.
runs 0 in/j6.xmp one.xmp
same one.xmp to/j6.xmp
printf 'j6.xmp\n' | "$EXIFNORM" in listed --files-from=- >out 2>err
same listed/j6.xmp to/j6.xmp
mkdir before
cp in/j6.jpg before/a.jpg
cp in/j6.xmp before/a.XMP
runs 0 before before.out
same before.out/a.XMP to/j6.xmp

# ---- whose it is cannot be known, or is nobody's
# whose NAME IMAGE... : in a folder of that name.
whose() {
    name=$1
    shift
    rm -rf whose whose.out
    mkdir whose
    sidecar "whose/$name" 6
    for f in "$@"; do cp "$testdata/jpeg/landscape-6.jpg" "whose/$f"; done
}
whose a.xmp a.jpg a.png
runs 1 whose whose.out --report=report
has err "'whose/a.xmp': unsupported: copied unchanged, xmp with orientation 6, and several images have its name"
same whose/a.xmp whose.out/a.xmp
is "the report: nobody's" "$(of report a.xmp sidecar_of)" null
is "its outcome" "$(of report a.xmp outcome)" '"unsupported"'
is "its warnings" "$(of report a.xmp warnings)" '["metadata-stale"]'
runs 1 --check whose/a.xmp
has out "a.xmp': orientation 6; xmp-orientation; unsupported xmp, and several images have its name"
runs 0 whose whose.out --overwrite --allow-unsupported
whose a.xmp a.jpg
printf 'II*\0\010\0\0\0\001\0\022\001\003\0\001\0\0\0\010\0\0\0\0\0\0\0' >whose/a.CR2
runs 0 whose whose.out --allow-unsupported
runs 1 --check whose/a.xmp
has out "several images"
whose a.xmp
runs 1 whose whose.out
has err "and no image has its name"
whose a.cr2.xmp a.jpg
printf 'II*\0\010\0\0\0\001\0\022\001\003\0\001\0\0\0\006\0\0\0\0\0\0\0' >whose/a.cr2
runs 1 whose whose.out
has err "'whose/a.cr2.xmp': unsupported: copied unchanged, xmp with orientation 6, whose image is not rotated either"
# Names that only look alike, labels, and a name that is the whole of the image's.
whose a.xmp a.jpg a-1.jpg a.b.png ab.jpg b.jpg ._a.png
echo label | tee whose/a.txt whose/a.json >/dev/null
mkdir whose/a.gif
runs 0 whose whose.out
same whose.out/a.xmp to/j6.xmp
whose a.jpg.xmp a.jpg a.jpg.jpeg a.png
runs 0 whose whose.out
same whose.out/a.jpg.xmp to/j6.xmp
# No XMP at all, and XMP that nobody can edit.
whose a.xmp a.jpg
printf 'static char *xpm[] = {};' >whose/a.xmp
runs 0 whose whose.out
same whose/a.xmp whose.out/a.xmp
printf '\377\376<\0O\0r\0i\0e\0n\0t\0a\0t\0i\0o\0n\0>\0006\0<\0' >whose/a.xmp
runs 1 whose whose.out --overwrite
has err "'whose/a.xmp': unsupported kind of image: it may hold an orientation that cannot be removed safely"

# ---- an image that fails takes its sidecar with it
for options in "" --write=direct; do
    whose a.xmp a.jpg
    cp whose/a.xmp whose/z.xmp
    head -c 9000 "$testdata/jpeg/landscape-6.jpg" >whose/a.jpg # its headers are well
    cp whose/a.jpg whose/z.jpg
    cp whose/a.xmp whose/z.XMP
    # shellcheck disable=SC2086
    runs 1 whose whose.out $options
    has err "'whose/a.xmp': refused by an option: its image failed"
    absent whose.out/a.xmp
    absent whose.out/z.XMP
    no_temporary whose.out
    # shellcheck disable=SC2086
    runs 1 whose whose.out --on-error=keep --overwrite $options
    same whose/a.jpg whose.out/a.jpg
    same whose/a.xmp whose.out/a.xmp
    same whose/z.XMP whose.out/z.XMP
    runs 1 whose whose.stop --on-error=stop
    rm -rf whose.stop
done

# ---- --resume: a sidecar is done anew when its image has changed
rm -rf in.small small
mkdir in.small
cp in/j6.jpg in.small/a.jpg
cp in/j6.xmp in.small/a.xmp
runs 0 in.small small --resume
runs 0 in.small small --resume
has out "2  of these by an earlier run"
cp in/j8.jpg in.small/a.jpg
runs 0 in.small small --resume
is "what exiftool reads after it" "$(reads small/a.xmp)" "a.xmp - 0.125 0.75 0.2 0.1"
cp in/j8.jpg in.small/a.jpeg
runs 1 in.small small --resume
has err "several images"
same small/a.xmp in/j6.xmp

# ---- to a stream with its image beside it, as to a file; from a stream its image is not known
"$EXIFNORM" -q in/j6.xmp - >stream.xmp 2>err
is "status of one to a stream" $? 0
same stream.xmp to/j6.xmp
"$EXIFNORM" -q --verify in/j1.xmp - >stream.xmp 2>err
same stream.xmp in/j1.xmp
for out in - stream.out; do
    rm -f stream.out
    "$EXIFNORM" - $out --report=report <in/j6.xmp >stream.xmp 2>err
    is "status of one from a stream" $? 1
    has err "'-': unsupported: copied unchanged, xmp with orientation 6, whose image is not known"
    [ $out != stream.out ] || cp stream.out stream.xmp
    same stream.xmp in/j6.xmp
    is "the report: a stream" "$(of report - outcome)$(of report - format)" '"unsupported""xmp"'
done
"$EXIFNORM" -q - - --allow-unsupported <in/j6.xmp >stream.xmp 2>err
is "status where it is allowed" $? 0
same stream.xmp in/j6.xmp
for begin in '' '\357\273\277' '  \n' '<?xml version="1.0"?>\n'; do
    # shellcheck disable=SC2059
    { printf "$begin"; sed 1d in/j6.xmp; } | "$EXIFNORM" -q - - >stream.xmp 2>err
    has err "whose image is not known"
done
sed 's/<tiff:Orientation>.*//;/mwg-rs:Regions/,/mwg-rs:Regions>/d' in/j6.xmp | "$EXIFNORM" -q - - >stream.xmp 2>err
is "status of one without an orientation" $? 0
for text in 'adobe:ns:meta/' '<html>' '<svg/>'; do
    echo "$text" | "$EXIFNORM" -q - - >stream.xmp 2>err
    is "status of what is no XMP" $? 1
    has err "not an image"
done
"$EXIFNORM" -q --sidecars=copy - - <in/j6.xmp >stream.xmp 2>err
has err "not an image"
# Whose image fails, is one of several, or changes.
whose a.xmp a.jpg a.png
"$EXIFNORM" -q whose/a.xmp - >stream.xmp 2>err
is "status of one of several" $? 1
has err "several images"
same stream.xmp whose/a.xmp
whose a.xmp a.jpg
head -c 9000 "$testdata/jpeg/landscape-6.jpg" >whose/a.jpg
"$EXIFNORM" -q whose/a.xmp - >stream.xmp 2>err
is "status where its image fails" $? 1
has err "of its image:"
is "what is sent" "$(wc -c <stream.xmp)" 0
if can_trace; then
    cp "$testdata/jpeg/landscape-6.jpg" whose/a.jpg
    meanwhile pread64 whose/a.jpg 'touch whose/a.jpg' -q whose/a.xmp -
    is "status where its image changes" $? 1
    has err "cannot read the source: its image changed while it was read"
    is "what is sent then" "$(wc -c <out)" 0
fi

# ---- in an archive a member's image may be anywhere: it stays as it is, and that is reported
tar -cf a.tar -C in j6.jpg j6.xmp j1.xmp
runs 1 --tar a.tar b.tar --report=report
has err "unsupported: copied unchanged, xmp with orientation 6, which is not edited in an archive"
tar -xOf b.tar j6.xmp | cmp -s - in/j6.xmp
is "the member" $? 0
is "one that speaks of pixels" "$(of report j1.xmp outcome)$(of report j1.xmp warnings)" '"copied"["metadata-stale"]'
runs 0 --tar a.tar b.tar --overwrite --sidecars=copy
runs 0 --tar a.tar b.tar --overwrite --allow-unsupported
# By its whole name, however long that is, and however it is stored.
python3 - <<'EOF'
import tarfile
with tarfile.open("long.tar", "w", format=tarfile.PAX_FORMAT) as tar:
    info = tar.gettarinfo("in/j6.xmp", "d/" * 2500 + "a.xmp")
    with open("in/j6.xmp", "rb") as f:
        tar.addfile(info, f)
EOF
runs 1 --tar long.tar b.tar --overwrite
has err "xmp with orientation 6, which is not edited in an archive"
{ cat in/j6.xmp; head -c 100000 /dev/zero; } >sparse.xmp
fallocate -d sparse.xmp 2>/dev/null
tar -S -cf sparse.tar sparse.xmp
if tar -tvvf sparse.tar | grep -q '^-' && [ "$(wc -c <sparse.tar)" -lt 60000 ]; then
    runs 1 --tar sparse.tar b.tar --overwrite
    has err "'sparse.xmp': unsupported"
    has err "stored as a sparse file"
else
    skipped "a sparse member: no holes here"
fi
finish
