/* SPDX-License-Identifier: MIT */
/* The picture that a table points to: IFD1's thumbnail (EXIF 2.32, 4.5.8), a preview in a SubIFD
 * (TIFF/EP and Adobe's TIFF Technical Note 1) or in IFD0. */
#ifndef EXN_METADATA_EXIF_PICTURE_H
#define EXN_METADATA_EXIF_PICTURE_H

#include "embedded.h"
#include "ifd.h"

typedef struct exn_thumbnail {
    bool is_jpeg;
    bool is_strip; /* found as a strip of the table's image rather than by JPEGInterchangeFormat */
    bool sound;    /* its entries are simple and it lies in the data */
    bool cut; /* except for a byte or two, which either complete the JPEG or are not part of it */
    bool inside;     /* its own orientation is examined */
    size_t at, size; /* of its bytes in the data; may lie outside unless sound */
    exn_embedded picture;
    exn_ifd_entry offset_entry, size_entry; /* of a sound one */
} exn_thumbnail;

/* Finds the picture of a table. Returns false if there is none: no thumbnail or, in tables that are
 * not chained, no preview that is a JPEG. */
bool exn_exif_picture_find(const exn_tiff *tiff, const exn_ifds *ifds, size_t number,
                           exn_thumbnail *thumbnail);

#endif
