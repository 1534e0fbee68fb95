/* SPDX-License-Identifier: MIT */
/* Writes the new file: the chunk list is walked once and each chunk is written in its place. Most
 * are copied as they are, and IHDR, pHYs, eXIf and texts are edited; if pixels are rotated, the
 * IDATs, fcTLs and fdATs are new. The order is kept, so a file that obeyed the ordering rules
 * (clause 5.6) still does.
 *
 * The frames of an animation are decoded, rotated and written one after another (frames.h), so only
 * the rows of the largest one are held. Anything that a limit can refuse is computed from the
 * header, before the first row is allocated. */
#ifndef EXN_PNG_REBUILD_H
#define EXN_PNG_REBUILD_H

#include "image.h"

/* produce() of the PNG format; see image.h. */
exn_status exn_png_rebuild(const exn_image *image, const exn_options *options, exn_buffer *out,
                           exn_result *result, exn_error *error);

#endif
