/* SPDX-License-Identifier: MIT */
/* Collects the chunks of a PNG that is not in memory. */
#ifndef EXN_PNG_COLLECT_H
#define EXN_PNG_COLLECT_H

#include "window.h"

/* Collects what the predicate needs, as a PNG without a picture: the signature, IHDR, PLTE, every
 * eXIf and text chunk in its place, acTL, one empty IDAT in place of the first one, IEND. Other
 * data are skipped without reading. out has to be empty and is the caller's. Returns EXN_OK,
 * CORRUPT, LIMIT (over limit bytes, or too many chunks), MEMORY or READ. */
exn_status exn_png_collect(const exn_source *source, uint64_t limit, exn_buffer *out,
                           exn_error *error);

#endif
