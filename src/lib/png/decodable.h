/* SPDX-License-Identifier: MIT */
/* Whether a PNG can be decoded at all, as far as that shows without decoding it: what libpng and
 * browsers refuse, and what they pass over. Pixel streams are judged where they are read
 * (pixels.h).
 */
#ifndef EXN_PNG_DECODABLE_H
#define EXN_PNG_DECODABLE_H

#include "chunks.h"

/* Everything that must hold before a pixel is rotated: the size, the critical chunks, the
 * animation. Fails with CORRUPT, UNSUPPORTED, LIMIT. */
exn_status exn_png_decodable_check(const exn_png *png, const exn_options *options,
                                   exn_error *error);

/* The same without the animation, for a file whose default image is all that is decoded. */
exn_status exn_png_decodable_check_picture(const exn_png *png, const exn_options *options,
                                           exn_error *error);

/* As exn_png_frames_check(), but *forgiven where the animation is one that browsers ignore. */
exn_status exn_png_decodable_forgive_animation(const exn_png *png, const exn_options *options,
                                               bool *forgiven, exn_error *error);

/* A set of exn_warning: EXN_WARN_HARMLESS_NOISE for a tRNS that decoders ignore. */
uint32_t exn_png_decodable_judge_transparency(const exn_png *png);

#endif
