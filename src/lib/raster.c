/* SPDX-License-Identifier: MIT */
#include "raster.h"

#include <stdlib.h>

exn_status exn_raster_make(exn_raster *raster, uint32_t width, uint32_t height, exn_error *error)
{
    *raster = (exn_raster){width, height, calloc(height, (size_t)width * EXN_RASTER_BYTES)};
    return raster->rgb ? EXN_OK : exn_status_fail(error, EXN_MEMORY, "samples");
}

void exn_raster_free(exn_raster *raster)
{
    free(raster->rgb);
    *raster = (exn_raster){0};
}

/* How long a side becomes if the longer one becomes `side`: rounded, and at least one pixel. */
static uint32_t scaled(uint32_t length, uint32_t longest, uint32_t side)
{
    const uint64_t small = ((uint64_t)length * side + longest / 2) / longest;
    return small > 0 ? (uint32_t)small : 1;
}

/* The mean of the pixels from (x0, y0) up to but excluding (x1, y1). */
static void average(const exn_raster *from, uint32_t x0, uint32_t y0, uint32_t x1, uint32_t y1,
                    uint8_t *to)
{
    uint64_t sum[EXN_RASTER_BYTES] = {0};
    const uint64_t count = (uint64_t)(x1 - x0) * (y1 - y0); /* at least one: sides never grow */
    for (uint32_t y = y0; y < y1; y++) {
        const uint8_t *p = from->rgb + ((size_t)y * from->width + x0) * EXN_RASTER_BYTES;
        for (uint32_t x = x0; x < x1; x++, p += EXN_RASTER_BYTES)
            for (int i = 0; i < EXN_RASTER_BYTES; i++)
                sum[i] += p[i];
    }
    for (int i = 0; i < EXN_RASTER_BYTES; i++)
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): see above */
        to[i] = (uint8_t)((sum[i] + count / 2) / count);
}

/* Sides never grow, so each new pixel stands for at least one old one. Borders are at x times the
 * old side divided by the new one, rounded down, so every pixel counts exactly once. Values are
 * averaged as they are coded, without undoing their gamma: these pictures are for people to look
 * at, not for measuring. */
exn_status exn_raster_shrink(exn_raster *raster, uint32_t side, exn_error *error)
{
    const uint32_t longest = raster->width > raster->height ? raster->width : raster->height;
    exn_raster small = {0};
    if (longest <= side)
        return EXN_OK;
    exn_status status = exn_raster_make(&small, scaled(raster->width, longest, side),
                                        scaled(raster->height, longest, side), error);
    for (uint32_t y = 0; status == EXN_OK && y < small.height; y++)
        for (uint32_t x = 0; x < small.width; x++)
            average(raster, (uint32_t)((uint64_t)x * raster->width / small.width),
                    (uint32_t)((uint64_t)y * raster->height / small.height),
                    (uint32_t)(((uint64_t)x + 1) * raster->width / small.width),
                    (uint32_t)(((uint64_t)y + 1) * raster->height / small.height),
                    small.rgb + ((size_t)y * small.width + x) * EXN_RASTER_BYTES);
    if (status == EXN_OK) {
        exn_raster_free(raster);
        *raster = small;
    }
    return status;
}

/* Both are held for a moment: 48 MB each at most, as no side here exceeds 4096. */
exn_status exn_raster_turn(exn_raster *raster, exn_orientation o, exn_error *error)
{
    exn_raster turned = {0};
    uint32_t width = raster->width, height = raster->height;
    if (exn_orientation_is_identity(o))
        return EXN_OK;
    exn_orientation_size(o, &width, &height);
    exn_status status = exn_raster_make(&turned, width, height, error);
    if (status != EXN_OK)
        return status;
    exn_orientation_move(o, raster->width, raster->height, EXN_RASTER_BYTES, raster->rgb,
                         (size_t)raster->width * EXN_RASTER_BYTES, turned.rgb,
                         (size_t)width * EXN_RASTER_BYTES);
    exn_raster_free(raster);
    *raster = turned;
    return EXN_OK;
}
