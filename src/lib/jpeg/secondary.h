/* SPDX-License-Identifier: MIT */
/* The secondary images of a JPEG file, which follow the first one's EOI and are found by an index
 * in its segments: CIPA DC-007 (MPF) by offset and size, Google's GContainer directory in XMP by
 * lengths alone.
 *
 * Between and after the pictures there are padding, videos and makers' trailers, which are found by
 * their distance from the end of the file or from a picture. So every byte of them is carried over
 * in order, and the index is updated with the pictures' new places.
 *
 *   exn_secondary_open()                what the index says, and whether it is true
 *   fill in product of each picture       by the caller, who can rotate one
 *   exn_secondary_lengths()             before the first picture's segments are written
 *   exn_secondary_append_trailer()      after its EOI
 *   exn_secondary_patch()               the MPF index, which precedes what it points at
 *   exn_secondary_close()               in every case */
#ifndef EXN_JPEG_SECONDARY_H
#define EXN_JPEG_SECONDARY_H

#include "metadata/mpf.h"
#include "metadata/xmp.h"
#include "segments.h"

typedef struct exn_picture {
    size_t at, size;      /* in the file; after the first picture's EOI */
    uint32_t entry, item; /* its number in the MPF index and in the directory; 0: not in it. If in
                             neither: a gain map, which HDR viewers find without an index */
    exn_mpf_frame frame;
    exn_buffer product; /* owned; what replaces it, if it is replaced */
    bool replaced;
    size_t new_at; /* relative to the first picture's EOI; set by exn_secondary_append_trailer() */
} exn_picture;

typedef struct exn_secondaries {
    const exn_jpeg *jpeg; /* borrowed */
    bool indexed;
    char reason[80]; /* why the index is not true, or cannot be kept true; empty: it can */
    bool untrue;     /* the reason is that an index is wrong, not that a picture is unusual */
    bool distrusted; /* so the index has to be removed; pictures are those found without it */
    bool leave_out;  /* set by whoever decides to leave them out of the output */
    bool stale;      /* more of the scene follows EOI, which cannot be rotated */
    bool leftover; /* without a reason: every picture has been cut off, and the index names nothing
                    */
    const exn_segment *mpf_segment, *xmp_segment; /* NULL: none */
    exn_mpf mpf;
    exn_xmp_directory directory;
    exn_picture *pictures; /* owned; in the order of the file, without overlaps */
    size_t count;
} exn_secondaries;

/* turning: whether the pictures will have to be rotated, which has more requirements, except for
 * those that have been cut off. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_secondary_open(exn_secondaries *s, const exn_jpeg *jpeg, bool turning);

void exn_secondary_close(exn_secondaries *s);

/* Replaces an untrue index by what is found without it; exn_secondary_open() has already done so if
 * pictures will have to be rotated. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_secondary_distrust(exn_secondaries *s);

/* Reports a failure caused by further images, and how to process the file without them. Returns
 * status. */
exn_status exn_secondary_refuse(exn_error *error, exn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether a secondary image, parsed to its end, can be edited together with a first one of that
 * stored size. Returns EXN_OK, UNSUPPORTED or MEMORY. */
exn_status exn_secondary_check(const exn_jpeg *picture, uint32_t width, uint32_t height,
                               exn_error *error);

/* Whether a picture in MPF's index has an orientation of its own that can be removed if no pixel is
 * rotated. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_secondary_orients(const exn_jpeg *jpeg, bool *orients);

/* The directory's new lengths if the first picture has that size. */
void exn_secondary_lengths(const exn_secondaries *s, size_t primary_size, exn_xmp_relist *relist);

/* Appends what follows the first picture's EOI, replacing each picture that has a product.
 * leave_out: omits the others that are JPEGs. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_secondary_append_trailer(exn_secondaries *s, bool leave_out, exn_buffer *out);

/* Updates the MPF index in the whole output: its segment begins at segment_at, and the first
 * picture has that size. Returns false if the format's 32 bits are not enough. */
bool exn_secondary_patch(const exn_secondaries *s, exn_buffer *product, size_t segment_at,
                         size_t primary_size);

#endif
