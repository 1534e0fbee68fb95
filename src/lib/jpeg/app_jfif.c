/* SPDX-License-Identifier: MIT */
#include "app_jfif.h"

#include <string.h>

#include "metadata/embedded.h"

/* JFIF 1.02: at least the 14 bytes up to the thumbnail's size, which libjpeg also requires. */
bool exn_app_jfif_is(const exn_segment *segment)
{
    return segment->marker == EXN_MARKER_APP0 && segment->payload.size >= 14 &&
           exn_span_starts(segment->payload, "JFIF", 5);
}

bool exn_app_jfif_is_extension(const exn_segment *segment)
{
    return segment->marker == EXN_MARKER_APP0 && segment->payload.size >= 6 &&
           exn_span_starts(segment->payload, "JFXX", 5);
}

/* Offsets in an extension, by JFIF 1.02. */
enum { JFXX_CODE_AT = 5, JFXX_SIZE_AT, JFXX_PIXELS_AT = 8, JFXX_JPEG = 0x10 };

bool exn_app_jfif_orients(const exn_segment *segment)
{
    exn_embedded embedded = {0};
    if (exn_app_jfif_is_extension(segment) && segment->payload.data[JFXX_CODE_AT] == JFXX_JPEG)
        exn_embedded_scan(exn_span_part(segment->payload, JFXX_SIZE_AT, SIZE_MAX), true, &embedded);
    return embedded.orients;
}

/* Rotates the uncompressed thumbnail whose width and height, a byte each, stand at `size`; returns
 * false if it is incomplete. The payload is the source's and `to` its copy in the output, so the
 * samples do not overlap. */
static bool turn_thumbnail(exn_span from, uint8_t *to, size_t size, size_t pixels, uint32_t bytes,
                           exn_orientation o)
{
    uint32_t width = from.data[size], height = from.data[size + 1];
    if (from.size < pixels || from.size - pixels < (size_t)width * height * bytes)
        return false;
    uint32_t out_width = width, out_height = height;
    exn_orientation_size(o, &out_width, &out_height);
    exn_orientation_move(o, width, height, bytes, from.data + pixels, (size_t)width * bytes,
                         to + pixels, (size_t)out_width * bytes);
    to[size] = (uint8_t)out_width;
    to[size + 1] = (uint8_t)out_height;
    return true;
}

/* JFIF 1.02, APP0: X density at 8, Y density at 10, an RGB thumbnail's size at 12. Densities are
 * swapped with the axes. The unit at 7 is the same for both; without a unit they are an aspect
 * ratio, which is swapped as well. */
exn_status exn_app_jfif_edit(const exn_segment *segment, const exn_exif_turn *turn, exn_buffer *out,
                             uint32_t *warnings)
{
    size_t start = out->size;
    exn_status status = exn_segment_append(out, segment->marker, segment->payload);
    if (status != EXN_OK)
        return status;
    uint8_t *to = out->data + start + 4;
    if (turn->o.transpose) {
        exn_put16be(to + 8, exn_get16be(segment->payload.data + 10));
        exn_put16be(to + 10, exn_get16be(segment->payload.data + 8));
    }
    if (segment->payload.data[12] && segment->payload.data[13] &&
        !turn_thumbnail(segment->payload, to, 12, 14, 3, turn->o)) {
        /* A thumbnail of size 0 means none (JFIF 1.02); densities are kept. */
        memset(to + 12, 0, 2);
        out->size = start + 4 + 14;
        exn_segment_close(out, start);
        *warnings |= 1u << EXN_WARN_THUMBNAIL_DROPPED;
    }
    return EXN_OK;
}

/* JFIF 1.02, APP0 extension: the code at 5 says whether a JPEG (0x10), a palette (0x11) or an RGB
 * thumbnail (0x13) follows. */
exn_status exn_app_jfif_edit_extension(const exn_segment *segment, const exn_exif_turn *turn,
                                       exn_buffer *out, uint32_t *warnings)
{
    enum { PALETTE_SIZE = 768 };
    exn_thumbnails *thumbnails = turn->thumbnails;
    exn_span payload = segment->payload;
    size_t start;
    bool turned = false;
    exn_status status = exn_segment_open(out, segment->marker, &start);
    if (status == EXN_OK && payload.data[JFXX_CODE_AT] == JFXX_JPEG && thumbnails) {
        status = exn_buffer_append(out, payload.data, JFXX_SIZE_AT);
        if (status == EXN_OK)
            status = thumbnails->turn(thumbnails, exn_span_part(payload, JFXX_SIZE_AT, SIZE_MAX),
                                      turn->o, EXN_SEGMENT_MAX_PAYLOAD - JFXX_SIZE_AT, out);
        turned = status == EXN_OK;
        status = status == EXN_MEMORY ? status : EXN_OK;
    } else if (status == EXN_OK && payload.size >= JFXX_PIXELS_AT) {
        bool palette = payload.data[JFXX_CODE_AT] == 0x11;
        status = exn_buffer_append(out, payload.data, payload.size);
        turned = status == EXN_OK && turn_thumbnail(payload, out->data + start + 4, JFXX_SIZE_AT,
                                                    JFXX_PIXELS_AT + (palette ? PALETTE_SIZE : 0),
                                                    palette ? 1 : 3, turn->o);
    }
    if (status == EXN_OK && !(turned && exn_segment_close(out, start))) {
        out->size = start;
        *warnings |= 1u << EXN_WARN_THUMBNAIL_DROPPED;
    }
    return status;
}
