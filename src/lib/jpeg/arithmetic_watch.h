/* SPDX-License-Identifier: MIT */
/* Watches libjpeg decode arithmetic-coded scans. Encoders may omit zeros at the end of a scan
 * (T.81, D.1.8), so decoders supply zeros without end: a few hundred bytes become coefficients for
 * hundreds of megapixels, and a truncated file becomes a picture that nobody took.
 *
 * Each nonzero coefficient has a sign, which takes one bit on average (T.81, F.1.4.4.1.2), so the
 * amount of data is compared with the number of signs. An all-white picture has none. */
#ifndef EXN_JPEG_ARITHMETIC_WATCH_H
#define EXN_JPEG_ARITHMETIC_WATCH_H

#include <stdio.h>

#include <jpeglib.h>

#include "segments.h"

typedef struct exn_arithmetic_watch {
    struct jpeg_progress_mgr progress; /* first: libjpeg hands back a pointer to it */
    const exn_cancel *cancel;          /* checked for each row; NULL: never */
    jvirt_barray_ptr (*request)(j_common_ptr, int, boolean, JDIMENSION, JDIMENSION, JDIMENSION);
    jvirt_barray_ptr arrays[EXN_JPEG_MAX_COMPONENTS];
    unsigned array_count;
    int scan;          /* the scan being decoded */
    JDIMENSION row;    /* how many of its iMCU rows have been examined */
    size_t left;       /* bytes of the file left from there on */
    bool is_dry;       /* its data had ended before the next row began */
    uint64_t data;     /* bytes of scans so far */
    uint64_t signs;    /* of coefficients so far */
    uint64_t made_up;  /* signs in rows that have no data and do not repeat the row before */
    bool damaged;      /* data may be missing */
    exn_status status; /* why decoding was aborted; EXN_OK: it was not */
} exn_arithmetic_watch;

/* Attaches watch to decompress, whose header has been read. If too few bytes make too many
 * coefficients, it sets status and leaves libjpeg through its error_exit. */
void exn_arithmetic_watch_open(exn_arithmetic_watch *watch, struct jpeg_decompress_struct *d);

/* What the status is about. */
const char *exn_arithmetic_watch_text(const exn_arithmetic_watch *watch);

#endif
