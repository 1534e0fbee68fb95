/* SPDX-License-Identifier: MIT */
/* What the metadata of a WebP says of orientation. Browsers read none of it, other readers rotate
 * by it (EXIF, and XMP where EXIF says nothing). */
#ifndef EXN_WEBP_TRACES_H
#define EXN_WEBP_TRACES_H

#include "chunks.h"
#include "image.h"

/* Reads every metadata chunk of the list, one after the other, and fills in image: orientation,
 * place, reasons, warnings, exif (whose bytes image->header owns). Memory is asked for what is read
 * at once. */
exn_status exn_webp_traces_scan(exn_image *image, const exn_webp *webp, exn_window *window,
                                const exn_options *options, exn_error *error);

#endif
