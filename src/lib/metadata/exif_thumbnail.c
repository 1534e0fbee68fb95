/* SPDX-License-Identifier: MIT */
/* The picture that IFD1 points to (EXIF 2.32, 4.5.8): a JPEG, or one strip of RGB samples. It is
 * rotated as the main image is, so that it shows what the image shows. IFD1's own orientation, or
 * the JPEG's, is believed only where the main image's would give the thumbnail another aspect than
 * the image: cameras write 6 or 8 there beside thumbnails that already agree with the main image.
 */
#include <stdlib.h>
#include <string.h>

#include "exif_parts.h"

enum { COMPRESSION_NONE = 1, PHOTOMETRIC_RGB = 2, PLANAR_CHUNKY = 1, RGB_SIZE = 3 };

/* --- Dropping --- */

static bool is_private(const exn_exif_editor *editor, const exn_thumbnail *thumbnail)
{
    return thumbnail->sound && exn_ifd_users(&editor->tiff, &editor->ifds, thumbnail->at,
                                             thumbnail->at + thumbnail->size) == 1;
}

/* Ends the chain of tables before this one, and zeroes the picture. */
static void drop(exn_exif_editor *editor, const exn_ifd *ifd, const exn_thumbnail *thumbnail)
{
    const exn_ifd *previous = &editor->ifds.tables[ifd->previous];
    size_t size = exn_ifd_end(previous) + EXN_IFD_NEXT_SIZE - previous->offset;
    if (exn_ifd_overlap(&editor->tiff, &editor->ifds, previous, size)) {
        editor->unsafe = true;
        return;
    }
    if (is_private(editor, thumbnail))
        exn_exif_write_zero(editor, thumbnail->at, thumbnail->size);
    exn_exif_write_32(editor, exn_ifd_end(previous), 0);
    editor->warnings |= 1U << EXN_WARN_THUMBNAIL_DROPPED;
}

/* --- Turning --- */

/* How to rotate a thumbnail; false where it cannot be given the image's aspect. */
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
    *o = turn->o; /* where no pixel moves, this one's stay too */
    return exn_orientation_is_identity(turn->o);
}

/* Makes the block size bytes long. What was after its end is zeros. */
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

/* Where a rotated JPEG may stand: in the old one's bytes, else after them where they are the
 * block's last, else at the end of the block on a word boundary (TIFF 6.0, section 2). */
typedef struct space {
    bool own;    /* the old one's bytes are nothing else's */
    size_t end;  /* where one goes that is larger */
    size_t room; /* bytes that any may have; 0: there is no place */
} space;

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
    if (jpeg.size > s.room ||
        !exn_exif_write_number(editor, &old->size_entry, (uint32_t)jpeg.size) ||
        !exn_exif_write_number(editor, &old->offset_entry, (uint32_t)at))
        return EXN_OK;
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

/* The JPEG, with the end that it lacks. */
static exn_status take_jpeg(exn_exif_editor *editor, const exn_thumbnail *old, exn_buffer *jpeg)
{
    const uint8_t *data = editor->tiff.data + old->at;
    exn_status status = exn_buffer_append(jpeg, data, old->size);
    if (!old->cut || status != EXN_OK || old->size == 0)
        return status;
    bool half = data[old->size - 1] == 0xFF;
    /* What it counted too much would else count as used. */
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

/* Whether the table describes 8-bit RGB samples, pixel by pixel, in the one strip found. */
static bool is_plain_rgb(const exn_exif_editor *editor, const exn_ifd *ifd,
                         const exn_thumbnail *thumbnail)
{
    const exn_tiff *tiff = &editor->tiff;
    uint32_t compression = 0, photometric = 0, samples = 0, planar = PLANAR_CHUNKY;
    exn_ifd_entry bits;
    size_t at, size;
    exn_ifd_find_number(tiff, ifd, EXN_TAG_COMPRESSION, &compression);
    exn_ifd_find_number(tiff, ifd, EXN_TAG_PHOTOMETRIC, &photometric);
    exn_ifd_find_number(tiff, ifd, EXN_TAG_SAMPLES_PER_PIXEL, &samples);
    exn_ifd_find_number(tiff, ifd, EXN_TAG_PLANAR_CONFIGURATION, &planar);
    if (compression != COMPRESSION_NONE || photometric != PHOTOMETRIC_RGB || samples != RGB_SIZE ||
        planar != PLANAR_CHUNKY)
        return false;
    if (!exn_ifd_find(tiff, ifd, EXN_TAG_BITS_PER_SAMPLE, &bits) || bits.type != EXN_TYPE_SHORT ||
        bits.count != RGB_SIZE || !exn_ifd_value(tiff, &bits, &at, &size))
        return false;
    for (uint32_t i = 0; i < RGB_SIZE; i++)
        if (exn_tiff_get16(tiff, at + 2 * (size_t)i) != 8)
            return false;
    return thumbnail->picture.width && thumbnail->picture.height &&
           thumbnail->picture.width <= UINT16_MAX && thumbnail->picture.height <= UINT16_MAX &&
           (uint64_t)thumbnail->picture.width * thumbnail->picture.height * RGB_SIZE ==
               thumbnail->size;
}

static exn_status turn_rgb(exn_exif_editor *editor, const exn_ifd *ifd,
                           const exn_thumbnail *thumbnail, exn_orientation o, bool *placed)
{
    if (!is_private(editor, thumbnail) || !is_plain_rgb(editor, ifd, thumbnail))
        return EXN_OK;
    uint8_t *turned = malloc(thumbnail->size);
    if (!turned)
        return EXN_MEMORY;
    const uint32_t width = thumbnail->picture.width, height = thumbnail->picture.height;
    exn_orientation_move(o, width, height, RGB_SIZE, editor->tiff.data + thumbnail->at,
                         (size_t)width * RGB_SIZE, turned,
                         (size_t)(o.transpose ? height : width) * RGB_SIZE);
    exn_exif_write_bytes(editor, thumbnail->at, turned, thumbnail->size);
    free(turned);
    *placed = true;
    return EXN_OK;
}

/* What IFD1 says of a thumbnail that now lies the other way. */
static void swap_axes(exn_exif_editor *editor, const exn_ifd *ifd, const exn_thumbnail *thumbnail)
{
    exn_ifd_entry width, height, rows;
    uint32_t w, h, r;
    if (exn_ifd_find(&editor->tiff, ifd, EXN_TAG_IMAGE_WIDTH, &width) &&
        exn_ifd_find(&editor->tiff, ifd, EXN_TAG_IMAGE_LENGTH, &height) &&
        exn_ifd_number(&editor->tiff, &width, &w) && exn_ifd_number(&editor->tiff, &height, &h)) {
        exn_exif_write_number(editor, &width, h);
        exn_exif_write_number(editor, &height, w);
    }
    /* The one strip has all rows; a number larger than that says so as well. */
    if (!thumbnail->is_jpeg && exn_ifd_find(&editor->tiff, ifd, EXN_TAG_ROWS_PER_STRIP, &rows) &&
        exn_ifd_number(&editor->tiff, &rows, &r) && r < UINT16_MAX)
        exn_exif_write_number(editor, &rows, thumbnail->picture.width);
    exn_exif_write_swap_rationals(editor, ifd, EXN_TAG_X_RESOLUTION, EXN_TAG_Y_RESOLUTION, true);
}

/* *kept: whether the chain goes on after this table. */
static exn_status turn_thumbnail(exn_exif_editor *editor, const exn_ifd *ifd, bool inside,
                                 bool *kept)
{
    exn_thumbnail thumbnail;
    exn_orientation o;
    *kept = true;
    if (!exn_exif_ifd1_find(&editor->tiff, ifd, inside, &thumbnail))
        return EXN_OK;
    if (exn_orientation_is_identity(editor->turn->o) && !thumbnail.picture.orients)
        return EXN_OK;
    exn_status status = EXN_OK;
    *kept = choose(editor, ifd, &thumbnail, &o);
    if (*kept && exn_orientation_is_identity(o) && !thumbnail.picture.orients)
        return EXN_OK;
    if (*kept) {
        *kept = false;
        if (ifd->pointers == 1 && exn_exif_write_owns_table(editor, ifd))
            status = thumbnail.is_jpeg ? turn_jpeg(editor, &thumbnail, o, kept)
                                       : turn_rgb(editor, ifd, &thumbnail, o, kept);
    }
    if (!*kept)
        drop(editor, ifd, &thumbnail);
    else if (o.transpose)
        swap_axes(editor, ifd, &thumbnail);
    return status;
}

exn_status exn_exif_thumbnail_turn(exn_exif_editor *editor)
{
    exn_status status = EXN_OK;
    bool kept = true, inside = true;
    for (size_t i = 0; i < editor->ifds.count && status == EXN_OK && kept; i++)
        if (editor->ifds.tables[i].kind == EXN_IFD_CHAINED) {
            status = turn_thumbnail(editor, &editor->ifds.tables[i], inside, &kept);
            inside = false;
        }
    return status;
}
