/* SPDX-License-Identifier: MIT */
/* DC has scans of its own in a progressive file, of one component or of several (T.81, G.1.1.1.1):
 * a first one of differences, without their lowest Al bits, then others of a bit for each block.
 * Blocks come MCU by MCU,
 *
 *     luma 2x2, chroma 1x1:   Y00 Y01 Y10 Y11 Cb Cr | Y02 Y03 Y12 Y13 Cb Cr | ...
 *
 * and in a scan of one component row by row, without any padding (A.2.2). */
#include "progressive_dc.h"

#include <stdlib.h>

#include "entropy_reader.h"
#include "mcus.h"

/* Where the DC of the source's block at x, y goes. Padding is coded like any block, because the
 * next difference is relative to it, but its value is discarded. */
static int16_t *dc_of(const exn_progressive_target *t, uint32_t x, uint32_t y)
{
    if (x >= t->component->blocks_x || y >= t->component->blocks_y)
        return NULL; /* the padding of an MCU */
    if (t->component->rows)
        return &t->component->rows[y][x][0];
    return &t->plane
                ->blocks[t->path.origin + (ptrdiff_t)y * t->path.step_y +
                         (ptrdiff_t)x * t->path.step_x]
                .dc;
}

/* A scan of the DC coefficients of one or more components. */
typedef struct dc_scan {
    exn_entropy_reader reader;
    const exn_jpeg_scan *header;
    exn_dc_decoder codes[EXN_JPEG_MAX_COMPONENTS];
    uint32_t h[EXN_JPEG_MAX_COMPONENTS], v[EXN_JPEG_MAX_COMPONENTS]; /* blocks of an MCU */
    int last[EXN_JPEG_MAX_COMPONENTS];
} dc_scan;

/* T.81, G.1.2.1: a difference of DC without its lowest bits. A result beyond 16 bits is left to
 * libjpeg. */
static bool decode_first_dc(dc_scan *s, unsigned n, int16_t *dc)
{
    int difference;
    if (!exn_reader_difference(&s->reader.source.bits, &s->codes[n], &difference))
        return false;
    s->last[n] += difference;
    const int value = s->last[n] * (1 << s->header->al);
    if (dc)
        *dc = (int16_t)value;
    return s->last[n] >= INT16_MIN && s->last[n] <= INT16_MAX && value >= INT16_MIN &&
           value <= INT16_MAX;
}

/* A refinement has neither codes nor predictions, only the next lower bit of each block (G.1.2.1).
 * Or'ing it in is right for negative values as well, because in two's complement they are shifted
 * down, not truncated. */
static bool decode_dc(dc_scan *s, unsigned n, int16_t *dc)
{
    if (s->header->ah == 0)
        return decode_first_dc(s, n, dc);
    exn_bits_refill(&s->reader.source.bits);
    const uint32_t bit = exn_reader_bits(&s->reader.source.bits, 1);
    if (dc)
        *dc = (int16_t)(*dc | (int)(bit << s->header->al));
    return true;
}

/* At most ten blocks (B.2.3), for which the source has been prepared once instead of before each
 * bit. After a marker predictions start from 0 (F.1.1.5.1). */
static bool decode_dc_mcu(dc_scan *s, const exn_progressive_target targets[], uint32_t mx,
                          uint32_t my)
{
    if (exn_reader_interval_ends(&s->reader)) {
        if (!exn_entropy_reader_restart(&s->reader))
            return false;
        memset(s->last, 0, sizeof s->last);
    }
    exn_source_prepare(&s->reader.source);
    for (unsigned n = 0; n < s->header->components; n++)
        for (uint32_t y = 0; y < s->v[n]; y++)
            for (uint32_t x = 0; x < s->h[n]; x++)
                if (!decode_dc(s, n,
                               dc_of(&targets[s->header->component[n]], mx * s->h[n] + x,
                                     my * s->v[n] + y)))
                    return false;
    return exn_source_left(&s->reader.source) >= 0;
}

/* DC sizes over 15 would shift beyond an int; 8-bit JPEG has none over 11 (T.81, table F.1). */
static bool make_dc_codes(dc_scan *s, const exn_plan_scan *scan)
{
    exn_huffman table;
    for (unsigned n = 0; n < s->header->components && s->header->ah == 0; n++) {
        if (!exn_entropy_tables_parse(scan->table[0][n], &table))
            return false;
        for (uint32_t k = 0; k < table.codes; k++)
            if (table.values[k] > 15)
                return false;
        exn_entropy_tables_make_dc(&table, &s->codes[n]);
    }
    return true;
}

static exn_status decode_rows(dc_scan *s, const exn_jpeg *jpeg,
                              const exn_progressive_target targets[], exn_error *error)
{
    const uint32_t columns = exn_mcus_per_row(jpeg, s->header);
    const uint32_t rows = exn_mcu_rows(jpeg, s->header);
    for (uint32_t y = 0; y < rows; y++) {
        exn_status status = exn_cancel_check(&jpeg->cancel, error);
        if (status != EXN_OK)
            return status;
        for (uint32_t x = 0; x < columns; x++)
            if (!decode_dc_mcu(s, targets, x, y))
                return EXN_UNSUPPORTED;
    }
    return exn_entropy_reader_at_end(&s->reader) ? EXN_OK : EXN_UNSUPPORTED;
}

exn_status exn_progressive_dc_decode(const exn_jpeg *jpeg, const exn_plan_scan *scan,
                                     const exn_progressive_target targets[], exn_error *error)
{
    dc_scan *s = calloc(1, sizeof *s);
    if (!s)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    s->header = &scan->header;
    for (unsigned n = 0; n < s->header->components; n++) {
        const bool single = s->header->components == 1; /* an MCU is one block (T.81, A.2.2) */
        s->h[n] = single ? 1 : jpeg->component[s->header->component[n]].h;
        s->v[n] = single ? 1 : jpeg->component[s->header->component[n]].v;
    }
    exn_status status = EXN_UNSUPPORTED;
    if (!exn_entropy_reader_open(&s->reader, scan))
        status = exn_status_fail(error, EXN_MEMORY, "decoder");
    else if (make_dc_codes(s, scan))
        status = decode_rows(s, jpeg, targets, error);
    exn_entropy_reader_close(&s->reader);
    free(s);
    return status;
}

size_t exn_progressive_dc_bytes(void)
{
    return sizeof(dc_scan) + EXN_SOURCE_WINDOW + EXN_SOURCE_MCU;
}
