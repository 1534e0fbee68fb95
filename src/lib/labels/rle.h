/* SPDX-License-Identifier: MIT */
/* COCO's run lengths of a mask: pixels column by column from the top left, alternating runs of
 * zeros and ones, starting with zeros (maskApi.h of the COCO API). As letters: each run, from the
 * fourth on minus the one two before it, is split into groups of five bits, lowest first. Each
 * group is a letter from '0' on; its sixth bit says that more follow, and the last group carries
 * the sign. */
#ifndef EXN_LABELS_RLE_H
#define EXN_LABELS_RLE_H

#include "account.h"
#include "orientation.h"

/* Runs, as a list of uint32_t in a buffer. */
typedef struct exn_rle {
    exn_buffer runs;
    exn_account *account; /* may be NULL; may be set while there are no runs */
} exn_rle;

size_t exn_rle_count(const exn_rle *rle);
uint32_t exn_rle_at(const exn_rle *rle, size_t index);

/* Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_rle_add(exn_rle *rle, uint32_t run);

/* Reads letters. Returns EXN_OK, EXN_CORRUPT, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_rle_decode(exn_span letters, exn_rle *rle);

/* Appends letters, charged to the runs' account. Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_rle_encode(const exn_rle *rle, exn_buffer *letters);

/* Rotates a mask of width x height; to has to be empty. Takes two bytes per pixel. Returns EXN_OK,
 * EXN_CORRUPT if the runs do not fill the mask, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_rle_rotate(const exn_rle *rle, exn_orientation o, uint32_t width, uint32_t height,
                          exn_rle *to);

void exn_rle_free(exn_rle *rle);

#endif
