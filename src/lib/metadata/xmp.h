/* SPDX-License-Identifier: MIT */
/* One XMP packet as bytes: what follows the namespace header of an APP1, joined extended XMP, or
 * the text of a PNG iTXt chunk.
 *
 * A bounded tokenizer of our own (xml.h) reads the XML, xmp_walk.c has a rule for each name that
 * concerns the picture's axes, and the packet is edited as bytes (xmp_edits.h): anything unrelated
 * to orientation keeps its bytes and its order, and text that is not valid UTF-8 passes. An XML
 * library would refuse such text, and would rewrite the whole packet.
 *
 * Order: exn_xmp_scan() for every packet of the file; if the file is edited, exn_xmp_edit() for
 * each. */
#ifndef EXN_METADATA_XMP_H
#define EXN_METADATA_XMP_H

#include "xmp_types.h"

/* Walks one packet. Never fails: if it cannot be read safely, it is `unsafe` if it may hold an
 * orientation other than 1, and ignored otherwise. The predicate covers every namespace prefix,
 * either kind of quote, attributes and elements, at any depth; white space around the 1 is allowed.
 * Names that exiftool or exiv2 accept as these count too: in any case, in a namespace of another
 * version, with the usual prefix of an unknown one.
 *
 * cancel may be NULL. If it says so, the packet is unsafe, whatever it contains. */
void exn_xmp_scan(exn_span packet, const exn_cancel *cancel, exn_xmp *found);

typedef enum exn_xmp_verdict {
    EXN_XMP_UNCHANGED, /* there is nothing to edit: keep the source's bytes */
    EXN_XMP_EDITED,    /* the new packet was appended */
    EXN_XMP_UNSAFE, /* may hold an orientation that cannot be cut out: remove the packet, and warn
                     */
} exn_xmp_verdict;

typedef struct exn_xmp_edited {
    exn_xmp_verdict verdict;
    bool stale; /* something that refers to stored pixels could not be mapped and was kept: warn */
    bool thumbnails_dropped; /* could not be rotated, or became too large: warn */
} exn_xmp_edited;

/* Appends the packet to out without any tiff:Orientation or exif:Orientation (replaced by blanks,
 * even if the value was 1). If o is not the identity, everything that refers to stored pixels is
 * converted to the output's frame:
 *
 * - tiff:ImageWidth, tiff:ImageLength, exif:PixelXDimension, exif:PixelYDimension of the picture
 *   itself (not those of its ingredients) become the output's size;
 * - mwg-rs:Area of face regions is mapped, mwg-rs:AppliedToDimensions becomes the output's size;
 * - MPReg:Rectangle and the areas of ACDSee are mapped;
 * - exif:SubjectArea, SubjectLocation, resolutions and the crop of Camera Raw are mapped;
 * - the JPEGs of xmp:Thumbnails and xmp:PageInfo are rotated, or the property is removed.
 *
 * With the identity nothing else changes except JPEGs that have an orientation of their own; even a
 * wrong size is kept, and so is the packet's size. Otherwise numbers that become longer take space
 * from the padding before <?xpacket end?>, and those that become shorter add to it; the packet
 * grows only if the padding is not enough, and changes its size freely if it has no such trailer.
 * If a packet is not well formed, only the orientations are removed, by blanks, and the rest is
 * stale.
 *
 * out: only appended to, and only if the verdict is EDITED. Returns EXN_OK, EXN_MEMORY or
 * EXN_CANCELLED (out unchanged). After EDITED and UNCHANGED, exn_xmp_scan() finds nothing left to
 * edit. */
exn_status exn_xmp_edit(exn_span packet, const exn_xmp_turn *turn, exn_buffer *out,
                        exn_xmp_edited *edited);

/* Reads the directory of a packet; never fails. */
void exn_xmp_list(exn_span packet, exn_xmp_directory *directory);

/* Appends the packet with its directory changed; lengths that become longer or shorter take from
 * the padding or add to it. If that is not safe, *done becomes false and out is unchanged. To be
 * called after exn_xmp_edit(). Returns EXN_OK or EXN_MEMORY. */
exn_status exn_xmp_set_directory(exn_span packet, const exn_xmp_relist *relist, exn_buffer *out,
                                 bool *done);

#endif
