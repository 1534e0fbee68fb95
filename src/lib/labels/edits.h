/* SPDX-License-Identifier: MIT */
/* Ranges of a source that get other bytes; every byte outside of them is copied as it is.
 *
 * Put edits, in any order; flush up to where no further one can come, as often as that is known, so
 * that a file of gigabytes needs little memory; finish. */
#ifndef EXN_LABELS_EDITS_H
#define EXN_LABELS_EDITS_H

#include "account.h"

typedef struct exn_edits_range {
    uint64_t offset, size;    /* what goes */
    uint32_t text, text_size; /* what comes */
} exn_edits_range;

/* source, sink and account are borrowed. Begins as {.source, .sink, .account}, ends with
 * exn_edits_free(). */
typedef struct exn_edits {
    const exn_source *source;
    const exn_sink *sink;
    exn_account *account; /* may be NULL */
    uint64_t done;        /* bytes of the source that are dealt with */
    uint64_t count;       /* edits since the beginning */
    exn_buffer ranges, texts;
    bool is_mixed;   /* ranges are not in order */
    uint8_t *window; /* of the source: read ahead, since edits stand close together */
    uint64_t window_at;
    size_t window_size;
    exn_buffer out; /* what the sink gets next */
} exn_edits;

/* Fails with EXN_INTERNAL where the range is not in the source, or was flushed already. */
exn_status exn_edits_put_any(exn_edits *edits, uint64_t offset, uint64_t size, exn_span text,
                             exn_error *error);

/* Likewise: most edits are few bytes, have room, and stand behind the one before. */
static inline exn_status exn_edits_put(exn_edits *edits, uint64_t offset, uint64_t size,
                                       exn_span text, exn_error *error)
{
    exn_buffer *const ranges = &edits->ranges, *const texts = &edits->texts;
    if (ranges->size == 0 || ranges->capacity - ranges->size < sizeof(exn_edits_range) ||
        texts->capacity - texts->size < text.size || text.size > UINT16_MAX ||
        texts->size > UINT32_MAX - UINT16_MAX || offset > edits->source->size ||
        size > edits->source->size - offset)
        return exn_edits_put_any(edits, offset, size, text, error);
    /* The buffer's bytes are malloc()'s, and so are aligned for anything. */
    exn_edits_range *range = (exn_edits_range *)(void *)(ranges->data + ranges->size);
    if (offset < range[-1].offset + range[-1].size)
        return exn_edits_put_any(edits, offset, size, text, error);
    range->offset = offset;
    range->size = size;
    range->text = (uint32_t)texts->size;
    range->text_size = (uint32_t)text.size;
    exn_buffer_copy(texts->data + texts->size, text.data, text.size);
    ranges->size += sizeof *range;
    texts->size += text.size;
    edits->count++;
    return EXN_OK;
}

/* Is done with everything before offset, which goes to the sink in large pieces. Fails with
 * EXN_INTERNAL where two ranges overlap, EXN_READ, EXN_WRITE or EXN_MEMORY. */
exn_status exn_edits_flush(exn_edits *edits, uint64_t offset, exn_error *error);

/* Writes the rest, to its last byte. */
exn_status exn_edits_finish(exn_edits *edits, exn_error *error);

void exn_edits_free(exn_edits *edits);

#endif
