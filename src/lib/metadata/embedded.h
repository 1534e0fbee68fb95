/* SPDX-License-Identifier: MIT */
/* A JPEG inside metadata (a thumbnail, a preview): its size, and its own orientation, from the
 * segments before its first scan. */
#ifndef EXN_METADATA_EMBEDDED_H
#define EXN_METADATA_EMBEDDED_H

#include "buffer.h"
#include "orientation.h"
#include "xmp_types.h"

typedef struct exn_embedded {
    uint32_t width, height; /* stored; 0: unknown */
    uint32_t orientation;   /* of its Exif: 1..8; 0: none */
    bool orients;           /* its Exif or XMP has an orientation other than 1 */
} exn_embedded;

/* How far it is read for its headers; no thumbnail has more. */
enum { EXN_EMBEDDED_HEADERS = 1 << 17 };

/* Never fails: what cannot be read is ignored. inside: also look for its orientation, not only its
 * size. */
void exn_embedded_scan(exn_span jpeg, bool inside, exn_embedded *found);

/* Whether one of the JPEGs that a scan has found in XMP has an orientation. Returns EXN_OK or
 * EXN_MEMORY. */
exn_status exn_embedded_scan_xmp(const exn_xmp *xmp, bool *orients);

/* Whether both are portrait or both are landscape. A square, or nearly one, fits anything, and so
 * does an unknown size. */
bool exn_embedded_fits(const exn_embedded *embedded, uint32_t width, uint32_t height);

/* How to rotate one that belongs to a picture of that stored size, which is rotated by o: in the
 * same way. Only if that would give it a different aspect ratio than the picture is one of its own
 * orientations believed: `other`, from its container (0: none), or else the one inside. Returns
 * false if neither gives it the picture's. */
bool exn_embedded_choose(const exn_embedded *embedded, exn_orientation o, uint32_t stored_width,
                         uint32_t stored_height, uint32_t other, exn_orientation *chosen);

#endif
