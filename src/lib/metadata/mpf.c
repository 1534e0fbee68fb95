/* SPDX-License-Identifier: MIT */
#include "mpf.h"

#include "ifd.h"

/* DC-007, 5.2.3 */
enum {
    TAG_NUMBER_OF_IMAGES = 0xB001,
    TAG_ENTRIES = 0xB002,
    TYPE_UNDEFINED = 7,
    ENTRY_SIZE = 16,
    SIZE_AT = 4,
    OFFSET_AT = 8,
};

/* The segment has its own TIFF header, and offsets of pictures also count from its byte-order mark.
 * A truncated table, or entries that do not match their number, are not repaired, because the
 * offsets in it have to be written. */
exn_mpf_verdict exn_mpf_open(exn_span bytes, exn_mpf *mpf)
{
    exn_tiff tiff;
    exn_ifd ifd;
    exn_ifd_entry entries;
    uint32_t count;
    size_t size;

    *mpf = (exn_mpf){.count = 0};
    if (!exn_ifd_open_tiff(bytes, &tiff, &ifd) || ifd.whole < ifd.declared)
        return EXN_MPF_BROKEN;
    if (!exn_ifd_find(&tiff, &ifd, TAG_ENTRIES, &entries))
        return EXN_MPF_NO_INDEX;
    if (entries.type != TYPE_UNDEFINED ||
        !exn_ifd_value(&tiff, &entries, &mpf->entries_at, &size) ||
        !exn_ifd_find_number(&tiff, &ifd, TAG_NUMBER_OF_IMAGES, &count) || count == 0 ||
        count > EXN_MPF_ENTRIES_MAX || size != (size_t)count * ENTRY_SIZE)
        return EXN_MPF_BROKEN;
    /* Entries are written to, so they must not overlap the header, their own table, or the link
     * after it. */
    if (mpf->entries_at < EXN_TIFF_HEADER_SIZE ||
        (mpf->entries_at < exn_ifd_end(&ifd) + EXN_IFD_NEXT_SIZE &&
         ifd.offset < mpf->entries_at + size))
        return EXN_MPF_BROKEN;
    mpf->big_endian = tiff.big_endian;
    mpf->count = count;
    return EXN_MPF_INDEX;
}

/* The type of an individual image (DC-007, 5.2.3.3): the frame that its pixels are in, and thus
 * whether the main image's rotation is also right for it. */
static exn_mpf_frame frame_of(uint32_t type)
{
    switch (type) {
    case 0x000000: /* undefined */
    case 0x030000: /* baseline primary */
    case 0x010001: /* large thumbnails: VGA, full HD, 4K, 8K, 16K */
    case 0x010002:
    case 0x010003:
    case 0x010004:
    case 0x010005:
    case 0x050000: /* gain map */
        return EXN_MPF_FRAME_SAME;
    case 0x020001:
        return EXN_MPF_FRAME_PANORAMA;
    case 0x020002:
        return EXN_MPF_FRAME_STEREO;
    case 0x020003:
        return EXN_MPF_FRAME_ANGLE;
    case 0x040000:
        return EXN_MPF_FRAME_ORIGINAL;
    default:
        return EXN_MPF_FRAME_UNKNOWN;
    }
}

exn_mpf_entry exn_mpf_entry_at(exn_span tiff, const exn_mpf *mpf, uint32_t number)
{
    const uint8_t *entry = tiff.data + mpf->entries_at + (size_t)number * ENTRY_SIZE;
    /* From the top: three dependence flags, two reserved bits, three bits for the format (0 is
     * JPEG), 24 for the type. */
    uint32_t attributes = exn_get32(entry, mpf->big_endian);
    return (exn_mpf_entry){.frame = frame_of(attributes & 0xFFFFFF),
                           .is_jpeg = (attributes >> 24 & 7) == 0,
                           .size = exn_get32(entry + SIZE_AT, mpf->big_endian),
                           .offset = exn_get32(entry + OFFSET_AT, mpf->big_endian)};
}

/* In place, since the table keeps its size. Attributes and dependences stay true whatever happens
 * to the pixels. */
void exn_mpf_put(uint8_t *tiff, const exn_mpf *mpf, uint32_t number, uint32_t size, uint32_t offset)
{
    uint8_t *entry = tiff + mpf->entries_at + (size_t)number * ENTRY_SIZE;
    exn_put32(entry + SIZE_AT, size, mpf->big_endian);
    exn_put32(entry + OFFSET_AT, offset, mpf->big_endian);
}
