/* SPDX-License-Identifier: MIT */
/* Writes coefficients into a JPEG, by libjpeg; coefficients.h has the order of calls. */
#ifndef EXN_JPEG_COEFFICIENTS_WRITE_H
#define EXN_JPEG_COEFFICIENTS_WRITE_H

#include "coefficients.h"
#include "libjpeg_io.h"

/* Prepares target for source rotated by o: size, factors and quantization tables. Its blocks are
 * undefined until moved there. source must stay open as long as target. */
exn_status exn_coefficients_write_open(exn_coefficients *target, const exn_coefficients *source,
                                       exn_orientation o, exn_error *error);

/* Encodes target, with its components' current tables, in the coding of source, parsed as jpeg:
 * sequential or progressive, Huffman or arithmetic, the same scans and restart interval (if it is
 * the same for all scans). Appends a JPEG without application segments to out. limit: bytes of
 * memory that may be held in total; EXN_LIMIT if the JPEG gets too large for it. */
exn_status exn_coefficients_write(exn_coefficients *target, const exn_coefficients *source,
                                  const exn_jpeg *jpeg, uint64_t limit, exn_buffer *out,
                                  exn_error *error);

/* For other encoders. Each of these may leave by longjmp, which the caller has to catch.
 *
 * Sets target's size, colours and factors; component names are source's. */
void exn_coefficients_write_parameters(struct exn_libjpeg *lib, const exn_coefficients *target,
                                       const struct exn_libjpeg *source);

/* Puts target's quantization tables into slots like those of source. */
void exn_coefficients_write_tables(struct jpeg_compress_struct *c, const exn_coefficients *target,
                                   const struct jpeg_decompress_struct *source);

/* Provides arrays for target's blocks: lib->arrays. */
void exn_coefficients_write_arrays(struct exn_libjpeg *lib, const exn_coefficients *target);

#endif
