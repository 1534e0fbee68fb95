/* SPDX-License-Identifier: MIT */
/* Reads the data of a scan: intervals, codes, and bits (T.81, F.2.2). */
#ifndef EXN_JPEG_ENTROPY_READER_H
#define EXN_JPEG_ENTROPY_READER_H

#include "entropy_plan.h"
#include "entropy_source.h"
#include "entropy_tables.h"

enum { EXN_NO_SYMBOL = 256 }; /* returned for bits that begin no code, which are not consumed */

typedef struct exn_entropy_reader {
    exn_bit_source source;
    uint32_t interval, left; /* MCUs between two restart markers, and before the next; 0: none */
    unsigned next_restart;
} exn_entropy_reader;

/* Returns false if out of memory. May be closed in any case. */
bool exn_entropy_reader_open(exn_entropy_reader *reader, const exn_plan_scan *scan);
void exn_entropy_reader_close(exn_entropy_reader *reader);

/* Skips the restart marker that is due. Returns false if there is another one, or none. */
bool exn_entropy_reader_restart(exn_entropy_reader *reader);

/* Whether only padding is left. libjpeg has to judge bytes that no MCU needed. */
bool exn_entropy_reader_at_end(const exn_entropy_reader *reader);

/* Called before an MCU, which it counts: whether the previous one ended an interval. */
EXN_INLINE bool exn_reader_interval_ends(exn_entropy_reader *r)
{
    return EXN_SELDOM(r->interval && r->left-- == 0);
}

/* The symbol that the next bits begin with, and the *length of its code (T.81, F.2.2.3). */
EXN_INLINE unsigned exn_reader_look_up(exn_bit_reader *r, const exn_dc_decoder *codes,
                                       unsigned *length)
{
    exn_bits_refill(r);
    const uint32_t entry = codes->entry[r->bits >> (64 - EXN_LOOKAHEAD)];
    *length = entry & 255;
    if (EXN_SELDOM(*length == 0)) {
        uint8_t found = 0;
        *length = exn_entropy_tables_find_codes(&codes->codes, (uint32_t)(r->bits >> 48), &found);
        return *length > 16 ? EXN_NO_SYMBOL : found;
    }
    return entry >> 8;
}

/* The same, and consumes it. At least 40 bits are available afterwards. */
EXN_INLINE unsigned exn_reader_symbol(exn_bit_reader *r, const exn_dc_decoder *codes)
{
    unsigned length;
    const unsigned symbol = exn_reader_look_up(r, codes, &length);
    if (symbol != EXN_NO_SYMBOL)
        exn_bits_skip(r, length);
    return symbol;
}

/* Takes up to 32 of the available bits. Two shifts, because count may be 0 and a shift by 64 is
 * undefined. */
EXN_INLINE uint32_t exn_reader_bits(exn_bit_reader *r, unsigned count)
{
    const uint32_t value = (uint32_t)(r->bits >> 1 >> (63 - count));
    exn_bits_skip(r, count);
    return value;
}

/* Reads a DC difference (T.81, F.2.2.1), of as many bits as the code says. By table F.1, values
 * that begin with 0 are negative, offset by (1 << size) - 1; this is done without a branch, which
 * would be mispredicted half the time. Returns false if there is no such code. A code of 16 bits
 * and a value of 15 fit into one refill. */
EXN_INLINE bool exn_reader_difference(exn_bit_reader *r, const exn_dc_decoder *codes,
                                      int *difference)
{
    unsigned length;
    const unsigned size = exn_reader_look_up(r, codes, &length);
    if (EXN_SELDOM(size > 15))
        return false;
    length += size;
    const int mask = (1 << size) - 1, value = (int)(r->bits >> (-length & 63)) & mask;
    *difference = value - (mask & -(value <= mask >> 1));
    exn_bits_skip(r, length);
    return true;
}

#endif
