/* SPDX-License-Identifier: MIT */
/* What the application segments of a JPEG say of orientation. */
#ifndef EXN_JPEG_APP_SCAN_H
#define EXN_JPEG_APP_SCAN_H

#include "image.h"
#include "segments.h"

/* Only what stands before the first scan counts, as in browsers. The predicate asks the rest of the
 * list too: ImageMagick, GraphicsMagick, ffmpeg and exiftool -ee read on. Returns EXN_OK or
 * EXN_MEMORY. */
exn_status exn_app_scan(exn_image *image, const exn_jpeg *jpeg, exn_error *error);

#endif
