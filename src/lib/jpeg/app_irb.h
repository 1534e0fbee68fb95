/* SPDX-License-Identifier: MIT */
/* Photoshop resources in APP13 segments. They may run on from one to the next (Photoshop cuts them
 * at 64 KB), so all of them are put together where the first one stood. */
#ifndef EXN_JPEG_APP_IRB_H
#define EXN_JPEG_APP_IRB_H

#include "image.h"
#include "metadata/exif.h"
#include "segments.h"

/* What the first segment said. */
typedef enum exn_app_irb { EXN_APP_IRB_UNSEEN, EXN_APP_IRB_CLEAN, EXN_APP_IRB_WRITTEN } exn_app_irb;

bool exn_app_irb_is(const exn_segment *segment);

/* Adds to reasons and warnings of the image. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_app_irb_scan(exn_image *image, const exn_jpeg *jpeg);

/* Appends a segment as it is to stand in the output. irb: kept by the caller, from UNSEEN on.
 * Returns EXN_OK or EXN_MEMORY. */
exn_status exn_app_irb_edit(exn_app_irb *irb, const exn_jpeg *jpeg, const exn_segment *segment,
                            const exn_exif_turn *turn, exn_buffer *out, uint32_t *warnings);

#endif
