/* SPDX-License-Identifier: MIT */
#include "preview.h"

#include "metadata/embedded.h"

/* Where the JPEG begins that is a segment's payload, but for a word of the maker's: Samsung's,
 * HP's, GoPro's, BenQ's and Digilife's previews. SIZE_MAX: there is none. */
static size_t preview_at(const exn_segment *segment)
{
    static const exn_span words[] = {
        {(const uint8_t *)"", 0}, {(const uint8_t *)"QVGA", 5}, {(const uint8_t *)"BGTH", 4}};
    if (segment->marker < EXN_MARKER_APP2 || segment->marker > EXN_MARKER_APP0 + 5)
        return SIZE_MAX;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (exn_span_starts(segment->payload, words[i].data, words[i].size) &&
            exn_span_starts(exn_span_part(segment->payload, words[i].size, SIZE_MAX),
                            "\xFF\xD8\xFF", 3))
            return words[i].size;
    return SIZE_MAX;
}

bool exn_preview_is_one(const exn_segment *segment)
{
    return preview_at(segment) != SIZE_MAX;
}

static bool is_whole(exn_span jpeg)
{
    exn_jpeg parsed = {0};
    bool whole = exn_segments_parse(jpeg, &parsed, NULL) == EXN_OK && parsed.has_eoi;
    exn_segments_free(&parsed);
    return whole;
}

bool exn_preview_orients(const exn_segment *segment)
{
    const size_t head = preview_at(segment);
    exn_embedded picture;
    if (head == SIZE_MAX)
        return false;
    const exn_span jpeg = exn_span_part(segment->payload, head, SIZE_MAX);
    exn_embedded_scan(jpeg, true, &picture);
    return picture.orients && is_whole(jpeg);
}

/* InfiRay's head is in APP2; its samples, like DJI's, are in APP3 without a name. */
bool exn_preview_is_thermal(const exn_segment *segment)
{
    enum { NAME = 4, FEW = 1024 };
    const exn_span p = segment->payload;
    bool named = p.size >= NAME;
    for (size_t i = 0; i < NAME && named; i++)
        named = p.data[i] > ' ' && p.data[i] < 0x7F;
    return (segment->marker == EXN_MARKER_APP1 && exn_span_starts(p, "FLIR", 5)) ||
           (segment->marker == EXN_MARKER_APP2 &&
            exn_span_starts(exn_span_part(p, NAME, SIZE_MAX), "IJPEG", 6)) ||
           (segment->marker == EXN_MARKER_APP0 + 3 && p.size >= FEW && !named);
}

/* How to rotate a preview; false where it cannot be given the picture's aspect. Where no pixel of
 * the picture moves, those of the preview stay, too. */
static bool choose(exn_span jpeg, const exn_exif_turn *turn, exn_orientation *o)
{
    exn_embedded picture;
    exn_embedded_scan(jpeg, true, &picture);
    if (exn_embedded_choose(&picture, turn->o, turn->stored_width, turn->stored_height, 0, o))
        return true;
    *o = turn->o;
    return exn_orientation_is_identity(turn->o);
}

/* Appends the segment. *done is false where the preview goes on in further segments, cannot be
 * rotated, or gets too long for one: then out is as it was. */
static exn_status append_turned(const exn_segment *segment, const exn_exif_turn *turn,
                                exn_buffer *out, bool *done)
{
    const size_t head = preview_at(segment), room = EXN_SEGMENT_MAX_PAYLOAD - head;
    const exn_span jpeg = exn_span_part(segment->payload, head, SIZE_MAX);
    exn_buffer payload = {0};
    exn_orientation o;
    *done = false;
    if (!turn->thumbnails || !is_whole(jpeg) || !choose(jpeg, turn, &o))
        return EXN_OK;
    exn_status status = exn_buffer_append(&payload, segment->payload.data, head);
    if (status == EXN_OK) {
        exn_status turned = turn->thumbnails->turn(turn->thumbnails, jpeg, o, room, &payload);
        *done = turned == EXN_OK && payload.size <= EXN_SEGMENT_MAX_PAYLOAD;
        status = turned == EXN_MEMORY ? turned : EXN_OK;
    }
    if (*done)
        status = exn_segment_append(out, segment->marker, exn_buffer_span(&payload));
    exn_buffer_free(&payload);
    return status;
}

exn_status exn_preview_edit(const exn_jpeg *jpeg, const exn_segment *segment,
                            const exn_exif_turn *turn, exn_buffer *out, uint32_t *warnings)
{
    bool done;
    exn_status status = append_turned(segment, turn, out, &done);
    if (status != EXN_OK || done)
        return status;
    if (exn_preview_orients(segment)) {
        *warnings |= 1u << EXN_WARN_THUMBNAIL_DROPPED;
        return EXN_OK;
    }
    *warnings |= 1u << EXN_WARN_METADATA_STALE;
    return exn_buffer_append(out, jpeg->file.data + segment->offset, segment->size);
}
