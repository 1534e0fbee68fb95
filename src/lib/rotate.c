/* SPDX-License-Identifier: MIT */
#include "rotate.h"

#include "convert.h"

exn_status exn_rotate(const exn_image *image, const exn_options *options, exn_buffer *out,
                      exn_result *result, exn_error *error)
{
    exn_status status = EXN_OK;
    bool decode = options->decode_all || image->is_doubtful;
    if (image->is_copied) {
        result->outcome = exn_image_is_upright(image, options->orientation)
                              ? EXN_OUTCOME_COPIED
                              : EXN_OUTCOME_UNSUPPORTED;
        return EXN_OK;
    }
    if (image->is_converted) {
        exn_orientation_size(image->turn, &result->width_out, &result->height_out);
        result->transform = exn_orientation_bits(image->turn);
        return exn_convert(image, options, out, result, error);
    }
    if (exn_image_is_settled(image)) {
        result->outcome = EXN_OUTCOME_UNTOUCHED;
        return decode ? exn_image_decode(image, options, result, error) : EXN_OK;
    }
    exn_orientation_size(image->turn, &result->width_out, &result->height_out);
    result->transform = exn_orientation_bits(image->turn);
    /* Rotating decodes it anyway. */
    if (decode && exn_orientation_is_identity(image->turn))
        status = exn_image_decode(image, options, result, error);
    return status == EXN_OK ? image->ops->produce(image, options, out, result, error) : status;
}
