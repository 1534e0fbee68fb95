/* SPDX-License-Identifier: MIT */
/* Verifies that the output shows what its source shows: the same header, palette, transparency and
 * animation, and samples that libpng reads where the orientation puts them. */
#ifndef EXN_PNG_VERIFY_H
#define EXN_PNG_VERIFY_H

#include "image.h"

/* verify() of the PNG format; see image.h. */
exn_status exn_png_verify(const exn_image *source, const exn_image *product,
                          const exn_options *options, const exn_result *result, exn_error *error);

#endif
