/* SPDX-License-Identifier: MIT */
/* Runs other programs: the oracles jpegtran, djpeg, exiftool, and exifnorm itself. No shell. */
#ifndef EXN_TEST_PROC_H
#define EXN_TEST_PROC_H

#include "buffer.h"

typedef struct exn_test_proc {
    int status; /* exit status; 128 + signal; -1: could not be run */
    exn_buffer out, err;
} exn_test_proc;

/* Runs argv (NULL-terminated, found by PATH) with in on its standard input until it ends, and fills
 * in proc. True if the program ran and exited with 0. Free proc in either case. */
bool exn_test_run(const char *const argv[], exn_span in, exn_test_proc *proc);

void exn_test_proc_free(exn_test_proc *proc);

/* Whether PATH has an executable of that name. */
bool exn_test_have(const char *command);

#endif
