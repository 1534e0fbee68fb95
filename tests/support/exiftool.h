/* SPDX-License-Identifier: MIT */
/* One exiftool that stays: to start it takes longer than what most tests ask of it. proc.h runs it
 * for whoever names it. */
#ifndef EXN_TEST_EXIFTOOL_H
#define EXN_TEST_EXIFTOOL_H

#include "support/proc.h"

/* As exn_test_run() with argv[0] "exiftool": an argument "-" stands for a file with the bytes of
 * in. What the file system says of a file is not listed. */
bool exn_test_exiftool_run(const char *const argv[], exn_span in, exn_test_proc *proc);

#endif
