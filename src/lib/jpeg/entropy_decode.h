/* SPDX-License-Identifier: MIT */
/* The first half of the entropy-domain rotation: a scan is decoded, and each block, while hot,
 * rotated and encoded again as a string of bits, or, to be quantized again, kept as it is.
 *
 * Statuses: EXN_CORRUPT where data is missing or no decoder could go on; EXN_UNSUPPORTED (without a
 * text) where libjpeg is to judge: stray bytes, markers out of place, values that 8-bit JPEG does
 * not have. */
#ifndef EXN_JPEG_ENTROPY_DECODE_H
#define EXN_JPEG_ENTROPY_DECODE_H

#include "component.h"
#include "entropy_plan.h"
#include "entropy_strings.h"
#include "orientation.h"

/* Decodes scan. Of components that the frame holds blocks of, those are filled in as they are; of
 * the others planes are allocated and their strings, rotated, put there. AC symbols are coded with
 * the source's tables; where they are counted and others come up, with the source's tables and all
 * symbols that those lack. */
exn_status exn_entropy_decode(exn_strings *strings, const exn_jpeg *jpeg, const exn_plan_scan *scan,
                              const exn_string_manner *manner, exn_error *error);

#endif
