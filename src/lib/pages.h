/* SPDX-License-Identifier: MIT */
/* Memory by large pages. */
#ifndef EXN_PAGES_H
#define EXN_PAGES_H

#include <stddef.h>

/* Asks the system to back memory that is about to be filled by large pages: megabytes are else
 * thousands of small ones, and a fault for each. It may do as it likes; contents stay. */
void exn_pages_large(void *memory, size_t size);

#endif
