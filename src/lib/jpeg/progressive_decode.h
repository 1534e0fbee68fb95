/* SPDX-License-Identifier: MIT */
/* The first half of the entropy-domain rotation for progressive pictures (T.81, annex G): all scans
 * of a component are read side by side, a block at a time, so that a block is whole while it is
 * hot, and no array of coefficients is held. */
#ifndef EXN_JPEG_PROGRESSIVE_DECODE_H
#define EXN_JPEG_PROGRESSIVE_DECODE_H

#include "entropy_plan.h"
#include "entropy_strings.h"

/* Bytes of memory that decoding plan takes, but for what it makes. */
uint64_t exn_progressive_decode_bytes(const exn_jpeg *jpeg, const exn_plan *plan);

/* Decodes all scans. Components that the frame of `manner` holds blocks of get them as they are; of
 * the others planes of strings are made (bitplanes.h), rotated. Returns EXN_OK, CANCELLED, LIMIT or
 * MEMORY, or EXN_UNSUPPORTED without a text: whatever is not as it should be is libjpeg's to judge.
 */
exn_status exn_progressive_decode(exn_strings *strings, const exn_jpeg *jpeg, const exn_plan *plan,
                                  const exn_string_manner *manner, exn_error *error);

#endif
