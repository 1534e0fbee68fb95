/* SPDX-License-Identifier: MIT */
/* Colors that a HEIF tells by code points (nclx, ISO 23091-2), for formats that tell them by an ICC
 * profile. */
#ifndef EXN_HEIF_COLORS_H
#define EXN_HEIF_COLORS_H

#include "picture.h"

/* Whether they are others than those of a picture that says nothing, which is taken for sRGB. */
bool exn_heif_colors_are_told(const exn_heif_picture *picture);

/* Appends a profile of the same colors, if they are told. With optional, none where there can be
 * none: the code points go along. Else that is UNSUPPORTED. */
exn_status exn_heif_colors_profile(const exn_heif_picture *picture, bool optional, exn_buffer *icc,
                                   exn_error *error);

#endif
