#!/bin/sh
# SPDX-License-Identifier: MIT
# The recipes of docs/pipelines.md as they stand there: run.sh FOLDER EXIFNORM. FOLDER keeps the Python packages, which are fetched again where the
# list of them has changed. Whatever cannot be had is an error: a recipe that is passed by proves nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1 exifnorm=$(realpath "$2")
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
command -v git >/dev/null || { echo "run.sh: DVC needs git, and there is none" >&2; exit 1; }
if ! cmp -s "$here/requirements.txt" "$folder/installed"; then
    rm -rf "$folder/venv" "$folder/installed"
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt" || {
        echo "run.sh: the tools cannot be installed, so no recipe was run" >&2
        exit 1
    }
    cp "$here/requirements.txt" "$folder/installed"
fi
rm -rf "$folder/run"
mkdir -p "$folder/run/bin"
ln -s "$exifnorm" "$folder/run/bin/exifnorm"
trap 'rm -rf "$folder/run"' EXIT
PATH=$folder/run/bin:$folder/venv/bin:$PATH HOME=$folder/run DVC_NO_ANALYTICS=1 \
    "$folder/venv/bin/python" "$here/recipes.py" "$here/../../docs/pipelines.md" "$here/../../testdata" "$folder/run"
