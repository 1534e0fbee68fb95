#!/bin/sh
# SPDX-License-Identifier: MIT
# sbom.sh FILE...: what the given build is made of, as an SPDX 2.3 document (JSON): the files with their checksums, the libraries that they are linked
# to, and those that the program opens when a run needs them. The same build gives the same document. `make sbom` calls it; VERSION, PKG_CONFIG,
# LINKED, OPENED and SOURCE_DATE_EPOCH are its own. Licences are those of the libraries alone, as their distributions state them.
set -eu
: "${VERSION:?}" "${LINKED:?names the pkg-config modules that are linked}" "${OPENED:?names those that are opened}"
PKG_CONFIG=${PKG_CONFIG:-pkg-config}
: "${SOURCE_DATE_EPOCH:=$(dpkg-parsechangelog -l "$(dirname "$0")/changelog" -S Timestamp 2>/dev/null || echo 0)}"

# module -> SPDX id of its licence, where it comes from
about() {
    case $1 in
    expat) echo "MIT https://libexpat.github.io/" ;;
    jansson) echo "MIT https://github.com/akheron/jansson" ;;
    libarchive) echo "BSD-2-Clause https://www.libarchive.org/" ;;
    bzip2) echo "bzip2-1.0.6 https://sourceware.org/bzip2/" ;;
    libdeflate) echo "MIT https://github.com/ebiggers/libdeflate" ;;
    libexif) echo "LGPL-2.1-or-later https://libexif.github.io/" ;;
    libheif) echo "LGPL-3.0-or-later https://github.com/strukturag/libheif" ;;
    libjpeg) echo "IJG https://libjpeg-turbo.org/" ;;
    liblzma) echo "0BSD https://tukaani.org/xz/" ;;
    libmd) echo "BSD-3-Clause https://www.hadrons.org/software/libmd/" ;;
    libpng) echo "libpng-2.0 http://www.libpng.org/pub/png/libpng.html" ;;
    libseccomp) echo "LGPL-2.1-only https://github.com/seccomp/libseccomp" ;;
    libwebp) echo "BSD-3-Clause https://developers.google.com/speed/webp/" ;;
    libzstd) echo "BSD-3-Clause https://facebook.github.io/zstd/" ;;
    zlib) echo "Zlib https://zlib.net/" ;;
    *) echo "sbom.sh: nothing is known of $1: add its licence" >&2 && return 1 ;;
    esac
}

# Where the system has no module of it, its version is not known, and said to be so.
version_of() {
    $PKG_CONFIG --modversion "$1" 2>/dev/null || echo NOASSERTION
}

# An element of a JSON array, printed by a format; a comma stands before all but the first.
comma=
element() {
    printf '%s' "$comma"
    # shellcheck disable=SC2059
    printf "$@"
    comma=',
'
}

package() {
    known=$(about "$1")
    element '    {"SPDXID": "SPDXRef-%s", "name": "%s", "versionInfo": "%s", "downloadLocation": "%s", "filesAnalyzed": false, "licenseConcluded": "%s", "licenseDeclared": "%s", "copyrightText": "NOASSERTION"}' \
        "$1" "$1" "$(version_of "$1")" "${known#* }" "${known%% *}" "${known%% *}"
}

relation() {
    element '    {"spdxElementId": "SPDXRef-%s", "relationshipType": "%s", "relatedSpdxElement": "SPDXRef-%s"}' "$1" "$2" "$3"
}

all=$(cat "$@" | sha256sum | cut -c1-32)
cat <<END
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "exifnorm-$VERSION",
  "documentNamespace": "https://spdx.org/spdxdocs/exifnorm-$VERSION-$all",
  "creationInfo": {"created": "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)", "creators": ["Organization: the exifnorm authors", "Tool: exifnorm-$VERSION-make-sbom"]},
  "packages": [
    {"SPDXID": "SPDXRef-exifnorm", "name": "exifnorm", "versionInfo": "$VERSION", "downloadLocation": "NOASSERTION", "filesAnalyzed": false, "licenseConcluded": "MIT", "licenseDeclared": "MIT", "copyrightText": "the exifnorm authors"},
END
for module in $LINKED $OPENED; do
    package "$module"
done
printf '\n  ],\n  "files": [\n'
comma=
for file in "$@"; do
    name=${file##*/}
    element '    {"SPDXID": "SPDXRef-file-%s", "fileName": "./%s", "checksums": [{"algorithm": "SHA1", "checksumValue": "%s"}, {"algorithm": "SHA256", "checksumValue": "%s"}], "licenseConcluded": "MIT", "copyrightText": "the exifnorm authors"}' \
        "$name" "$name" "$(sha1sum <"$file" | cut -d' ' -f1)" "$(sha256sum <"$file" | cut -d' ' -f1)"
done
printf '\n  ],\n  "relationships": [\n'
comma=
relation DOCUMENT DESCRIBES exifnorm
for file in "$@"; do
    relation "file-${file##*/}" GENERATED_FROM exifnorm
done
for module in $LINKED; do
    relation exifnorm DYNAMIC_LINK "$module"
done
for module in $OPENED; do
    relation "$module" OPTIONAL_DEPENDENCY_OF exifnorm
done
printf '\n  ]\n}\n'
