/* SPDX-License-Identifier: MIT */
/* Decodes a PNG for display. */
#ifndef EXN_PNG_SHOW_H
#define EXN_PNG_SHOW_H

#include "raster.h"
#include "span.h"

/* exn_format_ops.show. */
exn_status exn_png_show(exn_span file, uint32_t side, const exn_options *options,
                        exn_raster *raster, exn_error *error);

#endif
