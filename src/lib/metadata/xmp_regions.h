/* SPDX-License-Identifier: MIT */
/* Sizes and regions that an XMP packet says of its picture: MWG regions (Metadata Working Group,
 * Guidelines 2.0), those of ACDSee, which have the same form, and Microsoft's (MPReg).
 *
 * Each function that maps returns false where something cannot be mapped, and is left as it was. */
#ifndef EXN_METADATA_XMP_REGIONS_H
#define EXN_METADATA_XMP_REGIONS_H

#include "xmp_edits.h"
#include "xmp_names.h"
#include "xmp_text.h"
#include "xmp_types.h"

enum {
    EXN_XMP_REGIONS_X,
    EXN_XMP_REGIONS_Y,
    EXN_XMP_REGIONS_W,
    EXN_XMP_REGIONS_H,
    EXN_XMP_REGIONS_UNIT,
    EXN_XMP_REGIONS_FIELDS
};

/* Values that can only be mapped together: an Area, or AppliedToDimensions. All zero but for the
 * name: begun. */
typedef struct exn_xmp_regions_group {
    exn_xmp_name name;
    exn_xmp_text_field fields[EXN_XMP_REGIONS_FIELDS];
    bool broken; /* a field twice, or one that is no plain text */
} exn_xmp_regions_group;

/* Fields of the other kind of group are passed over. raw: NULL where it is no plain text. */
void exn_xmp_regions_put(exn_xmp_regions_group *g, exn_xmp_name id, const exn_span *raw);
bool exn_xmp_regions_map(exn_xmp_regions_group *g, const exn_xmp_turn *turn, exn_xmp_edits *edits);

/* Microsoft's "x, y, w, h": the corner at the top left, in parts of the picture. */
bool exn_xmp_regions_map_rectangle(exn_span raw, const exn_xmp_turn *turn, exn_xmp_edits *edits);

/* A width or height of the picture becomes the output's; id says which. */
bool exn_xmp_regions_set_size(exn_xmp_name id, exn_span raw, const exn_xmp_turn *turn,
                              exn_xmp_edits *edits);

#endif
