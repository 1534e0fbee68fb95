/* SPDX-License-Identifier: MIT */
/* Where bits become a scan's bytes. Codes are put together without stuffing, which would be a
 * question for each byte, and stuffed a stage at a time. */
#ifndef EXN_JPEG_ENTROPY_STAGE_H
#define EXN_JPEG_ENTROPY_STAGE_H

#include "buffer.h"
#include "entropy_bits.h"

enum { EXN_STAGE = 1 << 14 }; /* bytes that are put together before they are stuffed */

typedef struct exn_entropy_stage {
    exn_bit_writer bits; /* into bytes */
    uint8_t *bytes;      /* owned */
    exn_buffer *out;     /* borrowed */
} exn_entropy_stage;

/* False: no memory. It may be closed in any case. */
bool exn_entropy_stage_open(exn_entropy_stage *stage, exn_buffer *out);
void exn_entropy_stage_close(exn_entropy_stage *stage);

/* Bytes that may still be written before it has to be emptied. */
EXN_INLINE ptrdiff_t exn_stage_room(const exn_entropy_stage *stage)
{
    return EXN_STAGE - (stage->bits.at - stage->bytes);
}

/* Stuffs the whole bytes that are staged; the same with the last byte filled up; and after that a
 * restart marker, whose number goes round from 0 to 7. Return EXN_OK or EXN_MEMORY. */
exn_status exn_entropy_stage_empty(exn_entropy_stage *stage);
exn_status exn_entropy_stage_flush(exn_entropy_stage *stage);
exn_status exn_entropy_stage_restart(exn_entropy_stage *stage, unsigned number);

#endif
