/* SPDX-License-Identifier: MIT */
/* Converts pictures that cannot be rotated without decoding to another format: HEIC and AVIF to PNG
 * or JPEG (exn_options.heif). */
#ifndef EXN_CONVERT_H
#define EXN_CONVERT_H

#include "image.h"

/* The format to which the options convert a HEIF. */
exn_format exn_convert_format(const exn_options *options);

/* Like exn_format_ops.produce() and verify(); product has the other format. */
exn_status exn_convert(const exn_image *image, const exn_options *options, exn_buffer *out,
                       exn_result *result, exn_error *error);
exn_status exn_convert_verify(const exn_image *source, const exn_image *product,
                              const exn_options *options, exn_error *error);

#endif
