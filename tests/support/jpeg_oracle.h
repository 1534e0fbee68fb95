/* SPDX-License-Identifier: MIT */
/* What a turned JPEG has to be, computed from the definitions and from the source's coefficients
 * alone: the row and column words of EXIF (naive.h), the symmetry of the DCT, and plain transforms
 * in double. Shares no code with src/lib/jpeg.
 *
 * Functions that compare return false with the reason in why. value: EXIF orientation, 1..8. */
#ifndef EXN_TEST_JPEG_ORACLE_H
#define EXN_TEST_JPEG_ORACLE_H

#include "support/jpeg_read.h"

enum { EXN_TEST_WHY = JMSG_LENGTH_MAX };

/* How an orientation moves a block: which stored axes run backwards, and whether they are
 * exchanged. Found by looking where the naive turn takes the corner and its neighbours. */
typedef struct exn_test_axes {
    bool exchanged, x_backwards, y_backwards;
} exn_test_axes;

exn_test_axes exn_test_axes_of(uint32_t value);

/* The set of components (bit i: component i) whose coefficients survive: along every axis that runs
 * backwards the picture has to end where a block of that component ends, or to be the same
 * everywhere. */
uint32_t exn_test_exact_set(const exn_test_coefs *source, uint32_t value);

/* Whether real jpegtran -perfect takes the turn: whole MCUs along every axis that runs backwards.
 */
bool exn_test_is_perfect(const exn_test_coefs *source, uint32_t value);

/* Size, coding, colour space, factors and quantization tables. */
bool exn_test_same_frame(const exn_test_coefs *source, const exn_test_coefs *product,
                         uint32_t value, char why[EXN_TEST_WHY]);

/* Every coefficient of component i. */
bool exn_test_same_coefficients(const exn_test_coefs *source, const exn_test_coefs *product, int i,
                                uint32_t value, char why[EXN_TEST_WHY]);

/* The samples of component i of the turned picture, before they are quantized again: inverse DCT
 * and naive turn, and where the grid of samples of a backward axis reaches over the picture's edge,
 * a shift by so much with a sinc of that many taps. The product's size; owned by the caller; NULL
 * where memory is out. */
double *exn_test_ideal_plane(const exn_test_coefs *source, int i, uint32_t value, int taps);

/* Mean squared distance of the samples of a component from a plane of its size. */
double exn_test_distance(const exn_test_component *component, const double *plane);

/* Component i of the product against the ideal plane of a filter of 6 to 16 taps: the whole, and
 * each of the four outermost rows and columns, no more than 0.1 dB worse than forward DCT and
 * rounding with the same table make it. */
bool exn_test_component_is_close(const exn_test_coefs *source, const exn_test_coefs *product, int i,
                                 uint32_t value, char why[EXN_TEST_WHY]);

/* The output of jpegtran -perfect -copy none, with one more argument (NULL: none). Sequential scans
 * of several components are then one for each. True if it succeeded. */
bool exn_test_jpegtran(exn_span jpeg, uint32_t value, const char *more, exn_buffer *out,
                       char why[EXN_TEST_WHY]);

/* Copies jpeg with a camera's Exif block that has this orientation. False: out of memory. */
bool exn_test_tag(exn_span jpeg, uint32_t value, exn_buffer *out);

#endif
