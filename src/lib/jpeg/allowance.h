/* SPDX-License-Identifier: MIT */
/* A file's limits hold for all of its pictures together. */
#ifndef EXN_JPEG_ALLOWANCE_H
#define EXN_JPEG_ALLOWANCE_H

#include "thumbnails.h"
#include "turned.h"

/* What is left of a file's limits while its pictures are made one after another. */
typedef struct exn_allowance {
    exn_options options;        /* memory and pixels for those to come */
    uint64_t *blocks;           /* shared by all; exn_mcus_charge()'s */
    exn_thumbnails *thumbnails; /* shared by all */
} exn_allowance;

/* Takes that amount from what is left, or all of it. */
void exn_allowance_take(uint64_t *left, uint64_t amount);

/* The memory that a picture's thumbnails may take while the rotated picture is held. */
exn_thumbnails *exn_allowance_thumbnails(const exn_allowance *left, const exn_jpeg *jpeg,
                                         const exn_turned *turned);

#endif
