/* SPDX-License-Identifier: MIT */
/* One XMP packet as bytes: what follows the namespace header of an APP1, one portion of
 * extended XMP put together, or the text of a PNG iTXt chunk.
 *
 * A bounded tokenizer of our own reads the XML and the packet is edited as bytes: what has no part
 * in orientation keeps its bytes and its order, and text that is not valid UTF-8 passes. There is
 * no XML library here, since one would refuse such text, and would write the whole packet anew.
 *
 * Order: exn_xmp_scan() for every packet of the file; where the file is to be edited exn_xmp_edit()
 * for each. */
#ifndef EXN_METADATA_XMP_H
#define EXN_METADATA_XMP_H

#include "buffer.h"
#include "orientation.h"
#include "thumbnails.h"

/* What the walk found in one packet. */
typedef struct exn_xmp {
    uint32_t
        orientation; /* the first tiff:Orientation of value 1..8; 0: none. No browser reads it */
    bool needs_edit; /* some tiff:Orientation or exif:Orientation is not exactly "1" */
    bool unsafe;     /* not well formed, and may hold one: exn_xmp_edit() can cut out no more than
                        what it finds by a search, or says UNSAFE; needs_edit is true then */
    bool multi_picture;     /* has a GContainer directory, which names secondary pictures */
    exn_span extended_guid; /* value of xmpNote:HasExtendedXMP, inside packet; empty: none */
} exn_xmp;

/* Walks one packet. Never fails: what cannot be read safely is `unsafe` where it may hold an
 * orientation other than 1, and of no interest where it may not. The predicate speaks of every
 * namespace prefix, either quote, attributes and elements, at any depth; white space around the 1
 * is allowed. Names that exiftool or exiv2 take for these count too: in any case, in a namespace of
 * another version, under the usual prefix of an unknown one. */
void exn_xmp_scan(exn_span packet, exn_xmp *found);

/* How the pixels were rotated. */
typedef struct exn_xmp_turn {
    exn_orientation o;          /* identity: the pixels stay as they are */
    uint32_t width, height;     /* stored, before the rotation */
    size_t max_size;            /* of the packet, where it may grow */
    exn_thumbnails *thumbnails; /* NULL, and where one fails: they are dropped */
} exn_xmp_turn;

typedef enum exn_xmp_verdict {
    EXN_XMP_UNCHANGED, /* nothing in it to edit: keep the source's bytes */
    EXN_XMP_EDITED,    /* the new packet was appended */
    EXN_XMP_UNSAFE, /* may hold an orientation that cannot be cut out: drop the packet, and warn */
} exn_xmp_verdict;

typedef struct exn_xmp_edited {
    exn_xmp_verdict verdict;
    bool stale; /* something that speaks of stored pixels could not be mapped and was left: warn */
    bool thumbnails_dropped; /* could not be rotated, or were too large then: warn */
} exn_xmp_edited;

/* Appends the packet to out without any tiff:Orientation or exif:Orientation (blanks stand there,
 * also where the value was 1) and, where o is not the identity, with everything that speaks of
 * stored pixels brought into the output's frame:
 *
 * - tiff:ImageWidth, tiff:ImageLength, exif:PixelXDimension, exif:PixelYDimension of the picture
 *   itself (not those of what it was made of) are the output's size;
 * - mwg-rs:Area of face regions is mapped, mwg-rs:AppliedToDimensions is the output's size;
 * - MPReg:Rectangle and the areas of ACDSee are mapped;
 * - exif:SubjectArea, SubjectLocation, resolutions and the crop of Camera Raw are mapped;
 * - the JPEGs of xmp:Thumbnails and xmp:PageInfo are rotated, or the property goes.
 *
 * With the identity nothing else is changed, not even a size that is wrong, and the packet keeps
 * its size. Otherwise numbers that grow take from the padding before <?xpacket end?>, those that
 * shrink give to it; the packet grows only where the padding does not suffice, and changes its size
 * freely where it has no such trailer. Of a packet that is not well formed only the orientations
 * go, by blanks, and the rest is stale.
 *
 * out: only appended to, and only where the verdict is EDITED. Returns EXN_OK or EXN_MEMORY (out
 * as it was). After EDITED and UNCHANGED exn_xmp_scan() finds nothing to edit any more. */
exn_status exn_xmp_edit(exn_span packet, const exn_xmp_turn *turn, exn_buffer *out,
                        exn_xmp_edited *edited);

/* What one item of a GContainer directory is (Android's Motion Photo and Ultra HDR formats; the
 * Dynamic Depth format has the same directory in a namespace of its own). */
typedef enum exn_xmp_item_kind {
    EXN_XMP_ITEM_PRIMARY,
    EXN_XMP_ITEM_SAME_SCENE, /* a JPEG that shows what the primary shows: gain map, depth, preview
                              */
    EXN_XMP_ITEM_IMAGE,      /* any other image */
    EXN_XMP_ITEM_OTHER,      /* a video, or of no known kind */
} exn_xmp_item_kind;

typedef struct exn_xmp_item {
    exn_xmp_item_kind kind;
    bool has_length;          /* Item:Length is there and is a number */
    uint32_t length, padding; /* bytes of the item, and of what follows it; 0 where not said */
} exn_xmp_item;

enum { EXN_XMP_ITEMS_MAX = 64 };

/* Items follow the picture in the file in this order, without any offset. */
typedef struct exn_xmp_directory {
    bool found, broken; /* broken: it is there, but cannot be read or edited with safety */
    bool dynamic_depth;
    exn_xmp_item items[EXN_XMP_ITEMS_MAX];
    size_t count;
} exn_xmp_directory;

/* Reads the directory of a packet; never fails. */
void exn_xmp_list(exn_span packet, exn_xmp_directory *directory);

/* What a directory is to say. */
typedef struct exn_xmp_relist {
    bool drop; /* every image but the primary goes, and all that speaks of a gain map */
    uint32_t lengths[EXN_XMP_ITEMS_MAX]; /* else: the Item:Length of each item that has one */
} exn_xmp_relist;

/* Appends the packet with its directory changed; lengths that grow or shrink take from or give to
 * the padding. *done is false, and out as it was, where that is not safe. Comes after
 * exn_xmp_edit(). Returns EXN_OK or EXN_MEMORY. */
exn_status exn_xmp_set_directory(exn_span packet, const exn_xmp_relist *relist, exn_buffer *out,
                                 bool *done);

#endif
