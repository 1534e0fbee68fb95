/* SPDX-License-Identifier: MIT */
/* Makes a PNG file of a picture that comes from another format. */
#ifndef EXN_PNG_MAKE_H
#define EXN_PNG_MAKE_H

#include "samples.h"

/* The bytes of memory that making it takes, including the output. Saturates. */
uint64_t exn_png_make_memory(const exn_samples *samples, uint32_t level);

/* Appends the whole file. level: like exn_options.png_level. Fails with MEMORY or CANCELLED. */
exn_status exn_png_make(const exn_samples *samples, uint32_t level, const exn_cancel *cancel,
                        exn_buffer *out, exn_error *error);

#endif
