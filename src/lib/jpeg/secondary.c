/* SPDX-License-Identifier: MIT */
#include "secondary.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metadata/block.h"
#include "metadata/embedded.h"

enum { PICTURES_MAX = EXN_MPF_ENTRIES_MAX + EXN_XMP_ITEMS_MAX };

/* Only the first reason is reported. untrue: it means that the index is wrong. */
static void doubt(exn_secondaries *s, bool untrue, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void doubt(exn_secondaries *s, bool untrue, const char *format, ...)
{
    va_list arguments;
    if (s->reason[0])
        return;
    va_start(arguments, format);
    vsnprintf(s->reason, sizeof s->reason, format, arguments);
    va_end(arguments);
    s->untrue = untrue;
}

static size_t primary_end(const exn_secondaries *s)
{
    return s->jpeg->file.size - s->jpeg->trailer.size;
}

/* Whether all of it is after the first picture's EOI. */
static bool is_behind(const exn_secondaries *s, uint64_t at, uint64_t size)
{
    uint64_t end = s->jpeg->file.size;
    return size > 0 && at >= primary_end(s) && at <= end && size <= end - at;
}

/* Editors and messengers that take one picture cut off what follows its EOI but keep the index. A
 * place inside the picture is a different matter: then the index never belonged to this file. */
static bool is_cut_off(const exn_secondaries *s, uint64_t at)
{
    return s->jpeg->has_eoi && s->jpeg->trailer.size == 0 && at >= s->jpeg->file.size;
}

static exn_span mpf_bytes(const exn_secondaries *s)
{
    return exn_span_part(s->mpf_segment->payload, EXN_MPF_PREFIX, SIZE_MAX);
}

/* CIPA DC-007: offsets count from the byte-order mark, after "MPF" and a zero. */
static size_t mpf_base(const exn_secondaries *s)
{
    return (size_t)(mpf_bytes(s).data - s->jpeg->file.data);
}

static const char *frame_word(exn_mpf_frame frame)
{
    static const char *const words[] = {
        [EXN_MPF_FRAME_SAME] = "",
        [EXN_MPF_FRAME_PANORAMA] = "a panorama",
        [EXN_MPF_FRAME_STEREO] = "a stereo pair",
        [EXN_MPF_FRAME_ANGLE] = "a set of angles",
        [EXN_MPF_FRAME_ORIGINAL] = "a preserved original",
        [EXN_MPF_FRAME_UNKNOWN] = "of an unknown type",
    };
    return words[frame];
}

static bool is_jpeg_at(const exn_secondaries *s, uint64_t at, uint64_t size)
{
    return is_behind(s, at, size) &&
           exn_span_starts(exn_span_part(s->jpeg->file, (size_t)at, 3), "\xFF\xD8\xFF", 3);
}

/* By how much all offsets are wrong: the distance from the first of them to the first picture's
 * end, if correcting by it finds every picture, and not correcting does not. Readers find them in
 * the same way. Offsets and sizes have 32 bits and file positions fewer than 63, so no sum
 * overflows. */
static int64_t offset_error(const exn_secondaries *s)
{
    exn_span tiff = mpf_bytes(s);
    int64_t base = (int64_t)mpf_base(s), first = INT64_MAX;
    bool sound = true;
    for (uint32_t i = 1; i < s->mpf.count; i++) {
        exn_mpf_entry entry = exn_mpf_entry_at(tiff, &s->mpf, i);
        first = base + entry.offset < first ? base + entry.offset : first;
        sound = sound && is_jpeg_at(s, (uint64_t)(base + entry.offset), entry.size);
    }
    int64_t error = sound ? 0 : (int64_t)primary_end(s) - first;
    for (uint32_t i = 1; i < s->mpf.count && error != 0; i++) {
        exn_mpf_entry entry = exn_mpf_entry_at(tiff, &s->mpf, i);
        if (base + entry.offset + error < 0 ||
            !is_jpeg_at(s, (uint64_t)(base + entry.offset + error), entry.size))
            error = 0;
    }
    return error;
}

/* The first picture's size is ignored: some phones write one that is off by a few bytes, and
 * markers tell its end better. */
static void add_entries(exn_secondaries *s, bool turning)
{
    exn_span tiff = mpf_bytes(s);
    /* An error may be negative: the sums below then wrap to the right value, or to a place outside
     * of the file. */
    uint64_t base = mpf_base(s), error = (uint64_t)offset_error(s);
    for (uint32_t i = 0; i < s->mpf.count; i++) {
        exn_mpf_entry entry = exn_mpf_entry_at(tiff, &s->mpf, i);
        uint64_t at = base + entry.offset + (i > 0 ? error : 0);
        if (turning && i > 0 && is_cut_off(s, at)) {
            s->leftover = true;
            continue;
        }
        if (turning && entry.frame != EXN_MPF_FRAME_SAME)
            doubt(s, false, "image %u is %s", i + 1, frame_word(entry.frame));
        if (turning && !entry.is_jpeg)
            doubt(s, false, "image %u is not a JPEG", i + 1);
        /* CIPA DC-007: the first entry is the picture with the index, and its offset is 0 by
         * definition. */
        if (i == 0 && entry.offset != 0)
            doubt(s, true, "the index does not begin with this image");
        else if (i > 0 && (entry.offset == 0 || !is_behind(s, at, entry.size)))
            doubt(s, true, "image %u is outside of the file", i + 1);
        else if (i > 0 && turning && !is_jpeg_at(s, at, entry.size))
            doubt(s, true, "image %u is not where the index says", i + 1);
        else if (i > 0)
            s->pictures[s->count++] = (exn_picture){
                .at = (size_t)at, .size = entry.size, .entry = i, .frame = entry.frame};
    }
}

/* There should be one index per file: with two, nobody knows which one counts. */
static void find_mpf(exn_secondaries *s, bool turning)
{
    for (size_t i = 0; i < s->jpeg->count; i++) {
        const exn_segment *segment = &s->jpeg->segments[i];
        exn_mpf mpf;
        if (!exn_segment_is_mpf(segment))
            continue;
        exn_mpf_verdict verdict =
            exn_mpf_open(exn_span_part(segment->payload, EXN_MPF_PREFIX, SIZE_MAX), &mpf);
        s->indexed = s->indexed || verdict != EXN_MPF_NO_INDEX;
        if (verdict == EXN_MPF_BROKEN || (verdict == EXN_MPF_INDEX && s->mpf_segment)) {
            doubt(s, true, "the index cannot be read");
        } else if (verdict == EXN_MPF_INDEX) {
            s->mpf_segment = segment;
            s->mpf = mpf;
        }
    }
    if (s->mpf_segment)
        add_entries(s, turning);
}

/* The same picture in the MPF index: at the same place, or else the only one of that size. */
static exn_picture *same_picture(exn_secondaries *s, uint64_t at, uint32_t size)
{
    exn_picture *alike = NULL;
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        exn_picture *p = &s->pictures[i];
        if (p->size != size || p->item)
            continue;
        if (p->at == at)
            return p;
        alike = p;
        count++;
    }
    return count == 1 ? alike : NULL;
}

static void add_item(exn_secondaries *s, uint32_t number, uint64_t at, bool turning)
{
    const exn_xmp_item *item = &s->directory.items[number];
    exn_picture *known = same_picture(s, at, item->length);
    if (known)
        known->item = number;
    else if (!is_behind(s, at, item->length))
        doubt(s, true, "item %u of the directory is outside of the file", number + 1);
    else if (turning && !is_jpeg_at(s, at, item->length))
        doubt(s, true, "item %u of the directory is not where it says", number + 1);
    else
        s->pictures[s->count++] = (exn_picture){
            .at = (size_t)at, .size = item->length, .item = number, .frame = EXN_MPF_FRAME_SAME};
}

/* Items follow each other without offsets. If a video is not where it should be, because an editor
 * cut off what follows EOI, that does not affect the pictures. An item without a length shares the
 * data of another one (Dynamic Depth 1.0, Container element). */
static void add_items(exn_secondaries *s, bool turning)
{
    const exn_xmp_directory *d = &s->directory;
    uint64_t at = primary_end(s);
    for (uint32_t i = 0; i < d->count; i++) {
        const exn_xmp_item *item = &d->items[i];
        bool image = item->kind == EXN_XMP_ITEM_SAME_SCENE || item->kind == EXN_XMP_ITEM_IMAGE;
        if (turning && image && item->length > 0 && is_cut_off(s, at))
            s->leftover = true;
        else if (item->kind == EXN_XMP_ITEM_SAME_SCENE && item->length > 0)
            add_item(s, i, at, turning);
        else if (item->kind == EXN_XMP_ITEM_IMAGE && turning)
            doubt(s, false, "item %u of the directory is of an unknown kind", i + 1);
        at += (uint64_t)(i > 0 ? item->length : 0) + item->padding;
    }
}

/* Extended XMP is joined elsewhere, and no writer is known to put a directory there. */
static bool has_directory(exn_span portion)
{
    static const char uri[] = "/1.0/container/", name[] = ":Directory";
    return portion.size > 0 && memmem(portion.data, portion.size, uri, sizeof uri - 1) &&
           memmem(portion.data, portion.size, name, sizeof name - 1);
}

static void find_directory(exn_secondaries *s, bool turning)
{
    for (size_t i = 0; i < s->jpeg->count; i++) {
        const exn_segment *segment = &s->jpeg->segments[i];
        exn_xmp_directory directory = {.found = false};
        exn_block block = {.kind = EXN_BLOCK_OTHER};
        if (segment->marker == EXN_MARKER_APP1)
            block = exn_block_of(segment->payload);
        if (block.kind == EXN_BLOCK_XMP)
            exn_xmp_list(block.body, &directory);
        else if (block.kind == EXN_BLOCK_XMP_EXTENDED && has_directory(block.body))
            directory.found = directory.broken = true;
        if (!directory.found)
            continue;
        s->indexed = true;
        if (directory.broken || s->xmp_segment)
            doubt(s, true, "the directory in XMP cannot be read");
        s->xmp_segment = segment;
        s->directory = directory;
    }
    if (s->xmp_segment && !s->directory.broken)
        add_items(s, turning);
}

/* Whether it declares itself an HDR gain map: by XMP (Ultra HDR) or ISO 21496-1, annex C. */
static bool is_gain_map(const exn_jpeg *jpeg)
{
    static const char uri[] = "http://ns.adobe.com/hdr-gain-map/1.0/";
    for (size_t i = 0; i < jpeg->count; i++) {
        const exn_segment *segment = &jpeg->segments[i];
        exn_block block = {.kind = EXN_BLOCK_OTHER};
        if (segment->marker == EXN_MARKER_APP1)
            block = exn_block_of(segment->payload);
        if (exn_segment_is_gain_map(segment) ||
            (block.kind == EXN_BLOCK_XMP && block.body.size > 0 &&
             memmem(block.body.data, block.body.size, uri, sizeof uri - 1)))
            return true;
    }
    return false;
}

/* Whether a JPEG begins with a whole picture; how many bytes that has, and whether it is a gain
 * map. */
static exn_status look_at(exn_span bytes, size_t *size, bool *map)
{
    exn_jpeg jpeg = {0};
    exn_status status = exn_segments_parse(bytes, &jpeg, NULL);
    const bool whole = status == EXN_OK && jpeg.has_eoi;
    *size = whole ? bytes.size - jpeg.trailer.size : 0;
    *map = whole && is_gain_map(&jpeg);
    exn_segments_free(&jpeg);
    return status == EXN_MEMORY ? status : EXN_OK;
}

/* Viewers find gain maps after EOI by their own content if no index names them, so this does, too.
 * Nothing is known about other JPEGs there, or about Samsung's depth. Pictures follow each other
 * with little padding. */
static exn_status find_appended(exn_secondaries *s)
{
    enum { PADDING = 64, PICTURES = 8 };
    const exn_span trailer = s->jpeg->trailer;
    size_t at = 0;
    s->stale = trailer.size > 0 && memmem(trailer.data, trailer.size, "DualShot_", 9) &&
               memcmp(trailer.data + trailer.size - 4, "SEFT", 4) == 0;
    if (s->count > 0 || s->reason[0])
        return EXN_OK;
    for (int i = 0; i < PICTURES; i++) {
        size_t size, padding = 0;
        bool map;
        while (padding < PADDING && at + padding < trailer.size && trailer.data[at + padding] == 0)
            padding++;
        const exn_span next = exn_span_part(trailer, at + padding, SIZE_MAX);
        if (!exn_span_starts(next, "\xFF\xD8\xFF", 3))
            break;
        exn_status status = look_at(next, &size, &map);
        if (status != EXN_OK)
            return status;
        s->stale = s->stale || !map;
        s->indexed = s->indexed || map;
        if (map)
            s->pictures[s->count++] = (exn_picture){
                .at = primary_end(s) + at + padding, .size = size, .frame = EXN_MPF_FRAME_SAME};
        if (size == 0)
            break;
        at += padding + size;
    }
    return EXN_OK;
}

/* qsort() is not stable, so entries at the same place need an order of their own. */
static int by_place(const void *a, const void *b)
{
    const exn_picture *p = a, *q = b;
    return p->at != q->at ? (p->at < q->at ? -1 : 1)
                          : (p->entry > q->entry) - (p->entry < q->entry);
}

/* Pictures that share bytes cannot be replaced one by one, so the later one is removed from the
 * list. */
static void settle_places(exn_secondaries *s)
{
    size_t kept = 0, at = 0, end = 0;
    if (s->count > 1)
        qsort(s->pictures, s->count, sizeof *s->pictures, by_place);
    for (size_t i = 0; i < s->count; i++) {
        if (s->pictures[i].at < end) {
            doubt(s, true, "%s",
                  s->pictures[i].at == at ? "the two indexes disagree" : "images overlap");
            continue;
        }
        at = s->pictures[i].at;
        end = at + s->pictures[i].size;
        s->pictures[kept++] = s->pictures[i];
    }
    s->count = kept;
}

/* MPF first: its offsets are exact, while a directory's are sums, and its items are matched with
 * what MPF has found. */
exn_status exn_secondary_open(exn_secondaries *s, const exn_jpeg *jpeg, bool turning)
{
    *s = (exn_secondaries){.jpeg = jpeg};
    s->pictures = calloc(PICTURES_MAX, sizeof *s->pictures);
    if (!s->pictures)
        return EXN_MEMORY;
    find_mpf(s, turning);
    find_directory(s, turning);
    settle_places(s);
    return turning && s->untrue ? exn_secondary_distrust(s) : find_appended(s);
}

exn_status exn_secondary_distrust(exn_secondaries *s)
{
    for (size_t i = 0; i < s->count; i++)
        exn_buffer_free(&s->pictures[i].product);
    s->count = 0;
    s->reason[0] = '\0';
    s->distrusted = true;
    return find_appended(s);
}

exn_status exn_secondary_refuse(exn_error *error, exn_status status, const char *format, ...)
{
    char cause[120];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(cause, sizeof cause, format, arguments);
    va_end(arguments);
    return exn_status_fail(error, status, "%s (--secondary=drop leaves further images out)", cause);
}

void exn_secondary_close(exn_secondaries *s)
{
    for (size_t i = 0; i < s->count; i++)
        exn_buffer_free(&s->pictures[i].product);
    free(s->pictures);
    *s = (exn_secondaries){0};
}

exn_status exn_secondary_check(const exn_jpeg *picture, uint32_t width, uint32_t height,
                               exn_error *error)
{
    exn_secondaries nested;
    exn_status status = exn_secondary_open(&nested, picture, false);
    if (status != EXN_OK)
        exn_status_fail(error, status, "image list");
    else if (nested.count > 0 || nested.reason[0])
        status = exn_status_fail(error, EXN_UNSUPPORTED, "it has an index of its own");
    else if (!picture->has_eoi && !picture->mended)
        status = exn_status_fail(error, EXN_UNSUPPORTED, "it is longer than its size");
    else if ((width < height && picture->width > picture->height) ||
             (width > height && picture->width < picture->height))
        status =
            exn_status_fail(error, EXN_UNSUPPORTED, "its shape differs from the first image's");
    exn_secondary_close(&nested);
    return status;
}

static exn_status picture_orients(const exn_jpeg *jpeg, const exn_picture *p, bool *orients)
{
    const exn_span file = exn_span_part(jpeg->file, p->at, p->size);
    exn_embedded headers;
    exn_jpeg picture = {0};
    *orients = false;
    exn_embedded_scan(file, true, &headers);
    if (!headers.orients || !p->entry || p->frame != EXN_MPF_FRAME_SAME)
        return EXN_OK;
    exn_status status = exn_segments_parse(file, &picture, NULL);
    if (status == EXN_OK && picture.foreign.status == EXN_OK) {
        status = exn_secondary_check(&picture, jpeg->width, jpeg->height, NULL);
        *orients = status == EXN_OK;
    }
    exn_segments_free(&picture);
    return status == EXN_MEMORY ? status : EXN_OK;
}

exn_status exn_secondary_orients(const exn_jpeg *jpeg, bool *orients)
{
    exn_secondaries s;
    bool indexed = false;
    *orients = false;
    for (size_t i = 0; i < jpeg->count && jpeg->trailer.size > 0; i++)
        indexed = indexed || exn_segment_is_mpf(&jpeg->segments[i]);
    if (!indexed)
        return EXN_OK;
    exn_status status = exn_secondary_open(&s, jpeg, false);
    for (size_t i = 0; i < s.count && status == EXN_OK && !s.reason[0] && !*orients; i++)
        status = picture_orients(jpeg, &s.pictures[i], orients);
    exn_secondary_close(&s);
    return status;
}

static size_t new_size(const exn_picture *p)
{
    return p->replaced ? p->product.size : p->size;
}

void exn_secondary_lengths(const exn_secondaries *s, size_t primary_size, exn_xmp_relist *relist)
{
    *relist = (exn_xmp_relist){.drop = false};
    for (size_t i = 0; i < s->directory.count; i++)
        relist->lengths[i] = s->directory.items[i].length;
    for (size_t i = 0; i < s->count; i++)
        if (s->pictures[i].item)
            relist->lengths[s->pictures[i].item] = (uint32_t)new_size(&s->pictures[i]);
    /* Most writers omit the first picture's length, or make it 0. */
    if (s->directory.count > 0 && s->directory.items[0].length > 0)
        relist->lengths[0] = (uint32_t)primary_size;
}

exn_status exn_secondary_append_trailer(exn_secondaries *s, bool leave_out, exn_buffer *out)
{
    exn_span file = s->jpeg->file;
    size_t start = out->size, done = primary_end(s);
    exn_status status = EXN_OK;
    for (size_t i = 0; i < s->count && status == EXN_OK; i++) {
        exn_picture *p = &s->pictures[i];
        exn_span source = exn_span_part(file, p->at, p->size);
        status = exn_buffer_append(out, file.data + done, p->at - done);
        /* Relative to the end of the first picture, whose own size is not final yet. */
        p->new_at = out->size - start;
        done = p->at + p->size;
        /* A wrong index may name bytes that are not a picture, and those must not be dropped. */
        if (status == EXN_OK && p->replaced)
            status = exn_buffer_append(out, p->product.data, p->product.size);
        else if (status == EXN_OK && !(leave_out && exn_span_starts(source, "\xFF\xD8", 2)))
            status = exn_buffer_append(out, source.data, source.size);
    }
    return status == EXN_OK ? exn_buffer_append(out, file.data + done, file.size - done) : status;
}

/* Works on the finished output, because an entry needs the size of what precedes its picture. Its
 * fields have 32 bits. */
bool exn_secondary_patch(const exn_secondaries *s, exn_buffer *product, size_t segment_at,
                         size_t primary_size)
{
    if (!s->mpf_segment)
        return true;
    size_t base = segment_at + mpf_base(s) - s->mpf_segment->offset;
    uint8_t *tiff = product->data + base;
    if (product->size > UINT32_MAX)
        return false;
    exn_mpf_put(tiff, &s->mpf, 0, (uint32_t)primary_size, 0);
    for (size_t i = 0; i < s->count; i++) {
        const exn_picture *p = &s->pictures[i];
        if (p->entry)
            exn_mpf_put(tiff, &s->mpf, p->entry, (uint32_t)new_size(p),
                        (uint32_t)(primary_size + p->new_at - base));
    }
    return true;
}
