/* SPDX-License-Identifier: MIT */
/* WebP as an entry of formats[]. */
#ifndef EXN_WEBP_WEBP_H
#define EXN_WEBP_WEBP_H

#include "image.h"

extern const exn_format_ops exn_webp_format;

#endif
