/* SPDX-License-Identifier: MIT */
/* The scans of an output that libjpeg writes: those of its source, where libjpeg can write them and
 * they send every bit. */
#ifndef EXN_JPEG_SCAN_SCRIPT_H
#define EXN_JPEG_SCAN_SCRIPT_H

#include "libjpeg_io.h"

/* Progressive stays progressive, several scans stay several. One that has not got all of its scans
 * keeps those where it can: decoders smooth what they know to be coarse. Leaves by longjmp where
 * memory is short. */
void exn_scan_script_set(struct exn_libjpeg *lib, const exn_coefficients *target,
                         const exn_jpeg *jpeg);

#endif
