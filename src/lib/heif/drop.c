/* SPDX-License-Identifier: MIT */
#include "drop.h"

#include <string.h>

#include "metadata/block_edit.h"
#include "patches.h"
#include "traces.h"

static bool is_turn(const exn_heif_association *a)
{
    return a->property &&
           (a->property->type == EXN_HEIF_IROT || a->property->type == EXN_HEIF_IMIR);
}

/* ISO 23008-12, 9.3.3: number 0 refers to no property, and must not be essential. Thumbnails, alpha
 * and the like are rotated like their picture, and lose it, too. The property's box stays in ipco:
 * other items may be associated with it, and removing it would change all later numbers. */
static void drop_turns(const exn_heif *heif, exn_buffer *out)
{
    exn_heif_walk walk = {.rest = heif->properties.iprp};
    exn_heif_association a;
    while (exn_heif_properties_next(&heif->properties, &walk, &a))
        if (is_turn(&a))
            memset(out->data + exn_heif_items_place(heif, a.at), 0, a.at.size);
}

/* Replaces a block that would be empty, or is not safe to edit: by a TIFF with one table of one
 * entry, an orientation of 1, since a table must not be empty (TIFF 6.0, section 2); XMP by blanks.
 */
static void blank(const exn_heif_item *item, exn_buffer *bytes)
{
    static const uint8_t exif[] = {0,    0, 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01,
                                   0x12, 0, 3, 0, 0,   0,   1, 0,  1, 0, 0, 0, 0, 0, 0};
    memset(bytes->data, item->type == EXN_HEIF_XMP ? ' ' : 0, bytes->size);
    if (item->type == EXN_HEIF_EXIF && bytes->size >= sizeof exif)
        memcpy(bytes->data, exif, sizeof exif);
}

/* Edits an item's bytes without changing their number. Space that becomes free is unused after a
 * TIFF, where nothing points to it, and is padding after a packet (XMP specification, part 1, 7.3).
 */
static exn_status edit(const exn_heif_item *item, exn_exif_turn *turn, exn_buffer *bytes,
                       uint32_t *warnings)
{
    exn_buffer edited = {0};
    bool keep = true;
    const exn_block block = exn_heif_traces_block(item, exn_buffer_span(bytes));
    turn->max_size = block.body.size;
    exn_status status = exn_block_edit(&block, turn, &edited, &keep, warnings);
    if (status == EXN_OK && keep && edited.size <= bytes->size) {
        memcpy(bytes->data, edited.data, edited.size);
        memset(bytes->data + edited.size, item->type == EXN_HEIF_XMP ? ' ' : 0,
               bytes->size - edited.size);
    } else if (status == EXN_OK) {
        *warnings |=
            1u << (item->type == EXN_HEIF_XMP ? EXN_WARN_XMP_REMOVED : EXN_WARN_EXIF_REMOVED);
        blank(item, bytes);
    }
    exn_buffer_free(&edited);
    return status;
}

/* The same walk as the one that gathered the bytes, which has made sure that all of them lie inside
 * the file. */
static void scatter(const exn_heif *heif, const exn_heif_item *item, const exn_buffer *bytes,
                    exn_buffer *out)
{
    exn_heif_extents walk = exn_heif_items_extents(heif, item);
    for (size_t done = 0; exn_heif_items_next(&walk, NULL); done += (size_t)walk.size)
        memcpy(out->data + walk.offset, bytes->data + done, (size_t)walk.size);
}

static exn_status drop_traces(const exn_heif *heif, exn_span file, exn_exif_turn *turn,
                              exn_buffer *out, uint32_t *warnings, exn_error *error)
{
    exn_window window;
    const exn_source source = exn_window_source_of(&file);
    exn_status status = EXN_OK;
    exn_window_open(&window, &source);
    for (size_t i = 0; status == EXN_OK && i < heif->count; i++) {
        const exn_heif_item *item = &heif->items[i];
        exn_buffer bytes = {0};
        if (!exn_heif_traces_is_metadata(item))
            continue;
        status = exn_heif_traces_gather(heif, item, &window, &bytes, error);
        if (status == EXN_OK && bytes.size > 0)
            status = edit(item, turn, &bytes, warnings);
        if (status == EXN_OK)
            scatter(heif, item, &bytes, out);
        exn_buffer_free(&bytes);
    }
    return status == EXN_OK ? status : exn_status_fail(error, status, "metadata");
}

/* A sequence's tracks have matrices of their own (ISO 14496-12, 8.3.2), which are not edited here.
 */
static exn_status check(const exn_heif *heif, exn_error *error)
{
    if (heif->has_sequence)
        return exn_status_fail(error, EXN_UNSUPPORTED, "an image sequence");
    return exn_heif_items_check_turns(heif, error);
}

exn_status exn_heif_drop(const exn_image *image, const exn_options *options, exn_buffer *out,
                         exn_result *result, exn_error *error)
{
    const exn_heif *heif = image->state;
    exn_thumbnails thumbnails;
    const exn_cancel cancel = exn_cancel_of(options);
    exn_exif_turn turn = {.stored_width = image->width,
                          .stored_height = image->height,
                          .thumbnails = &thumbnails,
                          .cancel = &cancel};
    exn_status status = check(heif, error);
    if (status == EXN_OK)
        status = exn_patches_begin(image, options, out, &thumbnails, result, error);
    if (status != EXN_OK)
        return status;
    drop_turns(heif, out);
    status = drop_traces(heif, image->data, &turn, out, &result->warnings, error);
    result->warnings |= thumbnails.warnings;
    return status;
}

/* Lists the bytes of metadata items. */
static exn_status list_metadata(const exn_heif *heif, exn_patches *patches)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; status == EXN_OK && i < heif->count; i++) {
        exn_heif_extents walk = exn_heif_items_extents(heif, &heif->items[i]);
        if (!exn_heif_traces_is_metadata(walk.item))
            continue;
        while (status == EXN_OK && exn_heif_items_next(&walk, NULL))
            status = exn_patches_add(patches, walk.offset, walk.size);
    }
    return status;
}

/* Except for metadata, the output is the source without its irot and imir. The output's metadata
 * was examined when it was scanned. The expected file is made from the source again, so any
 * difference outside of metadata items is found wherever it is. */
exn_status exn_heif_drop_verify(const exn_image *source, const exn_image *product,
                                const exn_options *options, const exn_result *result,
                                exn_error *error)
{
    (void)options;
    (void)result;
    exn_buffer before = {0};
    exn_patches patches = {0};
    exn_status status = exn_buffer_append(&before, source->data.data, source->data.size);
    if (status == EXN_OK)
        status = list_metadata(source->state, &patches);
    if (status == EXN_OK)
        drop_turns(source->state, &before);
    status = status == EXN_OK
                 ? exn_patches_compare(&patches, exn_buffer_span(&before), product->data, error)
                 : exn_status_fail(error, status, "comparison");
    exn_patches_free(&patches);
    exn_buffer_free(&before);
    return status;
}
