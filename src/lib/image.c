/* SPDX-License-Identifier: MIT */
#include "image.h"

void exn_image_compare(exn_image *image, uint32_t other, exn_warning warning)
{
    uint32_t shown = image->orientation ? image->orientation : 1;
    if (other != 0 && other != shown)
        image->warnings |= 1u << warning;
}
