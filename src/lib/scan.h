/* SPDX-License-Identifier: MIT */
/* The scanner: finds the format, stored size, and every orientation in a file, and which one takes
 * effect. */
#ifndef EXN_SCAN_H
#define EXN_SCAN_H

#include "image.h"

/* Opens data, which stays borrowed, as an image, and fills result with what was found.
 * exn_scan_close() has to be called in every case. Returns EXN_OK, NOT_AN_IMAGE, CORRUPT,
 * UNSUPPORTED, LIMIT, REFUSED (strict) or MEMORY. */
exn_status exn_scan(exn_image *image, exn_span data, const exn_options *options, exn_result *result,
                    exn_error *error);

/* The same from the headers alone: image holds what the predicate needs, and no pixels. May also
 * fail with READ. */
exn_status exn_scan_look(exn_image *image, const exn_source *source, const exn_options *options,
                         exn_result *result, exn_error *error);

void exn_scan_close(exn_image *image);

#endif
