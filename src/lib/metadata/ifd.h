/* SPDX-License-Identifier: MIT */
/* TIFF bytes as image file directories (TIFF 6.0, section 2): a walk with limits on tables,
 * entries, pointers and depth, which also tells who uses which bytes.
 *
 * Order: exn_ifd_open_tiff(), then exn_ifd_take(). All positions are offsets from the byte-order
 * mark, which stay valid when the bytes grow or move in memory. */
#ifndef EXN_METADATA_IFD_H
#define EXN_METADATA_IFD_H

#include "buffer.h"

/* TIFF 6.0, section 8; EXIF 2.32, 4.6 */
enum {
    EXN_TAG_IMAGE_WIDTH = 0x0100,
    EXN_TAG_IMAGE_LENGTH = 0x0101,
    EXN_TAG_BITS_PER_SAMPLE = 0x0102,
    EXN_TAG_COMPRESSION = 0x0103,
    EXN_TAG_PHOTOMETRIC = 0x0106,
    EXN_TAG_STRIP_OFFSETS = 0x0111,
    EXN_TAG_ORIENTATION = 0x0112,
    EXN_TAG_SAMPLES_PER_PIXEL = 0x0115,
    EXN_TAG_ROWS_PER_STRIP = 0x0116,
    EXN_TAG_STRIP_BYTE_COUNTS = 0x0117,
    EXN_TAG_X_RESOLUTION = 0x011A,
    EXN_TAG_Y_RESOLUTION = 0x011B,
    EXN_TAG_PLANAR_CONFIGURATION = 0x011C,
    EXN_TAG_RESOLUTION_UNIT = 0x0128,
    EXN_TAG_TILE_OFFSETS = 0x0144,
    EXN_TAG_SUB_IFDS = 0x014A,
    EXN_TAG_THUMBNAIL_OFFSET = 0x0201,
    EXN_TAG_THUMBNAIL_SIZE = 0x0202,
    EXN_TAG_YCBCR_SUBSAMPLING = 0x0212,
    EXN_TAG_RELATED_IMAGE_WIDTH = 0x1001,
    EXN_TAG_RELATED_IMAGE_LENGTH = 0x1002,
    EXN_TAG_EXIF_IFD = 0x8769,
    EXN_TAG_GPS_IFD = 0x8825,
    EXN_TAG_SUBJECT_AREA = 0x9214,
    EXN_TAG_MAKER_NOTE = 0x927C,
    EXN_TAG_PIXEL_X_DIMENSION = 0xA002,
    EXN_TAG_PIXEL_Y_DIMENSION = 0xA003,
    EXN_TAG_INTEROP_IFD = 0xA005,
    EXN_TAG_FOCAL_PLANE_X_RESOLUTION = 0xA20E,
    EXN_TAG_FOCAL_PLANE_Y_RESOLUTION = 0xA20F,
    EXN_TAG_SUBJECT_LOCATION = 0xA214,
};

enum { EXN_TYPE_SHORT = 3, EXN_TYPE_LONG = 4, EXN_TYPE_RATIONAL = 5, EXN_TYPE_IFD = 13 };

enum {
    EXN_TIFF_HEADER_SIZE = 8,
    EXN_IFD_ENTRY_SIZE = 12,
    EXN_IFD_NEXT_SIZE = 4,
    EXN_IFD_VALUE_AT = 8,      /* of the value or its offset inside an entry */
    EXN_IFD_RATIONAL_SIZE = 8, /* a value of type RATIONAL */
    EXN_IFDS_MAX = 64,         /* real blocks have five */
};

/* The TIFF bytes; borrowed. Their byte order holds for every table. */
typedef struct exn_tiff {
    const uint8_t *data;
    size_t size;
    bool big_endian;
} exn_tiff;

/* What led to a table first. By the standard, GPS and Interoperability IFDs have no orientation,
 * but ffmpeg uses one in either, and exiftool shows one in the latter. */
typedef enum exn_ifd_kind {
    EXN_IFD_MAIN,    /* IFD0 */
    EXN_IFD_CHAINED, /* IFD1 and on */
    EXN_IFD_EXIF,
    EXN_IFD_SUB,
    EXN_IFD_SIDE, /* GPS, Interoperability */
} exn_ifd_kind;

typedef struct exn_ifd {
    size_t offset;
    uint32_t declared; /* how many entries its count gives */
    uint32_t whole;    /* how many entries lie in the data with all of their 12 bytes */
    uint32_t pointers; /* how many lead here */
    exn_ifd_kind kind;
    bool is_read;    /* by browsers: it is IFD0, or some Exif pointer leads here */
    size_t previous; /* of a chained one: index of the table whose next-IFD pointer leads here */
} exn_ifd;

/* Tables in the order found, breadth first, each once; side tables last. Of fixed size, so that a
 * hostile block's cost in stack and time is known beforehand. */
typedef struct exn_ifds {
    exn_ifd tables[EXN_IFDS_MAX];
    size_t count;
    uint32_t pointers, entries;
    bool over; /* a limit was exceeded: there may be more tables */
} exn_ifds;

typedef struct exn_ifd_entry {
    uint32_t tag, type, count;
    size_t at; /* offset of the entry's last four bytes: the value, or its offset */
} exn_ifd_entry;

static inline uint32_t exn_tiff_get16(const exn_tiff *tiff, size_t offset)
{
    return exn_get16(tiff->data + offset, tiff->big_endian);
}

static inline uint32_t exn_tiff_get32(const exn_tiff *tiff, size_t offset)
{
    return exn_get32(tiff->data + offset, tiff->big_endian);
}

static inline bool exn_tiff_has(const exn_tiff *tiff, uint64_t offset, uint64_t size)
{
    return offset <= tiff->size && size <= tiff->size - offset;
}

/* Opens the block and IFD0. Returns false where browsers do: no byte-order mark, a magic number
 * other than 42, an IFD0 inside the header. */
bool exn_ifd_open_tiff(exn_span bytes, exn_tiff *tiff, exn_ifd *ifd0);

/* The same with any magic number, as exiftool reads it. */
bool exn_ifd_open_any_tiff(exn_span bytes, exn_tiff *tiff, exn_ifd *ifd0);

/* Opens the table at offset; false if not even its count lies in the data. */
bool exn_ifd_open(const exn_tiff *tiff, size_t offset, exn_ifd_kind kind, exn_ifd *ifd);

/* After the last whole entry. */
static inline size_t exn_ifd_end(const exn_ifd *ifd)
{
    return ifd->offset + 2 + (size_t)ifd->whole * EXN_IFD_ENTRY_SIZE;
}

/* index may be that of an entry truncated by the end of the data, if the fields that are then used
 * are known to be there. */
exn_ifd_entry exn_ifd_entry_at(const exn_tiff *tiff, const exn_ifd *ifd, uint32_t index);

/* The first whole entry with that tag; false if there is none. */
bool exn_ifd_find(const exn_tiff *tiff, const exn_ifd *ifd, uint32_t tag, exn_ifd_entry *found);

/* The value of one SHORT or LONG; false if the entry is not one. */
bool exn_ifd_number(const exn_tiff *tiff, const exn_ifd_entry *entry, uint32_t *value);

/* The same by tag: its first entry. */
bool exn_ifd_find_number(const exn_tiff *tiff, const exn_ifd *ifd, uint32_t tag, uint32_t *value);

/* Where the entry's value is, inline or not; false if it does not lie entirely in the data or its
 * type is unknown. */
bool exn_ifd_value(const exn_tiff *tiff, const exn_ifd_entry *entry, size_t *offset, size_t *size);

/* TIFF 6.0 section 2: four bytes after the last entry, even in the last table. A table without them
 * ends with the data; moving its entries would create a pointer that was never there. */
bool exn_ifd_has_next(const exn_tiff *tiff, const exn_ifd *ifd);

/* Finds every table that has to be clean, whoever reads it. */
void exn_ifd_take(const exn_tiff *tiff, const exn_ifd *ifd0, exn_ifds *ifds);

/* Whether the table of size bytes shares bytes with anything else: header, table, value, picture.
 * An orientation's own value does not count, because it is removed with its entry. */
bool exn_ifd_overlap(const exn_tiff *tiff, const exn_ifds *ifds, const exn_ifd *ifd, size_t size);

/* How many known users a byte of from..to has: header, tables, values, pictures. */
uint32_t exn_ifd_users(const exn_tiff *tiff, const exn_ifds *ifds, size_t from, size_t to);

/* The same without values that claim more bytes than there are, which no reader can use as a whole.
 */
uint32_t exn_ifd_sound_users(const exn_tiff *tiff, const exn_ifds *ifds, size_t from, size_t to);

/* Whether every table and every value ends inside the data, so that appended bytes do not become
 * part of one. */
bool exn_ifd_complete(const exn_tiff *tiff, const exn_ifds *ifds);

/* The value of a 0x0112 entry that browsers accept, else 0. Reads two bytes of the value. */
uint32_t exn_ifd_usable_orientation(const exn_tiff *tiff, const exn_ifd_entry *entry);

#endif
