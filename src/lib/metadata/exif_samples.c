/* SPDX-License-Identifier: MIT */
/* Uncompressed thumbnails (EXIF 2.32, 4.5.8): RGB samples pixel by pixel, or Y'CbCr in units of the
 * luma samples that share one sample of each chroma (TIFF 6.0, section 21). */
#include <stdlib.h>
#include <string.h>

#include "exif_parts.h"

enum {
    COMPRESSION_NONE = 1,
    PHOTOMETRIC_RGB = 2,
    PHOTOMETRIC_YCBCR = 6,
    PLANAR_CHUNKY = 1,
    SAMPLES = 3,
    CHROMA = 2, /* samples of it per unit */
};

/* The pixels and bytes that move as a whole. */
typedef struct unit {
    uint32_t width, height, bytes;
} unit;

static bool has_bytes_for_samples(const exn_tiff *tiff, const exn_ifd *ifd)
{
    exn_ifd_entry bits;
    size_t at, size;
    if (!exn_ifd_find(tiff, ifd, EXN_TAG_BITS_PER_SAMPLE, &bits) || bits.type != EXN_TYPE_SHORT ||
        bits.count != SAMPLES || !exn_ifd_value(tiff, &bits, &at, &size))
        return false;
    for (uint32_t i = 0; i < SAMPLES; i++)
        if (exn_tiff_get16(tiff, at + 2 * (size_t)i) != 8)
            return false;
    return true;
}

/* If the tag is missing, both default to 2. */
static bool find_unit(const exn_tiff *tiff, const exn_ifd *ifd, unit *u)
{
    exn_ifd_entry e;
    *u = (unit){2, 2, 0};
    if (exn_ifd_find(tiff, ifd, EXN_TAG_YCBCR_SUBSAMPLING, &e)) {
        if (e.type != EXN_TYPE_SHORT || e.count != 2)
            return false;
        u->width = exn_tiff_get16(tiff, e.at);
        u->height = exn_tiff_get16(tiff, e.at + 2);
    }
    u->bytes = u->width * u->height + CHROMA;
    return (u->width == 1 || u->width == 2 || u->width == 4) &&
           (u->height == 1 || u->height == 2 || u->height == 4);
}

/* Whether the table describes 8-bit samples in whole units, in the one strip found. */
static bool find_layout(const exn_tiff *tiff, const exn_ifd *ifd, const exn_thumbnail *thumbnail,
                        unit *u)
{
    uint32_t compression = 0, photometric = 0, samples = 0, planar = PLANAR_CHUNKY;
    const uint32_t width = thumbnail->picture.width, height = thumbnail->picture.height;
    exn_ifd_find_number(tiff, ifd, EXN_TAG_COMPRESSION, &compression);
    exn_ifd_find_number(tiff, ifd, EXN_TAG_PHOTOMETRIC, &photometric);
    exn_ifd_find_number(tiff, ifd, EXN_TAG_SAMPLES_PER_PIXEL, &samples);
    exn_ifd_find_number(tiff, ifd, EXN_TAG_PLANAR_CONFIGURATION, &planar);
    *u = (unit){1, 1, SAMPLES};
    if (compression != COMPRESSION_NONE || samples != SAMPLES || planar != PLANAR_CHUNKY ||
        !has_bytes_for_samples(tiff, ifd))
        return false;
    if (photometric != PHOTOMETRIC_RGB &&
        (photometric != PHOTOMETRIC_YCBCR || !find_unit(tiff, ifd, u)))
        return false;
    /* With 16 bits each, the product fits into 64; the block contains it because it is the strip's
     * size. */
    return width && height && width <= UINT16_MAX && height <= UINT16_MAX &&
           width % u->width == 0 && height % u->height == 0 &&
           (uint64_t)(width / u->width) * (height / u->height) * u->bytes == thumbnail->size;
}

/* Luma samples move within their unit like units in the picture; chroma is one sample of each. */
static void turn_inside(const unit *u, exn_orientation o, uint8_t *units, size_t size)
{
    enum { LUMA_MAX = 16 };
    uint8_t luma[LUMA_MAX];
    const uint32_t count = u->width * u->height;
    for (size_t at = 0; at < size; at += u->bytes) {
        memcpy(luma, units + at, count);
        exn_orientation_move(o, u->width, u->height, 1, luma, u->width, units + at,
                             o.transpose ? u->height : u->width);
    }
}

/* Averages the chroma of two rows: 4:2:2, whose unit is two pixels, becomes 4:2:0. */
static void make_square(const uint8_t *from, uint32_t columns, uint32_t rows, uint8_t *to)
{
    enum { FROM = 2 + CHROMA, TO = 4 + CHROMA };
    for (uint32_t y = 0; y < rows; y++) {
        const uint8_t *first = from + (size_t)2 * y * columns * FROM;
        const uint8_t *second = first + (size_t)columns * FROM;
        for (uint32_t x = 0; x < columns; x++, first += FROM, second += FROM, to += TO) {
            memcpy(to, first, 2);
            memcpy(to + 2, second, 2);
            to[4] = (uint8_t)((first[2] + second[2] + 1) / 2);
            to[5] = (uint8_t)((first[3] + second[3] + 1) / 2);
        }
    }
}

/* Writes fewer samples, with two by two pixels per unit. */
static bool write_fewer(exn_exif_editor *editor, const exn_ifd *ifd, const exn_thumbnail *thumbnail,
                        size_t size)
{
    exn_ifd_entry e;
    if (!exn_ifd_find(&editor->tiff, ifd, EXN_TAG_YCBCR_SUBSAMPLING, &e) ||
        !exn_exif_write_number(editor, &thumbnail->size_entry, (uint32_t)size))
        return false;
    exn_exif_write_16(editor, e.at, 2);
    exn_exif_write_16(editor, e.at + 2, 2);
    exn_exif_write_zero(editor, thumbnail->at + size, thumbnail->size - size);
    return true;
}

/* Neither TIFF nor Exif allows chroma that is subsampled more vertically than horizontally, as a
 * transposed 4:2:2 would be: it is converted to 4:2:0 first. */
exn_status exn_exif_samples_turn(exn_exif_editor *editor, const exn_ifd *ifd,
                                 const exn_thumbnail *thumbnail, exn_orientation o, bool *placed)
{
    unit u;
    const uint32_t width = thumbnail->picture.width, height = thumbnail->picture.height;
    if (!find_layout(&editor->tiff, ifd, thumbnail, &u))
        return EXN_OK;
    const bool squaring = o.transpose && u.width == 2 && u.height == 1 && height % 2 == 0;
    if (o.transpose && u.width != u.height && !squaring)
        return EXN_OK;
    size_t size = thumbnail->size;
    /* For two copies: the samples with other units, if necessary, and the rotated ones. The block
     * is changed only when they are complete. */
    uint8_t *square = malloc(2 * size);
    if (!square)
        return EXN_MEMORY;
    uint8_t *turned = square + size;
    const uint8_t *from = editor->tiff.data + thumbnail->at;
    if (squaring) {
        make_square(from, width / 2, height / 2, square);
        u = (unit){2, 2, 4 + CHROMA};
        size = (size_t)(width / 2) * (height / 2) * u.bytes;
        from = square;
    }
    const uint32_t columns = width / u.width, rows = height / u.height;
    exn_orientation_move(o, columns, rows, u.bytes, from, (size_t)columns * u.bytes, turned,
                         (size_t)(o.transpose ? rows : columns) * u.bytes);
    if (u.width * u.height > 1)
        turn_inside(&u, o, turned, size);
    *placed = !squaring || write_fewer(editor, ifd, thumbnail, size);
    if (*placed)
        exn_exif_write_bytes(editor, thumbnail->at, turned, size);
    free(square);
    return EXN_OK;
}
