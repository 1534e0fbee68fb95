/* SPDX-License-Identifier: MIT */
/* Backs memory with large pages. */
#ifndef EXN_PAGES_H
#define EXN_PAGES_H

#include <stddef.h>

/* Asks the system for large pages for memory that is about to be filled: otherwise megabytes are
 * thousands of small pages, with a fault for each. The system may ignore that; contents are kept.
 */
void exn_pages_large(void *memory, size_t size);

#endif
