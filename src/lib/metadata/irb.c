/* SPDX-License-Identifier: MIT */
#include "irb.h"

#include <string.h>

#include "embedded.h"
#include "irb_areas.h"
#include "xmp.h"

/* Photoshop's file format specification, "Image Resource IDs". */
enum { THUMBNAIL_PHOTOSHOP_4 = 0x0409, THUMBNAIL = 0x040C, EXIF_INFO = 0x0422, XMP = 0x0424 };

/* Photoshop's own, and those of ImageReady, PhotoDeluxe and Lightroom, which have the same layout.
 */
static bool has_signature(exn_span rest)
{
    static const char *const known[] = {"8BIM", "MeSa", "PHUT", "AgHg", "DCSR"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (exn_span_starts(rest, known[i], 4))
            return true;
    return false;
}

/* One resource: signature, id, a Pascal string and data, both padded to an even length. */
typedef struct resource {
    uint32_t id; /* 0: of a signature that uses other numbers */
    exn_span head, data;
    size_t size; /* including its padding; 0: there is none */
} resource;

/* The resource that rest begins with. If the list cannot be read on, the rest is kept as it is:
 * size 0 ends the loops. */
static resource resource_at(exn_span rest)
{
    resource r = {0};
    if (rest.size < 8 || !has_signature(rest))
        return r;
    size_t at = 6 + ((size_t)rest.data[6] + 2) / 2 * 2;
    if (at + 4 > rest.size)
        return r;
    uint64_t size = exn_get32be(rest.data + at), end = at + 4 + (size + 1) / 2 * 2;
    /* Some files lack the last resource's padding. */
    if (end == rest.size + 1)
        end = rest.size;
    if (end > rest.size)
        return r;
    return (resource){.id = exn_span_starts(rest, "8BIM", 4) ? exn_get16be(rest.data + 4) : 0,
                      .head = exn_span_part(rest, 0, at + 4),
                      .data = exn_span_part(rest, at + 4, (size_t)size),
                      .size = (size_t)end};
}

/* No browser reads resources, but exiftool looks into these two. */
static bool orients(const resource *r, const exn_cancel *cancel)
{
    exn_exif exif = {0};
    exn_xmp xmp = {0};
    if (r->id == EXIF_INFO)
        exn_exif_scan(r->data, 0, 0, &exif);
    else if (r->id == XMP)
        exn_xmp_scan(r->data, cancel, &xmp);
    return exif.reasons >> EXN_REASON_EXIF & 1 || xmp.needs_edit;
}

/* --- Thumbnails --- */

/* "Thumbnail resource format": after a header of numbers, a JPEG or raw samples, 24 bits per pixel,
 * in rows padded to 32 bits. */
enum {
    RAW = 0,
    JPEG = 1,
    UNKNOWN = 2,
    FORMAT_AT = 0,
    WIDTH_AT = 4,
    HEIGHT_AT = 8,
    ROW_BYTES_AT = 12,
    TOTAL_AT = 16,
    COMPRESSED_AT = 20,
    BITS_AT = 24,
    PLANES_AT = 26,
    PICTURE_AT = 28,
    PIXEL_SIZE = 3,
};

typedef struct thumbnail {
    uint32_t format;
    exn_embedded picture;
    exn_span bytes;
} thumbnail;

static bool is_thumbnail(const resource *r)
{
    return r->id == THUMBNAIL || r->id == THUMBNAIL_PHOTOSHOP_4;
}

static uint32_t row_bytes(uint32_t width)
{
    return (width * PIXEL_SIZE + 3) / 4 * 4;
}

static thumbnail thumbnail_of(const resource *r)
{
    thumbnail t = {.format = UNKNOWN};
    if (r->data.size < PICTURE_AT)
        return t;
    t.format = exn_get32be(r->data.data + FORMAT_AT);
    t.bytes = exn_span_part(r->data, PICTURE_AT, SIZE_MAX);
    if (t.format == JPEG) {
        exn_embedded_scan(t.bytes, true, &t.picture);
    } else {
        t.picture.width = exn_get32be(r->data.data + WIDTH_AT);
        t.picture.height = exn_get32be(r->data.data + HEIGHT_AT);
    }
    return t;
}

/* Moves raw samples, three bytes each in any order. With 16-bit sizes all products fit into 64
 * bits, and the last comparison keeps them within the resource. */
static exn_status turn_raw(const resource *r, const thumbnail *t, exn_orientation o,
                           exn_buffer *out, bool *turned)
{
    uint32_t width = t->picture.width, height = t->picture.height;
    *turned = t->format == RAW && exn_get16be(r->data.data + BITS_AT) == 8 * PIXEL_SIZE &&
              exn_get16be(r->data.data + PLANES_AT) == 1 && width && height &&
              width <= UINT16_MAX && height <= UINT16_MAX &&
              (uint64_t)row_bytes(width) * height == t->bytes.size;
    if (!*turned)
        return EXN_OK;
    exn_orientation_size(o, &width, &height);
    size_t row = row_bytes(width), size = row * height;
    exn_status status = exn_buffer_reserve(out, size);
    if (status != EXN_OK)
        return status;
    uint8_t *to = out->data + out->size;
    memset(to, 0, size);
    out->size += size;
    exn_orientation_move(o, t->picture.width, t->picture.height, PIXEL_SIZE, t->bytes.data,
                         row_bytes(t->picture.width), to, row);
    return EXN_OK;
}

/* Updates the resource's numbers for the picture that was appended at `at`. Called when the picture
 * is complete: its size is that of what follows the numbers. */
static void put_numbers(exn_buffer *out, size_t at, exn_orientation o)
{
    uint8_t *numbers = out->data + at;
    uint32_t width = exn_get32be(numbers + WIDTH_AT), height = exn_get32be(numbers + HEIGHT_AT);
    exn_orientation_size(o, &width, &height);
    exn_put32be(numbers + WIDTH_AT, width);
    exn_put32be(numbers + HEIGHT_AT, height);
    if (o.transpose) {
        exn_put32be(numbers + ROW_BYTES_AT, row_bytes(width));
        exn_put32be(numbers + TOTAL_AT, row_bytes(width) * height);
    }
    exn_put32be(numbers + COMPRESSED_AT, (uint32_t)(out->size - at - PICTURE_AT));
}

/* Appends the resource with its picture rotated by o. *turned: whether out holds it. */
static exn_status turn_thumbnail(const resource *r, const thumbnail *t, exn_orientation o,
                                 exn_thumbnails *thumbnails, exn_buffer *out, bool *turned)
{
    const size_t start = out->size, at = start + r->head.size;
    exn_status status = exn_buffer_append(out, r->head.data, r->head.size);
    *turned = false;
    if (status != EXN_OK || r->data.size < PICTURE_AT) {
        out->size = start;
        return status;
    }
    status = exn_buffer_append(out, r->data.data, PICTURE_AT);
    if (status == EXN_OK && t->format == JPEG && thumbnails) {
        status = thumbnails->turn(thumbnails, t->bytes, o, SIZE_MAX, out);
        *turned = status == EXN_OK;
        status = status == EXN_MEMORY ? status : EXN_OK;
    } else if (status == EXN_OK) {
        status = turn_raw(r, t, o, out, turned);
    }
    if (status == EXN_OK && *turned) {
        put_numbers(out, at, o);
        exn_put32be(out->data + at - 4, (uint32_t)(out->size - at));
        if ((out->size - at) % 2)
            status = exn_buffer_append(out, "", 1);
    } else {
        out->size = start;
    }
    return status;
}

/* *own: it has been appended, or has to be removed; otherwise its bytes may stay. */
static exn_status edit_thumbnail(const resource *r, const exn_exif_turn *turn, exn_buffer *out,
                                 exn_irb_edited *edited, bool *own)
{
    const thumbnail t = thumbnail_of(r);
    bool moves = !exn_orientation_is_identity(turn->o), turned = false;
    exn_orientation o;
    exn_status status = EXN_OK;
    *own = moves || t.picture.orients;
    if (!*own)
        return EXN_OK;
    bool fits =
        exn_embedded_choose(&t.picture, turn->o, turn->stored_width, turn->stored_height, 0, &o);
    if (!fits && !moves)
        o = turn->o;
    *own = !exn_orientation_is_identity(o) || t.picture.orients || !fits;
    if (*own && (fits || !moves))
        status = turn_thumbnail(r, &t, o, turn->thumbnails, out, &turned);
    edited->changed = edited->changed || *own;
    edited->thumbnail_dropped = edited->thumbnail_dropped || (*own && !turned);
    return status;
}

/* --- The list --- */

uint32_t exn_irb_reasons(exn_span irb, const exn_cancel *cancel)
{
    uint32_t reasons = 0;
    for (resource r = resource_at(irb); r.size > 0; r = resource_at(irb)) {
        if (orients(&r, cancel))
            reasons |= 1u << EXN_REASON_EXIF;
        if (is_thumbnail(&r) && thumbnail_of(&r).picture.orients)
            reasons |= 1u << EXN_REASON_EMBEDDED;
        irb = exn_span_part(irb, r.size, SIZE_MAX);
    }
    return reasons;
}

/* Appends a resource, whose bytes are `whole`, with the places in it mapped. */
static exn_status keep(const resource *r, exn_span whole, exn_orientation o, exn_buffer *out,
                       exn_irb_edited *edited)
{
    const size_t at = out->size + r->head.size;
    exn_status status = exn_buffer_append(out, whole.data, whole.size);
    if (status != EXN_OK)
        return status;
    if (!exn_irb_areas_map(r->id, r->data, o, out->data + at))
        edited->stale = true;
    if (memcmp(out->data + at, r->data.data, r->data.size) != 0)
        edited->changed = true;
    return EXN_OK;
}

/* If Exif or XMP has an orientation, the whole resource is removed: readers use the copy in APP1.
 */
exn_status exn_irb_edit(exn_span irb, const exn_exif_turn *turn, exn_buffer *out,
                        exn_irb_edited *edited)
{
    exn_status status = EXN_OK;
    *edited = (exn_irb_edited){0};
    for (resource r = resource_at(irb); r.size > 0 && status == EXN_OK; r = resource_at(irb)) {
        bool own = false;
        if (is_thumbnail(&r)) {
            status = edit_thumbnail(&r, turn, out, edited, &own);
        } else if (orients(&r, turn->cancel)) {
            own = edited->changed = edited->orientation_dropped = true;
        }
        if (!own && status == EXN_OK)
            status = keep(&r, exn_span_part(irb, 0, r.size), turn->o, out, edited);
        irb = exn_span_part(irb, r.size, SIZE_MAX);
    }
    return status == EXN_OK ? exn_buffer_append(out, irb.data, irb.size) : status;
}
