/* SPDX-License-Identifier: MIT */
#include "image.h"

bool exn_image_is_settled(const exn_image *image)
{
    return !image->reasons && exn_orientation_is_identity(image->turn);
}

bool exn_image_is_upright(const exn_image *image, uint32_t given)
{
    return !image->reasons && given <= 1;
}

exn_status exn_image_decode(const exn_image *image, const exn_options *options, exn_result *result,
                            exn_error *error)
{
    if (image->ops->decode)
        return image->ops->decode(image, options, result, error);
    result->warnings |= 1u << EXN_WARN_NOT_DECODED;
    return EXN_OK;
}

exn_thumbnails exn_image_thumbnails(const exn_image *image, const exn_options *options,
                                    uint64_t held)
{
    exn_thumbnails thumbnails = image->thumbnails;
    thumbnails.max_memory = options->max_memory > held ? options->max_memory - held : 0;
    return thumbnails;
}

/* No orientation and 1 look the same; other is 0 if there is none. */
void exn_image_compare(exn_image *image, uint32_t other, exn_warning warning)
{
    uint32_t shown = image->orientation ? image->orientation : 1;
    if (other != 0 && other != shown)
        image->warnings |= 1u << warning;
}
