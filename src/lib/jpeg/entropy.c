/* SPDX-License-Identifier: MIT */
#include "entropy.h"

#include <string.h>

#include "bitplanes.h"
#include "entropy_encode.h"
#include "entropy_lane.h"
#include "entropy_slots.h"
#include "mcus.h"
#include "pages.h"
#include "progressive_decode.h"
#include "progressive_encode.h"
#include "requantize.h"
#include "strip.h"

enum { LARGEST_DC_DIFFERENCE = 2047 }; /* T.81, F.1.2.1: 11 bits */

/* Whether the component's blocks only move. */
static bool is_exact(const exn_entropy *e, uint32_t i)
{
    return e->exact >> i & 1;
}

/* The memory needed besides the strings: the source, its output, a list of blocks, and the buffers
 * for requantized components: either lines of blocks being moved to another grid, or all blocks,
 * before and, for one component at a time, after. Computed before anything is allocated, so that a
 * file of a few bytes that claims a huge picture is refused at once. */
static uint64_t need(const exn_entropy *e, bool keep)
{
    uint64_t blocks = 0, kept = 0, largest = 0;
    for (uint32_t i = 0; i < e->jpeg->components; i++) {
        const exn_component *c = &e->kept.component[i];
        uint64_t bytes = keep ? exn_component_bytes(c) : exn_entropy_lane_bytes(c);
        blocks += (uint64_t)c->blocks_x * c->blocks_y;
        bytes = is_exact(e, i) ? 0 : bytes;
        kept += bytes;
        largest = bytes > largest ? bytes : largest;
    }
    kept += kept && keep ? largest + exn_strip_bytes(e->jpeg) : 0;
    /* The last half megabyte is for tables and windows of any picture. */
    return 2 * (uint64_t)e->jpeg->file.size + blocks * sizeof(exn_string) + kept + (1 << 19);
}

/* A rotation changes the order of blocks, so a component's DC values must all lie within one
 * difference of each other and of 0, where prediction starts. */
static exn_status check_range(const exn_entropy *e, exn_error *error)
{
    for (uint32_t i = 0; i < e->jpeg->components; i++) {
        const exn_string_plane *p = &e->strings.plane[i];
        /* Any two blocks may become neighbours, in a scan or at the start of a restart interval. */
        if (p->highest - p->lowest > LARGEST_DC_DIFFERENCE)
            return exn_status_fail(error, EXN_CORRUPT, "DCT coefficient out of range");
    }
    return EXN_OK;
}

/* Describes the source's components as exn_requantize() needs them, without blocks. Quantization
 * tables are converted from zigzag order here. */
static void make_frame(exn_entropy *e)
{
    const exn_jpeg *jpeg = e->jpeg;
    e->kept = (exn_coefficients){.width = jpeg->width,
                                 .cancel = &jpeg->cancel,
                                 .height = jpeg->height,
                                 .max_h = jpeg->max_h,
                                 .max_v = jpeg->max_v,
                                 .components = jpeg->components};
    for (uint32_t i = 0; i < jpeg->components; i++) {
        exn_component *c = &e->kept.component[i];
        c->h = jpeg->component[i].h;
        c->v = jpeg->component[i].v;
        exn_component_measure(&e->kept, i);
        for (int k = 0; k < 64; k++)
            c->quant[exn_component_natural_order[k]] = e->plan.component[i].quant[k];
    }
}

/* Each scan is read once, in the order of the file, as tables may change between scans. keep:
 * requantized components are kept as blocks for exn_entropy_rotate_kept(). */
static exn_status decode(exn_entropy *e, bool keep, exn_error *error)
{
    const exn_jpeg *jpeg = e->jpeg;
    const uint32_t all = (1u << jpeg->components) - 1;
    const exn_string_manner manner = {.turn = e->turn,
                                      /* The standard tables (T.81, K.3 to K.6) are kept, so nothing
                                       * has to be counted to make better ones. */
                                      .count = !jpeg->standard_huffman,
                                      .regrids = keep ? 0 : all & ~e->exact,
                                      .frame = &e->kept};
    const uint64_t usual = (uint64_t)jpeg->file.size + jpeg->file.size / 8;
    e->strings.need = need(e, keep);
    exn_status status =
        exn_status_need_memory(error, e->strings.need + jpeg->file.size, e->strings.limit);
    /* A string's offset has 32 bits; whether more is needed exn_entropy_strings_grow() finds out.
     */
    if (status == EXN_OK &&
        exn_buffer_reserve(&e->strings.bytes, usual < UINT32_MAX ? (size_t)usual : UINT32_MAX) !=
            EXN_OK)
        status = exn_status_fail(error, EXN_MEMORY, "coded blocks");
    exn_pages_large(e->strings.bytes.data, e->strings.bytes.capacity);
    for (uint32_t i = 0; i < jpeg->components && keep && status == EXN_OK; i++)
        if (!is_exact(e, i))
            status = exn_component_open(&e->kept.component[i], error);
    for (uint32_t s = 0; s < e->plan.scans && status == EXN_OK; s++)
        status = exn_entropy_decode(&e->strings, jpeg, &e->plan.scan[s], &manner, error);
    return status;
}

/* Decodes all scans of a progressive picture. This takes less memory than libjpeg, so if there is
 * not even that much, libjpeg gets to report it. */
static exn_status decode_progressive(exn_entropy *e, exn_error *error)
{
    const exn_string_manner manner = {.turn = e->turn, .frame = &e->kept};
    exn_error cause = {0};
    e->strings.need = need(e, true) + exn_progressive_decode_bytes(e->jpeg, &e->plan);
    exn_status status = exn_status_need_memory(&cause, e->strings.need, e->strings.limit);
    for (uint32_t i = 0; i < e->jpeg->components && status == EXN_OK; i++)
        if (!is_exact(e, i))
            status = exn_component_open(&e->kept.component[i], &cause);
    if (status == EXN_OK)
        status = exn_progressive_decode(&e->strings, e->jpeg, &e->plan, &manner, &cause);
    if (status == EXN_LIMIT)
        return EXN_UNSUPPORTED;
    return cause.status == EXN_OK ? status : exn_status_fail(error, status, "%s", cause.detail);
}

/* Whether requantized components are better kept as blocks. Finer tables are chosen from all
 * blocks; and a step of zero is reported only once it is known whether the component needs its
 * table at all. */
static bool keeps_blocks(const exn_entropy *e)
{
    bool keep = e->quality == EXN_QUALITY_HIGH;
    for (uint32_t i = 0; i < e->kept.components; i++)
        for (int k = 0; k < 64; k++)
            keep = keep || (!is_exact(e, i) && e->kept.component[i].quant[k] == 0);
    return keep;
}

exn_status exn_entropy_open(exn_entropy *e, const exn_jpeg *jpeg, exn_orientation o,
                            exn_quality quality, uint64_t limit, exn_error *error)
{
    *e = (exn_entropy){.jpeg = jpeg, .turn = o, .quality = quality};
    if (!exn_entropy_plan_make(jpeg, &e->plan))
        return EXN_UNSUPPORTED;
    make_frame(e);
    e->exact = exn_component_exact_set(&e->kept, jpeg, o);
    e->strings.limit = limit;
    exn_status status =
        jpeg->progressive ? decode_progressive(e, error) : decode(e, keeps_blocks(e), error);
    if (status == EXN_UNSUPPORTED && e->strings.extreme) {
        exn_entropy_strings_free(&e->strings);
        e->strings.limit = limit;
        status = decode(e, true, error);
    }
    if (status == EXN_OK)
        e->exact = exn_component_exact_set(&e->kept, jpeg, o) | e->strings.even;
    return status;
}

/* Requantizes one component, whose source blocks are freed as soon as they have been used. Its
 * strings are made here, from blocks that are already rotated. */
static exn_status rotate_kept(exn_entropy *e, exn_coefficients *target, uint32_t i,
                              exn_error *error)
{
    exn_component *to = &target->component[i];
    exn_status status = exn_component_open(to, error);
    if (status == EXN_OK && is_exact(e, i))
        exn_component_move(&e->kept.component[i], to, e->turn);
    else if (status == EXN_OK)
        status = exn_requantize(&e->kept, target, i, e->turn, e->quality, error);
    exn_component_close(&e->kept.component[i]);
    e->strings.need -= exn_component_bytes(&e->kept.component[i]);
    if (status == EXN_OK)
        status = e->jpeg->progressive ? exn_bitplanes_encode(&e->strings, i, to, error)
                                      : exn_entropy_strings_encode(&e->strings, i, to, error);
    exn_component_close(to);
    return status;
}

exn_status exn_entropy_rotate_kept(exn_entropy *e, exn_error *error)
{
    exn_coefficients target;
    exn_error cause = {0};
    exn_status status = EXN_OK;
    exn_component_frame(&target, &e->kept, e->turn);
    for (uint32_t i = 0; i < target.components && status == EXN_OK; i++)
        if (e->kept.component[i].rows)
            status = rotate_kept(e, &target, i, &cause);
    for (uint32_t i = 0; i < target.components; i++)
        for (int k = 0; k < 64; k++)
            /* DQT is in zigzag order (T.81, B.2.4.1). */
            e->quant[i][k] = target.component[i].quant[exn_component_natural_order[k]];
    if (status == EXN_LIMIT && e->jpeg->progressive)
        return EXN_UNSUPPORTED; /* like decode_progressive() */
    return status == EXN_OK ? check_range(e, error)
                            : exn_status_fail(error, status, "%s", cause.detail);
}

/* Assigns each component a slot: its own, unless another table has taken that. Equal tables share
 * one. */
static void assign_slots(const exn_entropy *e, uint8_t slot[EXN_JPEG_MAX_COMPONENTS],
                         const uint16_t *table[EXN_TABLE_SLOTS])
{
    for (uint32_t i = 0; i < e->jpeg->components; i++) {
        const uint16_t *quant = e->quant[i];
        uint8_t s = e->plan.component[i].quant_slot;
        while (table[s] && memcmp(table[s], quant, sizeof e->quant[i]) != 0)
            s = (s + 1) % EXN_TABLE_SLOTS; /* there are at most as many tables as slots */
        table[s] = quant;
        slot[i] = s;
    }
}

/* T.81, B.2.4.1. Steps over 255 make it a table of 16 bits (Pq is 1). Otherwise it is one of 8
 * bits, the only kind that baseline allows. */
static exn_status append_quant(uint8_t slot, const uint16_t quant[64], exn_buffer *out)
{
    uint8_t payload[1 + 128];
    bool wide = false;
    for (int k = 0; k < 64; k++)
        wide = wide || quant[k] > 255;
    payload[0] = (uint8_t)((wide ? 0x10 : 0) | slot);
    for (int k = 0; k < 64; k++)
        if (wide)
            exn_put16be(payload + 1 + 2 * k, quant[k]);
        else
            payload[1 + k] = (uint8_t)quant[k];
    return exn_segment_append(out, EXN_MARKER_DQT, (exn_span){payload, wide ? 129 : 65});
}

/* T.81, B.2.2. Factors are swapped with the axes: 4:2:2 becomes 4:4:0. Process, 8-bit precision,
 * components and their identifiers are the source's. */
static exn_status append_sof(const exn_entropy *e, const uint8_t slot[EXN_JPEG_MAX_COMPONENTS],
                             exn_buffer *out)
{
    const exn_jpeg *jpeg = e->jpeg;
    uint8_t payload[6 + 3 * EXN_JPEG_MAX_COMPONENTS];
    uint32_t width = jpeg->width, height = jpeg->height;
    exn_orientation_size(e->turn, &width, &height);
    payload[0] = 8;
    exn_put16be(payload + 1, height);
    exn_put16be(payload + 3, width);
    payload[5] = (uint8_t)jpeg->components;
    for (uint32_t i = 0; i < jpeg->components; i++) {
        uint32_t h = jpeg->component[i].h, v = jpeg->component[i].v;
        exn_orientation_size(e->turn, &h, &v);
        payload[6 + 3 * i] = jpeg->component[i].id;
        payload[7 + 3 * i] = (uint8_t)(h << 4 | v);
        payload[8 + 3 * i] = slot[i];
    }
    return exn_segment_append(out, jpeg->sof, (exn_span){payload, 6 + 3 * jpeg->components});
}

exn_status exn_entropy_append_frame(exn_entropy *e, exn_buffer *out)
{
    uint8_t slot[EXN_JPEG_MAX_COMPONENTS];
    const uint16_t *table[EXN_TABLE_SLOTS] = {NULL};
    /* Components that share a slot share its table, which is written only once. */
    bool done[EXN_TABLE_SLOTS] = {false};
    exn_status status = EXN_OK;
    /* What an earlier call sent went to another output. */
    memset(e->sent, 0, sizeof e->sent);
    e->interval = 0;
    assign_slots(e, slot, table);
    for (uint32_t i = 0; i < e->jpeg->components && status == EXN_OK; i++)
        if (!done[slot[i]]) {
            status = append_quant(slot[i], e->quant[i], out);
            done[slot[i]] = true;
        }
    return status == EXN_OK ? append_sof(e, slot, out) : status;
}

/* T.81, B.2.4.2 */
static exn_status append_table(uint8_t class, uint8_t slot, const exn_huffman *huffman,
                               exn_buffer *out)
{
    uint8_t payload[1 + 16 + 256];
    payload[0] = (uint8_t)(class << 4 | slot);
    memcpy(payload + 1, huffman->counts, 16);
    memcpy(payload + 17, huffman->values, huffman->codes);
    return exn_segment_append(out, EXN_MARKER_DHT, (exn_span){payload, 17 + huffman->codes});
}

/* The geometry of the output's scan. An interval of whole rows stays the same number of rows; any
 * other keeps its number of MCUs. DRI has 16 bits (T.81, B.2.4.4). */
static void make_layout(const exn_entropy *e, const exn_plan_scan *scan, exn_layout *l)
{
    const exn_jpeg *jpeg = e->jpeg;
    bool single = scan->header.components == 1;
    uint32_t rows = exn_mcus_restart_rows(jpeg, e->turn);
    *l = (exn_layout){.strings = &e->strings,
                      .cancel = &jpeg->cancel,
                      .components = scan->header.components,
                      .columns = exn_mcus_per_row(jpeg, &scan->header),
                      .rows = exn_mcu_rows(jpeg, &scan->header)};
    exn_orientation_size(e->turn, &l->columns, &l->rows);
    for (uint32_t n = 0; n < l->components; n++) {
        uint32_t i = l->component[n] = scan->header.component[n];
        l->h[n] = single ? 1 : jpeg->component[i].h;
        l->v[n] = single ? 1 : jpeg->component[i].v;
        exn_orientation_size(e->turn, &l->h[n], &l->v[n]);
    }
    uint64_t interval = rows ? (uint64_t)rows * l->columns : scan->header.restart_interval;
    l->restart_interval = interval < 65535 ? (uint32_t)interval : 65535;
}

/* Builds tables for the contents of the scan. */
static void build_tables(const exn_plan_scan *scan, const exn_layout *l, bool progressive,
                         exn_table_set sets[2])
{
    uint64_t counts[2][EXN_JPEG_MAX_COMPONENTS][256] = {{{0}}};
    /* DC differences depend on the order of blocks, so they are counted in the output's order; so
     * are progressive scans, whose codes span several blocks (T.81, G.1.2.2). */
    if (progressive)
        exn_progressive_encode_count(l, &scan->header, counts[scan->header.ss > 0]);
    else
        exn_entropy_encode_count(l, counts[0], counts[1]);
    for (int class = 0; class < 2; class ++)
        exn_entropy_slots_choose(l, scan->slot[class], counts[class], &sets[class]);
    if (!progressive)
        exn_entropy_slots_keep_codes(l, &sets[1]);
}

/* Uses the source's tables, in its slots. They are known to be readable, since their scan was
 * decoded. */
static bool take_tables(const exn_plan_scan *scan, exn_table_set sets[2])
{
    for (int class = 0; class < 2; class ++) {
        memcpy(sets[class].slot, scan->slot[class], sizeof sets[class].slot);
        for (int n = 0; n < scan->header.components; n++)
            if (!exn_entropy_tables_parse(scan->table[class][n], &sets[class].table[n]))
                return false;
    }
    return true;
}

/* Appends the scan's tables, except for standard ones that were already written. From here on l
 * borrows its tables from sets. */
static exn_status append_tables(exn_entropy *e, const exn_plan_scan *scan, exn_layout *l,
                                exn_table_set sets[2], exn_buffer *out)
{
    bool standard = e->jpeg->standard_huffman;
    exn_status status = EXN_OK;
    if (!standard)
        build_tables(scan, l, e->jpeg->progressive, sets);
    else if (!take_tables(scan, sets))
        return EXN_INTERNAL;
    for (uint32_t n = 0; n < l->components; n++)
        for (uint8_t class = 0; class < 2 && status == EXN_OK; class ++) {
            uint32_t first = exn_entropy_slots_first(&sets[class], n);
            uint8_t slot = sets[class].slot[n];
            if (!scan->table[class][n].size) /* it has no codes of this class */
                continue;
            l->table[class][n] = &sets[class].table[first];
            if (first != n || (standard && e->sent[class][slot].size))
                continue;
            status = append_table(class, slot, &sets[class].table[first], out);
            e->sent[class][slot] = scan->table[class][n];
        }
    return status;
}

/* T.81, B.2.4.4 and B.2.3 */
static exn_status append_header(exn_entropy *e, const exn_plan_scan *scan, const exn_layout *l,
                                const exn_table_set sets[2], exn_buffer *out)
{
    uint8_t payload[1 + 2 * EXN_JPEG_MAX_COMPONENTS + 3], interval[2];
    size_t size = 1;
    exn_status status = EXN_OK;
    exn_put16be(interval, l->restart_interval);
    /* An interval holds until the next DRI (T.81, B.2.4.4). */
    if (l->restart_interval != e->interval)
        status = exn_segment_append(out, EXN_MARKER_DRI, (exn_span){interval, 2});
    e->interval = l->restart_interval;
    payload[0] = (uint8_t)l->components;
    for (uint32_t n = 0; n < l->components; n++) {
        payload[size++] = e->jpeg->component[l->component[n]].id;
        payload[size++] = (uint8_t)(sets[0].slot[n] << 4 | sets[1].slot[n]);
    }
    payload[size++] = scan->header.ss;
    payload[size++] = scan->header.se;
    payload[size++] = (uint8_t)(scan->header.ah << 4 | scan->header.al);
    return status == EXN_OK ? exn_segment_append(out, EXN_MARKER_SOS, (exn_span){payload, size})
                            : status;
}

exn_status exn_entropy_append_scan(exn_entropy *e, uint32_t number, exn_buffer *out)
{
    const exn_plan_scan *scan = &e->plan.scan[number];
    exn_table_set sets[2];
    exn_layout layout;
    make_layout(e, scan, &layout);
    exn_status status = append_tables(e, scan, &layout, sets, out);
    if (status == EXN_OK)
        status = append_header(e, scan, &layout, sets, out);
    if (status != EXN_OK)
        return status;
    return e->jpeg->progressive ? exn_progressive_encode_write(&layout, &scan->header, out)
                                : exn_entropy_encode_write(&layout, out);
}

void exn_entropy_close(exn_entropy *e)
{
    exn_entropy_strings_free(&e->strings);
    for (uint32_t i = 0; i < e->kept.components; i++)
        exn_component_close(&e->kept.component[i]);
    *e = (exn_entropy){0};
}
