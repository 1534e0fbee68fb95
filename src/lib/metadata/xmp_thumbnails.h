/* SPDX-License-Identifier: MIT */
/* xmp:Thumbnails and xmp:PageInfo (XMP part 2, 1.2.3.1): arrays whose items have a JPEG in base64,
 * its width and its height. The JPEGs are rotated and lose orientations of their own; if one cannot
 * be rotated, the property is removed, since its picture would lie on its side.
 *
 * exn_xmp_thumbnails_begin() at the property; for each rdf:li in it _begin_item(), _put() for each
 * field at any depth, _end_item(); _end() at the property's end. */
#ifndef EXN_METADATA_XMP_THUMBNAILS_H
#define EXN_METADATA_XMP_THUMBNAILS_H

#include "xmp_edits.h"
#include "xmp_names.h"
#include "xmp_types.h"

typedef struct exn_xmp_thumbnails {
    exn_span fields[EXN_XMP_NAME_IMAGE_DATA - EXN_XMP_NAME_IMAGE_WIDTH + 1]; /* of the item */
    bool broken;  /* some item cannot be rotated, or cleaned */
    bool orients; /* some item has an orientation of its own */
    size_t mark;  /* of the edits before the property */
    bool dropped; /* some property was removed */
} exn_xmp_thumbnails;

void exn_xmp_thumbnails_begin(exn_xmp_thumbnails *t, const exn_xmp_edits *edits);
void exn_xmp_thumbnails_begin_item(exn_xmp_thumbnails *t);

/* raw: NULL if the value is not plain text. */
void exn_xmp_thumbnails_put(exn_xmp_thumbnails *t, exn_xmp_name id, const exn_span *raw);

/* The item's JPEG as it is in the packet; empty: none. */
exn_span exn_xmp_thumbnails_picture(const exn_xmp_thumbnails *t);
void exn_xmp_thumbnails_end_item(exn_xmp_thumbnails *t, const exn_xmp_turn *turn,
                                 exn_xmp_edits *edits);

/* The property lies in at..end, including its tags. */
void exn_xmp_thumbnails_end(exn_xmp_thumbnails *t, const exn_xmp_turn *turn, exn_xmp_edits *edits,
                            size_t at, size_t end);

#endif
