/* SPDX-License-Identifier: MIT */
/* Finds where a PNG says how it is oriented. Browsers read the first sound eXIf before IDAT and
 * nothing else; other readers also look at later ones, XMP, raw profiles, and chunks that only
 * resemble eXIf. The scan looks at all of them, so that no reader rotates an image that was made
 * upright. */
#ifndef EXN_PNG_TRACES_H
#define EXN_PNG_TRACES_H

#include "image.h"
#include "text.h"

/* Sets image's orientation, place, exif, reasons and warnings. Fails with LIMIT, MEMORY. */
exn_status exn_png_traces_scan(exn_image *image, const exn_png *png, const exn_options *options,
                               exn_error *error);

/* Whether a chunk, which may follow IEND, has an orientation that only exiftool finds. *inflated:
 * bytes inflated so far, from a budget for the whole file. Fails with LIMIT, MEMORY. */
exn_status exn_png_traces_judge_stray(const exn_png *png, const exn_png_chunk *chunk,
                                      size_t *inflated, bool *stray, exn_error *error);

/* Like exn_png_text_open(), within max_memory. copies: how many times the value will be held, in
 * any form. */
exn_status exn_png_traces_open_text(exn_png_text *text, const exn_png *png,
                                    const exn_png_chunk *chunk, unsigned copies,
                                    uint64_t max_memory, exn_error *error);

#endif
