/* SPDX-License-Identifier: MIT */
/* JPEGs inside of metadata. The JPEG format rotates them, with one budget for the whole file: a
 * hostile one has thousands of them, small in bytes and large in pixels. */
#ifndef EXN_THUMBNAILS_H
#define EXN_THUMBNAILS_H

#include "buffer.h"
#include "cancel.h"
#include "orientation.h"

typedef struct exn_thumbnails {
    /* Rotates a JPEG by o, removes what it says of an orientation of its own, appends it to out,
     * and takes from what is left. room: bytes that it should not exceed; its Huffman tables are
     * made for it where it else would. Any failure but EXN_MEMORY costs the thumbnail, not the
     * file. */
    exn_status (*turn)(struct exn_thumbnails *thumbnails, exn_span jpeg, exn_orientation o,
                       size_t room, exn_buffer *out);
    /* Whether a JPEG says an orientation other than 1 of its own. */
    bool (*orients)(exn_span jpeg);
    uint32_t count;      /* how many are left to be rotated */
    uint32_t depth;      /* how many may stand inside of each other */
    uint64_t blocks;     /* how many 8x8 blocks may still be decoded for them, in all scans */
    uint64_t max_memory; /* bytes that rotating one may take */
    exn_cancel cancel;   /* asked while one is rotated */
    uint32_t warnings;   /* what was left out of them: a set of exn_warning */
} exn_thumbnails;

#endif
