/* SPDX-License-Identifier: MIT */
/* Where entropy-coded data end (ITU-T T.81, B.1.1.5). */
#ifndef EXN_JPEG_ENTROPY_END_H
#define EXN_JPEG_ENTROPY_END_H

#include "buffer.h"

/* The offset, from `at` on, of the first FF that is the last byte or is followed by neither 0
 * (stuffing) nor RST0 to RST7; data.size if there is none. A fill byte, FF before FF, is found too.
 */
size_t exn_entropy_end(exn_span data, size_t at);

#endif
