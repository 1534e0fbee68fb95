/* SPDX-License-Identifier: MIT */
/* One exiftool process that stays alive, since starting it takes longer than most tests' requests.
 * proc.h uses it for every command "exiftool". */
#ifndef EXN_TEST_EXIFTOOL_H
#define EXN_TEST_EXIFTOOL_H

#include "support/proc.h"

/* Like exn_test_run() with argv[0] "exiftool": an argument "-" stands for a file with the bytes of
 * in. Facts from the file system are not listed. */
bool exn_test_exiftool_run(const char *const argv[], exn_span in, exn_test_proc *proc);

#endif
