/* SPDX-License-Identifier: MIT */
/* One Exif block, as TIFF bytes (from the byte-order mark on, without "Exif\0\0").
 *
 * A bounded walk over the bytes determines what the block says and edits it in place: no offset in
 * it changes, so maker notes stay whole; only a thumbnail that grows may move to the end. libexif
 * reads the same block for the report, and never writes.
 *
 * Order: exn_exif_scan() for every block of the file; if the file is edited, exn_exif_edit() on a
 * copy of each.
 *
 * The files: ifd.c walks; exif_tags.c reads like browsers do and has the predicate, exif_density.c
 * its part about sizes; exif_edit.c removes orientations, exif_values.c maps sizes, resolutions and
 * areas, exif_thumbnail.c rotates thumbnails; exif_describe.c calls libexif. */
#ifndef EXN_METADATA_EXIF_H
#define EXN_METADATA_EXIF_H

#include "buffer.h"
#include "cancel.h"
#include "exif_tags.h"
#include "orientation.h"
#include "thumbnails.h"

/* Walks one block of a picture of that stored size in pixels. Never fails: what cannot be read is
 * ignored. */
void exn_exif_scan(exn_span tiff, uint32_t width, uint32_t height, exn_exif *found);

/* What is done to the picture that the block belongs to. */
typedef struct exn_exif_turn {
    exn_orientation o;                    /* the identity if pixels stay */
    uint32_t stored_width, stored_height; /* of the source, in pixels */
    size_t max_size;                      /* of the TIFF bytes, if they may grow */
    exn_thumbnails *thumbnails;           /* NULL: JPEG thumbnails that need rotating are dropped */
    const exn_cancel *cancel;             /* checked while XMP is edited; NULL: never */
} exn_exif_turn;

typedef enum exn_exif_verdict {
    EXN_EXIF_UNCHANGED, /* there is nothing to edit */
    EXN_EXIF_EDITED,    /* edited in place; may have grown at its end */
    EXN_EXIF_REMOVE, /* nothing useful would be left: remove the segment or chunk, without a warning
                      */
    EXN_EXIF_UNSAFE, /* cannot be edited safely: remove the segment or chunk, EXN_WARN_EXIF_REMOVED
                      */
} exn_exif_verdict;

/* Makes the block fit the rotated picture. It is everything in buffer from start on.
 *
 * Always: every 0x0112 is removed from the IFDs that must be clean. A lone SHORT 1 stays if
 * removing it would empty a table other than a lone IFD0, or if the table's entries cannot be moved
 * safely; in that case one of another value becomes a SHORT of 1 in place. PixelX/YDimension get
 * the output's size, and a density match is neutralized. If the rotation is not the identity:
 * ImageWidth/Length of IFD0 and RelatedImageWidth/Length also get the output's size, SubjectArea
 * and SubjectLocation are mapped, and thumbnails are rotated (their own orientation is removed even
 * without a rotation). If it swaps the axes: X/YResolution and FocalPlaneX/YResolution are swapped.
 *
 * After EDITED and UNCHANGED, exn_exif_scan() finds nothing left to edit. On REMOVE, UNSAFE and
 * failure the bytes from start on are unspecified. Adds DENSITY_NEUTRALIZED and THUMBNAIL_DROPPED
 * to *warnings. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_exif_edit(exn_buffer *buffer, size_t start, const exn_exif_turn *turn,
                         exn_exif_verdict *verdict, uint32_t *warnings);

/* Sets libexif_orientation, make, model and date_time of result as libexif reads the block. Leaves
 * them alone if libexif finds nothing. */
void exn_exif_describe(exn_span tiff, exn_result *result);

#endif
