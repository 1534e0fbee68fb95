/* SPDX-License-Identifier: MIT */
#include "entropy_end.h"

#include "markers.h"

enum { BLOCK = 128 };

/* Whether none of BLOCK bytes is an FF before a byte other than 0; reads one byte more. One byte in
 * 256 of a photograph's data is FF, so searching for each of them would take twice as long. */
static bool is_plain(const uint8_t *p)
{
    uint8_t found = 0;
    for (int i = 0; i < BLOCK; i++)
        found |= (uint8_t)((p[i] == 0xFF) & (p[i + 1] != 0));
    return !found;
}

size_t exn_entropy_end(exn_span data, size_t at)
{
    while (at < data.size) {
        if (data.size - at > BLOCK && is_plain(data.data + at)) {
            at += BLOCK;
            continue;
        }
        size_t end = data.size - at > BLOCK ? at + BLOCK : data.size;
        for (; at < end; at++) {
            if (data.data[at] != 0xFF)
                continue;
            uint8_t next = at + 1 < data.size ? data.data[at + 1] : 0xFF;
            if (next != 0 && (next < EXN_MARKER_RST0 || next > EXN_MARKER_RST7))
                return at;
        }
    }
    return data.size;
}
