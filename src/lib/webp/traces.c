/* SPDX-License-Identifier: MIT */
#include "traces.h"

#include "metadata/block.h"
#include "metadata/embedded.h"
#include "metadata/exif.h"
#include "metadata/xmp.h"

static void take_exif(exn_image *image, exn_span data, bool counts)
{
    /* No browser uses a density from a WebP. */
    enum { REASONS = 1 << EXN_REASON_EXIF | 1 << EXN_REASON_EMBEDDED };
    exn_exif found;
    exn_span tiff = exn_span_part(data, exn_block_stray_header(data), SIZE_MAX);
    exn_exif_scan(tiff, image->width, image->height, &found);
    image->reasons |= found.reasons & REASONS;
    if (!counts)
        return;
    image->exif = tiff;
    /* How browsers would interpret it in a JPEG does not matter here. */
    image->warnings |= found.warnings & ~(1u << EXN_WARN_ORIENTATION_AMBIGUOUS);
    image->orientation = found.orientation;
    image->place = found.place;
}

static exn_status take_xmp(exn_image *image, exn_span packet, const exn_cancel *cancel,
                           uint32_t *orientation, exn_error *error)
{
    exn_xmp found;
    bool orients;
    exn_xmp_scan(packet, cancel, &found);
    if (found.needs_edit)
        image->reasons |= 1u << EXN_REASON_XMP;
    if (found.needs_edit && !*orientation)
        *orientation = found.orientation;
    if (exn_embedded_scan_xmp(&found, &orients) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "XMP");
    if (orients)
        image->reasons |= 1u << EXN_REASON_EMBEDDED;
    return EXN_OK;
}

/* Of several EXIF chunks the first counts (RFC 9649, 2.7.1.5), and its bytes are kept; exiftool
 * also reads the others. */
static exn_status take_chunk(exn_image *image, const exn_webp_chunk *chunk, exn_window *window,
                             const exn_options *options, uint32_t *of_xmp, exn_error *error)
{
    const exn_cancel cancel = exn_cancel_of(options);
    const bool counts = chunk->name == EXN_WEBP_EXIF && image->exif.data == NULL;
    exn_buffer own = {0}, *data = counts ? &image->header : &own;
    exn_status status = exn_status_need_memory(error, image->header.size + (uint64_t)chunk->size,
                                               options->max_memory);
    if (status == EXN_OK)
        status = exn_window_append(window, chunk->offset + EXN_WEBP_CHUNK_OVERHEAD, chunk->size,
                                   data, error);
    if (status == EXN_OK && chunk->name == EXN_WEBP_EXIF)
        take_exif(image, exn_buffer_span(data), counts);
    else if (status == EXN_OK)
        status = take_xmp(image, exn_buffer_span(data), &cancel, of_xmp, error);
    exn_buffer_free(&own);
    return status;
}

exn_status exn_webp_traces_scan(exn_image *image, const exn_webp *webp, exn_window *window,
                                const exn_options *options, exn_error *error)
{
    enum { REASONS = 1 << EXN_REASON_EXIF | 1 << EXN_REASON_XMP | 1 << EXN_REASON_EMBEDDED };
    uint32_t of_xmp = 0;
    exn_status status = EXN_OK;
    for (size_t i = 0; status == EXN_OK && i < webp->count; i++)
        if (exn_webp_chunks_is_metadata(webp->chunks[i].name))
            status = take_chunk(image, &webp->chunks[i], window, options, &of_xmp, error);
    /* XMP counts if EXIF has no orientation, whichever chunk comes first. */
    if (image->place == EXN_PLACE_NONE && of_xmp) {
        image->orientation = of_xmp;
        image->place = EXN_PLACE_XMP;
    } else if (image->orientation) {
        exn_image_compare(image, of_xmp, EXN_WARN_XMP_ORIENTATION);
    }
    if (image->reasons & REASONS)
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    return status;
}
