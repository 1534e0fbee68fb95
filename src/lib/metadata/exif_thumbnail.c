/* SPDX-License-Identifier: MIT */
/* The picture that IFD1 points to (EXIF 2.32, 4.5.8): a JPEG, or one strip of samples. It is
 * rotated like the main image, so that both show the same. IFD1's own orientation, or the JPEG's,
 * is believed only if the main image's would give the thumbnail a different aspect ratio than the
 * image: cameras write 6 or 8 there beside thumbnails that already agree with the main image. The
 * same applies to previews that other tables point to. If such a preview cannot be rotated it
 * stays, since no chain could end before its table. */
#include <string.h>

#include "exif_parts.h"

/* --- Dropping --- */

static bool is_private(const exn_exif_editor *editor, const exn_thumbnail *thumbnail)
{
    return thumbnail->sound && exn_ifd_sound_users(&editor->tiff, &editor->ifds, thumbnail->at,
                                                   thumbnail->at + thumbnail->size) == 1;
}

/* Its bytes are zeroed if nothing else uses them. */
static bool zero(exn_exif_editor *editor, const exn_thumbnail *thumbnail)
{
    if (!is_private(editor, thumbnail))
        return false;
    exn_exif_write_zero(editor, thumbnail->at, thumbnail->size);
    return true;
}

/* Ends the chain of tables before this one, and zeroes the picture. Later tables in the chain are
 * removed with it. */
static void drop(exn_exif_editor *editor, const exn_ifd *ifd, const exn_thumbnail *thumbnail)
{
    const exn_ifd *previous = &editor->ifds.tables[ifd->previous];
    size_t size = exn_ifd_end(previous) + EXN_IFD_NEXT_SIZE - previous->offset;
    if (exn_ifd_overlap(&editor->tiff, &editor->ifds, previous, size)) {
        editor->unsafe = true;
        return;
    }
    zero(editor, thumbnail);
    exn_exif_write_32(editor, exn_ifd_end(previous), 0);
    editor->warnings |= 1U << EXN_WARN_THUMBNAIL_DROPPED;
}

/* --- Turning --- */

/* How to rotate a thumbnail; false if it cannot be given the image's aspect ratio. */
static bool choose(const exn_exif_editor *editor, const exn_ifd *ifd,
                   const exn_thumbnail *thumbnail, exn_orientation *o)
{
    const exn_exif_turn *turn = editor->turn;
    exn_ifd_entry e;
    uint32_t other = 0;
    if (exn_ifd_find(&editor->tiff, ifd, EXN_TAG_ORIENTATION, &e))
        other = exn_ifd_usable_orientation(&editor->tiff, &e);
    if (exn_embedded_choose(&thumbnail->picture, turn->o, turn->stored_width, turn->stored_height,
                            other, o))
        return true;
    *o = turn->o; /* if no pixel moves, this one's stay too */
    return exn_orientation_is_identity(turn->o);
}

/* Extends the block to size bytes, with zeros after its former end. The buffer may move, so
 * editor->tiff is updated. */
static exn_status grow(exn_exif_editor *editor, size_t size)
{
    size_t extra = size - editor->tiff.size;
    exn_status status = exn_buffer_reserve(editor->buffer, extra);
    if (status != EXN_OK)
        return status;
    memset(editor->buffer->data + editor->buffer->size, 0, extra);
    editor->buffer->size += extra;
    editor->tiff.data = exn_exif_bytes(editor);
    editor->tiff.size = size;
    editor->changed = true;
    return EXN_OK;
}

/* Where a rotated JPEG may go: into the old one's bytes, else after them if they are the block's
 * last, else to the end of the block on a word boundary (TIFF 6.0, section 2). */
typedef struct space {
    bool own;    /* nothing else uses the old one's bytes */
    size_t end;  /* where a larger one goes */
    size_t room; /* the bytes that any may have; 0: there is no space */
} space;

/* In a truncated block, bytes at the end would become part of what is missing, so it must not grow.
 */
static space space_for(const exn_exif_editor *editor, const exn_thumbnail *old)
{
    size_t block = editor->tiff.size, most = editor->turn->max_size;
    space s = {.own = is_private(editor, old), .end = block + block % 2};
    if (s.own && old->at + old->size == block)
        s.end = old->at;
    if (s.end <= most && exn_ifd_complete(&editor->tiff, &editor->ifds))
        s.room = most - s.end;
    if (s.own && s.room < old->size)
        s.room = old->size;
    return s;
}

static exn_status place(exn_exif_editor *editor, const exn_thumbnail *old, exn_span jpeg,
                        bool *placed)
{
    const space s = space_for(editor, old);
    size_t at = s.own && jpeg.size <= old->size ? old->at : s.end;
    /* A SHORT may be too narrow for the new number. */
    if (jpeg.size > s.room || !exn_exif_write_fits(editor, &old->size_entry, (uint32_t)jpeg.size) ||
        !exn_exif_write_fits(editor, &old->offset_entry, (uint32_t)at))
        return EXN_OK;
    exn_exif_write_number(editor, &old->size_entry, (uint32_t)jpeg.size);
    exn_exif_write_number(editor, &old->offset_entry, (uint32_t)at);
    *placed = true;
    if (s.own)
        exn_exif_write_zero(editor, old->at, old->size);
    exn_status status = EXN_OK;
    if (at + jpeg.size > editor->tiff.size)
        status = grow(editor, at + jpeg.size);
    if (status == EXN_OK)
        exn_exif_write_bytes(editor, at, jpeg.data, jpeg.size);
    return status;
}

/* The JPEG, with its end completed: some writers omit EOI, or its second byte. */
static exn_status take_jpeg(exn_exif_editor *editor, const exn_thumbnail *old, exn_buffer *jpeg)
{
    const uint8_t *data = editor->tiff.data + old->at;
    exn_status status = exn_buffer_append(jpeg, data, old->size);
    if (!old->cut || status != EXN_OK || old->size == 0)
        return status;
    bool half = data[old->size - 1] == 0xFF;
    /* Excess bytes would otherwise count as used. */
    exn_exif_write_number(editor, &old->size_entry, (uint32_t)old->size);
    return half ? exn_buffer_append(jpeg, "\xD9", 1) : exn_buffer_append(jpeg, "\xFF\xD9", 2);
}

static exn_status turn_jpeg(exn_exif_editor *editor, const exn_thumbnail *old, exn_orientation o,
                            bool *placed)
{
    exn_thumbnails *thumbnails = editor->turn->thumbnails;
    exn_buffer jpeg = {0}, turned = {0};
    if (!old->sound || !thumbnails)
        return EXN_OK;
    exn_status status = take_jpeg(editor, old, &jpeg);
    if (status == EXN_OK)
        status = thumbnails->turn(thumbnails, exn_buffer_span(&jpeg), o,
                                  space_for(editor, old).room, &turned);
    if (status == EXN_OK)
        status = place(editor, old, exn_buffer_span(&turned), placed);
    exn_buffer_free(&turned);
    exn_buffer_free(&jpeg);
    return status == EXN_MEMORY ? status : EXN_OK;
}

/* What a table says about its picture's sides. */
typedef struct sides {
    exn_ifd_entry width, height, rows;
    uint32_t columns, lines; /* the values of width and height */
    bool sized, striped;     /* it has both sizes; it has the rows of a strip */
} sides;

static sides find_sides(const exn_tiff *tiff, const exn_ifd *ifd, const exn_thumbnail *thumbnail)
{
    sides s = {0};
    uint32_t r;
    s.sized = exn_ifd_find(tiff, ifd, EXN_TAG_IMAGE_WIDTH, &s.width) &&
              exn_ifd_find(tiff, ifd, EXN_TAG_IMAGE_LENGTH, &s.height) &&
              exn_ifd_number(tiff, &s.width, &s.columns) &&
              exn_ifd_number(tiff, &s.height, &s.lines);
    /* A single strip has all rows; a larger number means the same. */
    s.striped = thumbnail->is_strip && exn_ifd_find(tiff, ifd, EXN_TAG_ROWS_PER_STRIP, &s.rows) &&
                exn_ifd_number(tiff, &s.rows, &r) && r < UINT16_MAX;
    return s;
}

/* Whether the table can express that its picture's sides are swapped. */
static bool can_swap_axes(const exn_exif_editor *editor, const exn_ifd *ifd,
                          const exn_thumbnail *thumbnail)
{
    const sides s = find_sides(&editor->tiff, ifd, thumbnail);
    return (!s.sized || (exn_exif_write_fits(editor, &s.width, s.lines) &&
                         exn_exif_write_fits(editor, &s.height, s.columns))) &&
           (!s.striped || exn_exif_write_fits(editor, &s.rows, thumbnail->picture.width));
}

/* Updates a table for a picture of its own whose sides are now swapped. */
static void swap_axes(exn_exif_editor *editor, const exn_ifd *ifd, const exn_thumbnail *thumbnail)
{
    const sides s = find_sides(&editor->tiff, ifd, thumbnail);
    exn_ifd_entry e;
    if (s.sized) {
        exn_exif_write_number(editor, &s.width, s.lines);
        exn_exif_write_number(editor, &s.height, s.columns);
    }
    if (s.striped)
        exn_exif_write_number(editor, &s.rows, thumbnail->picture.width);
    /* TIFF 6.0, section 21: two SHORTs, in the entry; a JPEG's follow its factors. */
    if (thumbnail->is_jpeg && exn_ifd_find(&editor->tiff, ifd, EXN_TAG_YCBCR_SUBSAMPLING, &e) &&
        e.type == EXN_TYPE_SHORT && e.count == 2) {
        const uint32_t h = exn_tiff_get16(&editor->tiff, e.at);
        const uint32_t v = exn_tiff_get16(&editor->tiff, e.at + 2);
        exn_exif_write_16(editor, e.at, v);
        exn_exif_write_16(editor, e.at + 2, h);
    }
    exn_exif_write_swap_rationals(editor, ifd, EXN_TAG_X_RESOLUTION, EXN_TAG_Y_RESOLUTION, true);
}

static exn_status turn_picture(exn_exif_editor *editor, const exn_ifd *ifd,
                               const exn_thumbnail *thumbnail, exn_orientation o, bool *placed)
{
    if (ifd->pointers != 1 || !exn_exif_write_owns_table(editor, ifd))
        return EXN_OK;
    if (thumbnail->is_jpeg)
        return turn_jpeg(editor, thumbnail, o, placed);
    return is_private(editor, thumbnail) ? exn_exif_samples_turn(editor, ifd, thumbnail, o, placed)
                                         : EXN_OK;
}

/* A preview that cannot be rotated stays as it is, except for its own orientation. If that cannot
 * be removed, its bytes are. */
static exn_status leave(exn_exif_editor *editor, const exn_ifd *ifd, const exn_thumbnail *thumbnail)
{
    bool placed = false;
    exn_status status = EXN_OK;
    if (!exn_orientation_is_identity(editor->turn->o))
        editor->warnings |= 1U << EXN_WARN_METADATA_STALE;
    if (thumbnail->picture.orients)
        status = turn_picture(editor, ifd, thumbnail, exn_orientation_from_exif(1), &placed);
    if (status != EXN_OK || placed || !thumbnail->picture.orients)
        return status;
    editor->warnings |= 1U << EXN_WARN_THUMBNAIL_DROPPED;
    editor->unsafe = !zero(editor, thumbnail) || editor->unsafe;
    return EXN_OK;
}

/* *kept: whether the chain continues after this table. */
static exn_status turn_thumbnail(exn_exif_editor *editor, size_t number, bool *kept)
{
    const exn_ifd *ifd = &editor->ifds.tables[number];
    exn_thumbnail thumbnail;
    exn_orientation o;
    *kept = true;
    if (!exn_exif_picture_find(&editor->tiff, &editor->ifds, number, &thumbnail))
        return EXN_OK;
    if (exn_orientation_is_identity(editor->turn->o) && !thumbnail.picture.orients)
        return EXN_OK;
    exn_status status = EXN_OK;
    bool placed = choose(editor, ifd, &thumbnail, &o);
    /* The sizes in IFD0 and the Exif IFD are the main image's. */
    const bool own = ifd->kind == EXN_IFD_CHAINED || ifd->kind == EXN_IFD_SUB;
    if (placed && exn_orientation_is_identity(o) && !thumbnail.picture.orients)
        return EXN_OK;
    if (placed && own && o.transpose && !can_swap_axes(editor, ifd, &thumbnail))
        placed = false;
    if (placed) {
        placed = false;
        status = turn_picture(editor, ifd, &thumbnail, o, &placed);
    }
    if (placed && o.transpose && own)
        swap_axes(editor, ifd, &thumbnail);
    else if (!placed && status == EXN_OK && ifd->kind != EXN_IFD_CHAINED)
        status = leave(editor, ifd, &thumbnail);
    else if (!placed) {
        *kept = false;
        drop(editor, ifd, &thumbnail);
    }
    return status;
}

/* Tiles are not rotated. */
static bool is_tiled(const exn_exif_editor *editor, const exn_ifd *ifd)
{
    exn_ifd_entry e;
    return ifd->kind == EXN_IFD_SUB && exn_ifd_find(&editor->tiff, ifd, EXN_TAG_TILE_OFFSETS, &e);
}

exn_status exn_exif_thumbnail_turn(exn_exif_editor *editor)
{
    exn_status status = EXN_OK;
    bool kept = true;
    for (size_t i = 0; i < editor->ifds.count && status == EXN_OK; i++) {
        const bool chained = editor->ifds.tables[i].kind == EXN_IFD_CHAINED;
        if (is_tiled(editor, &editor->ifds.tables[i]) &&
            !exn_orientation_is_identity(editor->turn->o))
            editor->warnings |= 1U << EXN_WARN_METADATA_STALE;
        if (!chained)
            status = turn_thumbnail(editor, i, &(bool){true});
        else if (kept)
            status = turn_thumbnail(editor, i, &kept);
    }
    return status;
}
