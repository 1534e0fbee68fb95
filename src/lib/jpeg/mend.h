/* SPDX-License-Identifier: MIT */
/* JPEGs of which every MCU decodes and the markers do not say so: stray bytes before restart
 * markers (webcams) or after scans, no EOI, and another maker's data where it should be. Browsers
 * show all of them.
 *
 * What is after the last MCU of the last scan is a trailer, unless EOI or more segments follow in
 * order. What might be coded data that a flipped bit has left over stays damage. */
#ifndef EXN_JPEG_MEND_H
#define EXN_JPEG_MEND_H

#include "segments.h"

/* Walks jpeg again, with its Huffman-coded scans decoded. EXN_OK: it is whole, and jpeg now says
 * so: its trailer begins where its picture ends, and jpeg->clean holds what is to be decoded. What
 * was known by its segments' addresses before is not valid then. EXN_CORRUPT: it is as it was, for
 * libjpeg to judge. EXN_MEMORY: it is as it was, and nobody knows. limit: bytes of memory that the
 * walk may take. */
exn_status exn_mend(exn_jpeg *jpeg, uint64_t limit);

#endif
