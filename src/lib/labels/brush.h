/* SPDX-License-Identifier: MIT */
/* Label Studio's run lengths of a brush, a stream of bits, the highest of each byte first: 32 bits
 * count the words, 5 are the bits of a word less 1, four times 4 those of a length less 1; then for
 * each run: 1 bit, whether one word is repeated or words follow one another; 2 bits, which of the
 * four; the length less 1; the word, or the words. Words are the bytes of RGBA pixels, row by row:
 * a brush's edge is in its alpha, so all four are kept.
 *
 * Its two writers differ in words that stand alone, in lengths beyond 65536, and in the zero bits
 * at the end. What either of them wrote is written as it would, so that there and back gives the
 * same bytes wherever one can tell whose they are: the rle-pack of thi.ng in browsers, and the
 * converter of label-studio-sdk. */
#ifndef EXN_LABELS_BRUSH_H
#define EXN_LABELS_BRUSH_H

#include "account.h"
#include "orientation.h"

/* Appends the same brush rotated with its image of width x height. Returns EXN_OK, EXN_CORRUPT
 * where the bytes are not such an image's, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_brush_rotate(exn_span bytes, exn_orientation o, uint32_t width, uint32_t height,
                            exn_account *account, exn_buffer *out);

/* Its RGBA pixels, row by row, into an empty buffer. Returns likewise. */
exn_status exn_brush_decode(exn_span bytes, uint32_t width, uint32_t height, exn_account *account,
                            exn_buffer *pixels);

#endif
