/* SPDX-License-Identifier: MIT */
/* Edits a block of Exif or XMP together with what precedes it. */
#ifndef EXN_METADATA_BLOCK_EDIT_H
#define EXN_METADATA_BLOCK_EDIT_H

#include "block.h"
#include "exif.h"
#include "xmp.h"

/* Appends the prefix and the edited body to out; an Exif body may grow up to turn->max_size. If the
 * block has to be removed, *keep becomes false and out is unchanged. Adds EXIF_REMOVED,
 * XMP_REMOVED, METADATA_STALE and the warnings of exn_exif_edit() to *warnings. Extended XMP and
 * other blocks are appended as they are. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_block_edit(const exn_block *block, const exn_exif_turn *turn, exn_buffer *out,
                          bool *keep, uint32_t *warnings);

#endif
