/* SPDX-License-Identifier: MIT */
/* What libjpeg calls back: errors, warnings, and where its bytes come from and go to. An error
 * leaves by longjmp; every setjmp is in coefficients.c, coefficients_write.c, recode.c, show.c,
 * make.c and where objects are made. */
#ifndef EXN_JPEG_LIBJPEG_IO_H
#define EXN_JPEG_LIBJPEG_IO_H

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "arithmetic_watch.h"
#include "component.h"
#include "libjpeg_arrays.h"

/* What a decoder said while it read, besides errors. */
typedef struct exn_libjpeg_complaints {
    bool noise;       /* something harmless */
    bool end_of_file; /* JWRN_JPEG_EOF: judged when all is read */
    int corrupt;      /* the first message code that means damage, or 0 */
    char text[JMSG_LENGTH_MAX];
} exn_libjpeg_complaints;

/* One libjpeg object, which may decode or encode, with what its callbacks need. error_manager comes
 * first: libjpeg hands back a pointer to it. */
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
    uint64_t held, limit;       /* bytes of memory: held beside out; for both */
    exn_libjpeg_arrays decoded; /* a source's */
    jvirt_barray_ptr arrays[EXN_JPEG_MAX_COMPONENTS]; /* a target's */
    int most_scans;                                   /* to be read; 0: all that there are */
    J_COLOR_SPACE color_space;
    jpeg_scan_info *script;     /* owned */
    exn_orientation turn;       /* of a target */
    bool complete;              /* every bit of every coefficient was in the scans */
    exn_arithmetic_watch watch; /* of a source with arithmetic coding */
};

static inline struct exn_libjpeg *exn_libjpeg_of(j_common_ptr common)
{
    return (struct exn_libjpeg *)common->err;
}

/* An object with error handling alone; NULL: out of memory. */
struct exn_libjpeg *exn_libjpeg_io_open(void);

/* A decoder that reads file and asks cancel, and an encoder that appends to out, as below. Both may
 * fail, and are closed in any case. */
exn_status exn_libjpeg_io_decoder(struct exn_libjpeg **lib, exn_span file, const exn_cancel *cancel,
                                  exn_error *error);
exn_status exn_libjpeg_io_encoder(struct exn_libjpeg **lib, exn_buffer *out, uint64_t held,
                                  uint64_t limit, const exn_cancel *cancel, exn_error *error);

/* Frees it with all that libjpeg holds for it; NULL: nothing to do. */
void exn_libjpeg_io_close(struct exn_libjpeg *lib);

/* Turns the error that libjpeg escaped with into ours. */
exn_status exn_libjpeg_io_escaped(struct exn_libjpeg *lib, exn_error *error);

/* Asks for each row of iMCUs; cancel is borrowed. */
void exn_libjpeg_io_ask(struct exn_libjpeg *lib, const exn_cancel *cancel);

/* A decoder reads file. */
void exn_libjpeg_io_read_from(struct exn_libjpeg *lib, exn_span file);

/* An encoder appends to out; held: bytes of memory beside it, limit: of both. */
void exn_libjpeg_io_write_to(struct exn_libjpeg *lib, exn_buffer *out, uint64_t held,
                             uint64_t limit);

#endif
