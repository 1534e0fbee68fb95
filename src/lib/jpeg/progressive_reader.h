/* SPDX-License-Identifier: MIT */
/* The data of a progressive scan: intervals, codes, and bits (T.81, F.2.2). */
#ifndef EXN_JPEG_PROGRESSIVE_READER_H
#define EXN_JPEG_PROGRESSIVE_READER_H

#include "entropy_plan.h"
#include "entropy_source.h"
#include "entropy_tables.h"

enum { EXN_NO_SYMBOL = 256 }; /* bits that begin no code */

typedef struct exn_progressive_reader {
    exn_bit_source source;
    uint32_t interval, left; /* MCUs between two restart markers, and up to the next; 0: none */
    unsigned next_restart;
} exn_progressive_reader;

/* False: no memory. It may be closed in any case. */
bool exn_progressive_reader_open(exn_progressive_reader *reader, const exn_plan_scan *scan);
void exn_progressive_reader_close(exn_progressive_reader *reader);

/* Passes the restart marker that is to come. False: another one is there, or none. */
bool exn_progressive_reader_restart(exn_progressive_reader *reader);

/* Whether nothing is left but padding. Bytes that no MCU has asked for are libjpeg's to judge. */
bool exn_progressive_reader_at_end(const exn_progressive_reader *reader);

/* Before an MCU: whether an interval has ended with the one before. Counts it. */
EXN_INLINE bool exn_reader_interval_ends(exn_progressive_reader *r)
{
    return EXN_SELDOM(r->interval && r->left-- == 0);
}

/* What the next bits say (T.81, F.2.2.3). 40 bits at least are at hand after it. */
EXN_INLINE unsigned exn_reader_symbol(exn_bit_reader *r, const exn_dc_decoder *codes)
{
    exn_bits_refill(r);
    const uint32_t entry = codes->entry[r->bits >> (64 - EXN_LOOKAHEAD)];
    unsigned length = entry & 255, symbol = entry >> 8;
    if (EXN_SELDOM(length == 0)) {
        uint8_t found = 0;
        length = exn_entropy_tables_find_codes(&codes->codes, (uint32_t)(r->bits >> 48), &found);
        symbol = length > 16 ? EXN_NO_SYMBOL : found;
    }
    exn_bits_skip(r, length);
    return symbol;
}

/* Up to 32 bits of those at hand. Two shifts, since there may be none to take, and a shift by 64 is
 * undefined. */
EXN_INLINE uint32_t exn_reader_bits(exn_bit_reader *r, unsigned count)
{
    const uint32_t value = (uint32_t)(r->bits >> 1 >> (63 - count));
    exn_bits_skip(r, count);
    return value;
}

#endif
