/* SPDX-License-Identifier: MIT */
/* Writes the new file: EXIF and XMP lose their orientation, pictures are rotated if required, and
 * every other chunk is copied. */
#ifndef EXN_WEBP_REBUILD_H
#define EXN_WEBP_REBUILD_H

#include "image.h"

/* exn_format_ops.produce(). */
exn_status exn_webp_rebuild(const exn_image *image, const exn_options *options, exn_buffer *out,
                            exn_result *result, exn_error *error);

#endif
