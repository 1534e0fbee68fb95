/* SPDX-License-Identifier: MIT */
/* The one clock: of the times that are measured, and of those that run out. */
#ifndef EXN_CLI_BASE_CLOCK_H
#define EXN_CLI_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define EXN_CLOCK_MICROSECOND UINT64_C(1000)
#define EXN_CLOCK_MILLISECOND UINT64_C(1000000)

/* Nanoseconds, monotonic: nobody who sets the time of day changes it. */
uint64_t exn_clock_now(void);

/* A file's time as one number, nanoseconds since 1970. */
int64_t exn_clock_of(const struct timespec *time);

/* Whether two of them are one. */
bool exn_clock_same(const struct timespec *a, const struct timespec *b);

#endif
