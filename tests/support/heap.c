/* SPDX-License-Identifier: MIT */
/* Tests take and give back pictures by the thousand. What malloc hands back to the system each time
 * it gets again as pages that have to be cleared: a fifth of the time of some. So it keeps what it
 * has; tests that need to know what a call takes ask another process. */
#include <limits.h>
#include <malloc.h>

#ifdef __GLIBC__
__attribute__((constructor)) static void keep_pages(void)
{
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, 1 << 20);
}
#endif
