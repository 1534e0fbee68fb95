/* SPDX-License-Identifier: MIT */
/* One way of packing, as packing.c finds it in its table. `self` is what open() made. */
#ifndef EXN_CLI_STREAMS_PACKING_KIND_H
#define EXN_CLI_STREAMS_PACKING_KIND_H

#include "packing_step.h"

typedef struct exn_packing_kind {
    /* NULL, with the error. */
    void *(*open)(bool unpacks, exn_error *error);
    /* As exn_packing_unpack() and exn_packing_pack(). Where a stream has ended and more follows, be
     * it after zeros, as tapes have them, another one begins. */
    exn_status (*unpack)(void *self, exn_step *step, bool *whole, exn_error *error);
    exn_status (*pack)(void *self, exn_step *step, bool end, bool *done, exn_error *error);
    void (*close)(void *self);
} exn_packing_kind;

extern const exn_packing_kind exn_packing_gzip, exn_packing_bzip2, exn_packing_xz, exn_packing_zstd;

#endif
