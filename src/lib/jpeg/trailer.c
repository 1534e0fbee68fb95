/* SPDX-License-Identifier: MIT */
#include "trailer.h"

#include <string.h>

/* The file ends with a directory's size and "SEFT". The directory has "SEFH", a version, a count
 * and entries of 12 bytes that say how far before the directory the data of each begin; the
 * furthest is where the trailer begins. There is no standard; numbers are little-endian. */
size_t exn_trailer_samsung(exn_span file)
{
    enum { FOOT = 8, HEAD = 12, ENTRY = 12 };
    if (file.size < FOOT + HEAD || memcmp(file.data + file.size - 4, "SEFT", 4) != 0)
        return SIZE_MAX;
    const uint8_t *foot = file.data + file.size - FOOT;
    const size_t size = exn_get32(foot, false), end = file.size - FOOT;
    if (size < HEAD || size > end || memcmp(foot - size, "SEFH", 4) != 0)
        return SIZE_MAX;
    const uint8_t *entry = foot - size + HEAD;
    size_t furthest = 0;
    /* By the directory's size, which has been checked, rather than by its count. */
    for (size_t n = (size - HEAD) / ENTRY; n > 0; n--, entry += ENTRY) {
        size_t back = exn_get32(entry + 4, false);
        furthest = back > furthest ? back : furthest;
    }
    return furthest < end - size ? end - size - furthest : SIZE_MAX;
}
