/* SPDX-License-Identifier: MIT */
/* A WebP whose picture stays: EXIF and XMP lose their orientation, every other chunk is copied. */
#ifndef EXN_WEBP_EDIT_H
#define EXN_WEBP_EDIT_H

#include "image.h"

/* exn_format_ops.produce() where image->turn is the identity. */
exn_status exn_webp_edit(const exn_image *image, const exn_options *options, exn_buffer *out,
                         exn_result *result, exn_error *error);

#endif
