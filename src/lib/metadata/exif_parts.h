/* SPDX-License-Identifier: MIT */
/* What the editors of an Exif block share. The files build on each other in this order, and none
 * calls a later one: ifd.c and exif_density.c (where things are), exif_tags.c (what the tags say),
 * embedded.c and exif_picture.c (pictures inside), exif.c (what a block says), exif_write.c
 * (changing bytes), exif_values.c and exif_thumbnail.c (what to change), exif_edit.c (the whole
 * edit). */
#ifndef EXN_METADATA_EXIF_PARTS_H
#define EXN_METADATA_EXIF_PARTS_H

#include "exif.h"
#include "exif_density.h"
#include "exif_picture.h"
#include "exif_tags.h"
#include "ifd.h"

/* --- Writing (exif_write.c) --- */

/* A block while exif_edit.c works on it. */
typedef struct exn_exif_editor {
    exn_buffer *buffer;
    size_t start;  /* of the block in buffer */
    exn_tiff tiff; /* the same bytes */
    exn_ifds ifds; /* taken before the first change; tables never move */
    const exn_exif_turn *turn;
    uint32_t size[2]; /* the output's width and height */
    uint32_t said[2]; /* PixelX/YDimension as they were; 0: absent */
    uint32_t warnings;
    uint32_t questions; /* calls of exn_exif_write_owns_entry() */
    bool changed;
    bool unsafe; /* a required change was impossible */
} exn_exif_editor;

static inline uint8_t *exn_exif_bytes(exn_exif_editor *editor)
{
    return editor->buffer->data + editor->start;
}

/* The only ways to change the block's bytes; the caller checks offsets. */
void exn_exif_write_16(exn_exif_editor *editor, size_t offset, uint32_t value);
void exn_exif_write_32(exn_exif_editor *editor, size_t offset, uint32_t value);
void exn_exif_write_bytes(exn_exif_editor *editor, size_t offset, const void *data, size_t size);
void exn_exif_write_zero(exn_exif_editor *editor, size_t offset, size_t size);

/* Sets one SHORT or LONG; false if the entry is not one or cannot hold the value. If several
 * numbers belong together, test each of them before setting any. */
bool exn_exif_write_fits(const exn_exif_editor *editor, const exn_ifd_entry *entry, uint32_t value);
bool exn_exif_write_number(exn_exif_editor *editor, const exn_ifd_entry *entry, uint32_t value);

/* Whether a table's entries may be written in place, because nothing else uses them. */
bool exn_exif_write_owns_table(const exn_exif_editor *editor, const exn_ifd *ifd);

/* The same for one entry, in a table whose other bytes may be shared. Each call walks every table,
 * so after some hundred of them the answer is false. */
bool exn_exif_write_owns_entry(exn_exif_editor *editor, const exn_ifd_entry *entry);

/* Swaps the values of two RATIONALs of a table. If that is impossible (writable: whether the
 * table's values may be written), they become stale unless both are equal. */
void exn_exif_write_swap_rationals(exn_exif_editor *editor, const exn_ifd *ifd, uint32_t tag_x,
                                   uint32_t tag_y, bool writable);

/* --- Parts of the edit; exif_edit.c calls them in this order --- */

/* Sizes, resolutions, areas (exif_values.c). */
void exn_exif_values_edit(exn_exif_editor *editor);

/* Rotates thumbnails and previews (exif_thumbnail.c). Returns EXN_OK or EXN_MEMORY. */
exn_status exn_exif_thumbnail_turn(exn_exif_editor *editor);

/* Rotates one that is a strip of samples whose bytes nothing else uses (exif_samples.c). *placed
 * becomes false if that is impossible. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_exif_samples_turn(exn_exif_editor *editor, const exn_ifd *ifd,
                                 const exn_thumbnail *thumbnail, exn_orientation o, bool *placed);

#endif
