/* SPDX-License-Identifier: MIT */
#include "progressive_encode.h"

#include <stdlib.h>

#include "bitplanes.h"
#include "entropy_stage.h"

enum {
    LONGEST_RUN = 0x7FFF, /* of ended blocks (T.81, G.1.2.2) */
    /* How many bits may wait for a run's end, the same as in libjpeg (jcphuff.c); with the next
     * block's 63 they are at most 1000. */
    MOST_WAITING = 937,
    WAITING_BYTES = 160,
    /* More than a block takes, or the DC of ten: 63 codes of 16 bits with values of 10, and what
     * was waiting. */
    MCU_BYTES = 512,
};

/* A scan being output: either only counted, or written. */
typedef struct coder {
    exn_entropy_stage stage;
    exn_encoder *codes; /* owned: one per component; NULL: symbols are only counted */
    uint64_t (*counts)[256];
    unsigned band_first, band_last, low; /* Ss, Se and Al of T.81, B.2.3 */
    unsigned high;                       /* Ah; 0: a first scan */
    int last_dc[EXN_JPEG_MAX_COMPONENTS];
    uint32_t run; /* blocks that have ended but are not yet written */
    /* their corrections, which follow the run's code (T.81, G.1.2.3) */
    unsigned waiting_bits;
    uint8_t waiting[WAITING_BYTES];
    exn_bit_writer waits; /* into waiting */
} coder;

/* Writes a symbol and its value, for which its code has room. count is a constant where this is
 * inlined. */
EXN_INLINE void put_symbol(coder *c, unsigned symbol, uint32_t value, bool count)
{
    if (count) {
        c->counts[0][symbol]++;
        return;
    }
    exn_bits_append(&c->stage.bits, c->codes[0].entry[symbol].bits | value,
                    c->codes[0].entry[symbol].length);
    exn_bits_settle(&c->stage.bits);
}

/* Writes up to 63 bits. */
EXN_INLINE void put_bits(exn_bit_writer *w, uint64_t bits, unsigned size)
{
    if (size > 32) {
        exn_bits_append(w, bits >> 32, size - 32);
        exn_bits_settle(w);
        bits &= UINT32_MAX;
        size = 32;
    }
    exn_bits_append(w, bits, size);
    exn_bits_settle(w);
}

/* The bits of plane selected by `which`, with the first coefficient's on top. */
EXN_INLINE uint64_t gather(uint64_t plane, uint64_t which)
{
    uint64_t bits = 0;
    for (; which; which &= which - 1)
        bits = bits << 1 | (plane >> __builtin_ctzll(which) & 1);
    return bits;
}

EXN_INLINE void put_corrections(coder *c, uint64_t plane, uint64_t which, bool count)
{
    if (!count && which)
        put_bits(&c->stage.bits, gather(plane, which), (unsigned)__builtin_popcountll(which));
}

/* The corrections of blocks in a run are known before the run's code, which counts these blocks. So
 * they wait in memory, as unstuffed bits. */
static void put_waiting(coder *c)
{
    const uint8_t *from = c->waiting;
    unsigned left = c->waiting_bits;
    for (; left >= 32; left -= 32, from += 4)
        put_bits(&c->stage.bits, exn_load64(from) >> 32, 32);
    /* The last bits are at the top of their byte. */
    put_bits(&c->stage.bits, exn_load64(from) >> 1 >> (63 - left), left);
    c->waits = (exn_bit_writer){.at = c->waiting};
}

/* Writes EOBn for the blocks that have ended (T.81, G.1.2.2). */
EXN_INLINE void end_run(coder *c, bool count)
{
    if (c->run == 0)
        return;
    const unsigned n = 31 - (unsigned)__builtin_clz(c->run);
    put_symbol(c, n << 4, 0, count);
    if (!count) {
        put_bits(&c->stage.bits, c->run - (1u << n), n);
        put_waiting(c);
    }
    c->run = 0;
    c->waiting_bits = 0;
}

/* A block's coefficients as a scan sees them: without the bits below `low`. */
typedef struct block_view {
    const uint8_t *from;
    int used; /* planes */
} block_view;

/* The coefficients whose magnitude without the bits below `low` is not 0: T.81, A.4, divides AC
 * with truncation towards 0, which the planes of a magnitude do by themselves. With Ah for `low`,
 * these are the ones that earlier scans have sent. */
EXN_INLINE uint64_t planes_from(const block_view *b, unsigned low)
{
    uint64_t all = 0;
    for (int n = (int)low; n < b->used; n++)
        all |= exn_bitplanes_word(b->from, n);
    return all;
}

/* Writes a coefficient of a band's first scan: its code, with the run of zeros before it, and its
 * value (T.81, F.1.2.2 and G.1.2.2). */
EXN_INLINE void put_value(coder *c, const block_view *b, unsigned run, unsigned k, bool count)
{
    uint32_t magnitude = 0;
    for (int n = b->used - 1; n >= (int)c->low; n--)
        magnitude = magnitude << 1 | (uint32_t)(exn_bitplanes_word(b->from, n) >> k & 1);
    const unsigned size = 32 - (unsigned)__builtin_clz(magnitude);
    const bool negative = exn_bitplanes_word(b->from, -1) >> k & 1;
    end_run(c, count);
    for (; EXN_SELDOM(run > 15); run -= 16)
        put_symbol(c, EXN_SYMBOL_ZRL, 0, count);
    put_symbol(c, run << 4 | size, negative ? magnitude ^ ((1u << size) - 1) : magnitude, count);
}

/* A block that ends with zeros joins the run of ended blocks, which is written when something else
 * comes: runs of up to 32767 blocks take one code (G.1.2.2). */
EXN_INLINE void put_first(coder *c, const block_view *b, uint64_t band, bool count)
{
    unsigned expected = c->band_first;
    for (uint64_t left = planes_from(b, c->low) & band; left; left &= left - 1) {
        const unsigned k = (unsigned)__builtin_ctzll(left);
        put_value(c, b, k - expected, k, count);
        expected = k + 1;
    }
    if (expected <= c->band_last && ++c->run == LONGEST_RUN)
        end_run(c, count);
}

/* The place of zero number `run` among these. */
EXN_INLINE uint64_t pass_zeros(uint64_t zeros, unsigned run)
{
    for (; run > 0; run--)
        zeros &= zeros - 1;
    return zeros & -zeros;
}

/* Writes a coefficient that has become nonzero (T.81, G.1.2.3). *left: what is not yet coded of the
 * band.
 *
 * Its code is preceded by a ZRL for every sixteen zeros, each with the corrections of the
 * coefficients it passes; the code's own corrections follow its sign. Decoders read them in exactly
 * this order. */
EXN_INLINE void put_new(coder *c, uint64_t plane, uint64_t known, uint64_t at, bool negative,
                        uint64_t *left, bool count)
{
    uint64_t zeros = *left & ~known & (at - 1);
    unsigned run = (unsigned)__builtin_popcountll(zeros);
    end_run(c, count);
    for (; EXN_SELDOM(run > 15); run -= 16) {
        const uint64_t last = pass_zeros(zeros, 15), passed = last | (last - 1);
        put_symbol(c, EXN_SYMBOL_ZRL, 0, count);
        put_corrections(c, plane, *left & known & passed, count);
        *left &= ~passed;
        zeros &= ~passed;
    }
    put_symbol(c, run << 4 | 1, !negative, count);
    put_corrections(c, plane, *left & known & (at - 1), count);
    *left &= ~(at | (at - 1));
}

/* Corrections after the last new coefficient belong to the run of ended blocks, because that run's
 * code ends this block. So a ZRL is never written for zeros that no new coefficient follows. */
EXN_INLINE void put_refinement(coder *c, const block_view *b, uint64_t band, bool count)
{
    const uint64_t known = planes_from(b, c->high) & band;
    const uint64_t plane = (int)c->low < b->used ? exn_bitplanes_word(b->from, (int)c->low) : 0;
    uint64_t left = band;
    for (uint64_t added = plane & band & ~known; added; added &= added - 1) {
        const uint64_t at = added & -added;
        put_new(c, plane, known, at, exn_bitplanes_word(b->from, -1) & at, &left, count);
    }
    if (!left)
        return;
    const unsigned corrections = (unsigned)__builtin_popcountll(left & known);
    if (!count && corrections)
        put_bits(&c->waits, gather(plane, left & known), corrections);
    c->waiting_bits += corrections;
    if (++c->run == LONGEST_RUN || c->waiting_bits > MOST_WAITING)
        end_run(c, count);
}

/* T.81, F.1.1.5.1 and G.1.2.2: predictions and runs start again. */
static exn_status restart(coder *c, unsigned number)
{
    memset(c->last_dc, 0, sizeof c->last_dc);
    if (!c->codes) {
        end_run(c, true);
        return EXN_OK;
    }
    end_run(c, false);
    return exn_entropy_stage_restart(&c->stage, number);
}

/* Handles what comes before an MCU. */
EXN_INLINE exn_status begin_mcu(const exn_layout *l, coder *c, uint32_t *left, unsigned *restarts)
{
    exn_status status = EXN_OK;
    if (EXN_SELDOM(l->restart_interval && (*left)-- == 0)) {
        status = restart(c, (*restarts)++);
        *left = l->restart_interval - 1;
    }
    if (EXN_SELDOM(c->codes && exn_stage_room(&c->stage) < MCU_BYTES) && status == EXN_OK)
        status = exn_entropy_stage_empty(&c->stage);
    return status;
}

/* An AC scan has one component, and no MCU of it is padding (T.81, A.2.2). */
EXN_INLINE exn_status go_over_band(const exn_layout *l, coder *c, bool refines, bool count)
{
    const exn_string_plane *p = &l->strings->plane[l->component[0]];
    const uint64_t band = UINT64_MAX >> (63 - c->band_last) & UINT64_MAX << c->band_first;
    const exn_string *block = p->blocks;
    uint32_t left = l->restart_interval;
    unsigned restarts = 0;
    for (uint32_t y = 0; y < p->blocks_y; y++) {
        exn_status status = exn_cancel_check(l->cancel, NULL);
        for (uint32_t x = 0; x < p->blocks_x && status == EXN_OK; x++, block++) {
            const uint8_t *strings = l->strings->bytes.data;
            const block_view view = {strings + block->offset, (int)exn_bitplanes_used(block)};
            /* Neighbours in the output are far apart in the source. */
            __builtin_prefetch(strings + block[EXN_STRINGS_AHEAD].offset);
            status = begin_mcu(l, c, &left, &restarts);
            if (refines)
                put_refinement(c, &view, band, count);
            else
                put_first(c, &view, band, count);
        }
        if (status != EXN_OK)
            return status;
    }
    end_run(c, count);
    return EXN_OK;
}

static EXN_HOT exn_status count_first(const exn_layout *l, coder *c)
{
    return go_over_band(l, c, false, true);
}

static EXN_HOT exn_status count_refinement(const exn_layout *l, coder *c)
{
    return go_over_band(l, c, true, true);
}

static EXN_HOT exn_status write_first(const exn_layout *l, coder *c)
{
    return go_over_band(l, c, false, false);
}

static EXN_HOT exn_status write_refinement(const exn_layout *l, coder *c)
{
    return go_over_band(l, c, true, false);
}

/* T.81, G.1.2.1: differences of DC without its lowest bits, or one bit each. A block of padding has
 * its neighbour's DC. */
static void put_dc(coder *c, unsigned n, const exn_string *block)
{
    const int value = (block ? block->dc : 0) >> c->low;
    const int difference = block ? value - c->last_dc[n] : 0;
    if (c->high > 0) {
        exn_bits_append(&c->stage.bits, (block ? value : c->last_dc[n]) & 1, 1);
        exn_bits_settle(&c->stage.bits);
    } else if (c->codes) {
        exn_layout_put_dc(&c->stage.bits, &c->codes[n], difference);
    } else {
        c->counts[n][exn_layout_dc_size(difference)]++;
    }
    c->last_dc[n] = block ? value : c->last_dc[n];
}

static exn_status go_over_dc(const exn_layout *l, coder *c)
{
    uint32_t left = l->restart_interval;
    unsigned restarts = 0;
    for (uint32_t my = 0; my < l->rows; my++) {
        exn_status status = exn_cancel_check(l->cancel, NULL);
        for (uint32_t mx = 0; mx < l->columns && status == EXN_OK; mx++) {
            status = begin_mcu(l, c, &left, &restarts);
            for (unsigned n = 0; n < l->components; n++)
                for (uint32_t y = 0; y < l->v[n]; y++)
                    for (uint32_t x = 0; x < l->h[n]; x++)
                        put_dc(c, n, exn_layout_block(l, n, mx * l->h[n] + x, my * l->v[n] + y));
        }
        if (status != EXN_OK)
            return status;
    }
    return EXN_OK;
}

/* Counting and writing use the same loops, compiled for either, so every symbol that is written has
 * been counted and has a code. */
static exn_status go_over(const exn_layout *l, const exn_jpeg_scan *h, coder *c)
{
    c->band_first = h->ss;
    c->band_last = h->se;
    c->low = h->al;
    c->high = h->ah;
    c->waits.at = c->waiting;
    if (h->ss == 0)
        return go_over_dc(l, c);
    if (c->codes)
        return h->ah ? write_refinement(l, c) : write_first(l, c);
    return h->ah ? count_refinement(l, c) : count_first(l, c);
}

void exn_progressive_encode_count(const exn_layout *l, const exn_jpeg_scan *header,
                                  uint64_t counts[EXN_JPEG_MAX_COMPONENTS][256])
{
    coder c = {.counts = counts};
    const bool codes = header->ss > 0 || header->ah == 0;
    if (codes)
        (void)go_over(l, header, &c); /* a cancellation is noticed again when the scan is written */
}

exn_status exn_progressive_encode_write(const exn_layout *l, const exn_jpeg_scan *header,
                                        exn_buffer *out)
{
    coder c = {.run = 0};
    exn_status status = EXN_MEMORY;
    const bool staged = exn_entropy_stage_open(&c.stage, out);
    const int class = header->ss > 0;
    c.codes = calloc(l->components, sizeof *c.codes);
    if (staged && c.codes) {
        for (unsigned n = 0; n < l->components; n++)
            if (l->table[class][n])
                exn_entropy_tables_make_encoder(l->table[class][n], &c.codes[n]);
        status = go_over(l, header, &c);
        if (status == EXN_OK)
            status = exn_entropy_stage_flush(&c.stage);
    }
    exn_entropy_stage_close(&c.stage);
    free(c.codes);
    return status;
}
