/* Floor 2: a JPEG as arrays of quantized DCT coefficients. The one seam to libjpeg: its longjmp never leaves coefficients.c.
 *
 *     exn_coefficients_read(&source, ...);                     decodes the entropy coding, whole, and judges damage
 *     exn_coefficients_turned(&target, &source, o, ...);       arrays and parameters for the turned picture, blocks still undefined
 *     for each component: exn_component_move() or exn_requantize()
 *     exn_coefficients_write(&target, ...);                    encodes
 *     exn_coefficients_close() of both                         also after a failure of any of them
 *
 * Not thread safe per object; objects are independent. */
#ifndef EXN_JPEG_COEFFICIENTS_H
#define EXN_JPEG_COEFFICIENTS_H

#include "../orientation.h"
#include "dct_block.h"
#include "segments.h"

typedef struct exn_component {
    uint32_t h, v;              /* sampling factors */
    uint32_t width, height;     /* in samples (T.81, A.1.1) */
    uint32_t blocks_x, blocks_y; /* blocks that hold samples */
    uint16_t quant[64];         /* natural order */
    exn_dct_block **rows;       /* rows[y][x]: block in column x of row y; owned by the exn_coefficients */
} exn_component;

typedef struct exn_coefficients {
    struct exn_libjpeg *libjpeg; /* owned */
    uint32_t width, height;      /* of the picture, in pixels */
    uint32_t max_h, max_v;
    uint32_t components;
    exn_component component[EXN_JPEG_MAX_COMPONENTS];
} exn_coefficients;

/* Bytes that the coefficient arrays of jpeg take. */
uint64_t exn_coefficients_bytes(const exn_jpeg *jpeg);

/* Decodes every coefficient of jpeg. Damage fails with EXN_CORRUPT; warnings of libjpeg that lose nothing set EXN_WARN_HARMLESS_NOISE in
 * *warnings. */
exn_status exn_coefficients_read(exn_coefficients *coefficients, const exn_jpeg *jpeg,
                                 uint32_t *warnings, exn_error *error);

/* Prepares target for source turned by o: size, factors and quantization tables; its blocks are undefined until moved there. source
 * must stay open as long as target. */
exn_status exn_coefficients_turned(exn_coefficients *target, const exn_coefficients *source,
                                   exn_orientation o, exn_error *error);

/* Encodes target, with the tables that its components have by now, in the coding of source, parsed as jpeg: sequential or progressive, Huffman or arithmetic, scans, restart
 * interval. Appends a JPEG without application segments to out. */
exn_status exn_coefficients_write(exn_coefficients *target, const exn_coefficients *source,
                                  const exn_jpeg *jpeg, exn_buffer *out, exn_error *error);

void exn_coefficients_close(exn_coefficients *coefficients);

/* Moves an exact component's blocks: block and coefficient permuted, odd frequencies of a reversed axis negated. */
void exn_component_move(const exn_component *from, exn_component *to, exn_orientation o);

/* Compares to, read back, with from turned by o: quantization table, factors, size and, where exact, every coefficient. By a loop of its own,
 * shared with nothing. A component that is not exact may have finer steps where quality is high. Fails with EXN_MISMATCH. */
exn_status exn_component_compare(const exn_component *from, const exn_component *to,
                                 exn_orientation o, bool exact, exn_quality quality,
                                 exn_error *error);

#endif
