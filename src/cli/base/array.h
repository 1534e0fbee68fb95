/* SPDX-License-Identifier: MIT */
/* Lists and texts that grow by doubling, so that the cost of appending does not depend on their
 * length, and lists that stay sorted as they grow. */
#ifndef EXN_CLI_BASE_ARRAY_H
#define EXN_CLI_BASE_ARRAY_H

#include <stddef.h>

/* Makes space for one more item in a list of count items. If *room is full, the list moves to twice
 * the room or, if it was empty, to room for `first` items. Returns the list. NULL: out of memory;
 * list and *room are unchanged. */
void *exn_array_reserve(void *list, size_t count, size_t *room, size_t item, size_t first);

/* Makes space for `more` bytes in a text of size bytes, likewise. */
char *exn_array_reserve_text(char *text, size_t size, size_t *room, size_t more);

/* Sorts a list of count items, the first `sorted` of which are already in order. New items are
 * sorted among themselves and merged in, so that one more costs no more than moving the others
 * aside. compare: as for qsort(3); scratch: space for the new items. */
void exn_array_merge(void *list, size_t sorted, size_t count, size_t item, void *scratch,
                     int (*compare)(const void *, const void *));

#endif
