/* SPDX-License-Identifier: MIT */
#include "entropy_lane.h"

#include <stdlib.h>
#include <string.h>

/* Where coefficient k (in zigzag order) of a block goes when the picture is rotated, and whether it
 * is negated. */
static void turn_zigzag(exn_orientation o, uint8_t to[64], bool negative[64])
{
    uint8_t zigzag[64];
    for (int k = 0; k < 64; k++)
        zigzag[exn_component_natural_order[k]] = (uint8_t)k;
    for (int k = 0; k < 64; k++) {
        int u = exn_component_natural_order[k] % 8, v = exn_component_natural_order[k] / 8;
        to[k] = zigzag[o.transpose ? u * 8 + v : v * 8 + u];
        /* cos((2x+1)u pi/16) changes sign for odd u when x is mirrored. */
        negative[k] = (o.flip_x && u % 2) != (o.flip_y && v % 2);
    }
}

void exn_entropy_lane_make_turn(exn_orientation o, exn_entropy_lane_turn *t)
{
    uint8_t to[64];
    bool negative[64];
    *t = (exn_entropy_lane_turn){.place = {0}};
    turn_zigzag(o, to, negative);
    for (int k = 0; k < 64; k++) {
        t->place[k] = to[k];
        t->bit[k] = UINT64_C(1) << to[k];
        t->negative[k] = negative[k] ? UINT16_MAX : 0;
        /* An encoder's entry is 16 * run + size, and the run is this index minus the previous one
         * minus 1, so only 16 times the previous index is left to subtract. Entries from 256 on
         * complement value bits (entropy_tables.h). */
        t->entry_base[to[k]] = 16 * (to[k] - 1u) + (negative[k] ? 256 : 0);
    }
}

void exn_entropy_lane_make_keep(bool exchanged, exn_entropy_lane_turn *t)
{
    *t = (exn_entropy_lane_turn){.place = {0}};
    for (int k = 0; k < 64; k++) {
        uint8_t place = exn_component_natural_order[k];
        t->place[k] = (uint8_t)(exchanged ? place % 8 * 8 + place / 8 : place);
    }
}

/* The plane of strings is in the output's order of blocks, so that encoding walks it from start to
 * end. */
static exn_status open_plane(exn_entropy_lane *l, exn_orientation o, exn_error *error)
{
    exn_string_plane *plane = l->plane;
    plane->blocks_x = l->blocks_x;
    plane->blocks_y = l->blocks_y;
    exn_orientation_size(o, &plane->blocks_x, &plane->blocks_y);
    l->path = exn_entropy_strings_path(plane, o);
    return exn_entropy_strings_open_plane(plane, error);
}

/* Tables that the chroma components share are built once, and take half the cache. */
static void share_tables(exn_entropy_lane *lanes, const exn_plan_scan *scan, unsigned n)
{
    for (unsigned i = 0; i < n && !lanes[n].tables; i++)
        if (scan->table[0][n].data == scan->table[0][i].data &&
            scan->table[1][n].data == scan->table[1][i].data)
            lanes[n].tables = lanes[i].tables;
}

/* Opens the tables of a scan's component n. DC sizes over 15 would shift beyond an int; 8-bit JPEG
 * has none over 11 (T.81, table F.1). If codes are not copied, symbols may occur that the source's
 * table lacks, so each of them gets a temporary code until new tables are made. */
static exn_status open_tables(exn_entropy_lane *lanes, const exn_plan_scan *scan, unsigned n,
                              const exn_string_manner *manner, exn_error *error)
{
    const bool copied = !manner->turn.transpose && !lanes[n].kept;
    exn_entropy_lane *l = &lanes[n];
    exn_huffman dc, ac;
    if (!exn_entropy_tables_parse(scan->table[0][n], &dc) ||
        !exn_entropy_tables_parse(scan->table[1][n], &ac))
        return EXN_UNSUPPORTED;
    for (uint32_t k = 0; k < dc.codes; k++)
        if (dc.values[k] > 15)
            return EXN_UNSUPPORTED;
    share_tables(lanes, scan, n);
    l->coder = malloc(sizeof *l->coder);
    if (!l->tables)
        l->tables = l->own = malloc(sizeof *l->own);
    if (!l->tables || !l->coder)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    if (l->own) {
        exn_entropy_tables_make_dc(&dc, &l->own->dc);
        exn_entropy_tables_make_ac(&ac, &l->own->ac);
    }
    if (manner->count && !copied)
        exn_entropy_tables_complete(&ac);
    exn_entropy_tables_make_encoder(&ac, &l->coder->encoder);
    /* Counts are kept per kind, or per encoder entry, of which there are far fewer. */
    memset(l->coder->tally, 0, copied ? sizeof l->coder->tally : 512 * sizeof *l->coder->tally);
    l->plane->code = ac;
    return EXN_OK;
}

/* The blocks of a row of MCUs are decoded into separate lines and moved from there. */
static exn_status open_regrid(exn_entropy_lane *l, const exn_string_manner *manner,
                              exn_error *error)
{
    const exn_component *c = &manner->frame->component[l->number];
    exn_entropy_lane_regrid *r = l->regrid = calloc(1, sizeof *r);
    if (!r)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    uint16_t quant[64];
    for (int k = 0; k < 64; k++)
        quant[k] = c->quant[manner->turn.transpose ? k % 8 * 8 + k / 8 : k];
    r->even_x = r->even_y = true;
    r->blocks = malloc((l->v + 1) * (size_t)l->blocks_x * sizeof *r->blocks);
    if (!r->blocks)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    exn_status status =
        exn_regrid_open(&r->regrid, manner->frame, l->number, manner->turn, quant, error);
    exn_entropy_strings_make_places(r->regrid.place, &r->places);
    l->exchanged = r->regrid.exchanged;
    for (uint32_t y = 0; y < l->v; y++)
        l->rows[y] = r->blocks + (size_t)y * l->blocks_x;
    l->kept = l->rows;
    return status;
}

uint64_t exn_entropy_lane_bytes(const exn_component *c)
{
    return exn_regrid_bytes(c) + (c->v + 1) * (uint64_t)c->blocks_x * sizeof(exn_dct_block);
}

void exn_entropy_lane_close(exn_entropy_lane *l)
{
    if (l->regrid) {
        exn_regrid_close(&l->regrid->regrid);
        free(l->regrid->blocks);
    }
    free(l->regrid);
    free(l->own);
    free(l->coder);
}

exn_status exn_entropy_lane_open(exn_entropy_lane *lanes, exn_strings *strings,
                                 const exn_jpeg *jpeg, const exn_plan_scan *scan, unsigned n,
                                 const exn_string_manner *manner, exn_error *error)
{
    exn_entropy_lane *l = &lanes[n];
    uint32_t i = scan->header.component[n];
    bool single = scan->header.components == 1; /* then an MCU is one block (T.81, A.2.2) */
    bool regrids = manner->regrids >> i & 1;
    l->number = i;
    l->plane = &strings->plane[i];
    l->kept = manner->frame->component[i].rows;
    l->h = single ? 1 : jpeg->component[i].h;
    l->v = single ? 1 : jpeg->component[i].v;
    l->blocks_x = manner->frame->component[i].blocks_x;
    l->blocks_y = manner->frame->component[i].blocks_y;
    exn_status status = l->kept ? EXN_OK : open_plane(l, manner->turn, error);
    if (status == EXN_OK && regrids)
        status = open_regrid(l, manner, error);
    return status == EXN_OK ? open_tables(lanes, scan, n, manner, error) : status;
}

void exn_entropy_lane_begin_row(exn_entropy_lane *l, uint32_t my)
{
    const uint32_t y = my * l->v;
    l->first = l->regrid ? y : 0;
    l->rows_left = l->blocks_y - y;
    if (!l->kept)
        l->row = l->plane->blocks + l->path.origin + (ptrdiff_t)y * l->path.step_y;
}

/* The same as is_even() in component.c, for lines as they come. */
static void look_for_change(exn_entropy_lane_regrid *r, exn_dct_block *line, exn_dct_block *first,
                            bool is_first)
{
    uint32_t count = r->regrid.blocks_x;
    for (uint32_t x = 0; x < count && r->even_x; x++) {
        r->even_x = memcmp(line[x], line[0], sizeof *line) == 0;
        for (int k = 0; x == 0 && k < 64; k++)
            r->even_x =
                r->even_x && (line[0][k] == 0 || (r->regrid.exchanged ? k / 8 : k % 8) == 0);
    }
    if (is_first && r->even_y)
        memcpy(first, line, count * sizeof *line);
    for (uint32_t x = 0; x < count && r->even_y; x++) {
        r->even_y = memcmp(line[x], first[x], sizeof *line) == 0;
        for (int k = 0; is_first && k < 64; k++)
            r->even_y =
                r->even_y && (line[x][k] == 0 || (r->regrid.exchanged ? k % 8 : k / 8) == 0);
    }
}

/* Every line that can be made from what was fed is stored as strings. */
static exn_status put_lines(exn_entropy_lane *l, exn_strings *strings, exn_error *error)
{
    exn_regrid *r = &l->regrid->regrid;
    exn_status status = EXN_OK;
    for (uint32_t y = r->taken; status == EXN_OK; y++) {
        exn_regrid_verdict verdict = exn_regrid_take(r);
        if (verdict == EXN_REGRID_NONE)
            break;
        const exn_string_row row = {
            .blocks = r->made,
            .count = l->blocks_x,
            .to = l->plane->blocks + l->path.origin + (ptrdiff_t)y * l->path.step_y,
            .step = l->path.step_x,
        };
        strings->extreme = verdict == EXN_REGRID_LARGE;
        status = strings->extreme ? EXN_UNSUPPORTED
                                  : exn_entropy_strings_put(strings, l->number, l->coder,
                                                            &l->regrid->places, &row, error);
    }
    return status;
}

exn_status exn_entropy_lane_move(exn_entropy_lane *l, exn_strings *strings, uint32_t my,
                                 exn_error *error)
{
    exn_entropy_lane_regrid *r = l->regrid;
    exn_status status = EXN_OK;
    for (uint32_t y = 0; y < l->v && my * l->v + y < l->blocks_y && status == EXN_OK; y++) {
        look_for_change(r, l->rows[y], r->blocks + (size_t)l->v * l->blocks_x, my + y == 0);
        strings->extreme = !exn_regrid_feed(&r->regrid, l->rows[y]);
        status = strings->extreme ? EXN_UNSUPPORTED : put_lines(l, strings, error);
    }
    bool even = (r->even_x || !r->regrid.x.cut) && (r->even_y || !r->regrid.y.cut);
    strings->even &= ~(1u << l->number);
    strings->even |= (uint32_t)even << l->number;
    return status;
}

void exn_entropy_lane_take_counts(const exn_entropy_lane *l, bool transpose)
{
    uint64_t *counts = l->plane->counts;
    /* Blocks that were moved to another grid are also coded by symbol. */
    transpose = transpose || l->kept;
    for (unsigned symbol = 0; symbol < 256 && transpose; symbol++)
        counts[symbol] = l->coder->tally[symbol] + l->coder->tally[256 + symbol];
    for (unsigned symbol = 0; symbol < 256 && !transpose; symbol++)
        counts[symbol] = l->coder->tally[exn_entropy_tables_ac_kind((uint8_t)symbol)];
}
