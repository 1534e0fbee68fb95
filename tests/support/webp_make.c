/* SPDX-License-Identifier: MIT */
#include "support/webp_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <string.h>
#include <cmocka.h>

#include "support/exif_make.h"

static void put(exn_buffer *out, const void *data, size_t size)
{
    assert_int_equal(exn_buffer_append(out, data, size), EXN_OK);
}

static void put32(exn_buffer *out, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 24)};
    put(out, bytes, sizeof bytes);
}

static uint32_t get32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void exn_test_webp_open(exn_buffer *out)
{
    put(out, "RIFF\0\0\0\0WEBP", 12);
}

void exn_test_webp_close(exn_buffer *out)
{
    exn_buffer size = {0};
    put32(&size, (uint32_t)out->size - 8);
    memcpy(out->data + 4, size.data, 4);
    exn_buffer_free(&size);
}

void exn_test_webp_put(exn_buffer *out, const char *name, const void *data, size_t size)
{
    put(out, name, 4);
    put32(out, (uint32_t)size);
    put(out, data, size);
    if (size % 2)
        put(out, "", 1);
}

void exn_test_webp_put_extended(exn_buffer *out, uint8_t flags, uint32_t width, uint32_t height)
{
    const uint8_t data[10] = {
        [0] = flags,
        [4] = (uint8_t)(width - 1),
        [5] = (uint8_t)((width - 1) >> 8),
        [7] = (uint8_t)(height - 1),
        [8] = (uint8_t)((height - 1) >> 8),
    };
    exn_test_webp_put(out, "VP8X", data, sizeof data);
}

/* Bits come from the least significant on (RFC 9649, 3.2). */
static void put_bits(uint8_t *data, size_t *at, uint32_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++, ++*at)
        data[*at / 8] |= (uint8_t)((value >> i & 1) << *at % 8);
}

void exn_test_webp_put_picture(exn_buffer *out, uint32_t width, uint32_t height, size_t size)
{
    static const uint8_t symbols[] = {40, 200, 30, 255, 0}; /* green, red, blue, alpha, distance */
    enum { LEAST = 20, MOST = 1 << 16 };
    static uint8_t data[MOST];
    size_t at = 0;
    size = size > LEAST ? size : LEAST;
    assert_true(size <= MOST);
    memset(data, 0, size);
    put_bits(data, &at, 0x2F, 8);
    put_bits(data, &at, width - 1, 14);
    put_bits(data, &at, height - 1, 14);
    /* No alpha; version 0; no transform, no colour cache, no meta codes. */
    put_bits(data, &at, 0, 1 + 3 + 3);
    for (size_t i = 0; i < sizeof symbols; i++) {
        put_bits(data, &at, 1, 1); /* simple */
        put_bits(data, &at, 0, 1); /* of one symbol */
        put_bits(data, &at, 1, 1); /* which has eight bits */
        put_bits(data, &at, symbols[i], 8);
    }
    exn_test_webp_put(out, "VP8L", data, size);
}

void exn_test_webp_put_exif(exn_buffer *out, uint16_t orientation, bool prefix, size_t size)
{
    exn_buffer exif = {0}, tiff = {0};
    const exn_test_exif fields = {.orientation = orientation, .big_endian = orientation & 1};
    assert_true(exn_test_exif_make(&fields, &tiff));
    if (prefix)
        put(&exif, "Exif\0", 6);
    put(&exif, tiff.data, tiff.size);
    while (exif.size < size)
        put(&exif, "", 1);
    exn_test_webp_put(out, "EXIF", exif.data, exif.size);
    exn_buffer_free(&exif);
    exn_buffer_free(&tiff);
}

void exn_test_webp(exn_buffer *out, const exn_test_webp_parts *parts)
{
    exn_test_webp_open(out);
    exn_test_webp_put_extended(out, parts->orientation ? 8 : 0, 100, 50);
    exn_test_webp_put_picture(out, 100, 50, parts->data);
    if (parts->orientation)
        exn_test_webp_put_exif(out, parts->orientation, parts->prefix, 0);
    exn_test_webp_close(out);
}

size_t exn_test_webp_read(exn_span file, exn_test_webp_chunk *chunks, size_t most, exn_span *after)
{
    size_t count = 0, at = 12;
    bool exif = false, xmp = false;
    assert_true(file.size >= 12 && memcmp(file.data, "RIFF", 4) == 0);
    assert_true(memcmp(file.data + 8, "WEBP", 4) == 0);
    const size_t end = 8 + (size_t)get32(file.data + 4);
    assert_true(end <= file.size && end % 2 == 0);
    while (at < end) {
        assert_true(count < most && end - at >= 8);
        exn_test_webp_chunk *chunk = &chunks[count++];
        memcpy(chunk->name, file.data + at, 4);
        chunk->name[4] = '\0';
        chunk->data = (exn_span){file.data + at + 8, get32(file.data + at + 4)};
        at += 8 + chunk->data.size + chunk->data.size % 2;
        assert_true(at <= end);
        exif = exif || strcmp(chunk->name, "EXIF") == 0;
        xmp = xmp || memcmp(chunk->name, "XMP", 3) == 0 || strcmp(chunk->name, "_PMX") == 0;
    }
    if (count > 0 && strcmp(chunks[0].name, "VP8X") == 0)
        assert_int_equal(chunks[0].data.data[0] & 0x0C, (exif ? 0x08 : 0) | (xmp ? 0x04 : 0));
    *after = (exn_span){file.data + end, file.size - end};
    return count;
}
