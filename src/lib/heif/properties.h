/* SPDX-License-Identifier: MIT */
/* Item properties (ISO 23008-12, 9.3): which ones belong to which item, and how those of an item
 * say it is shown. */
#ifndef EXN_HEIF_PROPERTIES_H
#define EXN_HEIF_PROPERTIES_H

#include "boxes.h"
#include "orientation.h"
#include "status.h"

enum {
    EXN_HEIF_IROT = EXN_HEIF_TYPE('i', 'r', 'o', 't'),
    EXN_HEIF_IMIR = EXN_HEIF_TYPE('i', 'm', 'i', 'r'),
    EXN_HEIF_CLAP = EXN_HEIF_TYPE('c', 'l', 'a', 'p'),
};

/* The boxes of ipco by number, so that an association costs the same whatever it refers to. */
typedef struct exn_heif_properties {
    exn_span iprp;
    exn_heif_box *boxes; /* number 1 first; owned */
    uint32_t count;
} exn_heif_properties;

/* Fills in properties, which has to be zeroed. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_heif_properties_list(exn_heif_properties *properties, exn_span iprp,
                                    exn_error *error);

void exn_heif_properties_free(exn_heif_properties *properties);

/* A walk over all associations, in the order of the file; begins with {.rest = iprp}. */
typedef struct exn_heif_walk {
    exn_span rest, ipma;
    bool wide_item, wide_index;
    bool cut; /* an ipma ended before its counts did */
    uint32_t entries, indices, item;
} exn_heif_walk;

typedef struct exn_heif_association {
    uint32_t item;
    const exn_heif_box *property; /* NULL: none */
    exn_span at;                  /* its bytes in ipma */
} exn_heif_association;

/* The next association; false at the end. */
bool exn_heif_properties_next(const exn_heif_properties *properties, exn_heif_walk *walk,
                              exn_heif_association *found);

/* How an item is shown. */
typedef struct exn_heif_shown {
    uint32_t width, height; /* from its ispe, before any transformation (ISO 23008-12, 6.5.3) */
    uint32_t left, top, clap_width, clap_height; /* what clap leaves of it; 0: there is no clap */
    bool clap_late;  /* clap comes after a rotation, so it is in another frame */
    bool clap_wrong; /* or is not a rectangle of whole pixels inside the picture */
    bool turns;      /* it has irot or imir */
    exn_orientation
        in_order;          /* irot and imir in the order of association, as ISO 23008-12 has it */
    exn_orientation fixed; /* first irot, then imir, as libavif has it */
} exn_heif_shown;

/* Reads the properties of one item. */
void exn_heif_properties_of(const exn_heif_properties *properties, uint32_t item,
                            exn_heif_shown *shown);

#endif
