/* SPDX-License-Identifier: MIT */
/* What a JPEG's application segments say about orientation. */
#ifndef EXN_JPEG_APP_SCAN_H
#define EXN_JPEG_APP_SCAN_H

#include "image.h"
#include "segments.h"

/* As in browsers, only segments before the first scan count. The predicate also looks at the later
 * ones, because ImageMagick, GraphicsMagick, ffmpeg and exiftool -ee read on. Returns EXN_OK or
 * EXN_MEMORY. */
exn_status exn_app_scan(exn_image *image, const exn_jpeg *jpeg, exn_error *error);

#endif
