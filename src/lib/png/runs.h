/* SPDX-License-Identifier: MIT */
/* Zlib streams (RFC 1950, RFC 1951) that know no other matches than runs of one byte.
 *
 * The filtered rows of a photograph are noise to whoever looks for strings in them: what can be
 * saved is in how often each byte comes. So of deflate this has Huffman codes and runs only, and is
 * many times as quick as a search for matches that are not there. */
#ifndef EXN_PNG_RUNS_H
#define EXN_PNG_RUNS_H

#include "buffer.h"
#include "cancel.h"

typedef struct exn_png_runs exn_png_runs;

/* Begins a stream that is appended to out, which is borrowed until closing. NULL: no memory. */
exn_png_runs *exn_png_runs_open(exn_buffer *out);

/* Compresses bytes. They may come in any pieces, though a run ends with its piece. The same pieces
 * make the same stream on every machine. cancel is asked for each block. Fails with MEMORY or
 * CANCELLED. */
exn_status exn_png_runs_put(exn_png_runs *runs, exn_span bytes, const exn_cancel *cancel);

/* Ends the stream, and frees runs in any case; NULL is allowed. Fails with MEMORY; then, and after
 * a failed put, the stream is none. */
exn_status exn_png_runs_close(exn_png_runs *runs);

#endif
