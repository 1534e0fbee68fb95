/* SPDX-License-Identifier: MIT */
/* Builds Exif blocks as a camera writes them, and puts segments and chunks into files. */
#ifndef EXN_TEST_EXIF_MAKE_H
#define EXN_TEST_EXIF_MAKE_H

#include "buffer.h"

/* Zero members are left out of the block; what is always there: Make "Example", Model, resolution,
 * DateTime, and an Exif IFD with exposure data. */
typedef struct exn_test_exif {
    bool big_endian;
    uint16_t orientation;               /* 0x0112 of IFD0, SHORT, any value; 0: no entry */
    uint16_t exif_orientation;          /* the same in the Exif IFD */
    uint16_t ifd1_orientation;          /* and in IFD1 */
    uint32_t pixel_width, pixel_height; /* PixelX/YDimension */
    uint32_t resolution;                /* X/YResolution in dpi; 0 means 72 */
    bool maker_note; /* 300-odd bytes with an IFD of its own, whose offsets count from the TIFF
                        header */
    bool gps;
    exn_span
        thumbnail; /* a whole JPEG file, borrowed; empty: no IFD1 unless ifd1_orientation is set */
} exn_test_exif;

/* Appends the TIFF bytes (no "Exif\0\0") to an empty buffer. False: out of memory. */
bool exn_test_exif_make(const exn_test_exif *exif, exn_buffer *tiff);

/* Copies jpeg to out with one segment more (marker 0xE1 for APP1 ...), after SOI and after JFIF and
 * JFXX APP0 segments: the segment inserted last comes first. False where jpeg is no JPEG, payload
 * is over 65533 bytes, or memory is out. */
bool exn_test_jpeg_insert(exn_span jpeg, uint8_t marker, exn_span payload, exn_buffer *out);

/* The same in the file itself, where it has to work: else the test fails. */
void exn_test_jpeg_put_front(exn_buffer *file, uint8_t marker, exn_span payload);

/* exn_test_jpeg_insert() with "Exif\0\0" and the TIFF bytes as APP1. */
bool exn_test_jpeg_insert_exif(exn_span jpeg, exn_span tiff, exn_buffer *out);

/* Copies png to out with one chunk more, with its CRC: right before the first IDAT, or right before
 * IEND. False where png is no PNG or memory is out. */
bool exn_test_png_insert(exn_span png, const char type[4], exn_span data, bool before_idat,
                         exn_buffer *out);

#endif
