/* SPDX-License-Identifier: MIT */
/* The second half of the entropy-domain rotation for progressive pictures (T.81, annex G). A scan
 * of the output is processed twice, first to count symbols, then to write it with tables made for
 * them. Runs end where libjpeg's do, so scans have the same size. */
#ifndef EXN_JPEG_PROGRESSIVE_ENCODE_H
#define EXN_JPEG_PROGRESSIVE_ENCODE_H

#include "entropy_encode.h"

/* Counts the symbols that each component of a scan needs: of DC differences if header->ss is 0,
 * else of AC, in counts[0]. Refinements of DC have none. */
void exn_progressive_encode_count(const exn_layout *layout, const exn_jpeg_scan *header,
                                  uint64_t counts[EXN_JPEG_MAX_COMPONENTS][256]);

/* Appends the entropy-coded data, with the layout's tables. Returns EXN_OK or EXN_MEMORY; if it is
 * cancelled, the data are incomplete. */
exn_status exn_progressive_encode_write(const exn_layout *layout, const exn_jpeg_scan *header,
                                        exn_buffer *out);

#endif
