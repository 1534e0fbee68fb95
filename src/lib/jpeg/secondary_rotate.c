/* SPDX-License-Identifier: MIT */
#include "secondary_rotate.h"

#include "mcus.h"
#include "picture.h"
#include "read.h"

/* Makes the replacement of a further picture, which has been scanned. */
static exn_status replace(const exn_image *image, exn_orientation o, exn_picture *picture,
                          exn_allowance *left, exn_result *result, exn_error *error)
{
    const exn_jpeg *jpeg = image->state;
    bool keep = exn_orientation_is_identity(o);
    exn_turned turned = {0};
    exn_status status = EXN_OK;
    if (!keep)
        status = exn_mcus_charge(jpeg, EXN_JPEG_FREE_PASSES, left->blocks, error);
    if (status == EXN_OK && !keep)
        status = exn_turned_open(&turned, jpeg, o, &left->options, result, error);
    if (status == EXN_OK && !keep)
        exn_allowance_take(&left->options.max_pixels, (uint64_t)image->width * image->height);
    if (status == EXN_OK) {
        exn_turned *pixels = keep ? NULL : &turned;
        const exn_jpeg_picture written = {.jpeg = jpeg,
                                          .turned = pixels,
                                          .o = o,
                                          .thumbnails =
                                              exn_allowance_thumbnails(left, jpeg, pixels),
                                          .warnings = &result->warnings};
        status = exn_jpeg_picture_write(&written, &picture->product, error);
    }
    if (status == EXN_OK)
        status = exn_buffer_append(&picture->product, jpeg->trailer.data, jpeg->trailer.size);
    exn_allowance_take(&left->options.max_memory, picture->product.capacity);
    exn_turned_close(&turned);
    return status;
}

/* The same for a picture whose headers have been scanned. A second attempt starts over. */
static exn_status read_and_replace(const exn_image *primary, const exn_image *image,
                                   exn_picture *picture, exn_allowance *left, exn_result *result,
                                   exn_error *error)
{
    picture->product.size = 0;
    exn_status status = exn_jpeg_read_to_end(image->state, &left->options, error);
    if (status == EXN_OK)
        status = exn_secondary_check(image->state, primary->width, primary->height, error);
    return status == EXN_OK ? replace(image, primary->turn, picture, left, result, error) : status;
}

/* Replaces a further picture, if necessary. */
static exn_status turn_secondary(const exn_image *primary, exn_picture *picture,
                                 exn_allowance *left, uint32_t *warnings, exn_error *error)
{
    bool keep = exn_orientation_is_identity(primary->turn);
    exn_image image = {.data = exn_span_part(primary->data, picture->at, picture->size)};
    exn_result result = {0};
    exn_status status = exn_jpeg_read_scan(&image, &left->options, error);
    bool needed = status == EXN_OK && (!keep || image.reasons);
    for (bool again = needed; again;) {
        status = read_and_replace(primary, &image, picture, left, &result, error);
        again = exn_jpeg_read_again(&status, &image, !keep, &left->options, &result, error);
    }
    picture->replaced = needed && status == EXN_OK;
    if (picture->replaced && !keep && result.outcome != EXN_OUTCOME_LOSSLESS)
        result.warnings |= 1u << EXN_WARN_SECONDARY_REQUANTIZED;
    if (picture->replaced)
        *warnings |= result.warnings | (image.warnings & 1u << EXN_WARN_SCANS_MISSING);
    exn_jpeg_read_close(&image);
    return status;
}

/* Says which picture failed. A fault in it is no damage of the file's first picture. */
static exn_status blame(exn_status status, size_t number, const exn_error *cause, exn_error *error)
{
    if (status == EXN_CORRUPT || status == EXN_UNSUPPORTED)
        return exn_secondary_refuse(error, EXN_UNSUPPORTED, "multi-picture: image %zu: %s", number,
                                    cause->detail);
    if (status == EXN_MEMORY)
        return exn_status_fail(error, status, "image %zu: %s", number, cause->detail);
    return exn_secondary_refuse(error, status, "image %zu: %s", number, cause->detail);
}

/* Pictures in another frame stay as they are, and so does one that cannot be read if no pixel has
 * to be rotated. */
static exn_status turn_secondaries(const exn_image *primary, exn_secondaries *s,
                                   const exn_allowance *all, uint32_t *warnings, exn_error *error)
{
    bool keep = exn_orientation_is_identity(primary->turn);
    exn_allowance left = *all; /* one limit for the whole file */
    exn_allowance_take(&left.options.max_pixels, (uint64_t)primary->width * primary->height);
    exn_allowance_take(&left.options.max_memory, primary->data.size);
    for (size_t i = 0; i < s->count; i++) {
        exn_picture *picture = &s->pictures[i];
        exn_error cause = {0};
        if (picture->frame != EXN_MPF_FRAME_SAME)
            continue;
        exn_status status = turn_secondary(primary, picture, &left, warnings, &cause);
        bool unnamed = !picture->entry && !picture->item;
        if (status == EXN_MEMORY || (status != EXN_OK && !keep && !unnamed))
            return blame(status, i + 2, &cause, error);
        if (status != EXN_OK && !keep)
            *warnings |= 1u << EXN_WARN_METADATA_STALE;
    }
    return EXN_OK;
}

exn_status exn_secondary_rotate(const exn_image *image, exn_secondaries *s,
                                const exn_allowance *all, exn_app_segments_index *index,
                                bool *keep_index, uint32_t *warnings, exn_error *error)
{
    const bool turning = !exn_orientation_is_identity(image->turn);
    const bool any = s->mpf_segment || s->count || s->reason[0] || s->distrusted;
    *index = (exn_app_segments_index){.mpf = s->mpf_segment, .xmp = s->xmp_segment};
    s->leave_out = all->options.secondary == EXN_SECONDARY_DROP && any;
    if (s->leave_out && (s->untrue || s->count == 0) && !s->distrusted &&
        exn_secondary_distrust(s) != EXN_OK) /* what it names must not be left out */
        return exn_status_fail(error, EXN_MEMORY, "image list");
    if (turning && s->stale)
        *warnings |= 1u << EXN_WARN_METADATA_STALE;
    if (s->leave_out || s->distrusted || (s->leftover && !s->reason[0])) {
        *index = (exn_app_segments_index){.drop = true, .directory = {.drop = true}};
        *warnings |= 1u << EXN_WARN_SECONDARY_DROPPED;
        return s->leave_out ? EXN_OK : turn_secondaries(image, s, all, warnings, error);
    }
    *keep_index = s->reason[0] != 0;
    if (*keep_index)
        return turning
                   ? exn_secondary_refuse(error, EXN_UNSUPPORTED, "multi-picture: %s", s->reason)
                   : EXN_OK;
    if (s->directory.dynamic_depth && turning)
        *warnings |= 1u << EXN_WARN_METADATA_STALE; /* camera parameters of the stored frame */
    return turn_secondaries(image, s, all, warnings, error);
}
