/* SPDX-License-Identifier: MIT */
/* Walks the marker segments of a JPEG, and patches files. Shares no code with
 * src/lib/jpeg/segments.c; for well-formed files. */
#ifndef EXN_TEST_JPEG_WALK_H
#define EXN_TEST_JPEG_WALK_H

#include "buffer.h"

typedef struct exn_test_segment {
    uint8_t marker;
    size_t offset;    /* of the FF */
    exn_span payload; /* after the length; empty for SOI and EOI */
    exn_span entropy; /* of SOS: the coded data, restart markers included */
} exn_test_segment;

/* The next segment: *offset is 0 at first and then after the segment. False at the end, or after
 * EOI, where *offset is left at the first byte of what follows. */
bool exn_test_jpeg_next(exn_span file, size_t *offset, exn_test_segment *segment);

/* Finds the segment of that marker, counted from 0. False where there are not so many. */
bool exn_test_jpeg_find(exn_span file, uint8_t marker, unsigned number, exn_test_segment *found);

/* The same where there have to be so many: asserts it. */
exn_test_segment exn_test_jpeg_found(const exn_buffer *file, uint8_t marker, unsigned number);

/* Copies file with `remove` bytes at offset replaced by insert. False: out of memory. */
bool exn_test_splice(exn_span file, size_t offset, size_t remove, exn_span insert, exn_buffer *out);

/* The same with a whole segment of marker and payload as what is inserted, and nothing removed. */
bool exn_test_insert_segment(exn_span file, size_t offset, uint8_t marker, exn_span payload,
                             exn_buffer *out);

#endif
