/* SPDX-License-Identifier: MIT */
#include "edits.h"

#include <stdlib.h>

enum { WINDOW = 64 << 10 };

/* In any order: of a transposed box x gets what y was. What was written cannot be taken back, so
 * nothing before done is accepted. */
exn_status exn_edits_put(exn_edits *edits, uint64_t offset, uint64_t size, exn_span text,
                         exn_error *error)
{
    exn_edits_range range = {offset, size, edits->texts.size, text.size};
    if (offset < edits->done || offset > edits->source->size || size > edits->source->size - offset)
        return exn_status_fail(error, EXN_INTERNAL, "an edit outside of what is left");
    if (exn_buffer_append(&edits->texts, text.data, text.size) != EXN_OK ||
        exn_buffer_append(&edits->ranges, &range, sizeof range) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "%s", "");
    edits->count++;
    return EXN_OK;
}

static exn_status drain(exn_edits *edits, exn_error *error)
{
    int sys_errno = edits->out.size
                        ? edits->sink->write(edits->sink->context, edits->out.data, edits->out.size)
                        : 0;
    edits->out.size = 0;
    return sys_errno == 0 ? EXN_OK : exn_status_fail_errno(error, EXN_WRITE, sys_errno);
}

static exn_status write_all(exn_edits *edits, const void *data, size_t size, exn_error *error)
{
    if (exn_buffer_append(&edits->out, data, size) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "%s", "");
    return edits->out.size >= WINDOW ? drain(edits, error) : EXN_OK;
}

/* Reads the window that begins at done. The first walk has read the same bytes from the same
 * source, which has to stay as it is between the two. */
static exn_status refill(exn_edits *edits, exn_error *error)
{
    const uint64_t left = edits->source->size - edits->done;
    if (!edits->window && !(edits->window = malloc(WINDOW)))
        return exn_status_fail(error, EXN_MEMORY, "%s", "");
    edits->window_at = edits->done;
    edits->window_size = left < WINDOW ? (size_t)left : WINDOW;
    int sys_errno = edits->source->read(edits->source->context, edits->window, edits->window_size,
                                        edits->window_at);
    return sys_errno == 0 ? EXN_OK : exn_status_fail_errno(error, EXN_READ, sys_errno);
}

/* Unedited bytes are copied from the source and never made anew: white space, order and whatever
 * else a format's reader does not know stay. */
static exn_status copy_until(exn_edits *edits, uint64_t offset, exn_error *error)
{
    exn_status status = EXN_OK;
    while (edits->done < offset && status == EXN_OK) {
        if (edits->done >= edits->window_at + edits->window_size)
            status = refill(edits, error);
        if (status != EXN_OK)
            break;
        /* The window never begins after done: both only go forward. */
        const size_t at = (size_t)(edits->done - edits->window_at);
        const uint64_t left = offset - edits->done;
        const size_t have = edits->window_size - at, size = left < have ? (size_t)left : have;
        status = write_all(edits, edits->window + at, size, error);
        edits->done += size;
    }
    return status;
}

static int by_offset(const void *a, const void *b)
{
    const exn_edits_range *x = a, *y = b;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Two edits of one byte would be a mistake of this program or a member that is there twice; either
 * way nobody knows which one is right, so no file comes of it. */
exn_status exn_edits_flush(exn_edits *edits, uint64_t offset, exn_error *error)
{
    size_t count = edits->ranges.size / sizeof(exn_edits_range);
    /* The buffer's bytes are malloc()'s, and so are aligned for anything. */
    exn_edits_range *ranges = (exn_edits_range *)(void *)edits->ranges.data;
    exn_status status = EXN_OK;
    if (count > 1)
        qsort(ranges, count, sizeof *ranges, by_offset);
    for (size_t i = 0; i < count && status == EXN_OK; i++) {
        if (ranges[i].offset < edits->done || ranges[i].offset + ranges[i].size > offset)
            return exn_status_fail(error, EXN_INTERNAL, "edits that overlap");
        status = copy_until(edits, ranges[i].offset, error);
        if (status == EXN_OK)
            status =
                write_all(edits, edits->texts.data + ranges[i].text, ranges[i].text_size, error);
        edits->done += ranges[i].size;
    }
    edits->ranges.size = edits->texts.size = 0;
    return status == EXN_OK ? copy_until(edits, offset, error) : status;
}

exn_status exn_edits_finish(exn_edits *edits, exn_error *error)
{
    exn_status status = exn_edits_flush(edits, edits->source->size, error);
    return status == EXN_OK ? drain(edits, error) : status;
}

void exn_edits_free(exn_edits *edits)
{
    exn_buffer_free(&edits->ranges);
    exn_buffer_free(&edits->texts);
    exn_buffer_free(&edits->out);
    free(edits->window);
    edits->window = NULL;
}
