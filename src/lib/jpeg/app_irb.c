/* SPDX-License-Identifier: MIT */
#include "app_irb.h"

#include "metadata/irb.h"

static const char irb_prefix[] = "Photoshop 3.0";

bool exn_app_irb_is(const exn_segment *segment)
{
    return segment->marker == EXN_MARKER_APP0 + 13 &&
           exn_span_starts(segment->payload, irb_prefix, sizeof irb_prefix);
}

/* Resources may continue in the next segment wherever one was full, so they can only be read when
 * joined. */
static exn_status join_irbs(const exn_jpeg *jpeg, exn_buffer *whole)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < jpeg->count && status == EXN_OK; i++) {
        exn_span payload = jpeg->segments[i].payload;
        if (exn_app_irb_is(&jpeg->segments[i]))
            status = exn_buffer_append(whole, payload.data + sizeof irb_prefix,
                                       payload.size - sizeof irb_prefix);
    }
    return status;
}

exn_status exn_app_irb_scan(exn_image *image, const exn_jpeg *jpeg)
{
    exn_buffer whole = {0};
    exn_status status = join_irbs(jpeg, &whole);
    uint32_t reasons =
        status == EXN_OK ? exn_irb_reasons(exn_buffer_span(&whole), &jpeg->cancel) : 0;
    image->reasons |= reasons;
    if (reasons >> EXN_REASON_EXIF & 1)
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    exn_buffer_free(&whole);
    return status;
}

/* Appends resources in as many segments as they need. */
static exn_status append_irbs(uint8_t marker, exn_span irb, exn_buffer *out)
{
    const size_t step = EXN_SEGMENT_MAX_PAYLOAD - sizeof irb_prefix;
    exn_status status = EXN_OK;
    for (size_t at = 0; at < irb.size && status == EXN_OK; at += step) {
        const exn_span part = exn_span_part(irb, at, step);
        size_t start;
        status = exn_segment_open(out, marker, &start);
        if (status == EXN_OK)
            status = exn_buffer_append(out, irb_prefix, sizeof irb_prefix);
        if (status == EXN_OK)
            status = exn_buffer_append(out, part.data, part.size);
        if (status == EXN_OK)
            exn_segment_close(out, start);
    }
    return status;
}

/* The first segment decides for all: if anything changes, it is replaced by everything that is
 * kept, and the others are dropped; otherwise each is copied as it is. */
exn_status exn_app_irb_edit(exn_app_irb *irb, const exn_jpeg *jpeg, const exn_segment *segment,
                            const exn_exif_turn *turn, exn_buffer *out, uint32_t *warnings)
{
    exn_buffer whole = {0}, kept = {0};
    exn_irb_edited edited = {0};
    exn_status status;
    if (*irb == EXN_APP_IRB_WRITTEN)
        return EXN_OK;
    if (*irb == EXN_APP_IRB_CLEAN)
        return exn_buffer_append(out, jpeg->file.data + segment->offset, segment->size);
    status = join_irbs(jpeg, &whole);
    if (status == EXN_OK)
        status = exn_irb_edit(exn_buffer_span(&whole), turn, &kept, &edited);
    *irb = edited.changed ? EXN_APP_IRB_WRITTEN : EXN_APP_IRB_CLEAN;
    *warnings |= (edited.thumbnail_dropped ? 1u << EXN_WARN_RESOURCE_THUMBNAIL_DROPPED : 0) |
                 (edited.orientation_dropped ? 1u << EXN_WARN_EXIF_REMOVED : 0) |
                 (edited.stale ? 1u << EXN_WARN_METADATA_STALE : 0);
    if (status == EXN_OK && !edited.changed)
        status = exn_buffer_append(out, jpeg->file.data + segment->offset, segment->size);
    else if (status == EXN_OK)
        status = append_irbs(segment->marker, exn_buffer_span(&kept), out);
    exn_buffer_free(&kept);
    exn_buffer_free(&whole);
    return status;
}
