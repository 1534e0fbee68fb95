/* SPDX-License-Identifier: MIT */
/* Sizes and regions of the picture in an XMP packet: MWG regions (Metadata Working Group,
 * Guidelines 2.0), those of ACDSee, which have the same form, and Microsoft's (MPReg).
 *
 * Each function that maps returns false if something cannot be mapped and was left as it was. */
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

/* Values that can only be mapped together: an Area, or AppliedToDimensions. Begins with everything
 * zero except the name. */
typedef struct exn_xmp_regions_group {
    exn_xmp_name name;
    exn_xmp_text_field fields[EXN_XMP_REGIONS_FIELDS];
    bool broken; /* a field is repeated, or is not plain text */
} exn_xmp_regions_group;

/* Fields of the other kind of group are ignored. raw: NULL if it is not plain text. */
void exn_xmp_regions_put(exn_xmp_regions_group *g, exn_xmp_name id, const exn_span *raw);
bool exn_xmp_regions_map(exn_xmp_regions_group *g, const exn_xmp_turn *turn, exn_xmp_edits *edits);

/* Microsoft's "x, y, w, h": the top left corner, as fractions of the picture. */
bool exn_xmp_regions_map_rectangle(exn_span raw, const exn_xmp_turn *turn, exn_xmp_edits *edits);

/* Replaces a width or height of the picture by the output's; id says which. */
bool exn_xmp_regions_set_size(exn_xmp_name id, exn_span raw, const exn_xmp_turn *turn,
                              exn_xmp_edits *edits);

#endif
