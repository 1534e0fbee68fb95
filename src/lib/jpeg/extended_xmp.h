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
    exn_buffer packet;               /* put together, then edited; owned */
    bool found;                      /* all portions of one packet are there */
    bool edited, removed, written;
    uint8_t new_guid[EXN_XMP_GUID_SIZE];
    exn_buffer condemned; /* GUIDs, in order, of other packets, or of pieces of one, that may hold
                             an orientation; owned */
    uint32_t orientation; /* one that those say, 1..8; 0: none */
} exn_extended_xmp;

/* Puts the packet together that guid names, and looks into all other portions: few readers put
 * those together, and none can tell what is missing, so a packet of them goes whole where it may
 * hold an orientation. Returns EXN_OK, also where the packet is not there or not whole (found is
 * false then), or EXN_MEMORY. exn_extended_xmp_close() in every case. */
exn_status exn_extended_xmp_open(exn_extended_xmp *extended, const exn_jpeg *jpeg, exn_span guid);

/* Edits it; a changed packet gets a new GUID. Adds to *warnings as exn_block_edit() does. */
exn_status exn_extended_xmp_edit(exn_extended_xmp *extended, const exn_exif_turn *turn,
                                 uint32_t *warnings);

/* Appends, in the place of one of its portions, what is to stand there: all portions of an edited
 * packet where the first one stood. *own is false for the portion of another packet, which is then
 * not appended; but true where that is to go, of which XMP_REMOVED tells in *warnings. */
exn_status exn_extended_xmp_append(exn_extended_xmp *extended, const exn_segment *segment,
                                   exn_buffer *out, bool *own, uint32_t *warnings);

/* Replaces the old GUID by the new one in a main packet that begins at start of out. */
void exn_extended_xmp_rename(const exn_extended_xmp *extended, exn_buffer *out, size_t start);

void exn_extended_xmp_close(exn_extended_xmp *extended);

#endif
