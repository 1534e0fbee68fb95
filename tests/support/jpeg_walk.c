/* SPDX-License-Identifier: MIT */
#include "support/jpeg_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { RST0 = 0xD0, RST7 = 0xD7, SOI = 0xD8, EOI = 0xD9, SOS = 0xDA };

/* Entropy-coded data ends at the first FF that neither a zero nor a restart marker follows (T.81,
 * B.1.1.5). */
static size_t entropy_end(exn_span file, size_t at)
{
    while (at + 1 < file.size) {
        const uint8_t code = file.data[at + 1];
        if (file.data[at] == 0xFF && code != 0 && !(code >= RST0 && code <= RST7))
            return at;
        at++;
    }
    return file.size;
}

static bool step(exn_span file, size_t *offset, exn_test_segment *segment)
{
    size_t at = *offset;

    if (at + 2 > file.size || file.data[at] != 0xFF)
        return false;
    *segment = (exn_test_segment){.marker = file.data[at + 1], .offset = at};
    at += 2;
    if (segment->marker != SOI && segment->marker != EOI) {
        if (at + 2 > file.size)
            return false;
        const size_t length = exn_get16be(file.data + at);
        if (length < 2 || length > file.size - at)
            return false;
        segment->payload = exn_span_part(file, at + 2, length - 2);
        at += length;
    }
    if (segment->marker == SOS) {
        const size_t end = entropy_end(file, at);
        segment->entropy = exn_span_part(file, at, end - at);
        at = end;
    }
    *offset = at;
    return true;
}

/* Whether the marker before offset is EOI, and not the end of a payload that is a JPEG. */
static bool is_behind_eoi(exn_span file, size_t offset)
{
    exn_test_segment segment = {.marker = 0};
    size_t at = 0;

    if (offset < 2 || file.data[offset - 2] != 0xFF || file.data[offset - 1] != EOI)
        return false;
    while (at < offset && step(file, &at, &segment))
        continue;
    return segment.marker == EOI;
}

bool exn_test_jpeg_next(exn_span file, size_t *offset, exn_test_segment *segment)
{
    return !is_behind_eoi(file, *offset) && step(file, offset, segment);
}

bool exn_test_jpeg_find(exn_span file, uint8_t marker, unsigned number, exn_test_segment *found)
{
    size_t offset = 0;

    while (exn_test_jpeg_next(file, &offset, found))
        if (found->marker == marker && number-- == 0)
            return true;
    return false;
}

exn_test_segment exn_test_jpeg_found(const exn_buffer *file, uint8_t marker, unsigned number)
{
    exn_test_segment found;
    assert_true(exn_test_jpeg_find(exn_buffer_span(file), marker, number, &found));
    return found;
}

bool exn_test_splice(exn_span file, size_t offset, size_t remove, exn_span insert, exn_buffer *out)
{
    return !exn_buffer_append(out, file.data, offset) &&
           !exn_buffer_append(out, insert.data, insert.size) &&
           !exn_buffer_append(out, file.data + offset + remove, file.size - offset - remove);
}

bool exn_test_insert_segment(exn_span file, size_t offset, uint8_t marker, exn_span payload,
                             exn_buffer *out)
{
    uint8_t head[4] = {0xFF, marker};
    exn_buffer segment = {0};

    exn_put16be(head + 2, (uint32_t)payload.size + 2);
    const bool done = !exn_buffer_append(&segment, head, sizeof head) &&
                      !exn_buffer_append(&segment, payload.data, payload.size) &&
                      exn_test_splice(file, offset, 0, (exn_span){segment.data, segment.size}, out);
    exn_buffer_free(&segment);
    return done;
}
