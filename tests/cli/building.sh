#!/bin/sh
# SPDX-License-Identifier: MIT
# What those set who build: flags, pkg-config, warnings as errors; and what make says where something is missing.
. "$(dirname "$0")/lib.sh"

top=$(cd "$testdata/.." && pwd)
if ! command -v make >/dev/null || ! command -v pkg-config >/dev/null; then
    skipped "make: no make or no pkg-config here"
    finish
fi
# What the make that runs this was called with is not what is asked for here.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES PKG_CONFIG PKG_CONFIG_PATH PKG_CONFIG_LIBDIR WERROR CPPFLAGS CFLAGS LDFLAGS SHARED STATIC SAN
make_here() {
    make -C "$top" --no-print-directory BUILD="$scratch/build" "$@" >out 2>err
}

# stops WORD...: what was made last failed before anything was compiled, and its errors have these words.
stops() {
    check "make fails" test "$status" != 0
    absent build/obj
    for word in "$@"; do
        has err "$word"
    done
    is "undefined references" "$(grep -c 'undefined reference' out err | cut -d: -f2 | xargs)" "0 0"
}

# ---- what is missing is named at once, each and with its package
PKG_CONFIG_LIBDIR=/nonexistent make_here all; status=$?
stops "install what is missing: apt-get install libexpat1-dev libjansson-dev libdeflate-dev libexif-dev libjpeg-dev libmd-dev libpng-dev libseccomp-dev libwebp-dev zlib1g-dev"
mkdir pc
for module in expat libdeflate libexif libjpeg libpng libwebp zlib jansson libseccomp cmocka; do
    printf 'Name: x\nDescription: x\nVersion: 1\n' >pc/$module.pc
done
PKG_CONFIG_LIBDIR=$scratch/pc make_here all; status=$?
stops "not found: libmd (Debian: libmd-dev)" "apt-get install libmd-dev"
check "only that" test "$(grep -c 'not found' err)" = 1
rm pc/cmocka.pc
printf 'Name: x\nDescription: x\nVersion: 1\n' >pc/libmd.pc
PKG_CONFIG_LIBDIR=$scratch/pc make_here check; status=$?
stops "not found: cmocka (Debian: libcmocka-dev)"
make_here all CPPFLAGS=-nostdinc; status=$?
stops "apt-get install libarchive-dev libbz2-dev liblzma-dev libzstd-dev"
make_here all CC=no-such-compiler; status=$?
stops "no compiler: no-such-compiler"
if [ "$(uname -m)" = x86_64 ]; then
    make_here all CC="cc -m32"; status=$?
    stops "cc -m32 does not compile, or not for a 64-bit machine"
fi
make_here all PKG_CONFIG=no-such-pkg-config; status=$?
stops "not found: no-such-pkg-config (Debian: pkg-config"
make_here uninstall DESTDIR="$scratch/none" PKG_CONFIG=false
is "what compiles nothing needs nothing" $? 0

# ---- flags arrive at every compilation and link, warnings are errors where that is asked for
cat >asked <<'EOF'
#!/bin/sh
echo "$*" >>"$ASKED"
exec pkg-config "$@"
EOF
chmod +x asked
ASKED=$scratch/modules
export ASKED
make_here -n built CC="cc -DWHO" CPPFLAGS=-DMINE=1 CFLAGS=-O1 LDFLAGS=-Wl,-O1 PKG_CONFIG="$scratch/asked"
is "make -n" $? 0
grep '^cc ' out >commands
grep -e ' -c ' commands >compiled
check "there are some" test "$(wc -l <compiled)" -gt 200
is "compilations without CPPFLAGS and CFLAGS" "$(grep -cv -e ' -DMINE=1 -O1 ' compiled)" 0
is "links without LDFLAGS" "$(grep -v -e ' -c ' -e ' tests/hooks/[a-z]*\.c -ldl' commands | grep -cv -e ' -Wl,-O1 ')" 0
is "warnings that are errors" "$(grep -c Werror commands)" 0
for module in libjpeg jansson cmocka; do
    has modules $module
done
make_here -n built CC=cc WERROR=1
is "compilations that pass a warning by" "$(grep -e '^cc .* -c ' out | grep -cv -e ' -Werror ')" 0
make_here -n test CC=cc
grep -v '^make' out >test_runs
make_here -n check CC=cc
grep -v '^make' out >check_runs
check "make check is make test" cmp -s test_runs check_runs
has check_runs test_png
finish
