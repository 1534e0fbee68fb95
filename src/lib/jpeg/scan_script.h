/* SPDX-License-Identifier: MIT */
/* Chooses the scans of an output that libjpeg writes: the source's, if libjpeg can write them and
 * they send every bit. */
#ifndef EXN_JPEG_SCAN_SCRIPT_H
#define EXN_JPEG_SCAN_SCRIPT_H

#include "libjpeg_io.h"

/* Progressive stays progressive, and several scans stay several. A source with missing scans keeps
 * its own if possible, because decoders smooth what they know to be coarse. Leaves by longjmp if
 * out of memory. */
void exn_scan_script_set(struct exn_libjpeg *lib, const exn_coefficients *target,
                         const exn_jpeg *jpeg);

#endif
