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

#endif
