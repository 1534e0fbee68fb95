/* SPDX-License-Identifier: MIT */
#include "entropy_lane.h"

#include <string.h>

/* Where coefficient k (in zigzag order) of a block goes when the picture is turned, and whether it
 * is negated. */
static void turn_zigzag(exn_orientation o, uint8_t to[64], bool negative[64])
{
    uint8_t zigzag[64];
    for (int k = 0; k < 64; k++)
        zigzag[exn_component_natural_order[k]] = (uint8_t)k;
    for (int k = 0; k < 64; k++) {
        int u = exn_component_natural_order[k] % 8, v = exn_component_natural_order[k] / 8;
        to[k] = zigzag[o.transpose ? u * 8 + v : v * 8 + u];
        /* cos((2x+1)u pi/16) of a mirrored x changes sign for odd u. */
        negative[k] = (o.flip_x && u % 2) != (o.flip_y && v % 2);
    }
}

void exn_entropy_lane_make_turn(exn_orientation o, exn_entropy_lane_turn *t)
{
    uint8_t to[64];
    bool negative[64];
    *t = (exn_entropy_lane_turn){{0}, {0}, {0}};
    turn_zigzag(o, to, negative);
    for (int k = 0; k < 64; k++) {
        t->place[k] = to[k];
        t->negative[k] = negative[k] ? UINT16_MAX : 0;
        /* An encoder's entry is 16 * run + size, and the run is this place less the expected one:
         * 16 times the latter is all that is left to subtract. Entries from 256 on complement value
         * bits (entropy_tables.h). */
        t->entry_base[to[k]] = (uint16_t)(16 * to[k] + (negative[k] ? 256 : 0));
    }
}

void exn_entropy_lane_make_keep(exn_entropy_lane_turn *t)
{
    *t = (exn_entropy_lane_turn){{0}, {0}, {0}};
    memcpy(t->place, exn_component_natural_order, sizeof exn_component_natural_order);
}

/* Where blocks go: a linear rule holds for all eight orientations. */
static void aim(exn_entropy_lane *l, exn_orientation o)
{
    uint32_t x = 0, y = 0, right_x = 1, right_y = 0, down_x = 0, down_y = 1;
    ptrdiff_t stride = l->plane->blocks_x;
    exn_orientation_point(o, l->blocks_x, l->blocks_y, &x, &y);
    exn_orientation_point(o, l->blocks_x, l->blocks_y, &right_x, &right_y);
    exn_orientation_point(o, l->blocks_x, l->blocks_y, &down_x, &down_y);
    l->origin = (ptrdiff_t)y * stride + x;
    l->step_x = ((ptrdiff_t)right_y - y) * stride + ((ptrdiff_t)right_x - x);
    l->step_y = ((ptrdiff_t)down_y - y) * stride + ((ptrdiff_t)down_x - x);
}

/* The plane of strings has the output's order of blocks, so that encoding walks it from one end to
 * the other. */
static exn_status open_plane(exn_entropy_lane *l, exn_orientation o, exn_error *error)
{
    exn_string_plane *plane = l->plane;
    plane->blocks_x = l->blocks_x;
    plane->blocks_y = l->blocks_y;
    exn_orientation_size(o, &plane->blocks_x, &plane->blocks_y);
    aim(l, o);
    return exn_entropy_strings_open_plane(plane, error);
}

/* The tables of component n of a scan. DC sizes over 15 would shift beyond an int; 8-bit JPEG has
 * none over 11 (T.81, table F.1). Where codes are not copied, symbols may occur that the source's
 * table lacks: complete gives each of them a code for the time until new tables are made. */
static exn_status open_tables(exn_entropy_lane *l, const exn_plan_scan *scan, unsigned n,
                              bool complete)
{
    exn_huffman dc, ac;
    if (!exn_entropy_tables_parse(scan->table[0][n], &dc) ||
        !exn_entropy_tables_parse(scan->table[1][n], &ac))
        return EXN_UNSUPPORTED;
    for (uint32_t k = 0; k < dc.codes; k++)
        if (dc.values[k] > 15)
            return EXN_UNSUPPORTED;
    exn_entropy_tables_make_dc(&dc, &l->dc);
    exn_entropy_tables_make_ac(&ac, &l->ac);
    if (complete)
        exn_entropy_tables_complete(&ac);
    exn_entropy_tables_make_encoder(&ac, &l->coder.encoder);
    l->plane->code = ac;
    return EXN_OK;
}

exn_status exn_entropy_lane_open(exn_entropy_lane *l, exn_strings *strings, const exn_jpeg *jpeg,
                                 const exn_plan_scan *scan, unsigned n,
                                 const exn_string_manner *manner, exn_error *error)
{
    uint32_t i = scan->header.component[n];
    bool single = scan->header.components == 1; /* then an MCU is one block (T.81, A.2.2) */
    l->plane = &strings->plane[i];
    l->kept = manner->frame->component[i].rows;
    l->h = single ? 1 : jpeg->component[i].h;
    l->v = single ? 1 : jpeg->component[i].v;
    l->blocks_x = manner->frame->component[i].blocks_x;
    l->blocks_y = manner->frame->component[i].blocks_y;
    exn_status status = l->kept ? EXN_OK : open_plane(l, manner->turn, error);
    bool other_symbols = manner->turn.transpose || l->kept;
    return status == EXN_OK ? open_tables(l, scan, n, manner->count && other_symbols) : status;
}

void exn_entropy_lane_take_counts(const exn_entropy_lane *l, bool transpose)
{
    uint64_t *counts = l->plane->counts;
    for (unsigned symbol = 0; symbol < 256 && transpose; symbol++)
        counts[symbol] = l->coder.tally[symbol] + l->coder.tally[256 + symbol];
    for (unsigned symbol = 0; symbol < 256 && !transpose; symbol++)
        counts[symbol] = l->coder.tally[exn_entropy_tables_ac_kind((uint8_t)symbol)];
}
