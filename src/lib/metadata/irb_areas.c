/* SPDX-License-Identifier: MIT */
/* Sections are those of Adobe's "Photoshop File Formats Specification". */
#include "irb_areas.h"

#include <string.h>

/* "Image resource IDs". */
enum {
    RESOLUTION_INFO = 0x03ED,
    WORKING_PATH = 0x0401,
    IPTC = 0x0404,
    GUIDES = 0x0408,
    COLOR_SAMPLERS_OLD = 0x040E,
    SLICES = 0x041A,
    PIXEL_ASPECT_RATIO = 0x0428,
    COLOR_SAMPLERS = 0x0431,
    PATHS_BEGIN = 0x07D0,
    PATHS_LAST = 0x0BB6,
    ORIGIN_PATH_INFO = 0x0BB8,
};

/* Whether the count at that offset, of things with a place, is not 0. */
static bool has_some(exn_span data, size_t at)
{
    return data.size < at + 4 || exn_get32be(data.data + at) > 0;
}

/* "Slices resource format", version 6: a rectangle at 4, a Unicode string at 20, a count. If the
 * user has made none, Photoshop writes one slice for the whole picture, of which only the sides
 * matter. Later versions are descriptors. */
static bool has_slices(exn_span data, bool sides_change)
{
    enum { VERSION = 6, NAME_AT = 20, COUNT_AT = 24 };
    if (data.size < COUNT_AT || exn_get32be(data.data) != VERSION)
        return true;
    const uint64_t name = 2 * (uint64_t)exn_get32be(data.data + NAME_AT);
    if (name + COUNT_AT + 4 > data.size)
        return true;
    const uint32_t count = exn_get32be(data.data + COUNT_AT + name);
    return count > 1 || (count == 1 && sides_change);
}

/* IPTC-NAA IIM 4, 1.5: a tag marker, record, data set, and a 16-bit size, whose first bit means
 * that the others count the bytes of the size itself. Data set 2:131 says portrait, landscape or
 * square. */
static bool has_layout(exn_span iptc)
{
    enum { MARKER = 0x1C, HEAD = 5, EXTENDED = 0x8000, RECORD = 2, IMAGE_ORIENTATION = 131 };
    while (iptc.size >= HEAD && iptc.data[0] == MARKER) {
        size_t size = exn_get16be(iptc.data + 3), head = HEAD;
        if (size & EXTENDED) {
            head += size & (EXTENDED - 1);
            size = 0;
            for (size_t i = HEAD; i < head && i < iptc.size && size < iptc.size; i++)
                size = size << 8 | iptc.data[i];
        }
        const exn_span value = exn_span_part(iptc, head, size);
        if (iptc.data[1] == RECORD && iptc.data[2] == IMAGE_ORIENTATION && value.size > 0 &&
            (value.data[0] | 0x20) != 's')
            return true;
        iptc = exn_span_part(iptc, head + size, SIZE_MAX);
    }
    return false;
}

/* "Pixel Aspect Ratio": a version, and x / y as a double. */
static bool has_square_pixels(exn_span data)
{
    static const uint8_t one[8] = {0x3F, 0xF0};
    return data.size == 4 + sizeof one && memcmp(data.data + 4, one, sizeof one) == 0;
}

/* --- Mapped --- */

/* "ResolutionInfo structure": the resolution of x and its unit at 0, those of y at 8. The units of
 * width and height, at 6 and 14, are only for display. */
static bool exchange_resolutions(exn_span data, uint8_t *to)
{
    enum { SIZE = 16, Y_AT = 8, PART = 6 };
    if (data.size != SIZE)
        return false;
    memcpy(to, data.data + Y_AT, PART);
    memcpy(to + Y_AT, data.data, PART);
    return true;
}

/* "Path resource format": a number of 8.24 bits from -16 up to 16, as a fraction of a side. */
static bool map_number(const uint8_t *from, bool flip, uint8_t *to)
{
    const uint32_t one = 1u << 24, limit = 16 * one;
    const uint32_t value = exn_get32be(from), mapped = flip ? one - value : value;
    exn_put32be(to, mapped);
    return value + limit < 2 * limit && mapped + limit < 2 * limit;
}

/* The vertical number comes first. */
static bool map_point(const uint8_t *from, exn_orientation o, uint8_t *to)
{
    const size_t vertical = o.transpose ? 4 : 0;
    const bool first = map_number(from, o.flip_y, to + vertical);
    return map_number(from + 4, o.flip_x, to + 4 - vertical) && first;
}

/* Records of a selector and 24 bytes: a knot is three points, the others have none. Files that
 * Photoshop saves contain no clipboard record. */
static bool map_path(exn_span data, exn_orientation o, uint8_t *to)
{
    enum { RECORD = 26, POINTS_AT = 2, POINT = 8, CLIPBOARD = 7, LAST = 8 };
    const unsigned knots = 1u << 1 | 1u << 2 | 1u << 4 | 1u << 5;
    if (data.size % RECORD != 0)
        return false;
    for (size_t at = 0; at < data.size; at += RECORD) {
        const uint32_t selector = exn_get16be(data.data + at);
        if (selector > LAST || selector == CLIPBOARD)
            return false;
        for (size_t i = POINTS_AT; i < RECORD && knots >> selector & 1; i += POINT)
            if (!map_point(data.data + at + i, o, to + at + i))
                return false;
    }
    return true;
}

static bool map(uint32_t id, exn_span data, exn_orientation o, uint8_t *to)
{
    switch (id) {
    case GUIDES: /* "Grid and guides resource format": version, two cycles, the count */
        return !has_some(data, 12);
    case COLOR_SAMPLERS_OLD:
    case COLOR_SAMPLERS: /* "Color samplers resource format": version, the count */
        return !has_some(data, 4);
    case SLICES:
        return !has_slices(data, o.transpose);
    case IPTC:
        return !o.transpose || !has_layout(data);
    case PIXEL_ASPECT_RATIO:
        return !o.transpose || has_square_pixels(data);
    case RESOLUTION_INFO:
        return !o.transpose || exchange_resolutions(data, to);
    case ORIGIN_PATH_INFO:
        return false;
    default:
        return !(id == WORKING_PATH || (id >= PATHS_BEGIN && id <= PATHS_LAST)) ||
               map_path(data, o, to);
    }
}

bool exn_irb_areas_map(uint32_t id, exn_span data, exn_orientation o, uint8_t *to)
{
    if (exn_orientation_is_identity(o) || map(id, data, o, to))
        return true;
    memcpy(to, data.data, data.size);
    return false;
}
