/* SPDX-License-Identifier: MIT */
/* One Exif block, as TIFF bytes (from the byte-order mark on; no "Exif\0\0" in front).
 *
 * A bounded walk over the bytes decides what the block says and edits it inside its own bytes: no
 * offset in it moves, so maker notes stay whole; only a thumbnail that grows may go to the end.
 * libexif reads the same block for what the report says of it, and never writes.
 *
 * Order: exn_exif_scan() for every block of the file; where the file is to be edited
 * exn_exif_edit() on a copy of each.
 *
 * In the files: ifd.c walks; exif_tags.c reads as browsers do and holds the predicate,
 * exif_density.c its part on sizes; exif_edit.c removes orientations, exif_values.c maps sizes,
 * resolutions and areas, exif_thumbnail.c rotates thumbnails; exif_describe.c asks libexif. */
#ifndef EXN_METADATA_EXIF_H
#define EXN_METADATA_EXIF_H

#include "buffer.h"
#include "cancel.h"
#include "exif_tags.h"
#include "orientation.h"
#include "thumbnails.h"

/* Walks one block of a picture of that stored size in pixels. Never fails: what cannot be read
 * holds nothing. */
void exn_exif_scan(exn_span tiff, uint32_t width, uint32_t height, exn_exif *found);

/* What is done to the picture that the block belongs to. */
typedef struct exn_exif_turn {
    exn_orientation o;                    /* the identity where pixels stay */
    uint32_t stored_width, stored_height; /* of the source, in pixels */
    size_t max_size;                      /* of the TIFF bytes, where they may grow */
    exn_thumbnails *thumbnails;           /* NULL: JPEG thumbnails that need rotating are dropped */
    const exn_cancel *cancel;             /* asked while XMP is edited; NULL: nobody is */
} exn_exif_turn;

typedef enum exn_exif_verdict {
    EXN_EXIF_UNCHANGED, /* nothing in it to edit */
    EXN_EXIF_EDITED,    /* edited in place; may have grown at its end */
    EXN_EXIF_REMOVE,    /* nothing of worth would be left: drop the segment or chunk, no warning */
    EXN_EXIF_UNSAFE, /* cannot be edited safely: drop the segment or chunk, EXN_WARN_EXIF_REMOVED */
} exn_exif_verdict;

/* Makes the block true of the rotated picture. It is what buffer holds from start to its end.
 *
 * Always: every 0x0112 of the IFDs that must be clean goes (a lone SHORT 1 stays where removing it
 * would empty a table other than a lone IFD0, or where the table's entries cannot be moved safely:
 * then one of another value becomes a SHORT of 1 in its place);
 * PixelX/YDimension get the output's size; a density match is neutralized.
 * Where the rotation is not the identity: ImageWidth/Length of IFD0 and RelatedImageWidth/Length
 * get the output's size too, SubjectArea and SubjectLocation are mapped, thumbnails are rotated
 * (and rid of an orientation of their own, which is done without a rotation too); where it
 * exchanges the axes: X/YResolution and FocalPlaneX/YResolution are exchanged.
 *
 * After EDITED and UNCHANGED exn_exif_scan() finds nothing to edit any more. On REMOVE, UNSAFE and
 * failure the bytes from start on are unspecified. Adds DENSITY_NEUTRALIZED and THUMBNAIL_DROPPED
 * to *warnings. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_exif_edit(exn_buffer *buffer, size_t start, const exn_exif_turn *turn,
                         exn_exif_verdict *verdict, uint32_t *warnings);

/* Fills in libexif_orientation, make, model and date_time of result as libexif reads the block.
 * Leaves them alone where libexif finds nothing. */
void exn_exif_describe(exn_span tiff, exn_result *result);

#endif
