/* SPDX-License-Identifier: MIT */
#include "edits.h"

#include <stdlib.h>
#include <string.h>

enum {
    WINDOW = 64 << 10,
    COPY = 16 /* bytes that are copied at once, wanted or not, where that is less work */
};

static size_t count_ranges(const exn_edits *edits)
{
    return edits->ranges.size / sizeof(exn_edits_range);
}

static exn_edits_range *ranges_of(const exn_edits *edits)
{
    /* malloc() allocated the buffer, so it is aligned for anything. */
    return (exn_edits_range *)(void *)edits->ranges.data;
}

/* Most edits come in order, or two neighbours are swapped: transposing a point writes y's text into
 * x's slot. An edit that is farther out of place waits for flush(), because sorting it in here
 * could take quadratic time on a hostile file. */
static void settle_last(exn_edits *edits)
{
    enum { NEAR = 4 };
    exn_edits_range *ranges = ranges_of(edits);
    const size_t last = count_ranges(edits) - 1;
    if (last == 0 || ranges[last - 1].offset <= ranges[last].offset)
        return;
    const exn_edits_range range = ranges[last];
    size_t to = last;
    while (to > 0 && last - to < NEAR && ranges[to - 1].offset > range.offset) {
        ranges[to] = ranges[to - 1];
        to--;
    }
    ranges[to] = range;
    edits->is_mixed |= to > 0 && ranges[to - 1].offset > range.offset;
}

/* What was written cannot be taken back, so nothing before done is accepted. */
exn_status exn_edits_put_any(exn_edits *edits, uint64_t offset, uint64_t size, exn_span text,
                             exn_error *error)
{
    if (offset < edits->done || offset > edits->source->size || size > edits->source->size - offset)
        return exn_status_fail(error, EXN_INTERNAL, "an edit outside of what is left");
    if (text.size > UINT32_MAX - edits->texts.size)
        return exn_status_fail(error, EXN_LIMIT, "more than 4 GiB of edits at once");
    const uint32_t at = (uint32_t)edits->texts.size;
    exn_status status =
        exn_account_reserve(edits->account, &edits->ranges, sizeof(exn_edits_range));
    if (status == EXN_OK)
        status = exn_account_append(edits->account, &edits->texts, text.data, text.size);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "%s", "");
    *(ranges_of(edits) + count_ranges(edits)) =
        (exn_edits_range){offset, size, at, (uint32_t)text.size};
    edits->ranges.size += sizeof(exn_edits_range);
    settle_last(edits);
    edits->count++;
    return EXN_OK;
}

bool exn_edits_begin(exn_edits *edits, exn_edits_series *series)
{
    exn_buffer *const ranges = &edits->ranges, *const texts = &edits->texts;
    const size_t room = EXN_EDITS_SERIES * EXN_EDITS_SHORT;
    const size_t count = count_ranges(edits);
    if (texts->size > UINT32_MAX - room ||
        exn_account_reserve(edits->account, ranges, EXN_EDITS_SERIES * sizeof(exn_edits_range)) !=
            EXN_OK ||
        exn_account_reserve(edits->account, texts, room) != EXN_OK)
        return false;
    exn_edits_range *const range = ranges_of(edits) + count;
    *series = (exn_edits_series){.range = range,
                                 .text = texts->data + texts->size,
                                 .at = (uint32_t)texts->size,
                                 .room = EXN_EDITS_SERIES,
                                 .end = count ? range[-1].offset + range[-1].size : edits->done,
                                 .size = edits->source->size};
    return true;
}

void exn_edits_end(exn_edits *edits, const exn_edits_series *series)
{
    edits->ranges.size = (size_t)((uint8_t *)series->range - edits->ranges.data);
    edits->texts.size = series->at;
    edits->count += EXN_EDITS_SERIES - series->room;
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
    exn_status status = exn_account_append(edits->account, &edits->out, data, size);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "%s", "");
    return edits->out.size >= WINDOW ? drain(edits, error) : EXN_OK;
}

/* Reads the window that begins at done. The source must not have changed since the first walk read
 * it. */
static exn_status refill(exn_edits *edits, exn_error *error)
{
    const uint64_t left = edits->source->size - edits->done;
    if (!edits->window && !(edits->window = malloc(WINDOW + COPY)))
        return exn_status_fail(error, EXN_MEMORY, "%s", "");
    edits->window_at = edits->done;
    edits->window_size = left < WINDOW ? (size_t)left : WINDOW;
    int sys_errno = edits->source->read(edits->source->context, edits->window, edits->window_size,
                                        edits->window_at);
    return sys_errno == 0 ? EXN_OK : exn_status_fail_errno(error, EXN_READ, sys_errno);
}

/* Unedited bytes are copied from the source and never regenerated, so that white space, order and
 * anything the format's reader does not know are preserved. */
static exn_status copy_until(exn_edits *edits, uint64_t offset, exn_error *error)
{
    exn_status status = EXN_OK;
    while (edits->done < offset && status == EXN_OK) {
        if (edits->done >= edits->window_at + edits->window_size)
            status = refill(edits, error);
        if (status != EXN_OK)
            break;
        /* The window never begins after done, as both only move forward. */
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

/* glibc's qsort() temporarily needs as much memory again. */
static exn_status sort(exn_edits *edits)
{
    if (!edits->is_mixed)
        return EXN_OK;
    exn_status status = exn_account_take(edits->account, edits->ranges.size);
    if (status != EXN_OK)
        return status;
    qsort(ranges_of(edits), count_ranges(edits), sizeof(exn_edits_range), by_offset);
    exn_account_give(edits->account, edits->ranges.size);
    edits->is_mixed = false;
    return EXN_OK;
}

/* Nearly all edits are short, lie in the window and are a few bytes apart. Writes the leading ones
 * of count for which this holds and returns their number. If a range overlaps the one before it,
 * the gap wraps around and counts as too large, like any other that has to be copied the slow way.
 */
static size_t write_near(exn_edits *edits, const exn_edits_range *ranges, size_t count,
                         uint64_t limit)
{
    exn_buffer *const out = &edits->out;
    const uint64_t window_at = edits->window_at, end = window_at + edits->window_size;
    const uint8_t *const texts = edits->texts.data, *const window = edits->window;
    const size_t texts_room = edits->texts.capacity;
    uint64_t done = edits->done;
    size_t i = 0;
    if (!window || out->capacity - out->size < 2 * COPY)
        return 0;
    uint8_t *to = out->data + out->size;
    const uint8_t *const last = out->data + out->capacity - 2 * (size_t)COPY;
    for (; i < count && to <= last; i++) {
        const exn_edits_range *range = &ranges[i];
        const uint64_t gap = range->offset - done, edited = range->offset + range->size;
        if (gap > COPY || range->text_size > COPY || range->text + (size_t)COPY > texts_room ||
            range->offset > end || edited > limit)
            break;
        memcpy(to, window + (size_t)(done - window_at), COPY);
        memcpy(to + gap, texts + range->text, COPY);
        to += gap + range->text_size;
        done = edited;
    }
    out->size = (size_t)(to - out->data);
    edits->done = done;
    return i;
}

static exn_status write_edit(exn_edits *edits, const exn_edits_range *range, exn_error *error)
{
    exn_status status = copy_until(edits, range->offset, error);
    if (status == EXN_OK)
        status = write_all(edits, edits->texts.data + range->text, range->text_size, error);
    edits->done += range->size;
    return status;
}

/* Two edits of one byte mean a bug in this program or a repeated member. Either way nobody knows
 * which one is right, so the call fails. */
exn_status exn_edits_flush(exn_edits *edits, uint64_t offset, exn_error *error)
{
    const size_t count = count_ranges(edits);
    const exn_edits_range *ranges = ranges_of(edits);
    exn_status status = sort(edits);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "%s", "");
    for (size_t i = write_near(edits, ranges, count, offset); i < count && status == EXN_OK;
         i += write_near(edits, ranges + i, count - i, offset)) {
        if (ranges[i].offset < edits->done || ranges[i].offset + ranges[i].size > offset)
            return exn_status_fail(error, EXN_INTERNAL, "edits that overlap");
        status = edits->out.size >= WINDOW ? drain(edits, error) : EXN_OK;
        if (status == EXN_OK)
            status = write_edit(edits, &ranges[i++], error);
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
    exn_account_free(edits->account, &edits->ranges);
    exn_account_free(edits->account, &edits->texts);
    exn_account_free(edits->account, &edits->out);
    free(edits->window);
    edits->window = NULL;
}
