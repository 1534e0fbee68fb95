/* SPDX-License-Identifier: MIT */
/* Data that is split into several segments; each holds a part of it after some head. */
#ifndef EXN_JPEG_PIECES_H
#define EXN_JPEG_PIECES_H

#include "segments.h"

enum { EXN_PIECES_MAX = 64 }; /* 4 MB; makers' previews have up to ten */

typedef struct exn_pieces {
    size_t count;
    struct {
        size_t segment; /* its number in the JPEG */
        size_t head;    /* bytes of its payload that precede the data */
    } piece[EXN_PIECES_MAX];
} exn_pieces;

/* Adds a segment, whose payload is not shorter than head; returns false if there are too many. */
bool exn_pieces_add(exn_pieces *pieces, size_t segment, size_t head);

/* The data in one of them. */
exn_span exn_pieces_span(const exn_pieces *pieces, const exn_jpeg *jpeg, size_t number);

/* Appends all of them to out. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_pieces_join(const exn_pieces *pieces, const exn_jpeg *jpeg, exn_buffer *out);

#endif
