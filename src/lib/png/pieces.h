/* SPDX-License-Identifier: MIT */
/* libdeflate compresses its input in a single call that cannot be interrupted. So a large picture
 * is compressed piece by piece, with a check for cancellation in between. */
#ifndef EXN_PNG_PIECES_H
#define EXN_PNG_PIECES_H

#include "buffer.h"
#include "cancel.h"

/* Samples per piece: some 40 ms at level 6, and also at levels 10 to 12, whose optimal parsers get
 * smaller pieces. Input no larger than one piece is one libdeflate call. */
enum { EXN_PNG_PIECE = 4 << 20, EXN_PNG_PIECE_OPTIMAL = 1 << 20 };

/* Appends `from` as a zlib stream (RFC 1950), at libdeflate's level 1 to 12. Its bytes do not
 * depend on cancel. Fails with MEMORY, CANCELLED. */
exn_status exn_png_pieces_put(int level, exn_span from, const exn_cancel *cancel, exn_buffer *to);

#endif
