/* SPDX-License-Identifier: MIT */
/* A JPEG as arrays of quantized DCT coefficients, read by libjpeg and written by it
 * (coefficients_write.h). Its longjmp never leaves these files.
 *
 *     exn_coefficients_read()         decodes the entropy coding, whole, and judges damage
 *     exn_coefficients_write_open()   arrays and parameters for the rotated picture, blocks
 * undefined (for each component: exn_component_move() or exn_requantize()) exn_coefficients_write()
 * encodes exn_coefficients_close()        of both, also after a failure of any of them
 *
 * Not thread safe per object; objects are independent. */
#ifndef EXN_JPEG_COEFFICIENTS_H
#define EXN_JPEG_COEFFICIENTS_H

#include "component.h"
#include "segments.h"

/* Bytes that the coefficient arrays of jpeg take. */
uint64_t exn_coefficients_bytes(const exn_jpeg *jpeg);

/* Only the headers up to the first scan: sizes, factors, quantization tables and colours as they
 * are there. */
exn_status exn_coefficients_begin(exn_coefficients *coefficients, const exn_jpeg *jpeg,
                                  exn_error *error);

/* Decodes every coefficient of jpeg. Damage fails with EXN_CORRUPT; warnings of libjpeg that lose
 * nothing set EXN_WARN_HARMLESS_NOISE in *warnings. */
exn_status exn_coefficients_read(exn_coefficients *coefficients, const exn_jpeg *jpeg,
                                 uint32_t *warnings, exn_error *error);

/* Packs the blocks of what was read (packed.h). */
exn_status exn_coefficients_pack(exn_coefficients *coefficients, exn_error *error);

/* Decodes the same, but of the components in `passing`, a set of bits, holds no blocks: they are
 * handed to visit (NULL: nobody) as they come, from the top down, and rows stay NULL. By then
 * coefficients are as exn_coefficients_begin() leaves them. For a picture of one sequential Huffman
 * scan that is not damaged, which exn_coefficients_may_pass() says. */
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

/* Collects the rows' addresses of one of libjpeg's arrays, so that the loops of this project see
 * plain arrays. */
struct exn_libjpeg;
struct jvirt_barray_control;
exn_status exn_coefficients_collect(struct exn_libjpeg *lib, struct jvirt_barray_control *array,
                                    exn_component *component, bool writable, exn_error *error);

void exn_coefficients_close(exn_coefficients *coefficients);

#endif
