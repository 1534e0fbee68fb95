/* SPDX-License-Identifier: MIT */
/* JPEGs inside of metadata. Floor 2 turns them, with one budget for the whole file: a
 * hostile one has thousands of them, small in bytes and large in pixels. */
#ifndef EXN_METADATA_THUMBNAILS_H
#define EXN_METADATA_THUMBNAILS_H

#include "buffer.h"
#include "orientation.h"

typedef struct exn_thumbnails {
    /* Turns a JPEG by o, appends it to out, and takes from what is left. Any failure but EXN_MEMORY
     * costs the thumbnail, not the file. */
    exn_status (*turn)(struct exn_thumbnails *thumbnails, exn_span jpeg, exn_orientation o,
                       exn_buffer *out);
    uint32_t count;      /* how many are left to be turned */
    uint64_t blocks;     /* how many 8x8 blocks may still be decoded for them, in all scans */
    uint64_t max_memory; /* bytes that turning one may take */
} exn_thumbnails;

#endif
