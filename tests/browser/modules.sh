# SPDX-License-Identifier: MIT
# Sourced by the scripts beside it: installs what drives the browsers into $modules, or exits. Anew only where the lock file is another than last time.
modules=${MODULES:-$(dirname "$program")/browser-modules}
if ! cmp -s "$here/package-lock.json" "$modules/installed"; then
    mkdir -p "$modules" && cp "$here/package.json" "$here/package-lock.json" "$modules" || exit 1
    (cd "$modules" && timeout -k 10 300 npm ci --ignore-scripts --no-audit --no-fund) || {
        echo "tests/browser: npm cannot install what the proof needs" >&2
        exit 1
    }
    cp "$modules/package-lock.json" "$modules/installed" || exit 1
fi
