/* SPDX-License-Identifier: MIT */
/* How packing.h and each way of packing (packing_kind.h) move bytes. */
#ifndef EXN_CLI_STREAMS_PACKING_STEP_H
#define EXN_CLI_STREAMS_PACKING_STEP_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of one step: read from `from`, written to `to`; both advance. */
typedef struct exn_step {
    const uint8_t *from;
    size_t have;
    uint8_t *to;
    size_t room;
} exn_step;

/* Advances past the bytes that were used on each side. */
static inline void exn_step_take(exn_step *step, size_t read, size_t written)
{
    step->from += read;
    step->have -= read;
    step->to += written;
    step->room -= written;
}

/* Skips zeros between two streams. */
static inline void exn_step_skip_zeros(exn_step *step)
{
    while (step->have > 0 && *step->from == 0)
        exn_step_take(step, 1, 0);
}

#endif
