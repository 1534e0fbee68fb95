/* SPDX-License-Identifier: MIT */
/* TIFF is only examined or, in EXN_MODE_DROP, edited in place: orientations become 1, and XMP loses
 * them. Pixels and all offsets stay.
 *
 *   page -> page -> ... -> 0      a chain of tables (IFDs)
 *     |-> SubIFD, SubIFD, ...     reduced pictures, a camera's raw data
 *     '-> Exif IFD */
#include "tiff.h"

#include <stdlib.h>
#include <string.h>

#include "cancel.h"
#include "metadata/xmp.h"
#include "patches.h"
#include "window.h"

enum {
    TAG_IMAGE_WIDTH = 256,
    TAG_IMAGE_LENGTH = 257,
    TAG_ORIENTATION = 274,
    TAG_SUB_IFDS = 330, /* TIFF Technical Note 1 */
    TAG_XMP = 700,      /* XMP specification, part 3, 2.3.1 */
    TAG_EXIF_IFD = 34665,
    TYPE_BYTE = 1,
    TYPE_ASCII = 2,
    TYPE_SHORT = 3,
    TYPE_LONG = 4,
    TYPE_UNDEFINED = 7,
    TYPE_IFD = 13,
    TYPE_LONG8 = 16, /* BigTIFF's */
    TYPE_IFD8 = 18,
    MAX_DEPTH = 3, /* of tables below a page */
};

/* Classic TIFF (TIFF 6.0, section 2) and BigTIFF differ in the width of counts and offsets, and
 * have 42 or 43 after the byte-order mark; the rest of the walk is the same. */
typedef struct layout {
    bool big_endian, wide;
    uint32_t count_size, entry_size, offset_size;
} layout;

/* What can be edited. */
typedef struct traces {
    layout l;
    exn_patches entries; /* the entries of orientations other than 1 */
    exn_patches packets;
    uint64_t most; /* how many of each, unless an entry belongs to two pages */
    bool edits;    /* list them for editing */
} traces;

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

static exn_status note(const traces *t, exn_patches *list, uint64_t offset, uint64_t size,
                       exn_error *error)
{
    if (exn_patches_count(list) >= t->most)
        return exn_status_fail(error, EXN_CORRUPT, "its pages share their entries");
    return exn_patches_add(list, offset, size) == EXN_OK
               ? EXN_OK
               : exn_status_fail(error, EXN_MEMORY, "list of orientations");
}

/* A value short enough to be stored in the entry itself is too short for a packet. */
static exn_status take_packet(traces *t, uint32_t type, uint64_t count, const uint8_t *at,
                              exn_error *error)
{
    const layout *l = &t->l;
    const bool is_bytes = type == TYPE_BYTE || type == TYPE_ASCII || type == TYPE_UNDEFINED;
    return is_bytes && count > l->offset_size
               ? note(t, &t->packets, get(l, at, l->offset_size), count, error)
               : EXN_OK;
}

/* A walk over the tables of a file. */
typedef struct walk {
    exn_image *image;
    exn_window *window;
    const exn_cancel *cancel;
    exn_error *error;
    uint64_t left; /* how many more tables and entries there may be */
    uint64_t page; /* the number of the current one */
} walk;

/* Tables that share no bytes cannot have more entries than fit into the file, so this ends loops,
 * and allows any number of pages. */
static exn_status charge(walk *w, uint64_t count)
{
    if (count <= w->left) {
        w->left -= count;
        return EXN_OK;
    }
    return exn_status_fail(w->error, EXN_CORRUPT, "its pages share their entries");
}

/* A value shorter than its field is left-aligned in either byte order (TIFF 6.0, section 2), so a
 * SHORT is in the same place as a LONG. */
static uint32_t number_of(const layout *l, uint32_t type, const uint8_t *at)
{
    const uint64_t value =
        type == TYPE_LONG8 && l->wide ? get(l, at, 8) : get(l, at, type == TYPE_LONG ? 4 : 2);
    return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

/* Any orientation except one SHORT of value 1 is not 1; the first page's counts. */
static exn_status take_orientation(const walk *w, uint32_t type, uint64_t count, uint32_t value,
                                   uint64_t place, bool first_page)
{
    traces *t = w->image->state;
    /* TIFF 6.0, section 8: a SHORT. Readers disagree about anything else, so that is reported, too.
     */
    bool usable = type == TYPE_SHORT && count == 1 && value >= 1 && value <= 8;
    if (first_page && usable) {
        w->image->orientation = value;
        w->image->place = EXN_PLACE_IFD0;
    }
    if (usable && value == 1)
        return EXN_OK;
    w->image->reasons |= 1u << EXN_REASON_EXIF;
    return t->edits ? note(t, &t->entries, place, t->l.entry_size, w->error) : EXN_OK;
}

/* The bytes of a pointer of that type; 0: it is none. */
static uint32_t pointer_size(const layout *l, uint32_t type)
{
    if (type == TYPE_LONG || type == TYPE_IFD)
        return 4;
    return l->wide && (type == TYPE_LONG8 || type == TYPE_IFD8) ? 8 : 0;
}

static exn_status walk_table(walk *w, uint64_t offset, uint32_t depth, uint64_t *next);

/* How many of that size there may be from an offset on. */
static uint64_t room(const walk *w, uint64_t offset, uint32_t size)
{
    const uint64_t end = w->window->source->size;
    return offset < end ? (end - offset) / size : 0;
}

/* One pointer, or a list of them: in the entry if it fits, else elsewhere. What a list has outside
 * of the file is ignored, as readers do. */
static exn_status follow(walk *w, uint32_t type, uint64_t count, const uint8_t *at, uint32_t depth)
{
    const layout *l = &((traces *)w->image->state)->l;
    const uint32_t size = pointer_size(l, type);
    exn_status status = EXN_OK;
    if (size == 0)
        return EXN_OK;
    const uint64_t list = get(l, at, l->offset_size);
    const bool inside = count <= l->offset_size / size;
    if (!inside && count > room(w, list, size))
        count = room(w, list, size);
    for (uint64_t i = 0; i < count && status == EXN_OK; i++) {
        uint8_t bytes[8];
        if (inside)
            memcpy(bytes, at + i * size, size);
        else
            status = exn_window_read(w->window, list + i * size, bytes, size, w->error);
        if (status == EXN_OK)
            status = charge(w, 1);
        if (status == EXN_OK)
            status = walk_table(w, get(l, bytes, size), depth + 1, NULL);
    }
    return status;
}

/* Reads one entry (tag, type, count, value) and its place in the file. depth: 0 on a page. */
static exn_status take_entry(walk *w, const uint8_t *entry, uint64_t place, uint32_t depth,
                             bool first_page)
{
    traces *t = w->image->state;
    const layout *l = &t->l;
    const uint32_t tag = exn_get16(entry, l->big_endian),
                   type = exn_get16(entry + 2, l->big_endian);
    const uint64_t count = get(l, entry + 4, l->offset_size);
    const uint8_t *at = entry + 4 + l->offset_size;
    switch (tag) {
    case TAG_IMAGE_WIDTH:
    case TAG_IMAGE_LENGTH:
        if (first_page)
            *(tag == TAG_IMAGE_WIDTH ? &w->image->width : &w->image->height) =
                number_of(l, type, at);
        return EXN_OK;
    case TAG_ORIENTATION:
        return take_orientation(w, type, count, number_of(l, type, at), place, first_page);
    case TAG_SUB_IFDS:
    case TAG_EXIF_IFD:
        return follow(w, type, count, at, depth);
    case TAG_XMP:
        return take_packet(t, type, count, at, w->error);
    default:
        return EXN_OK;
    }
}

/* *next becomes where the next page is, or 0. NULL: the table is no page. Then what follows it does
 * not matter, and what it has outside of the file is ignored, as readers do. */
static exn_status walk_table(walk *w, uint64_t offset, uint32_t depth, uint64_t *next)
{
    const layout *l = &((traces *)w->image->state)->l;
    const bool first_page = next && w->page == 0;
    /* The largest entry, BigTIFF's: tag and type, count, value. */
    uint8_t bytes[20];
    if (!next && (offset == 0 || room(w, offset, l->count_size) == 0))
        return EXN_OK;
    if (depth > MAX_DEPTH)
        return exn_status_fail(w->error, EXN_CORRUPT, "its tables are nested too deeply");
    exn_status status = exn_cancel_check(w->cancel, w->error);
    if (status == EXN_OK)
        status = exn_window_read(w->window, offset, bytes, l->count_size, w->error);
    if (status != EXN_OK)
        return status;
    uint64_t count = get(l, bytes, l->count_size);
    uint64_t at = offset + l->count_size;
    if (!next && count > room(w, at, l->entry_size))
        count = room(w, at, l->entry_size);
    /* BigTIFF has 64-bit counts, which nobody needs. */
    if (count > UINT16_MAX)
        return exn_status_fail(w->error, EXN_CORRUPT, "too many entries");
    status = charge(w, 1 + count);
    for (uint64_t i = 0; i < count && status == EXN_OK; i++, at += l->entry_size) {
        status = exn_window_read(w->window, at, bytes, l->entry_size, w->error);
        if (status == EXN_OK)
            status = take_entry(w, bytes, at, depth, first_page);
    }
    if (status == EXN_OK && next)
        status = exn_window_read(w->window, at, bytes, l->offset_size, w->error);
    if (status == EXN_OK && next)
        /* 0 after the last page. */
        *next = get(l, bytes, l->offset_size);
    return status;
}

/* Packets may share bytes, so their total must not exceed the file's size. */
static exn_status look_at_packets(exn_image *image, exn_window *window, const exn_options *options,
                                  exn_error *error)
{
    const traces *t = image->state;
    const exn_cancel cancel = exn_cancel_of(options);
    uint64_t all = 0;
    exn_status status = EXN_OK;
    for (size_t i = 0; status == EXN_OK && i < exn_patches_count(&t->packets); i++) {
        exn_buffer packet = {0};
        exn_xmp found;
        uint64_t offset, size;
        exn_patches_at(&t->packets, i, &offset, &size);
        if (size > window->source->size - all)
            return exn_status_fail(error, EXN_CORRUPT, "XMP is larger than the file");
        all += size;
        status = exn_status_need_memory(error, size, options->max_memory);
        if (status == EXN_OK)
            status = exn_window_append(window, offset, (size_t)size, &packet, error);
        if (status == EXN_OK) {
            exn_xmp_scan(exn_buffer_span(&packet), &cancel, &found);
            if (found.needs_edit)
                image->reasons |= 1u << EXN_REASON_XMP;
            exn_image_compare(image, found.orientation, EXN_WARN_XMP_ORIENTATION);
        }
        exn_buffer_free(&packet);
    }
    return status;
}

/* A chain that leads back into itself is found by Brent's method: one page is remembered, another
 * one whenever twice as many have passed. A short loop in a large file thus ends soon. */
static exn_status walk_pages(walk *w, uint64_t offset)
{
    uint64_t known = 0, until = 1;
    exn_status status = EXN_OK;
    for (; offset != 0 && status == EXN_OK; w->page++) {
        if (offset == known)
            return exn_status_fail(w->error, EXN_CORRUPT, "its pages lead back to one before");
        if (w->page == until) {
            known = offset;
            until *= 2;
        }
        status = walk_table(w, offset, 0, &offset);
    }
    return status;
}

static exn_status look(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error)
{
    enum { FEW = 64 };
    exn_window window;
    const exn_cancel cancel = exn_cancel_of(options);
    walk w = {.image = image, .window = &window, .cancel = &cancel, .error = error};
    uint8_t head[16] = {0};
    size_t size = source->size < sizeof head ? (size_t)source->size : sizeof head;
    traces *t = image->state = calloc(1, sizeof *t);
    image->is_copied = options->mode != EXN_MODE_DROP;
    image->is_shown_as_stored = true;
    if (!t)
        return exn_status_fail(error, EXN_MEMORY, "list of orientations");
    /* close_image() frees it from here on, whatever fails. */
    exn_window_open(&window, source);
    exn_status status = exn_window_read(&window, 0, head, size, error);
    if (status != EXN_OK || !read_layout((exn_span){head, size}, &t->l))
        return exn_status_fail(error, status != EXN_OK ? status : EXN_CORRUPT, "no TIFF header");
    t->edits = !image->is_copied;
    t->most = source->size / t->l.entry_size;
    /* A page may be a SubIFD as well, and has a count and a pointer besides its entries. */
    w.left = 4 * (source->size / t->l.entry_size) + FEW;
    /* BigTIFF has the size of its offsets, always 8, and two zeros before the first one. */
    status = walk_pages(&w, get(&t->l, head + (t->l.wide ? 8 : 4), t->l.offset_size));
    exn_status packets = look_at_packets(image, &window, options, status == EXN_OK ? error : NULL);
    if (status == EXN_OK && packets == EXN_OK && (image->width == 0 || image->height == 0))
        status = exn_status_fail(error, EXN_CORRUPT, "no picture");
    return status == EXN_OK ? packets : status;
}

/* A SHORT of 1 (TIFF 6.0, section 2): type, count, and the value in the first bytes of its field.
 */
static void straighten(const layout *l, uint8_t *entry)
{
    memset(entry + 2, 0, l->entry_size - 2);
    exn_put16(entry + 2, TYPE_SHORT, l->big_endian);
    exn_put32(entry + 4 + (l->wide && l->big_endian ? 4 : 0), 1, l->big_endian);
    exn_put16(entry + 4 + l->offset_size, 1, l->big_endian);
}

static void straighten_all(const traces *t, uint8_t *file)
{
    for (size_t i = 0; i < exn_patches_count(&t->entries); i++) {
        uint64_t offset, size;
        exn_patches_at(&t->entries, i, &offset, &size);
        straighten(&t->l, file + offset);
    }
}

/* In place, since a packet keeps its size if nothing is rotated. One that cannot be edited becomes
 * blanks. */
static exn_status edit_packet(exn_buffer *out, uint64_t offset, uint64_t size,
                              exn_thumbnails *thumbnails, const exn_cancel *cancel,
                              uint32_t *warnings)
{
    const exn_xmp_turn stay = {
        .max_size = (size_t)size, .thumbnails = thumbnails, .cancel = cancel};
    exn_buffer edited = {0};
    exn_xmp_edited done;
    exn_status status = exn_xmp_edit(
        exn_span_part(exn_buffer_span(out), (size_t)offset, (size_t)size), &stay, &edited, &done);
    if (status == EXN_OK && done.verdict == EXN_XMP_EDITED && edited.size == size) {
        memcpy(out->data + offset, edited.data, edited.size);
    } else if (status == EXN_OK && done.verdict != EXN_XMP_UNCHANGED) {
        memset(out->data + offset, ' ', (size_t)size);
        *warnings |= 1u << EXN_WARN_XMP_REMOVED;
    }
    exn_buffer_free(&edited);
    return status;
}

static exn_status drop(const exn_image *image, const exn_options *options, exn_buffer *out,
                       exn_result *result, exn_error *error)
{
    const traces *t = image->state;
    const exn_cancel cancel = exn_cancel_of(options);
    exn_thumbnails thumbnails;
    uint64_t offset, size;
    exn_status status = exn_patches_begin(image, options, out, &thumbnails, result, error);
    if (status == EXN_OK)
        straighten_all(t, out->data);
    for (size_t i = 0; status == EXN_OK && i < exn_patches_count(&t->packets); i++) {
        exn_patches_at(&t->packets, i, &offset, &size);
        status = edit_packet(out, offset, size, &thumbnails, &cancel, &result->warnings);
    }
    result->warnings |= thumbnails.warnings;
    return status == EXN_OK ? status : exn_status_fail(error, status, "output");
}

/* Except for XMP, the output is the source with its entries corrected. Scanning the output has
 * shown that its XMP has no orientation left. */
static exn_status verify(const exn_image *source, const exn_image *product,
                         const exn_options *options, const exn_result *result, exn_error *error)
{
    (void)options;
    (void)result;
    traces *t = source->state;
    exn_buffer before = {0};
    exn_status status = exn_buffer_append(&before, source->data.data, source->data.size);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "comparison");
    straighten_all(t, before.data);
    status = exn_patches_compare(&t->packets, exn_buffer_span(&before), product->data, error);
    exn_buffer_free(&before);
    return status;
}

static void close_image(exn_image *image)
{
    traces *t = image->state;
    if (t) {
        exn_patches_free(&t->entries);
        exn_patches_free(&t->packets);
    }
    free(t);
    image->state = NULL;
}

const exn_format_ops exn_tiff_format = {
    .id = EXN_FORMAT_TIFF,
    .sniff = sniff,
    .look = look,
    .produce = drop,
    .verify = verify,
    .close = close_image,
};
