/* SPDX-License-Identifier: MIT */
/* A JPEG's application segments, adapted to the rotated picture.
 *
 *   exn_app_segments_open()      prepares an edit
 *   exn_app_segments_append()    segment by segment, or
 *   exn_app_segments_edit()      the whole picture, if no pixel moves
 *   exn_app_segments_close()     also after a failed open */
#ifndef EXN_JPEG_APP_SEGMENTS_H
#define EXN_JPEG_APP_SEGMENTS_H

#include "app_irb.h"
#include "metadata/exif.h"
#include "metadata/xmp.h"
#include "previews.h"
#include "segments.h"

/* What becomes of the index of secondary images (secondary.h). */
typedef struct exn_app_segments_index {
    bool drop;                /* remove it and everything about a gain map */
    const exn_segment *mpf;   /* the segment to patch later; NULL: none */
    const exn_segment *xmp;   /* the segment with the directory; NULL: none */
    exn_xmp_relist directory; /* the directory's new contents */
    size_t mpf_at;            /* set here: where mpf begins in the output */
} exn_app_segments_index;

/* An edit in progress. Everything is borrowed except extended and previews. If there is an index,
 * the caller sets index after exn_app_segments_open(). */
typedef struct exn_app_segments {
    const exn_jpeg *jpeg;
    exn_exif_turn turn;
    uint32_t *warnings;
    struct exn_extended_xmp *extended; /* owned */
    exn_previews previews;
    exn_app_irb irb;
    bool drop_rest; /* remove the continuations of the last Exif with a TIFF header */
    exn_app_segments_index *index; /* NULL: none */
} exn_app_segments;

/* thumbnails, which is borrowed, rotates embedded JPEGs. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_app_segments_open(exn_app_segments *application, const exn_jpeg *jpeg,
                                 exn_orientation turn, exn_thumbnails *thumbnails,
                                 uint32_t *warnings, exn_error *error);

/* Appends one of the JPEG's metadata segments the way the output needs it: byte for byte, edited,
 * or not at all. Segments have to come in order. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_app_segments_append(exn_app_segments *application, const exn_segment *segment,
                                   exn_buffer *out);

/* Appends the whole picture with its metadata edited, up to EOI; every other byte is kept,
 * including those between segments. In a damaged file a segment may stand in the middle of a scan.
 * If it is removed, an empty comment replaces it, or decoders would read on and show another
 * picture than before. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_app_segments_edit(exn_app_segments *application, exn_buffer *out);

void exn_app_segments_close(exn_app_segments *application);

#endif
