/* SPDX-License-Identifier: MIT */
/* Photoshop image resource blocks (Adobe Photoshop File Formats, "Image Resource Blocks"), as in
 * APP13. */
#ifndef EXN_METADATA_IRB_H
#define EXN_METADATA_IRB_H

#include "exif.h"

/* What became of a list of resources. */
typedef struct exn_irb_edited {
    bool changed;             /* its bytes differ */
    bool thumbnail_dropped;   /* 0x0409, 0x040C: one that cannot be rotated with the picture */
    bool stale;               /* something in it does not fit the rotated picture, and was kept */
    bool orientation_dropped; /* Exif (0x0422) or XMP (0x0424) with an orientation other than 1 */
} exn_irb_edited;

/* Why a list (after "Photoshop 3.0\0") is not unambiguous, a set of exn_reason. EXIF: a resource
 * has an orientation other than 1; EMBEDDED: a thumbnail has one inside. cancel may be NULL. */
uint32_t exn_irb_reasons(exn_span irb, const exn_cancel *cancel);

/* Appends irb to out with its thumbnails rotated like the picture and without orientations of their
 * own, with paths and resolutions mapped (irb_areas.h), and without Exif and XMP that have an
 * orientation. Everything else is kept byte for byte; anything but a resource ends the walk and is
 * kept. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_irb_edit(exn_span irb, const exn_exif_turn *turn, exn_buffer *out,
                        exn_irb_edited *edited);

#endif
