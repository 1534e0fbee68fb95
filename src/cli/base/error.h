/* SPDX-License-Identifier: MIT */
/* How the program fails: by the library's exn_error, with errno beside the detail. It can be used
 * before there is any item. */
#ifndef EXN_CLI_BASE_ERROR_H
#define EXN_CLI_BASE_ERROR_H

#include "failure.h"

/* Fills in error if it is still empty: the first one wins. Characters that are not printable ASCII
 * become '?'. Returns status, so that a caller can fail and return in one line. */
exn_status exn_error_set(exn_error *error, exn_status status, int sys_errno, const char *format,
                         ...) __attribute__((format(printf, 4, 5)));

/* Fails with EXN_LIMIT if size, in bytes, is over the limit for memory; else EXN_OK. */
exn_status exn_error_need(exn_error *error, uint64_t size, uint64_t limit);

#endif
