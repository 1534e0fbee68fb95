/* SPDX-License-Identifier: MIT */
#include "entropy_encode.h"

#include <stdlib.h>
#include <string.h>

#include "entropy_bits.h"
#include "entropy_stage.h"

/* More than an MCU of ten blocks takes. A block takes at most 64 codes of 16 bits with values of
 * 11: 216 bytes (T.81, F.1.2). */
enum { MCU_BYTES = 10 * 256 + 64 };

/* New codes for a component's strings. */
typedef struct transcoder {
    exn_ac_single from;
    uint8_t symbol[EXN_AC_KINDS];
} transcoder;

typedef struct writer {
    exn_entropy_stage stage;
    int last_dc[EXN_JPEG_MAX_COMPONENTS];
    exn_encoder *encoders;   /* owned: one per table */
    transcoder *transcoders; /* owned: one per code; NULL: strings are written as they are */
    const exn_encoder *encoder[2][EXN_JPEG_MAX_COMPONENTS]; /* DC and AC */
    const transcoder *from[EXN_JPEG_MAX_COMPONENTS];
} writer;

/* Appends a string as it is, seven bytes at a time, because the writer may still hold up to seven
 * bits of the previous byte. A string has at least one bit, of an EOB or a coefficient. */
EXN_INLINE void put_string(exn_bit_writer *w, const uint8_t *from, unsigned bits)
{
    for (; bits > 56; bits -= 56, from += 7) {
        exn_bits_append(w, exn_load64(from) >> 8, 56);
        exn_bits_settle(w);
    }
    exn_bits_append(w, exn_load64(from) >> (64 - bits), bits);
    exn_bits_settle(w);
}

/* Appends a string of that many bits, in other codes. */
EXN_INLINE void put_transcoded(exn_bit_writer *w, const transcoder *t, const exn_encoder *ac,
                               const uint8_t *from, unsigned bits)
{
    exn_bit_reader r = {.at = from};
    for (int left = (int)bits; left > 0;) {
        exn_bits_refill(&r);
        exn_ac_code code = t->from.entry[r.bits >> (64 - EXN_LOOKAHEAD)];
        if (EXN_SELDOM(code.length == 0))
            code = exn_entropy_tables_find_ac(&t->from.codes, r.bits);
        unsigned symbol = t->symbol[exn_ac_kind(code.step, code.size)];
        uint32_t value = exn_ac_value(r.bits >> code.shift, code.size);
        exn_bits_append(w, ac->entry[symbol].bits ^ value, ac->entry[symbol].length);
        exn_bits_settle(w);
        exn_bits_skip(&r, code.length);
        left -= code.length;
    }
}

EXN_INLINE void write_block(const exn_layout *l, writer *w, exn_bit_writer *bits, unsigned n,
                            const exn_string *block, bool transcode)
{
    const exn_encoder *dc = w->encoder[0][n], *ac = w->encoder[1][n];
    if (EXN_SELDOM(!block)) { /* an MCU's padding: its neighbour's DC and no AC */
        exn_layout_put_dc(bits, dc, 0);
        exn_bits_append(bits, ac->entry[EXN_SYMBOL_EOB].bits, ac->entry[EXN_SYMBOL_EOB].length);
        exn_bits_settle(bits);
        return;
    }
    const uint8_t *from = l->strings->bytes.data;
    /* Neighbours in the output are far apart in the source. */
    __builtin_prefetch(from + block[EXN_STRINGS_AHEAD].offset);
    exn_layout_put_dc(bits, dc, block->dc - w->last_dc[n]);
    w->last_dc[n] = block->dc;
    if (transcode)
        put_transcoded(bits, w->from[n], ac, from + block->offset, block->bits);
    else
        put_string(bits, from + block->offset, block->bits);
}

EXN_INLINE void write_mcu(const exn_layout *l, writer *w, uint32_t mx, uint32_t my, bool transcode)
{
    exn_bit_writer bits = w->stage.bits;
    for (unsigned n = 0; n < l->components; n++)
        for (uint32_t y = 0; y < l->v[n]; y++)
            for (uint32_t x = 0; x < l->h[n]; x++)
                write_block(l, w, &bits, n,
                            exn_layout_block(l, n, mx * l->h[n] + x, my * l->v[n] + y), transcode);
    w->stage.bits = bits;
}

/* T.81, F.1.1.5.1: predictions start again from 0. */
static exn_status write_restart(writer *w, unsigned number)
{
    memset(w->last_dc, 0, sizeof w->last_dc);
    return exn_entropy_stage_restart(&w->stage, number);
}

/* Restart intervals count MCUs of the output, whatever they were in the source (T.81, B.2.4.4).
 * Inlined twice with transcode as a constant, so that the loop over blocks does not test it. */
EXN_INLINE exn_status write_mcus(const exn_layout *l, writer *w, bool transcode)
{
    uint32_t left = l->restart_interval, restarts = 0;
    exn_status status = EXN_OK;
    for (uint32_t y = 0; y < l->rows; y++) {
        if (status == EXN_OK)
            status = exn_cancel_check(l->cancel, NULL);
        for (uint32_t x = 0; x < l->columns; x++) {
            if (EXN_SELDOM(l->restart_interval && left-- == 0)) {
                status = write_restart(w, restarts++);
                left = l->restart_interval - 1;
            }
            /* There is always room for a whole MCU, so no block has to check. */
            if (EXN_SELDOM(exn_stage_room(&w->stage) < MCU_BYTES) && status == EXN_OK)
                status = exn_entropy_stage_empty(&w->stage);
            if (status != EXN_OK)
                return status;
            write_mcu(l, w, x, y, transcode);
        }
    }
    return exn_entropy_stage_flush(&w->stage);
}

static EXN_HOT exn_status write_as_they_are(const exn_layout *l, writer *w)
{
    return write_mcus(l, w, false);
}

static EXN_HOT exn_status write_transcoded(const exn_layout *l, writer *w)
{
    return write_mcus(l, w, true);
}

/* Maps the result of a look-up back to its symbol, indexed by kind: step and size side by side. */
static void make_transcoder(const exn_huffman *from, transcoder *t)
{
    exn_entropy_tables_make_single(from, &t->from);
    memset(t->symbol, 0, sizeof t->symbol);
    for (uint32_t n = 0; n < from->codes; n++)
        t->symbol[exn_entropy_tables_ac_kind(from->values[n])] = from->values[n];
}

/* Whether strings already have the output's codes, so that they are copied without being read. Only
 * AC tables matter, because DC differences are coded again in any case. */
static bool strings_are_coded_so(const exn_layout *l)
{
    for (unsigned n = 0; n < l->components; n++)
        if (!exn_entropy_tables_equal(&l->strings->plane[l->component[n]].code, l->table[1][n]))
            return false;
    return true;
}

static const exn_huffman *code_of(const exn_layout *l, unsigned n)
{
    return &l->strings->plane[l->component[n]].code;
}

/* Components with the same table share its codes, which saves cache. */
static void make_codes(const exn_layout *l, writer *w)
{
    exn_encoder *encoder = w->encoders;
    transcoder *from = w->transcoders;
    for (unsigned n = 0; n < l->components; n++) {
        unsigned same = 0;
        for (unsigned class = 0; class < 2; class ++) {
            for (same = 0; l->table[class][same] != l->table[class][n];)
                same++;
            if (same == n)
                exn_entropy_tables_make_encoder(l->table[class][n], encoder);
            w->encoder[class][n] = same == n ? encoder++ : w->encoder[class][same];
        }
        for (same = 0;
             w->transcoders && !exn_entropy_tables_equal(code_of(l, same), code_of(l, n));)
            same++;
        if (w->transcoders && same == n)
            make_transcoder(code_of(l, n), from);
        if (w->transcoders)
            w->from[n] = same == n ? from++ : w->from[same];
    }
}

exn_status exn_entropy_encode_write(const exn_layout *l, exn_buffer *out)
{
    bool transcode = !strings_are_coded_so(l);
    exn_status status = EXN_MEMORY;
    writer w = {.encoders = NULL};
    const bool staged = exn_entropy_stage_open(&w.stage, out);
    w.encoders = malloc(2 * l->components * sizeof *w.encoders);
    w.transcoders = transcode ? malloc(l->components * sizeof *w.transcoders) : NULL;
    if (staged && w.encoders && (w.transcoders || !transcode)) {
        make_codes(l, &w);
        status = transcode ? write_transcoded(l, &w) : write_as_they_are(l, &w);
    }
    exn_entropy_stage_close(&w.stage);
    free(w.encoders);
    free(w.transcoders);
    return status;
}

/* Blocks of component n without samples: an EOB each. They complete MCUs at the right and bottom
 * edges (T.81, A.2.4). */
static uint64_t padding_blocks(const exn_layout *l, unsigned n)
{
    const exn_string_plane *p = &l->strings->plane[l->component[n]];
    return (uint64_t)l->columns * l->h[n] * l->rows * l->v[n] - (uint64_t)p->blocks_x * p->blocks_y;
}

/* The same walk as write_mcu()'s, only for DC sizes: AC symbols were counted when strings were made
 * and do not depend on the order of blocks. */
static void count_mcu(const exn_layout *l, uint32_t mx, uint32_t my, int *last_dc,
                      uint64_t dc[EXN_JPEG_MAX_COMPONENTS][256])
{
    for (unsigned n = 0; n < l->components; n++)
        for (uint32_t y = 0; y < l->v[n]; y++)
            for (uint32_t x = 0; x < l->h[n]; x++) {
                const exn_string *block =
                    exn_layout_block(l, n, mx * l->h[n] + x, my * l->v[n] + y);
                int difference = block ? block->dc - last_dc[n] : 0;
                dc[n][exn_layout_dc_size(difference)]++;
                last_dc[n] += difference;
            }
}

void exn_entropy_encode_count(const exn_layout *l, uint64_t dc[EXN_JPEG_MAX_COMPONENTS][256],
                              uint64_t ac[EXN_JPEG_MAX_COMPONENTS][256])
{
    int last_dc[EXN_JPEG_MAX_COMPONENTS] = {0};
    uint32_t left = l->restart_interval;
    for (uint32_t my = 0; my < l->rows; my++) {
        if (exn_cancel_check(l->cancel, NULL) != EXN_OK)
            break;
        for (uint32_t mx = 0; mx < l->columns; mx++) {
            if (l->restart_interval && left-- == 0) {
                memset(last_dc, 0, sizeof last_dc);
                left = l->restart_interval - 1;
            }
            count_mcu(l, mx, my, last_dc, dc);
        }
    }
    for (unsigned n = 0; n < l->components; n++) {
        memcpy(ac[n], l->strings->plane[l->component[n]].counts, sizeof ac[n]);
        ac[n][EXN_SYMBOL_EOB] += padding_blocks(l, n);
    }
}
