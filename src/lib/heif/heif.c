/* SPDX-License-Identifier: MIT */
/* The HEIF entries in the table of formats. boxes.h walks boxes, items.h and properties.h parse the
 * meta box, traces.h reads its metadata, drop.h edits the file. */
#include "heif.h"

#include <stdlib.h>
#include <string.h>

#include "drop.h"
#include "traces.h"

enum {
    /* Limits the walk over a file of nothing but 8-byte boxes. */
    MAX_BOXES = 4096,
    FULL_BOX = 4, /* version and flags */
    META = EXN_HEIF_TYPE('m', 'e', 't', 'a'),
    MINI = EXN_HEIF_TYPE('m', 'i', 'n', 'i'),
};

/* A group of brands (ISO 23008-12, 10; AVIF, 6), each of four letters. */
static bool is_one_of(const uint8_t *brand, const char *brands)
{
    for (; *brands; brands += 4)
        if (memcmp(brand, brands, 4) == 0)
            return true;
    return false;
}

/* The major brand decides (ISO 14496-12, 4.3). If it names no codec, the first compatible brand
 * that does decides; mif3 has that brand in place of its version (ISO 23008-12, amendment 2). */
static exn_format kind_of(exn_span head)
{
    enum { MAJOR = 8, VERSION = 12, COMPATIBLE = 16 };
    static const char avif[] = "avifavis", heic[] = "heicheixheimheishevchevx",
                      any[] = "mif1mif2mif3msf1miaf";
    if (head.size < MAJOR + 4 || memcmp(head.data + 4, "ftyp", 4) != 0)
        return EXN_FORMAT_UNKNOWN;
    const uint8_t *major = head.data + MAJOR;
    size_t end = exn_get32be(head.data);
    end = end < head.size ? end : head.size;
    if (is_one_of(major, avif) || is_one_of(major, heic))
        return is_one_of(major, avif) ? EXN_FORMAT_AVIF : EXN_FORMAT_HEIC;
    const size_t first = is_one_of(major, "mif3") ? VERSION : COMPATIBLE;
    for (size_t at = first; is_one_of(major, any) && at + 4 <= end; at += 4)
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

/* For AVIF, browsers rotate and then mirror in whatever order the properties are associated; other
 * readers, and those of HEIC, follow the order. */
static void take_shown(exn_image *image, const exn_heif_shown *shown)
{
    const bool fixed = image->ops->id == EXN_FORMAT_AVIF;
    const uint32_t value = exn_orientation_to_exif(fixed ? shown->fixed : shown->in_order);
    image->width = shown->clap_width ? shown->clap_width : shown->width;
    image->height = shown->clap_width ? shown->clap_height : shown->height;
    if (exn_orientation_to_exif(shown->fixed) != exn_orientation_to_exif(shown->in_order))
        image->warnings |= 1u << EXN_WARN_ORIENTATION_AMBIGUOUS;
    if (value == 1)
        return;
    image->orientation = value;
    image->place = EXN_PLACE_ITEM_PROPERTY;
    image->reasons |= 1u << EXN_REASON_PROPERTY;
}

/* What a file needs in order to be rewritten. If it is only read, these are forgiven. */
static exn_status check(const exn_heif *heif, exn_error *error)
{
    if (!heif->meta.data || !heif->has_primary)
        return exn_status_fail(error, EXN_CORRUPT, "no picture");
    if (heif->shown.clap_wrong)
        return exn_status_fail(error, EXN_CORRUPT, "its crop (clap) is not inside of the picture");
    if (heif->shown.width == 0 || heif->shown.height == 0)
        return exn_status_fail(error, EXN_CORRUPT, "a picture without a size");
    return EXN_OK;
}

/* Reads and parses the whole meta box, which is large if the picture's data are in it (an idat
 * box). In addition to its copy there are lists of properties and items, each of which has at least
 * 8 bytes in it. */
static exn_status read_meta(exn_image *image, exn_window *window, uint64_t offset, uint64_t size,
                            const exn_options *options, exn_error *error)
{
    exn_heif *heif = image->state;
    const exn_cancel cancel = exn_cancel_of(options);
    const uint64_t lists = size / 8 * sizeof(exn_heif_box) + size / 16 * sizeof(exn_heif_item);
    exn_heif_box box;
    exn_status status = exn_status_need_memory(error, size + lists, options->max_memory);
    if (status == EXN_OK)
        status = exn_window_append(window, offset, (size_t)size, &image->header, error);
    exn_span whole = exn_buffer_span(&image->header);
    if (status != EXN_OK || !exn_heif_boxes_next(&whole, &box))
        return status;
    /* There may be another one, for which the lists would be allocated again. */
    heif->meta = exn_span_part(box.data, FULL_BOX, SIZE_MAX);
    if (!heif->meta.data)
        return exn_status_fail(error, EXN_CORRUPT, "an empty meta box");
    heif->meta_offset = offset + (uint64_t)(heif->meta.data - image->header.data);
    heif->file_size = window->source->size;
    status = exn_heif_items_read(heif, &cancel, error);
    take_shown(image, &heif->shown);
    if (status == EXN_OK || (status == EXN_CORRUPT && image->is_copied)) {
        exn_status traces = exn_heif_traces_scan(image, heif, window, options, NULL);
        if (status == EXN_OK && traces != EXN_OK)
            status = exn_status_fail(error, traces, "its metadata cannot be read");
    }
    return status;
}

/* A minimized image has this box instead of a meta box (ISO 23008-12, amendment 2): consecutive
 * bits without regard to bytes.
 *
 *   version 2  flags 9  chroma 2  orientation - 1: 3  large 1  width - 1: 15 or 7  height - 1 */
static exn_status read_mini(exn_image *image, exn_window *window, uint64_t offset, uint64_t size,
                            exn_error *error)
{
    enum { HEADER = 8, BYTES = 6, BEFORE = 17, LARGE = 15, SMALL = 7 };
    exn_heif *heif = image->state;
    uint8_t bytes[8] = {0};
    if (size < HEADER + BYTES)
        return exn_status_fail(error, EXN_CORRUPT, "no picture");
    exn_status status = exn_window_read(window, offset + HEADER, bytes, BYTES, error);
    if (status != EXN_OK)
        return status;
    const uint64_t bits = (uint64_t)exn_get32be(bytes) << 32 | exn_get32be(bytes + 4);
    const uint32_t wide = bytes[2] & 0x80 ? LARGE : SMALL, most = (1u << wide) - 1;
    heif->is_mini = true;
    heif->shown.width = (uint32_t)(bits >> (64 - BEFORE - wide) & most) + 1;
    heif->shown.height = (uint32_t)(bits >> (64 - BEFORE - 2 * wide) & most) + 1;
    heif->shown.in_order = heif->shown.fixed = exn_orientation_from_exif((bytes[1] & 7) + 1);
    take_shown(image, &heif->shown);
    return EXN_OK;
}

/* Walks the file's top-level boxes one by one, since nothing says where meta is. Media data is
 * never read. */
static exn_status walk(exn_image *image, exn_window *window, const exn_options *options,
                       exn_error *error)
{
    exn_heif *heif = image->state;
    const exn_source *source = window->source;
    uint64_t offset = 0;
    for (int i = 0; i < MAX_BOXES && offset + 16 <= source->size; i++) {
        uint8_t header[16];
        exn_status status = exn_window_read(window, offset, header, sizeof header, error);
        if (status != EXN_OK)
            return status;
        const uint32_t type = exn_get32be(header + 4);
        uint64_t size = exn_get32be(header), left = source->size - offset;
        if (size == 1)
            size = (uint64_t)exn_get32be(header + 8) << 32 | exn_get32be(header + 12);
        /* Neither a size nor a marker of a 64-bit one, so nothing after it can be found. */
        if (size > 0 && size < 8)
            break;
        const bool cut = size > left;
        /* The earlier boxes of a truncated file are still there. */
        size = size == 0 || cut ? left : size;
        if (type == META && !heif->meta.data)
            status = read_meta(image, window, offset, size, options, error);
        else if (type == MINI && !heif->meta.data && !heif->is_mini)
            status = read_mini(image, window, offset, size, error);
        heif->has_sequence = heif->has_sequence || type == EXN_HEIF_TYPE('m', 'o', 'o', 'v');
        if (status == EXN_OK && cut)
            status = exn_status_fail(error, EXN_CORRUPT, "the file ends before its boxes do");
        if (status != EXN_OK)
            return status;
        offset += size;
    }
    const bool is_mini = heif->is_mini && !heif->meta.data,
               is_sequence = heif->has_sequence && !heif->has_primary;
    if (is_mini || is_sequence)
        return image->is_copied
                   ? EXN_OK
                   : exn_status_fail(error, EXN_UNSUPPORTED, "%s can only be copied",
                                     is_mini ? "a minimized image (mif3)"
                                             : "an image sequence without a still picture");
    return check(heif, error);
}

/* If pixels stay, an orientation given by the caller is not applied. */
static void choose(exn_image *image, const exn_options *options)
{
    const bool drops = options->heif == EXN_HEIF_DROP ||
                       (options->heif == EXN_HEIF_COPY && options->mode == EXN_MODE_DROP);
    image->is_converted = options->heif == EXN_HEIF_PNG || options->heif == EXN_HEIF_JPEG;
    image->is_shown_as_stored = !image->is_converted;
    image->is_copied = !image->is_converted && (!drops || options->orientation > 1);
}

static exn_status look(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error)
{
    exn_window window;
    choose(image, options);
    image->state = calloc(1, sizeof(exn_heif));
    if (!image->state)
        return exn_status_fail(error, EXN_MEMORY, "items");
    /* close_image() frees it from here on, whatever fails. */
    exn_window_open(&window, source);
    return walk(image, &window, options, error);
}

/* Checks that all items are in the file. Only their decoders know what is in them. */
static exn_status decode(const exn_image *image, const exn_options *options, exn_result *result,
                         exn_error *error)
{
    (void)options;
    const exn_heif *heif = image->state;
    exn_status status = EXN_OK;
    uint64_t size;
    for (size_t i = 0; status == EXN_OK && i < heif->count; i++)
        status = exn_heif_items_size(heif, &heif->items[i], &size, error);
    result->warnings |= 1u << EXN_WARN_NOT_DECODED;
    return status;
}

static void close_image(exn_image *image)
{
    exn_heif *heif = image->state;
    if (heif)
        exn_heif_items_free(heif);
    free(heif);
    image->state = NULL;
}

#define ROW(name, format, knows)                                                                   \
    const exn_format_ops name = {                                                                  \
        .id = (format),                                                                            \
        .sniff = (knows),                                                                          \
        .look = look,                                                                              \
        .produce = exn_heif_drop,                                                                  \
        .decode = decode,                                                                          \
        .verify = exn_heif_drop_verify,                                                            \
        .close = close_image,                                                                      \
    }

ROW(exn_heif_heic_format, EXN_FORMAT_HEIC, sniff_heic);
ROW(exn_heif_avif_format, EXN_FORMAT_AVIF, sniff_avif);
ROW(exn_heif_format, EXN_FORMAT_HEIF, sniff_other);
