/* SPDX-License-Identifier: MIT */
/* The clock for measured times and for time limits. */
#ifndef EXN_CLI_BASE_CLOCK_H
#define EXN_CLI_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define EXN_CLOCK_MICROSECOND UINT64_C(1000)
#define EXN_CLOCK_MILLISECOND UINT64_C(1000000)

/* Nanoseconds, monotonic: setting the time of day does not affect it. */
uint64_t exn_clock_now(void);

/* A file's time as one number, nanoseconds since 1970. */
int64_t exn_clock_of(const struct timespec *time);

/* Whether both times are equal. */
bool exn_clock_same(const struct timespec *a, const struct timespec *b);

#endif
