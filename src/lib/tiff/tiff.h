/* SPDX-License-Identifier: MIT */
/* TIFF as an entry of formats[]: read, and edited in EXN_MODE_DROP. */
#ifndef EXN_TIFF_TIFF_H
#define EXN_TIFF_TIFF_H

#include "image.h"

extern const exn_format_ops exn_tiff_format;

#endif
