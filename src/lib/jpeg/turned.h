/* SPDX-License-Identifier: MIT */
/* Rotates an image's pixels: in the entropy domain if possible (entropy.h), else with libjpeg's
 * coefficient arrays. Either way the caller appends the parts where the source has them:
 *
 *   exn_turned_open()
 *   exn_turned_append_frame()     tables and frame header
 *   exn_turned_append_scan()      once for each scan of the source
 *   exn_turned_append_rest()      any further scans of the output
 *   exn_turned_close()            in every case */
#ifndef EXN_JPEG_TURNED_H
#define EXN_JPEG_TURNED_H

#include "entropy.h"
#include "orientation.h"
#include "segments.h"

typedef struct exn_turned {
    bool in_entropy;
    exn_entropy entropy;
    uint32_t scan;    /* the next one */
    exn_buffer bytes; /* libjpeg's: a JPEG without application segments; owned */
    exn_jpeg coded;   /* bytes, parsed */
    size_t next;      /* of coded's segments */
} exn_turned;

/* Rotates the pixels of jpeg, which stays borrowed. Sets result's outcome, method and
 * exact_components and adds to its warnings. Limits are checked before anything is allocated. */
exn_status exn_turned_open(exn_turned *turned, const exn_jpeg *jpeg, exn_orientation o,
                           const exn_options *options, exn_result *result, exn_error *error);

/* The bytes that it holds, including its source and what is still to be appended. */
uint64_t exn_turned_bytes(const exn_turned *turned);

/* To be called in this order, and from the frame on as often as needed. Return EXN_OK or
 * EXN_MEMORY. */
exn_status exn_turned_append_frame(exn_turned *turned, exn_buffer *out);
exn_status exn_turned_append_scan(exn_turned *turned, exn_buffer *out);
exn_status exn_turned_append_rest(exn_turned *turned, exn_buffer *out);

void exn_turned_close(exn_turned *turned);

/* Checks what libjpeg needs against the limits, from the header alone. arrays: how many pictures of
 * coefficients are held at once; planes: how many of samples. */
exn_status exn_turned_check_limits(const exn_jpeg *jpeg, const exn_options *options,
                                   unsigned arrays, unsigned planes, exn_error *error);

#endif
