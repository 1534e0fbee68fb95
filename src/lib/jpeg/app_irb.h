/* SPDX-License-Identifier: MIT */
/* Photoshop resources in APP13 segments. They may continue from one to the next (Photoshop cuts
 * them at 64 KB), so all of them are joined where the first one was. */
#ifndef EXN_JPEG_APP_IRB_H
#define EXN_JPEG_APP_IRB_H

#include "image.h"
#include "metadata/exif.h"
#include "segments.h"

/* What was decided at the first segment. */
typedef enum exn_app_irb { EXN_APP_IRB_UNSEEN, EXN_APP_IRB_CLEAN, EXN_APP_IRB_WRITTEN } exn_app_irb;

bool exn_app_irb_is(const exn_segment *segment);

/* Adds to the image's reasons and warnings. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_app_irb_scan(exn_image *image, const exn_jpeg *jpeg);

/* Appends a segment the way the output needs it. irb: kept by the caller, starts as UNSEEN. Returns
 * EXN_OK or EXN_MEMORY. */
exn_status exn_app_irb_edit(exn_app_irb *irb, const exn_jpeg *jpeg, const exn_segment *segment,
                            const exn_exif_turn *turn, exn_buffer *out, uint32_t *warnings);

#endif
