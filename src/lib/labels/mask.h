/* SPDX-License-Identifier: MIT */
/* What masks of label files hold: for a move the text that they are written in, for people how far
 * what is painted extends. */
#ifndef EXN_LABELS_MASK_H
#define EXN_LABELS_MASK_H

#include "measure.h"
#include "rle.h"

/* The runs of a shape: those of its letters, or number `first` and all after it. Returns EXN_OK,
 * EXN_CORRUPT (explained where a number is none), EXN_LIMIT or EXN_MEMORY. */
exn_status exn_mask_runs(const exn_label_shape *shape, size_t first, exn_rle *runs,
                         exn_error *error);

/* The bytes that the numbers of an EXN_LABEL_BRUSH are; returns likewise. */
exn_status exn_mask_brush(const exn_label_shape *shape, exn_account *account, exn_buffer *bytes,
                          exn_error *error);

/* Whether a zlib stream begins so (RFC 1950, 2.2), and what is in it, within what the account may
 * take; returns likewise. */
bool exn_mask_is_deflated(exn_span data);
exn_status exn_mask_inflate(exn_span in, exn_account *account, exn_buffer *out);

/* How far what is painted extends in the image, in pixels. width, height: the image's as its label
 * file says, 0: it does not. What cannot be read, or is not in the label file, extends nowhere.
 * Returns EXN_OK or EXN_MEMORY. */
exn_status exn_mask_measure(const exn_label_shape *shape, uint32_t width, uint32_t height,
                            exn_account *account, exn_measure *measure);

#endif
