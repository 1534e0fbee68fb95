/* SPDX-License-Identifier: MIT */
/* Exif and XMP as they travel: in a JPEG's APP1, in a PNG's raw profile. A few bytes in front say
 * which of the two it is. */
#ifndef EXN_METADATA_BLOCK_H
#define EXN_METADATA_BLOCK_H

#include "exif.h"
#include "xmp.h"

typedef enum exn_block_kind {
    EXN_BLOCK_OTHER,
    EXN_BLOCK_EXIF,         /* "Exif" in some form and two bytes; then TIFF */
    EXN_BLOCK_XMP,          /* the XMP namespace, or whatever exiftool accepts; then the packet */
    EXN_BLOCK_XMP_EXTENDED, /* a portion of extended XMP (XMP part 3, 1.1.3.1) */
} exn_block_kind;

/* A block taken apart; prefix and body lie in the payload. */
typedef struct exn_block {
    exn_block_kind kind;
    exn_span prefix, body;
} exn_block;

exn_block exn_block_of(exn_span payload);

/* Whether browsers take the block for Exif: by a header in its one form, at the front. */
bool exn_block_is_honoured(const exn_block *block);

/* Appends prefix and edited body to out; an Exif body may grow up to turn->max_size. *keep is
 * false, and out as it was, where the block has to go. Adds EXIF_REMOVED, XMP_REMOVED,
 * METADATA_STALE and what exn_exif_edit() does to *warnings. Extended XMP and other blocks are
 * appended as they are. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_block_edit(const exn_block *block, const exn_exif_turn *turn, exn_buffer *out,
                          bool *keep, uint32_t *warnings);

#endif
