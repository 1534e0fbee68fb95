/* SPDX-License-Identifier: MIT */
/* Verifies that the output is its source rotated: each picture's coefficients as libjpeg decodes
 * them, and byte for byte everything unrelated to orientation. */
#ifndef EXN_JPEG_VERIFY_H
#define EXN_JPEG_VERIFY_H

#include "image.h"

/* verify() of the JPEG row; see image.h. */
exn_status exn_jpeg_verify(const exn_image *source, const exn_image *product,
                           const exn_options *options, const exn_result *result, exn_error *error);

#endif
