#include "extended_xmp.h"

#include <md5.h>
#include <string.h>

enum {
    LENGTH_AT = EXN_XMP_GUID_SIZE, /* in a portion, behind the namespace */
    OFFSET_AT = LENGTH_AT + 4,
    DATA_AT = OFFSET_AT + 4,
    PORTION_SIZE = 65400, /* of data, as XMP's own writers cut it */
};

/* The portion's own bytes, from its GUID on; empty where the segment is none of this packet. */
static exn_span portion_of(const exn_extended_xmp *extended, const exn_segment *segment)
{
    exn_block block = {0};
    if (segment->marker == EXN_MARKER_APP1)
        block = exn_block_of(segment->payload);
    bool own = block.kind == EXN_BLOCK_XMP_EXTENDED && block.body.size >= DATA_AT &&
               exn_span_starts(block.body, extended->guid, EXN_XMP_GUID_SIZE);
    return own ? block.body : (exn_span){NULL, 0};
}

/* Appends the portions that continue the packet, in one pass over the segments. */
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

/* Portions may come in any order; writers put them in order, so one pass is the rule and a few are
 * enough. */
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

exn_status exn_extended_xmp_open(exn_extended_xmp *extended, const exn_jpeg *jpeg, exn_span guid)
{
    size_t length = 0;
    *extended = (exn_extended_xmp){0};
    if (guid.size != EXN_XMP_GUID_SIZE)
        return EXN_OK;
    memcpy(extended->guid, guid.data, EXN_XMP_GUID_SIZE);
    for (size_t i = 0; i < jpeg->count && length == 0; i++) {
        exn_span portion = portion_of(extended, &jpeg->segments[i]);
        if (portion.size)
            length = exn_get32be(portion.data + LENGTH_AT);
    }
    /* What is larger than its file cannot be whole. */
    if (length == 0 || length > jpeg->file.size)
        return EXN_OK;
    exn_status status = collect(extended, jpeg, length);
    extended->found = status == EXN_OK && extended->packet.size == length;
    return status;
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
    exn_buffer edited = {0};
    bool keep = true;
    if (!extended->found)
        return EXN_OK;
    exn_status status = exn_block_edit(&block, turn, &edited, &keep, warnings);
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
        digest((exn_span){edited.data, edited.size}, extended->new_guid);
    return EXN_OK;
}

/* The namespace stays the first portion's. */
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

exn_status exn_extended_xmp_append(exn_extended_xmp *extended, const exn_segment *segment,
                                   exn_buffer *out, bool *own)
{
    *own = extended->found && portion_of(extended, segment).size > 0;
    if (!*own || extended->removed || extended->written)
        return EXN_OK;
    if (!extended->edited)
        return exn_segment_append(out, segment->marker, segment->payload);
    extended->written = true;
    return append_portions(extended, exn_block_of(segment->payload).prefix, out);
}

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
}
