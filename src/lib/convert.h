/* SPDX-License-Identifier: MIT */
/* A picture that no rotation without decoding reaches becomes a file of another format: HEIC and
 * AVIF a PNG or a JPEG (exn_options.heif). */
#ifndef EXN_CONVERT_H
#define EXN_CONVERT_H

#include "image.h"

/* The format that the options turn a HEIF into. */
exn_format exn_convert_format(const exn_options *options);

/* As exn_format_ops.produce() and verify(); product is of the other format. */
exn_status exn_convert(const exn_image *image, const exn_options *options, exn_buffer *out,
                       exn_result *result, exn_error *error);
exn_status exn_convert_verify(const exn_image *source, const exn_image *product,
                              const exn_options *options, exn_error *error);

#endif
