/* SPDX-License-Identifier: MIT */
/* The picture that a chained table points to (EXIF 2.32, 4.5.8). */
#ifndef EXN_METADATA_EXIF_IFD1_H
#define EXN_METADATA_EXIF_IFD1_H

#include "embedded.h"
#include "ifd.h"

/* The picture that a chained table points to. */
typedef struct exn_thumbnail {
    bool is_jpeg;
    bool sound;      /* its entries are plain and it lies in the data */
    bool cut;        /* but for a byte or two, with which the JPEG ends, or which are not its own */
    size_t at, size; /* of its bytes in the data; may lie outside where not sound */
    exn_embedded picture;
    exn_ifd_entry offset_entry, size_entry; /* of a sound one */
} exn_thumbnail;

/* False where the table has none. inside: as exn_embedded_scan() has it. */
bool exn_exif_ifd1_find(const exn_tiff *tiff, const exn_ifd *ifd, bool inside,
                        exn_thumbnail *thumbnail);

#endif
