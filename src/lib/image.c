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

/* No orientation and 1 look the same; other is 0 where nothing was said. */
void exn_image_compare(exn_image *image, uint32_t other, exn_warning warning)
{
    uint32_t shown = image->orientation ? image->orientation : 1;
    if (other != 0 && other != shown)
        image->warnings |= 1u << warning;
}
