/* SPDX-License-Identifier: MIT */
/* Edits a block of Exif or XMP with what stands in front of it. */
#ifndef EXN_METADATA_BLOCK_EDIT_H
#define EXN_METADATA_BLOCK_EDIT_H

#include "block.h"
#include "exif.h"
#include "xmp.h"

/* Appends prefix and edited body to out; an Exif body may grow up to turn->max_size. *keep is
 * false, and out as it was, where the block has to go. Adds EXIF_REMOVED, XMP_REMOVED,
 * METADATA_STALE and what exn_exif_edit() does to *warnings. Extended XMP and other blocks are
 * appended as they are. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_block_edit(const exn_block *block, const exn_exif_turn *turn, exn_buffer *out,
                          bool *keep, uint32_t *warnings);

#endif
