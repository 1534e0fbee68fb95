/* SPDX-License-Identifier: MIT */
/* Makes zlib streams (RFC 1950, RFC 1951) whose only matches are runs of one byte.
 *
 * The filtered rows of a photograph look like noise to a search for matches; what can be saved is
 * in how often each byte occurs. So this uses only Huffman codes and runs, and is many times faster
 * than a search for matches that are not there. */
#ifndef EXN_PNG_RUNS_H
#define EXN_PNG_RUNS_H

#include "buffer.h"
#include "cancel.h"

typedef struct exn_png_runs exn_png_runs;

/* Begins a stream that is appended to out, which is borrowed until closing. NULL: out of memory. */
exn_png_runs *exn_png_runs_open(exn_buffer *out);

/* Compresses bytes. They may come in pieces of any size, but a run ends with its piece. The same
 * pieces give the same stream on every machine. cancel is checked for each block. Fails with MEMORY
 * or CANCELLED. */
exn_status exn_png_runs_put(exn_png_runs *runs, exn_span bytes, const exn_cancel *cancel);

/* Ends the stream, and frees runs in any case; NULL is allowed. Fails with MEMORY; then, and after
 * a failed put, the stream is invalid. */
exn_status exn_png_runs_close(exn_png_runs *runs);

#endif
