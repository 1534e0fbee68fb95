# SPDX-License-Identifier: MIT
"""Defines exifnorm._native: the public header, read by cffi, and two callbacks in C, so that a thread that works without the GIL never
has to call Python."""
import os
import re
import shlex
import subprocess
from pathlib import Path

import cffi

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "c" if (HERE / "c").is_dir() else HERE.parent
HEADER = SOURCES / "include/exifnorm.h"
# As the Makefile has them.
PACKAGES = re.search(r"^PKGS *:= (.*)", (SOURCES / "Makefile").read_text(), re.M)[1].split()


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def counts() -> str:
    """The header's numbers that are macros, which the preprocessor would remove."""
    return "\n".join(f"#define {name} ..." for name in re.findall(r"^#define (EXN_[A-Z]+_COUNT|EXN_VERSION_NUMBER) ", HEADER.read_text(), re.M))


compiler = shlex.split(os.environ.get("CC", "cc"))
libraries = shlex.split(output(*shlex.split(os.environ.get("PKG_CONFIG", "pkg-config")), "--libs", *PACKAGES))
# As the Makefile has it: SAN=address,undefined.
sanitizers = [f"-fsanitize={os.environ['SAN']}", "-fno-sanitize-recover=all"] if os.environ.get("SAN") else []

ffi = cffi.FFI()
ffi.cdef(output(*compiler, "-E", "-P", "-DEXN_DECLARATIONS", str(HEADER)))
ffi.cdef(counts())
ffi.cdef("""
    int exn_py_read(void *descriptor, void *to, size_t size, uint64_t offset);
    int exn_py_is_over(void *deadline);
    double exn_py_now(void);
""")
ffi.set_source(
    "exifnorm._native",
    r"""
    #include <errno.h>
    #include <exifnorm.h>
    #include <time.h>
    #include <unistd.h>

    /* exn_source.read() of a file that is open. */
    static int exn_py_read(void *descriptor, void *to, size_t size, uint64_t offset)
    {
        for (size_t done = 0; done < size;) {
            ssize_t n = pread(*(int *)descriptor, (char *)to + done, size - done, (off_t)(offset + done));
            if (n == 0)
                return ENODATA; /* it was larger when it was opened */
            if (n < 0 && errno != EINTR)
                return errno;
            done += n > 0 ? (size_t)n : 0;
        }
        return 0;
    }

    static double exn_py_now(void)
    {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
    }

    /* exn_options.cancelled of a call with a limit of time. */
    static int exn_py_is_over(void *deadline)
    {
        return exn_py_now() >= *(double *)deadline;
    }
    """,
    include_dirs=[str(HEADER.parent)],
    define_macros=[("_GNU_SOURCE", None)],
    extra_compile_args=sanitizers,
    extra_link_args=[*sanitizers, *libraries, "-lm"],
    py_limited_api=True,
)
