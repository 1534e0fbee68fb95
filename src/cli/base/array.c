/* SPDX-License-Identifier: MIT */
#include "array.h"

#include <stdlib.h>

#define TEXT_FIRST ((size_t)4096) /* bytes: names of a small data set fit into it */

/* Room is only doubled that was had, so the sums cannot overflow; reallocarray(3) looks after the
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
