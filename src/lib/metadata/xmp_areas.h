/* SPDX-License-Identifier: MIT */
/* Places and directions of the picture in an XMP packet's plain properties: the subject,
 * resolutions, the crop of Camera Raw.
 *
 * exn_xmp_areas_take() for each property while the packet is walked, exn_xmp_areas_map() at its
 * end. Regions are nested, and mapped where they end: see xmp_regions.h. */
#ifndef EXN_METADATA_XMP_AREAS_H
#define EXN_METADATA_XMP_AREAS_H

#include "xmp_edits.h"
#include "xmp_names.h"
#include "xmp_types.h"

typedef struct exn_xmp_areas {
    exn_span raw[EXN_XMP_PLAIN_COUNT]; /* trimmed; data NULL: absent */
    bool broken;                       /* one is repeated, or not plain text */
} exn_xmp_areas;

/* raw: NULL if the value is not plain text. */
void exn_xmp_areas_take(exn_xmp_areas *areas, exn_xmp_plain id, const exn_span *raw);

/* Edits what was taken. Returns false if something cannot be mapped; then nothing is. */
bool exn_xmp_areas_map(const exn_xmp_areas *areas, const exn_xmp_turn *turn, exn_xmp_edits *edits);

/* exif:SubjectArea and SubjectLocation (EXIF 2.32, 4.6.5.2.3): two to four integers in pixels of
 * the stored picture. All zero: none yet. */
typedef struct exn_xmp_areas_subject {
    exn_span values[4];
    size_t count;
    bool broken; /* more than four, or one that is not plain text */
} exn_xmp_areas_subject;

/* raw: NULL if the value is not plain text. */
void exn_xmp_areas_take_subject(exn_xmp_areas_subject *s, const exn_span *raw);

/* Returns false if they are malformed, or lie outside of the picture. */
bool exn_xmp_areas_map_subject(const exn_xmp_areas_subject *s, const exn_xmp_turn *turn,
                               exn_xmp_edits *edits);

#endif
