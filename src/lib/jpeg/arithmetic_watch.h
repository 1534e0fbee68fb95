/* SPDX-License-Identifier: MIT */
/* Watches libjpeg decode arithmetic-coded scans. Encoders may leave out zeros at the end of a scan
 * (T.81, D.1.8), so decoders supply zeros for ever: a few hundred bytes become coefficients for
 * hundreds of megapixels, and a file that was cut becomes a picture that nobody took.
 *
 * Each coefficient that is not 0 has a sign, which takes one bit on average (T.81, F.1.4.4.1.2).
 * That is what data are counted against; an all-white picture has no signs. */
#ifndef EXN_JPEG_ARITHMETIC_WATCH_H
#define EXN_JPEG_ARITHMETIC_WATCH_H

#include <stdio.h>

#include <jpeglib.h>

#include "segments.h"

typedef struct exn_arithmetic_watch {
    struct jpeg_progress_mgr progress; /* first: libjpeg hands back a pointer to it */
    const exn_cancel *cancel;          /* asked for each row; NULL: nobody is */
    jvirt_barray_ptr (*request)(j_common_ptr, int, boolean, JDIMENSION, JDIMENSION, JDIMENSION);
    jvirt_barray_ptr arrays[EXN_JPEG_MAX_COMPONENTS];
    unsigned array_count;
    int scan;          /* the one that is being decoded */
    JDIMENSION row;    /* iMCU rows of it that were looked at */
    size_t left;       /* bytes of the file from there on */
    bool is_dry;       /* its data had ended where the next row began */
    uint64_t data;     /* bytes of scans so far */
    uint64_t signs;    /* of coefficients so far */
    uint64_t made_up;  /* signs in rows without data that do not repeat the row before them */
    bool damaged;      /* data may be missing */
    exn_status status; /* why decoding was given up; EXN_OK: it was not */
} exn_arithmetic_watch;

/* Attaches watch to decompress, whose header has been read. Where too few bytes make too many
 * coefficients, sets status and leaves libjpeg by its error_exit. */
void exn_arithmetic_watch_open(exn_arithmetic_watch *watch, struct jpeg_decompress_struct *d);

/* What the status is about. */
const char *exn_arithmetic_watch_text(const exn_arithmetic_watch *watch);

#endif
