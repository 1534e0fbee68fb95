/* SPDX-License-Identifier: MIT */
/* What the files of exif.h share among themselves. They build on each other in this order, and none
 * calls one after it: ifd.c, exif_density.c and exif_ifd1.c (where things stand), exif.c (what a
 * block says), exif_write.c (changing bytes), exif_values.c and exif_thumbnail.c (what to change),
 * exif_edit.c (the whole edit). */
#ifndef EXN_METADATA_EXIF_PARTS_H
#define EXN_METADATA_EXIF_PARTS_H

#include "embedded.h"
#include "exif.h"
#include "ifd.h"

/* The 0x0112 entries of one table. */
typedef struct exn_exif_tally {
    uint32_t found;
    bool partial; /* one more, cut off by the end of the data */
    bool clean;   /* none, or exactly one SHORT of value 1 */
} exn_exif_tally;

exn_exif_tally exn_exif_tally_table(const exn_tiff *tiff, const exn_ifd *ifd);

/* --- Density (exif_density.c) --- */

enum {
    EXN_DENSITY_MAX = 32, /* values of one tag; a real block has one */
    EXN_UNIT_INCH = 2,    /* ResolutionUnit, TIFF 6.0 section 8 */
};

/* Everything that some browser might take for the density of the picture. [0] is x, [1] is y. */
typedef struct exn_density {
    exn_ifd_entry resolution[2][EXN_DENSITY_MAX]; /* RATIONALs that can be read */
    uint32_t pixels[2][EXN_DENSITY_MAX];          /* PixelX/YDimension */
    size_t resolutions[2], pixel_counts[2];
    bool inches;
    bool over; /* more than that */
} exn_density;

void exn_exif_density_collect(const exn_tiff *tiff, const exn_ifds *ifds, exn_density *density);

/* Whether a browser may lay a picture of size[0] x size[1] pixels out at another size. */
bool exn_exif_density_matches(const exn_tiff *tiff, const exn_density *density,
                              const uint32_t size[2]);

/* Whether a RATIONAL, at that offset, makes size pixels of one axis a match for themselves without
 * being exactly 72. */
bool exn_exif_density_is_near_72(const exn_tiff *tiff, size_t offset, uint32_t size);

/* --- Where a thumbnail stands (exif_ifd1.c) --- */

/* The picture that a chained table points to. */
typedef struct exn_thumbnail {
    bool is_jpeg;
    bool sound;      /* its entries are plain and it lies in the data */
    bool cut;        /* but for a byte or two, with which the JPEG ends, or which are not its own */
    size_t at, size; /* of its bytes in the data; may lie outside where not sound */
    exn_embedded picture;
    exn_ifd_entry offset_entry, size_entry; /* of a sound one */
} exn_thumbnail;

/* False where the table has none. inside: as exn_embedded_scan() has it. */
bool exn_exif_ifd1_find(const exn_tiff *tiff, const exn_ifd *ifd, bool inside,
                        exn_thumbnail *thumbnail);

/* --- Writing (exif_write.c) --- */

/* A block while exif_edit.c works on it. */
typedef struct exn_exif_editor {
    exn_buffer *buffer;
    size_t start;  /* of the block in buffer */
    exn_tiff tiff; /* the same bytes */
    exn_ifds ifds; /* taken before the first change; tables never move */
    const exn_exif_turn *turn;
    uint32_t size[2]; /* the product's width and height */
    uint32_t said[2]; /* PixelX/YDimension as they were; 0: not there */
    uint32_t warnings;
    uint32_t questions; /* asked of exn_exif_write_owns_entry() */
    bool changed;
    bool unsafe; /* something that had to be done could not be */
} exn_exif_editor;

static inline uint8_t *exn_exif_bytes(exn_exif_editor *editor)
{
    return editor->buffer->data + editor->start;
}

/* The only ways to change the block's bytes; offsets are the caller's to check. */
void exn_exif_write_16(exn_exif_editor *editor, size_t offset, uint32_t value);
void exn_exif_write_32(exn_exif_editor *editor, size_t offset, uint32_t value);
void exn_exif_write_bytes(exn_exif_editor *editor, size_t offset, const void *data, size_t size);
void exn_exif_write_zero(exn_exif_editor *editor, size_t offset, size_t size);

/* Sets one SHORT or LONG; false where the entry is no such thing or cannot hold the value. */
bool exn_exif_write_number(exn_exif_editor *editor, const exn_ifd_entry *entry, uint32_t value);

/* Whether a table's entries may be written in place: they belong to nothing else. */
bool exn_exif_write_owns_table(const exn_exif_editor *editor, const exn_ifd *ifd);

/* The same of one entry, for a table whose other bytes may be shared. Each question walks every
 * table, so after some hundred of them the answer is false. */
bool exn_exif_write_owns_entry(exn_exif_editor *editor, const exn_ifd_entry *entry);

/* Exchanges the values of two RATIONALs of a table. Where that cannot be done (writable: whether
 * the table's values may be written) they are stale, unless both are the same. */
void exn_exif_write_swap_rationals(exn_exif_editor *editor, const exn_ifd *ifd, uint32_t tag_x,
                                   uint32_t tag_y, bool writable);

/* --- Parts of the edit; exif_edit.c calls them in this order --- */

/* Sizes, resolutions, areas (exif_values.c). */
void exn_exif_values_edit(exn_exif_editor *editor);

/* Rotates the thumbnails of the chained tables (exif_thumbnail.c). Returns EXN_OK or EXN_MEMORY. */
exn_status exn_exif_thumbnail_turn(exn_exif_editor *editor);

#endif
