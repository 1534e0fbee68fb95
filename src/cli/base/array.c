/* SPDX-License-Identifier: MIT */
#include "array.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_FIRST ((size_t)4096) /* bytes: enough for the names of a small data set */

/* Only room that was allocated is doubled, so the sum cannot overflow; reallocarray(3) checks the
 * product. */
void *exn_array_reserve(void *list, size_t count, size_t *room, size_t item, size_t first)
{
    if (count < *room)
        return list;
    const size_t twice = *room ? 2 * *room : first;
    void *moved = reallocarray(list, twice, item);
    if (moved)
        *room = twice;
    return moved;
}

char *exn_array_reserve_text(char *text, size_t size, size_t *room, size_t more)
{
    if (*room - size >= more)
        return text;
    const size_t twice = 2 * *room + more + TEXT_FIRST;
    char *moved = realloc(text, twice);
    if (moved)
        *room = twice;
    return moved;
}

/* How many of the first count items do not sort after `one`. */
static size_t count_before(const unsigned char *list, size_t count, size_t item, const void *one,
                           int (*compare)(const void *, const void *))
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(list + middle * item, one) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* From the end: each new item is placed when all items after it have been moved. */
void exn_array_merge(void *list, size_t sorted, size_t count, size_t item, void *scratch,
                     int (*compare)(const void *, const void *))
{
    unsigned char *items = list;
    if (count == sorted)
        return;
    qsort(items + sorted * item, count - sorted, item, compare);
    memcpy(scratch, items + sorted * item, (count - sorted) * item);
    for (size_t left = sorted, end = count; end > left;) {
        const unsigned char *one = (unsigned char *)scratch + (end - left - 1) * item;
        const size_t before = count_before(items, left, item, one, compare);
        end -= left - before;
        memmove(items + end * item, items + before * item, (left - before) * item);
        left = before;
        memcpy(items + --end * item, one, item);
    }
}
