/* SPDX-License-Identifier: MIT */
/* Edits that keep every byte in its place: which bytes of a file may change. Formats whose offsets
 * nobody should have to move are edited so; the rest of the file has to stay what it was. */
#ifndef EXN_PATCHES_H
#define EXN_PATCHES_H

#include "buffer.h"

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

/* Whether both are equal but for the ranges. Sorts them. */
bool exn_patches_are_all(exn_patches *patches, exn_span before, exn_span after);

void exn_patches_free(exn_patches *patches);

#endif
