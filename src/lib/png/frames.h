/* SPDX-License-Identifier: MIT */
/* The pictures in a PNG file: the default image, which every file has, and after it the frames of
 * an animated PNG (PNG 3rd edition, 4.9 and 11.3.6).
 *
 * A frame is a picture of its own size in a box on the canvas; it shares IHDR's colour type, depth
 * and interlacing, the palette and the transparency. Its fcTL has the box, the delay, and how to
 * blend and dispose of it; its data are in fdATs, which are IDATs with a preceding sequence number.
 * An fcTL before IDAT makes the default image the first frame. A file without acTL is not an
 * animation, whatever else it contains.
 *
 *   exn_png_frames_check()   first; the others rely on it
 *   exn_png_frames_default_image(), then exn_png_frames_next() until it returns false */
#ifndef EXN_PNG_FRAMES_H
#define EXN_PNG_FRAMES_H

#include "chunks.h"
#include "orientation.h"

enum {
    EXN_PNG_MAX_FRAMES = 65536,
    /* The frames of an animation, including the default image, may have this many times max_pixels
     * in total; the canvas alone may have max_pixels. Frames are decoded one after another, so this
     * limits time, not memory. */
    EXN_PNG_ANIMATION_FACTOR = 4,
};

/* Borrows the chunk list. */
typedef struct exn_png_frame {
    const exn_png *png;
    uint32_t number;   /* 0: the default image; later pictures count from 1 */
    size_t control;    /* index of its fcTL; 0: it is not part of an animation */
    uint32_t type;     /* of its data chunks: IDAT or fdAT */
    size_t first, end; /* from first on and before end, possibly with other chunks in between */
    uint32_t x, y, width, height; /* its box on the canvas */
} exn_png_frame;

/* Whether the chunks of an animation, if there is one, agree with each other: a legal acTL before
 * IDAT, as many fcTLs as it says, sequence numbers without gaps, boxes inside the canvas, every
 * CRC, data for each frame. Fails with CORRUPT, or LIMIT if there are too many frames or too many
 * pixels in total. max_pixels is the limit for one picture. */
exn_status exn_png_frames_check(const exn_png *png, uint64_t max_pixels, exn_error *error);

/* Whether all chunks of an animation have the right CRC. If it is still not valid, its writer made
 * a mistake. */
bool exn_png_frames_intact(const exn_png *png);

/* The picture in IDAT. */
exn_png_frame exn_png_frames_default_image(const exn_png *png);

/* Advances to the next picture. After the last one, returns false and leaves the frame unchanged.
 */
bool exn_png_frames_next(exn_png_frame *frame);

/* A data chunk's part of the zlib stream. */
exn_span exn_png_frames_data(const exn_png_frame *frame, const exn_png_chunk *chunk);

/* What to call its data in a message: "IDAT" or "fdAT of image 3", NUL-terminated. */
typedef struct exn_png_frame_name {
    char text[40];
} exn_png_frame_name;
exn_png_frame_name exn_png_frames_name_of(const exn_png_frame *frame);

/* Appends the fcTL in chunk for a canvas rotated by o, with this sequence number. */
exn_status exn_png_frames_put_control(const exn_png *png, const exn_png_chunk *chunk,
                                      exn_orientation o, uint32_t sequence, exn_buffer *out);

/* Appends a picture's zlib stream as data chunks: IDATs or fdATs, depending on the frame's type.
 * *sequence: the next sequence number, which fdATs increment. */
exn_status exn_png_frames_put_data(const exn_png_frame *frame, exn_span stream, uint32_t *sequence,
                                   exn_buffer *out);

/* Whether the fcTLs of a frame and of what should be the same frame rotated by o agree. Computed
 * from where single pixels go, as a check of exn_png_frames_put_control(). */
bool exn_png_frames_same_control(const exn_png_frame *source, const exn_png_frame *product,
                                 exn_orientation o);

#endif
