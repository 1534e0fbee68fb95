/* SPDX-License-Identifier: MIT */
/* Lists and texts that grow by doubling, so that appending takes the same time however long they
 * are, and lists that stay sorted as they grow. */
#ifndef EXN_CLI_BASE_ARRAY_H
#define EXN_CLI_BASE_ARRAY_H

#include <stddef.h>

/* Makes space for one more item in a list that has count. Returns the list, which has moved (and
 * its items with it) if *room was full: to twice the room, or, if it was empty, to that of `first`
 * items. NULL: out of memory; list and *room are unchanged. */
void *exn_array_reserve(void *list, size_t count, size_t *room, size_t item, size_t first);

/* The same for a text of size bytes that gets `more` bytes. */
char *exn_array_reserve_text(char *text, size_t size, size_t *room, size_t more);

/* Sorts a list of count items, the first of which, as many as sorted, are in order. What comes new
 * is sorted by itself and put in between, so that one more costs no more than moving the others
 * aside. compare: as for qsort(3); scratch: room for the items that are new. */
void exn_array_merge(void *list, size_t sorted, size_t count, size_t item, void *scratch,
                     int (*compare)(const void *, const void *));

#endif
