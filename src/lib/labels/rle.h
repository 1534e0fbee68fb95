/* SPDX-License-Identifier: MIT */
/* COCO's run lengths of a mask: pixels column by column from the top left, runs of zeros and ones
 * in turn, the first of zeros (maskApi.h of the COCO API). As letters: each run, less the one two
 * before it from the fourth on, in groups of five bits, the lowest first, each group a letter from
 * '0'; the sixth bit says that more follow, and the last group has the sign. */
#ifndef EXN_LABELS_RLE_H
#define EXN_LABELS_RLE_H

#include "account.h"
#include "orientation.h"

/* Runs, as a list of uint32_t in a buffer. */
typedef struct exn_rle {
    exn_buffer runs;
    exn_account *account; /* may be NULL, and set while there are none */
} exn_rle;

size_t exn_rle_count(const exn_rle *rle);
uint32_t exn_rle_at(const exn_rle *rle, size_t index);

/* Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_rle_add(exn_rle *rle, uint32_t run);

/* Reads letters. Returns EXN_OK, EXN_CORRUPT, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_rle_decode(exn_span letters, exn_rle *rle);

/* Appends letters, in the runs' account. Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_rle_encode(const exn_rle *rle, exn_buffer *letters);

/* Rotates a mask of width x height; to is empty at the start. Returns EXN_OK, EXN_CORRUPT where the
 * runs are not the mask's pixels, EXN_LIMIT or EXN_MEMORY: two bytes a pixel. */
exn_status exn_rle_rotate(const exn_rle *rle, exn_orientation o, uint32_t width, uint32_t height,
                          exn_rle *to);

void exn_rle_free(exn_rle *rle);

#endif
