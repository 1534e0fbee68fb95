/* SPDX-License-Identifier: MIT */
/* Places and directions that an XMP packet says of its picture in plain properties: the
 * subject, resolutions, the crop of Camera Raw.
 *
 * exn_xmp_areas_take() for each property while the packet is walked, exn_xmp_areas_map() at its
 * end. Regions are nested, and mapped where they are found: see xmp.c. */
#ifndef EXN_METADATA_XMP_AREAS_H
#define EXN_METADATA_XMP_AREAS_H

#include "orientation.h"
#include "xmp_text.h"

/* Pairs: the one of x stands before the one of y. */
typedef enum exn_xmp_plain {
    EXN_XMP_X_RESOLUTION,
    EXN_XMP_Y_RESOLUTION,
    EXN_XMP_FOCAL_X,
    EXN_XMP_FOCAL_Y,
    EXN_XMP_CROP_LEFT,
    EXN_XMP_CROP_TOP,
    EXN_XMP_CROP_RIGHT,
    EXN_XMP_CROP_BOTTOM,
    EXN_XMP_CROP_ANGLE,
    EXN_XMP_PLAIN_COUNT
} exn_xmp_plain;

typedef struct exn_xmp_areas {
    exn_span raw[EXN_XMP_PLAIN_COUNT]; /* trimmed; data NULL: not there */
    bool broken;                       /* one of them twice, or no plain text */
} exn_xmp_areas;

/* raw: NULL where the value is no plain text. */
void exn_xmp_areas_take(exn_xmp_areas *areas, exn_xmp_plain id, const exn_span *raw);

/* The texts that are to stand in place of what was taken; size 0: as it was. False where something
 * cannot be mapped: then nothing is. */
bool exn_xmp_areas_map(const exn_xmp_areas *areas, exn_orientation o,
                       exn_xmp_text texts[EXN_XMP_PLAIN_COUNT]);

/* exif:SubjectArea and SubjectLocation (EXIF 2.32, 4.6.5.2.3): two to four integers in pixels of
 * the stored picture. False where they are no such thing, or lie outside it. */
bool exn_xmp_areas_map_subject(const exn_span *values, size_t count, exn_orientation o,
                               uint32_t width, uint32_t height, exn_xmp_text texts[4]);

#endif
