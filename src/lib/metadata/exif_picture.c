/* SPDX-License-Identifier: MIT */
/* Where the picture's bytes are, and whether its entries are simple enough to be rewritten. */
#include "exif_picture.h"

enum {
    COMPRESSION_OLD_JPEG = 6,
    COMPRESSION_JPEG = 7
}; /* TIFF 6.0, section 22; Technical Note 2 */

/* The only entry with that tag, a number; false if it is missing, has another type, or is repeated:
 * readers differ in which one they take, so neither may be rewritten alone. */
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

/* Sony's camcorders count one byte more than the block has. */
static void clip(const exn_tiff *tiff, exn_thumbnail *thumbnail)
{
    enum { EOI_SIZE = 2 };
    bool reaches_out = thumbnail->at < tiff->size && thumbnail->size > tiff->size - thumbnail->at &&
                       thumbnail->size - (tiff->size - thumbnail->at) <= EOI_SIZE;
    thumbnail->cut = thumbnail->is_jpeg && reaches_out;
    if (thumbnail->cut)
        thumbnail->size = tiff->size - thumbnail->at;
}

/* Readers know IFD1's thumbnail and the previews in SubIFDs. Others are not examined inside, and
 * nor are more than a few. */
static bool is_asked(const exn_ifds *ifds, size_t number)
{
    enum { ASKED = 8 };
    const bool chained = ifds->tables[number].kind == EXN_IFD_CHAINED;
    size_t before = 0;
    for (size_t i = 0; i < number; i++)
        before += (ifds->tables[i].kind == EXN_IFD_CHAINED) == chained;
    return before < (chained ? 1 : ASKED);
}

static bool is_compressed(const exn_tiff *tiff, const exn_ifd *ifd)
{
    uint32_t compression = 0;
    exn_ifd_find_number(tiff, ifd, EXN_TAG_COMPRESSION, &compression);
    return compression == COMPRESSION_OLD_JPEG || compression == COMPRESSION_JPEG;
}

bool exn_exif_picture_find(const exn_tiff *tiff, const exn_ifds *ifds, size_t number,
                           exn_thumbnail *thumbnail)
{
    const exn_ifd *ifd = &ifds->tables[number];
    exn_ifd_entry e;
    uint32_t at = 0, size = 0;
    const bool strip = !exn_ifd_find(tiff, ifd, EXN_TAG_THUMBNAIL_OFFSET, &e);
    if (ifd->kind == EXN_IFD_SIDE)
        return false;
    *thumbnail = (exn_thumbnail){.is_jpeg = !strip || is_compressed(tiff, ifd),
                                 .is_strip = strip,
                                 .inside = is_asked(ifds, number)};
    /* In any other table, the strip's image is not a secondary one. */
    if (strip && ((ifd->kind != EXN_IFD_CHAINED && ifd->kind != EXN_IFD_SUB) ||
                  !exn_ifd_find(tiff, ifd, EXN_TAG_STRIP_OFFSETS, &e)))
        return false;
    bool plain = find_only(tiff, ifd, strip ? EXN_TAG_STRIP_OFFSETS : EXN_TAG_THUMBNAIL_OFFSET,
                           &thumbnail->offset_entry) &&
                 find_only(tiff, ifd, strip ? EXN_TAG_STRIP_BYTE_COUNTS : EXN_TAG_THUMBNAIL_SIZE,
                           &thumbnail->size_entry) &&
                 exn_ifd_number(tiff, &thumbnail->offset_entry, &at) &&
                 exn_ifd_number(tiff, &thumbnail->size_entry, &size);
    thumbnail->at = at;
    thumbnail->size = size;
    clip(tiff, thumbnail);
    thumbnail->sound = plain && exn_tiff_has(tiff, at, thumbnail->size);
    if (thumbnail->sound && thumbnail->is_jpeg) {
        exn_embedded_scan((exn_span){tiff->data + at, thumbnail->size}, thumbnail->inside,
                          &thumbnail->picture);
    } else if (strip) {
        exn_ifd_find_number(tiff, ifd, EXN_TAG_IMAGE_WIDTH, &thumbnail->picture.width);
        exn_ifd_find_number(tiff, ifd, EXN_TAG_IMAGE_LENGTH, &thumbnail->picture.height);
    }
    /* A table that names a JPEG of zero bytes has none; neither has IFD0 if the entries are left
     * over from some other file. */
    if (ifd->kind == EXN_IFD_MAIN || ifd->kind == EXN_IFD_EXIF)
        return thumbnail->sound &&
               exn_span_starts((exn_span){tiff->data + at, thumbnail->size}, "\xFF\xD8\xFF", 3);
    return !thumbnail->sound || size > 0;
}
