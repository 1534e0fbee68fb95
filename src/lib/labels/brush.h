/* SPDX-License-Identifier: MIT */
/* Label Studio's run lengths of a brush: a stream of bits, the highest of each byte first. 32 bits
 * give the word count, 5 the bits per word minus 1, and four times 4 the bits per length minus 1.
 * Then for each run: 1 bit for whether one word is repeated or literal words follow; 2 bits for
 * which of the four lengths is used; the length minus 1; and the word or words. Words are the bytes
 * of RGBA pixels, row by row. A brush's soft edge is in its alpha, so all four channels are kept.
 *
 * There are two writers: rle-pack by thi.ng in browsers, and the converter of label-studio-sdk.
 * They differ in single words, in lengths beyond 65536, and in the zero bits at the end. The output
 * imitates the writer of the source, so that a round trip gives the same bytes wherever the writer
 * can be told. */
#ifndef EXN_LABELS_BRUSH_H
#define EXN_LABELS_BRUSH_H

#include "account.h"
#include "orientation.h"

/* Appends the same brush rotated with its image of width x height. Returns EXN_OK, EXN_CORRUPT if
 * the bytes do not fit such an image, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_brush_rotate(exn_span bytes, exn_orientation o, uint32_t width, uint32_t height,
                            exn_account *account, exn_buffer *out);

/* Decodes its RGBA pixels, row by row, into an empty buffer. Returns the same. */
exn_status exn_brush_decode(exn_span bytes, uint32_t width, uint32_t height, exn_account *account,
                            exn_buffer *pixels);

#endif
