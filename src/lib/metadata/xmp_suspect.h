/* SPDX-License-Identifier: MIT */
/* XMP packets that cannot be walked: not well formed, or with 16 or 32 bits per character.
 *
 * They are not parsed but searched for the word. The search errs towards finding an orientation,
 * because it is unknown what some lenient reader makes of such a packet. */
#ifndef EXN_METADATA_XMP_SUSPECT_H
#define EXN_METADATA_XMP_SUSPECT_H

#include "buffer.h"
#include "cancel.h"

/* Whether characters have 16 or 32 bits: there is a byte-order mark, or a zero byte among the first
 * four (XML 1.0, appendix F). */
bool exn_xmp_suspect_is_wide(exn_span packet);

/* Whether some reader may find an orientation other than 1 in the packet. True if the call is
 * cancelled; cancel may be NULL, here and below. */
bool exn_xmp_suspect_orients(exn_span packet, const exn_cancel *cancel);

/* Appends the packet with blanks in place of every attribute and every plain-text element whose
 * local name is Orientation; all other bytes stay. If some reader may still find one, *done becomes
 * false and out is unchanged. Returns EXN_OK, EXN_MEMORY or EXN_CANCELLED. */
exn_status exn_xmp_suspect_cut(exn_span packet, const exn_cancel *cancel, exn_buffer *out,
                               bool *done);

#endif
