/* SPDX-License-Identifier: MIT */
#include "flashpix.h"

#include <string.h>

/* EXIF 2.32, 4.7.3: "FPXR", a zero, a version, and the kind of segment. A list of streams continues
 * with its length, a part of a stream with the stream's number in the list and its offset in the
 * stream. */
enum {
    KIND_AT = 6,
    NUMBER_AT = 7,
    LIST_AT = 9,
    OFFSET_AT = 9,
    HEAD = 13,
    LIST = 1,
    DATA = 2,
    CLASS_ID = 16, /* only storages have one, and they have no size */
};

/* Fujifilm's: what precedes its JPEG, and where another stream has the JPEG's size. Some cameras
 * omit the list, and then repeat this head in every segment. */
enum { FUJI_HEAD = 47, FUJI_WIDTH_AT = 13, FUJI_HEIGHT_AT = 23, FUJI_UNLISTED = 512 };

/* A set of properties (FlashPix 1.0, appendix A): pairs of id and offset in its only section. */
enum {
    SECTION_AT = 48,
    PAIRS_AT = SECTION_AT + 8,
    PAIRS_MAX = 64,
    PAIR = 8,
    TYPE_UI4 = 19,
    ID_WIDTH = 2,
    ID_HEIGHT = 3
};

bool exn_flashpix_is_one(const exn_segment *segment)
{
    return (segment->marker == EXN_MARKER_APP2 || segment->marker == EXN_MARKER_APP0 + 4) &&
           segment->payload.size >= HEAD && exn_span_starts(segment->payload, "FPXR", 5);
}

/* The list, if there is exactly one. */
static const exn_segment *find_list(const exn_jpeg *jpeg, size_t *count)
{
    const exn_segment *list = NULL;
    *count = 0;
    for (size_t i = 0; i < jpeg->count; i++) {
        const exn_segment *segment = &jpeg->segments[i];
        if (exn_flashpix_is_one(segment) && segment->payload.data[KIND_AT] == LIST) {
            list = segment;
            ++*count;
        }
    }
    return *count == 1 ? list : NULL;
}

/* A stream's entry in the list: size, default value, name in UTF-16 with a zero. */
typedef struct entry {
    uint32_t size;
    exn_span name;
} entry;

static bool next_entry(exn_span list, size_t *at, entry *e)
{
    enum { NAME_AT = 5 };
    const exn_span rest = exn_span_part(list, *at, SIZE_MAX);
    size_t end = NAME_AT;
    while (end + 2 <= rest.size && (rest.data[end] || rest.data[end + 1]))
        end += 2;
    if (end + 2 > rest.size)
        return false;
    *e = (entry){exn_get32be(rest.data), exn_span_part(rest, NAME_AT, end - NAME_AT)};
    *at += end + 2 + (e->size == UINT32_MAX ? CLASS_ID : 0);
    return true;
}

static bool name_starts(exn_span name, const char *text)
{
    const size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (name.size < 2 * (i + 1) || name.data[2 * i] != (uint8_t)text[i] ||
            name.data[2 * i + 1] != 0)
            return false;
    return true;
}

static bool is_named(exn_span name, const char *text)
{
    return name.size == 2 * strlen(text) && name_starts(name, text);
}

/* Locates a number of the stream, which has to be entirely in the first segment. */
static bool place_number(const exn_jpeg *jpeg, const exn_pieces *pieces, size_t at, bool wide,
                         exn_flashpix_number *number)
{
    *number = (exn_flashpix_number){pieces->piece[0].segment, pieces->piece[0].head + at, wide};
    return at + (wide ? 4 : 2) <= exn_pieces_span(pieces, jpeg, 0).size;
}

/* A set of properties is little-endian, while the heads of segments around it are big-endian.
 * Offsets count from the section's beginning. */
static bool find_property(exn_span stream, uint32_t id, size_t *at)
{
    if (stream.size < PAIRS_AT)
        return false;
    const uint32_t count = exn_get32(stream.data + SECTION_AT + 4, false);
    for (size_t i = 0; i < count && i < PAIRS_MAX; i++) {
        const exn_span pair = exn_span_part(stream, PAIRS_AT + PAIR * i, PAIR);
        if (pair.size < PAIR || exn_get32(pair.data, false) != id)
            continue;
        const uint64_t offset = SECTION_AT + (uint64_t)exn_get32(pair.data + 4, false);
        const exn_span value =
            offset <= stream.size ? exn_span_part(stream, offset, PAIR) : (exn_span){NULL, 0};
        *at = (size_t)offset + 4;
        return value.size == PAIR && exn_get32(value.data, false) == TYPE_UI4;
    }
    return false;
}

/* A screen nail is a set of properties, one of which is the JPEG, preceded by its length. */
static exn_status read_screen_nail(const exn_jpeg *jpeg, exn_flashpix_preview *preview,
                                   bool *is_one)
{
    exn_buffer bytes = {0};
    exn_status status = exn_pieces_join(&preview->pieces, jpeg, &bytes);
    const exn_span stream = exn_buffer_span(&bytes);
    const uint8_t *soi = stream.size > PAIRS_AT ? memmem(stream.data + PAIRS_AT,
                                                         stream.size - PAIRS_AT, "\xFF\xD8\xFF", 3)
                                                : NULL;
    *is_one = status == EXN_OK && soi;
    if (*is_one) {
        size_t width, height;
        preview->at = (size_t)(soi - stream.data);
        preview->room = stream.size - preview->at;
        /* More than four bytes precede it, because the search began after the pairs. */
        const uint32_t length = exn_get32(soi - 4, false);
        if (length < preview->room)
            preview->room = length;
        preview->sized = true;
        preview->known = find_property(stream, ID_WIDTH, &width) &&
                         find_property(stream, ID_HEIGHT, &height) &&
                         place_number(jpeg, &preview->pieces, width, true, &preview->size[0]) &&
                         place_number(jpeg, &preview->pieces, height, true, &preview->size[1]);
    }
    exn_buffer_free(&bytes);
    return status;
}

/* Fujifilm's stream, whose JPEG's size is in another one. */
static bool read_fuji(const exn_jpeg *jpeg, const exn_pieces *property,
                      exn_flashpix_preview *preview)
{
    size_t size = 0;
    for (size_t i = 0; i < preview->pieces.count; i++)
        size += exn_pieces_span(&preview->pieces, jpeg, i).size;
    preview->at = FUJI_HEAD;
    preview->room = size > FUJI_HEAD ? size - FUJI_HEAD : 0;
    preview->sized = property->count > 0;
    preview->known = preview->sized &&
                     place_number(jpeg, property, FUJI_WIDTH_AT, false, &preview->size[0]) &&
                     place_number(jpeg, property, FUJI_HEIGHT_AT, false, &preview->size[1]);
    return preview->room > 0;
}

/* Without a list, the first segment begins a JPEG after both heads, and all segments are joined. */
static bool find_unlisted(const exn_jpeg *jpeg, exn_flashpix_preview *preview)
{
    for (size_t i = 0; i < jpeg->count; i++) {
        const exn_span p = jpeg->segments[i].payload;
        if (!exn_flashpix_is_one(&jpeg->segments[i]) || p.data[KIND_AT] != DATA ||
            exn_get16be(p.data + NUMBER_AT) != FUJI_UNLISTED || p.size <= HEAD + FUJI_HEAD)
            continue;
        if (!exn_pieces_add(&preview->pieces, i, HEAD + FUJI_HEAD))
            return false;
        preview->room += p.size - HEAD - FUJI_HEAD;
    }
    return preview->pieces.count > 0;
}

/* The streams of interest, as listed. */
typedef struct listed {
    bool found;
    uint32_t number, size;
} listed;

static void read_list(exn_span list, listed *nail, listed *preview, listed *property)
{
    size_t at = LIST_AT;
    entry e;
    const uint32_t entries = exn_get16be(list.data + NUMBER_AT);
    for (uint32_t i = 0; i < entries && next_entry(list, &at, &e); i++) {
        listed *one = is_named(e.name, "/FUJIFILM/Preview")    ? preview
                      : is_named(e.name, "/FUJIFILM/Property") ? property
                      : name_starts(e.name, "/\5Screen Nail")  ? nail
                                                               : NULL;
        if (one && !one->found)
            *one = (listed){true, i, e.size};
    }
}

/* Whether a part of size bytes continues its stream at its current end. Cameras write any offset
 * with the first part and repeat one with others, so an offset is believed only if it means an
 * overlap. */
static bool is_next(uint64_t total, uint64_t offset, size_t size)
{
    return total == 0 || offset >= total || total - offset >= size;
}

/* Collects the segments of a stream. */
static bool take_stream(const exn_jpeg *jpeg, const listed *stream, exn_pieces *pieces)
{
    uint64_t total = 0;
    bool whole = stream->found;
    pieces->count = 0;
    for (size_t i = 0; i < jpeg->count && whole; i++) {
        const exn_span p = jpeg->segments[i].payload;
        if (!exn_flashpix_is_one(&jpeg->segments[i]) || p.data[KIND_AT] != DATA ||
            exn_get16be(p.data + NUMBER_AT) != stream->number)
            continue;
        whole = is_next(total, exn_get32be(p.data + OFFSET_AT), p.size - HEAD) &&
                exn_pieces_add(pieces, i, HEAD);
        total += p.size - HEAD;
    }
    whole = whole && pieces->count > 0 && total == stream->size;
    pieces->count = whole ? pieces->count : 0;
    return whole;
}

exn_status exn_flashpix_find(const exn_jpeg *jpeg, exn_flashpix_preview found[], size_t *count)
{
    size_t lists;
    const exn_segment *list = find_list(jpeg, &lists);
    listed nail = {false, 0, 0}, preview = nail, property = nail;
    exn_pieces properties = {.count = 0};
    exn_flashpix_preview *next = found;
    exn_status status = EXN_OK;
    for (size_t i = 0; i < EXN_FLASHPIX_PREVIEWS; i++)
        found[i] = (exn_flashpix_preview){.sized = false};
    if (list)
        read_list(list->payload, &nail, &preview, &property);
    bool is_one = take_stream(jpeg, &nail, &next->pieces);
    if (is_one)
        status = read_screen_nail(jpeg, next, &is_one);
    next += is_one;
    take_stream(jpeg, &property, &properties);
    if (lists == 0)
        is_one = find_unlisted(jpeg, next);
    else
        is_one = take_stream(jpeg, &preview, &next->pieces) && read_fuji(jpeg, &properties, next);
    next += is_one;
    *count = (size_t)(next - found);
    return status;
}
