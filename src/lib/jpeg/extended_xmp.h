/* SPDX-License-Identifier: MIT */
/* Extended XMP, an XMP packet in several APP1 segments (XMP specification part 3, 1.1.3.1). Each
 * portion carries the MD5 of the whole as 32 digits, the whole's length and its own offset; the
 * main packet names the same digits in xmpNote:HasExtendedXMP. */
#ifndef EXN_JPEG_EXTENDED_XMP_H
#define EXN_JPEG_EXTENDED_XMP_H

#include "metadata/block_edit.h"
#include "segments.h"

enum { EXN_XMP_GUID_SIZE = 32 };

typedef struct exn_extended_xmp {
    uint8_t guid[EXN_XMP_GUID_SIZE]; /* the source's */
    exn_buffer packet;               /* joined, then edited; owned */
    bool found;                      /* all portions of one packet are there */
    bool edited, removed, written;
    uint8_t new_guid[EXN_XMP_GUID_SIZE];
    exn_buffer condemned; /* sorted GUIDs of other packets, or pieces of one, that may have an
                             orientation; owned */
    uint32_t orientation; /* an orientation found in those, 1..8; 0: none */
} exn_extended_xmp;

/* Joins the packet that guid names, and examines all other portions. Few readers join those, and
 * nobody can tell what is missing, so a packet made of them is removed entirely if it may have an
 * orientation. Returns EXN_OK, even if the packet is missing or incomplete (found is false then),
 * or EXN_MEMORY. exn_extended_xmp_close() has to be called in every case. */
exn_status exn_extended_xmp_open(exn_extended_xmp *extended, const exn_jpeg *jpeg, exn_span guid);

/* Edits the packet; if it changes, it gets a new GUID. Adds to *warnings as exn_block_edit() does.
 */
exn_status exn_extended_xmp_edit(exn_extended_xmp *extended, const exn_exif_turn *turn,
                                 uint32_t *warnings);

/* Appends the output's replacement for one of its portions: where the first one was, all portions
 * of an edited packet. *own becomes false, and nothing is appended, for a portion of another
 * packet, unless that has to be removed; then it is true, and XMP_REMOVED is added to *warnings. */
exn_status exn_extended_xmp_append(exn_extended_xmp *extended, const exn_segment *segment,
                                   exn_buffer *out, bool *own, uint32_t *warnings);

/* Replaces the old GUID with the new one in a main packet that begins at start of out. */
void exn_extended_xmp_rename(const exn_extended_xmp *extended, exn_buffer *out, size_t start);

void exn_extended_xmp_close(exn_extended_xmp *extended);

#endif
