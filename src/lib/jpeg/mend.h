/* SPDX-License-Identifier: MIT */
/* Mends JPEGs in which every MCU decodes although the markers suggest otherwise: stray bytes before
 * restart markers (webcams) or after scans, no EOI, or another maker's data in its place. Browsers
 * show all of them.
 *
 * What follows the last MCU of the last scan is a trailer, unless EOI or more segments follow in
 * order. Anything that might be coded data left over by a flipped bit stays damage. */
#ifndef EXN_JPEG_MEND_H
#define EXN_JPEG_MEND_H

#include "segments.h"

/* Walks jpeg again, decoding its Huffman-coded scans. EXN_OK: it is whole, and jpeg now reflects
 * that: its trailer begins where its picture ends, and jpeg->clean holds what has to be decoded.
 * Pointers to its segments are no longer valid. EXN_CORRUPT: it is unchanged, for libjpeg to judge.
 * EXN_MEMORY: it is unchanged and unknown. limit: bytes of memory that the walk may take. */
exn_status exn_mend(exn_jpeg *jpeg, uint64_t limit);

#endif
