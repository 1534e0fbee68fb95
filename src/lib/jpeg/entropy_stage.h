/* SPDX-License-Identifier: MIT */
/* Turns bits into a scan's bytes. Codes are put together without stuffing, which would take a test
 * for each byte, and stuffed one stage at a time. */
#ifndef EXN_JPEG_ENTROPY_STAGE_H
#define EXN_JPEG_ENTROPY_STAGE_H

#include "buffer.h"
#include "entropy_bits.h"

enum { EXN_STAGE = 1 << 14 }; /* bytes put together before they are stuffed */

typedef struct exn_entropy_stage {
    exn_bit_writer bits; /* into bytes */
    uint8_t *bytes;      /* owned */
    exn_buffer *out;     /* borrowed */
} exn_entropy_stage;

/* Returns false if out of memory. May be closed in any case. */
bool exn_entropy_stage_open(exn_entropy_stage *stage, exn_buffer *out);
void exn_entropy_stage_close(exn_entropy_stage *stage);

/* How many bytes may still be written before it has to be emptied. */
EXN_INLINE ptrdiff_t exn_stage_room(const exn_entropy_stage *stage)
{
    return EXN_STAGE - (stage->bits.at - stage->bytes);
}

/* Stuffs the whole bytes that are staged; the same after filling up the last byte; and that
 * followed by a restart marker, whose number cycles from 0 to 7. Return EXN_OK or EXN_MEMORY. */
exn_status exn_entropy_stage_empty(exn_entropy_stage *stage);
exn_status exn_entropy_stage_flush(exn_entropy_stage *stage);
exn_status exn_entropy_stage_restart(exn_entropy_stage *stage, unsigned number);

#endif
