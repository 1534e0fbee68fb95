/* SPDX-License-Identifier: MIT */
#include "app_segments.h"

#include <stdlib.h>
#include <string.h>

#include "app_exif.h"
#include "app_jfif.h"
#include "extended_xmp.h"
#include "metadata/block_edit.h"

enum { SEGMENT_HEAD = 4 };

/* The GUID that a main packet names; empty: none. Of several the last counts, as in scanning. */
static exn_span find_guid(const exn_jpeg *jpeg)
{
    exn_span guid = {NULL, 0};
    for (size_t i = 0; i < jpeg->count; i++) {
        exn_block block = exn_app_exif_block(&jpeg->segments[i]);
        exn_xmp xmp = {0};
        if (block.kind == EXN_BLOCK_XMP)
            exn_xmp_scan(block.body, &jpeg->cancel, &xmp);
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
                                               /* A segment's payload minus "Exif" and two zeros. */
                                               .max_size = EXN_SEGMENT_MAX_PAYLOAD - 6,
                                               .thumbnails = thumbnails,
                                               .cancel = &jpeg->cancel},
                                      .warnings = warnings};
    application->extended = calloc(1, sizeof *application->extended);
    exn_status status = application->extended ? EXN_OK : EXN_MEMORY;
    if (status == EXN_OK)
        status = exn_extended_xmp_open(application->extended, jpeg, find_guid(jpeg));
    if (status == EXN_OK) /* an edited copy, and the edits */
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

/* Updates the GContainer directory in the packet that begins at `at` and ends out. If that is not
 * safe, the packet is removed, since it would point to the wrong places. */
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

/* If Exif continues in later segments, its continuations are kept or removed together with its
 * edited head, whose TIFF bytes stand at `at`. */
static exn_status settle_rest(exn_app_segments *a, const exn_segment *head, bool keep,
                              exn_span product, size_t at)
{
    a->drop_rest = !keep;
    return keep ? exn_app_exif_judge_rest(a->jpeg, head, exn_span_part(product, at, SIZE_MAX),
                                          &a->drop_rest)
                : EXN_OK;
}

/* A segment is opened, filled and closed once its size is known; to remove one, the output is cut
 * back to where it began. What an index of pictures needs is noted on the way. */
static exn_status edit_block(exn_app_segments *a, const exn_segment *segment,
                             const exn_block *block, exn_buffer *out)
{
    exn_exif_turn turn = a->turn;
    size_t start;
    bool keep = true;
    if (block->kind == EXN_BLOCK_EXIF && exn_app_exif_is_continued(a->jpeg, segment))
        turn.max_size = block->body.size; /* what follows is found by its distance */
    if (a->drop_rest && exn_app_exif_goes_on(block)) {
        *a->warnings |= 1u << EXN_WARN_EXIF_REMOVED;
        return EXN_OK;
    }
    exn_status status = exn_segment_open(out, segment->marker, &start);
    if (status == EXN_OK)
        status = exn_block_edit(block, &turn, out, &keep, a->warnings);
    if (status == EXN_OK && block->kind == EXN_BLOCK_EXIF && !exn_app_exif_goes_on(block))
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
    if (!exn_segment_close(out, start)) /* only XMP without padding can outgrow a segment */
        *a->warnings |= 1u << EXN_WARN_XMP_REMOVED;
    return EXN_OK;
}

/* JPS (Stereoscopic JPEG, APP3): the two views of a pair are parts of the picture, and its
 * descriptor says where. A last byte of 0 means that there is only one view. */
static bool is_stereo(const exn_segment *segment)
{
    enum { TYPE_AT = 13, MONO = 0 };
    return segment->marker == EXN_MARKER_APP0 + 3 &&
           exn_span_starts(segment->payload, "_JPSJPS_", 8) &&
           (segment->payload.size <= TYPE_AT || segment->payload.data[TYPE_AT] != MONO);
}

/* Unknown segments are copied byte for byte. Each kind of segment is handled in one place, so the
 * order of the questions matters: what is dropped together with an index is asked about before
 * anything is edited. */
exn_status exn_app_segments_append(exn_app_segments *a, const exn_segment *segment, exn_buffer *out)
{
    exn_block block = exn_app_exif_block(segment);
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
    if (exn_app_jfif_is(segment) && !exn_orientation_is_identity(a->turn.o))
        return exn_app_jfif_edit(segment, &a->turn, out, a->warnings);
    status = exn_previews_append(&a->previews, segment, out, &own);
    if (own || status != EXN_OK)
        return status;
    if ((exn_preview_is_thermal(segment) || is_stereo(segment)) &&
        !exn_orientation_is_identity(a->turn.o))
        *a->warnings |= 1u << EXN_WARN_METADATA_STALE;
    if (exn_app_jfif_is_extension(segment) &&
        (!exn_orientation_is_identity(a->turn.o) || exn_app_jfif_orients(segment)))
        return exn_app_jfif_edit_extension(segment, &a->turn, out, a->warnings);
    if (exn_app_irb_is(segment))
        return exn_app_irb_edit(&a->irb, a->jpeg, segment, &a->turn, out, a->warnings);
    return exn_buffer_append(out, a->jpeg->file.data + segment->offset, segment->size);
}

/* Whether number i keeps what follows it from being read as more of the scan before it, namely
 * bytes that belong to no segment, or a restart marker. */
static bool ends_scan(const exn_jpeg *jpeg, size_t i)
{
    const exn_segment *next = &jpeg->segments[i + 1];
    size_t at = jpeg->segments[i].offset + jpeg->segments[i].size;
    if (i + 1 == jpeg->count)
        return at < jpeg->file.size; /* a trailer that no EOI precedes */
    return next->offset != at ||
           (next->marker >= EXN_MARKER_RST0 && next->marker <= EXN_MARKER_RST7);
}

/* Bytes between segments belong to none and are carried over: fill bytes (T.81, B.1.1.2), or damage
 * that decoders skip. If a segment after a scan is removed, an empty comment replaces it where the
 * following bytes would otherwise be read as more of the scan. */
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
        /* Only a marker may follow SOI, since that is what identifies a JPEG. */
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
