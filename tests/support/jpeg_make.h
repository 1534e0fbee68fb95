/* SPDX-License-Identifier: MIT */
/* Makes a JPEG file of the synthetic picture: planes -> box subsampling -> float FDCT -> quantized
 * coefficients -> jpeg_write_coefficients(). No encoder step of libjpeg touches samples, so any
 * sampling can be written, fractional ones too, and the coefficients are known exactly.
 *
 * Order: exn_test_jpeg_init(), change members, exn_test_jpeg_make(). */
#ifndef EXN_TEST_JPEG_MAKE_H
#define EXN_TEST_JPEG_MAKE_H

#include "buffer.h"

#include <stdio.h>

#include <jpeglib.h>

typedef struct exn_test_jpeg {
    uint32_t width, height; /* stored */
    uint32_t orientation; /* 1..8: the picture is upright when shown by this value; writes no tag */
    J_COLOR_SPACE color_space; /* JCS_GRAYSCALE, JCS_YCbCr, JCS_RGB, JCS_CMYK, JCS_YCCK */
    int h[4], v[4];            /* sampling factors 1..4 */
    int quality;               /* 1..100 */
    unsigned noise;            /* amplitude, as in picture.h */
    const uint8_t *pixels; /* borrowed: 4 samples a pixel, in the file's colour space, instead of
                              the picture; NULL: the picture */
    bool wild;             /* Y'CbCr outside the RGB gamut (YCbCr and YCCK only) */
    bool odd_tables;       /* a quantization table for each component, none symmetric */
    bool wide_tables;      /* steps over 255: 16-bit tables, an extended sequential file (SOF1) */
    bool progressive;      /* libjpeg's simple progression, unless noninterleaved */
    bool arithmetic;
    int arithmetic_k;          /* AC conditioning (T.81, B.2.4.3), 1..63; 0: the default */
    bool optimize;             /* Huffman tables made for the picture, else the standard ones */
    const JHUFF_TBL *ac_table; /* borrowed: in place of the standard AC tables; has every symbol */
    const int *slots;          /* borrowed: each component's Huffman slots, both; NULL: libjpeg's */
    bool noninterleaved;       /* one component a scan; so anyway where an MCU had over 10 blocks */
    unsigned restart_interval; /* MCUs; 0: none */
    int restart_in_rows;       /* MCU rows; 0: none */
    const jpeg_scan_info *scans; /* borrowed, libjpeg's form; NULL: as said above */
    int scan_count;
    bool jfif; /* APP0, where the colour space allows it */
    int density_unit, x_density, y_density;
} exn_test_jpeg;

typedef struct exn_test_sampling {
    const char *name; /* "4:2:0" */
    int h[3], v[3];
} exn_test_sampling;

/* Every sampling worth a test, three components each; the common ones first. The last row has no
 * name. */
extern const exn_test_sampling exn_test_samplings[];

/* A width x height Y'CbCr picture, 4:2:0, quality 85, baseline, with JFIF. */
void exn_test_jpeg_init(exn_test_jpeg *jpeg, uint32_t width, uint32_t height);

/* Sets the colour space, and all factors to 1 by 1. */
void exn_test_jpeg_space(exn_test_jpeg *jpeg, J_COLOR_SPACE space);

/* Sets the factors of the first three components (the fourth gets those of the first) by a name of
 * exn_test_samplings. False where there is none of that name. */
bool exn_test_jpeg_sampling(exn_test_jpeg *jpeg, const char *name);

/* Components of the colour space: 1, 3 or 4. */
int exn_test_jpeg_components(const exn_test_jpeg *jpeg);

/* Appends the file to out. False where it cannot be written, with the reason in why. */
bool exn_test_jpeg_make(const exn_test_jpeg *jpeg, exn_buffer *out, char why[JMSG_LENGTH_MAX]);

/* The same in place of what out has, where it has to work: else the test fails with the reason. */
void exn_test_jpeg_made(const exn_test_jpeg *jpeg, exn_buffer *out);

/* Every AC symbol of 8-bit JPEG, EOB first and ZRL last or backwards, with codes that suit no
 * picture. kind, modulo 3: all of 8 bits; all of 16; K.5's lengths, whose most are of 16 bits. */
JHUFF_TBL exn_test_jpeg_unfit_table(unsigned kind, bool backwards);

#endif
