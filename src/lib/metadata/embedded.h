/* SPDX-License-Identifier: MIT */
/* A JPEG inside of metadata (a thumbnail, a preview): its size, and the orientation that
 * it has of its own, by the segments before its first scan. */
#ifndef EXN_METADATA_EMBEDDED_H
#define EXN_METADATA_EMBEDDED_H

#include "buffer.h"
#include "orientation.h"
#include "xmp_types.h"

typedef struct exn_embedded {
    uint32_t width, height; /* stored; 0: unknown */
    uint32_t orientation;   /* of its Exif: 1..8; 0: none */
    bool orients;           /* its Exif or XMP says an orientation other than 1 */
} exn_embedded;

/* How far it is read for its headers: more than that has no thumbnail. */
enum { EXN_EMBEDDED_HEADERS = 1 << 17 };

/* Never fails: what cannot be read says nothing. inside: whether its orientation is asked, and not
 * only its size. */
void exn_embedded_scan(exn_span jpeg, bool inside, exn_embedded *found);

/* Asks whether one of the JPEGs that a scan has found in XMP orients. Returns EXN_OK or EXN_MEMORY.
 */
exn_status exn_embedded_scan_xmp(const exn_xmp *xmp, bool *orients);

/* Whether both are upright or both are lying. A square, or what is nearly one, fits anything, and
 * so does what is not known. */
bool exn_embedded_fits(const exn_embedded *embedded, uint32_t width, uint32_t height);

/* How to rotate one that belongs to a picture of that stored size, which is rotated by o: in the
 * same way. Only where that would give it another aspect than the picture is one of its own
 * orientations believed: the other one, which what holds it says (0: none), or else the one inside.
 * False where neither gives it the picture's. */
bool exn_embedded_choose(const exn_embedded *embedded, exn_orientation o, uint32_t stored_width,
                         uint32_t stored_height, uint32_t other, exn_orientation *chosen);

#endif
