/* SPDX-License-Identifier: MIT */
#include "scan.h"

#include <string.h>

#include "cancel.h"
#include "format.h"
#include "metadata/exif.h"
#include "window.h"

/* One reason is enough. The first in the order of the enum is reported, so that a file has the same
 * message each time. */
static exn_status refuse_ambiguous(const exn_image *image, exn_error *error)
{
    uint32_t found = image->warnings & EXN_WARNINGS_AMBIGUOUS;
    for (int i = 0; i < EXN_WARNING_COUNT; i++)
        if (found >> i & 1)
            return exn_status_fail(error, EXN_REFUSED, "%s", exn_warning_word((exn_warning)i));
    return EXN_OK;
}

/* What is done to the pixels: the caller's orientation overrides the file's. */
static exn_orientation turn_of(const exn_image *image, const exn_options *options)
{
    const uint32_t own = image->is_shown_as_stored ? 0 : image->orientation;
    if (options->mode != EXN_MODE_BAKE || image->is_copied)
        return (exn_orientation){0};
    return exn_orientation_shown(options->orientation, own);
}

/* Combines what the format found with the options. */
static exn_status conclude(exn_image *image, const exn_options *options, exn_status status,
                           exn_result *result, exn_error *error)
{
    result->format = image->ops->id;
    result->width_in = result->width_out = image->width;
    result->height_in = result->height_out = image->height;
    result->components = image->components;
    memcpy(result->sampling_in, image->sampling, sizeof image->sampling);
    /* A file that is only read may be damaged, and gets whatever was found. */
    const bool forgiven = status == EXN_CORRUPT && image->is_copied;
    if (forgiven && error)
        *error = (exn_error){0};
    if (status != EXN_OK && !forgiven)
        return status;
    image->turn = turn_of(image, options);
    result->orientation_given = options->orientation;
    result->orientation = image->orientation;
    result->orientation_place = image->place;
    result->reasons = image->reasons;
    /* A second opinion. libexif is bound to differ where browsers ignore what is there. */
    exn_exif_describe(image->exif, result);
    if (image->exif.size > 0 && !image->is_exif_ignored &&
        result->libexif_orientation != image->orientation)
        image->warnings |= 1u << EXN_WARN_LIBEXIF_DIFFERS;
    result->warnings |= image->warnings;
    return options->strict ? refuse_ambiguous(image, error) : EXN_OK;
}

exn_status exn_scan(exn_image *image, exn_span data, const exn_options *options, exn_result *result,
                    exn_error *error)
{
    *image = (exn_image){
        .ops = exn_format_of(data), .data = data, .thumbnails = exn_format_thumbnails(0)};
    if (!image->ops)
        return exn_status_fail(error, EXN_NOT_AN_IMAGE, "unknown format");
    exn_source source = exn_window_source_of(&data);
    image->thumbnails.cancel = exn_cancel_of(options);
    if (exn_cancel_check(&image->thumbnails.cancel, error) != EXN_OK)
        return EXN_CANCELLED;
    exn_status status = image->ops->scan ? image->ops->scan(image, options, error)
                                         : image->ops->look(image, &source, options, error);
    return conclude(image, options, status, result, error);
}

/* Reads no more than the format requests: if a data set is on a network, reading is what takes the
 * time. */
exn_status exn_scan_look(exn_image *image, const exn_source *source, const exn_options *options,
                         exn_result *result, exn_error *error)
{
    enum { HEAD_SIZE = 64 };
    /* Enough to recognize any format. */
    uint8_t head[HEAD_SIZE];
    size_t size = source->size < HEAD_SIZE ? (size_t)source->size : HEAD_SIZE;
    exn_window window;
    *image = (exn_image){0};
    exn_window_open(&window, source);
    exn_status status = exn_window_read(&window, 0, head, size, error);
    if (status != EXN_OK)
        return status;
    image->ops = exn_format_of((exn_span){head, size});
    if (!image->ops)
        return exn_status_fail(error, EXN_NOT_AN_IMAGE, "unknown format");
    exn_source rest = exn_window_as_source(&window); /* the head has been read already */
    status = image->ops->look(image, &rest, options, error);
    return conclude(image, options, status, result, error);
}

void exn_scan_close(exn_image *image)
{
    if (image->ops)
        image->ops->close(image);
    exn_buffer_free(&image->header);
    image->ops = NULL;
}
