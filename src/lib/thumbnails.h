/* SPDX-License-Identifier: MIT */
/* JPEGs inside metadata. The JPEG format rotates them, with one budget for the whole file: a
 * hostile one may have thousands, small in bytes and large in pixels. */
#ifndef EXN_THUMBNAILS_H
#define EXN_THUMBNAILS_H

#include "buffer.h"
#include "cancel.h"
#include "orientation.h"

typedef struct exn_thumbnails {
    /* Rotates a JPEG by o, removes its own orientation, appends it to out, and subtracts its cost
     * from what is left. room: the bytes that it should not exceed; if it otherwise would, its
     * Huffman tables are optimized. Any failure except EXN_MEMORY costs the thumbnail, not the
     * file. */
    exn_status (*turn)(struct exn_thumbnails *thumbnails, exn_span jpeg, exn_orientation o,
                       size_t room, exn_buffer *out);
    /* Whether a JPEG has an orientation other than 1 of its own. */
    bool (*orients)(exn_span jpeg);
    uint32_t count;      /* how many may still be rotated */
    uint32_t depth;      /* how deeply they may be nested */
    uint64_t blocks;     /* how many 8x8 blocks may still be decoded for them, in all scans */
    uint64_t max_memory; /* bytes that rotating one may take */
    exn_cancel cancel;   /* checked while one is rotated */
    uint32_t warnings;   /* what was left out of them: a set of exn_warning */
} exn_thumbnails;

#endif
