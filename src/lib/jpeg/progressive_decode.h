/* SPDX-License-Identifier: MIT */
/* The first half of the entropy-domain rotation for progressive pictures (T.81, annex G): all scans
 * of a component are read side by side, one block at a time, so that a block is completed while it
 * is in the cache, and no array of coefficients is held. */
#ifndef EXN_JPEG_PROGRESSIVE_DECODE_H
#define EXN_JPEG_PROGRESSIVE_DECODE_H

#include "entropy_plan.h"
#include "entropy_strings.h"

/* The bytes of memory that decoding plan takes, except for what it makes. */
uint64_t exn_progressive_decode_bytes(const exn_jpeg *jpeg, const exn_plan *plan);

/* Decodes all scans. Components for which the frame of `manner` holds blocks get them unrotated;
 * for the others planes of rotated strings are made (bitplanes.h). Returns EXN_OK, CANCELLED, LIMIT
 * or MEMORY, or EXN_UNSUPPORTED without a text: anything irregular is left to libjpeg. */
exn_status exn_progressive_decode(exn_strings *strings, const exn_jpeg *jpeg, const exn_plan *plan,
                                  const exn_string_manner *manner, exn_error *error);

#endif
