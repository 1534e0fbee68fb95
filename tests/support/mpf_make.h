/* SPDX-License-Identifier: MIT */
/* Makes JPEG files of several pictures, as cameras and HDR encoders lay them out, and reads their
 * indexes. Shares no code with src. */
#ifndef EXN_TEST_MPF_MAKE_H
#define EXN_TEST_MPF_MAKE_H

#include "buffer.h"

enum { EXN_TEST_PICTURES = 4 };

typedef struct exn_test_secondary {
    exn_span jpeg;        /* borrowed */
    uint32_t type;        /* its MPF attributes */
    const char *semantic; /* of its item; NULL: none */
    size_t gap;           /* zero bytes before it */
} exn_test_secondary;

typedef struct exn_test_multi {
    exn_span primary; /* a JPEG without Exif; borrowed */
    uint32_t orientation;
    bool mpf, big_endian;
    bool attributes;          /* an attribute IFD after the index IFD */
    bool directory, elements; /* GContainer; as elements instead of attributes */
    bool primary_length;      /* its item has a length too */
    bool wrapper;             /* <?xpacket?> and padding */
    bool hdrgm, iso;          /* what says that there is a gain map */
    exn_span trailer;         /* after the last picture; borrowed */
    const char *trailer_mime; /* it has an item; NULL: none */
    exn_test_secondary secondary[EXN_TEST_PICTURES];
    size_t count;
} exn_test_multi;

/* Appends the file to out. False: out of memory. */
bool exn_test_multi_make(const exn_test_multi *multi, exn_buffer *out);

/* The gain map's own XMP, as a payload of APP1 (hdrgm of the Ultra HDR format, version 1). */
exn_span exn_test_gain_map_xmp(void);

/* The MPF index: count is the number of entries, first picture included; 0: no index. base: of the
 * offsets. */
typedef struct exn_test_index {
    size_t at, base, count;
    uint32_t type[8], size[8], offset[8];
    bool big_endian;
} exn_test_index;

void exn_test_index_read(exn_span file, exn_test_index *index);

/* Where picture i stands by the index; empty where that is outside of the file. */
exn_span exn_test_indexed(exn_span file, const exn_test_index *index, size_t i);

/* The numbers of every Item:Length, in their order; how many. */
size_t exn_test_lengths(exn_span file, uint32_t lengths[8]);

#endif
