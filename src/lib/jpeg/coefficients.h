/* SPDX-License-Identifier: MIT */
/* A JPEG as arrays of quantized DCT coefficients, read and written by libjpeg. The one seam to it:
 * its longjmp never leaves coefficients.c.
 *
 *     exn_coefficients_read()      decodes the entropy coding, whole, and judges damage
 *     exn_coefficients_turned()    arrays and parameters for the rotated picture, blocks undefined
 *                                  (for each component: exn_component_move() or exn_requantize())
 *     exn_coefficients_write()     encodes
 *     exn_coefficients_close()     of both, also after a failure of any of them
 *
 * Not thread safe per object; objects are independent. */
#ifndef EXN_JPEG_COEFFICIENTS_H
#define EXN_JPEG_COEFFICIENTS_H

#include "component.h"
#include "segments.h"

/* Bytes that the coefficient arrays of jpeg take. */
uint64_t exn_coefficients_bytes(const exn_jpeg *jpeg);

/* Decodes every coefficient of jpeg. Damage fails with EXN_CORRUPT; warnings of libjpeg that lose
 * nothing set EXN_WARN_HARMLESS_NOISE in *warnings. */
exn_status exn_coefficients_read(exn_coefficients *coefficients, const exn_jpeg *jpeg,
                                 uint32_t *warnings, exn_error *error);

/* Decodes the same, but of the components in `passing`, a set of bits, holds no blocks: they are
 * handed to visit (NULL: nobody) as they come, from the top down, and rows stay NULL. For a picture
 * of one sequential Huffman scan that is not damaged, which exn_coefficients_may_pass() says. */
bool exn_coefficients_may_pass(const exn_jpeg *jpeg);
exn_status exn_coefficients_pass(exn_coefficients *coefficients, const exn_jpeg *jpeg,
                                 uint32_t passing, exn_component_visitor *visit, void *context,
                                 uint32_t *warnings, exn_error *error);

/* Whether a decoder gets into the first scan of jpeg, so that it shows something. Takes
 * exn_coefficients_bytes(); false also where there is no memory to try. */
bool exn_coefficients_can_begin(const exn_jpeg *jpeg);

/* Whether libjpeg finds the same frame and colour space in the headers of both, up to the first
 * scan. False also where it cannot begin with one. */
bool exn_coefficients_same_header(const exn_jpeg *a, const exn_jpeg *b);

/* Whether libjpeg takes the components of both, which were read, for the same colours. */
bool exn_coefficients_same_colours(const exn_coefficients *a, const exn_coefficients *b);

/* Prepares target for source rotated by o: size, factors and quantization tables; its blocks are
 * undefined until moved there. source must stay open as long as target. */
exn_status exn_coefficients_turned(exn_coefficients *target, const exn_coefficients *source,
                                   exn_orientation o, exn_error *error);

/* Encodes target, with the tables that its components have by now, in the coding of source, parsed
 * as jpeg: sequential or progressive, Huffman or arithmetic, scans, restart interval (where it is
 * one for all scans). Appends a JPEG without application segments to out. limit: bytes of memory
 * that may be held in all; EXN_LIMIT where the JPEG gets too large for it. */
exn_status exn_coefficients_write(exn_coefficients *target, const exn_coefficients *source,
                                  const exn_jpeg *jpeg, uint64_t limit, exn_buffer *out,
                                  exn_error *error);

void exn_coefficients_close(exn_coefficients *coefficients);

#endif
