/* SPDX-License-Identifier: MIT */
#include "rle.h"

#include <stdlib.h>
#include <string.h>

size_t exn_rle_count(const exn_rle *rle)
{
    return rle->runs.size / sizeof(uint32_t);
}

/* By memcpy(), as a buffer is bytes; compilers turn it into one load. */
uint32_t exn_rle_at(const exn_rle *rle, size_t index)
{
    uint32_t run;
    memcpy(&run, rle->runs.data + index * sizeof run, sizeof run);
    return run;
}

exn_status exn_rle_add(exn_rle *rle, uint32_t run)
{
    return exn_account_append(rle->account, &rle->runs, &run, sizeof run);
}

void exn_rle_free(exn_rle *rle)
{
    exn_account_free(rle->account, &rle->runs);
}

/* Like rleFrString() in the COCO API's maskApi.c, which trusts its input. A difference of two runs
 * has 33 bits with its sign, so eight groups of five suffice, and keep the shift within the word.
 */
exn_status exn_rle_decode(exn_span letters, exn_rle *rle)
{
    enum { MOST_GROUPS = 8 };
    for (size_t at = 0; at < letters.size;) {
        int64_t value = 0;
        int groups = 0;
        bool more = true;
        while (more) {
            if (at == letters.size || groups == MOST_GROUPS || letters.data[at] < 48 ||
                letters.data[at] > 48 + 63)
                return EXN_CORRUPT;
            uint32_t group = letters.data[at++] - 48u;
            value |= (int64_t)(group & 31) << 5 * groups++;
            more = group & 32;
            if (!more && group & 16)
                value -= (int64_t)1 << 5 * groups;
        }
        size_t count = exn_rle_count(rle);
        if (count > 2)
            value += exn_rle_at(rle, count - 2);
        if (value < 0 || value > UINT32_MAX)
            return EXN_CORRUPT;
        exn_status status = exn_rle_add(rle, (uint32_t)value);
        if (status != EXN_OK)
            return status;
    }
    return EXN_OK;
}

/* Like rleToString() there. The last group is the one after which only copies of its sign bit would
 * follow. */
exn_status exn_rle_encode(const exn_rle *rle, exn_buffer *letters)
{
    for (size_t i = 0; i < exn_rle_count(rle); i++) {
        int64_t value = exn_rle_at(rle, i);
        if (i > 2)
            value -= exn_rle_at(rle, i - 2);
        for (bool more = true; more;) {
            /* An arithmetic shift, in terms that C defines. */
            const uint32_t group = (uint32_t)((uint64_t)value & 31);
            value = (value - (int64_t)group) / 32;
            more = group & 16 ? value != -1 : value != 0;
            const uint8_t letter = (uint8_t)(48 + (group | (more ? 32 : 0)));
            exn_status status = exn_account_append(rle->account, letters, &letter, 1);
            if (status != EXN_OK)
                return status;
        }
    }
    return EXN_OK;
}

/* One byte per pixel, column by column, which makes a picture whose rows are the mask's columns.
 * Runs come from the file: they have to fill the mask exactly and must not write beyond it. */
static bool paint(const exn_rle *rle, uint8_t *pixels, uint64_t size)
{
    uint64_t at = 0;
    for (size_t i = 0; i < exn_rle_count(rle); i++) {
        uint32_t run = exn_rle_at(rle, i);
        if (run > size - at)
            return false;
        memset(pixels + at, (int)(i % 2), run);
        at += run;
    }
    return at == size;
}

/* The first run is of zeros, with length 0 if the mask begins with a one. */
static exn_status measure(const uint8_t *pixels, uint64_t size, exn_rle *to)
{
    uint8_t value = 0;
    exn_status status = EXN_OK;
    for (uint64_t at = 0; at < size && status == EXN_OK; value = !value) {
        const uint8_t *end = memchr(pixels + at, value ? 0 : 1, (size_t)(size - at));
        uint64_t next = end ? (uint64_t)(end - pixels) : size;
        status = exn_rle_add(to, (uint32_t)(next - at));
        at = next;
    }
    return status;
}

/* COCO also stores a run as a uint32_t, so a mask of more pixels could not be written. */
exn_status exn_rle_rotate(const exn_rle *rle, exn_orientation o, uint32_t width, uint32_t height,
                          exn_rle *to)
{
    const uint64_t size = (uint64_t)width * height;
    /* In column order x and y are swapped. */
    const exn_orientation by_columns = {o.transpose, o.flip_y, o.flip_x};
    uint32_t to_row = o.transpose ? width : height;
    if (size == 0 || size > UINT32_MAX)
        return EXN_CORRUPT;
    exn_status status = exn_account_take(to->account, 2 * size);
    if (status != EXN_OK)
        return status;
    uint8_t *from = malloc((size_t)size), *moved = malloc((size_t)size);
    status = EXN_MEMORY;
    if (from && moved)
        status = paint(rle, from, size) ? EXN_OK : EXN_CORRUPT;
    if (status == EXN_OK) {
        exn_orientation_move(by_columns, height, width, 1, from, height, moved, to_row);
        status = measure(moved, size, to);
    }
    free(from);
    free(moved);
    exn_account_give(to->account, 2 * size);
    return status;
}
