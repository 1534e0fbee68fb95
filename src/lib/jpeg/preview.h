/* SPDX-License-Identifier: MIT */
/* Previews in segments of their own (APP2 to APP5), and other data of the same scene there. */
#ifndef EXN_JPEG_PREVIEW_H
#define EXN_JPEG_PREVIEW_H

#include "metadata/exif.h"
#include "segments.h"

/* Whether a segment holds a JPEG, or the first part of one. */
bool exn_preview_is_one(const exn_segment *segment);

/* Whether it holds a whole JPEG that has an orientation other than 1 of its own. */
bool exn_preview_orients(const exn_segment *segment);

/* Whether it holds a thermal picture, which nobody here can rotate. */
bool exn_preview_is_thermal(const exn_segment *segment);

/* Appends the segment with its preview rotated as turn says, and rid of its own orientation. One
 * that cannot be rotated stays, with EXN_WARN_METADATA_STALE, or goes where it orients, with
 * EXN_WARN_THUMBNAIL_DROPPED. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_preview_edit(const exn_jpeg *jpeg, const exn_segment *segment,
                            const exn_exif_turn *turn, exn_buffer *out, uint32_t *warnings);

#endif
