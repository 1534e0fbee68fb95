/* SPDX-License-Identifier: MIT */
#include "segments.h"

#include <stdlib.h>
#include <string.h>

#include "entropy_end.h"
#include "standard_tables.h"
#include "trailer.h"

/* No camera or encoder comes close; it limits what a hostile file can make the walk store and
 * libjpeg decode. */
enum { MAX_SCANS = 500 };

/* Adds one zeroed element to an array that grows by doubling; NULL if out of memory. */
static void *array_add(void **array, size_t *count, size_t element_size)
{
    if ((*count & (*count - 1)) == 0) { /* a power of two: full */
        void *grown = realloc(*array, (*count ? *count * 2 : 1) * element_size);
        if (!grown)
            return NULL;
        *array = grown;
    }
    void *element = (char *)*array + *count * element_size;
    memset(element, 0, element_size);
    ++*count;
    return element;
}

/* T.81, B.1.1.3: these stand alone, without a length. */
static bool stands_alone(uint8_t marker)
{
    return marker == EXN_MARKER_TEM || (marker >= EXN_MARKER_RST0 && marker <= EXN_MARKER_EOI);
}

/* T.81, B.1.1.5 and F.1.2.3: FF 00 is a byte of data and RSTn is part of the scan; fill bytes FF
 * belong to the marker after them. */
size_t exn_segments_entropy_marker(exn_span file, size_t at)
{
    while ((at = exn_entropy_end(file, at)) < file.size) {
        size_t next = at + 1;
        while (next < file.size && file.data[next] == 0xFF)
            next++;
        if (next == file.size)
            return file.size;
        uint8_t code = file.data[next];
        if (code != 0 && (code < EXN_MARKER_RST0 || code > EXN_MARKER_RST7))
            return at;
        at = next + 1;
    }
    return file.size;
}

/* T.81, B.2.2. Size and components are recorded before anything is refused, since a report also
 * names them for files that cannot be read. */
static exn_status parse_sof(exn_jpeg *jpeg, const exn_segment *segment, exn_error *error)
{
    const uint8_t *p = segment->payload.data;
    size_t size = segment->payload.size;
    uint8_t sof = segment->marker;
    if (jpeg->sof)
        return exn_status_fail(error, EXN_CORRUPT, "two frame headers");
    jpeg->sof = sof;
    if (size >= 6) { /* record what is known, even for a file that cannot be read */
        jpeg->height = exn_get16be(p + 1);
        jpeg->width = exn_get16be(p + 3);
        jpeg->components = p[5];
    }
    if (sof == 0xC3 || sof == 0xC7 || sof == 0xCB || sof == 0xCF)
        return exn_status_fail(error, EXN_UNSUPPORTED, "lossless JPEG (SOF%d)",
                               sof - EXN_MARKER_SOF0);
    if (sof != 0xC0 && sof != 0xC1 && sof != 0xC2 && sof != 0xC9 && sof != 0xCA)
        return exn_status_fail(error, EXN_UNSUPPORTED, "hierarchical JPEG (SOF%d)",
                               sof - EXN_MARKER_SOF0);
    if (size < 6 || size != 6 + 3 * (size_t)p[5])
        return exn_status_fail(error, EXN_CORRUPT, "frame header of %zu bytes", size);
    if (p[0] != 8)
        return exn_status_fail(error, EXN_UNSUPPORTED, "%d-bit JPEG", p[0]);
    jpeg->progressive = sof == 0xC2 || sof == 0xCA;
    jpeg->arithmetic = sof >= EXN_MARKER_SOF9;
    if (jpeg->height == 0)
        return exn_status_fail(error, EXN_UNSUPPORTED, "JPEG whose height is in a DNL segment");
    if (jpeg->width == 0 || jpeg->components == 0)
        return exn_status_fail(error, EXN_CORRUPT, "frame header of an empty image");
    if (jpeg->components > EXN_JPEG_MAX_COMPONENTS)
        return exn_status_fail(error, EXN_UNSUPPORTED, "JPEG with %u components", jpeg->components);
    for (uint32_t i = 0; i < jpeg->components; i++) {
        const uint8_t *c = p + 6 + 3 * (size_t)i;
        uint8_t h = c[1] >> 4, v = c[1] & 15;
        /* T.81, table B.2. */
        if (h < 1 || h > 4 || v < 1 || v > 4)
            return exn_status_fail(error, EXN_CORRUPT, "sampling factor %dx%d", h, v);
        jpeg->component[i].id = c[0];
        jpeg->component[i].h = h;
        jpeg->component[i].v = v;
        jpeg->max_h = h > jpeg->max_h ? h : jpeg->max_h;
        jpeg->max_v = v > jpeg->max_v ? v : jpeg->max_v;
    }
    return EXN_OK;
}

bool exn_segments_ids_differ(const exn_jpeg *jpeg)
{
    for (uint32_t i = 0; i < jpeg->components; i++)
        for (uint32_t j = 0; j < i; j++)
            if (jpeg->component[i].id == jpeg->component[j].id)
                return false;
    return true;
}

/* The component that a scan header names at this place. There they are in the frame's order (T.81,
 * B.2.3), which libjpeg-turbo uses to tell apart components of the same id. */
static int component_index(const exn_jpeg *jpeg, uint8_t id, uint32_t place)
{
    for (uint32_t k = 0; k < jpeg->components; k++) {
        uint32_t i = (place + k) % jpeg->components;
        if (jpeg->component[i].id == id)
            return (int)i;
    }
    return -1;
}

/* T.81, B.2.3. Whether the scan makes sense is not checked here, because decoders differ in what
 * they accept. */
static exn_status parse_sos(exn_jpeg *jpeg, const exn_segment *segment, exn_error *error)
{
    const uint8_t *p = segment->payload.data;
    size_t size = segment->payload.size;
    if (!jpeg->sof)
        return exn_status_fail(error, EXN_CORRUPT, "scan before the frame header");
    if (jpeg->foreign.status != EXN_OK) { /* its header ends here, and so does the walk */
        jpeg->scan_count = 1;
        return EXN_OK;
    }
    if (size < 1 || p[0] < 1 || p[0] > jpeg->components || size != 4 + 2 * (size_t)p[0])
        return exn_status_fail(error, EXN_CORRUPT, "scan header of %zu bytes", size);
    if (jpeg->scan_count == MAX_SCANS)
        return exn_status_fail(error, EXN_LIMIT, "more than %d scans", MAX_SCANS);
    exn_jpeg_scan *scan = array_add((void **)&jpeg->scans, &jpeg->scan_count, sizeof *scan);
    if (!scan)
        return exn_status_fail(error, EXN_MEMORY, "scan list");
    scan->components = p[0];
    for (int i = 0; i < p[0]; i++) {
        int index = component_index(jpeg, p[1 + 2 * i], (uint32_t)i);
        if (index < 0)
            return exn_status_fail(error, EXN_CORRUPT, "scan of an unknown component");
        scan->component[i] = (uint8_t)index;
    }
    const uint8_t *tail = p + 1 + 2 * (size_t)p[0];
    scan->ss = tail[0];
    scan->se = tail[1];
    scan->ah = tail[2] >> 4;
    scan->al = tail[2] & 15;
    scan->restart_interval = jpeg->restart_interval;
    return EXN_OK;
}

/* Finds the next marker from *at on, skipping bytes that belong to no segment; false at the end of
 * the file. T.81, B.1.1.2: fill bytes FF may precede a marker; FF 00 is not one. */
static bool next_marker(exn_span file, size_t *at, exn_segment *segment)
{
    while (*at < file.size) {
        const uint8_t *ff = memchr(file.data + *at, 0xFF, file.size - *at);
        if (!ff)
            return false;
        size_t offset = (size_t)(ff - file.data), code = offset;
        while (code < file.size && file.data[code] == 0xFF)
            code++;
        if (code == file.size)
            return false;
        *at = code + 1;
        if (file.data[code] != 0) {
            segment->offset = offset;
            segment->marker = file.data[code];
            return true;
        }
    }
    return false;
}

/* T.81, B.1.1.4: a length includes itself, so less than 2 is invalid. Decoders skip such a metadata
 * segment before the first scan, but what the file then shows is too uncertain to rotate it. */
static exn_status parse_payload(exn_jpeg *jpeg, exn_segment *segment, size_t *at, exn_error *error)
{
    exn_span file = jpeg->file;
    if (stands_alone(segment->marker)) {
        segment->size = *at - segment->offset;
        return EXN_OK;
    }
    size_t left = file.size - *at;
    size_t length = left >= 2 ? exn_get16be(file.data + *at) : 0;
    if (length < 2 && left >= 2 && exn_segment_is_metadata(segment)) {
        /* Before the first scan, metadata readers disagree about what follows. */
        if (jpeg->scan_count == 0)
            exn_status_fail(&jpeg->foreign, EXN_CORRUPT,
                            "segment FF%02X at byte %zu has a length of %zu", segment->marker,
                            segment->offset, length);
        length = 2; /* decoders continue after it */
    }
    if (length < 2 || length > left)
        return exn_status_fail(error, EXN_CORRUPT,
                               "segment FF%02X at byte %zu is cut off or has a bad length",
                               segment->marker, segment->offset);
    segment->payload = exn_span_part(file, *at + 2, length - 2);
    *at += length;
    segment->size = *at - segment->offset;
    return EXN_OK;
}

/* The number of lines, given after the first scan (T.81, B.2.5). Decoders use the frame header;
 * nothing is lost if that says the same. */
static exn_status check_dnl(exn_jpeg *jpeg, const exn_segment *segment, exn_error *error)
{
    if (segment->payload.size != 2)
        return exn_status_fail(error, EXN_CORRUPT, "DNL segment of %zu bytes",
                               segment->payload.size);
    if (jpeg->sof && exn_get16be(segment->payload.data) == jpeg->height)
        return EXN_OK;
    jpeg->other_height = true;
    return exn_status_fail(error, EXN_UNSUPPORTED,
                           "JPEG with a DNL segment that changes the height");
}

/* A kind that cannot be read is noted by name, and the walk continues to its first scan. */
static exn_status take_sof(exn_jpeg *jpeg, const exn_segment *segment, exn_error *error)
{
    exn_error cause = {0};
    exn_status status = parse_sof(jpeg, segment, &cause);
    if (status == EXN_OK)
        return EXN_OK;
    if (status != EXN_UNSUPPORTED || jpeg->scan_count > 0)
        return exn_status_fail(error, status, "%s", cause.detail);
    exn_status_fail(&jpeg->foreign, status, "%s", cause.detail);
    return EXN_OK;
}

/* Handles what a segment means for the walk, beyond its extent. */
static exn_status parse_meaning(exn_jpeg *jpeg, const exn_segment *segment, exn_error *error)
{
    uint8_t m = segment->marker;
    switch (m) {
    case EXN_MARKER_SOI:
        return jpeg->count > 1 ? exn_status_fail(error, EXN_CORRUPT, "SOI inside the image")
                               : EXN_OK;
    case EXN_MARKER_SOS:
        return parse_sos(jpeg, segment, error);
    case EXN_MARKER_DHT:
        jpeg->standard_huffman =
            jpeg->standard_huffman && exn_standard_tables_only(segment->payload, jpeg->slots);
        return EXN_OK;
    case EXN_MARKER_DRI:
        if (segment->payload.size != 2)
            return exn_status_fail(error, EXN_CORRUPT, "restart interval of %zu bytes",
                                   segment->payload.size);
        jpeg->restart_interval = (uint16_t)exn_get16be(segment->payload.data);
        return EXN_OK;
    case EXN_MARKER_DNL:
        return check_dnl(jpeg, segment, error);
    case EXN_MARKER_DAC:
    case EXN_MARKER_DQT:
    case EXN_MARKER_COM:
    case EXN_MARKER_EOI:
    case EXN_MARKER_TEM:
        return EXN_OK;
    default:
        if (m >= EXN_MARKER_SOF0 && m <= 0xCF && m != 0xC8)
            return take_sof(jpeg, segment, error);
        if ((m >= EXN_MARKER_RST0 && m <= EXN_MARKER_RST7) || exn_segment_is_metadata(segment))
            return EXN_OK;
        /* DHP and EXP of the hierarchical mode (T.81, B.3). */
        if (m == 0xDE || m == 0xDF) {
            exn_status_fail(jpeg->scan_count ? error : &jpeg->foreign, EXN_UNSUPPORTED,
                            "hierarchical JPEG");
            return jpeg->scan_count ? EXN_UNSUPPORTED : EXN_OK;
        }
        return exn_status_fail(error, EXN_CORRUPT, "unknown marker FF%02X at byte %zu", m,
                               segment->offset);
    }
}

/* The next segment and its meaning. *found: there was one. */
exn_status exn_segments_parse_next(exn_jpeg *jpeg, bool *found, exn_error *error)
{
    exn_segment next = {0};
    *found = next_marker(jpeg->file, &jpeg->walked, &next);
    if (!*found)
        return EXN_OK;
    if (jpeg->count == EXN_JPEG_MAX_SEGMENTS)
        return exn_status_fail(error, EXN_LIMIT, "more than %d segments", EXN_JPEG_MAX_SEGMENTS);
    exn_status status = parse_payload(jpeg, &next, &jpeg->walked, error);
    if (status != EXN_OK)
        return status;
    exn_segment *segment = array_add((void **)&jpeg->segments, &jpeg->count, sizeof *segment);
    if (!segment)
        return exn_status_fail(error, EXN_MEMORY, "segment list");
    *segment = next;
    jpeg->has_eoi = next.marker == EXN_MARKER_EOI;
    return parse_meaning(jpeg, segment, error);
}

exn_status exn_segments_parse_header(exn_span file, exn_jpeg *jpeg, exn_error *error)
{
    bool found = true;
    *jpeg = (exn_jpeg){.file = file, .standard_huffman = true};
    if (!exn_span_starts(file, "\xFF\xD8", 2))
        return exn_status_fail(error, EXN_CORRUPT, "no SOI");
    while (found && !jpeg->has_eoi && jpeg->scan_count == 0) {
        exn_status status = exn_segments_parse_next(jpeg, &found, error);
        if (status != EXN_OK)
            return status;
    }
    if (!jpeg->sof)
        return exn_status_fail(error, EXN_CORRUPT, "no frame header");
    if (jpeg->scan_count == 0)
        return exn_status_fail(error, EXN_CORRUPT, "no scan");
    return EXN_OK;
}

/* T.81, B.1.1.5: entropy-coded data end at the first marker other than RST. */
void exn_segments_end_scan(exn_jpeg *jpeg, size_t end)
{
    exn_segment *sos = &jpeg->segments[jpeg->count - 1];
    jpeg->walked = exn_segments_entropy_marker(jpeg->file, end);
    sos->size = jpeg->walked - sos->offset;
}

void exn_segments_end(exn_jpeg *jpeg, exn_jpeg_place place)
{
    exn_segment *sos = &jpeg->segments[place.count - 1];
    jpeg->count = place.count;
    jpeg->scan_count = place.scan_count;
    jpeg->walked = place.end;
    jpeg->has_eoi = false;
    jpeg->trailer = exn_span_part(jpeg->file, place.end, SIZE_MAX);
    sos->size = place.end - sos->offset;
}

/* A known trailer after the last segment is not part of its scan, even without an EOI in between.
 */
static void part_trailer(exn_jpeg *jpeg)
{
    exn_segment *last = &jpeg->segments[jpeg->count - 1];
    const size_t at = exn_trailer_samsung(jpeg->file), end = last->offset + last->size;
    const size_t begin = (size_t)(last->payload.data - jpeg->file.data) + last->payload.size;
    if (last->marker == EXN_MARKER_SOS && at >= begin && at < end) {
        jpeg->trailer = exn_span_part(jpeg->file, at, SIZE_MAX);
        last->size = at - last->offset;
    }
}

void exn_segments_complete(exn_jpeg *jpeg)
{
    if (jpeg->has_eoi)
        jpeg->trailer = exn_span_part(jpeg->file, jpeg->walked, SIZE_MAX);
    else if (jpeg->trailer.size == 0)
        part_trailer(jpeg);
    /* Progressive tables are always the encoder's own (T.81, G.1.2); arithmetic coding has none. */
    jpeg->standard_huffman = jpeg->standard_huffman && !jpeg->progressive && !jpeg->arithmetic;
    jpeg->complete = true;
}

exn_span exn_segments_coded(const exn_jpeg *jpeg)
{
    /* Decoders may continue where the walk stopped at damage. */
    bool whole = jpeg->damaged && !jpeg->mended && !jpeg->has_eoi;
    return (exn_span){jpeg->clean ? jpeg->clean : jpeg->file.data,
                      jpeg->file.size - (whole ? 0 : jpeg->trailer.size)};
}

exn_status exn_segments_parse_rest(exn_jpeg *jpeg, exn_error *error)
{
    if (jpeg->foreign.status != EXN_OK)
        return exn_status_fail(error, jpeg->foreign.status, "%s", jpeg->foreign.detail);
    if (jpeg->complete)
        return EXN_OK;
    for (bool found = true; found && !jpeg->has_eoi;) {
        if (jpeg->segments[jpeg->count - 1].marker == EXN_MARKER_SOS)
            exn_segments_end_scan(jpeg, jpeg->walked);
        const size_t walked = jpeg->walked, count = jpeg->count, scans = jpeg->scan_count;
        exn_status status = exn_segments_parse_next(jpeg, &found, error);
        if (status != EXN_OK) { /* asking again gives the same answer */
            jpeg->walked = walked;
            jpeg->count = count;
            jpeg->scan_count = scans;
            return status;
        }
    }
    exn_segments_complete(jpeg);
    return EXN_OK;
}

exn_status exn_segments_parse(exn_span file, exn_jpeg *jpeg, exn_error *error)
{
    exn_status status = exn_segments_parse_header(file, jpeg, error);
    return status == EXN_OK ? exn_segments_parse_rest(jpeg, error) : status;
}

void exn_segments_free(exn_jpeg *jpeg)
{
    free(jpeg->segments);
    free(jpeg->scans);
    free(jpeg->clean);
    *jpeg = (exn_jpeg){0};
}

bool exn_segment_is_metadata(const exn_segment *segment)
{
    return segment->marker == EXN_MARKER_COM ||
           (segment->marker >= EXN_MARKER_APP0 && segment->marker <= EXN_MARKER_APP15);
}

/* ISO 18477-3, annex B: the common identifier "JP" is followed by two bytes of box instance, four
 * of packet sequence, four of length, then the box's type, which every part of a box has. NULL: no
 * box. */
static const uint8_t *box_type(const exn_segment *segment)
{
    enum { TYPE_AT = 12, BOX_AT = 16 };
    bool box = segment->marker == EXN_MARKER_APP11 && segment->payload.size >= BOX_AT &&
               exn_span_starts(segment->payload, "JP", 2);
    return box ? segment->payload.data + TYPE_AT : NULL;
}

bool exn_segment_is_jumbf(const exn_segment *segment)
{
    const uint8_t *type = box_type(segment);
    return type && memcmp(type, "jumb", 4) == 0;
}

/* Of JPEG XT's boxes (ISO 18477-3, -6 and -9), those with data: residual, refinement, alpha, their
 * own residuals and refinements; and the checksum of what they extend. The others say how to apply
 * these, pixel by pixel. */
const char *exn_segment_layer(const exn_segment *segment)
{
    static const char types[][5] = {"RESI", "FINE", "RFIN", "ALFA", "ARES", "AFIN", "ARRF", "LCHK"};
    const uint8_t *type = box_type(segment);
    for (size_t i = 0; type && i < sizeof types / sizeof types[0]; i++)
        if (memcmp(type, types[i], 4) == 0)
            return "JPEG XT";
    if (segment->marker == EXN_MARKER_APP11 && exn_span_starts(segment->payload, "HDR_RI ", 7))
        return "JPEG-HDR";
    return NULL;
}

bool exn_segment_is_frame_marker(uint8_t marker)
{
    return marker >= EXN_MARKER_SOF0 && marker < EXN_MARKER_RST0 && marker != EXN_MARKER_DHT &&
           marker != EXN_MARKER_DAC;
}

exn_status exn_segment_append(exn_buffer *out, uint8_t marker, exn_span payload)
{
    uint8_t head[4] = {0xFF, marker};
    exn_put16be(head + 2, (uint32_t)payload.size + 2);
    exn_status status = exn_buffer_append(out, head, sizeof head);
    return status == EXN_OK ? exn_buffer_append(out, payload.data, payload.size) : status;
}

exn_status exn_segment_open(exn_buffer *out, uint8_t marker, size_t *start)
{
    *start = out->size;
    return exn_segment_append(out, marker, (exn_span){NULL, 0});
}

bool exn_segment_close(exn_buffer *out, size_t start)
{
    size_t payload = out->size - start - 4;
    if (payload <= EXN_SEGMENT_MAX_PAYLOAD)
        exn_put16be(out->data + start + 2, (uint32_t)payload + 2);
    else
        out->size = start;
    return payload <= EXN_SEGMENT_MAX_PAYLOAD;
}

bool exn_segment_is_mpf(const exn_segment *segment)
{
    return segment->marker == EXN_MARKER_APP2 && exn_span_starts(segment->payload, "MPF", 4);
}

bool exn_segment_is_gain_map(const exn_segment *segment)
{
    static const char name[] = "urn:iso:std:iso:ts:21496:-1";
    return segment->marker == EXN_MARKER_APP2 &&
           exn_span_starts(segment->payload, name, sizeof name);
}
