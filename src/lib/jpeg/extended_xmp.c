/* SPDX-License-Identifier: MIT */
#include "extended_xmp.h"

#include <md5.h>
#include <stdlib.h>
#include <string.h>

enum {
    LENGTH_AT = EXN_XMP_GUID_SIZE, /* of a portion, after the namespace */
    OFFSET_AT = LENGTH_AT + 4,
    DATA_AT = OFFSET_AT + 4,
    PORTION_SIZE = 65400, /* bytes of data, as in XMP's own writers */
};

/* A portion's bytes, from its GUID on; empty if the segment is not a portion. */
static exn_span any_portion_of(const exn_segment *segment)
{
    exn_block block = {0};
    if (segment->marker == EXN_MARKER_APP1)
        block = exn_block_of(segment->payload);
    bool portion = block.kind == EXN_BLOCK_XMP_EXTENDED && block.body.size >= DATA_AT;
    return portion ? block.body : (exn_span){NULL, 0};
}

/* The same; empty if the segment is not a portion of this packet. */
static exn_span portion_of(const exn_extended_xmp *extended, const exn_segment *segment)
{
    exn_span portion = any_portion_of(segment);
    return exn_span_starts(portion, extended->guid, EXN_XMP_GUID_SIZE) ? portion
                                                                       : (exn_span){NULL, 0};
}

/* Appends the portions that continue the packet, in one pass over the segments. The packet never
 * exceeds length bytes, for which collect() has reserved memory. Portions that overlap, or give
 * another length, do not belong to it. */
static void collect_pass(exn_extended_xmp *extended, const exn_jpeg *jpeg, size_t length)
{
    exn_buffer *packet = &extended->packet;
    for (size_t i = 0; i < jpeg->count; i++) {
        exn_span portion = portion_of(extended, &jpeg->segments[i]);
        if (portion.size <= DATA_AT || exn_get32be(portion.data + LENGTH_AT) != length ||
            exn_get32be(portion.data + OFFSET_AT) != packet->size ||
            portion.size - DATA_AT > length - packet->size)
            continue;
        memcpy(packet->data + packet->size, portion.data + DATA_AT, portion.size - DATA_AT);
        packet->size += portion.size - DATA_AT;
    }
}

/* Portions may come in any order. Writers put them in order, so one pass usually suffices and a few
 * are enough. */
static exn_status collect(exn_extended_xmp *extended, const exn_jpeg *jpeg, size_t length)
{
    enum { MAX_PASSES = 16 };
    exn_status status = exn_buffer_reserve(&extended->packet, length);
    for (int pass = 0; status == EXN_OK && pass < MAX_PASSES; pass++) {
        size_t before = extended->packet.size;
        collect_pass(extended, jpeg, length);
        if (extended->packet.size == length || extended->packet.size == before)
            break;
    }
    return status;
}

static exn_status find_packet(exn_extended_xmp *extended, const exn_jpeg *jpeg, exn_span guid)
{
    size_t length = 0;
    if (guid.size != EXN_XMP_GUID_SIZE)
        return EXN_OK;
    memcpy(extended->guid, guid.data, EXN_XMP_GUID_SIZE);
    for (size_t i = 0; i < jpeg->count && length == 0; i++) {
        exn_span portion = portion_of(extended, &jpeg->segments[i]);
        if (portion.size)
            length = exn_get32be(portion.data + LENGTH_AT);
    }
    /* A packet that is larger than its file cannot be complete. */
    if (length == 0 || length > jpeg->file.size)
        return EXN_OK;
    exn_status status = collect(extended, jpeg, length);
    extended->found = status == EXN_OK && extended->packet.size == length;
    return status;
}

/* By GUID, then by offset, then by place in the file. Big-endian numbers sort like their bytes. */
static int compare_portions(const void *a, const void *b)
{
    const exn_span *p = a, *q = b;
    int order = memcmp(p->data, q->data, EXN_XMP_GUID_SIZE);
    if (order == 0)
        order = memcmp(p->data + OFFSET_AT, q->data + OFFSET_AT, DATA_AT - OFFSET_AT);
    return order ? order : (p->data > q->data) - (p->data < q->data);
}

/* All portions of the file, in that order, as an array of exn_span. */
static exn_status list_portions(const exn_jpeg *jpeg, exn_buffer *list)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < jpeg->count && status == EXN_OK; i++) {
        exn_span portion = any_portion_of(&jpeg->segments[i]);
        if (portion.size)
            status = exn_buffer_append(list, &portion, sizeof portion);
    }
    if (list->size > 0)
        qsort(list->data, list->size / sizeof(exn_span), sizeof(exn_span), compare_portions);
    return status;
}

/* Whether the portions of one GUID are exactly those of the packet that was found. */
static bool is_whole_packet(const exn_extended_xmp *extended, const exn_span *portions,
                            size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += portions[i].size - DATA_AT;
    return extended->found && size == extended->packet.size &&
           memcmp(portions->data, extended->guid, EXN_XMP_GUID_SIZE) == 0;
}

/* Reads the portions of one GUID one after another, ignoring gaps. The list is sorted by GUID, and
 * thus condemned is too, on which is_condemned() relies. */
static exn_status judge_others(exn_extended_xmp *extended, const exn_cancel *cancel,
                               const exn_span *portions, size_t count)
{
    exn_buffer joined = {0};
    exn_xmp found;
    exn_status status = exn_cancel_check(cancel, NULL);
    for (size_t i = 0; i < count && status == EXN_OK; i++)
        status = exn_buffer_append(&joined, portions[i].data + DATA_AT, portions[i].size - DATA_AT);
    if (status == EXN_OK) {
        exn_xmp_scan(exn_buffer_span(&joined), cancel, &found);
        if (found.needs_edit)
            status = exn_buffer_append(&extended->condemned, portions->data, EXN_XMP_GUID_SIZE);
        if (found.needs_edit && !extended->orientation)
            extended->orientation = found.orientation;
    }
    exn_buffer_free(&joined);
    return status;
}

static exn_status find_others(exn_extended_xmp *extended, const exn_jpeg *jpeg)
{
    exn_buffer list = {0};
    exn_status status = list_portions(jpeg, &list);
    const exn_span *portions = (const exn_span *)(const void *)list.data;
    size_t count = list.size / sizeof *portions, end;
    for (size_t i = 0; i < count && status == EXN_OK; i = end) {
        for (end = i + 1; end < count; end++)
            if (memcmp(portions[i].data, portions[end].data, EXN_XMP_GUID_SIZE) != 0)
                break;
        if (!is_whole_packet(extended, portions + i, end - i))
            status = judge_others(extended, &jpeg->cancel, portions + i, end - i);
    }
    exn_buffer_free(&list);
    return status;
}

exn_status exn_extended_xmp_open(exn_extended_xmp *extended, const exn_jpeg *jpeg, exn_span guid)
{
    *extended = (exn_extended_xmp){0};
    exn_status status = find_packet(extended, jpeg, guid);
    return status == EXN_OK ? find_others(extended, jpeg) : status;
}

static int compare_guids(const void *a, const void *b)
{
    return memcmp(a, b, EXN_XMP_GUID_SIZE);
}

static bool is_condemned(const exn_extended_xmp *extended, const exn_segment *segment)
{
    const exn_span portion = any_portion_of(segment);
    return portion.size > 0 && extended->condemned.size > 0 &&
           bsearch(portion.data, extended->condemned.data,
                   extended->condemned.size / EXN_XMP_GUID_SIZE, EXN_XMP_GUID_SIZE, compare_guids);
}

/* XMP writes the digest in upper-case digits. */
static void digest(exn_span packet, uint8_t guid[EXN_XMP_GUID_SIZE])
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t sum[MD5_DIGEST_LENGTH];
    MD5_CTX context;
    MD5Init(&context);
    MD5Update(&context, packet.data, packet.size);
    MD5Final(sum, &context);
    for (size_t i = 0; i < sizeof sum; i++) {
        guid[2 * i] = (uint8_t)digits[sum[i] >> 4];
        guid[2 * i + 1] = (uint8_t)digits[sum[i] & 15];
    }
}

exn_status exn_extended_xmp_edit(exn_extended_xmp *extended, const exn_exif_turn *turn,
                                 uint32_t *warnings)
{
    const exn_block block = {.kind = EXN_BLOCK_XMP,
                             .body = {extended->packet.data, extended->packet.size}};
    exn_exif_turn whole = *turn;
    exn_buffer edited = {0};
    bool keep = true;
    if (!extended->found)
        return EXN_OK;
    whole.max_size = INT32_MAX; /* it is split into portions afterwards */
    exn_status status = exn_block_edit(&block, &whole, &edited, &keep, warnings);
    if (status != EXN_OK) {
        exn_buffer_free(&edited);
        return status;
    }
    extended->removed = !keep;
    extended->edited = keep && (edited.size != block.body.size ||
                                memcmp(edited.data, block.body.data, edited.size) != 0);
    exn_buffer_free(&extended->packet);
    extended->packet = edited;
    if (extended->edited)
        digest(exn_buffer_span(&edited), extended->new_guid);
    return EXN_OK;
}

/* The namespace is the first portion's. Every portion gives the size of the whole packet and its
 * own offset (XMP part 3, 1.1.3.1). */
static exn_status append_portions(const exn_extended_xmp *extended, exn_span prefix,
                                  exn_buffer *out)
{
    size_t length = extended->packet.size;
    exn_status status = EXN_OK;
    for (size_t offset = 0; offset < length && status == EXN_OK; offset += PORTION_SIZE) {
        size_t size = length - offset < PORTION_SIZE ? length - offset : PORTION_SIZE;
        uint8_t head[4] = {0xFF, EXN_MARKER_APP1}, numbers[8];
        exn_put16be(head + 2, (uint32_t)(2 + prefix.size + DATA_AT + size));
        exn_put32be(numbers, (uint32_t)length);
        exn_put32be(numbers + 4, (uint32_t)offset);
        status = exn_buffer_append(out, head, sizeof head);
        if (status == EXN_OK)
            status = exn_buffer_append(out, prefix.data, prefix.size);
        if (status == EXN_OK)
            status = exn_buffer_append(out, extended->new_guid, EXN_XMP_GUID_SIZE);
        if (status == EXN_OK)
            status = exn_buffer_append(out, numbers, sizeof numbers);
        if (status == EXN_OK)
            status = exn_buffer_append(out, extended->packet.data + offset, size);
    }
    return status;
}

/* An edited packet is written where its first portion was; the other portions are removed. */
exn_status exn_extended_xmp_append(exn_extended_xmp *extended, const exn_segment *segment,
                                   exn_buffer *out, bool *own, uint32_t *warnings)
{
    *own = is_condemned(extended, segment);
    if (*own) {
        *warnings |= 1u << EXN_WARN_XMP_REMOVED;
        return EXN_OK;
    }
    *own = extended->found && portion_of(extended, segment).size > 0;
    if (!*own || extended->removed || extended->written)
        return EXN_OK;
    if (!extended->edited)
        return exn_segment_append(out, segment->marker, segment->payload);
    extended->written = true;
    return append_portions(extended, exn_block_of(segment->payload).prefix, out);
}

/* In the main packet, which names its extension. Both names have the same length, so nothing moves.
 */
void exn_extended_xmp_rename(const exn_extended_xmp *extended, exn_buffer *out, size_t start)
{
    if (!extended->edited)
        return;
    uint8_t *at = memmem(out->data + start, out->size - start, extended->guid, EXN_XMP_GUID_SIZE);
    if (at)
        memcpy(at, extended->new_guid, EXN_XMP_GUID_SIZE);
}

void exn_extended_xmp_close(exn_extended_xmp *extended)
{
    exn_buffer_free(&extended->packet);
    exn_buffer_free(&extended->condemned);
}
