#!/bin/sh
# Moved labels, read by the tools that people use (readers.py): run.sh SERVER FOLDER EXIFNORM. FOLDER keeps the Python packages, which are
# fetched again where the list of them has changed. Whatever cannot be had is an error: a tool that is passed by proves nothing.
set -eu
here=$(dirname "$0")
server=$1 folder=$2 exifnorm=$3
mkdir -p "$folder"
if ! cmp -s "$here/requirements.txt" "$folder/installed"; then
    rm -rf "$folder/venv" "$folder/installed"
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary :all: -r "$here/requirements.txt" || {
        echo "run.sh: the tools cannot be installed, so nothing was checked with them" >&2
        exit 1
    }
    cp "$here/requirements.txt" "$folder/installed"
fi
rm -rf "$folder/sets"
mkdir "$folder/sets"
"$folder/venv/bin/python" "$here/readers.py" "$server" "$folder/sets" "$exifnorm"
rm -rf "$folder/sets"
