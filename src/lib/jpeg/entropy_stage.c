/* SPDX-License-Identifier: MIT */
#include "entropy_stage.h"

#include <stdlib.h>

#include "markers.h"

bool exn_entropy_stage_open(exn_entropy_stage *s, exn_buffer *out)
{
    *s = (exn_entropy_stage){.bytes = malloc(EXN_STAGE), .out = out};
    s->bits.at = s->bytes;
    return s->bytes != NULL;
}

void exn_entropy_stage_close(exn_entropy_stage *s)
{
    free(s->bytes);
    *s = (exn_entropy_stage){.bytes = NULL};
}

/* Whether any byte is FF: adding 1 clears or carries out its top bit. */
EXN_INLINE bool has_ff(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return word & ~(word + ones) & ones << 7;
}

/* T.81, F.1.2.3: stuffs a zero after each FF, so that data never look like a marker. Most words of
 * eight bytes have no FF and are copied as they are. */
static exn_status append_stuffed(exn_buffer *out, const uint8_t *from, size_t size)
{
    const uint8_t *end = from + size;
    /* Every byte may be an FF. */
    if (exn_buffer_reserve(out, 2 * size) != EXN_OK)
        return EXN_MEMORY;
    uint8_t *to = out->data + out->size;
    while (from < end) {
        uint64_t word;
        if (end - from >= 8 && (memcpy(&word, from, 8), !has_ff(word))) {
            memcpy(to, &word, 8);
            from += 8;
            to += 8;
            continue;
        }
        for (int n = 0; n < 8 && from < end; n++) {
            *to++ = *from;
            if (*from++ == 0xFF)
                *to++ = 0;
        }
    }
    out->size = (size_t)(to - out->data);
    return EXN_OK;
}

exn_status exn_entropy_stage_empty(exn_entropy_stage *s)
{
    exn_status status = append_stuffed(s->out, s->bytes, (size_t)(s->bits.at - s->bytes));
    s->bits.at = s->bytes;
    return status;
}

/* Fills the last byte with ones (T.81, F.1.2.3). */
exn_status exn_entropy_stage_flush(exn_entropy_stage *s)
{
    unsigned padding = -s->bits.count & 7;
    exn_bits_append(&s->bits, (1u << padding) - 1, padding);
    exn_bits_settle(&s->bits);
    return exn_entropy_stage_empty(s);
}

/* The marker goes directly to the output, because in the stage its FF would be stuffed. */
exn_status exn_entropy_stage_restart(exn_entropy_stage *s, unsigned number)
{
    const uint8_t marker[2] = {0xFF, (uint8_t)(EXN_MARKER_RST0 + number % 8)};
    exn_status status = exn_entropy_stage_flush(s);
    return status == EXN_OK ? exn_buffer_append(s->out, marker, 2) : status;
}
