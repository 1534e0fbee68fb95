/* SPDX-License-Identifier: MIT */
/* One way of packing, an entry of the table in packing.c. `self` is what open() returned. */
#ifndef EXN_CLI_STREAMS_PACKING_KIND_H
#define EXN_CLI_STREAMS_PACKING_KIND_H

#include "packing_step.h"

typedef struct exn_packing_kind {
    /* NULL, with the error. */
    void *(*open)(bool unpacks, exn_error *error);
    /* As exn_packing_unpack() and exn_packing_pack(). A stream may be followed by another one,
     * directly or after zeros, as on tapes. */
    exn_status (*unpack)(void *self, exn_step *step, bool *whole, exn_error *error);
    exn_status (*pack)(void *self, exn_step *step, bool end, bool *done, exn_error *error);
    void (*close)(void *self);
} exn_packing_kind;

extern const exn_packing_kind exn_packing_gzip, exn_packing_bzip2, exn_packing_xz, exn_packing_zstd;

#endif
