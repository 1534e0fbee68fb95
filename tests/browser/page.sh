#!/bin/sh
# SPDX-License-Identifier: MIT
# The page of --html in a real Chromium: EXIFNORM=build/exifnorm sh tests/browser/page.sh [SCREENSHOTS]
#
# Needs chromium, node (18 or later) and npm. Where one is missing the test is skipped, loudly; with CI=true that is a failure. SCREENSHOTS is a
# folder for the screenshots of docs/ (default: none are kept).

: "${EXIFNORM:?names the program to test}"
here=$(cd "$(dirname "$0")" && pwd) || exit 1
program=$(readlink -f "$EXIFNORM")
[ -x "$program" ] || {
    echo "tests/browser: $EXIFNORM is no program" >&2
    exit 1
}
chromium=$(command -v "${CHROMIUM:-chromium}")
missing=
[ -n "$chromium" ] || missing="$missing chromium"
for tool in node npm; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
    echo "tests/browser: SKIPPED, THE PAGE OF --html WAS NOT LOOKED AT: missing$missing" >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
fi
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
. "$here/modules.sh"
timeout -k 20 300 node "$here/page.mjs" --exifnorm="$program" --modules="$modules" --scratch="$scratch" --chromium="$chromium" \
    --testdata="$here/../../testdata" --screenshots="${1:-}"
