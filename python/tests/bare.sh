#!/bin/sh
# SPDX-License-Identifier: MIT
# bare.sh FOLDER VENV WHEEL [SUITE=VERSION...]: the wheel in Debians that have nothing but their own Python (debootstrap, root): by default bookworm=3.11 and
# trixie=3.13. Bytes are those of the program of the wheel here; tar archives, packed ones among them, are processed by the libraries that it brings.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(realpath -m "$1")
bin=$(realpath "$2")/bin
wheel=$(realpath "$3")
shift 3
[ $# -gt 0 ] || set -- bookworm=3.11 trixie=3.13
mirror=$(apt-get indextargets --format '$(ORIGIN) $(CREATED_BY) $(COMPONENT) $(REPO_URI)' | awk '$1 == "Debian" && $2 == "Packages" && $3 == "main" { print $4; exit }')
cat >"$folder.py" <<'END'
import pathlib, subprocess, sys, tarfile, io
sys.path.insert(0, "/packages")
import exifnorm
images = {path.name: path.read_bytes() for path in pathlib.Path("/testdata").rglob("*") if path.is_file()}
made = {}
with exifnorm.Pool(2) as pool:
    for name, data in images.items():
        try:
            made[name] = exifnorm.normalize(data).data
        except exifnorm.Error as error:
            assert error.status == "not-an-image"
            made[name] = data
        else:
            assert pool.normalize(data).data == made[name]
assert sum(made[name] != images[name] for name in images) > 10
for packing in ("", "gz", "bz2", "xz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:" + packing) as tar:
        for name, data in images.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    done = subprocess.run([sys.executable, "-m", "exifnorm", "-q", "--tar", "-", "-"], input=buffer.getvalue(), capture_output=True, env={"PYTHONPATH": "/packages"})
    assert done.returncode in (0, 1), done.stderr
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        assert {member.name: tar.extractfile(member).read() for member in tar} == made, packing
for name, data in made.items():
    pathlib.Path("/made", name).write_bytes(data)
# The least of some: the first import of all compiles what it reads.
IMPORT = "import sys, time; sys.path.insert(0, '/packages'); began = time.process_time(); import exifnorm; print(time.process_time() - began)"
took = min(float(subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, check=True).stdout) for _ in range(9))
assert took < 0.05, took
print(sys.version.split()[0], len(images), f"files, import in {1000 * took:.0f} ms")
END
for pair in "$@"; do
    suite=${pair%=*}
    version=${pair#*=}
    root=$folder/$suite
    [ -e "$root/usr/bin/python3" ] || debootstrap --variant=minbase --include=python3 "$suite" "$root" "$mirror" >"$folder.$suite.log" 2>&1 || { tail -n 5 "$folder.$suite.log"; exit 1; }
    rm -rf "$root/packages" "$root/made" "$root/testdata"
    mkdir "$root/made"
    "$bin/python" -m pip install -q --disable-pip-version-check --target "$root/packages" --python-version "$version" --only-binary=:all: "$wheel"
    cp -r "$here/../../testdata" "$root/testdata"
    cp "$folder.py" "$root/test.py"
    [ -e "$root/proc/self" ] || mount -t proc proc "$root/proc"
    [ -c "$root/dev/null" ] || mknod -m 666 "$root/dev/null" c 1 3
    code=0
    chroot "$root" env -i PATH=/usr/bin:/bin python3 /test.py || code=$?
    umount "$root/proc"
    [ $code = 0 ] || exit $code
    "$bin/python" - "$root/made" "$here/../../testdata" <<'END'
import pathlib, sys
import exifnorm
made, images = map(pathlib.Path, sys.argv[1:])
for path in images.rglob("*"):
    if path.is_file():
        try:
            expected = exifnorm.normalize(path.read_bytes()).data
        except exifnorm.Error:
            expected = path.read_bytes()
        assert (made / path.name).read_bytes() == expected, path
END
    echo "$suite: the same bytes"
done
