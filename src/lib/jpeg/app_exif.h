/* SPDX-License-Identifier: MIT */
/* Exif and XMP in APP1 segments (EXIF 2.32, 4.7.2; XMP part 3, 1.1.3), and Exif that goes on from
 * one of them to the next: exiftool reads what has no TIFF header as more of the Exif before it. */
#ifndef EXN_JPEG_APP_EXIF_H
#define EXN_JPEG_APP_EXIF_H

#include "metadata/block.h"
#include "segments.h"

/* OTHER for what is no APP1. */
exn_block exn_app_exif_block(const exn_segment *segment);

/* Whether a block is more of the Exif before it. */
bool exn_app_exif_goes_on(const exn_block *block);

/* Whether the next Exif after a segment goes on from it. */
bool exn_app_exif_is_continued(const exn_jpeg *jpeg, const exn_segment *segment);

/* Asks whether what goes on after head, whose TIFF bytes are body, orients by itself or with them.
 */
exn_status exn_app_exif_judge_rest(const exn_jpeg *jpeg, const exn_segment *head, exn_span body,
                                   bool *orients);

#endif
