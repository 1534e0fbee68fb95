/* SPDX-License-Identifier: MIT */
/* One way of packing, as packing.c finds it in its table. `self` is what open() made. */
#ifndef EXN_CLI_STREAMS_PACKING_KIND_H
#define EXN_CLI_STREAMS_PACKING_KIND_H

#include "packing.h"

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

/* Goes on by bytes that were used, of both sides. */
static inline void exn_step_take(exn_step *step, size_t read, size_t written)
{
    step->from += read;
    step->have -= read;
    step->to += written;
    step->room -= written;
}

/* Goes on by zeros between two streams. */
static inline void exn_step_skip_zeros(exn_step *step)
{
    while (step->have > 0 && *step->from == 0)
        exn_step_take(step, 1, 0);
}

#endif
