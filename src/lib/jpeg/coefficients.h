/* SPDX-License-Identifier: MIT */
/* A JPEG as arrays of quantized DCT coefficients, read by libjpeg and written by it
 * (coefficients_write.h). Its longjmp never leaves these files.
 *
 *     exn_coefficients_read()         decodes all entropy-coded data, and judges damage
 *     exn_coefficients_write_open()   arrays and parameters of the rotated picture; blocks
 * undefined exn_component_move() or exn_requantize() for each component exn_coefficients_write()
 * encodes exn_coefficients_close()        for both, also after a failure of any of these
 *
 * Not thread safe per object; objects are independent. */
#ifndef EXN_JPEG_COEFFICIENTS_H
#define EXN_JPEG_COEFFICIENTS_H

#include "component.h"
#include "segments.h"

/* The bytes that jpeg's coefficient arrays take. */
uint64_t exn_coefficients_bytes(const exn_jpeg *jpeg);

/* Reads only the headers up to the first scan: sizes, factors, quantization tables and colours as
 * of there. */
exn_status exn_coefficients_begin(exn_coefficients *coefficients, const exn_jpeg *jpeg,
                                  exn_error *error);

/* Decodes every coefficient of jpeg. Damage fails with EXN_CORRUPT; libjpeg's warnings that lose
 * nothing set EXN_WARN_HARMLESS_NOISE in *warnings. */
exn_status exn_coefficients_read(exn_coefficients *coefficients, const exn_jpeg *jpeg,
                                 uint32_t *warnings, exn_error *error);

/* Packs the blocks that were read (packed.h). */
exn_status exn_coefficients_pack(exn_coefficients *coefficients, exn_error *error);

/* Decodes the same, but for the components in `passing`, a set of bits, keeps no blocks: they are
 * handed to visit (NULL: to nobody) as they come, from the top down, and rows stay NULL. When visit
 * is called, coefficients are as exn_coefficients_begin() leaves them. Only for an undamaged
 * picture of one sequential Huffman scan, which exn_coefficients_may_pass() checks. */
bool exn_coefficients_may_pass(const exn_jpeg *jpeg);
exn_status exn_coefficients_pass(exn_coefficients *coefficients, const exn_jpeg *jpeg,
                                 uint32_t passing, exn_component_visitor *visit, void *context,
                                 uint32_t *warnings, exn_error *error);

/* Whether a decoder gets as far as the first scan of jpeg, so that it shows something. Takes
 * exn_coefficients_bytes(); false also if there is no memory to try. */
bool exn_coefficients_can_begin(const exn_jpeg *jpeg);

/* Whether libjpeg finds the same frame and colour space in the headers of both, up to the first
 * scan. False also if it cannot begin decoding one of them. */
bool exn_coefficients_same_header(const exn_jpeg *a, const exn_jpeg *b);

/* Whether libjpeg interprets the components of both, which have been read, as the same colours. */
bool exn_coefficients_same_colours(const exn_coefficients *a, const exn_coefficients *b);

/* Collects the row addresses of one of libjpeg's arrays, so that this project's loops see plain
 * arrays. */
struct exn_libjpeg;
struct jvirt_barray_control;
exn_status exn_coefficients_collect(struct exn_libjpeg *lib, struct jvirt_barray_control *array,
                                    exn_component *component, bool writable, exn_error *error);

void exn_coefficients_close(exn_coefficients *coefficients);

#endif
