/* SPDX-License-Identifier: MIT */
/* MCUs and blocks, as frame header, scan headers and restart intervals make them (ITU-T T.81, A.2):
 * how many there are, what decoding them costs, and what a rotation leaves as it is. */
#ifndef EXN_JPEG_MCUS_H
#define EXN_JPEG_MCUS_H

#include "segments.h"

/* MCUs from left to right in a scan (T.81, A.2). */
uint32_t exn_mcus_per_row(const exn_jpeg *jpeg, const exn_jpeg_scan *scan);

/* MCUs from top to bottom. */
uint32_t exn_mcu_rows(const exn_jpeg *jpeg, const exn_jpeg_scan *scan);

/* 8x8 blocks that its scans code, those in the padding of MCUs aside: what decoding it costs. */
uint64_t exn_mcus_coded_blocks(const exn_jpeg *jpeg);

/* Takes from *blocks those that decoding costs, unless its scans code each block no more often than
 * `passes` times. EXN_LIMIT: not so many are left. */
exn_status exn_mcus_charge(const exn_jpeg *jpeg, unsigned passes, uint64_t *blocks,
                           exn_error *error);

/* One budget holds for all pictures of a file, for those with far more scans than an encoder makes:
 * libjpeg's own progression codes a block six times at most. Half a second, where each is a
 * refinement. */
enum { EXN_JPEG_FREE_PASSES = 12, EXN_JPEG_BLOCKS = 1 << 23 };

/* A restart interval of k whole rows of MCUs, the same k in every scan, stays k rows in a picture
 * rotated by o. 0: it is none such, or there would be far more markers, and it stays the number
 * that it is in each scan. */
uint32_t exn_mcus_restart_rows(const exn_jpeg *jpeg, exn_orientation o);

/* Whether component i keeps its coefficients when the picture is rotated by o: along every axis
 * that is reversed the picture's edge, in samples of this component, must be a block's edge. */
bool exn_mcus_component_is_exact(const exn_jpeg *jpeg, uint32_t i, exn_orientation o);

#endif
