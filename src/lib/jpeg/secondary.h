/* SPDX-License-Identifier: MIT */
/* The secondary images of a JPEG file, which stand after the first one's EOI and are
 * found by an index in its segments: CIPA DC-007 (MPF) by offset and size, Google's GContainer
 * directory in XMP by lengths alone.
 *
 * Between and after the pictures lie padding, videos and makers' trailers. They are found by their
 * distance from the end of the file or from a picture, so every byte of them is carried over in its
 * order, and the index is made to say where the pictures then are.
 *
 *     exn_secondary_open()                what the index says, and whether it is true
 *     fill in product of each picture       by the caller, who can rotate one
 *     exn_secondary_lengths()             before the first picture's segments are written
 *     exn_secondary_append_trailer()      after its EOI
 *     exn_secondary_patch()               the MPF index, which comes before what it points at
 *     exn_secondary_close()               in every case */
#ifndef EXN_JPEG_SECONDARY_H
#define EXN_JPEG_SECONDARY_H

#include "metadata/mpf.h"
#include "metadata/xmp.h"
#include "segments.h"

typedef struct exn_picture {
    size_t at, size;      /* in the file; after the first picture's EOI */
    uint32_t entry, item; /* its number in the MPF index and in the directory; 0: not in it. In
                             neither: a gain map, which HDR viewers find without an index */
    exn_mpf_frame frame;
    exn_buffer product; /* owned; what is to stand there where it is replaced */
    bool replaced;
    size_t new_at; /* from the first picture's EOI on; by exn_secondary_append_trailer() */
} exn_picture;

typedef struct exn_secondaries {
    const exn_jpeg *jpeg; /* borrowed */
    bool indexed;
    char reason[80]; /* why the index is not true, or cannot be kept so; empty: it can */
    bool untrue;     /* the reason is that an index is wrong, and not that a picture is special */
    bool distrusted; /* so the index is to go; the pictures are those that are found without it */
    bool leave_out;  /* by whom decides what becomes of them: they are left out of the output */
    bool stale;      /* after EOI is more of the scene that nobody here can rotate */
    bool leftover;   /* without a reason: every picture has been cut off, the index names nothing */
    const exn_segment *mpf_segment, *xmp_segment; /* NULL: none */
    exn_mpf mpf;
    exn_xmp_directory directory;
    exn_picture *pictures; /* owned; in the order of the file, without overlap */
    size_t count;
} exn_secondaries;

/* turning: whether the pictures will have to be rotated, which asks more of them, but nothing of
 * those that have been cut off. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_secondary_open(exn_secondaries *s, const exn_jpeg *jpeg, bool turning);

void exn_secondary_close(exn_secondaries *s);

/* Turns to what is found without an index, which is untrue; exn_secondary_open() has done so where
 * pictures will have to be rotated. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_secondary_distrust(exn_secondaries *s);

/* Notes a failure that is due to further images, and how a file does without them. Returns status.
 */
exn_status exn_secondary_refuse(exn_error *error, exn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether a secondary image, parsed to its end, may be edited beside a first one of that stored
 * size. Returns EXN_OK, UNSUPPORTED or MEMORY. */
exn_status exn_secondary_check(const exn_jpeg *picture, uint32_t width, uint32_t height,
                               exn_error *error);

/* Asks whether a picture that MPF's index names has an orientation of its own that can be removed
 * where no pixel is rotated. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_secondary_orients(const exn_jpeg *jpeg, bool *orients);

/* The lengths that the directory is to have where the first picture has that size. */
void exn_secondary_lengths(const exn_secondaries *s, size_t primary_size, exn_xmp_relist *relist);

/* Appends what follows the first picture's EOI, each picture replaced where there is a product. Of
 * the others those that are JPEGs may be left out. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_secondary_append_trailer(exn_secondaries *s, bool leave_out, exn_buffer *out);

/* Brings the MPF index up to date in the whole output: its segment begins at segment_at, the first
 * picture has that size. False where the format's 32 bits do not suffice. */
bool exn_secondary_patch(const exn_secondaries *s, exn_buffer *product, size_t segment_at,
                         size_t primary_size);

#endif
