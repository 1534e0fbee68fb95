/* SPDX-License-Identifier: MIT */
/* Walks the entropy-coded data of Huffman scans, sequential or progressive, and records nothing but
 * where they end (T.81, F.2.2 and G.2). So it can tell what no marker does: that the last MCU is
 * complete, and that what precedes the next marker is not part of the picture.
 *
 *   exn_entropy_walk_open()
 *   exn_entropy_walk_table()      for each DHT segment
 *   exn_entropy_walk_scan()       for each scan
 *   exn_entropy_walk_close()      in every case */
#ifndef EXN_JPEG_ENTROPY_WALK_H
#define EXN_JPEG_ENTROPY_WALK_H

#include "component.h"
#include "entropy_tables.h"
#include "segments.h"

typedef struct exn_entropy_walk {
    const exn_jpeg *jpeg;
    exn_coefficients frame; /* for its numbers of blocks */
    uint64_t
        *known[EXN_JPEG_MAX_COMPONENTS]; /* for each block, the nonzero AC coefficients; owned */
    exn_codes codes[2][4];
    bool defined[2][4];
    bool padded; /* the last scan's last byte was filled up with ones (T.81, F.1.2.3) */
} exn_entropy_walk;

/* Called for unread bytes before a restart marker, [at, end) of the file. Returns false if they
 * make the scan a damaged one. */
typedef bool exn_entropy_stray(void *context, size_t at, size_t end);

/* jpeg, whose frame header has been parsed, stays borrowed. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_entropy_walk_open(exn_entropy_walk *walk, const exn_jpeg *jpeg);

/* The bytes of memory that a walk takes. */
uint64_t exn_entropy_walk_bytes(const exn_jpeg *jpeg);

/* Takes a DHT segment; returns false if it is damaged. */
bool exn_entropy_walk_table(exn_entropy_walk *walk, exn_span payload);

/* Walks the scan with this header, whose tables are named in sos, its segment's payload. *at: where
 * its data begin; then where they end, after the last byte with a bit of its last MCU. Returns
 * false if data are missing or no decoder could continue. */
bool exn_entropy_walk_scan(exn_entropy_walk *walk, const exn_jpeg_scan *header, exn_span sos,
                           exn_entropy_stray *stray, void *context, size_t *at);

void exn_entropy_walk_close(exn_entropy_walk *walk);

#endif
