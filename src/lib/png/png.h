/* SPDX-License-Identifier: MIT */
/* The PNG entry of formats[]. The contract is in ../image.h. */
#ifndef EXN_PNG_PNG_H
#define EXN_PNG_PNG_H

#include "image.h"

extern const exn_format_ops exn_png_format;

#endif
