/* Floor 2: JPEG as a row of formats[]. */
#ifndef EXN_JPEG_JPEG_H
#define EXN_JPEG_JPEG_H

#include "../image.h"

extern const exn_format_ops exn_jpeg_format;

/* Turns a JPEG that is embedded in an Exif block, losslessly where its grid allows, and appends it
 * to out. Its segments are kept, its own Exif unread. Fails as exn_normalize() does; up to 16 million
 * pixels. */
exn_status exn_jpeg_turn_thumbnail(exn_span file, exn_orientation o, exn_buffer *out);

#endif
