/* SPDX-License-Identifier: MIT */
#include "traces.h"

#include "metadata/embedded.h"
#include "metadata/exif.h"
#include "metadata/xmp.h"

bool exn_heif_traces_is_metadata(const exn_heif_item *item)
{
    return (item->type == EXN_HEIF_EXIF || item->type == EXN_HEIF_XMP) && item->extents.data;
}

exn_status exn_heif_traces_gather(const exn_heif *heif, const exn_heif_item *item,
                                  exn_window *window, exn_buffer *out, exn_error *error)
{
    exn_heif_extents walk = exn_heif_items_extents(heif, item);
    exn_status status = EXN_OK;
    while (status == EXN_OK && exn_heif_items_next(&walk, error))
        status = exn_window_append(window, walk.offset, (size_t)walk.size, out, error);
    return status == EXN_OK ? walk.status : status;
}

/* Usually nothing precedes the TIFF, or JPEG's "Exif\0\0" does. Some writers put that there but
 * give its size as 0. */
exn_block exn_heif_traces_block(const exn_heif_item *item, exn_span bytes)
{
    if (item->type == EXN_HEIF_XMP)
        return (exn_block){EXN_BLOCK_XMP, {NULL, 0}, bytes};
    const exn_block block = exn_block_counted(bytes);
    const size_t start = block.prefix.size + exn_block_stray_header(block.body);
    return (exn_block){EXN_BLOCK_EXIF, exn_span_part(bytes, 0, start),
                       exn_span_part(bytes, start, SIZE_MAX)};
}

/* Orientations are removed from all; the primary picture's is described. */
static exn_status take_exif(exn_image *image, exn_heif *heif, const exn_heif_item *item,
                            exn_span tiff, exn_error *error)
{
    /* No reader uses a density from a HEIF. */
    enum { REASONS = 1 << EXN_REASON_EXIF | 1 << EXN_REASON_EMBEDDED };
    exn_exif found;
    exn_exif_scan(tiff, image->width, image->height, &found);
    image->reasons |= found.reasons & REASONS;
    if (found.reasons & 1u << EXN_REASON_EXIF)
        exn_image_compare(image, found.orientation ? found.orientation : 9,
                          EXN_WARN_ORIENTATION_IGNORED);
    if (item != heif->primary_exif)
        return EXN_OK;
    exn_status status = exn_buffer_append(&heif->exif, tiff.data, tiff.size);
    image->exif = exn_buffer_span(&heif->exif);
    return status == EXN_OK ? status : exn_status_fail(error, status, "Exif");
}

/* XMP never decides how a HEIF is shown. It is edited because metadata readers use it, and compared
 * in order to warn if it says something else. */
static exn_status take_xmp(exn_image *image, exn_span packet, const exn_cancel *cancel,
                           exn_error *error)
{
    exn_xmp found;
    bool orients;
    exn_xmp_scan(packet, cancel, &found);
    if (found.needs_edit) {
        image->reasons |= 1u << EXN_REASON_XMP;
        exn_image_compare(image, found.orientation, EXN_WARN_XMP_ORIENTATION);
    }
    if (exn_embedded_scan_xmp(&found, &orients) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "XMP");
    if (orients)
        image->reasons |= 1u << EXN_REASON_EMBEDDED;
    return EXN_OK;
}

/* held: bytes that are in memory besides the item's own. */
static exn_status take_item(exn_image *image, exn_heif *heif, const exn_heif_item *item,
                            exn_window *window, uint64_t size, const exn_options *options,
                            exn_error *error)
{
    exn_buffer bytes = {0};
    const exn_cancel cancel = exn_cancel_of(options);
    exn_status status = exn_status_need_memory(
        error, image->header.size + heif->exif.size + 2 * size, options->max_memory);
    if (status == EXN_OK)
        status = exn_heif_traces_gather(heif, item, window, &bytes, error);
    const exn_block block = exn_heif_traces_block(item, exn_buffer_span(&bytes));
    if (status == EXN_OK && block.kind == EXN_BLOCK_EXIF)
        status = take_exif(image, heif, item, block.body, error);
    else if (status == EXN_OK)
        status = take_xmp(image, block.body, &cancel, error);
    exn_buffer_free(&bytes);
    return status;
}

/* Items may share bytes, and thousands of them could each be the whole file. So their total must
 * not exceed the file's size. */
exn_status exn_heif_traces_scan(exn_image *image, exn_heif *heif, exn_window *window,
                                const exn_options *options, exn_error *error)
{
    uint64_t all = 0, size = 0;
    exn_status status = EXN_OK;
    image->is_exif_ignored = true;
    for (size_t i = 0; status == EXN_OK && i < heif->count; i++) {
        const exn_heif_item *item = &heif->items[i];
        if (!exn_heif_traces_is_metadata(item))
            continue;
        status = exn_heif_items_size(heif, item, &size, error);
        if (status == EXN_OK && size > heif->file_size - all)
            status = exn_status_fail(error, EXN_CORRUPT, "items share their bytes");
        all += size;
        if (status == EXN_OK)
            status = take_item(image, heif, item, window, size, options, error);
    }
    return status;
}
