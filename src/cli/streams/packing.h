/* SPDX-License-Identifier: MIT */
/* Compression of a stream: gzip, bzip2, xz or zstd, each in a file of its own
 * (packing_kind.h).
 *
 * Not libarchive: its gzip filter does not look at the CRC-32 of what it unpacks, so that a flipped
 * bit would come through as an image; the libraries themselves check. They are opened only where a
 * stream needs them, but for zlib, since a run over folders should not pay for loading them.
 *
 * Both ways work in steps, with buffers of the caller, as inflate() does. */
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

/* Bytes that exn_packing_tell() needs; fewer only where there are no more. */
#define EXN_PACKING_MAGIC 10

typedef struct exn_packer exn_packer;

/* Tells a stream's packing from its first bytes. */
exn_packing exn_packing_tell(const uint8_t *data, size_t size);

/* One that unpacks, or packs. NULL, with the error. Close it by exn_packing_close(). */
exn_packer *exn_packing_open(exn_packing packing, bool unpacks, exn_error *error);

/* Unpacks until there is no more to read or no room. *whole: what was read so far could be all of
 * the stream. */
exn_status exn_packing_unpack(exn_packer *packer, exn_step *step, bool *whole, exn_error *error);

/* Packs. end: nothing follows what step has. *done: all of it has been taken and, at the end, the
 * stream is complete; else there must be more room. */
exn_status exn_packing_pack(exn_packer *packer, exn_step *step, bool end, bool *done,
                            exn_error *error);

/* NULL is allowed. */
void exn_packing_close(exn_packer *packer);

#endif
