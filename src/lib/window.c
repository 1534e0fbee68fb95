/* SPDX-License-Identifier: MIT */
#include "window.h"

#include <string.h>

void exn_window_open(exn_window *window, const exn_source *source)
{
    window->source = source;
    window->offset = 0;
    window->taken = 0;
    window->size = 0;
    window->fill = EXN_WINDOW_SIZE;
}

static exn_status read_source(exn_window *window, uint64_t offset, void *to, size_t size,
                              exn_error *error)
{
    const exn_source *source = window->source;
    int sys_errno = source->read(source->context, to, size, offset);
    window->taken += size;
    return sys_errno == 0 ? EXN_OK : exn_status_fail_errno(error, EXN_READ, sys_errno);
}

/* Copies the beginning of the range as far as the window has it; returns how many bytes that were.
 */
static size_t copy_held(const exn_window *window, uint64_t offset, uint8_t *to, size_t size)
{
    if (offset < window->offset || offset >= window->offset + window->size)
        return 0;
    size_t held = (size_t)(window->offset + window->size - offset);
    held = held < size ? held : size;
    memcpy(to, window->bytes + (offset - window->offset), held);
    return held;
}

/* How much to read at offset, at least need: one fill, but not beyond a multiple of MAX_HEADER, so
 * that a header of that size costs no more. */
static size_t fill_size(const exn_window *window, uint64_t offset, size_t need)
{
    enum { MAX_HEADER = 128 << 10 };
    uint64_t left = window->source->size - offset, border = MAX_HEADER - offset % MAX_HEADER;
    uint64_t size = window->fill < left ? window->fill : left;
    size = size < border ? size : border;
    return size > need ? (size_t)size : need;
}

/* The range is checked against the source's size first, so nothing below has to. A size may come
 * from a hostile file: it is subtracted, never added, and so cannot wrap around. */
exn_status exn_window_read(exn_window *window, uint64_t offset, void *to, size_t size,
                           exn_error *error)
{
    uint64_t file_size = window->source->size;
    if (offset > file_size || size > file_size - offset)
        return exn_status_fail(error, EXN_CORRUPT, "the file ends early");
    /* If reads only go forward, no byte is read twice. */
    size_t held = copy_held(window, offset, to, size);
    uint8_t *rest = (uint8_t *)to + held;
    offset += held;
    size -= held;
    if (size == 0)
        return EXN_OK;
    if (size > EXN_WINDOW_SIZE / 2) /* it would only displace the window's contents */
        return read_source(window, offset, rest, size, error);
    window->size = 0;
    size_t fill = fill_size(window, offset, size);
    exn_status status = read_source(window, offset, window->bytes, fill, error);
    if (status != EXN_OK)
        return status;
    window->offset = offset;
    window->size = fill;
    memcpy(rest, window->bytes, size);
    return EXN_OK;
}

exn_status exn_window_append(exn_window *window, uint64_t offset, size_t size, exn_buffer *out,
                             exn_error *error)
{
    if (size == 0) /* a buffer without memory has no address to add an offset to */
        return EXN_OK;
    if (exn_buffer_reserve(out, size) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "headers");
    exn_status status = exn_window_read(window, offset, out->data + out->size, size, error);
    if (status == EXN_OK)
        out->size += size;
    return status;
}

/* Readers go through a window, which has checked the range against the source's size. */
static int read_span(void *context, void *to, size_t size, uint64_t offset)
{
    const exn_span *span = context;
    memcpy(to, span->data + offset, size);
    return 0;
}

exn_source exn_window_source_of(exn_span *span)
{
    return (exn_source){.size = span->size, .read = read_span, .context = span};
}

static int read_part(void *context, void *to, size_t size, uint64_t offset)
{
    const exn_part *part = context;
    return part->source->read(part->source->context, to, size, part->at + offset);
}

exn_source exn_window_part_of(exn_part *part, uint64_t size)
{
    return (exn_source){.size = size, .read = read_part, .context = part};
}

/* Leaves the window where it is: takes from it what it holds, and the rest straight from the
 * source. */
static int read_through(void *context, void *to, size_t size, uint64_t offset)
{
    const exn_window *window = context;
    size_t held = copy_held(window, offset, to, size);
    const exn_source *source = window->source;
    return held == size
               ? 0
               : source->read(source->context, (uint8_t *)to + held, size - held, offset + held);
}

/* A second window can be opened on this source without reading a byte twice. */
exn_source exn_window_as_source(exn_window *window)
{
    return (exn_source){.size = window->source->size, .read = read_through, .context = window};
}
