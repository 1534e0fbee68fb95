/* SPDX-License-Identifier: MIT */
/* The pictures of a WebP: the one of a still file, or the frames of an animation (RFC 9649,
 * 2.7.1.1). A frame is an ANMF chunk, which holds a header and the same chunks as a still file. */
#ifndef EXN_WEBP_FRAMES_H
#define EXN_WEBP_FRAMES_H

#include "chunks.h"
#include "picture.h"

enum { EXN_WEBP_FRAME_HEAD = 16 };

typedef struct exn_webp_frame {
    exn_span head;                /* of a frame: place, size, time; empty for a still picture */
    exn_span alpha, data;         /* whole chunks: ALPH, may be empty; VP8 or VP8L */
    exn_span rest;                /* what a frame has after those */
    uint32_t x, y, width, height; /* of a frame, on its canvas */
} exn_webp_frame;

/* Whether the chunk at index is part of a picture: VP8, VP8L, ALPH before it, ANMF. */
bool exn_webp_frames_is_part(const exn_webp *webp, size_t index);

/* The picture that begins with the chunk at index; *found becomes false if that is only part of
 * one. Fails with CORRUPT if a frame lacks something. */
exn_status exn_webp_frames_of(const exn_webp *webp, exn_span file, size_t index,
                              exn_webp_frame *frame, bool *found, exn_error *error);

/* What all pictures together may cost, so that many small chunks are no bomb. */
typedef struct exn_webp_budget {
    uint64_t max_memory; /* for each */
    uint64_t held;       /* part of it, by others */
    uint64_t max_pixels; /* of each */
    uint64_t pixels;     /* left for all together */
} exn_webp_budget;

exn_webp_budget exn_webp_frames_budget(const exn_options *options, uint64_t held);

/* Reads its picture; with write, also checks the memory that rotating and writing it takes. Fails
 * with CORRUPT, LIMIT, MEMORY, CANCELLED; exn_webp_picture_free() has to be called in any case. */
exn_status exn_webp_frames_read(const exn_webp_frame *frame, bool write, exn_webp_budget *budget,
                                const exn_cancel *cancel, exn_webp_picture *picture,
                                exn_error *error);

/* Moves a frame on its canvas by o. Places have to be even: returns false if one would be odd. */
bool exn_webp_frames_turn(const exn_webp *webp, exn_orientation o, exn_webp_frame *frame);

/* A frame's header with its current place and size. */
void exn_webp_frames_head(const exn_webp_frame *frame, uint8_t head[EXN_WEBP_FRAME_HEAD]);

#endif
