/* SPDX-License-Identifier: MIT */
/* What the metadata of a WebP says about orientation. Browsers read none of it; other readers
 * rotate by it (EXIF, or XMP if EXIF has none). */
#ifndef EXN_WEBP_TRACES_H
#define EXN_WEBP_TRACES_H

#include "chunks.h"
#include "image.h"

/* Reads every metadata chunk in the list, one after another, and sets image's orientation, place,
 * reasons, warnings and exif (whose bytes image->header owns). Memory limits are checked for each
 * chunk, which is read as a whole. */
exn_status exn_webp_traces_scan(exn_image *image, const exn_webp *webp, exn_window *window,
                                const exn_options *options, exn_error *error);

#endif
