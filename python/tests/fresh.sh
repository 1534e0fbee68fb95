#!/bin/sh
# SPDX-License-Identifier: MIT
# fresh.sh FOLDER WHEEL [PYTHON...]: the wheel, installed into a fresh venv of each of these Pythons, and the package's tests against that; by default python3
# and whatever else there is of 3.11 to 3.14. Each is named, also those that are not here.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(realpath -m "$1")
wheel=$(realpath "$2")
shift 2
[ $# -gt 0 ] || set -- python3 python3.11 python3.12 python3.13 python3.14
# All of python/tests/requirements.txt but what builds the package and what checks types: both are done elsewhere.
grep -v '^#\|^cffi\|^mypy\|^setuptools' "$here/requirements.txt" >"$folder.requirements"
done=
for python in "$@"; do
    # pyenv has a command for each version that anybody chose, and says no when it is called.
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || version=
    case " $done " in
    *" ${version:-none} "*) continue ;;
    esac
    if [ -z "$version" ]; then
        echo "$python: not here"
        continue
    fi
    rm -rf "$folder"
    "$python" -m venv "$folder"
    "$folder/bin/python" -m pip install -q --disable-pip-version-check --only-binary :all: -r "$folder.requirements" "$wheel"
    # From a folder of its own: what is imported is what was installed.
    (cd "$here" && "$folder/bin/python" -c 'import exifnorm, sys; assert exifnorm.__file__.startswith(sys.prefix), exifnorm.__file__' &&
        "$folder/bin/python" -m pytest test_arrow.py test_image.py test_package.py test_pool.py test_transform.py)
    done="$done $version"
    echo "the wheel works in a fresh venv of Python $version"
done
[ -n "$done" ]
