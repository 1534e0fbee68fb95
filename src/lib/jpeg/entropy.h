/* SPDX-License-Identifier: MIT */
/* Rotates a Huffman JPEG without arrays of coefficients: each block is decoded, rotated and, if it
 * is sequential, encoded again while it is hot, and only strings of bits are kept, about as many as
 * the file has; of a progressive one planes of bits (bitplanes.h). Components whose grid is cut are
 * moved to the new one on the way (regrid.h). Only where that way is not theirs are they held as
 * blocks, to be quantized again, or, where their content allows that, moved.
 *
 *     exn_entropy_open()            decodes and judges
 *     exn_entropy_rotate_kept()     rotates what was kept as blocks
 *     exn_entropy_append_frame()    where the source's frame header stands: tables and frame header
 *     exn_entropy_append_scan()     where its scan of that number stands: tables, scan header, data
 *     exn_entropy_close()           in every case
 *
 * What it takes libjpeg would take without a warning, with equal coefficients. What it calls
 * EXN_CORRUPT is so. For all else it says EXN_UNSUPPORTED, which is no verdict on the file: libjpeg
 * (coefficients.h) is to read it. */
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
    exn_coefficients kept; /* the source's; blocks of those whose grid is cut */
    uint16_t quant[EXN_JPEG_MAX_COMPONENTS][64]; /* of the output, in zigzag order */
    exn_span sent[2][EXN_TABLE_SLOTS]; /* Huffman tables that the output's slots hold by now */
    uint32_t interval;                 /* the restart interval that it has been given */
} exn_entropy;

/* Decodes jpeg, to be rotated by o with that quality; entropy->exact is then final. limit: bytes of
 * memory that may be held. Returns EXN_OK, CORRUPT, LIMIT, MEMORY, or UNSUPPORTED without a text in
 * *error. */
exn_status exn_entropy_open(exn_entropy *entropy, const exn_jpeg *jpeg, exn_orientation o,
                            exn_quality quality, uint64_t limit, exn_error *error);

/* Rotates the components that were kept as blocks; to be called also where there are none. The same
 * results. */
exn_status exn_entropy_rotate_kept(exn_entropy *entropy, exn_error *error);

/* Both may be called again, from the frame on. Return EXN_OK or EXN_MEMORY. */
exn_status exn_entropy_append_frame(exn_entropy *entropy, exn_buffer *out);
exn_status exn_entropy_append_scan(exn_entropy *entropy, uint32_t number, exn_buffer *out);

void exn_entropy_close(exn_entropy *entropy);

#endif
