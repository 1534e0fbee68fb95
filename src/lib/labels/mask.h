/* SPDX-License-Identifier: MIT */
/* The masks in label files: how they are encoded, for moving them, and how far their painted pixels
 * extend, for displaying them. */
#ifndef EXN_LABELS_MASK_H
#define EXN_LABELS_MASK_H

#include "measure.h"
#include "rle.h"

/* The runs of a shape: those in its letters, or its numbers from `first` on. Returns EXN_OK,
 * EXN_CORRUPT (explained if a number is invalid), EXN_LIMIT or EXN_MEMORY. */
exn_status exn_mask_runs(const exn_label_shape *shape, size_t first, exn_rle *runs,
                         exn_error *error);

/* The bytes that an EXN_LABEL_BRUSH's numbers stand for. Returns the same. */
exn_status exn_mask_brush(const exn_label_shape *shape, exn_account *account, exn_buffer *bytes,
                          exn_error *error);

/* Whether data begins like a zlib stream (RFC 1950, 2.2); inflates it, within what the account may
 * take. Returns the same. */
bool exn_mask_is_deflated(exn_span data);
exn_status exn_mask_inflate(exn_span in, exn_account *account, exn_buffer *out);

/* How far a mask's painted pixels extend in the image, in pixels. width, height: the image's by its
 * label file, 0 if unknown. A mask that cannot be read, or is not in the label file, extends
 * nowhere. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_mask_measure(const exn_label_shape *shape, uint32_t width, uint32_t height,
                            exn_account *account, exn_measure *measure);

#endif
