/* SPDX-License-Identifier: MIT */
/* Where the picture's bytes stand, and whether its entries are plain enough to be rewritten. */
#include "exif_ifd1.h"

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

/* Sony's camcorders count a byte more than the block has. */
static void clip(const exn_tiff *tiff, exn_thumbnail *thumbnail)
{
    enum { EOI_SIZE = 2 };
    bool reaches_out = thumbnail->at < tiff->size && thumbnail->size > tiff->size - thumbnail->at &&
                       thumbnail->size - (tiff->size - thumbnail->at) <= EOI_SIZE;
    thumbnail->cut = thumbnail->is_jpeg && reaches_out;
    if (thumbnail->cut)
        thumbnail->size = tiff->size - thumbnail->at;
}

bool exn_exif_ifd1_find(const exn_tiff *tiff, const exn_ifd *ifd, bool inside,
                        exn_thumbnail *thumbnail)
{
    exn_ifd_entry e;
    uint32_t at = 0, size = 0;
    bool is_jpeg = exn_ifd_find(tiff, ifd, EXN_TAG_THUMBNAIL_OFFSET, &e);
    *thumbnail = (exn_thumbnail){.is_jpeg = is_jpeg};
    if (!is_jpeg && !exn_ifd_find(tiff, ifd, EXN_TAG_STRIP_OFFSETS, &e))
        return false;
    bool plain = find_only(tiff, ifd, is_jpeg ? EXN_TAG_THUMBNAIL_OFFSET : EXN_TAG_STRIP_OFFSETS,
                           &thumbnail->offset_entry) &&
                 find_only(tiff, ifd, is_jpeg ? EXN_TAG_THUMBNAIL_SIZE : EXN_TAG_STRIP_BYTE_COUNTS,
                           &thumbnail->size_entry) &&
                 exn_ifd_number(tiff, &thumbnail->offset_entry, &at) &&
                 exn_ifd_number(tiff, &thumbnail->size_entry, &size);
    thumbnail->at = at;
    thumbnail->size = size;
    clip(tiff, thumbnail);
    thumbnail->sound = plain && exn_tiff_has(tiff, at, thumbnail->size);
    if (thumbnail->sound && is_jpeg) {
        exn_embedded_scan((exn_span){tiff->data + at, thumbnail->size}, inside,
                          &thumbnail->picture);
    } else if (!is_jpeg) {
        exn_ifd_find_number(tiff, ifd, EXN_TAG_IMAGE_WIDTH, &thumbnail->picture.width);
        exn_ifd_find_number(tiff, ifd, EXN_TAG_IMAGE_LENGTH, &thumbnail->picture.height);
    }
    /* A table that names a JPEG of no bytes has none. */
    return !thumbnail->sound || size > 0;
}
