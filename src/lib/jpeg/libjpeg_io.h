/* SPDX-License-Identifier: MIT */
/* libjpeg's callbacks: errors, warnings, and where its bytes come from and go to. An error leaves
 * by longjmp; every setjmp is in coefficients.c, coefficients_write.c, recode.c, show.c, make.c and
 * where objects are made. */
#ifndef EXN_JPEG_LIBJPEG_IO_H
#define EXN_JPEG_LIBJPEG_IO_H

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "arithmetic_watch.h"
#include "component.h"
#include "libjpeg_arrays.h"

/* What a decoder reported while reading, besides errors. */
typedef struct exn_libjpeg_complaints {
    bool noise;       /* something harmless */
    bool end_of_file; /* JWRN_JPEG_EOF: judged when everything is read */
    int corrupt;      /* the first message code that means damage, or 0 */
    char text[JMSG_LENGTH_MAX];
} exn_libjpeg_complaints;

/* One libjpeg object, a decoder or an encoder, with what its callbacks need. error_manager comes
 * first because libjpeg hands back a pointer to it. */
struct exn_libjpeg {
    struct jpeg_error_mgr error_manager;
    union {
        struct jpeg_common_struct common;
        struct jpeg_decompress_struct decompress;
        struct jpeg_compress_struct compress;
    } object;
    jmp_buf escape;
    exn_libjpeg_complaints said;
    struct jpeg_source_mgr source;
    struct jpeg_destination_mgr destination;
    exn_span file;
    exn_buffer *out;
    uint64_t held, limit;       /* bytes of memory held besides out; the limit is for both */
    exn_libjpeg_arrays decoded; /* a source's */
    jvirt_barray_ptr arrays[EXN_JPEG_MAX_COMPONENTS]; /* a target's */
    int most_scans;                                   /* how many scans to read; 0: all */
    J_COLOR_SPACE color_space;
    jpeg_scan_info *script;     /* owned */
    exn_orientation turn;       /* of a target */
    bool complete;              /* the scans contained every bit of every coefficient */
    exn_arithmetic_watch watch; /* of a source with arithmetic coding */
};

static inline struct exn_libjpeg *exn_libjpeg_of(j_common_ptr common)
{
    return (struct exn_libjpeg *)common->err;
}

/* Makes an object with nothing but error handling; NULL: out of memory. */
struct exn_libjpeg *exn_libjpeg_io_open(void);

/* Make a decoder that reads file and checks cancel, and an encoder that appends to out, as below.
 * Both may fail, and have to be closed in any case. */
exn_status exn_libjpeg_io_decoder(struct exn_libjpeg **lib, exn_span file, const exn_cancel *cancel,
                                  exn_error *error);
exn_status exn_libjpeg_io_encoder(struct exn_libjpeg **lib, exn_buffer *out, uint64_t held,
                                  uint64_t limit, const exn_cancel *cancel, exn_error *error);

/* Frees it with everything that libjpeg holds for it; NULL is allowed. */
void exn_libjpeg_io_close(struct exn_libjpeg *lib);

/* Converts the error with which libjpeg escaped to an exn_error. */
exn_status exn_libjpeg_io_escaped(struct exn_libjpeg *lib, exn_error *error);

/* Makes it check cancel, which is borrowed, for each row of iMCUs. */
void exn_libjpeg_io_ask(struct exn_libjpeg *lib, const exn_cancel *cancel);

/* Makes a decoder read file. */
void exn_libjpeg_io_read_from(struct exn_libjpeg *lib, exn_span file);

/* Makes an encoder append to out. held: bytes of memory besides it; limit: of both. */
void exn_libjpeg_io_write_to(struct exn_libjpeg *lib, exn_buffer *out, uint64_t held,
                             uint64_t limit);

#endif
