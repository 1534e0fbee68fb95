/* SPDX-License-Identifier: MIT */
/* How much memory is held at most, as the sanitizer's allocator sees it; 0 in a build without one.
 *
 * Not for more than one thread. */
#ifndef EXN_FUZZ_PEAK_H
#define EXN_FUZZ_PEAK_H

#include <stddef.h>

/* Begins anew: what is held now counts as nothing. */
void peak_reset(void);

/* The most bytes held at once since then. */
size_t peak_bytes(void);

#endif
