/* SPDX-License-Identifier: MIT */
/* Whether a PNG can be decoded, as far as that shows without decoding it: what libpng and browsers
 * refuse, and what they ignore. Pixel streams are judged where they are read (pixels.h). */
#ifndef EXN_PNG_DECODABLE_H
#define EXN_PNG_DECODABLE_H

#include "chunks.h"

/* Checks everything required before a pixel is rotated: the size, the critical chunks, the
 * animation. Fails with CORRUPT, UNSUPPORTED, LIMIT. */
exn_status exn_png_decodable_check(const exn_png *png, const exn_options *options,
                                   exn_error *error);

/* The same without the animation, for a file of which only the default image is decoded. */
exn_status exn_png_decodable_check_picture(const exn_png *png, const exn_options *options,
                                           exn_error *error);

/* Like exn_png_frames_check(), but sets *forgiven if the animation is one that browsers ignore. */
exn_status exn_png_decodable_forgive_animation(const exn_png *png, const exn_options *options,
                                               bool *forgiven, exn_error *error);

/* A set of exn_warning: EXN_WARN_HARMLESS_NOISE for a tRNS that decoders ignore. */
uint32_t exn_png_decodable_judge_transparency(const exn_png *png);

#endif
