/* SPDX-License-Identifier: MIT */
/* Rotates the pixels and strips every trace of orientation. */
#ifndef EXN_ROTATE_H
#define EXN_ROTATE_H

#include "image.h"

/* Picks the method for a scanned image: nothing if the predicate says so (out stays empty), else
 * the format's. Sets result's outcome, method and output size. Returns what exn_normalize() may
 * return. */
exn_status exn_rotate(const exn_image *image, const exn_options *options, exn_buffer *out,
                      exn_result *result, exn_error *error);

#endif
