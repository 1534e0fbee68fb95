/* SPDX-License-Identifier: MIT */
#include "collect.h"

#include <stdlib.h>
#include <string.h>

#include "entropy_end.h"
#include "segments.h"

/* Finds the next marker from *offset on, as decoders do, skipping anything else. *offset then
 * points after the marker code. */
static exn_status next_marker(exn_window *window, uint64_t *offset, uint8_t *marker,
                              exn_error *error)
{
    uint8_t byte = 0;
    bool after_ff = false;
    for (;;) {
        exn_status status = exn_window_read(window, (*offset)++, &byte, 1, error);
        if (status != EXN_OK)
            return status;
        if (after_ff && byte != 0xFF && byte != 0)
            break;
        after_ff = byte == 0xFF;
    }
    *marker = byte;
    return EXN_OK;
}

/* APP1 holds Exif and XMP; APP13 may hold either in Photoshop's resources. ICC profiles (APP2),
 * maker data (other APPn), comments and tables can be large and say nothing about orientation.
 * Unknown markers are left to the parser. */
static bool is_wanted(uint8_t marker)
{
    bool skipped = marker == EXN_MARKER_DHT || marker == EXN_MARKER_DAC ||
                   marker == EXN_MARKER_DQT || marker == EXN_MARKER_COM ||
                   (marker >= EXN_MARKER_APP0 && marker <= EXN_MARKER_APP15);
    return !skipped || marker == EXN_MARKER_APP1 || marker == EXN_MARKER_APP0 + 13;
}

/* T.81, B.1.1.3: these have no length. */
static bool stands_alone(uint8_t marker)
{
    return marker == EXN_MARKER_TEM || (marker >= EXN_MARKER_RST0 && marker <= EXN_MARKER_SOI);
}

/* Whether a segment with this name of four bytes may be a thumbnail other than JFIF's own (JFIF
 * 1.02), or a maker's preview (previews.c). */
static bool is_thumbnail(uint8_t marker, const uint8_t *name)
{
    if (marker == EXN_MARKER_APP0)
        return memcmp(name, "JFXX", 4) == 0;
    return memcmp(name, "\xFF\xD8\xFF", 3) == 0 || memcmp(name, "QVGA", 4) == 0 ||
           memcmp(name, "BGTH", 4) == 0 || memcmp(name, "FPXR", 4) == 0;
}

/* Reads the name of a segment of size bytes, whose length field is at offset, if it may be an index
 * of pictures (CIPA DC-007, 5.2), a thumbnail, or a preview or part of one. */
static exn_status read_name(exn_window *window, uint8_t marker, uint64_t offset, size_t size,
                            exn_jpeg_header *header, bool *wanted, exn_error *error)
{
    uint8_t name[4] = {0};
    const bool preview = marker >= EXN_MARKER_APP2 && marker <= EXN_MARKER_APP0 + 5;
    *wanted = preview && header->previews;
    if ((marker != EXN_MARKER_APP0 && !preview) || size < 2 + sizeof name)
        return EXN_OK;
    exn_status status = exn_window_read(window, offset + 2, name, sizeof name, error);
    const bool thumbnail = status == EXN_OK && is_thumbnail(marker, name);
    *wanted = *wanted || thumbnail;
    header->previews = header->previews || (thumbnail && preview);
    if (status == EXN_OK && marker == EXN_MARKER_APP2 && memcmp(name, "MPF", sizeof name) == 0) {
        header->index_at = header->indexed ? header->index_at : offset + 2;
        header->indexed = *wanted = true;
    }
    return status;
}

static exn_status collect_segment(exn_window *window, exn_jpeg_header *header, uint8_t marker,
                                  exn_buffer *out, exn_error *error)
{
    uint8_t length[2];
    uint64_t *offset = &header->end;
    exn_status status = exn_window_read(window, *offset, length, sizeof length, error);
    if (status != EXN_OK)
        return status;
    size_t size = exn_get16be(length);
    /* The same as in exn_segments_parse_header(). */
    bool empty = size < 2 && (marker == EXN_MARKER_COM || marker >= EXN_MARKER_APP0);
    size = empty ? 2 : size;
    if (size < 2 || size > window->source->size - *offset)
        return exn_status_fail(error, EXN_CORRUPT, "segment FF%02X is cut off or has a bad length",
                               marker);
    bool wanted = is_wanted(marker) || empty;
    if (!wanted)
        status = read_name(window, marker, *offset, size, header, &wanted, error);
    if (status == EXN_OK && wanted) {
        const uint8_t code[2] = {0xFF, marker};
        if (exn_buffer_append(out, code, sizeof code) != EXN_OK)
            return exn_status_fail(error, EXN_MEMORY, "headers");
        status = exn_window_append(window, *offset, size, out, error);
    }
    *offset += size;
    return status;
}

/* The limit is checked after each segment, which has at most 64 KiB. */
exn_status exn_jpeg_collect(exn_window *window, uint64_t limit, exn_jpeg_header *header,
                            exn_buffer *out, exn_error *error)
{
    uint8_t marker = 0;
    *header = (exn_jpeg_header){.end = 2};
    exn_status status = exn_window_append(window, 0, 2, out, error);
    for (int count = 1; status == EXN_OK && marker != EXN_MARKER_SOS; count++) {
        if (count == EXN_JPEG_MAX_SEGMENTS)
            return exn_status_fail(error, EXN_LIMIT, "more than %d segments",
                                   EXN_JPEG_MAX_SEGMENTS);
        status = next_marker(window, &header->end, &marker, error);
        if (status == EXN_OK && marker == EXN_MARKER_EOI)
            return exn_status_fail(error, EXN_CORRUPT, "no scan");
        if (status == EXN_OK && marker == EXN_MARKER_SOI)
            return exn_status_fail(error, EXN_CORRUPT, "SOI inside the image");
        if (status == EXN_OK && !stands_alone(marker))
            status = collect_segment(window, header, marker, out, error);
        if (status == EXN_OK)
            status = exn_status_need_memory(error, out->size, limit);
    }
    return status;
}

/* --- After the first scan header --- */

enum {
    MAX_TAKEN = 128 << 10, /* what a look may read of a file whose header is not larger */
    TAIL_SIZE = 4 << 10,
    MAX_TAIL_SIZE = 2 + 0xFFFF + 2 + 512, /* the largest segment, EOI, some fill bytes */
    PART_SIZE = 72 << 10,                 /* at least */
    SMALL_STEP = 8 << 10, /* data before other data is usually a small picture, or far too large */
};

/* A walk that reads in large parts. */
typedef struct walk {
    exn_window *window;
    uint64_t offset, end; /* no byte from end on is read */
    uint64_t part_at;
    size_t part_size, step;
    bool to_end;   /* EOI was found */
    uint8_t *part; /* PART_SIZE bytes, read `step` at a time */
} walk;

/* Makes sure that the byte at offset, which is before the end, is in the part. */
static exn_status load(walk *w, exn_error *error)
{
    if (w->offset >= w->part_at && w->offset - w->part_at < w->part_size)
        return EXN_OK;
    uint64_t left = w->end - w->offset;
    w->part_at = w->offset;
    w->part_size = left < w->step ? (size_t)left : w->step;
    exn_status status = exn_window_read(w->window, w->offset, w->part, w->part_size, error);
    w->part_size = status == EXN_OK ? w->part_size : 0;
    return status;
}

/* Copies size bytes from offset on, which end before w->end. */
static exn_status copy(walk *w, uint8_t *to, size_t size, exn_error *error)
{
    exn_status status = EXN_OK;
    while (size > 0 && status == EXN_OK) {
        status = load(w, error);
        if (status != EXN_OK)
            break;
        size_t at = (size_t)(w->offset - w->part_at), held = w->part_size - at;
        held = held < size ? held : size;
        memcpy(to, w->part + at, held);
        w->offset += held;
        to += held;
        size -= held;
    }
    return status;
}

/* Moves past the next marker that is not part of entropy-coded data (T.81, B.1.1.2); 0: there is
 * none. */
static exn_status find_marker(walk *w, uint8_t *marker, exn_error *error)
{
    bool after_ff = false;
    exn_status status = EXN_OK;
    *marker = 0;
    while (status == EXN_OK && *marker == 0 && w->offset < w->end) {
        status = load(w, error);
        if (status != EXN_OK)
            break;
        size_t at = (size_t)(w->offset - w->part_at);
        if (after_ff) {
            uint8_t code = w->part[at];
            after_ff = code == 0xFF;
            if (code != 0 && code != 0xFF && (code < EXN_MARKER_RST0 || code > EXN_MARKER_RST7))
                *marker = code;
            w->offset++;
            continue;
        }
        at = exn_entropy_end((exn_span){w->part, w->part_size}, at);
        after_ff = at < w->part_size;
        w->offset = w->part_at + at + after_ff;
    }
    return status;
}

/* Appends the segment whose marker was read last if it is wanted. *more becomes false if it is
 * incomplete. */
static exn_status take_segment(walk *w, uint8_t marker, exn_buffer *out, bool *more,
                               exn_error *error)
{
    uint8_t head[4] = {0xFF, marker};
    *more = w->end - w->offset >= 2;
    if (!*more)
        return EXN_OK;
    exn_status status = copy(w, head + 2, 2, error);
    size_t size = exn_get16be(head + 2);
    /* The length counts itself (T.81, B.1.1.4). */
    *more = status == EXN_OK && size >= 2 && size - 2 <= w->end - w->offset;
    if (!*more)
        return status;
    size -= 2;
    if (!is_wanted(marker)) {
        w->offset += size;
        return EXN_OK;
    }
    if (exn_buffer_reserve(out, sizeof head + size) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "headers");
    memcpy(out->data + out->size, head, sizeof head);
    status = copy(w, out->data + out->size + sizeof head, size, error);
    if (status == EXN_OK)
        out->size += sizeof head + size;
    return status;
}

/* Walks up to EOI, the end, or anything that is not part of a JPEG, which the parser will judge. */
static exn_status walk_on(walk *w, uint64_t limit, exn_buffer *out, exn_error *error)
{
    exn_status status = EXN_OK;
    bool more = true;
    for (int count = 0; status == EXN_OK && more && count < EXN_JPEG_MAX_SEGMENTS; count++) {
        uint8_t marker;
        status = find_marker(w, &marker, error);
        w->to_end = status == EXN_OK && marker == EXN_MARKER_EOI;
        more = status == EXN_OK && marker != 0 && !w->to_end;
        if (more && marker == EXN_MARKER_SOI)
            more = false;
        else if (more && !stands_alone(marker))
            status = take_segment(w, marker, out, &more, error);
        if (status == EXN_OK)
            status = exn_status_need_memory(error, out->size, limit);
    }
    return status;
}

static bool ends_in_eoi(exn_span tail)
{
    return tail.data[tail.size - 2] == 0xFF && tail.data[tail.size - 1] == EXN_MARKER_EOI;
}

/* Whether a file ends in a scan and EOI, judging by its last bytes. If a segment preceded EOI, its
 * marker would be within MAX_TAIL_SIZE bytes. */
static bool ends_in_a_scan(exn_span tail)
{
    const exn_span scan = exn_span_part(tail, 0, tail.size - 2);
    return ends_in_eoi(tail) && exn_entropy_end(scan, 0) == scan.size &&
           memmem(scan.data, scan.size, "\xFF", 2);
}

/* Whether metadata segments lead from `at` to EOI at the end of the tail. */
static bool leads_to_the_end(exn_span tail, size_t at)
{
    for (;;) {
        while (tail.size - at > 2 && tail.data[at] == 0xFF && tail.data[at + 1] == 0xFF)
            at++;
        const uint8_t *p = tail.data + at;
        if (tail.size - at == 2)
            return p[0] == 0xFF && p[1] == EXN_MARKER_EOI;
        bool metadata =
            tail.size - at >= 6 && p[0] == 0xFF &&
            ((p[1] >= EXN_MARKER_APP0 && p[1] <= EXN_MARKER_APP15) || p[1] == EXN_MARKER_COM);
        size_t length = metadata ? exn_get16be(p + 2) : 0;
        if (length < 2 || length > tail.size - at - 4)
            return false;
        at += 2 + length;
    }
}

/* Appends the segments right before EOI at the file's end. */
static exn_status take_last_segments(exn_span tail, exn_buffer *out, exn_error *error)
{
    for (size_t at = 0; (at = exn_entropy_end(tail, at)) + 6 < tail.size; at++) {
        while (at + 7 < tail.size &&
               tail.data[at + 1] == 0xFF) /* all markers of a run lead to the same end */
            at++;
        if (!leads_to_the_end(tail, at))
            continue;
        if (exn_buffer_append(out, tail.data + at, tail.size - 2 - at) != EXN_OK)
            return exn_status_fail(error, EXN_MEMORY, "headers");
        break;
    }
    return EXN_OK;
}

/* Looks at the end of a file with one scan. Without `whole` a few bytes are trusted, although a
 * segment's payload might happen to look like a scan; if it does not end in a scan, only what
 * stands right before EOI is taken. *settled becomes false if the whole file has to be read. */
static exn_status look_at_tail(walk *w, size_t most, bool whole, exn_buffer *out, bool *settled,
                               exn_error *error)
{
    size_t size = most < MAX_TAIL_SIZE ? most : MAX_TAIL_SIZE;
    size_t last = size < TAIL_SIZE || whole ? size : TAIL_SIZE;
    uint8_t *tail = w->part + size - last;
    *settled = !whole && size < 2;
    if (size < 2)
        return EXN_OK;
    exn_status status = exn_window_read(w->window, w->end - last, tail, last, error);
    *settled = status == EXN_OK && ends_in_a_scan((exn_span){tail, last});
    if (status != EXN_OK || *settled || whole)
        return status;
    *settled = ends_in_eoi((exn_span){tail, last}); /* otherwise other data follow it */
    if (!*settled)
        return EXN_OK;
    if (size > last)
        status = exn_window_read(w->window, w->end - size, w->part, size - last, error);
    return status == EXN_OK ? take_last_segments((exn_span){w->part, size}, out, error) : status;
}

/* The walk begins where the first header ends. */
static exn_status look_behind(walk *w, bool one_scan, bool whole, uint64_t limit, exn_buffer *out,
                              exn_error *error)
{
    uint64_t left = w->end - w->offset, taken = w->window->taken;
    uint64_t most = whole ? left : taken < MAX_TAKEN ? MAX_TAKEN - taken : 0;
    bool settled = false;
    exn_status status = EXN_OK;
    if (one_scan && left > (whole ? MAX_TAKEN : most))
        status =
            look_at_tail(w, most < SIZE_MAX ? (size_t)most : SIZE_MAX, whole, out, &settled, error);
    taken = w->window->taken - taken; /* by the look at the tail */
    if (!whole)
        most -= taken < most ? taken : most;
    w->end = w->offset + (left < most ? left : most);
    return status == EXN_OK && !settled ? walk_on(w, limit, out, error) : status;
}

exn_status exn_jpeg_collect_behind(exn_window *window, exn_jpeg_header *header, bool one_scan,
                                   bool whole, uint64_t limit, exn_buffer *out, exn_error *error)
{
    walk w = {.window = window,
              .offset = header->end,
              .end = window->source->size,
              .step = whole ? PART_SIZE : SMALL_STEP};
    w.part = malloc(PART_SIZE);
    if (!w.part)
        return exn_status_fail(error, EXN_MEMORY, "headers");
    window->fill = 0; /* read no byte more than requested */
    exn_status status = look_behind(&w, one_scan && !header->indexed, whole, limit, out, error);
    header->to_end = w.to_end;
    free(w.part);
    return status;
}
