/* SPDX-License-Identifier: MIT */
#include "camera_exif.h"

#include <string.h>

enum { BYTE = 1, ASCII = 2, SHORT = 3, LONG = 4, RATIONAL = 5, UNDEFINED = 7, SRATIONAL = 10 };

/* One field of an IFD. Its value after the directory is text, or count times the same number. */
typedef struct field {
    uint16_t tag, type;
    uint32_t count;
    uint32_t value, divisor;
    const char *text;
} field;

static const field camera[] = {
    {0x010F, ASCII, 6, 0, 0, "Canon"},
    {0x0110, ASCII, 14, 0, 0, "Canon EOS 80D"},
    {0x0112, SHORT, 1, 1, 0, NULL},
    {0x011A, RATIONAL, 1, 72, 1, NULL},
    {0x011B, RATIONAL, 1, 72, 1, NULL},
    {0x0128, SHORT, 1, 2, 0, NULL},
    {0x0131, ASCII, 5, 0, 0, "13.3"},
    {0x0132, ASCII, 20, 0, 0, "2020:02:29 12:34:56"},
    {0x0213, SHORT, 1, 1, 0, NULL},
    {0x8769, LONG, 1, 0, 0, NULL}, /* where the two directories below are */
    {0x8825, LONG, 1, 0, 0, NULL},
};
enum { AT_ORIENTATION = 2, AT_EXIF = 9, AT_GPS = 10 };

static const field exposure[] = {
    {0x829A, RATIONAL, 1, 1, 121, NULL},
    {0x829D, RATIONAL, 1, 9, 5, NULL},
    {0x8822, SHORT, 1, 2, 0, NULL},
    {0x8827, SHORT, 1, 25, 0, NULL},
    {0x9000, UNDEFINED, 4, 0, 0, "0232"},
    {0x9003, ASCII, 20, 0, 0, "2020:02:29 12:34:56"},
    {0x9004, ASCII, 20, 0, 0, "2020:02:29 12:34:56"},
    {0x9010, ASCII, 7, 0, 0, "+01:00"},
    {0x9011, ASCII, 7, 0, 0, "+01:00"},
    {0x9101, UNDEFINED, 4, 0, 0, "\1\2\3"},
    {0x9201, SRATIONAL, 1, 69, 10, NULL},
    {0x9202, RATIONAL, 1, 17, 10, NULL},
    {0x9203, SRATIONAL, 1, 43, 10, NULL},
    {0x9204, SRATIONAL, 1, 0, 1, NULL},
    {0x9207, SHORT, 1, 5, 0, NULL},
    {0x9209, SHORT, 1, 16, 0, NULL},
    {0x920A, RATIONAL, 1, 17, 4, NULL},
    {0x9214, SHORT, 4, 1500, 0, NULL},
    {0x927C, LONG, 1, 0, 0, NULL}, /* becomes the maker note below */
    {0x9291, ASCII, 4, 0, 0, "123"},
    {0x9292, ASCII, 4, 0, 0, "123"},
    {0xA000, UNDEFINED, 4, 0, 0, "0100"},
    {0xA001, SHORT, 1, 1, 0, NULL},
    {0xA002, LONG, 1, 4032, 0, NULL},
    {0xA003, LONG, 1, 3024, 0, NULL},
    {0xA217, SHORT, 1, 2, 0, NULL},
    {0xA301, UNDEFINED, 1, 1, 0, NULL},
    {0xA402, SHORT, 1, 0, 0, NULL},
    {0xA403, SHORT, 1, 0, 0, NULL},
    {0xA405, SHORT, 1, 26, 0, NULL},
    {0xA406, SHORT, 1, 0, 0, NULL},
    {0xA432, RATIONAL, 4, 17, 4, NULL},
};

enum { AT_NOTE = 18 };

/* The fields that make up most of Canon's maker note: a directory of its own, whose offsets are
 * those of the block. Records of numbers begin with their size in bytes, and are filled with it. */
static const field note[] = {
    {0x0001, SHORT, 49, 98, 0, NULL},
    {0x0002, SHORT, 4, 50, 0, NULL},
    {0x0003, SHORT, 4, 0, 0, NULL},
    {0x0004, SHORT, 34, 68, 0, NULL},
    {0x0006, ASCII, 14, 0, 0, "Canon EOS 80D"},
    {0x0007, ASCII, 23, 0, 0, "Firmware Version 1.0.2"},
    {0x0009, ASCII, 1, 0, 0, ""},
    {0x000D, UNDEFINED, 1536, 0x5A, 0, NULL},
    {0x0010, LONG, 1, 0x80000350, 0, NULL},
    {0x0026, SHORT, 146, 292, 0, NULL},
    {0x0035, LONG, 4, 16, 0, NULL},
    {0x0093, SHORT, 30, 60, 0, NULL},
    {0x0095, ASCII, 24, 0, 0, "EF-S18-135mm f/3.5-5.6 "},
    {0x0096, ASCII, 8, 0, 0, "AB12345"},
    {0x0097, UNDEFINED, 1024, 0, 0, NULL},
    {0x0098, SHORT, 4, 0, 0, NULL},
    {0x0099, LONG, 76, 1, 0, NULL},
    {0x009A, LONG, 5, 1, 0, NULL},
    {0x00A0, SHORT, 14, 28, 0, NULL},
    {0x00AA, SHORT, 6, 12, 0, NULL},
    {0x00E0, SHORT, 17, 34, 0, NULL},
    {0x4001, SHORT, 1353, 1024, 0, NULL},
    {0x4008, SHORT, 3, 129, 0, NULL},
    {0x4013, LONG, 14, 56, 0, NULL},
    {0x4018, LONG, 18, 72, 0, NULL},
    {0x4020, LONG, 9, 36, 0, NULL},
};

static const field position[] = {
    {0x0001, ASCII, 2, 0, 0, "N"},         {0x0002, RATIONAL, 3, 48, 1, NULL},
    {0x0003, ASCII, 2, 0, 0, "E"},         {0x0004, RATIONAL, 3, 11, 1, NULL},
    {0x0005, BYTE, 1, 0, 0, NULL},         {0x0006, RATIONAL, 1, 5200, 10, NULL},
    {0x0007, RATIONAL, 3, 11, 1, NULL},    {0x000C, ASCII, 2, 0, 0, "K"},
    {0x000D, RATIONAL, 1, 0, 1, NULL},     {0x0010, ASCII, 2, 0, 0, "T"},
    {0x0011, RATIONAL, 1, 1234, 10, NULL}, {0x001D, ASCII, 11, 0, 0, "2020:02:29"},
};

static const field preview[] = {
    {0x0103, SHORT, 1, 6, 0, NULL},     {0x011A, RATIONAL, 1, 72, 1, NULL},
    {0x011B, RATIONAL, 1, 72, 1, NULL}, {0x0128, SHORT, 1, 2, 0, NULL},
    {0x0201, LONG, 1, 0, 0, NULL},      {0x0202, LONG, 1, 0, 0, NULL}, /* thumbnail: where, size */
};
enum { AT_START = 4, AT_LENGTH = 5 };

/* Big-endian, size bytes. */
static void put(uint8_t *to, uint32_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)(value >> 8 * (size - 1 - i));
}

static size_t unit(uint16_t type)
{
    return type == SHORT ? 2 : type == LONG ? 4 : type == RATIONAL || type == SRATIONAL ? 8 : 1;
}

static void put_values(const field *f, uint8_t *to)
{
    size_t size = unit(f->type);
    if (f->text) {
        memcpy(to, f->text, f->count);
        return;
    }
    for (uint32_t i = 0; i < f->count; i++) {
        put(to + i * size, f->value, size < 4 ? size : 4);
        if (size == 8)
            put(to + i * size + 4, f->divisor, 4);
    }
}

/* Writes a directory at offset at, and its values after it; returns the next even offset. */
static size_t put_directory(uint8_t *to, size_t at, const field *fields, size_t count)
{
    size_t end = at + 2 + 12 * count + 4;
    put(to + at, (uint32_t)count, 2);
    for (size_t i = 0; i < count; i++) {
        uint8_t *entry = to + at + 2 + 12 * i;
        size_t size = unit(fields[i].type) * fields[i].count;
        put(entry, fields[i].tag, 2);
        put(entry + 2, fields[i].type, 2);
        put(entry + 4, fields[i].count, 4);
        if (size > 4)
            put(entry + 8, (uint32_t)end, 4);
        put_values(&fields[i], size > 4 ? to + end : entry + 8);
        end += size > 4 ? size + size % 2 : 0;
    }
    return end;
}

static uint8_t *value_of(uint8_t *to, size_t directory, size_t number)
{
    return to + directory + 2 + 12 * number + 8;
}

#define COUNT(fields) (sizeof(fields) / sizeof(fields)[0])

size_t camera_exif(int orientation, const uint8_t *thumbnail, size_t size, uint8_t *to)
{
    const size_t first = 8;
    memset(to, 0, CAMERA_EXIF_SIZE);
    memcpy(to, "MM\0*\0\0\0\10", first);
    size_t exif = put_directory(to, first, camera, COUNT(camera));
    size_t maker = put_directory(to, exif, exposure, COUNT(exposure));
    size_t gps = put_directory(to, maker, note, COUNT(note));
    size_t second = put_directory(to, gps, position, COUNT(position));
    size_t end = put_directory(to, second, preview, COUNT(preview));
    put(value_of(to, first, AT_ORIENTATION), (uint32_t)orientation, 2);
    put(value_of(to, first, AT_EXIF), (uint32_t)exif, 4);
    put(value_of(to, exif, AT_NOTE) - 6, UNDEFINED, 2);
    put(value_of(to, exif, AT_NOTE) - 4, (uint32_t)(gps - maker), 4);
    put(value_of(to, exif, AT_NOTE), (uint32_t)maker, 4);
    put(value_of(to, first, AT_GPS), (uint32_t)gps, 4);
    put(to + first + 2 + 12 * COUNT(camera), (uint32_t)second, 4);
    put(value_of(to, second, AT_START), (uint32_t)end, 4);
    put(value_of(to, second, AT_LENGTH), (uint32_t)size, 4);
    memcpy(to + end, thumbnail, size);
    return end + size;
}
