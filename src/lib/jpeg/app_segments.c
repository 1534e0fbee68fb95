/* SPDX-License-Identifier: MIT */
#include "app_segments.h"

#include <stdlib.h>
#include <string.h>

#include "extended_xmp.h"
#include "metadata/block_edit.h"
#include "metadata/embedded.h"
#include "metadata/irb.h"

enum { MAX_PAYLOAD = EXN_SEGMENT_MAX_PAYLOAD, SEGMENT_HEAD = 4 };

static const char irb_prefix[] = "Photoshop 3.0";

static bool is_jfif(const exn_segment *segment)
{
    return segment->marker == EXN_MARKER_APP0 && segment->payload.size >= 14 &&
           exn_span_starts(segment->payload, "JFIF", 5);
}

static bool is_jfxx(const exn_segment *segment)
{
    return segment->marker == EXN_MARKER_APP0 && segment->payload.size >= 6 &&
           exn_span_starts(segment->payload, "JFXX", 5);
}

/* Where things stand in one, by JFIF 1.02. */
enum { JFXX_CODE_AT = 5, JFXX_SIZE_AT, JFXX_PIXELS_AT = 8, JFXX_JPEG = 0x10 };

static bool jfxx_orients(const exn_segment *segment)
{
    exn_embedded embedded = {0};
    if (is_jfxx(segment) && segment->payload.data[JFXX_CODE_AT] == JFXX_JPEG)
        exn_embedded_scan(exn_span_part(segment->payload, JFXX_SIZE_AT, SIZE_MAX), true, &embedded);
    return embedded.orients;
}

static bool is_irb(const exn_segment *segment)
{
    return segment->marker == EXN_MARKER_APP0 + 13 &&
           exn_span_starts(segment->payload, irb_prefix, sizeof irb_prefix);
}

static exn_block block_of(const exn_segment *segment)
{
    exn_block block = {EXN_BLOCK_OTHER, {NULL, 0}, segment->payload};
    return segment->marker == EXN_MARKER_APP1 ? exn_block_of(segment->payload) : block;
}

/* Exif that goes on: exiftool reads what has no TIFF header as more of the Exif before it. */
static bool goes_on(const exn_block *block)
{
    return block->kind == EXN_BLOCK_EXIF && !exn_exif_tags_has_header(block->body);
}

/* Whether the next Exif after a segment goes on from it. */
static bool is_continued(const exn_jpeg *jpeg, const exn_segment *segment)
{
    exn_block next = {EXN_BLOCK_OTHER, {NULL, 0}, {NULL, 0}};
    while (++segment < jpeg->segments + jpeg->count && next.kind != EXN_BLOCK_EXIF)
        next = block_of(segment);
    return goes_on(&next);
}

/* Asks whether what goes on after head, whose TIFF bytes are body, orients by itself or with them.
 */
static exn_status judge_rest(const exn_jpeg *jpeg, const exn_segment *head, exn_span body,
                             bool *orients)
{
    exn_buffer joined = {0};
    exn_status status = EXN_OK;
    *orients = false;
    for (const exn_segment *s = head + 1; s < jpeg->segments + jpeg->count; s++) {
        exn_block block = block_of(s);
        if (block.kind != EXN_BLOCK_EXIF)
            continue;
        if (!goes_on(&block) || status != EXN_OK)
            break;
        *orients = *orients || exn_exif_tags_is_stray(block.body);
        if (joined.size == 0)
            status = exn_buffer_append(&joined, body.data, body.size);
        if (status == EXN_OK)
            status = exn_buffer_append(&joined, block.body.data, block.body.size);
    }
    if (status == EXN_OK && joined.size > 0)
        *orients = *orients || exn_exif_tags_is_stray(exn_buffer_span(&joined));
    exn_buffer_free(&joined);
    return status;
}

/* What scanning has seen of the APP1 segments so far. After the first scan no Exif counts. */
typedef struct seen {
    bool exif, other, scan;
    uint32_t xmp_orientation;
    exn_span guid; /* of extended XMP */
} seen;

/* Chromium's reading: the first APP1 that begins with "Exif", a zero and any byte, and is long
 * enough to hold a TIFF header, counts, whatever is in it. Firefox expects it to be the first APP1
 * of any kind, and the byte to be zero. */
static void scan_exif(exn_image *image, const exn_block *block, seen *seen)
{
    exn_exif exif;
    exn_exif_scan(block->body, image->width, image->height, &exif);
    image->reasons |= exif.reasons;
    if (!seen->exif && block->body.size >= 8 && exn_block_is_honoured(block)) {
        seen->exif = true;
        image->orientation = exif.orientation;
        image->place = exif.place;
        image->exif = block->body;
        image->warnings |= exif.warnings;
        if (exif.orientation > 1 && (seen->other || block->prefix.data[5] != 0))
            image->warnings |= 1u << EXN_WARN_ORIENTATION_AMBIGUOUS;
    } else if (exif.orientation > 1 || exif.warnings >> EXN_WARN_ORIENTATION_IGNORED & 1) {
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    }
}

static exn_status scan_rest(exn_image *image, const exn_jpeg *jpeg, const exn_segment *head,
                            exn_span body)
{
    bool orients;
    exn_status status = judge_rest(jpeg, head, body, &orients);
    /* Where the reason is there already it may be the head's alone. */
    if (orients && !(image->reasons >> EXN_REASON_EXIF & 1))
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    if (orients)
        image->reasons |= 1u << EXN_REASON_EXIF;
    return status;
}

static void scan_xmp(exn_image *image, exn_span packet, seen *seen)
{
    exn_xmp xmp;
    exn_xmp_scan(packet, &xmp);
    if (xmp.needs_edit)
        image->reasons |= 1u << EXN_REASON_XMP;
    if (!seen->xmp_orientation)
        seen->xmp_orientation = xmp.orientation;
    if (xmp.extended_guid.size)
        seen->guid = xmp.extended_guid;
}

static exn_status scan_extended(exn_image *image, const exn_jpeg *jpeg, seen *seen)
{
    exn_extended_xmp extended;
    exn_status status = exn_extended_xmp_open(&extended, jpeg, seen->guid);
    if (extended.found)
        scan_xmp(image, exn_buffer_span(&extended.packet), seen);
    if (extended.condemned.size)
        image->reasons |= 1u << EXN_REASON_XMP;
    if (!seen->xmp_orientation)
        seen->xmp_orientation = extended.orientation;
    exn_extended_xmp_close(&extended);
    return status;
}

/* Resources may run on from one APP13 to the next (Photoshop cuts them at 64 KB). */
static exn_status join_irbs(const exn_jpeg *jpeg, exn_buffer *whole)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < jpeg->count && status == EXN_OK; i++) {
        exn_span payload = jpeg->segments[i].payload;
        if (is_irb(&jpeg->segments[i]))
            status = exn_buffer_append(whole, payload.data + sizeof irb_prefix,
                                       payload.size - sizeof irb_prefix);
    }
    return status;
}

static exn_status scan_irbs(exn_image *image, const exn_jpeg *jpeg)
{
    exn_buffer whole = {0};
    exn_status status = join_irbs(jpeg, &whole);
    uint32_t reasons = status == EXN_OK ? exn_irb_reasons(exn_buffer_span(&whole)) : 0;
    image->reasons |= reasons;
    if (reasons >> EXN_REASON_EXIF & 1)
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    exn_buffer_free(&whole);
    return status;
}

static exn_status scan_segments(exn_image *image, const exn_jpeg *jpeg, seen *seen)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < jpeg->count && status == EXN_OK; i++) {
        exn_block block = block_of(&jpeg->segments[i]);
        if (block.kind == EXN_BLOCK_EXIF) {
            scan_exif(image, &block, seen);
            if (!goes_on(&block))
                status = scan_rest(image, jpeg, &jpeg->segments[i], block.body);
        } else if (block.kind == EXN_BLOCK_XMP) {
            scan_xmp(image, block.body, seen);
        }
        seen->scan = seen->scan || jpeg->segments[i].marker == EXN_MARKER_SOS;
        if (!seen->scan && jfxx_orients(&jpeg->segments[i]))
            image->reasons |= 1u << EXN_REASON_EMBEDDED;
        seen->other = seen->other || jpeg->segments[i].marker == EXN_MARKER_APP1;
        seen->exif = seen->exif || jpeg->segments[i].marker == EXN_MARKER_SOS;
    }
    return status;
}

exn_status exn_app_segments_scan(exn_image *image, const exn_jpeg *jpeg, exn_error *error)
{
    seen seen = {0};
    bool orient;
    exn_status status = scan_segments(image, jpeg, &seen);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "Exif");
    status = exn_previews_orient(jpeg, &orient);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "previews");
    if (orient)
        image->reasons |= 1u << EXN_REASON_EMBEDDED;
    status = scan_extended(image, jpeg, &seen);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "extended XMP");
    status = scan_irbs(image, jpeg);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "Photoshop resources");
    exn_image_compare(image, seen.xmp_orientation, EXN_WARN_XMP_ORIENTATION);
    return EXN_OK;
}

/* The GUID that some main packet names; empty: none. */
static exn_span find_guid(const exn_jpeg *jpeg)
{
    exn_span guid = {NULL, 0};
    for (size_t i = 0; i < jpeg->count; i++) {
        exn_block block = block_of(&jpeg->segments[i]);
        exn_xmp xmp = {0};
        if (block.kind == EXN_BLOCK_XMP)
            exn_xmp_scan(block.body, &xmp);
        if (xmp.extended_guid.size)
            guid = xmp.extended_guid;
    }
    return guid;
}

exn_status exn_app_segments_open(exn_app_segments *application, const exn_jpeg *jpeg,
                                 exn_orientation turn, exn_thumbnails *thumbnails,
                                 uint32_t *warnings, exn_error *error)
{
    *application = (exn_app_segments){.jpeg = jpeg,
                                      .turn = {.o = turn,
                                               .stored_width = jpeg->width,
                                               .stored_height = jpeg->height,
                                               .max_size = MAX_PAYLOAD - 6,
                                               .thumbnails = thumbnails},
                                      .warnings = warnings};
    application->extended = calloc(1, sizeof *application->extended);
    exn_status status = application->extended ? EXN_OK : EXN_MEMORY;
    if (status == EXN_OK)
        status = exn_extended_xmp_open(application->extended, jpeg, find_guid(jpeg));
    if (status == EXN_OK) /* once more edited, and the edits */
        status = exn_status_need_memory(error, 3 * (uint64_t)application->extended->packet.size,
                                        thumbnails->max_memory);
    if (status == EXN_OK)
        status = exn_extended_xmp_edit(application->extended, &application->turn, warnings);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "extended XMP");
    status = exn_previews_open(&application->previews, jpeg, &application->turn, warnings);
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "previews");
}

void exn_app_segments_close(exn_app_segments *application)
{
    if (application->extended)
        exn_extended_xmp_close(application->extended);
    free(application->extended);
    application->extended = NULL;
    exn_previews_close(&application->previews);
}

/* Opens a segment whose length is known when it is closed. */
static exn_status open_segment(exn_buffer *out, uint8_t marker, size_t *start)
{
    *start = out->size;
    return exn_segment_append(out, marker, (exn_span){NULL, 0});
}

/* A payload that has outgrown its segment takes the segment with it. */
static bool close_segment(exn_buffer *out, size_t start)
{
    size_t payload = out->size - start - 4;
    if (payload <= MAX_PAYLOAD)
        exn_put16be(out->data + start + 2, (uint32_t)payload + 2);
    else
        out->size = start;
    return payload <= MAX_PAYLOAD;
}

/* Changes the GContainer directory of the packet that ends out, and begins at `at`. The packet goes
 * where that is not safe: it would point astray. */
static exn_status edit_directory(exn_app_segments *a, size_t at, exn_buffer *out, bool *keep)
{
    exn_buffer packet = {0};
    exn_status status = exn_buffer_append(&packet, out->data + at, out->size - at);
    out->size = at;
    if (status == EXN_OK)
        status = exn_xmp_set_directory(exn_buffer_span(&packet), &a->index->directory, out, keep);
    if (status == EXN_OK && !*keep)
        *a->warnings |= 1u << EXN_WARN_XMP_REMOVED;
    exn_buffer_free(&packet);
    return status;
}

/* Exif whose edited TIFF bytes stand at `at` keeps all of its rest, or goes with all of it. */
static exn_status settle_rest(exn_app_segments *a, const exn_segment *head, bool keep,
                              exn_span product, size_t at)
{
    a->drop_rest = !keep;
    return keep ? judge_rest(a->jpeg, head, exn_span_part(product, at, SIZE_MAX), &a->drop_rest)
                : EXN_OK;
}

static exn_status edit_block(exn_app_segments *a, const exn_segment *segment,
                             const exn_block *block, exn_buffer *out)
{
    exn_exif_turn turn = a->turn;
    size_t start;
    bool keep = true;
    if (block->kind == EXN_BLOCK_EXIF && is_continued(a->jpeg, segment))
        turn.max_size = block->body.size; /* what follows is found by its distance */
    if (a->drop_rest && goes_on(block)) {
        *a->warnings |= 1u << EXN_WARN_EXIF_REMOVED;
        return EXN_OK;
    }
    exn_status status = open_segment(out, segment->marker, &start);
    if (status == EXN_OK)
        status = exn_block_edit(block, &turn, out, &keep, a->warnings);
    if (status == EXN_OK && block->kind == EXN_BLOCK_EXIF && !goes_on(block))
        status = settle_rest(a, segment, keep, exn_buffer_span(out),
                             start + SEGMENT_HEAD + block->prefix.size);
    bool listed =
        a->index && block->kind == EXN_BLOCK_XMP && (a->index->drop || segment == a->index->xmp);
    if (status == EXN_OK && keep && listed)
        status = edit_directory(a, start + SEGMENT_HEAD + block->prefix.size, out, &keep);
    if (status != EXN_OK)
        return status;
    if (!keep) {
        out->size = start;
        return EXN_OK;
    }
    if (block->kind == EXN_BLOCK_XMP)
        exn_extended_xmp_rename(a->extended, out, start);
    if (!close_segment(out, start)) /* only XMP without padding can have grown so far */
        *a->warnings |= 1u << EXN_WARN_XMP_REMOVED;
    return EXN_OK;
}

/* Rotates the uncompressed thumbnail whose width and height, a byte each, stand at `size`; false
 * where it is not whole. */
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

/* JFIF 1.02, APP0: X density at 8, Y density at 10, an RGB thumbnail's size at 12. Densities follow
 * the axes. */
static exn_status edit_jfif(exn_app_segments *a, const exn_segment *segment, exn_buffer *out)
{
    size_t start = out->size;
    exn_status status = exn_segment_append(out, segment->marker, segment->payload);
    if (status != EXN_OK)
        return status;
    uint8_t *to = out->data + start + 4;
    if (a->turn.o.transpose) {
        exn_put16be(to + 8, exn_get16be(segment->payload.data + 10));
        exn_put16be(to + 10, exn_get16be(segment->payload.data + 8));
    }
    if (segment->payload.data[12] && segment->payload.data[13] &&
        !turn_thumbnail(segment->payload, to, 12, 14, 3, a->turn.o)) {
        memset(to + 12, 0, 2);
        out->size = start + 4 + 14;
        close_segment(out, start);
        *a->warnings |= 1u << EXN_WARN_THUMBNAIL_DROPPED;
    }
    return EXN_OK;
}

/* JFIF 1.02, APP0 extension: the code at 5 says whether a JPEG (0x10), a palette (0x11) or an RGB
 * thumbnail (0x13) follows. */
static exn_status edit_jfxx(exn_app_segments *a, const exn_segment *segment, exn_buffer *out)
{
    enum { PALETTE_SIZE = 768 };
    exn_thumbnails *thumbnails = a->turn.thumbnails;
    exn_span payload = segment->payload;
    size_t start;
    bool turned = false;
    exn_status status = open_segment(out, segment->marker, &start);
    if (status == EXN_OK && payload.data[JFXX_CODE_AT] == JFXX_JPEG && thumbnails) {
        status = exn_buffer_append(out, payload.data, JFXX_SIZE_AT);
        if (status == EXN_OK)
            status = thumbnails->turn(thumbnails, exn_span_part(payload, JFXX_SIZE_AT, SIZE_MAX),
                                      a->turn.o, MAX_PAYLOAD - JFXX_SIZE_AT, out);
        turned = status == EXN_OK;
        status = status == EXN_MEMORY ? status : EXN_OK;
    } else if (status == EXN_OK && payload.size >= JFXX_PIXELS_AT) {
        bool palette = payload.data[JFXX_CODE_AT] == 0x11;
        status = exn_buffer_append(out, payload.data, payload.size);
        turned = status == EXN_OK && turn_thumbnail(payload, out->data + start + 4, JFXX_SIZE_AT,
                                                    JFXX_PIXELS_AT + (palette ? PALETTE_SIZE : 0),
                                                    palette ? 1 : 3, a->turn.o);
    }
    if (status == EXN_OK && !(turned && close_segment(out, start))) {
        out->size = start;
        *a->warnings |= 1u << EXN_WARN_THUMBNAIL_DROPPED;
    }
    return status;
}

/* Appends resources in as many segments as they need. */
static exn_status append_irbs(uint8_t marker, exn_span irb, exn_buffer *out)
{
    const size_t step = MAX_PAYLOAD - sizeof irb_prefix;
    exn_status status = EXN_OK;
    for (size_t at = 0; at < irb.size && status == EXN_OK; at += step) {
        const exn_span part = exn_span_part(irb, at, step);
        size_t start;
        status = open_segment(out, marker, &start);
        if (status == EXN_OK)
            status = exn_buffer_append(out, irb_prefix, sizeof irb_prefix);
        if (status == EXN_OK)
            status = exn_buffer_append(out, part.data, part.size);
        if (status == EXN_OK)
            close_segment(out, start);
    }
    return status;
}

/* Resources may run on from one APP13 to the next (Photoshop cuts them at 64 KB), so all of them
 * are put together where the first one stood. */
static exn_status edit_irb(exn_app_segments *a, const exn_segment *segment, exn_buffer *out)
{
    exn_buffer whole = {0}, kept = {0};
    exn_irb_edited edited = {0};
    exn_status status;
    if (a->irb == EXN_IRB_WRITTEN)
        return EXN_OK;
    if (a->irb == EXN_IRB_CLEAN)
        return exn_buffer_append(out, a->jpeg->file.data + segment->offset, segment->size);
    status = join_irbs(a->jpeg, &whole);
    if (status == EXN_OK)
        status = exn_irb_edit(exn_buffer_span(&whole), &a->turn, &kept, &edited);
    a->irb = edited.changed ? EXN_IRB_WRITTEN : EXN_IRB_CLEAN;
    *a->warnings |= (edited.thumbnail_dropped ? 1u << EXN_WARN_RESOURCE_THUMBNAIL_DROPPED : 0) |
                    (edited.orientation_dropped ? 1u << EXN_WARN_EXIF_REMOVED : 0) |
                    (edited.stale ? 1u << EXN_WARN_METADATA_STALE : 0);
    if (status == EXN_OK && !edited.changed)
        status = exn_buffer_append(out, a->jpeg->file.data + segment->offset, segment->size);
    else if (status == EXN_OK)
        status = append_irbs(segment->marker, exn_buffer_span(&kept), out);
    exn_buffer_free(&kept);
    exn_buffer_free(&whole);
    return status;
}

/* JPS (Stereoscopic JPEG, APP3): the two views of a pair are parts of the picture, and its
 * descriptor says where. A last byte of 0 says that there is one view only. */
static bool is_stereo(const exn_segment *segment)
{
    enum { TYPE_AT = 13, MONO = 0 };
    return segment->marker == EXN_MARKER_APP0 + 3 &&
           exn_span_starts(segment->payload, "_JPSJPS_", 8) &&
           (segment->payload.size <= TYPE_AT || segment->payload.data[TYPE_AT] != MONO);
}

exn_status exn_app_segments_append(exn_app_segments *a, const exn_segment *segment, exn_buffer *out)
{
    exn_block block = block_of(segment);
    exn_status status = EXN_OK;
    bool own = false;
    if (a->index && a->index->drop &&
        (exn_segment_is_mpf(segment) || exn_segment_is_gain_map(segment)))
        return EXN_OK;
    if (a->index && segment == a->index->mpf)
        a->index->mpf_at = out->size;
    if (exn_segment_is_jumbf(segment))
        *a->warnings |= 1u << EXN_WARN_SIGNATURE_INVALID;
    if (block.kind == EXN_BLOCK_EXIF || block.kind == EXN_BLOCK_XMP)
        return edit_block(a, segment, &block, out);
    if (block.kind == EXN_BLOCK_XMP_EXTENDED) {
        status = exn_extended_xmp_append(a->extended, segment, out, &own, a->warnings);
        if (own || status != EXN_OK)
            return status;
    }
    if (is_jfif(segment) && !exn_orientation_is_identity(a->turn.o))
        return edit_jfif(a, segment, out);
    status = exn_previews_append(&a->previews, segment, out, &own);
    if (own || status != EXN_OK)
        return status;
    if ((exn_preview_is_thermal(segment) || is_stereo(segment)) &&
        !exn_orientation_is_identity(a->turn.o))
        *a->warnings |= 1u << EXN_WARN_METADATA_STALE;
    if (is_jfxx(segment) && (!exn_orientation_is_identity(a->turn.o) || jfxx_orients(segment)))
        return edit_jfxx(a, segment, out);
    if (is_irb(segment))
        return edit_irb(a, segment, out);
    return exn_buffer_append(out, a->jpeg->file.data + segment->offset, segment->size);
}

/* Whether number i keeps what comes after it from being taken for more of the scan before it:
 * bytes that belong to no segment, or a restart marker. */
static bool ends_scan(const exn_jpeg *jpeg, size_t i)
{
    const exn_segment *next = &jpeg->segments[i + 1];
    size_t at = jpeg->segments[i].offset + jpeg->segments[i].size;
    if (i + 1 == jpeg->count)
        return at < jpeg->file.size - jpeg->trailer.size;
    return next->offset != at ||
           (next->marker >= EXN_MARKER_RST0 && next->marker <= EXN_MARKER_RST7);
}

exn_status exn_app_segments_edit(exn_app_segments *a, exn_buffer *out)
{
    const exn_jpeg *jpeg = a->jpeg;
    const size_t start = out->size;
    size_t done = 0, end = jpeg->file.size - jpeg->trailer.size;
    bool scan = false;
    exn_status status = exn_buffer_reserve(out, jpeg->file.size);
    for (size_t i = 0; i < jpeg->count && status == EXN_OK; i++) {
        const exn_segment *segment = &jpeg->segments[i];
        scan = scan || segment->marker == EXN_MARKER_SOS;
        /* Right after SOI nothing but a marker may stand: that is what tells a JPEG. */
        if (out->size - start != 2)
            status = exn_buffer_append(out, jpeg->file.data + done, segment->offset - done);
        size_t before = out->size;
        if (status == EXN_OK)
            status = exn_app_segments_append(a, segment, out);
        if (status == EXN_OK && out->size == before && scan && ends_scan(jpeg, i))
            status = exn_segment_append(out, EXN_MARKER_COM, (exn_span){0});
        done = segment->offset + segment->size;
    }
    return status == EXN_OK ? exn_buffer_append(out, jpeg->file.data + done, end - done) : status;
}
