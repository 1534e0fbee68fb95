/* SPDX-License-Identifier: MIT */
/* Converts colors given by code points (nclx, ISO 23091-2) for formats that need an ICC profile. */
#ifndef EXN_HEIF_COLORS_H
#define EXN_HEIF_COLORS_H

#include "picture.h"

/* Whether they differ from those of a picture that does not specify any, which is taken as sRGB. */
bool exn_heif_colors_are_told(const exn_heif_picture *picture);

/* Appends a profile of the same colors, if they are specified. If none is possible, fails with
 * UNSUPPORTED, or with `optional` appends nothing, because the code points are written as well. */
exn_status exn_heif_colors_profile(const exn_heif_picture *picture, bool optional, exn_buffer *icc,
                                   exn_error *error);

#endif
