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

/* Whether a decoder gets into the first scan of jpeg, so that it shows something. Takes
 * exn_coefficients_bytes(); false also where there is no memory to try. */
bool exn_coefficients_can_begin(const exn_jpeg *jpeg);

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
