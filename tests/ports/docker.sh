#!/bin/bash
# SPDX-License-Identifier: MIT
# The steps of the Dockerfile where no container engine runs: each stage is a bare Debian in a folder, RUN is a shell in it, COPY is
# cp. Then the image's command rotates the sample data as its user, and the recipe of docs/pipelines.md for AWS Lambda is built on top of the image and
# answers events. Run as root: tests/ports/docker.sh FOLDER [VENV VERSITYGW] (a few minutes, 1.5 GB); VENV and VERSITYGW are those of make check-s3, and
# without them the function is built and not called.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:?names a folder}
mkdir -p "$work"
work=$(realpath "$work")
stage=$work/none
user=0:0 folder=/

inside() {
    chroot "$stage" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive ${PIP_CERT:+PIP_CERT=/etc/ssl/certs/ca-certificates.crt} "$@"
}

# A network that has a certificate of its own tells pip of it.
trust() {
    [ -z "${PIP_CERT:-}" ] || install -D -m 644 "$PIP_CERT" "$stage/etc/ssl/certs/ca-certificates.crt"
}

# What a COPY takes from a tree: not what .dockerignore names.
copy_context() {
    mkdir -p "$2"
    tar -C "$1" $(sed 's/^/--exclude=.\//' "$top/.dockerignore") -cf - . | tar -C "$2" -xf -
}

# build FILE TREE: FROM exifnorm is what the first of them has made.
build() {
    local file=$1 tree=$2 word rest image name distribution
    while read -r word rest; do
        case $word in
        FROM)
            image=${rest%% *}
            name=${rest##* }
            if [ "$image" = exifnorm ]; then
                stage=$work/function
                rm -rf "$stage"
                cp -a "$work/last" "$stage"
                continue
            fi
            stage=$work/$([ "$name" = "$image" ] && echo last || echo "$name")
            distribution=${image#debian:}
            rm -rf "$stage"
            debootstrap --variant=minbase "${distribution%-slim}" "$stage" >"$work/debootstrap.log"
            ;;
        RUN)
            trust
            inside /bin/sh -ec "$rest" >"$work/run.log" 2>&1 || { tail -n 30 "$work/run.log"; exit 1; }
            ;;
        COPY)
            set -- $rest
            case $1 in
            --from=*) install -D "$work/${1#--from=}$2" "$stage$3" ;;
            .) copy_context "$tree" "$stage$2" ;;
            *) install -D -m 644 -t "$stage$2" "$tree/$1" ;;
            esac
            ;;
        WORKDIR) folder=$rest && mkdir -p "$stage$rest" ;;
        USER) user=$rest ;;
        ENTRYPOINT) entry=$(sed 's/[]["]//g' <<<"$rest") ;;
        CMD | '' | '#'*) ;;
        *) echo "docker.sh: no $word here" >&2 && exit 1 ;;
        esac
    done <"$file"
}
build "$top/Dockerfile" "$top"

mkdir -p "$stage$folder/photos"
cp "$top"/testdata/jpeg/landscape-*.jpg "$stage$folder/photos"
chown -R "$user" "$stage$folder"
chroot --userspec="$user" "$stage" /bin/sh -ec "cd $folder && $entry photos out && $entry --check out && $entry --tar --dry-run photos out2"
[ "$(stat -c %u:%g "$stage$folder/out/landscape-6.jpg")" = "$user" ]
du -sh "$stage" | cut -f 1
echo "the image's program works as $user"

mkdir -p "$work/recipe"
for kind in dockerfile python; do
    sed -n "/^\`\`\`$kind\$/,/^\`\`\`\$/p" "$top/docs/pipelines.md" | sed '1d;$d' >"$work/recipe/$kind"
done
mv "$work/recipe/python" "$work/recipe/handler.py"
build "$work/recipe/dockerfile" "$work/recipe"
du -sh "$stage" | cut -f 1
mountpoint -q "$stage/proc" || mount -t proc proc "$stage/proc"
trap 'umount "$stage/proc"' EXIT
inside /opt/runtime/bin/python -c 'import awslambdaric, boto3; print("awslambdaric", awslambdaric.__version__, "boto3", boto3.__version__)'
if [ $# -eq 3 ]; then
    venv=$(realpath -s "$2") server=$(realpath "$3")
    (cd "$top/python/tests" && LAMBDA_ROOT=$stage VERSITYGW=$server "$venv/bin/python" -m pytest -q s3/test_lambda.py)
else
    echo "docker.sh: THE FUNCTION WAS NOT CALLED: no VENV and VERSITYGW" >&2
fi
