/* SPDX-License-Identifier: MIT */
#include "entropy_source.h"

#include <stdlib.h>

#include "segments.h"

bool exn_entropy_source_open(exn_bit_source *s, exn_span data)
{
    *s = (exn_bit_source){.next = data.data, .stop = data.data + data.size};
    s->window = calloc(1, EXN_SOURCE_WINDOW + EXN_SOURCE_MCU);
    s->bits.at = s->end = s->window;
    return s->window != NULL;
}

void exn_entropy_source_close(exn_bit_source *s)
{
    free(s->window);
    *s = (exn_bit_source){0};
}

/* T.81, B.1.1.5: in entropy-coded data each FF is followed by a stuffed zero, and an FF before
 * anything else begins a marker. FFs are rare, so they are found with memchr() and the runs between
 * them are copied whole. At a marker the source stops, and everything after the last byte reads as
 * zeros. */
void exn_entropy_source_fill(exn_bit_source *s)
{
    size_t left = (size_t)(s->end - s->bits.at);
    uint8_t *to = s->window + left, *full = s->window + EXN_SOURCE_WINDOW;
    memmove(s->window, s->bits.at, left);
    while (to < full && !s->at_end) {
        size_t size = (size_t)(s->stop - s->next);
        size = size < (size_t)(full - to) ? size : (size_t)(full - to);
        const uint8_t *ff = size ? memchr(s->next, 0xFF, size) : NULL;
        size = ff ? (size_t)(ff - s->next) : size;
        memcpy(to, s->next, size);
        to += size;
        s->next += size;
        s->at_end = s->next == s->stop;
        if (ff) {
            s->at_end = s->stop - ff < 2 || ff[1] != 0;
            if (!s->at_end) {
                *to++ = 0xFF;
                s->next += 2;
            }
        }
    }
    s->bits.at = s->window;
    s->end = to;
    /* Readers load eight bytes at a time, even at the end. */
    memset(to, 0, 8);
}

/* T.81, F.1.2.3: the rest of the last byte is padding. Another whole byte would be data that no MCU
 * needed. */
bool exn_entropy_source_at_boundary(const exn_bit_source *s)
{
    return s->at_end && exn_source_left(s) < 8;
}

bool exn_entropy_source_restart(exn_bit_source *s, unsigned number)
{
    if (!exn_entropy_source_at_boundary(s) || s->stop - s->next < 2 ||
        s->next[1] != EXN_MARKER_RST0 + number)
        return false;
    s->next += 2;
    /* Padding is dropped together with the bits that were read ahead: the next interval begins at a
     * byte (T.81, E.1.4). */
    s->bits = (exn_bit_reader){.at = s->window};
    s->end = s->window;
    s->at_end = false;
    return true;
}
