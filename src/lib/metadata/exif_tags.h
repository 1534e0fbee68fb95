/* SPDX-License-Identifier: MIT */
/* What the tags of one Exif block say about its picture, and to which readers. Pictures inside the
 * block are not examined; exif.h covers everything. */
#ifndef EXN_METADATA_EXIF_TAGS_H
#define EXN_METADATA_EXIF_TAGS_H

#include "ifd.h"

/* What the walk found in one block. */
typedef struct exn_exif {
    uint32_t orientation; /* as Chromium reads this block (first usable tag wins): 1..8; 0: none */
    exn_place place;      /* where that tag is */
    uint32_t reasons;  /* the predicate, a set of exn_reason. EXIF: some 0x0112 of an IFD that must
                          be clean is not exactly one SHORT of value 1. DENSITY: some browser may
                          display the picture at another size than its own. EMBEDDED: its thumbnail
                          has an orientation of its own */
    uint32_t warnings; /* ORIENTATION_IGNORED, ORIENTATION_AMBIGUOUS, THUMBNAIL_ASPECT,
                          ALREADY_TURNED */
} exn_exif;

/* Walks one block of a picture of that stored size in pixels. Never fails: what cannot be read is
 * ignored. EMBEDDED and THUMBNAIL_ASPECT are not determined. Returns whether it could be opened;
 * then tiff and ifds are its tables. */
bool exn_exif_tags_scan(exn_span bytes, uint32_t width, uint32_t height, exn_tiff *tiff,
                        exn_ifds *ifds, exn_exif *found);

/* Whether a block begins like TIFF bytes (TIFF 6.0, section 2). */
bool exn_exif_tags_has_header(exn_span bytes);

/* Whether some reader finds an orientation other than 1 in a block that no browser can read: with
 * another magic number, in a continuation without a header, or joined with one. Such a block is not
 * edited but removed. */
bool exn_exif_tags_is_stray(exn_span bytes);

/* The 0x0112 entries of one table. */
typedef struct exn_exif_tally {
    uint32_t found;
    bool partial; /* there is another one, truncated by the end of the data */
    bool clean;   /* none, or exactly one SHORT of value 1 */
} exn_exif_tally;

exn_exif_tally exn_exif_tags_tally(const exn_tiff *tiff, const exn_ifd *ifd);

#endif
