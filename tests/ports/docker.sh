#!/bin/bash
# SPDX-License-Identifier: MIT
# The steps of the Dockerfile where no container engine runs: each stage is a bare Debian in a folder, RUN is a shell in it, COPY is
# cp. Then the image's command rotates the sample data as its user. Run as root: tests/ports/docker.sh FOLDER (a few minutes, 1 GB).
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:?names a folder}
mkdir -p "$work"
stage=$work/none
user=0:0 folder=/

inside() {
    chroot "$stage" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
}

# What a COPY takes from a tree: not what .dockerignore names.
copy_context() {
    mkdir -p "$2"
    tar -C "$1" $(sed 's/^/--exclude=.\//' "$top/.dockerignore") -cf - . | tar -C "$2" -xf -
}

while read -r word rest; do
    case $word in
    FROM)
        image=${rest%% *}
        name=${rest##* }
        stage=$work/$([ "$name" = "$image" ] && echo last || echo "$name")
        distribution=${image#debian:}
        rm -rf "$stage"
        debootstrap --variant=minbase "${distribution%-slim}" "$stage" >"$work/debootstrap.log"
        ;;
    RUN) inside /bin/sh -ec "$rest" >"$work/run.log" 2>&1 || { tail -n 30 "$work/run.log"; exit 1; } ;;
    COPY)
        set -- $rest
        case $1 in
        --from=*) install -D "$work/${1#--from=}$2" "$stage$3" ;;
        *) copy_context "$top/$1" "$stage$2" ;;
        esac
        ;;
    WORKDIR) folder=$rest && mkdir -p "$stage$rest" ;;
    USER) user=$rest ;;
    ENTRYPOINT) entry=$(sed 's/[]["]//g' <<<"$rest") ;;
    CMD | '#' | '' | '#'*) ;;
    *) echo "docker.sh: no $word here" >&2 && exit 1 ;;
    esac
done <"$top/Dockerfile"

mkdir -p "$stage$folder/photos"
cp "$top"/testdata/jpeg/landscape-*.jpg "$stage$folder/photos"
chown -R "$user" "$stage$folder"
chroot --userspec="$user" "$stage" /bin/sh -ec "cd $folder && $entry photos out && $entry --check out && $entry --tar --dry-run photos out2"
[ "$(stat -c %u:%g "$stage$folder/out/landscape-6.jpg")" = "$user" ]
du -sh "$stage" | cut -f 1
echo "the image's program works as $user"
