/* SPDX-License-Identifier: MIT */
/* The application segments of a JPEG as a rotated picture has to have them.
 *
 *     exn_app_segments_open()      prepares an edit
 *     exn_app_segments_append()    segment by segment, or
 *     exn_app_segments_edit()      the whole picture, where no pixel moves
 *     exn_app_segments_close()     also after a failed open */
#ifndef EXN_JPEG_APP_SEGMENTS_H
#define EXN_JPEG_APP_SEGMENTS_H

#include "app_irb.h"
#include "metadata/exif.h"
#include "metadata/xmp.h"
#include "previews.h"
#include "segments.h"

/* What becomes of the index of secondary images (secondary.h). */
typedef struct exn_app_segments_index {
    bool drop;                /* it goes, and all that speaks of a gain map */
    const exn_segment *mpf;   /* the one that is to be patched later; NULL: none */
    const exn_segment *xmp;   /* the one with the directory; NULL: none */
    exn_xmp_relist directory; /* what is to stand in it */
    size_t mpf_at;            /* filled in: where mpf begins in the output */
} exn_app_segments_index;

/* An edit under way. All borrowed but extended and previews. index is set by the caller after
 * exn_app_segments_open(), where there is one. */
typedef struct exn_app_segments {
    const exn_jpeg *jpeg;
    exn_exif_turn turn;
    uint32_t *warnings;
    struct exn_extended_xmp *extended; /* owned */
    exn_previews previews;
    exn_app_irb irb;
    bool drop_rest;                /* what goes on from the last Exif with a TIFF header goes */
    exn_app_segments_index *index; /* NULL: none */
} exn_app_segments;

/* thumbnails, which stay borrowed, turn embedded JPEGs. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_app_segments_open(exn_app_segments *application, const exn_jpeg *jpeg,
                                 exn_orientation turn, exn_thumbnails *thumbnails,
                                 uint32_t *warnings, exn_error *error);

/* Appends a metadata segment of the JPEG as it is to stand in the output: byte for byte, edited,
 * or not at all. Segments come in their order. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_app_segments_append(exn_app_segments *application, const exn_segment *segment,
                                   exn_buffer *out);

/* Appends the whole picture with its metadata edited, up to EOI; every other byte, also between
 * segments, stays. In a damaged file a segment may stand in the middle of a scan: where it goes, an
 * empty comment stays, or decoders would read on and show another picture than before. Returns
 * EXN_OK or EXN_MEMORY. */
exn_status exn_app_segments_edit(exn_app_segments *application, exn_buffer *out);

void exn_app_segments_close(exn_app_segments *application);

#endif
