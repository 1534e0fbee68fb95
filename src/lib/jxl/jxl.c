/* SPDX-License-Identifier: MIT */
#include "jxl.h"

#include <string.h>

#include "cancel.h"
#include "metadata/exif.h"
#include "metadata/xmp.h"
#include "window.h"

#define BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

enum {
    HEAD_SIZE = 24, /* of a codestream: more than size and orientation take */
    MAX_BOXES = 100000,
};

/* ISO 18181-2, 9.1: a codestream for itself begins with FF 0A, one in boxes with a box that says
 * so.
 */
static const uint8_t bare[] = {0xFF, 0x0A};
static const uint8_t boxed[] = {0, 0, 0, 12, 'J', 'X', 'L', ' ', 13, 10, 0x87, 10};

static bool sniff(exn_span head)
{
    return exn_span_starts(head, bare, sizeof bare) || exn_span_starts(head, boxed, sizeof boxed);
}

/* ISO 18181-1, annex B: bits come from the least significant on. Past the end they are 0. */
typedef struct bits {
    exn_span data;
    size_t at;
} bits;

static uint32_t take(bits *b, unsigned count)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++, b->at++)
        if (b->at / 8 < b->data.size)
            value |= (uint32_t)(b->data.data[b->at / 8] >> b->at % 8 & 1) << i;
    return value;
}

static uint32_t take_side(bits *b, bool small)
{
    static const unsigned widths[] = {9, 13, 18, 30};
    return small ? (take(b, 5) + 1) * 8 : take(b, widths[take(b, 2)]) + 1;
}

/* ISO 18181-1, D.2 and D.3: the height, the width or a ratio to it, and the first fields of the
 * metadata. The size is the one before the orientation is applied. */
static void take_codestream(exn_image *image, exn_span head)
{
    static const uint8_t ratios[8][2] = {{0, 1}, {1, 1},  {12, 10}, {4, 3},
                                         {3, 2}, {16, 9}, {5, 4},   {2, 1}};
    bits b = {exn_span_part(head, sizeof bare, SIZE_MAX), 0};
    if (!exn_span_starts(head, bare, sizeof bare))
        return;
    const bool small = take(&b, 1);
    image->height = take_side(&b, small);
    const uint8_t *ratio = ratios[take(&b, 3)];
    image->width =
        ratio[0] ? (uint32_t)((uint64_t)image->height * ratio[0] / ratio[1]) : take_side(&b, small);
    const bool plain = take(&b, 1), more = !plain && take(&b, 1);
    const uint32_t orientation = more ? take(&b, 3) + 1 : 1;
    if (orientation == 1)
        return;
    image->orientation = orientation;
    image->place = EXN_PLACE_ITEM_PROPERTY;
    image->reasons |= 1u << EXN_REASON_PROPERTY;
}

/* Decoders apply the codestream's orientation and never this (ISO 18181-2, 9.5); readers of
 * metadata see it all the same. The block begins after an offset of four bytes. */
static void take_exif(exn_image *image, exn_span box)
{
    exn_exif found;
    const size_t offset = box.size >= 4 ? exn_get32be(box.data) : 0;
    exn_exif_scan(exn_span_part(exn_span_part(box, 4, SIZE_MAX), offset, SIZE_MAX), image->width,
                  image->height, &found);
    image->reasons |= found.reasons & 1u << EXN_REASON_EXIF;
}

static void take_xmp(exn_image *image, exn_span packet, const exn_cancel *cancel)
{
    exn_xmp found;
    exn_xmp_scan(packet, cancel, &found);
    if (found.needs_edit)
        image->reasons |= 1u << EXN_REASON_XMP;
}

/* The beginning of a codestream; of one in parts the first has it, after its number. */
static exn_status read_codestream(exn_image *image, exn_window *window, uint64_t offset,
                                  uint64_t size, exn_error *error)
{
    uint8_t head[HEAD_SIZE];
    const size_t most = size < sizeof head ? (size_t)size : sizeof head;
    exn_status status = exn_window_read(window, offset, head, most, error);
    if (status == EXN_OK)
        take_codestream(image, (exn_span){head, most});
    return status;
}

static exn_status read_metadata(exn_image *image, exn_window *window, uint32_t type,
                                uint64_t offset, uint64_t size, const exn_options *options,
                                exn_error *error)
{
    exn_buffer box = {0};
    const exn_cancel cancel = exn_cancel_of(options);
    exn_status status = exn_status_need_memory(error, size, options->max_memory);
    if (status == EXN_OK)
        status = exn_window_append(window, offset, (size_t)size, &box, error);
    if (status == EXN_OK && type == BOX('E', 'x', 'i', 'f'))
        take_exif(image, exn_buffer_span(&box));
    else if (status == EXN_OK)
        take_xmp(image, exn_buffer_span(&box), &cancel);
    exn_buffer_free(&box);
    return status;
}

/* size: of what the box holds. */
static exn_status take_box(exn_image *image, exn_window *window, uint32_t type, uint64_t offset,
                           uint64_t size, const exn_options *options, exn_error *error)
{
    enum { PART_NUMBER = 4 };
    switch (type) {
    case BOX('j', 'x', 'l', 'c'):
        return read_codestream(image, window, offset, size, error);
    case BOX('j', 'x', 'l', 'p'):
        /* A later part has no header, or at least none that looks like one and was not seen yet. */
        return image->width || size < PART_NUMBER
                   ? EXN_OK
                   : read_codestream(image, window, offset + PART_NUMBER, size - PART_NUMBER,
                                     error);
    case BOX('E', 'x', 'i', 'f'):
    case BOX('x', 'm', 'l', ' '):
        return read_metadata(image, window, type, offset, size, options, error);
    default:
        return EXN_OK;
    }
}

/* ISO 14496-12, 4.2: the boxes of the file, one after the other. */
static exn_status walk(exn_image *image, exn_window *window, const exn_options *options,
                       exn_error *error)
{
    uint64_t offset = 0;
    const uint64_t end = window->source->size;
    exn_status status = EXN_OK;
    for (int i = 0; status == EXN_OK && i < MAX_BOXES && end - offset >= 8; i++) {
        uint8_t head[16] = {0};
        const size_t most = end - offset < sizeof head ? 8 : sizeof head;
        status = exn_window_read(window, offset, head, most, error);
        uint64_t size = exn_get32be(head), header = 8;
        if (size == 1 && most == sizeof head) {
            size = (uint64_t)exn_get32be(head + 8) << 32 | exn_get32be(head + 12);
            header = 16;
        }
        /* To the end; and a file that is cut off has what is there. */
        size = size == 0 || size > end - offset ? end - offset : size;
        if (status != EXN_OK || size < header)
            break;
        status = take_box(image, window, exn_get32be(head + 4), offset + header, size - header,
                          options, error);
        offset += size;
    }
    return status;
}

static exn_status look(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error)
{
    exn_window window;
    uint8_t head[HEAD_SIZE];
    const size_t most = source->size < sizeof head ? (size_t)source->size : sizeof head;
    exn_window_open(&window, source);
    exn_status status = exn_window_read(&window, 0, head, most, error);
    if (status != EXN_OK)
        return status;
    take_codestream(image, (exn_span){head, most});
    if (exn_span_starts((exn_span){head, most}, boxed, sizeof boxed))
        status = walk(image, &window, options, error);
    if (image->reasons & (1u << EXN_REASON_EXIF | 1u << EXN_REASON_XMP))
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    return status;
}

static void close_image(exn_image *image)
{
    (void)image;
}

const exn_format_ops exn_jxl_format = {
    .id = EXN_FORMAT_JXL,
    .sniff = sniff,
    .look = look,
    .close = close_image,
};
