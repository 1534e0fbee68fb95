/* SPDX-License-Identifier: MIT */
/* HEIF as rows of formats[]: by what codes the picture HEIC, AVIF, or another. */
#ifndef EXN_HEIF_HEIF_H
#define EXN_HEIF_HEIF_H

#include "image.h"

extern const exn_format_ops exn_heif_heic_format, exn_heif_avif_format, exn_heif_format;

#endif
