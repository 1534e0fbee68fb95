/* SPDX-License-Identifier: MIT */
/* The members of a tar, one after the other, as libarchive understands them: names, links,
 * kinds and sizes out of ustar, pax, GNU's, Solaris' and old headers.
 *
 * libarchive gets the headers alone, a block at a time, so that it never reads beyond one, and the
 * bytes that it used become the member's head. It is told that bodies were skipped, which is how it
 * says how long they are; they are the caller's to take from the input. Unpacking is not its part
 * (packing.h), and neither is writing (tar_head.h). It is opened at run time: a run without
 * archives should not pay for loading it. */
#ifndef EXN_CLI_STREAMS_TAR_READER_H
#define EXN_CLI_STREAMS_TAR_READER_H

#include "stream.h"
#include "tar_head.h"

typedef struct exn_tar_reader exn_tar_reader;

typedef enum exn_tar_next {
    EXN_TAR_MEMBER,
    EXN_TAR_ZEROS,  /* a block of zeros, which is left where it is */
    EXN_TAR_NO_TAR, /* what comes is no head; it is left where it is */
    EXN_TAR_END,    /* the stream ends here, and no head has begun */
    EXN_TAR_BAD,    /* the error says why */
} exn_tar_next;

/* Whether libarchive is here. It stays loaded, since it is asked for where archives are to be read.
 */
bool exn_tar_reader_is_there(void);

/* Reads from the input, which is borrowed. NULL, with the error: no libarchive here, or no memory.
 * Close it by exn_tar_reader_close(). */
exn_tar_reader *exn_tar_reader_open(exn_stream_in *input, exn_error *error);

/* Reads the next head. The caller takes from the input the body and its padding before it calls
 * again, and blocks of zeros. Nothing more can be read after EXN_TAR_NO_TAR and EXN_TAR_BAD. Free
 * the head by exn_tar_head_free() in any case. */
exn_tar_next exn_tar_reader_read(exn_tar_reader *reader, exn_tar_head *head, exn_error *error);

/* NULL is allowed. */
void exn_tar_reader_close(exn_tar_reader *reader);

#endif
