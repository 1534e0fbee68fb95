/* SPDX-License-Identifier: MIT */
/* Exif and XMP in APP1 segments (EXIF 2.32, 4.7.2; XMP part 3, 1.1.3), and Exif that continues from
 * one segment in the next: exiftool reads a segment without a TIFF header as more of the Exif
 * before it. */
#ifndef EXN_JPEG_APP_EXIF_H
#define EXN_JPEG_APP_EXIF_H

#include "metadata/block.h"
#include "segments.h"

/* Returns OTHER for anything but APP1. */
exn_block exn_app_exif_block(const exn_segment *segment);

/* Whether a block continues the Exif before it. */
bool exn_app_exif_goes_on(const exn_block *block);

/* Whether the next Exif after a segment continues it. */
bool exn_app_exif_is_continued(const exn_jpeg *jpeg, const exn_segment *segment);

/* Whether the continuations after head, whose TIFF bytes are body, have an orientation by
 * themselves or together with it. */
exn_status exn_app_exif_judge_rest(const exn_jpeg *jpeg, const exn_segment *head, exn_span body,
                                   bool *orients);

#endif
