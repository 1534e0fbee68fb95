/* SPDX-License-Identifier: MIT */
/* The index of a Multi-Picture Format file (CIPA DC-007): the TIFF bytes after "MPF" and
 * a zero in an APP2 segment.
 *
 * Order: exn_mpf_open(), then exn_mpf_entry_at() for each picture; exn_mpf_put() on a copy of the
 * same bytes. Nothing in the block moves, so what else it says of each picture stays where it is.
 */
#ifndef EXN_METADATA_MPF_H
#define EXN_METADATA_MPF_H

#include "buffer.h"

enum { EXN_MPF_PREFIX = 4, EXN_MPF_ENTRIES_MAX = 256 };

typedef enum exn_mpf_verdict {
    EXN_MPF_NO_INDEX, /* attributes of one picture only (DC-007, 5.2.4) */
    EXN_MPF_INDEX,
    EXN_MPF_BROKEN, /* there may be an index, but none that can be edited with safety */
} exn_mpf_verdict;

typedef struct exn_mpf {
    bool big_endian;
    uint32_t count;    /* of pictures, with the first one */
    size_t entries_at; /* of the entries, from the byte-order mark */
} exn_mpf;

/* What the type code of an entry says of a picture's frame (DC-007, 5.2.3.3). */
typedef enum exn_mpf_frame {
    EXN_MPF_FRAME_SAME,     /* previews; undefined, which is what gain maps are */
    EXN_MPF_FRAME_PANORAMA, /* one of several pictures that belong side by side */
    EXN_MPF_FRAME_STEREO,
    EXN_MPF_FRAME_ANGLE,
    EXN_MPF_FRAME_ORIGINAL, /* preserved as it was shot */
    EXN_MPF_FRAME_UNKNOWN,
} exn_mpf_frame;

typedef struct exn_mpf_entry {
    exn_mpf_frame frame;
    bool is_jpeg;
    uint32_t size,
        offset; /* the offset counts from the byte-order mark; the first picture's is 0 */
} exn_mpf_entry;

/* Never fails: what is broken is so called. */
exn_mpf_verdict exn_mpf_open(exn_span tiff, exn_mpf *mpf);

/* number < mpf->count */
exn_mpf_entry exn_mpf_entry_at(exn_span tiff, const exn_mpf *mpf, uint32_t number);

/* Writes size and offset of an entry into tiff, a copy of the bytes that were opened. */
void exn_mpf_put(uint8_t *tiff, const exn_mpf *mpf, uint32_t number, uint32_t size,
                 uint32_t offset);

#endif
