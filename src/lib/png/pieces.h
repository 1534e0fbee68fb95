/* SPDX-License-Identifier: MIT */
/* libdeflate compresses in one call what it is given, and nobody can stop that call. So a large
 * picture is compressed piece by piece, and the caller is asked between two. */
#ifndef EXN_PNG_PIECES_H
#define EXN_PNG_PIECES_H

#include "buffer.h"
#include "cancel.h"

/* Samples of a piece: some 40 ms at level 6, and at the optimal parsers' levels of 10 to 12, which
 * get the smaller ones. What is not larger than one piece is one libdeflate call. */
enum { EXN_PNG_PIECE = 4 << 20, EXN_PNG_PIECE_OPTIMAL = 1 << 20 };

/* Appends from as a zlib stream (RFC 1950), at libdeflate's level 1 to 12. Its bytes do not depend
 * on cancel. Fails with MEMORY, CANCELLED. */
exn_status exn_png_pieces_put(int level, exn_span from, const exn_cancel *cancel, exn_buffer *to);

#endif
