/* SPDX-License-Identifier: MIT */
/* The further pictures of a file rotated as its first one is, before that one is written: its index
 * has to say how long each of them has become. */
#ifndef EXN_JPEG_SECONDARY_ROTATE_H
#define EXN_JPEG_SECONDARY_ROTATE_H

#include "allowance.h"
#include "app_segments.h"
#include "secondary.h"

/* Decides what becomes of the further pictures, and makes those that are to be replaced.
 * *keep_index: their index is not true, and bytes may be edited only so that it is no worse. */
exn_status exn_secondary_rotate(const exn_image *image, exn_secondaries *s,
                                const exn_allowance *all, exn_app_segments_index *index,
                                bool *keep_index, uint32_t *warnings, exn_error *error);

#endif
