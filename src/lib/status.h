/* SPDX-License-Identifier: MIT */
/* How the library fails.
 *
 * A function that can fail returns an exn_status; if it has more to say, it receives a caller-owned
 * exn_error. The first error wins: it is never overwritten, so callers may add context without
 * losing the cause. */
#ifndef EXN_STATUS_H
#define EXN_STATUS_H

#include "exifnorm.h"

/* Fills error (may be NULL) unless it already holds an error; returns status. Control characters in
 * the detail are masked. */
exn_status exn_status_fail(exn_error *error, exn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Fails without a text, for READ and WRITE: sys_errno says why, and the caller names the file. If
 * error already holds another status, it is unchanged. */
exn_status exn_status_fail_errno(exn_error *error, exn_status status, int sys_errno);

/* Fails with EXN_LIMIT and "needs N MiB, limit M MiB" (or KiB) if need exceeds limit (both in
 * bytes); else EXN_OK. */
exn_status exn_status_need_memory(exn_error *error, uint64_t need, uint64_t limit);

/* Copies text into a fixed buffer of size bytes, NUL-terminated, replacing everything but printable
 * ASCII with '?'. */
void exn_status_copy_printable(char *to, size_t size, const char *text);

/* Fails with EXN_LIMIT if a picture has more pixels than limit; else EXN_OK. */
exn_status exn_status_need_pixels(exn_error *error, uint32_t width, uint32_t height,
                                  uint64_t limit);

#endif
