/* SPDX-License-Identifier: MIT */
/* The index of a Multi-Picture Format file (CIPA DC-007): the TIFF bytes after "MPF" and a zero in
 * an APP2 segment.
 *
 * Order: exn_mpf_open(), then exn_mpf_entry_at() for each picture; exn_mpf_put() on a copy of the
 * same bytes. Nothing in the block moves, so everything else it says about each picture is kept. */
#ifndef EXN_METADATA_MPF_H
#define EXN_METADATA_MPF_H

#include "buffer.h"

enum { EXN_MPF_PREFIX = 4, EXN_MPF_ENTRIES_MAX = 256 };

typedef enum exn_mpf_verdict {
    EXN_MPF_NO_INDEX, /* attributes of a single picture (DC-007, 5.2.4) */
    EXN_MPF_INDEX,
    EXN_MPF_BROKEN, /* there may be an index, but not one that can be edited safely */
} exn_mpf_verdict;

typedef struct exn_mpf {
    bool big_endian;
    uint32_t count;    /* of pictures, including the first one */
    size_t entries_at; /* of the entries, relative to the byte-order mark */
} exn_mpf;

/* What an entry's type code says about a picture's frame (DC-007, 5.2.3.3). */
typedef enum exn_mpf_frame {
    EXN_MPF_FRAME_SAME,     /* previews; undefined, as for gain maps */
    EXN_MPF_FRAME_PANORAMA, /* one of several adjacent pictures */
    EXN_MPF_FRAME_STEREO,
    EXN_MPF_FRAME_ANGLE,
    EXN_MPF_FRAME_ORIGINAL, /* preserved as it was taken */
    EXN_MPF_FRAME_UNKNOWN,
} exn_mpf_frame;

typedef struct exn_mpf_entry {
    exn_mpf_frame frame;
    bool is_jpeg;
    uint32_t size, offset; /* relative to the byte-order mark; the first picture's is 0 */
} exn_mpf_entry;

/* Never fails: a broken index has its own verdict. */
exn_mpf_verdict exn_mpf_open(exn_span tiff, exn_mpf *mpf);

/* number < mpf->count */
exn_mpf_entry exn_mpf_entry_at(exn_span tiff, const exn_mpf *mpf, uint32_t number);

/* Writes an entry's size and offset into tiff, a copy of the bytes that were opened. */
void exn_mpf_put(uint8_t *tiff, const exn_mpf *mpf, uint32_t number, uint32_t size,
                 uint32_t offset);

#endif
