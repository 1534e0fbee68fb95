/* SPDX-License-Identifier: MIT */
/* Lists and texts that grow by doubling, so that appending takes the same time however long they
 * are, and lists that stay sorted as they grow. */
#ifndef EXN_CLI_BASE_ARRAY_H
#define EXN_CLI_BASE_ARRAY_H

#include <stddef.h>

/* A list of count items with space for one more: the one that was given, or, where it had no space,
 * what it has moved to, with *room for twice as many, or for first items in the beginning. Entries
 * that were pointed to have moved, too. NULL: out of memory; list and room are as they were. */
void *exn_array_reserve(void *list, size_t count, size_t *room, size_t item, size_t first);

/* The same of a text of size bytes that gets so many more. */
char *exn_array_reserve_text(char *text, size_t size, size_t *room, size_t more);

/* Sorts a list of count items, the first of which, as many as sorted, are in order. What comes new
 * is sorted by itself and put in between, so that one more costs no more than moving the others
 * aside. compare: as for qsort(3); scratch: room for the items that are new. */
void exn_array_merge(void *list, size_t sorted, size_t count, size_t item, void *scratch,
                     int (*compare)(const void *, const void *));

#endif
