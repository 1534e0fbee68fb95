/* SPDX-License-Identifier: MIT */
/* Goes through the entropy-coded data of Huffman scans, sequential or progressive, and
 * keeps nothing but where they end (T.81, F.2.2 and G.2). It says what no marker does: that the
 * last MCU is done, and what comes before the next marker is no part of the picture.
 *
 *     exn_entropy_walk_open()
 *     exn_entropy_walk_table()      for each DHT segment
 *     exn_entropy_walk_scan()       for each scan
 *     exn_entropy_walk_close()      in every case */
#ifndef EXN_JPEG_ENTROPY_WALK_H
#define EXN_JPEG_ENTROPY_WALK_H

#include "component.h"
#include "entropy_tables.h"
#include "segments.h"

typedef struct exn_entropy_walk {
    const exn_jpeg *jpeg;
    exn_coefficients frame;                   /* for the numbers of blocks */
    uint64_t *known[EXN_JPEG_MAX_COMPONENTS]; /* of each block the AC coefficients that are not 0;
                                                 owned */
    exn_codes codes[2][4];
    bool defined[2][4];
    bool padded; /* the last scan's last bits were filled up with ones (T.81, F.1.2.3) */
} exn_entropy_walk;

/* What stands before a restart marker and was not read: bytes [at, end) of the file. False: it
 * makes the scan a damaged one. */
typedef bool exn_entropy_stray(void *context, size_t at, size_t end);

/* jpeg, of which the frame header was parsed, stays borrowed. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_entropy_walk_open(exn_entropy_walk *walk, const exn_jpeg *jpeg);

/* Bytes of memory that a walk takes. */
uint64_t exn_entropy_walk_bytes(const exn_jpeg *jpeg);

/* Takes in a DHT segment; false: it is damaged. */
bool exn_entropy_walk_table(exn_entropy_walk *walk, exn_span payload);

/* Goes through the scan whose header is header and whose tables are named in sos, its segment's
 * payload. *at: where its data begin; then where they end, after the last byte that holds a bit of
 * its last MCU. False: data are missing, or no decoder could go on. */
bool exn_entropy_walk_scan(exn_entropy_walk *walk, const exn_jpeg_scan *header, exn_span sos,
                           exn_entropy_stray *stray, void *context, size_t *at);

void exn_entropy_walk_close(exn_entropy_walk *walk);

#endif
