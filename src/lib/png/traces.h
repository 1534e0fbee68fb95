/* SPDX-License-Identifier: MIT */
/* Where a PNG says how it is oriented. Browsers read the first sound eXIf before IDAT and nothing
 * else; other readers also ask later ones, XMP, raw profiles, and chunks that only look like eXIf.
 * The scan asks all of them, so that no reader rotates what was made upright. */
#ifndef EXN_PNG_TRACES_H
#define EXN_PNG_TRACES_H

#include "image.h"
#include "text.h"

/* Fills in image's orientation, place, exif, reasons and warnings. Fails with LIMIT, MEMORY. */
exn_status exn_png_traces_scan(exn_image *image, const exn_png *png, const exn_options *options,
                               exn_error *error);

/* Whether a chunk, which may also stand after IEND, holds an orientation where only exiftool looks.
 * *inflated: bytes that looking inside took so far, of a budget for the whole file. Fails with
 * LIMIT, MEMORY. */
exn_status exn_png_traces_judge_stray(const exn_png *png, const exn_png_chunk *chunk,
                                      size_t *inflated, bool *stray, exn_error *error);

/* As exn_png_text_open(), within max_memory. copies: how many times the value will be held, in one
 * form or another. */
exn_status exn_png_traces_open_text(exn_png_text *text, const exn_png *png,
                                    const exn_png_chunk *chunk, unsigned copies,
                                    uint64_t max_memory, exn_error *error);

#endif
