/* SPDX-License-Identifier: MIT */
/* The entropy-coded data of a scan without its stuffed zeros, one window at a time, and the markers
 * at which it stops (T.81, B.1.1.5 and F.2.2.5). */
#ifndef EXN_JPEG_ENTROPY_SOURCE_H
#define EXN_JPEG_ENTROPY_SOURCE_H

#include "buffer.h"
#include "entropy_bits.h"

/* WINDOW: bytes unstuffed at a time. MCU: more than an MCU of ten blocks takes, with 63 codes and
 * values and a DC each, so that nothing within an MCU checks for the end. */
enum { EXN_SOURCE_WINDOW = 1 << 16, EXN_SOURCE_MCU = 4096 };

typedef struct exn_bit_source {
    const uint8_t *next, *stop; /* still stuffed */
    uint8_t *window;            /* owned */
    const uint8_t *end;         /* end of the window's data, in which bits.at also points */
    bool at_end;                /* next is at the end, or at a marker */
    exn_bit_reader bits;
} exn_bit_source;

/* data stays borrowed. Returns false if out of memory. */
bool exn_entropy_source_open(exn_bit_source *source, exn_span data);
void exn_entropy_source_close(exn_bit_source *source);

/* Moves the remaining bytes to the front and unstuffs more after them, up to the next marker. */
void exn_entropy_source_fill(exn_bit_source *source);

/* Called between two MCUs: makes sure that enough data for the next one is available. */
EXN_INLINE void exn_source_prepare(exn_bit_source *s)
{
    if (s->end - s->bits.at < EXN_SOURCE_MCU && !s->at_end)
        exn_entropy_source_fill(s);
}

/* How many bits have not been read; negative if there were not enough. */
EXN_INLINE int64_t exn_source_left(const exn_bit_source *s)
{
    return (s->end - s->bits.at) * 8 + (int64_t)s->bits.count;
}

/* Whether at most seven bits of padding precede a marker or the end. */
bool exn_entropy_source_at_boundary(const exn_bit_source *source);

/* Skips the restart marker of that number. Returns false if it is not there. */
bool exn_entropy_source_restart(exn_bit_source *source, unsigned number);

#endif
