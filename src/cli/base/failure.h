/* SPDX-License-Identifier: MIT */
/* The program's own failures, which the library does not have: names, processes, signals. These
 * statuses are used beside the library's in the same exn_error; it keeps its own below 100. */
#ifndef EXN_CLI_BASE_FAILURE_H
#define EXN_CLI_BASE_FAILURE_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stdint.h>

#define EXN_EXISTS      ((exn_status)100) /* the output's name is taken */
#define EXN_INTERRUPTED ((exn_status)101) /* by a signal */
#define EXN_TIMEOUT     ((exn_status)102) /* the worker took too long, and was killed */
#define EXN_CRASHED     ((exn_status)103) /* the worker died, or lied */

/* Like exn_status_word() and exn_status_text(), for the program's statuses too. */
const char *exn_failure_word(exn_status status);
const char *exn_failure_text(exn_status status);

/* Whether number, from a file or another process, is a status of the library or the program. */
bool exn_failure_known(int64_t number);

/* Whether a worker may answer with this status: any that the library returns, except those for
 * wrong calls and for cancelled ones. */
bool exn_failure_from_worker(exn_status status);

#endif
