/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <time.h>

uint64_t exn_clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 * EXN_CLOCK_MILLISECOND + (uint64_t)now.tv_nsec;
}

int64_t exn_clock_of(const struct timespec *time)
{
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

bool exn_clock_same(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}
