/* SPDX-License-Identifier: MIT */
/* An XMP sidecar: an image's packet in a file of its own. The packet editor does the work; the
 * caller passes what became of the image. */
#include <string.h>

#include "arguments.h"
#include "cancel.h"
#include "format.h"
#include "metadata/embedded.h"
#include "metadata/xmp.h"
#include "orientation.h"
#include "status.h"

/* An image that is only copied stays as it is, and so does its sidecar. */
static bool is_rewritten(const exn_result *image)
{
    return image && image->format != EXN_FORMAT_UNKNOWN && image->outcome != EXN_OUTCOME_COPIED &&
           image->outcome != EXN_OUTCOME_UNSUPPORTED;
}

/* Reports what a scan found, compared with what the image shows. */
static exn_status describe(const exn_xmp *found, const exn_result *image,
                           const exn_options *options, exn_result *result, exn_error *error)
{
    result->format = EXN_FORMAT_XMP;
    result->orientation = found->orientation;
    result->orientation_place = found->orientation ? EXN_PLACE_XMP : EXN_PLACE_NONE;
    result->reasons = found->needs_edit ? 1u << EXN_REASON_XMP : 0;
    if (!is_rewritten(image) || !found->orientation ||
        found->orientation == exn_orientation_to_exif(exn_orientation_shown(
                                  image->orientation_given, image->orientation)))
        return EXN_OK;
    result->warnings |= 1u << EXN_WARN_XMP_ORIENTATION;
    return options->strict ? exn_status_fail(error, EXN_REFUSED, "%s",
                                             exn_warning_word(EXN_WARN_XMP_ORIENTATION))
                           : EXN_OK;
}

/* Whether rotating pixels would change more in the packet than its orientation. Without an image
 * the size is unknown, so the packet is edited twice: for a picture of 1 by 2 that stays, and for
 * one whose axes are swapped. Anything that depends on pixels then differs. */
static exn_status look_for_pixels(exn_span packet, const exn_cancel *cancel, exn_result *result)
{
    const exn_xmp_turn stay = {.width = 1, .height = 2, .cancel = cancel};
    const exn_xmp_turn turn = {
        .o = {.transpose = true}, .width = 1, .height = 2, .max_size = SIZE_MAX, .cancel = cancel};
    exn_buffer stayed = {0}, turned = {0};
    exn_xmp_edited plain, edited;
    exn_status status = exn_xmp_edit(packet, &stay, &stayed, &plain);
    if (status == EXN_OK)
        status = exn_xmp_edit(packet, &turn, &turned, &edited);
    if (status == EXN_OK &&
        (edited.stale || plain.verdict != edited.verdict || stayed.size != turned.size ||
         (turned.size > 0 && memcmp(stayed.data, turned.data, turned.size) != 0)))
        result->warnings |= 1u << EXN_WARN_METADATA_STALE;
    exn_buffer_free(&stayed);
    exn_buffer_free(&turned);
    return status;
}

static exn_status edit(exn_span packet, const exn_result *image, const exn_options *options,
                       exn_buffer *out, exn_result *result, exn_error *error)
{
    exn_thumbnails thumbnails = exn_format_thumbnails(options->max_memory - packet.size);
    thumbnails.cancel = exn_cancel_of(options);
    const exn_xmp_turn turn = {.o = exn_orientation_from_bits(image->transform),
                               .width = image->width_in,
                               .height = image->height_in,
                               .max_size = SIZE_MAX,
                               .thumbnails = &thumbnails,
                               .cancel = &thumbnails.cancel};
    exn_xmp_edited edited;
    exn_status status = exn_xmp_edit(packet, &turn, out, &edited);
    if (status != EXN_OK)
        return status;
    if (edited.verdict == EXN_XMP_UNSAFE)
        return exn_status_fail(error, EXN_UNSUPPORTED,
                               "it may hold an orientation that cannot be removed safely");
    if (edited.stale)
        result->warnings |= 1u << EXN_WARN_METADATA_STALE;
    if (edited.thumbnails_dropped)
        result->warnings |= 1u << EXN_WARN_THUMBNAIL_DROPPED;
    if (edited.verdict == EXN_XMP_EDITED) {
        result->outcome = EXN_OUTCOME_METADATA;
        result->method = EXN_METHOD_EDIT;
    }
    return EXN_OK;
}

static exn_status normalize(exn_span packet, const exn_result *image, const exn_options *options,
                            exn_buffer *out, exn_result *result, exn_error *error)
{
    const exn_cancel cancel = exn_cancel_of(options);
    exn_xmp found;
    bool orients;
    if (packet.size > options->max_memory)
        return exn_status_fail(error, EXN_LIMIT, "needs %zu bytes, limit %llu", packet.size,
                               (unsigned long long)options->max_memory);
    exn_status status = exn_cancel_check(&cancel, error);
    if (status != EXN_OK)
        return status;
    exn_xmp_scan(packet, &cancel, &found);
    status = describe(&found, image, options, result, error);
    if (status != EXN_OK)
        return status;
    result->outcome = EXN_OUTCOME_COPIED;
    if (!is_rewritten(image)) {
        if (found.needs_edit)
            result->outcome = EXN_OUTCOME_UNSUPPORTED;
        return image ? EXN_OK : look_for_pixels(packet, &cancel, result);
    }
    status = exn_embedded_scan_xmp(&found, &orients);
    if (orients)
        result->reasons |= 1u << EXN_REASON_EMBEDDED;
    if (status != EXN_OK || !(found.needs_edit || orients || image->transform))
        return status;
    return edit(packet, image, options, out, result, error);
}

exn_status exn_normalize_sidecar(const void *data, size_t size, const exn_result *image,
                                 const exn_options *options, exn_bytes *output, exn_result *result,
                                 exn_error *error)
{
    exn_options own;
    exn_cancel_memory memory = {0};
    exn_result beside, found = {0};
    exn_buffer out = {0};
    if (error)
        *error = (exn_error){0};
    exn_status status = exn_arguments_options(options, &own, error);
    if (status == EXN_OK)
        status = exn_arguments_result(result, error);
    if (status == EXN_OK)
        status = exn_arguments_data(data, size, "data", error);
    if (status == EXN_OK && image)
        status = exn_arguments_returned(image, "image", &beside, error);
    if (status == EXN_OK)
        status = exn_arguments_given(output, "output", error);
    if (status == EXN_OK) {
        exn_cancel_remember(&memory, &own);
        status =
            normalize((exn_span){data, size}, image ? &beside : NULL, &own, &out, &found, error);
        status = exn_cancel_settle(&memory, status, error);
    }
    if (status != EXN_OK) {
        exn_buffer_free(&out);
        found.outcome = EXN_OUTCOME_FAILED;
        found.method = EXN_METHOD_NONE;
        exn_status_fail(error, status, "%s", "");
    }
    if (output)
        *output = (exn_bytes){out.data, out.size};
    exn_arguments_give(&found, result);
    return status;
}
