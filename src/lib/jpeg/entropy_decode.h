/* SPDX-License-Identifier: MIT */
/* The first half of the entropy-domain rotation: decodes a scan, and rotates and encodes each
 * block, while it is in the cache, as a string of bits or, to be requantized, keeps it as it is.
 *
 * Statuses: EXN_CORRUPT if data is missing or no decoder could continue; EXN_UNSUPPORTED (without a
 * text) if libjpeg has to judge: stray bytes, misplaced markers, values that 8-bit JPEG does not
 * have. */
#ifndef EXN_JPEG_ENTROPY_DECODE_H
#define EXN_JPEG_ENTROPY_DECODE_H

#include "component.h"
#include "entropy_plan.h"
#include "entropy_strings.h"
#include "orientation.h"

/* Decodes scan. Components for which the frame holds blocks get them unrotated; for the others
 * planes are allocated and filled with their rotated strings. AC symbols are coded with the
 * source's tables; if they are counted and others may occur, with the source's tables extended by
 * all symbols that they lack. */
exn_status exn_entropy_decode(exn_strings *strings, const exn_jpeg *jpeg, const exn_plan_scan *scan,
                              const exn_string_manner *manner, exn_error *error);

#endif
