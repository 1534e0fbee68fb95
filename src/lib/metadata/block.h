/* SPDX-License-Identifier: MIT */
/* Exif and XMP in their containers: a JPEG's APP1, a PNG's raw profile. A few bytes in front say
 * which of the two it is. */
#ifndef EXN_METADATA_BLOCK_H
#define EXN_METADATA_BLOCK_H

#include "buffer.h"

typedef enum exn_block_kind {
    EXN_BLOCK_OTHER,
    EXN_BLOCK_EXIF,         /* "Exif" in some form and two bytes; then TIFF */
    EXN_BLOCK_XMP,          /* the XMP namespace, or whatever exiftool accepts; then the packet */
    EXN_BLOCK_XMP_EXTENDED, /* a portion of extended XMP (XMP part 3, 1.1.3.1) */
} exn_block_kind;

enum { EXN_BLOCK_EXIF_PREFIX = 6 }; /* "Exif" and two zeros */

/* A parsed block; prefix and body lie in the payload. */
typedef struct exn_block {
    exn_block_kind kind;
    exn_span prefix, body;
} exn_block;

exn_block exn_block_of(exn_span payload);

/* Exif in ISO base media files, in items and boxes (ISO 23008-12, A.2.1; ISO 18181-2, 9.5): the
 * first four bytes say how many bytes precede the TIFF, and the prefix includes all of these. A
 * count beyond the end leaves no TIFF. */
exn_block exn_block_counted(exn_span bytes);

/* How many bytes are JPEG's "Exif\0\0", which some writers put before the TIFF where only the TIFF
 * belongs. */
size_t exn_block_stray_header(exn_span bytes);

/* Whether browsers take the block for Exif: by a header in its exact form, at the front. */
bool exn_block_is_honoured(const exn_block *block);

#endif
