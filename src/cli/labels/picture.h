/* SPDX-License-Identifier: MIT */
/* One image of a run, as far as labels are concerned. */
#ifndef EXN_CLI_LABELS_PICTURE_H
#define EXN_CLI_LABELS_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "workers/wire.h"

typedef struct exn_picture {
    const char *path;             /* relative to IN */
    size_t number;                /* counts from 0, as they were added */
    bool is_named;                /* for the caller */
    bool is_mask, is_link;        /* likewise */
    uint64_t bytes_in, bytes_out; /* of its file and its output's; 0: not known */
    exn_turn turn;
} exn_picture;

/* Labels stay fit to what stays: the output of an unsupported image is its source, and of a failed
 * one there is nothing but the source. */
static inline bool exn_picture_is_kept(const exn_turn *turn)
{
    return turn->outcome == EXN_OUTCOME_FAILED || turn->outcome == EXN_OUTCOME_UNSUPPORTED;
}

/* Whether it is shown otherwise than stored, or moved: its labels may be wrong once it is
 * normalized. What --orientations gives counts instead of what the image says, here as everywhere.
 */
static inline bool exn_picture_is_rotated(const exn_turn *turn)
{
    return !exn_picture_is_kept(turn) &&
           ((turn->given ? turn->given : turn->orientation) > 1 || turn->transform != 0);
}

#endif
