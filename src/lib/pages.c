/* SPDX-License-Identifier: MIT */
#include "pages.h"

#include <stdint.h>
#include <sys/mman.h>

/* Only pages entirely inside it, so that no neighbouring memory is affected. */
void exn_pages_large(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
    enum { LARGE = 2 << 20 };
    const size_t before = (LARGE - (uintptr_t)memory % LARGE) % LARGE;
    if (size >= before + LARGE)
        madvise((char *)memory + before, (size - before) / LARGE * LARGE, MADV_HUGEPAGE);
#else
    (void)memory, (void)size;
#endif
}
