/* SPDX-License-Identifier: MIT */
/* Previews in segments of their own, and other data of the same scene there. A preview is a JPEG in
 * an APP2 to APP5 segment, or split into several consecutive ones, or in a FlashPix stream
 * (flashpix.h).
 *
 *   exn_previews_orient()               whether they have an orientation
 *   exn_previews_open()                 rotates them
 *   exn_previews_append()               segment by segment
 *   exn_previews_close()                in every case */
#ifndef EXN_JPEG_PREVIEWS_H
#define EXN_JPEG_PREVIEWS_H

#include "metadata/exif.h"
#include "segments.h"

/* Segments with fewer bytes are ignored. */
enum { EXN_PREVIEWS_NAME = 4 };

/* Whether a whole JPEG before the first scan has an orientation other than 1 of its own. Returns
 * EXN_OK or EXN_MEMORY. */
exn_status exn_previews_orient(const exn_jpeg *jpeg, bool *orient);

/* What replaces a segment's payload. */
typedef struct exn_preview_change {
    bool is_one, gone;
    exn_buffer payload; /* owned */
} exn_preview_change;

typedef struct exn_previews {
    const exn_jpeg *jpeg;        /* borrowed */
    exn_preview_change *changes; /* owned; one per segment; NULL: none is changed */
} exn_previews;

/* Rotates the previews as turn says, and removes their own orientation. One that cannot be rotated
 * or does not fit is kept, with EXN_WARN_METADATA_STALE; if not even its orientation can be
 * removed, it is dropped, with EXN_WARN_THUMBNAIL_DROPPED. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_previews_open(exn_previews *previews, const exn_jpeg *jpeg,
                             const exn_exif_turn *turn, uint32_t *warnings);

/* Appends a segment if it was changed; otherwise *is_one becomes false and nothing is appended.
 * Returns EXN_OK or EXN_MEMORY. */
exn_status exn_previews_append(const exn_previews *previews, const exn_segment *segment,
                               exn_buffer *out, bool *is_one);

void exn_previews_close(exn_previews *previews);

/* Whether a segment holds a thermal picture, which cannot be rotated here. */
bool exn_preview_is_thermal(const exn_segment *segment);

#endif
