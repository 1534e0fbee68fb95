/* SPDX-License-Identifier: MIT */
/* The picture that IFD1 points to (EXIF 2.32, 4.5.8): a JPEG, or one strip of RGB samples. It is
 * turned as the main image is, so that it shows what the image shows. IFD1's own orientation is
 * believed only where the main image's would give the thumbnail another aspect than the image:
 * cameras write 6 or 8 there beside thumbnails that already agree with the main image. */
#include <stdlib.h>
#include <string.h>

#include "exif_parts.h"

enum { COMPRESSION_NONE = 1, PHOTOMETRIC_RGB = 2, PLANAR_CHUNKY = 1, RGB_SIZE = 3 };

/* --- Finding --- */

/* Walks to the frame header (ITU-T T.81, B.1.1 and B.2.2); leaves the size alone where there is
 * none. */
static void read_jpeg_size(exn_span jpeg, uint32_t *width, uint32_t *height)
{
    enum { HEADERS = 1 << 16 }; /* further than that nothing but fill bytes has a frame header */
    size_t at = 2;
    jpeg = exn_span_part(jpeg, 0, HEADERS);
    if (!exn_span_starts(jpeg, "\xFF\xD8", 2))
        return;
    while (jpeg.size - at >= 9 && jpeg.data[at] == 0xFF) {
        uint8_t marker = jpeg.data[at + 1];
        if (marker == 0xFF) {
            at++;
            continue;
        }
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
            marker != 0xCC) {
            *height = exn_get16be(jpeg.data + at + 5);
            *width = exn_get16be(jpeg.data + at + 7);
            return;
        }
        size_t size = 2 + (size_t)exn_get16be(jpeg.data + at + 2);
        if (marker == 0xDA || marker < 0xC0 || size > jpeg.size - at)
            return;
        at += size;
    }
}

/* The one entry of that tag, a number; false where it is missing, another type, or there twice. */
static bool find_only(const exn_tiff *tiff, const exn_ifd *ifd, uint32_t tag, exn_ifd_entry *found)
{
    uint32_t count = 0, value;
    for (uint32_t i = 0; i < ifd->whole; i++) {
        exn_ifd_entry e = exn_ifd_entry_at(tiff, ifd, i);
        if (e.tag == tag && count++ == 0)
            *found = e;
    }
    return count == 1 && exn_ifd_number(tiff, found, &value);
}

bool exn_exif_thumbnail_find(const exn_tiff *tiff, const exn_ifd *ifd, exn_thumbnail *thumbnail)
{
    exn_ifd_entry e;
    uint32_t at = 0, size = 0;
    bool is_jpeg = exn_ifd_find(tiff, ifd, EXN_TAG_THUMBNAIL_OFFSET, &e);
    *thumbnail = (exn_thumbnail){.is_jpeg = is_jpeg};
    if (!is_jpeg && !exn_ifd_find(tiff, ifd, EXN_TAG_STRIP_OFFSETS, &e))
        return false;
    thumbnail->sound =
        find_only(tiff, ifd, is_jpeg ? EXN_TAG_THUMBNAIL_OFFSET : EXN_TAG_STRIP_OFFSETS,
                  &thumbnail->offset_entry) &&
        find_only(tiff, ifd, is_jpeg ? EXN_TAG_THUMBNAIL_SIZE : EXN_TAG_STRIP_BYTE_COUNTS,
                  &thumbnail->size_entry) &&
        exn_ifd_number(tiff, &thumbnail->offset_entry, &at) &&
        exn_ifd_number(tiff, &thumbnail->size_entry, &size) && exn_tiff_has(tiff, at, size);
    thumbnail->at = at;
    thumbnail->size = size;
    if (thumbnail->sound && is_jpeg) {
        read_jpeg_size((exn_span){tiff->data + at, size}, &thumbnail->width, &thumbnail->height);
    } else if (!is_jpeg) {
        exn_ifd_find_number(tiff, ifd, EXN_TAG_IMAGE_WIDTH, &thumbnail->width);
        exn_ifd_find_number(tiff, ifd, EXN_TAG_IMAGE_LENGTH, &thumbnail->height);
    }
    /* A table that names a JPEG of no bytes has none. */
    return !thumbnail->sound || size > 0;
}

/* -1 upright, 1 lying, 0 neither: within a sixteenth of a square. Thumbnails are often 4:3 with
 * black bars whatever the picture's ratio, so nothing finer can be asked. */
static int aspect(uint64_t width, uint64_t height)
{
    uint64_t longer = width > height ? width : height;
    uint64_t difference = width > height ? width - height : height - width;
    if (width == 0 || height == 0 || 16 * difference <= longer)
        return 0;
    return width > height ? 1 : -1;
}

bool exn_exif_thumbnail_fits(const exn_thumbnail *thumbnail, uint32_t width, uint32_t height)
{
    return aspect(thumbnail->width, thumbnail->height) * aspect(width, height) >= 0;
}

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
        exn_exif_edit_zero(editor, thumbnail->at, thumbnail->size);
    exn_exif_edit_put32(editor, exn_ifd_end(previous), 0);
    editor->warnings |= 1U << EXN_WARN_THUMBNAIL_DROPPED;
}

/* --- Turning --- */

/* How to turn a thumbnail; false where neither orientation gives it the image's aspect. Without a
 * usable one IFD1 says that the thumbnail is upright. */
static bool choose(const exn_exif_editor *editor, const exn_ifd *ifd,
                   const exn_thumbnail *thumbnail, exn_orientation *o)
{
    exn_ifd_entry e;
    *o = editor->turn->o;
    if (exn_exif_thumbnail_fits(thumbnail, editor->turn->stored_width, editor->turn->stored_height))
        return true;
    *o = exn_orientation_from_exif(1);
    if (exn_ifd_find(&editor->tiff, ifd, EXN_TAG_ORIENTATION, &e))
        *o = exn_orientation_from_exif(exn_exif_usable_orientation(&editor->tiff, &e));
    exn_thumbnail turned = *thumbnail;
    exn_orientation_size(*o, &turned.width, &turned.height);
    return exn_exif_thumbnail_fits(&turned, editor->size[0], editor->size[1]);
}

/* Makes the block size bytes long. What was behind its end is zeros. */
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

/* Stores a turned JPEG: in the old one's bytes, else behind them where they are the block's last,
 * else at the end of the block on a word boundary (TIFF 6.0, section 2). *placed: whether there was
 * a place. */
static exn_status place(exn_exif_editor *editor, const exn_thumbnail *old, exn_span jpeg,
                        bool *placed)
{
    bool own = is_private(editor, old);
    size_t at = old->at, block = editor->tiff.size;
    if (!own || jpeg.size > old->size) {
        if (!own || old->at + old->size != block)
            at = block + block % 2;
        if (jpeg.size > editor->turn->max_size || at > editor->turn->max_size - jpeg.size ||
            !exn_ifd_complete(&editor->tiff, &editor->ifds))
            return EXN_OK;
    }
    if (!exn_exif_edit_put_number(editor, &old->size_entry, (uint32_t)jpeg.size) ||
        !exn_exif_edit_put_number(editor, &old->offset_entry, (uint32_t)at))
        return EXN_OK;
    *placed = true;
    if (own)
        exn_exif_edit_zero(editor, old->at, old->size);
    exn_status status = EXN_OK;
    if (at + jpeg.size > block)
        status = grow(editor, at + jpeg.size);
    if (status == EXN_OK)
        exn_exif_edit_put_bytes(editor, at, jpeg.data, jpeg.size);
    return status;
}

static exn_status turn_jpeg(exn_exif_editor *editor, const exn_thumbnail *old, exn_orientation o,
                            bool *placed)
{
    exn_thumbnails *thumbnails = editor->turn->thumbnails;
    exn_buffer turned = {0};
    if (!old->sound || !thumbnails)
        return EXN_OK;
    exn_span jpeg = {editor->tiff.data + old->at, old->size};
    exn_status status = thumbnails->turn(thumbnails, jpeg, o, &turned);
    if (status == EXN_OK)
        status = place(editor, old, exn_buffer_span(&turned), placed);
    exn_buffer_free(&turned);
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
    return thumbnail->width && thumbnail->height && thumbnail->width <= UINT16_MAX &&
           thumbnail->height <= UINT16_MAX &&
           (uint64_t)thumbnail->width * thumbnail->height * RGB_SIZE == thumbnail->size;
}

static exn_status turn_rgb(exn_exif_editor *editor, const exn_ifd *ifd,
                           const exn_thumbnail *thumbnail, exn_orientation o, bool *placed)
{
    if (!is_private(editor, thumbnail) || !is_plain_rgb(editor, ifd, thumbnail))
        return EXN_OK;
    uint8_t *turned = malloc(thumbnail->size);
    if (!turned)
        return EXN_MEMORY;
    uint32_t row = o.transpose ? thumbnail->height : thumbnail->width;
    const uint8_t *from = editor->tiff.data + thumbnail->at;
    for (uint32_t y = 0; y < thumbnail->height; y++) {
        for (uint32_t x = 0; x < thumbnail->width; x++, from += RGB_SIZE) {
            uint32_t u = x, v = y;
            exn_orientation_point(o, thumbnail->width, thumbnail->height, &u, &v);
            memcpy(turned + ((size_t)v * row + u) * RGB_SIZE, from, RGB_SIZE);
        }
    }
    exn_exif_edit_put_bytes(editor, thumbnail->at, turned, thumbnail->size);
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
        exn_exif_edit_put_number(editor, &width, h);
        exn_exif_edit_put_number(editor, &height, w);
    }
    /* The one strip has all rows; a number larger than that says so as well. */
    if (!thumbnail->is_jpeg && exn_ifd_find(&editor->tiff, ifd, EXN_TAG_ROWS_PER_STRIP, &rows) &&
        exn_ifd_number(&editor->tiff, &rows, &r) && r < UINT16_MAX)
        exn_exif_edit_put_number(editor, &rows, thumbnail->width);
    exn_exif_values_swap_rationals(editor, ifd, EXN_TAG_X_RESOLUTION, EXN_TAG_Y_RESOLUTION);
}

/* *kept: whether the chain goes on behind this table. */
static exn_status turn_thumbnail(exn_exif_editor *editor, const exn_ifd *ifd, bool *kept)
{
    exn_thumbnail thumbnail;
    exn_orientation o;
    *kept = true;
    if (!exn_exif_thumbnail_find(&editor->tiff, ifd, &thumbnail))
        return EXN_OK;
    exn_status status = EXN_OK;
    *kept = choose(editor, ifd, &thumbnail, &o);
    if (*kept && exn_orientation_is_identity(o))
        return EXN_OK;
    if (*kept) {
        *kept = false;
        if (ifd->pointers == 1 && exn_exif_edit_is_writable(editor, ifd))
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
    bool kept = true;
    for (size_t i = 0; i < editor->ifds.count && status == EXN_OK && kept; i++)
        if (editor->ifds.tables[i].kind == EXN_IFD_CHAINED)
            status = turn_thumbnail(editor, &editor->ifds.tables[i], &kept);
    return status;
}
