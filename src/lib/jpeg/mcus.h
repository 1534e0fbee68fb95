/* SPDX-License-Identifier: MIT */
/* MCUs and blocks, as determined by the frame header, scan headers and restart intervals (ITU-T
 * T.81, A.2): how many there are, what decoding them costs, and what a rotation leaves unchanged.
 */
#ifndef EXN_JPEG_MCUS_H
#define EXN_JPEG_MCUS_H

#include "segments.h"

/* MCUs from left to right in a scan (T.81, A.2). */
uint32_t exn_mcus_per_row(const exn_jpeg *jpeg, const exn_jpeg_scan *scan);

/* MCUs from top to bottom. */
uint32_t exn_mcu_rows(const exn_jpeg *jpeg, const exn_jpeg_scan *scan);

/* How many 8x8 blocks its scans code, without the padding of MCUs: what decoding it costs. */
uint64_t exn_mcus_coded_blocks(const exn_jpeg *jpeg);

/* Subtracts the blocks that decoding costs from *blocks, unless the scans code each block no more
 * than `passes` times. EXN_LIMIT: not that many are left. */
exn_status exn_mcus_charge(const exn_jpeg *jpeg, unsigned passes, uint64_t *blocks,
                           exn_error *error);

/* One budget for all pictures of a file that have far more scans than encoders make: libjpeg's own
 * progression codes a block at most six times. It lasts half a second if every scan is a
 * refinement. */
enum { EXN_JPEG_FREE_PASSES = 12, EXN_JPEG_BLOCKS = 1 << 23 };

/* If the restart interval is k whole rows of MCUs, the same k in every scan, returns k, to be kept
 * in a picture rotated by o. Returns 0 if it is not, or if there would be far more markers; then
 * the interval keeps its number of MCUs in each scan. */
uint32_t exn_mcus_restart_rows(const exn_jpeg *jpeg, exn_orientation o);

/* Whether component i keeps its coefficients when the picture is rotated by o: along every reversed
 * axis, the picture's edge, in samples of this component, has to be a block's edge. */
bool exn_mcus_component_is_exact(const exn_jpeg *jpeg, uint32_t i, exn_orientation o);

#endif
