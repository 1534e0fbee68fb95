/* SPDX-License-Identifier: MIT */
/* HEIF (HEIC, AVIF) as a row of formats[], only read. */
#ifndef EXN_HEIF_HEIF_H
#define EXN_HEIF_HEIF_H

#include "image.h"

extern const exn_format_ops exn_heif_format;

#endif
