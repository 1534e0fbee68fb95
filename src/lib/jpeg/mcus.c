/* SPDX-License-Identifier: MIT */
#include "mcus.h"

/* MCUs along an axis of size pixels (T.81, A.2). In a scan of one component an MCU is one block,
 * and only blocks with samples exist. Sizes have 16 bits and factors are at most 4, so nothing
 * overflows. */
static uint32_t mcus_along(uint32_t size, uint32_t factor, uint32_t max_factor, bool single)
{
    uint32_t samples = (size * factor + max_factor - 1) / max_factor;
    return single ? (samples + 7) / 8 : (size + 8 * max_factor - 1) / (8 * max_factor);
}

uint32_t exn_mcus_per_row(const exn_jpeg *jpeg, const exn_jpeg_scan *scan)
{
    return mcus_along(jpeg->width, jpeg->component[scan->component[0]].h, jpeg->max_h,
                      scan->components == 1);
}

uint32_t exn_mcu_rows(const exn_jpeg *jpeg, const exn_jpeg_scan *scan)
{
    return mcus_along(jpeg->height, jpeg->component[scan->component[0]].v, jpeg->max_v,
                      scan->components == 1);
}

static uint64_t blocks_of(const exn_jpeg *jpeg, uint32_t i)
{
    return (uint64_t)mcus_along(jpeg->width, jpeg->component[i].h, jpeg->max_h, true) *
           mcus_along(jpeg->height, jpeg->component[i].v, jpeg->max_v, true);
}

uint64_t exn_mcus_coded_blocks(const exn_jpeg *jpeg)
{
    uint64_t blocks = 0;
    for (size_t s = 0; s < jpeg->scan_count; s++)
        for (int n = 0; n < jpeg->scans[s].components; n++)
            blocks += blocks_of(jpeg, jpeg->scans[s].component[n]);
    return blocks;
}

static uint64_t entropy_bytes(const exn_jpeg *jpeg)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < jpeg->count; i++)
        bytes += jpeg->segments[i].marker == EXN_MARKER_SOS ? jpeg->segments[i].size : 0;
    return bytes;
}

/* Even a nearly empty scan costs a walk over all of its blocks, so hundreds of them in a small file
 * would keep a decoder busy. */
exn_status exn_mcus_charge(const exn_jpeg *jpeg, unsigned passes, uint64_t *blocks,
                           exn_error *error)
{
    uint64_t coded = exn_mcus_coded_blocks(jpeg), once = 0;
    for (uint32_t i = 0; i < jpeg->components; i++)
        once += blocks_of(jpeg, i);
    /* Refinements without data refine nothing: half of the passes are free for any scans, the
     * others only if each byte stands for no more than 16 blocks. */
    if (coded <= passes * once && coded <= passes / 2 * once + 16 * entropy_bytes(jpeg))
        return EXN_OK;
    if (coded > *blocks)
        return exn_status_fail(error, EXN_LIMIT, "%zu scans of %ux%u pixels", jpeg->scan_count,
                               jpeg->width, jpeg->height);
    *blocks -= coded;
    return EXN_OK;
}

/* Whether rotating turns rows of MCUs into columns so short that a marker for each would swell the
 * file. */
static bool rows_get_short(uint32_t columns, uint32_t rows, uint32_t interval_rows)
{
    enum { FEW = 1000, TIMES = 4 };
    return columns / interval_rows > FEW && columns / TIMES > rows;
}

/* Returns 0 if intervals are not whole rows of MCUs, not equally many in every scan, or would be
 * too short. */
uint32_t exn_mcus_restart_rows(const exn_jpeg *jpeg, exn_orientation o)
{
    uint32_t rows = 0;
    for (size_t s = 0; s < jpeg->scan_count; s++) {
        uint32_t per_row = exn_mcus_per_row(jpeg, &jpeg->scans[s]);
        uint32_t interval = jpeg->scans[s].restart_interval;
        if (interval == 0 || interval % per_row != 0 || (s > 0 && interval / per_row != rows))
            return 0;
        rows = interval / per_row;
        if (o.transpose && rows_get_short(per_row, exn_mcu_rows(jpeg, &jpeg->scans[s]), rows))
            return 0;
    }
    return rows;
}

/* Incomplete blocks are at the right and bottom edges (T.81, A.2.4). A flip moves them to the left
 * or the top, where there can be none; a transposition alone moves them from one of the two edges
 * to the other. */
bool exn_mcus_component_is_exact(const exn_jpeg *jpeg, uint32_t i, exn_orientation o)
{
    bool whole_x = jpeg->width * jpeg->component[i].h % (8 * jpeg->max_h) == 0;
    bool whole_y = jpeg->height * jpeg->component[i].v % (8 * jpeg->max_v) == 0;
    return (!o.flip_x || whole_x) && (!o.flip_y || whole_y);
}
