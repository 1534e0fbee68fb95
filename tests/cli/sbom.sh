#!/bin/sh
# SPDX-License-Identifier: MIT
# The list of what the build is made of names every library that the program and the shared library are linked to, or open by name, and the files as
# they are; made again it is the same.
. "$(dirname "$0")/lib.sh"

[ -d "$cli/../../.deb" ] || { skipped "a list of parts: no checkout" && finish; }
build=$(realpath "$(dirname "$EXIFNORM")")
# Of what is built already: other scripts run beside this one.
list() { make -s -C "$cli/../.." BUILD="$(realpath --relative-to="$cli/../.." "$build")" -o all sbom && cp "$build/exifnorm.spdx.json" "$1"; }
list one
list two
check "made twice it is the same" cmp one two
is "its kind" "$(jq -r .spdxVersion one)" SPDX-2.3

# module SONAME: the name that pkg-config has for it.
module() {
    case $1 in
    libz.so.*) echo zlib ;;
    libbz2.so.*) echo bzip2 ;;
    libpng*) echo libpng ;;
    libexpat.so.* | libjansson.so.*) echo "$1" | sed 's/^lib//; s/\.so.*//' ;;
    *) echo "${1%%.so*}" ;;
    esac
}
# listed KIND SIDE MODULE
listed() {
    jq -e --arg id "SPDXRef-$3" "[.relationships[] | select(.relationshipType == \"$1\").$2] | index(\$id)" one >/dev/null
}
library=$(find "$build" -maxdepth 1 -type f -name 'libexifnorm.so.*')
readelf -dW "$EXIFNORM" "$library" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -vE '^(libc|libm|ld-.*|lib(a|ub|t)san)\.so' | sort -u >needed
check "there are libraries" test "$(wc -l <needed)" -ge 8
while read -r soname; do
    check "$soname is listed as linked" listed DYNAMIC_LINK relatedSpdxElement "$(module "$soname")"
done <needed
sed -n 's/.*"\(lib[a-z0-9]*\.so\.[0-9.]*\)".*/\1/p' "$cli"/../../src/*/*/*.c | sort -u >opened
check "there are libraries that are opened" test -s opened
while read -r soname; do
    check "$soname is listed as opened" listed OPTIONAL_DEPENDENCY_OF spdxElementId "$(module "$soname")"
done <opened
is "versions of what is linked that are not known" "$(jq '[.relationships[] | select(.relationshipType == "DYNAMIC_LINK").relatedSpdxElement] as $linked |
    [.packages[] | select(.versionInfo == "NOASSERTION" and (.SPDXID | IN($linked[])))] | length' one)" 0
is "the program's checksum" "$(jq -r '.files[] | select(.fileName == "./exifnorm").checksums[] | select(.algorithm == "SHA256").checksumValue' one)" \
    "$(sha256sum <"$EXIFNORM" | cut -d' ' -f1)"
finish
