#!/bin/sh
# SPDX-License-Identifier: MIT
# The browser proof: EXIFNORM=build/exifnorm sh tests/browser/run.sh [--keep] [options of run.mjs]
#
# Needs chromium, firefox-esr, node (18 or later) and npm. Where one is missing the proof is skipped, loudly; with CI=true
# that is a failure. MODULES is the folder for what npm installs (default: browser-modules beside the program).
# --keep leaves the scratch folder (sources, products, report) and names it.

: "${EXIFNORM:?names the program to test}"
here=$(cd "$(dirname "$0")" && pwd) || exit 1
program=$(readlink -f "$EXIFNORM")
[ -x "$program" ] || {
    echo "tests/browser: $EXIFNORM is no program" >&2
    exit 1
}

chromium=$(command -v "${CHROMIUM:-chromium}")
firefox=$(command -v "${FIREFOX:-firefox-esr}")
missing=
[ -n "$chromium" ] || missing="$missing chromium"
[ -n "$firefox" ] || missing="$missing firefox-esr"
for tool in node npm; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
    echo "tests/browser: SKIPPED, THE BROWSER PROOF DID NOT RUN: missing$missing" >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
fi

keep=
[ "${1:-}" != --keep ] || {
    keep=yes
    shift
}
scratch=$(mktemp -d) || exit 1
child=
finish() {
    [ -z "$child" ] || kill "$child" 2>/dev/null
    if [ -n "$keep" ]; then echo "kept: $scratch"; else rm -rf "$scratch"; fi
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

. "$here/modules.sh"

# In the background, so that a signal to this shell is acted on at once.
timeout -k 20 1320 node "$here/run.mjs" --exifnorm="$program" --modules="$modules" \
    --scratch="$scratch" --chromium="$chromium" --firefox="$firefox" "$@" &
child=$!
wait "$child"
status=$?
child=
exit "$status"
