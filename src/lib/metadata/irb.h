/* SPDX-License-Identifier: MIT */
/* Photoshop image resource blocks (Adobe Photoshop File Formats, "Image Resource Blocks"), as APP13
 * holds them. */
#ifndef EXN_METADATA_IRB_H
#define EXN_METADATA_IRB_H

#include "buffer.h"

/* What was left out of a list of resources. */
typedef struct exn_irb_dropped {
    bool thumbnail;   /* 0x0409, 0x040C: it shows the picture unturned */
    bool orientation; /* Exif (0x0422) or XMP (0x0424) that says an orientation other than 1 */
} exn_irb_dropped;

/* Whether a resource of irb (behind "Photoshop 3.0\0") says an orientation other than 1. */
bool exn_irb_orients(exn_span irb);

/* Appends irb to out without what exn_irb_dropped names; thumbnails stay unless the picture is
 * turned. All else keeps its bytes; what is no resource ends the walk and is kept. Returns EXN_OK
 * or EXN_MEMORY. */
exn_status exn_irb_clean(exn_span irb, bool turned, exn_buffer *out, exn_irb_dropped *dropped);

#endif
