/* SPDX-License-Identifier: MIT */
/* The picture that a table points to: IFD1's thumbnail (EXIF 2.32, 4.5.8), a preview in a SubIFD
 * (TIFF/EP and Adobe's TIFF Technical Note 1) or in IFD0. */
#ifndef EXN_METADATA_EXIF_PICTURE_H
#define EXN_METADATA_EXIF_PICTURE_H

#include "embedded.h"
#include "ifd.h"

typedef struct exn_thumbnail {
    bool is_jpeg;
    bool is_strip;   /* found as a strip of the table's image, and not by JPEGInterchangeFormat */
    bool sound;      /* its entries are plain and it lies in the data */
    bool cut;        /* but for a byte or two, with which the JPEG ends, or which are not its own */
    bool inside;     /* its own orientation is asked */
    size_t at, size; /* of its bytes in the data; may lie outside where not sound */
    exn_embedded picture;
    exn_ifd_entry offset_entry, size_entry; /* of a sound one */
} exn_thumbnail;

/* Finds the picture of a table. False where it has none: no thumbnail, and of tables that are not
 * chained no preview that is a JPEG. */
bool exn_exif_picture_find(const exn_tiff *tiff, const exn_ifds *ifds, size_t number,
                           exn_thumbnail *thumbnail);

#endif
