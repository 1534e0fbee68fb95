/* SPDX-License-Identifier: MIT */
/* One XMP packet as bytes: what follows the namespace header of an APP1, one portion of
 * extended XMP put together, or the text of a PNG iTXt chunk.
 *
 * A bounded tokenizer of our own (xml.h) reads the XML, xmp_walk.c has a rule for each name that
 * concerns the picture's axes, and the packet is edited as bytes (xmp_edits.h): what has no part in
 * orientation keeps its bytes and its order, and text that is not valid UTF-8 passes. There is no
 * XML library here, since one would refuse such text, and would write the whole packet anew.
 *
 * Order: exn_xmp_scan() for every packet of the file; where the file is to be edited exn_xmp_edit()
 * for each. */
#ifndef EXN_METADATA_XMP_H
#define EXN_METADATA_XMP_H

#include "xmp_types.h"

/* Walks one packet. Never fails: what cannot be read safely is `unsafe` where it may hold an
 * orientation other than 1, and of no interest where it may not. The predicate speaks of every
 * namespace prefix, either quote, attributes and elements, at any depth; white space around the 1
 * is allowed. Names that exiftool or exiv2 take for these count too: in any case, in a namespace of
 * another version, under the usual prefix of an unknown one.
 *
 * cancel may be NULL. Where it says so the packet is unsafe, whatever is in it. */
void exn_xmp_scan(exn_span packet, const exn_cancel *cancel, exn_xmp *found);

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
 * With the identity nothing else is changed but JPEGs that have an orientation of their own, not
 * even a size that is wrong, and the packet keeps its size. Otherwise numbers that grow take from
 * the padding before <?xpacket end?>, those that shrink give to it; the packet grows only where the
 * padding does not suffice, and changes its size freely where it has no such trailer. Of a packet
 * that is not well formed only the orientations go, by blanks, and the rest is stale.
 *
 * out: only appended to, and only where the verdict is EDITED. Returns EXN_OK, EXN_MEMORY or
 * EXN_CANCELLED (out as it was). After EDITED and UNCHANGED exn_xmp_scan() finds nothing to edit
 * any more. */
exn_status exn_xmp_edit(exn_span packet, const exn_xmp_turn *turn, exn_buffer *out,
                        exn_xmp_edited *edited);

/* Reads the directory of a packet; never fails. */
void exn_xmp_list(exn_span packet, exn_xmp_directory *directory);

/* Appends the packet with its directory changed; lengths that grow or shrink take from or give to
 * the padding. *done is false, and out as it was, where that is not safe. Comes after
 * exn_xmp_edit(). Returns EXN_OK or EXN_MEMORY. */
exn_status exn_xmp_set_directory(exn_span packet, const exn_xmp_relist *relist, exn_buffer *out,
                                 bool *done);

#endif
