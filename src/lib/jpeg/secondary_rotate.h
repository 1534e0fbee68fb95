/* SPDX-License-Identifier: MIT */
/* Rotates a file's further pictures like its first one, before that one is written, because its
 * index has to give their new lengths. */
#ifndef EXN_JPEG_SECONDARY_ROTATE_H
#define EXN_JPEG_SECONDARY_ROTATE_H

#include "allowance.h"
#include "app_segments.h"
#include "secondary.h"

/* Decides what becomes of the further pictures, and makes replacements where necessary.
 * *keep_index: the index is not true, and bytes may only be edited if that does not make it worse.
 */
exn_status exn_secondary_rotate(const exn_image *image, exn_secondaries *s,
                                const exn_allowance *all, exn_app_segments_index *index,
                                bool *keep_index, uint32_t *warnings, exn_error *error);

#endif
