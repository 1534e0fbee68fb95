/* SPDX-License-Identifier: MIT */
/* HEIF as entries of formats[], by the picture's codec: HEIC, AVIF, or another. */
#ifndef EXN_HEIF_HEIF_H
#define EXN_HEIF_HEIF_H

#include "image.h"

extern const exn_format_ops exn_heif_heic_format, exn_heif_avif_format, exn_heif_format;

#endif
