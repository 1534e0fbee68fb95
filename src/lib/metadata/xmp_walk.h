/* SPDX-License-Identifier: MIT */
/* A walk over one XMP packet: one table (xmp_walk.c) has rules for each name that concerns the
 * picture's axes; they note what is found and record the edits. */
#ifndef EXN_METADATA_XMP_WALK_H
#define EXN_METADATA_XMP_WALK_H

#include "xml.h"
#include "xmp_areas.h"
#include "xmp_directory.h"
#include "xmp_edits.h"
#include "xmp_names.h"
#include "xmp_regions.h"
#include "xmp_text.h"
#include "xmp_thumbnails.h"
#include "xmp_types.h"

typedef struct exn_xmp_walk_element {
    exn_xmp_name name;
    const struct rule *rule; /* the rule that it began; NULL: none */
    uint32_t bound;          /* bindings in force outside it */
} exn_xmp_walk_element;

/* An orientation whose element is open. */
typedef struct exn_xmp_walk_cut {
    bool plain; /* it has only character data, and no attributes */
    exn_xmp_text text;
} exn_xmp_walk_cut;

typedef struct exn_xmp_walk {
    exn_xml xml;
    exn_xmp_names names;
    exn_xmp_walk_element elements[EXN_XML_DEPTH_MAX];
    uint32_t depth; /* open elements */
    uint32_t open;  /* a set of states */
    uint32_t kind;  /* which rules apply */
    exn_xmp found;
    const exn_xmp_turn *turn; /* NULL: a scan */
    bool stale;               /* something could not be mapped */
    exn_span trailer;         /* the last <?xpacket end?>; empty: none */
    exn_xmp_walk_cut cut;
    exn_xmp_regions_group group;
    exn_xmp_areas_subject subject;
    exn_xmp_areas areas;
    exn_xmp_thumbnails thumbnails;
    exn_xmp_listing listing;
    exn_xmp_edits edits;
} exn_xmp_walk;

/* Prepares a scan (turn NULL), an edit, or a listing (directory not NULL; relist may be NULL). */
void exn_xmp_walk_open(exn_xmp_walk *w, exn_span packet, const exn_xmp_turn *turn,
                       exn_xmp_directory *directory, const exn_xmp_relist *relist);
void exn_xmp_walk_free(exn_xmp_walk *w);

/* Whether pixels are rotated, so that everything that refers to them has to be mapped. */
bool exn_xmp_walk_is_mapping(const exn_xmp_walk *w);

/* Whether the packet is well formed, as far as it matters here, and was read to its end. */
bool exn_xmp_walk_run(exn_xmp_walk *w);

#endif
