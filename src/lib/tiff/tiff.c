/* SPDX-License-Identifier: MIT */
#include "tiff.h"

#include "window.h"

enum {
    TAG_IMAGE_WIDTH = 256,
    TAG_IMAGE_LENGTH = 257,
    TAG_ORIENTATION = 274,
    TYPE_SHORT = 3,
    TYPE_LONG = 4,
    MAX_IFDS = 4096,       /* pages; a chain that runs on is a loop */
    MAX_ENTRIES = 1 << 20, /* in all pages together */
};

/* Classic TIFF (TIFF 6.0, section 2) and BigTIFF differ in the width of counts and offsets. Both
 * are 42 or 43 after the byte-order mark; the rest of the walk is the same. */
typedef struct layout {
    bool big_endian, wide;
    uint32_t count_size, entry_size, offset_size;
} layout;

static bool read_layout(exn_span head, layout *l)
{
    bool big = exn_span_starts(head, "MM", 2);
    if (head.size < 8 || (!big && !exn_span_starts(head, "II", 2)))
        return false;
    uint32_t magic = exn_get16(head.data + 2, big);
    *l =
        (layout){big, magic == 43, magic == 43 ? 8 : 2, magic == 43 ? 20 : 12, magic == 43 ? 8 : 4};
    return magic == 42 || magic == 43;
}

static bool sniff(exn_span head)
{
    layout l;
    return read_layout(head, &l);
}

/* An integer of 2, 4 or 8 bytes. */
static uint64_t get(const layout *l, const uint8_t *p, uint32_t size)
{
    if (size == 2)
        return exn_get16(p, l->big_endian);
    uint64_t first = exn_get32(p, l->big_endian);
    if (size == 4)
        return first;
    uint64_t second = exn_get32(p + 4, l->big_endian);
    return l->big_endian ? first << 32 | second : second << 32 | first;
}

/* One entry: tag, type, count, value. Any orientation but one SHORT of value 1 is not 1; the first
 * page's counts. */
static void take_entry(exn_image *image, const layout *l, const uint8_t *entry, bool first_page)
{
    uint32_t tag = exn_get16(entry, l->big_endian), type = exn_get16(entry + 2, l->big_endian);
    uint64_t count = get(l, entry + 4, l->offset_size);
    const uint8_t *at = entry + 4 + l->offset_size;
    /* A value shorter than its field stands at the left of it in either byte order (TIFF 6.0,
     * section 2), so a SHORT is at the same place as a LONG. */
    uint32_t value =
        type == TYPE_LONG ? exn_get32(at, l->big_endian) : exn_get16(at, l->big_endian);
    if (first_page && tag == TAG_IMAGE_WIDTH)
        image->width = value;
    else if (first_page && tag == TAG_IMAGE_LENGTH)
        image->height = value;
    if (tag != TAG_ORIENTATION)
        return;
    /* TIFF 6.0, section 8: a SHORT. Readers disagree about everything else, so that is reported
     * too. */
    bool usable = type == TYPE_SHORT && count == 1 && value >= 1 && value <= 8;
    if (!usable || value != 1)
        image->reasons |= 1u << EXN_REASON_EXIF;
    if (first_page && usable) {
        image->orientation = value;
        image->place = EXN_PLACE_IFD0;
    }
}

/* *left: how many entries there may still be, so that a loop of long IFDs ends soon. */
static exn_status walk_ifd(exn_image *image, exn_window *window, const layout *l, uint64_t *offset,
                           bool first_page, uint64_t *left, exn_error *error)
{
    /* The largest entry, of BigTIFF: tag and type, count, value. */
    uint8_t bytes[20];
    exn_status status = exn_window_read(window, *offset, bytes, l->count_size, error);
    if (status != EXN_OK)
        return status;
    uint64_t count = get(l, bytes, l->count_size);
    uint64_t at = *offset + l->count_size;
    /* BigTIFF counts in 64 bits, which nobody needs; the sum of both is what a loop of pages may
     * cost. */
    if (count > UINT16_MAX || count > *left)
        return exn_status_fail(error, EXN_CORRUPT, "too many entries");
    *left -= count;
    for (uint64_t i = 0; i < count && status == EXN_OK; i++, at += l->entry_size) {
        status = exn_window_read(window, at, bytes, l->entry_size, error);
        if (status == EXN_OK)
            take_entry(image, l, bytes, first_page);
    }
    if (status == EXN_OK)
        status = exn_window_read(window, at, bytes, l->offset_size, error);
    if (status == EXN_OK)
        /* 0 after the last page. */
        *offset = get(l, bytes, l->offset_size);
    return status;
}

static exn_status look(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error)
{
    (void)options;
    exn_window window;
    layout l = {0};
    uint8_t head[16] = {0};
    size_t size = source->size < sizeof head ? (size_t)source->size : sizeof head;
    exn_window_open(&window, source);
    exn_status status = exn_window_read(&window, 0, head, size, error);
    if (status != EXN_OK || !read_layout((exn_span){head, size}, &l))
        return exn_status_fail(error, status != EXN_OK ? status : EXN_CORRUPT, "no TIFF header");
    /* BigTIFF has the size of its offsets, always 8, and two zeros before the first one. */
    uint64_t offset = get(&l, head + (l.wide ? 8 : 4), l.offset_size);
    uint64_t left = MAX_ENTRIES;
    for (int page = 0; offset != 0 && status == EXN_OK; page++) {
        if (page == MAX_IFDS)
            return exn_status_fail(error, EXN_CORRUPT, "more than %d IFDs", MAX_IFDS);
        status = walk_ifd(image, &window, &l, &offset, page == 0, &left, error);
    }
    return status;
}

static void close_image(exn_image *image)
{
    (void)image;
}

const exn_format_ops exn_tiff_format = {
    .id = EXN_FORMAT_TIFF,
    .sniff = sniff,
    .look = look,
    .close = close_image,
};
