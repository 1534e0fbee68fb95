/* SPDX-License-Identifier: MIT */
/* Edits that keep every byte in its place: which bytes of a file may change. Formats whose offsets
 * nobody should have to move are edited so; the rest of the file has to stay what it was.
 *
 *     exn_patches_begin()      what is written is the source, to be edited
 *     exn_patches_compare()    to verify: the same edits of the source once more, and what differs
 */
#ifndef EXN_PATCHES_H
#define EXN_PATCHES_H

#include "image.h"

/* All zero: none. */
typedef struct exn_patches {
    exn_buffer ranges; /* of patches.c */
} exn_patches;

/* One more range; size may be 0. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_patches_add(exn_patches *patches, uint64_t offset, uint64_t size);

size_t exn_patches_count(const exn_patches *patches);

/* The range of that number, in the order in which they were added, as long as nobody has compared.
 */
void exn_patches_at(const exn_patches *patches, size_t index, uint64_t *offset, uint64_t *size);

/* Appends the source to out, and says in result that its bytes are edited. *thumbnails is what may
 * be spent on JPEGs in its metadata. Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_patches_begin(const exn_image *image, const exn_options *options, exn_buffer *out,
                             exn_thumbnails *thumbnails, exn_result *result, exn_error *error);

/* Fails with EXN_MISMATCH unless both are equal but for the ranges. Sorts them. */
exn_status exn_patches_compare(exn_patches *patches, exn_span expected, exn_span product,
                               exn_error *error);

void exn_patches_free(exn_patches *patches);

#endif
