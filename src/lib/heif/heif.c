/* SPDX-License-Identifier: MIT */
#include "heif.h"

#include <stdlib.h>
#include <string.h>

#include "window.h"

#define BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

enum {
    /* Bounds the walk over a file that is nothing but boxes of eight bytes. */
    MAX_BOXES = 4096,
    MAX_PROPERTIES = 0x7FFF, /* ISO 23008-12, 9.3.2: an index has 15 bits */
};

/* A box of the ISO base media file format (ISO 14496-12, 4.2): 32-bit size, type, and a 64-bit size
 * where the first is 1. */
typedef struct box {
    uint32_t type;
    exn_span data;
} box;

/* Takes the next box off rest; false at the end or where the size makes no sense. */
static bool next_box(exn_span *rest, box *b)
{
    if (rest->size < 8)
        return false;
    /* A size of 1 without the 64-bit one after it stays 1, which is less than the header and fails
     * below. */
    uint64_t size = exn_get32be(rest->data), header = 8;
    b->type = exn_get32be(rest->data + 4);
    if (size == 1 && rest->size >= 16) {
        size = (uint64_t)exn_get32be(rest->data + 8) << 32 | exn_get32be(rest->data + 12);
        header = 16;
    }
    /* To the end of what holds it (ISO 14496-12, 4.2). */
    if (size == 0)
        size = rest->size;
    if (size < header || size > rest->size)
        return false;
    b->data = exn_span_part(*rest, (size_t)header, (size_t)(size - header));
    *rest = exn_span_part(*rest, (size_t)size, SIZE_MAX);
    return true;
}

/* The first of its type: the boxes that are looked for here are allowed once in what holds them. */
static exn_span find_box(exn_span rest, uint32_t type)
{
    box b;
    while (next_box(&rest, &b))
        if (b.type == type)
            return b.data;
    return (exn_span){NULL, 0};
}

/* A group of brands (ISO 23008-12, 10; AVIF, 6), each of four letters. */
static bool is_one_of(const uint8_t *brand, const char *brands)
{
    for (; *brands; brands += 4)
        if (memcmp(brand, brands, 4) == 0)
            return true;
    return false;
}

/* The major brand decides (ISO 14496-12, 4.3). One that names no coding leaves that to the first
 * compatible brand that does. */
static exn_format kind_of(exn_span head)
{
    enum { MAJOR = 8, COMPATIBLE = 16 };
    static const char avif[] = "avifavis", heic[] = "heicheixheimheishevchevx",
                      any[] = "mif1msf1miaf";
    if (head.size < MAJOR + 4 || memcmp(head.data + 4, "ftyp", 4) != 0)
        return EXN_FORMAT_UNKNOWN;
    const uint8_t *major = head.data + MAJOR;
    size_t end = exn_get32be(head.data);
    end = end < head.size ? end : head.size;
    if (is_one_of(major, avif) || is_one_of(major, heic))
        return is_one_of(major, avif) ? EXN_FORMAT_AVIF : EXN_FORMAT_HEIC;
    for (size_t at = COMPATIBLE; is_one_of(major, any) && at + 4 <= end; at += 4)
        if (is_one_of(head.data + at, avif) || is_one_of(head.data + at, heic))
            return is_one_of(head.data + at, avif) ? EXN_FORMAT_AVIF : EXN_FORMAT_HEIC;
    return is_one_of(major, any) ? EXN_FORMAT_HEIF : EXN_FORMAT_UNKNOWN;
}

static bool sniff_heic(exn_span head)
{
    return kind_of(head) == EXN_FORMAT_HEIC;
}

static bool sniff_avif(exn_span head)
{
    return kind_of(head) == EXN_FORMAT_AVIF;
}

static bool sniff_other(exn_span head)
{
    return kind_of(head) == EXN_FORMAT_HEIF;
}

/* ISO 23008-12, 6.5.10 and 6.5.12: irot rotates anticlockwise by 90 degrees times its two bits;
 * imir exchanges top and bottom for axis 0, left and right for axis 1, as the edition of 2022 puts
 * it and browsers do. */
static void take_property(exn_image *image, const box *b, exn_orientation *sum)
{
    static const uint8_t turns[4] = {1, 8, 3, 6};
    /* A FullBox: version and flags come first. The size is the one before any transformation (ISO
     * 23008-12, 6.5.3). */
    if (b->type == BOX('i', 's', 'p', 'e') && b->data.size >= 12) {
        image->width = exn_get32be(b->data.data + 4);
        image->height = exn_get32be(b->data.data + 8);
    }
    /* irot and imir are plain boxes of one byte, whose upper bits are reserved. */
    if (b->data.size < 1)
        return;
    if (b->type == BOX('i', 'r', 'o', 't'))
        *sum = exn_orientation_compose(*sum, exn_orientation_from_exif(turns[b->data.data[0] & 3]));
    if (b->type == BOX('i', 'm', 'i', 'r'))
        *sum =
            exn_orientation_compose(*sum, exn_orientation_from_exif(b->data.data[0] & 1 ? 2 : 4));
}

/* The boxes of ipco by number, so that an association costs the same whatever it points at. */
typedef struct properties {
    box *boxes; /* number 1 first */
    uint32_t count;
} properties;

/* Two walks, so that the list is allocated once and in its final size. */
static exn_status list_properties(exn_span ipco, properties *list, exn_error *error)
{
    box b;
    for (exn_span rest = ipco; list->count < MAX_PROPERTIES && next_box(&rest, &b);)
        list->count++;
    list->boxes = calloc(list->count ? list->count : 1, sizeof *list->boxes);
    if (!list->boxes)
        return exn_status_fail(error, EXN_MEMORY, "item properties");
    for (uint32_t i = 0; i < list->count; i++)
        next_box(&ipco, &list->boxes[i]);
    return EXN_OK;
}

/* Reads an integer of 1, 2 or 4 bytes off span; 0 where it ends. */
static uint32_t take(exn_span *span, size_t size)
{
    uint32_t value = 0;
    if (span->size < size)
        *span = (exn_span){NULL, 0};
    for (size_t i = 0; i < size && span->size > 0; i++)
        value = value << 8 | span->data[i];
    *span = exn_span_part(*span, size, SIZE_MAX);
    return value;
}

/* ISO 23008-12, 9.3.1: which properties belong to which item, in the order in which they are
 * applied. */
static void take_associations(exn_image *image, exn_span ipma, const properties *list,
                              uint32_t primary, exn_orientation *sum)
{
    /* Version 1 has items of 32 bits, flag 1 has indexes of 15 bits instead of 7. */
    uint32_t version_flags = take(&ipma, 4);
    uint32_t entries = take(&ipma, 4);
    /* Both counts may be lies: the loops end with the bytes. */
    for (uint32_t i = 0; i < entries && ipma.size > 0; i++) {
        uint32_t item = take(&ipma, version_flags >> 24 ? 4 : 2);
        uint32_t count = take(&ipma, 1);
        for (uint32_t k = 0; k < count && ipma.size > 0; k++) {
            /* The top bit says whether a reader must know the property; index 0 means none. */
            uint32_t index = version_flags & 1 ? take(&ipma, 2) & 0x7FFF : take(&ipma, 1) & 0x7F;
            if (item == primary && index > 0 && index <= list->count)
                take_property(image, &list->boxes[index - 1], sum);
        }
    }
}

static exn_status take_meta(exn_image *image, exn_span meta, exn_error *error)
{
    exn_span boxes = exn_span_part(meta, 4, SIZE_MAX); /* after version and flags */
    exn_span pitm = find_box(boxes, BOX('p', 'i', 't', 'm'));
    exn_span iprp = find_box(boxes, BOX('i', 'p', 'r', 'p'));
    exn_span ipco = find_box(iprp, BOX('i', 'p', 'c', 'o'));
    exn_orientation sum = {0};
    uint32_t primary = 0;
    /* ISO 14496-12, 8.11.4: the item's number has 16 bits in version 0 and 32 in others. */
    if (pitm.size >= 6) {
        exn_span id = exn_span_part(pitm, 4, SIZE_MAX);
        primary = take(&id, pitm.data[0] ? 4 : 2);
    }
    properties list = {0};
    exn_status status = list_properties(ipco, &list, error);
    box b;
    /* There may be one ipma for each pair of version and flags (ISO 23008-12, 9.3.1). */
    while (status == EXN_OK && next_box(&iprp, &b))
        if (b.type == BOX('i', 'p', 'm', 'a'))
            take_associations(image, b.data, &list, primary, &sum);
    free(list.boxes);
    if (status != EXN_OK || exn_orientation_is_identity(sum))
        return status;
    image->orientation = exn_orientation_to_exif(sum);
    image->place = EXN_PLACE_ITEM_PROPERTY;
    image->reasons |= 1u << EXN_REASON_PROPERTY;
    return EXN_OK;
}

/* Reads the whole meta box and looks into it. It is large where the picture's data stand in it (an
 * idat box). Held beside its copy is the list of properties, a box of which has at least 8 bytes.
 */
static exn_status read_meta(exn_image *image, exn_window *window, uint64_t offset, uint64_t size,
                            uint64_t max_memory, exn_error *error)
{
    const uint64_t most = size / 8 < MAX_PROPERTIES ? size / 8 : MAX_PROPERTIES;
    exn_status status = exn_status_need_memory(error, size + most * sizeof(box), max_memory);
    if (status == EXN_OK)
        status = exn_window_append(window, offset, (size_t)size, &image->header, error);
    if (status != EXN_OK)
        return status;
    return take_meta(image, find_box(exn_buffer_span(&image->header), BOX('m', 'e', 't', 'a')),
                     error);
}

/* Walks the boxes of the file itself, which have to be passed one by one: nothing says where meta
 * stands. Media data is never read. */
static exn_status look(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error)
{
    exn_window window;
    uint64_t offset = 0;
    exn_window_open(&window, source);
    for (int i = 0; i < MAX_BOXES && offset + 16 <= source->size; i++) {
        uint8_t header[16];
        exn_status status = exn_window_read(&window, offset, header, sizeof header, error);
        if (status != EXN_OK)
            return status;
        uint64_t size = exn_get32be(header), left = source->size - offset;
        if (size == 1)
            size = (uint64_t)exn_get32be(header + 8) << 32 | exn_get32be(header + 12);
        /* A file that is cut off still has its earlier boxes. */
        size = size == 0 || size > left ? left : size;
        /* Neither a size nor a sign of a large one: nothing after it can be found. */
        if (size < 8)
            return EXN_OK;
        if (exn_get32be(header + 4) == BOX('m', 'e', 't', 'a'))
            return read_meta(image, &window, offset, size, options->max_memory, error);
        offset += size;
    }
    return EXN_OK;
}

static void close_image(exn_image *image)
{
    (void)image;
}

const exn_format_ops exn_heif_heic_format = {
    .id = EXN_FORMAT_HEIC,
    .sniff = sniff_heic,
    .look = look,
    .close = close_image,
};

const exn_format_ops exn_heif_avif_format = {
    .id = EXN_FORMAT_AVIF,
    .sniff = sniff_avif,
    .look = look,
    .close = close_image,
};

const exn_format_ops exn_heif_format = {
    .id = EXN_FORMAT_HEIF,
    .sniff = sniff_other,
    .look = look,
    .close = close_image,
};
