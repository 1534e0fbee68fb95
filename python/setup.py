# SPDX-License-Identifier: MIT
"""Builds the C library and the program with the repository's own Makefile, and the module that binds them with cffi.

The C sources are those of the checkout around this folder; an sdist has a copy of them in c/."""
import os
import re
import shutil
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "c" if (HERE / "c").is_dir() else HERE.parent
# Everything that make needs for the library and the program.
NEEDED = ["Makefile", "LICENSE", "README.md", ".deb/needed.sh", "include", "src"]
ABI = "cp311"


def version() -> str:
    header = (SOURCES / "include/exifnorm.h").read_text(encoding="ascii")
    return re.search(r'^#define EXN_VERSION "(.*)"', header, re.M)[1]


class BuildExt(build_ext):
    """Makes what the extension is linked with, and puts the program beside it."""

    def run(self) -> None:
        # An existing folder of objects (make check-python has one) saves compiling them again. SAN in the environment is for the
        # Makefile and for binding.py.
        built = Path(os.environ.get("EXIFNORM_BUILD") or Path(self.build_temp).resolve() / "c")
        # An outer make passes descriptors to count its jobs, and they are closed here.
        environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
        subprocess.run(["make", "-s", f"-j{os.cpu_count() or 1}", "-C", SOURCES, f"BUILD={built}", f"{built}/libexifnorm.a", f"{built}/exifnorm"],
                       check=True, env=environment)
        for extension in self.extensions:
            extension.extra_objects.append(str(built / "libexifnorm.a"))
        super().run()
        program = Path(self.get_ext_fullpath("exifnorm._native")).parent / "bin" / "exifnorm"
        program.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(built / "exifnorm", program)


class Sdist(sdist):
    """Takes the C sources along."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        for name in NEEDED:
            source, target = SOURCES / name, Path(base_dir, "c", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy2(source, target)


setup(
    version=version(),
    cffi_modules=["binding.py:ffi"],
    cmdclass={"build_ext": BuildExt, "sdist": Sdist},
    options={"bdist_wheel": {"py_limited_api": ABI}},
)
