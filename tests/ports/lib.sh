# SPDX-License-Identifier: MIT
# Helpers of this folder's scripts: sources and packages of the Debian that this machine is, without touching the machine's own lists and packages.
#
# FOLDER names a folder for everything. Any failure is reported and ends the script: what cannot be had is no check passed.

set -eu
: "${FOLDER:?names a folder}"
mkdir -p "$FOLDER"
FOLDER=$(cd "$FOLDER" && pwd)

stop() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# debian_lists KIND [OPTION...]: KIND deb-src, or "deb [arch=...]"; from then on debian_apt runs apt-get with these lists and options.
debian_lists() {
    kind=$1
    shift
    # shellcheck disable=SC1091
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(CREATED_BY) $(RELEASE) $(COMPONENT) $(REPO_URI)' |
        awk -v release="$codename" '$1 == "Debian" && $2 == "Packages" && $3 == release && $4 == "main" { print $5; exit }')
    [ -n "$mirror" ] || stop "no mirror of Debian $codename is known to apt-get (apt-get indextargets)"
    apt=$FOLDER/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    echo "$kind $mirror $codename main" >"$apt/sources.list"
    : >"$apt/status"
    printf '%s\n' "-oDir::Etc::SourceList=$apt/sources.list" -oDir::Etc::SourceParts=/dev/null "-oDir::State::Lists=$apt/lists" \
        "-oDir::State::status=$apt/status" "-oDir::Cache=$apt/cache" -oAPT::Sandbox::User=root "$@" >"$apt/options"
    debian_apt update || stop "the lists of $mirror cannot be had"
}

debian_apt() {
    # None of the options has a space in it but for the folder's.
    set -- -qq "$@"
    while read -r option; do
        set -- "$option" "$@"
    done <"$apt/options"
    apt-get "$@"
}

# debian_source PACKAGE: its source, with Debian's patches, in FOLDER/PACKAGE.
debian_source() {
    rm -rf "${FOLDER:?}/$1" "$FOLDER/$1.src"
    mkdir "$FOLDER/$1.src"
    (cd "$FOLDER/$1.src" && debian_apt source --download-only "$1" >/dev/null) || stop "the source of $1 cannot be had"
    dpkg-source --no-check -x "$FOLDER/$1.src"/*.dsc "$FOLDER/$1" >/dev/null || stop "the source of $1 cannot be unpacked"
}

# same_outputs NATIVE COMMAND...: the program that the command runs does with testdata what the native one does. SANDBOX: --no-sandbox where there is none.
same_outputs() {
    native=$1
    shift
    rm -rf "$FOLDER/out" "$FOLDER/native"
    "$@" ${SANDBOX:-} --verify -q testdata "$FOLDER/out" >"$FOLDER/out.said" 2>&1 && code=0 || code=$?
    "$native" ${SANDBOX:-} --verify -q testdata "$FOLDER/native" >"$FOLDER/native.said" 2>&1 && native_code=0 || native_code=$?
    [ $code = $native_code ] || { cat "$FOLDER/out.said"; stop "exit status $code, not $native_code"; }
    diff "$FOLDER/native.said" "$FOLDER/out.said" && diff -r "$FOLDER/native" "$FOLDER/out" || stop "the outputs differ from the native program's"
    echo "$(find "$FOLDER/out" -type f | wc -l) outputs are the native program's"
}
