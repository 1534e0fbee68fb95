/* SPDX-License-Identifier: MIT */
#ifndef EXN_WEBP_VERIFY_H
#define EXN_WEBP_VERIFY_H

#include "image.h"

/* exn_format_ops.verify(). */
exn_status exn_webp_verify(const exn_image *source, const exn_image *product,
                           const exn_options *options, const exn_result *result, exn_error *error);

#endif
