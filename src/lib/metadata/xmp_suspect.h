/* SPDX-License-Identifier: MIT */
/* XMP packets that cannot be walked: not well formed, or of 16 or 32 bits a character.
 *
 * No parsing, only a search for the word. It errs towards finding an orientation, since what some
 * lenient reader makes of such a packet is not known. */
#ifndef EXN_METADATA_XMP_SUSPECT_H
#define EXN_METADATA_XMP_SUSPECT_H

#include "buffer.h"
#include "cancel.h"

/* Whether characters have 16 or 32 bits: by byte-order mark, or by a zero byte among the first four
 * (XML 1.0, appendix F). */
bool exn_xmp_suspect_is_wide(exn_span packet);

/* Whether some reader may find an orientation other than 1 in the packet. True where the call is
 * cancelled; cancel may be NULL, here and below. */
bool exn_xmp_suspect_orients(exn_span packet, const exn_cancel *cancel);

/* Appends the packet with blanks in place of every attribute and every element of plain text whose
 * local name is Orientation, and with all other bytes as they are. *done is false, and out as it
 * was, where some reader may still find one. Returns EXN_OK, EXN_MEMORY or
 * EXN_CANCELLED. */
exn_status exn_xmp_suspect_cut(exn_span packet, const exn_cancel *cancel, exn_buffer *out,
                               bool *done);

#endif
