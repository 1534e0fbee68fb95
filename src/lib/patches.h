/* SPDX-License-Identifier: MIT */
/* Edits that keep every byte in place: the ranges of a file that may change. They are for formats
 * whose offsets should not have to move; the rest of the file has to stay as it was.
 *
 *   exn_patches_begin()      copies the source to the output, to be edited
 *   exn_patches_compare()    verifies: compares with the same edits made again */
#ifndef EXN_PATCHES_H
#define EXN_PATCHES_H

#include "image.h"

/* All zero: no ranges. */
typedef struct exn_patches {
    exn_buffer ranges; /* private to patches.c */
} exn_patches;

/* Adds a range; size may be 0. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_patches_add(exn_patches *patches, uint64_t offset, uint64_t size);

size_t exn_patches_count(const exn_patches *patches);

/* The range of that number, in the order in which they were added, until exn_patches_compare()
 * sorts them. */
void exn_patches_at(const exn_patches *patches, size_t index, uint64_t *offset, uint64_t *size);

/* Appends the source to out, and says in result that its bytes are edited. *thumbnails is the
 * budget for JPEGs in its metadata. Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_patches_begin(const exn_image *image, const exn_options *options, exn_buffer *out,
                             exn_thumbnails *thumbnails, exn_result *result, exn_error *error);

/* Fails with EXN_MISMATCH unless both are equal outside of the ranges, which it sorts. */
exn_status exn_patches_compare(exn_patches *patches, exn_span expected, exn_span product,
                               exn_error *error);

void exn_patches_free(exn_patches *patches);

#endif
