/* SPDX-License-Identifier: MIT */
/* JPEG XL as an entry of formats[]: read, and edited in EXN_MODE_DROP. */
#ifndef EXN_JXL_JXL_H
#define EXN_JXL_JXL_H

#include "image.h"

extern const exn_format_ops exn_jxl_format;

#endif
