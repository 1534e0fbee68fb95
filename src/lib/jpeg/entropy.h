/* SPDX-License-Identifier: MIT */
/* Rotates a Huffman JPEG without arrays of coefficients. Each block of a sequential JPEG is
 * decoded, rotated and encoded again while it is in the cache, and only strings of bits are kept,
 * about as many as the file has; of a progressive one, bit planes are kept (bitplanes.h).
 * Components whose grid is cut are moved to the new grid on the way (regrid.h). Only if that is not
 * possible are they held as blocks, to be requantized or, if their content allows it, moved.
 *
 *   exn_entropy_open()            decodes and judges
 *   exn_entropy_rotate_kept()     rotates what was kept as blocks
 *   exn_entropy_append_frame()    in place of the source's frame header: tables and frame header
 *   exn_entropy_append_scan()     in place of its scan of that number: tables, scan header, data
 *   exn_entropy_close()           in every case
 *
 * Whatever it accepts libjpeg would read without a warning, with equal coefficients, and what it
 * calls EXN_CORRUPT is corrupt. For everything else it returns EXN_UNSUPPORTED, which does not
 * judge the file but leaves it to libjpeg (coefficients.h). */
#ifndef EXN_JPEG_ENTROPY_H
#define EXN_JPEG_ENTROPY_H

#include "entropy_decode.h"
#include "orientation.h"
#include "segments.h"

typedef struct exn_entropy {
    const exn_jpeg *jpeg; /* borrowed */
    exn_orientation turn;
    exn_quality quality;
    uint32_t exact; /* exn_component_exact_set() */
    exn_plan plan;
    exn_strings strings;
    exn_coefficients kept; /* the source's; holds blocks of those whose grid is cut */
    uint16_t quant[EXN_JPEG_MAX_COMPONENTS][64]; /* of the output, in zigzag order */
    exn_span sent[2][EXN_TABLE_SLOTS]; /* Huffman tables that the output's slots currently hold */
    uint32_t interval;                 /* the output's current restart interval */
} exn_entropy;

/* Decodes jpeg, to be rotated by o with that quality; afterwards entropy->exact is final. limit:
 * bytes of memory that may be held. Returns EXN_OK, CORRUPT, LIMIT, MEMORY, or UNSUPPORTED without
 * a text in *error. */
exn_status exn_entropy_open(exn_entropy *entropy, const exn_jpeg *jpeg, exn_orientation o,
                            exn_quality quality, uint64_t limit, exn_error *error);

/* Rotates the components that were kept as blocks; has to be called even if there are none. Returns
 * the same. */
exn_status exn_entropy_rotate_kept(exn_entropy *entropy, exn_error *error);

/* Both may be called again, starting with the frame. Return EXN_OK or EXN_MEMORY. */
exn_status exn_entropy_append_frame(exn_entropy *entropy, exn_buffer *out);
exn_status exn_entropy_append_scan(exn_entropy *entropy, uint32_t number, exn_buffer *out);

void exn_entropy_close(exn_entropy *entropy);

#endif
