/* SPDX-License-Identifier: MIT */
/* The pictures of a WebP: the one of a still file, or the frames of an animation (RFC
 * 9649, 2.7.1.1). A frame is a chunk, ANMF, that holds a header and chunks as a still file has
 * them. */
#ifndef EXN_WEBP_FRAMES_H
#define EXN_WEBP_FRAMES_H

#include "chunks.h"
#include "picture.h"

enum { EXN_WEBP_FRAME_HEAD = 16 };

typedef struct exn_webp_frame {
    exn_span head;                /* of a frame: place, size, time; empty: a still picture */
    exn_span alpha, data;         /* whole chunks: ALPH, may be empty; VP8 or VP8L */
    exn_span rest;                /* what a frame has after them */
    uint32_t x, y, width, height; /* of a frame, on its canvas */
} exn_webp_frame;

/* Whether the chunk at index is part of a picture: VP8, VP8L, ALPH before it, ANMF. */
bool exn_webp_frames_is_part(const exn_webp *webp, size_t index);

/* The picture that begins with the chunk at index; *found is false where that is only a part of
 * one. Fails with CORRUPT where a frame lacks something. */
exn_status exn_webp_frames_of(const exn_webp *webp, exn_span file, size_t index,
                              exn_webp_frame *frame, bool *found, exn_error *error);

/* What pictures may cost all together, so that many small chunks are no bomb. */
typedef struct exn_webp_budget {
    uint64_t max_memory; /* for each */
    uint64_t held;       /* of it, by others */
    uint64_t max_pixels; /* of each */
    uint64_t pixels;     /* left for all */
} exn_webp_budget;

exn_webp_budget exn_webp_frames_budget(const exn_options *options, uint64_t held);

/* Reads its picture; write: and asks for the memory that turning and writing it takes. Fails with
 * CORRUPT, LIMIT, MEMORY, CANCELLED; exn_webp_picture_free() is due in any case. */
exn_status exn_webp_frames_read(const exn_webp_frame *frame, bool write, exn_webp_budget *budget,
                                const exn_cancel *cancel, exn_webp_picture *picture,
                                exn_error *error);

/* Where a frame on a canvas of that size is after o. Places are even: false where it would be odd.
 */
bool exn_webp_frames_turn(const exn_webp *webp, exn_orientation o, exn_webp_frame *frame);

/* The header of a frame with its present place and size. */
void exn_webp_frames_head(const exn_webp_frame *frame, uint8_t head[EXN_WEBP_FRAME_HEAD]);

#endif
