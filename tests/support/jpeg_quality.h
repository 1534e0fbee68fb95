/* SPDX-License-Identifier: MIT */
/* How far a turned picture is from its source, beyond what jpeg_oracle.h judges: for tests and for
 * tests/measure. */
#ifndef EXN_TEST_JPEG_QUALITY_H
#define EXN_TEST_JPEG_QUALITY_H

#include "support/jpeg_oracle.h"

/* 8-bit peak against a mean squared error, in decibels. */
double exn_test_psnr(double squared_error);

/* Mean squared distance from a plane of the component's size to what float forward DCT, rounding to
 * nearest with the component's table and inverse DCT make of it; beyond its ends the last samples
 * are repeated. NAN: out of memory. */
double exn_test_rounding_distance(const exn_test_component *component, const double *plane);

/* Component i: mean squared distance, at full resolution, between the
 * source turned by value and the product. Both planes are brought to a sample a pixel by one
 * filter, each sample centred in the area that it covers (T.81, A.1.1), and the source's is then
 * turned: fair to every sampling that a product may have, and to sizes that are no multiple of it.
 * NAN: out of memory. */
double exn_test_full_distance(const exn_test_coefs *source, const exn_test_coefs *product, int i,
                              uint32_t value);

#endif
