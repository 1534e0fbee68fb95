/* SPDX-License-Identifier: MIT */
/* What is found in an XMP packet, and what happens to it: see xmp.h. */
#ifndef EXN_METADATA_XMP_TYPES_H
#define EXN_METADATA_XMP_TYPES_H

#include "buffer.h"
#include "cancel.h"
#include "orientation.h"
#include "thumbnails.h"

enum { EXN_XMP_PICTURES_MAX = 8 };

/* What the walk found in one packet. */
typedef struct exn_xmp {
    uint32_t
        orientation; /* the first tiff:Orientation of value 1..8; 0: none. No browser reads it */
    bool needs_edit; /* some tiff:Orientation or exif:Orientation is not exactly "1" */
    bool unsafe; /* not well formed, and may hold one: exn_xmp_edit() can only cut out what it finds
                    by a search, or says UNSAFE; needs_edit is true then */
    bool multi_picture; /* has a GContainer directory, which names secondary pictures */
    exn_span pictures[EXN_XMP_PICTURES_MAX]; /* JPEGs in base64, inside packet: thumbnails */
    size_t picture_count;
    exn_span extended_guid; /* value of xmpNote:HasExtendedXMP, inside packet; empty: none */
} exn_xmp;

/* How the pixels were rotated. */
typedef struct exn_xmp_turn {
    exn_orientation o;          /* identity: the pixels stay as they are */
    uint32_t width, height;     /* stored, before the rotation */
    size_t max_size;            /* of the packet, if it may grow */
    exn_thumbnails *thumbnails; /* if NULL, or one fails, they are dropped */
    const exn_cancel *cancel;   /* checked from time to time; NULL: never */
} exn_xmp_turn;

/* What an item of a GContainer directory is (Android's Motion Photo and Ultra HDR formats; the
 * Dynamic Depth format has the same directory in another namespace). */
typedef enum exn_xmp_item_kind {
    EXN_XMP_ITEM_PRIMARY,
    EXN_XMP_ITEM_SAME_SCENE, /* a JPEG that shows the same as the primary: gain map, depth, preview
                              */
    EXN_XMP_ITEM_IMAGE,      /* any other image */
    EXN_XMP_ITEM_OTHER,      /* a video, or of unknown kind */
} exn_xmp_item_kind;

typedef struct exn_xmp_item {
    exn_xmp_item_kind kind;
    bool has_length;          /* Item:Length is present and is a number */
    uint32_t length, padding; /* bytes of the item, and of what follows it; 0 if not given */
} exn_xmp_item;

enum { EXN_XMP_ITEMS_MAX = 64 };

/* Items follow the picture in the file in this order, without any offset. */
typedef struct exn_xmp_directory {
    bool found, broken; /* broken: it is there, but cannot be read or edited safely */
    bool dynamic_depth;
    exn_xmp_item items[EXN_XMP_ITEMS_MAX];
    size_t count;
} exn_xmp_directory;

/* The directory's new contents. */
typedef struct exn_xmp_relist {
    bool drop; /* remove every image but the primary, and everything about a gain map */
    uint32_t lengths[EXN_XMP_ITEMS_MAX]; /* otherwise: the Item:Length of each item that has one */
} exn_xmp_relist;

#endif
