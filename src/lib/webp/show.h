/* SPDX-License-Identifier: MIT */
/* Decodes a WebP as a small picture for display. */
#ifndef EXN_WEBP_SHOW_H
#define EXN_WEBP_SHOW_H

#include "raster.h"
#include "span.h"

/* exn_format_ops.show. An animation is UNSUPPORTED. */
exn_status exn_webp_show(exn_span file, uint32_t side, const exn_options *options,
                         exn_raster *raster, exn_error *error);

#endif
