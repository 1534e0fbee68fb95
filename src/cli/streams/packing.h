/* SPDX-License-Identifier: MIT */
/* Compression of a stream: gzip, bzip2, xz or zstd, each in a file of its own
 * (packing_kind.h).
 *
 * Not by libarchive: its gzip filter ignores the CRC-32 of what it unpacks, so a flipped bit would
 * go unnoticed; the libraries themselves check. Except for zlib they are opened only when a stream
 * needs them, since a run over folders should not pay for loading them.
 *
 * Packing and unpacking work in steps, with the caller's buffers, like inflate(). */
#ifndef EXN_CLI_STREAMS_PACKING_H
#define EXN_CLI_STREAMS_PACKING_H

#include "packing_step.h"

typedef enum exn_packing {
    EXN_PACKING_NONE,
    EXN_PACKING_GZIP,
    EXN_PACKING_BZIP2,
    EXN_PACKING_XZ,
    EXN_PACKING_ZSTD,
} exn_packing;

/* Bytes that exn_packing_tell() needs; fewer only if the stream has no more. */
#define EXN_PACKING_MAGIC 10

typedef struct exn_packer exn_packer;

/* Recognizes a stream's packing by its first bytes. */
exn_packing exn_packing_tell(const uint8_t *data, size_t size);

/* Opens one that unpacks, or packs. NULL, with the error. Close it by exn_packing_close(). */
exn_packer *exn_packing_open(exn_packing packing, bool unpacks, exn_error *error);

/* Unpacks until the input or the room is used up. *whole: the stream may end here. */
exn_status exn_packing_unpack(exn_packer *packer, exn_step *step, bool *whole, exn_error *error);

/* Packs. end: step has the last input. *done: all input has been taken and, at the end, the stream
 * is complete; if not, call it again with more room. */
exn_status exn_packing_pack(exn_packer *packer, exn_step *step, bool end, bool *done,
                            exn_error *error);

/* NULL is allowed. */
void exn_packing_close(exn_packer *packer);

#endif
