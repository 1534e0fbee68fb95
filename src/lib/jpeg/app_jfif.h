/* SPDX-License-Identifier: MIT */
/* JFIF 1.02 in APP0 segments: densities and thumbnails, which are rotated with the picture. */
#ifndef EXN_JPEG_APP_JFIF_H
#define EXN_JPEG_APP_JFIF_H

#include "metadata/exif.h"
#include "segments.h"

bool exn_app_jfif_is(const exn_segment *segment);
bool exn_app_jfif_is_extension(const exn_segment *segment);

/* Whether the thumbnail of an extension has an orientation of its own. */
bool exn_app_jfif_orients(const exn_segment *segment);

/* Append the segment the way the output needs it. Return EXN_OK or EXN_MEMORY. */
exn_status exn_app_jfif_edit(const exn_segment *segment, const exn_exif_turn *turn, exn_buffer *out,
                             uint32_t *warnings);
exn_status exn_app_jfif_edit_extension(const exn_segment *segment, const exn_exif_turn *turn,
                                       exn_buffer *out, uint32_t *warnings);

#endif
