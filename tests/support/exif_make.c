/* SPDX-License-Identifier: MIT */
#include "support/exif_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <zlib.h>
#include <cmocka.h>

/* TIFF 6.0, section 2, and EXIF 2.32, 4.6.2 */
enum { BYTE = 1, ASCII = 2, SHORT = 3, LONG = 4, RATIONAL = 5, UNDEFINED = 7 };

/* An image file directory under construction. Values of up to 4 bytes stand in the entry, longer
 * ones in `far`, whose place in the file is known once the entries are counted. */
typedef struct directory {
    bool big_endian;
    uint32_t offset; /* where it will stand */
    unsigned count;
    struct {
        uint16_t tag, type;
        uint32_t count, far_at;
        bool is_far;
        uint8_t near[4];
    } entry[24];
    uint8_t far[1024];
    uint32_t far_size;
} directory;

static void add(directory *d, uint16_t tag, uint16_t type, uint32_t count, const uint8_t *value,
                uint32_t size)
{
    const unsigned i = d->count++;

    d->entry[i].tag = tag;
    d->entry[i].type = type;
    d->entry[i].count = count;
    d->entry[i].is_far = size > 4;
    memset(d->entry[i].near, 0, 4);
    if (size <= 4) {
        memcpy(d->entry[i].near, value, size);
        return;
    }
    d->entry[i].far_at = d->far_size;
    memcpy(d->far + d->far_size, value, size);
    /* TIFF 6.0: values begin on word boundaries. */
    d->far_size += size + (size & 1);
}

static void add_text(directory *d, uint16_t tag, const char *text)
{
    const uint32_t size = (uint32_t)strlen(text) + 1;
    add(d, tag, ASCII, size, (const uint8_t *)text, size);
}

static void add_short(directory *d, uint16_t tag, uint16_t value)
{
    uint8_t bytes[2];
    exn_put16(bytes, value, d->big_endian);
    add(d, tag, SHORT, 1, bytes, 2);
}

static void add_long(directory *d, uint16_t tag, uint32_t value)
{
    uint8_t bytes[4];
    exn_put32(bytes, value, d->big_endian);
    add(d, tag, LONG, 1, bytes, 4);
}

/* count pairs of numerator and denominator */
static void add_rationals(directory *d, uint16_t tag, uint32_t count, const uint32_t *pairs)
{
    uint8_t bytes[24];
    for (uint32_t i = 0; i < 2 * count; i++)
        exn_put32(bytes + 4 * i, pairs[i], d->big_endian);
    add(d, tag, RATIONAL, count, bytes, 8 * count);
}

static void add_rational(directory *d, uint16_t tag, uint32_t numerator, uint32_t denominator)
{
    add_rationals(d, tag, 1, (const uint32_t[]){numerator, denominator});
}

static uint32_t table_size(const directory *d)
{
    return 2 + 12 * d->count + 4;
}

static uint32_t end_of(const directory *d)
{
    return d->offset + table_size(d) + d->far_size;
}

static bool write_directory(const directory *d, uint32_t next, exn_buffer *out)
{
    uint8_t table[2 + 12 * 24 + 4] = {0};

    exn_put16(table, d->count, d->big_endian);
    for (unsigned i = 0; i < d->count; i++) {
        uint8_t *p = table + 2 + 12 * i;
        exn_put16(p, d->entry[i].tag, d->big_endian);
        exn_put16(p + 2, d->entry[i].type, d->big_endian);
        exn_put32(p + 4, d->entry[i].count, d->big_endian);
        memcpy(p + 8, d->entry[i].near, 4);
        if (d->entry[i].is_far)
            exn_put32(p + 8, d->offset + table_size(d) + d->entry[i].far_at, d->big_endian);
    }
    exn_put32(table + 2 + 12 * d->count, next, d->big_endian);
    return !exn_buffer_append(out, table, table_size(d)) &&
           !exn_buffer_append(out, d->far, d->far_size);
}

static void fill_ifd0(directory *d, const exn_test_exif *exif, uint32_t exif_at, uint32_t gps_at)
{
    const uint32_t dpi = exif->resolution ? exif->resolution : 72;

    add_text(d, 0x010F, "Example");
    add_text(d, 0x0110, "Example One");
    if (exif->orientation)
        add_short(d, 0x0112, exif->orientation);
    add_rational(d, 0x011A, dpi, 1);
    add_rational(d, 0x011B, dpi, 1);
    add_short(d, 0x0128, 2);
    add_text(d, 0x0131, "1.0");
    add_text(d, 0x0132, "2024:05:17 12:34:56");
    add_short(d, 0x0213, 1);
    add_long(d, 0x8769, exif_at);
    if (exif->gps)
        add_long(d, 0x8825, gps_at);
}

static void fill_exif_ifd(directory *d, const exn_test_exif *exif, const uint8_t *note,
                          uint32_t note_size)
{
    if (exif->exif_orientation)
        add_short(d, 0x0112, exif->exif_orientation);
    add_rational(d, 0x829A, 1, 250);
    add_rational(d, 0x829D, 28, 10);
    add_short(d, 0x8827, 100);
    add(d, 0x9000, UNDEFINED, 4, (const uint8_t *)"0232", 4);
    add_text(d, 0x9003, "2024:05:17 12:34:56");
    add_text(d, 0x9004, "2024:05:17 12:34:56");
    add(d, 0x9101, UNDEFINED, 4, (const uint8_t *)"\1\2\3", 4);
    add_rational(d, 0x920A, 35, 10);
    if (note_size)
        add(d, 0x927C, UNDEFINED, note_size, note, note_size);
    add(d, 0xA000, UNDEFINED, 4, (const uint8_t *)"0100", 4);
    add_short(d, 0xA001, 1);
    if (exif->pixel_width)
        add_long(d, 0xA002, exif->pixel_width);
    if (exif->pixel_height)
        add_long(d, 0xA003, exif->pixel_height);
}

static void fill_gps(directory *d)
{
    add(d, 0x0000, BYTE, 4, (const uint8_t *)"\2\3\0\0", 4);
    add_text(d, 0x0001, "N");
    add_rationals(d, 0x0002, 3, (const uint32_t[]){54, 1, 10, 1, 4325, 100});
    add_text(d, 0x0003, "E");
    add_rationals(d, 0x0004, 3, (const uint32_t[]){7, 1, 53, 1, 1250, 100});
    add(d, 0x0005, BYTE, 1, (const uint8_t *)"\0", 1);
    add_rational(d, 0x0006, 125, 10);
    add_text(d, 0x001D, "2024:05:17");
}

static void fill_ifd1(directory *d, const exn_test_exif *exif)
{
    add_short(d, 0x0103, 6);
    if (exif->ifd1_orientation)
        add_short(d, 0x0112, exif->ifd1_orientation);
    add_rational(d, 0x011A, 72, 1);
    add_rational(d, 0x011B, 72, 1);
    add_short(d, 0x0128, 2);
    if (exif->thumbnail.size) {
        /* Right behind this directory; both entries are still to come, and are no far values. */
        const uint32_t at = end_of(d) + 24;
        add_long(d, 0x0201, at);
        add_long(d, 0x0202, (uint32_t)exif->thumbnail.size);
    }
}

/* A maker note as cameras write them: a name, then a directory whose offsets count from the TIFF
 * header, so that it breaks when it moves. Its tag 0x0112 is the maker's own and means nothing to
 * anybody else. */
static bool make_note(bool big_endian, uint32_t at, exn_buffer *note)
{
    static const uint8_t name[12] = "EXAMPLE\0\1\0\0";
    directory d = {.big_endian = big_endian, .offset = at + sizeof name};
    uint8_t noise[200];

    for (unsigned i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)(i * 37 + i / 7);
    add_text(&d, 0x0001, "Firmware 1.04");
    add_short(&d, 0x0112, 6);
    add(&d, 0x0200, UNDEFINED, sizeof noise, noise, sizeof noise);
    add_long(&d, 0x0E01, at);
    return !exn_buffer_append(note, name, sizeof name) && write_directory(&d, 0, note);
}

static bool write_header(bool big_endian, exn_buffer *tiff)
{
    uint8_t header[8];

    memcpy(header, big_endian ? "MM" : "II", 2);
    exn_put16(header + 2, 42, big_endian);
    exn_put32(header + 4, sizeof header, big_endian);
    return !exn_buffer_append(tiff, header, sizeof header);
}

/* The size of the Exif IFD's far values before the maker note, so the note can be told where it
 * will stand. */
static uint32_t note_place(const directory *exif_ifd)
{
    for (unsigned i = 0; i < exif_ifd->count; i++)
        if (exif_ifd->entry[i].tag == 0x927C)
            return exif_ifd->offset + table_size(exif_ifd) + exif_ifd->entry[i].far_at;
    return 0;
}

/* Fills the Exif IFD twice: once to learn where the maker note will stand, once with the note that
 * knows it. */
static bool place_exif_ifd(directory *d, const exn_test_exif *exif)
{
    exn_buffer note = {0};
    const uint32_t offset = d->offset;
    uint32_t at = 0;

    for (int pass = 0; pass < 2; pass++) {
        exn_buffer_free(&note);
        if (exif->maker_note && !make_note(exif->big_endian, at, &note))
            return false;
        *d = (directory){.big_endian = exif->big_endian, .offset = offset};
        fill_exif_ifd(d, exif, note.data, (uint32_t)note.size);
        at = note_place(d);
    }
    exn_buffer_free(&note);
    return true;
}

bool exn_test_exif_make(const exn_test_exif *exif, exn_buffer *tiff)
{
    const bool big = exif->big_endian, has_ifd1 = exif->thumbnail.size || exif->ifd1_orientation;
    directory ifd0 = {.big_endian = big, .offset = 8}, exif_ifd = {.big_endian = big},
              gps = {.big_endian = big}, ifd1 = {.big_endian = big};

    /* Once for its size, once with the offsets of what follows. */
    fill_ifd0(&ifd0, exif, 0, 0);
    exif_ifd.offset = end_of(&ifd0);
    if (!place_exif_ifd(&exif_ifd, exif))
        return false;
    gps.offset = ifd1.offset = end_of(&exif_ifd);
    if (exif->gps) {
        fill_gps(&gps);
        ifd1.offset = end_of(&gps);
    }
    ifd0 = (directory){.big_endian = big, .offset = 8};
    fill_ifd0(&ifd0, exif, exif_ifd.offset, gps.offset);
    if (has_ifd1)
        fill_ifd1(&ifd1, exif);
    return write_header(big, tiff) && write_directory(&ifd0, has_ifd1 ? ifd1.offset : 0, tiff) &&
           write_directory(&exif_ifd, 0, tiff) && (!exif->gps || write_directory(&gps, 0, tiff)) &&
           (!has_ifd1 || write_directory(&ifd1, 0, tiff)) &&
           !exn_buffer_append(tiff, exif->thumbnail.data, exif->thumbnail.size);
}

bool exn_test_jpeg_insert(exn_span jpeg, uint8_t marker, exn_span payload, exn_buffer *out)
{
    uint8_t head[4] = {0xFF, marker};
    size_t at = 2;

    if (!exn_span_starts(jpeg, "\xFF\xD8\xFF", 3) || payload.size > 65533)
        return false;
    while (exn_span_starts(exn_span_part(jpeg, at, 2), "\xFF\xE0", 2)) {
        const exn_span segment = exn_span_part(jpeg, at, 4 + 4);
        if (segment.size < 8 ||
            (memcmp(segment.data + 4, "JFIF", 4) != 0 && memcmp(segment.data + 4, "JFXX", 4) != 0))
            break;
        at += 2 + exn_get16be(segment.data + 2);
    }
    if (at > jpeg.size)
        return false;
    exn_put16be(head + 2, (uint32_t)payload.size + 2);
    return !exn_buffer_append(out, jpeg.data, at) && !exn_buffer_append(out, head, sizeof head) &&
           !exn_buffer_append(out, payload.data, payload.size) &&
           !exn_buffer_append(out, jpeg.data + at, jpeg.size - at);
}

void exn_test_jpeg_put_front(exn_buffer *file, uint8_t marker, exn_span payload)
{
    exn_buffer out = {0};

    assert_true(exn_test_jpeg_insert(exn_buffer_span(file), marker, payload, &out));
    exn_buffer_free(file);
    *file = out;
}

bool exn_test_jpeg_insert_exif(exn_span jpeg, exn_span tiff, exn_buffer *out)
{
    exn_buffer payload = {0};
    const bool done = !exn_buffer_append(&payload, "Exif\0\0", 6) &&
                      !exn_buffer_append(&payload, tiff.data, tiff.size) &&
                      exn_test_jpeg_insert(jpeg, 0xE1, (exn_span){payload.data, payload.size}, out);

    exn_buffer_free(&payload);
    return done;
}

/* The offset of the first chunk of that type; 0 where there is none. */
static size_t find_chunk(exn_span png, const char *type)
{
    size_t at = 8;

    while (at < png.size && png.size - at >= 12) {
        const uint32_t length = exn_get32be(png.data + at);
        if (!memcmp(png.data + at + 4, type, 4))
            return at;
        if (length > png.size - at - 12)
            break;
        at += 12 + (size_t)length;
    }
    return 0;
}

bool exn_test_png_insert(exn_span png, const char type[4], exn_span data, bool before_idat,
                         exn_buffer *out)
{
    const size_t at = exn_span_starts(png, "\x89PNG\r\n\x1A\n", 8)
                          ? find_chunk(png, before_idat ? "IDAT" : "IEND")
                          : 0;
    uint8_t head[8], tail[4];

    if (!at)
        return false;
    exn_put32be(head, (uint32_t)data.size);
    memcpy(head + 4, type, 4);
    /* PNG 1.2, 3.4: the CRC covers type and data, not the length. */
    uLong crc = crc32(0, head + 4, 4);
    if (data.size)
        crc = crc32(crc, data.data, (uInt)data.size);
    exn_put32be(tail, (uint32_t)crc);
    return !exn_buffer_append(out, png.data, at) && !exn_buffer_append(out, head, sizeof head) &&
           !exn_buffer_append(out, data.data, data.size) &&
           !exn_buffer_append(out, tail, sizeof tail) &&
           !exn_buffer_append(out, png.data + at, png.size - at);
}
