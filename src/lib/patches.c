/* SPDX-License-Identifier: MIT */
#include "patches.h"

#include <stdlib.h>
#include <string.h>

typedef struct range {
    uint64_t offset, size;
} range;

exn_status exn_patches_add(exn_patches *patches, uint64_t offset, uint64_t size)
{
    const range added = {offset, size};
    return exn_buffer_append(&patches->ranges, &added, sizeof added);
}

size_t exn_patches_count(const exn_patches *patches)
{
    return patches->ranges.size / sizeof(range);
}

/* By memcpy(), because a buffer of bytes is not aligned for it. */
void exn_patches_at(const exn_patches *patches, size_t index, uint64_t *offset, uint64_t *size)
{
    range r;
    memcpy(&r, patches->ranges.data + index * sizeof r, sizeof r);
    *offset = r.offset;
    *size = r.size;
}

static int by_offset(const void *a, const void *b)
{
    range x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x.offset > y.offset) - (x.offset < y.offset);
}

/* The source, the output, and the result of editing one block. */
exn_status exn_patches_begin(const exn_image *image, const exn_options *options, exn_buffer *out,
                             exn_thumbnails *thumbnails, exn_result *result, exn_error *error)
{
    const uint64_t held = 3 * (uint64_t)image->data.size;
    *thumbnails = exn_image_thumbnails(image, options, held);
    result->outcome = EXN_OUTCOME_METADATA;
    result->method = EXN_METHOD_EDIT;
    exn_status status = exn_status_need_memory(error, held, options->max_memory);
    if (status == EXN_OK && exn_buffer_append(out, image->data.data, image->data.size) != EXN_OK)
        status = exn_status_fail(error, EXN_MEMORY, "output");
    return status;
}

/* Compares what is between the ranges, one gap after another; ranges may overlap. */
static bool are_all(exn_patches *patches, exn_span before, exn_span after)
{
    const size_t count = exn_patches_count(patches);
    size_t done = 0;
    if (before.size != after.size)
        return false;
    if (count > 0)
        qsort(patches->ranges.data, count, sizeof(range), by_offset);
    for (size_t i = 0; i < count; i++) {
        uint64_t offset, size;
        exn_patches_at(patches, i, &offset, &size);
        if (offset > done && !exn_span_equal(exn_span_part(before, done, (size_t)offset - done),
                                             exn_span_part(after, done, (size_t)offset - done)))
            return false;
        if (offset + size > done)
            done = (size_t)(offset + size);
    }
    return exn_span_equal(exn_span_part(before, done, SIZE_MAX),
                          exn_span_part(after, done, SIZE_MAX));
}

exn_status exn_patches_compare(exn_patches *patches, exn_span expected, exn_span product,
                               exn_error *error)
{
    return are_all(patches, expected, product)
               ? EXN_OK
               : exn_status_fail(error, EXN_MISMATCH, "the output differs from its source");
}

void exn_patches_free(exn_patches *patches)
{
    exn_buffer_free(&patches->ranges);
}
