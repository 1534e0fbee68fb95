/* SPDX-License-Identifier: MIT */
/* Reads a file in parts, through a window, so that a walk from header to header takes few calls and
 * little data. */
#ifndef EXN_WINDOW_H
#define EXN_WINDOW_H

#include "buffer.h"

enum { EXN_WINDOW_SIZE = 4096 };

/* A source and the part of it that was read last. Lives on a caller's stack. */
typedef struct exn_window {
    const exn_source *source;
    uint64_t offset;
    uint64_t taken; /* bytes read from the source so far */
    size_t size;
    size_t
        fill; /* how much is read at once, at most EXN_WINDOW_SIZE; less if headers are far apart */
    uint8_t bytes[EXN_WINDOW_SIZE];
} exn_window;

void exn_window_open(exn_window *window, const exn_source *source);

/* Copies size bytes from offset on. Returns EXN_OK, EXN_CORRUPT if the file ends before that, or
 * EXN_READ. */
exn_status exn_window_read(exn_window *window, uint64_t offset, void *to, size_t size,
                           exn_error *error);

/* The same, appended to a buffer. */
exn_status exn_window_append(exn_window *window, uint64_t offset, size_t size, exn_buffer *out,
                             exn_error *error);

/* The window as a source, which takes from the window what that holds. window must outlive it. */
exn_source exn_window_as_source(exn_window *window);

/* A part of a source, size bytes from `at` on, as a source. part must outlive it. */
typedef struct exn_part {
    const exn_source *source;
    uint64_t at;
} exn_part;
exn_source exn_window_part_of(exn_part *part, uint64_t size);

/* Bytes in memory as a source; span must outlive it. */
exn_source exn_window_source_of(exn_span *span);

#endif
