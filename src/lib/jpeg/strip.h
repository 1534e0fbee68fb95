/* SPDX-License-Identifier: MIT */
/* Decodes and rotates a component and cuts it into new blocks. Memory grows with a row, not with
 * the picture. */
#ifndef EXN_JPEG_STRIP_H
#define EXN_JPEG_STRIP_H

#include "coefficients.h"

/* Where decoders differ: beyond this libjpeg's C code wraps white around to black while its SIMD
 * code does not, so such samples have no unique value. No photograph comes close. */
static const float EXN_STRIP_REACH = 511.5f;

/* Quantizing can only move samples out of range that are already this far from black and white. */
static const float EXN_STRIP_FAR = 256;

/* RING: rows that are held: eight being encoded, the filter's extent, and eight that come with each
 * line of blocks; a power of two. MARGIN: floats on both sides of a row, for the filter, for blocks
 * that extend over the edge, and for the last eight of a loop. TAPS: of a filter that shifts by
 * part of a sample. */
enum { EXN_STRIP_RING = 32, EXN_STRIP_MARGIN = 16, EXN_STRIP_TAPS = 8 };

/* The samples of one component in the output's frame, a few rows at a time, from the top down.
 * Level shift (T.81, A.3.1) is left out, since it only shifts DC, and back. */
typedef struct exn_strip {
    const exn_component *from;
    bool transpose, backward_x, backward_y; /* the last two are in terms of the output's axes */
    bool shift_x, shift_y;
    float taps_x[EXN_STRIP_TAPS], taps_y[EXN_STRIP_TAPS];
    float steps[64]; /* the source's, negative where a rotation negates the coefficient */
    uint32_t width, height;
    uint32_t lines, next; /* lines of the source's blocks, in the output's order */
    uint32_t ready;       /* rows that have been decoded */
    float reach;          /* the largest magnitude of a sample so far */
    size_t stride;
    float *memory; /* owned */
} exn_strip;

/* Component i of source, rotated by o. source has to stay open. */
exn_status exn_strip_open(exn_strip *strip, const exn_coefficients *source, uint32_t i,
                          exn_orientation o, exn_error *error);
void exn_strip_close(exn_strip *strip);

/* The eight rows of line `by` of the output's blocks, valid until the next call. Lines have to be
 * requested in order. */
void exn_strip_line(exn_strip *strip, uint32_t by, const float *rows[8]);

/* Block bx of such rows. One that extends over the right edge repeats the last sample, from the
 * row's margin (as T.81, A.2.4 recommends). */
static inline void exn_strip_cut(const float *const rows[8], uint32_t bx, float samples[64])
{
    for (int y = 0; y < 8; y++)
        memcpy(samples + 8 * y, rows[y] + 8 * (size_t)bx, 8 * sizeof *samples);
}

/* Called with the samples of each block of an output's component. */
typedef void exn_strip_visitor(void *context, uint32_t bx, uint32_t by, const float samples[64]);

/* Visits component i of source, rotated by o, block by block of `to`, which is the output's; in
 * each row only every `each`-th block. *reach: the largest magnitude of its samples. */
exn_status exn_strip_visit(const exn_coefficients *source, uint32_t i, exn_orientation o,
                           const exn_component *to, uint32_t each, exn_strip_visitor *visit,
                           void *context, float *reach, exn_error *error);

/* How far, in samples, a component's last sample extends over the picture's edge, which is how far
 * the mirrored grid is off. */
double exn_strip_overhang(uint32_t samples, uint32_t pixels, uint32_t factor, uint32_t max_factor);

/* A filter that shifts by that fraction of a sample. */
void exn_strip_filter(double shift, float taps[EXN_STRIP_TAPS]);

/* The larger of reach and the largest magnitude in a block. */
float exn_strip_reach(const float samples[64], float reach);

/* Whether decoders agree about component i, judging by the reach of the source's samples and of the
 * output's, which matters only if the former exceeds EXN_STRIP_FAR. */
exn_status exn_strip_check_reach(float source, float output, uint32_t i, exn_error *error);

/* The bytes of memory that it takes for the largest component of jpeg. */
uint64_t exn_strip_bytes(const exn_jpeg *jpeg);

#endif
