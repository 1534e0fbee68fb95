/* SPDX-License-Identifier: MIT */
/* The items of a HEIF (ISO 14496-12, 8.11): what the meta box says about each, and where their
 * bytes are. */
#ifndef EXN_HEIF_ITEMS_H
#define EXN_HEIF_ITEMS_H

#include "buffer.h"
#include "cancel.h"
#include "properties.h"

enum {
    EXN_HEIF_EXIF = EXN_HEIF_TYPE('E', 'x', 'i', 'f'),
    EXN_HEIF_XMP = EXN_HEIF_TYPE('x', 'm', 'p',
                                 ' '), /* not a type in the standard: stands for mime with RDF */
    EXN_HEIF_IDEN = EXN_HEIF_TYPE('i', 'd', 'e', 'n'),
};

typedef struct exn_heif_item {
    uint32_t id, type;
    uint32_t input; /* of a derived picture, the first of its inputs; 0: it is not derived */
    bool is_turned; /* it has irot or imir */
    bool is_input;  /* another picture is derived from it */
    bool is_part;   /* the primary one is */
    bool is_thumbnail;
    bool is_auxiliary; /* alpha, depth, gain map */
    bool is_hidden;
    bool is_primarys; /* as metadata, it describes the primary picture */
    bool is_others;   /* it describes another one, or an auxiliary one */
    exn_span extents; /* in iloc, what follows the base offset; data NULL: it has no location */
    uint64_t base;    /* offset */
    uint32_t extent_count;
    uint8_t method;    /* 0: offsets into the file; 1: into idat; others are not supported */
    bool is_elsewhere; /* in another file */
} exn_heif_item;

/* A HEIF's meta box, parsed. Everything borrows the box's bytes. */
typedef struct exn_heif {
    exn_span meta;        /* the box's contents, without version and flags; data NULL: none */
    uint64_t meta_offset; /* where these are in the file */
    uint64_t file_size;
    exn_span idat;
    uint32_t primary;
    bool has_primary;
    bool has_sequence; /* the file also has a moov box */
    bool is_mini;      /* it has a mini box, from which only shown is known */
    exn_heif_properties properties;
    exn_heif_item *items; /* sorted by number; owned */
    size_t count;
    uint32_t offset_size, length_size, index_size;   /* of iloc's fields, in bytes */
    exn_heif_shown shown;                            /* the primary item */
    const exn_heif_item *primary_exif, *primary_xmp; /* what describes it; NULL: nothing */
    exn_buffer exif;                                 /* the TIFF of primary_exif; owned */
} exn_heif;

/* Reads heif->meta. Returns EXN_OK, EXN_MEMORY, EXN_CANCELLED, or EXN_CORRUPT (with whatever could
 * be read). */
exn_status exn_heif_items_read(exn_heif *heif, const exn_cancel *cancel, exn_error *error);

void exn_heif_items_free(exn_heif *heif);

/* NULL: there is no such item. */
const exn_heif_item *exn_heif_items_find(const exn_heif *heif, uint32_t id);

/* Where part of the meta box is in the file. */
uint64_t exn_heif_items_place(const exn_heif *heif, exn_span part);

/* Whether there are pictures besides the primary one, its parts, its thumbnails and, with_alpha,
 * its alpha. */
bool exn_heif_items_secondary(const exn_heif *heif, bool with_alpha);

/* Fails with EXN_UNSUPPORTED if removing irot and imir does not give the primary picture as stored,
 * or not all of it. */
exn_status exn_heif_items_check_turns(const exn_heif *heif, exn_error *error);

/* A walk over the extents of an item, the parts of its bytes, in order. */
typedef struct exn_heif_extents {
    const exn_heif *heif;
    const exn_heif_item *item;
    exn_span rest; /* of item->extents */
    uint32_t left;
    uint64_t offset, size; /* of the current one, in the file */
    exn_status status;     /* EXN_OK, or why the walk has ended early */
} exn_heif_extents;

exn_heif_extents exn_heif_items_extents(const exn_heif *heif, const exn_heif_item *item);

/* Finds the next one; returns false at the end, and when walk->status says that one lies outside
 * the file (EXN_CORRUPT) or cannot be followed (EXN_UNSUPPORTED). */
bool exn_heif_items_next(exn_heif_extents *walk, exn_error *error);

/* How many bytes it has in total. */
exn_status exn_heif_items_size(const exn_heif *heif, const exn_heif_item *item, uint64_t *size,
                               exn_error *error);

#endif
