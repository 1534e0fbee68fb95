/* Floor 1: the zlib stream inside a picture's data chunks, inflated once from end to end and thrown
 * away.
 *
 * libpng stops looking when it has its last row: a checksum that is cut, or that lies in an IDAT of
 * its own, is not missed there. So zlib alone decides first whether the stream is whole. */
#ifndef EXN_PNG_IDAT_H
#define EXN_PNG_IDAT_H

#include "frames.h"

/* Bytes of all filtered rows, one filter byte each, passes of Adam7 included. Saturates at
 * UINT64_MAX / 8. */
uint64_t exn_png_filtered_size(const exn_png_frame *frame);

/* Checks every data chunk's CRC, the stream, its Adler-32 and that it holds at least
 * exn_png_filtered_size() bytes. More than that, or bytes behind the stream, are noise:
 * EXN_WARN_HARMLESS_NOISE in *warnings. */
exn_status exn_png_check_stream(const exn_png_frame *frame, uint32_t *warnings, exn_error *error);

#endif
