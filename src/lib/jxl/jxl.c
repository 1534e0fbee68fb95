/* SPDX-License-Identifier: MIT */
/* JPEG XL is only examined or, in EXN_MODE_DROP, edited in place: three bits in the codestream's
 * header, Exif and XMP. */
#include "jxl.h"

#include <stdlib.h>
#include <string.h>

#include "cancel.h"
#include "metadata/block_edit.h"
#include "patches.h"
#include "window.h"

#define BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

enum {
    HEAD_SIZE = 24, /* of a codestream: more than its size and orientation take */
    MAX_BOXES = 100000,
    EXIF = BOX('E', 'x', 'i', 'f'),
};

/* What can be edited. */
typedef struct traces {
    uint64_t codestream;       /* where it begins in the file, */
    size_t bit;                /* the first of the orientation's three bits in it; 0: it has none */
    exn_patches exif, packets; /* the contents of these boxes */
} traces;

/* ISO 18181-2, 9.1: a bare codestream begins with FF 0A, one in boxes with a box that says so. */
static const uint8_t bare[] = {0xFF, 0x0A};
static const uint8_t boxed[] = {0, 0, 0, 12, 'J', 'X', 'L', ' ', 13, 10, 0x87, 10};

static bool sniff(exn_span head)
{
    return exn_span_starts(head, bare, sizeof bare) || exn_span_starts(head, boxed, sizeof boxed);
}

/* ISO 18181-1, annex B: bits come least significant first. Beyond the end they are 0. */
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

/* ISO 18181-1, D.2 and D.3: the height, the width or its ratio to the height, and the first fields
 * of the metadata. The size is the one before the orientation is applied.
 *
 *   FF 0A  small (1)  height (5, or 2 and 9 to 30)  ratio (3)  [width]
 *   all default (1)  [extra fields (1)  [orientation - 1 (3)  ...]]
 *
 * If everything is default, or there are no extra fields, there is no orientation to remove. */
static void take_codestream(exn_image *image, uint64_t offset, exn_span head)
{
    traces *t = image->state;
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
    t->codestream = offset;
    t->bit = more ? 8 * sizeof bare + b.at : 0;
    const uint32_t orientation = more ? take(&b, 3) + 1 : 1;
    if (orientation == 1)
        return;
    image->orientation = orientation;
    image->place = EXN_PLACE_ITEM_PROPERTY;
    image->reasons |= 1u << EXN_REASON_PROPERTY;
}

/* Decoders apply the codestream's orientation and never this one (ISO 18181-2, 9.5), but metadata
 * readers see it. */
static void take_exif(exn_image *image, exn_span box)
{
    exn_exif found;
    exn_exif_scan(exn_block_counted(box).body, image->width, image->height, &found);
    image->reasons |= found.reasons & 1u << EXN_REASON_EXIF;
}

static void take_xmp(exn_image *image, exn_span packet, const exn_cancel *cancel)
{
    exn_xmp found;
    exn_xmp_scan(packet, cancel, &found);
    if (found.needs_edit)
        image->reasons |= 1u << EXN_REASON_XMP;
}

/* The beginning of a codestream. If it is split, the first part has it, after the part's number. */
static exn_status read_codestream(exn_image *image, exn_window *window, uint64_t offset,
                                  uint64_t size, exn_error *error)
{
    uint8_t head[HEAD_SIZE];
    const size_t most = size < sizeof head ? (size_t)size : sizeof head;
    exn_status status = exn_window_read(window, offset, head, most, error);
    if (status == EXN_OK)
        take_codestream(image, offset, (exn_span){head, most});
    return status;
}

static exn_status read_metadata(exn_image *image, exn_window *window, uint32_t type,
                                uint64_t offset, uint64_t size, const exn_options *options,
                                exn_error *error)
{
    exn_buffer box = {0};
    traces *t = image->state;
    const exn_cancel cancel = exn_cancel_of(options);
    exn_status status = exn_status_need_memory(error, size, options->max_memory);
    if (status == EXN_OK && !image->is_copied &&
        exn_patches_add(type == EXIF ? &t->exif : &t->packets, offset, size) != EXN_OK)
        status = exn_status_fail(error, EXN_MEMORY, "list of boxes");
    if (status == EXN_OK)
        status = exn_window_append(window, offset, (size_t)size, &box, error);
    if (status == EXN_OK && type == EXIF)
        take_exif(image, exn_buffer_span(&box));
    else if (status == EXN_OK)
        take_xmp(image, exn_buffer_span(&box), &cancel);
    exn_buffer_free(&box);
    return status;
}

/* size: of the box's contents. */
static exn_status take_box(exn_image *image, exn_window *window, uint32_t type, uint64_t offset,
                           uint64_t size, const exn_options *options, exn_error *error)
{
    enum { PART_NUMBER = 4 };
    switch (type) {
    case BOX('j', 'x', 'l', 'c'):
        return read_codestream(image, window, offset, size, error);
    case BOX('j', 'x', 'l', 'p'):
        /* A later part has no header, or at least none that looks like one and has not been seen
         * yet. */
        return image->width || size < PART_NUMBER
                   ? EXN_OK
                   : read_codestream(image, window, offset + PART_NUMBER, size - PART_NUMBER,
                                     error);
    case EXIF:
    case BOX('x', 'm', 'l', ' '):
        return read_metadata(image, window, type, offset, size, options, error);
    case BOX('b', 'r', 'o',
             'b'): /* ISO 18181-2, 9.7: the same, compressed, which cannot be read here */
        image->warnings |= 1u << EXN_WARN_NOT_DECODED;
        return EXN_OK;
    default:
        return EXN_OK;
    }
}

/* ISO 14496-12, 4.2: the boxes of the file, one after another. */
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
        /* To the end; of a truncated file, as much as there is. */
        if (status == EXN_OK && size > end - offset && !image->is_copied)
            status = exn_status_fail(error, EXN_CORRUPT, "the file ends before its boxes do");
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
    image->is_copied = options->mode != EXN_MODE_DROP;
    image->is_shown_as_stored = true;
    image->state = calloc(1, sizeof(traces));
    if (!image->state)
        return exn_status_fail(error, EXN_MEMORY, "list of boxes");
    /* close_image() frees it from here on, whatever fails. */
    exn_window_open(&window, source);
    exn_status status = exn_window_read(&window, 0, head, most, error);
    if (status != EXN_OK)
        return status;
    take_codestream(image, 0, (exn_span){head, most});
    if (exn_span_starts((exn_span){head, most}, boxed, sizeof boxed))
        status = walk(image, &window, options, error);
    if (image->reasons & (1u << EXN_REASON_EXIF | 1u << EXN_REASON_XMP))
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    if (status == EXN_OK && (image->width == 0 || image->height == 0))
        status = exn_status_fail(error, EXN_CORRUPT, "no picture");
    return status;
}

/* ISO 18181-1, D.3: orientation - 1. 0 is upright and has as many bits, so no other bit of the
 * header moves. */
static void straighten(const traces *t, uint8_t *file)
{
    enum { BITS = 3 };
    for (size_t bit = t->bit; t->bit > 0 && bit < t->bit + BITS; bit++)
        file[t->codestream + bit / 8] &= (uint8_t) ~(1u << bit % 8);
}

/* The box keeps its size. If it would become empty, or is not safe to edit, it is blanked: Exif of
 * zeros has no TIFF header, and XMP of blanks has no elements. */
static exn_status edit_box(exn_buffer *out, uint64_t offset, uint64_t size, bool exif,
                           exn_exif_turn *turn, uint32_t *warnings)
{
    exn_buffer edited = {0};
    bool keep = true;
    const exn_span bytes = exn_span_part(exn_buffer_span(out), (size_t)offset, (size_t)size);
    const exn_block block =
        exif ? exn_block_counted(bytes) : (exn_block){EXN_BLOCK_XMP, {NULL, 0}, bytes};
    turn->max_size = block.body.size;
    exn_status status = exn_block_edit(&block, turn, &edited, &keep, warnings);
    if (status == EXN_OK && keep && edited.size > size) {
        keep = false;
        *warnings |= 1u << (exif ? EXN_WARN_EXIF_REMOVED : EXN_WARN_XMP_REMOVED);
    }
    if (status == EXN_OK) {
        const size_t kept = keep ? edited.size : 0;
        memset(out->data + offset + kept, exif ? 0 : ' ', (size_t)size - kept);
        if (kept > 0)
            memcpy(out->data + offset, edited.data, kept);
    }
    exn_buffer_free(&edited);
    return status;
}

static exn_status edit_boxes(const exn_patches *boxes, bool exif, exn_buffer *out,
                             exn_exif_turn *turn, uint32_t *warnings)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; status == EXN_OK && i < exn_patches_count(boxes); i++) {
        uint64_t offset, size;
        exn_patches_at(boxes, i, &offset, &size);
        if (size > 0)
            status = edit_box(out, offset, size, exif, turn, warnings);
    }
    return status;
}

static exn_status drop(const exn_image *image, const exn_options *options, exn_buffer *out,
                       exn_result *result, exn_error *error)
{
    const traces *t = image->state;
    const exn_cancel cancel = exn_cancel_of(options);
    exn_thumbnails thumbnails;
    exn_exif_turn turn = {.stored_width = image->width,
                          .stored_height = image->height,
                          .thumbnails = &thumbnails,
                          .cancel = &cancel};
    exn_status status = exn_patches_begin(image, options, out, &thumbnails, result, error);
    if (status == EXN_OK)
        straighten(t, out->data);
    if (status == EXN_OK)
        status = edit_boxes(&t->exif, true, out, &turn, &result->warnings);
    if (status == EXN_OK)
        status = edit_boxes(&t->packets, false, out, &turn, &result->warnings);
    result->warnings |= thumbnails.warnings;
    return status == EXN_OK ? status : exn_status_fail(error, status, "output");
}

/* The output was scanned before this comparison, so its metadata has no orientation left. The
 * codestream's whole header is compared. */
static exn_status verify(const exn_image *source, const exn_image *product,
                         const exn_options *options, const exn_result *result, exn_error *error)
{
    (void)options;
    (void)result;
    const traces *t = source->state;
    exn_patches all = {0};
    exn_buffer before = {0};
    exn_status status = exn_buffer_append(&before, source->data.data, source->data.size);
    if (status == EXN_OK)
        status = exn_buffer_append(&all.ranges, t->exif.ranges.data, t->exif.ranges.size);
    if (status == EXN_OK)
        status = exn_buffer_append(&all.ranges, t->packets.ranges.data, t->packets.ranges.size);
    if (status == EXN_OK)
        straighten(t, before.data);
    status = status == EXN_OK
                 ? exn_patches_compare(&all, exn_buffer_span(&before), product->data, error)
                 : exn_status_fail(error, status, "comparison");
    exn_patches_free(&all);
    exn_buffer_free(&before);
    return status;
}

static void close_image(exn_image *image)
{
    traces *t = image->state;
    if (t) {
        exn_patches_free(&t->exif);
        exn_patches_free(&t->packets);
    }
    free(t);
    image->state = NULL;
}

const exn_format_ops exn_jxl_format = {
    .id = EXN_FORMAT_JXL,
    .sniff = sniff,
    .look = look,
    .produce = drop,
    .verify = verify,
    .close = close_image,
};
