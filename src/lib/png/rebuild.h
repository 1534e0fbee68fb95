/* SPDX-License-Identifier: MIT */
/* The new file: the chunk list is walked once and each chunk is written where it stood. Most are
 * copied as they are, IHDR, pHYs, eXIf and texts edited; the IDATs, fcTLs and fdATs are written
 * anew where pixels are rotated. The order is kept, so a file that obeyed the ordering rules
 * (clause 5.6) still does.
 *
 * The frames of an animation are decoded, rotated and written one after another (frames.h): the
 * rows of the largest one are all that is held. What a limit can refuse is counted from the header,
 * before the first row is allocated. */
#ifndef EXN_PNG_REBUILD_H
#define EXN_PNG_REBUILD_H

#include "image.h"

/* produce() of the PNG row; see image.h. */
exn_status exn_png_rebuild(const exn_image *image, const exn_options *options, exn_buffer *out,
                           exn_result *result, exn_error *error);

#endif
