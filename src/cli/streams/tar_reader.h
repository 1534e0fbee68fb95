/* SPDX-License-Identifier: MIT */
/* The members of a tar, one after the other, as libarchive understands them: names, links,
 * kinds and sizes from ustar, pax, GNU's, Solaris' and old headers.
 *
 * libarchive gets only the headers, a block at a time, so that it never reads beyond one, and the
 * bytes that it used become the member's head. We tell it that bodies were skipped, and it says how
 * long they are; the caller takes them from the input. It does not unpack (packing.h) or write
 * (tar_head.h). It is opened at run time, since a run without archives should not pay for loading
 * it. */
#ifndef EXN_CLI_STREAMS_TAR_READER_H
#define EXN_CLI_STREAMS_TAR_READER_H

#include "stream.h"
#include "tar_head.h"

typedef struct exn_tar_reader exn_tar_reader;

typedef enum exn_tar_next {
    EXN_TAR_MEMBER,
    EXN_TAR_ZEROS,  /* a block of zeros, which stays in the input */
    EXN_TAR_NO_TAR, /* what comes is not a head; it stays in the input */
    EXN_TAR_END,    /* the stream ends here, and no head has begun */
    EXN_TAR_BAD,    /* the error says why */
} exn_tar_next;

/* Whether libarchive can be loaded. It stays loaded, since only runs with archives ask. */
bool exn_tar_reader_is_there(void);

/* Reads from the input, which is borrowed. NULL, with the error: no libarchive, or out of memory.
 * Close it by exn_tar_reader_close(). */
exn_tar_reader *exn_tar_reader_open(exn_stream_in *input, exn_error *error);

/* Reads the next head. Before the next call the caller takes the body and its padding, or the block
 * of zeros, from the input. Nothing more can be read after EXN_TAR_NO_TAR and EXN_TAR_BAD. Free the
 * head by exn_tar_head_free() in any case. */
exn_tar_next exn_tar_reader_read(exn_tar_reader *reader, exn_tar_head *head, exn_error *error);

/* NULL is allowed. */
void exn_tar_reader_close(exn_tar_reader *reader);

#endif
