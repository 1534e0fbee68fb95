/* SPDX-License-Identifier: MIT */
/* Replaces ranges of a source; every byte outside of them is copied as it is.
 *
 * Put edits in any order. Flush as often as it is known that no further edit comes before some
 * offset, so that a file of gigabytes needs little memory. Then finish. */
#ifndef EXN_LABELS_EDITS_H
#define EXN_LABELS_EDITS_H

#include "account.h"

typedef struct exn_edits_range {
    uint64_t offset, size;    /* what is replaced */
    uint32_t text, text_size; /* what replaces it */
} exn_edits_range;

/* source, sink and account are borrowed. Initialize as {.source, .sink, .account}; free with
 * exn_edits_free(). */
typedef struct exn_edits {
    const exn_source *source;
    const exn_sink *sink;
    exn_account *account; /* may be NULL */
    uint64_t done;        /* bytes of the source that have been written or replaced */
    uint64_t count;       /* edits since the beginning */
    exn_buffer ranges, texts;
    bool is_mixed;   /* ranges are out of order */
    uint8_t *window; /* of the source, read ahead because edits stand close together */
    uint64_t window_at;
    size_t window_size;
    exn_buffer out; /* what the sink gets next */
} exn_edits;

/* Fails with EXN_INTERNAL if the range is not in the source or was already flushed. */
exn_status exn_edits_put_any(exn_edits *edits, uint64_t offset, uint64_t size, exn_span text,
                             exn_error *error);

/* The same, inline for most edits: short, with room in the buffers, and after the previous one. */
static inline exn_status exn_edits_put(exn_edits *edits, uint64_t offset, uint64_t size,
                                       exn_span text, exn_error *error)
{
    exn_buffer *const ranges = &edits->ranges, *const texts = &edits->texts;
    if (ranges->size == 0 || ranges->capacity - ranges->size < sizeof(exn_edits_range) ||
        texts->capacity - texts->size < text.size || text.size > UINT16_MAX ||
        texts->size > UINT32_MAX - UINT16_MAX || offset > edits->source->size ||
        size > edits->source->size - offset)
        return exn_edits_put_any(edits, offset, size, text, error);
    /* malloc() allocated the buffer, so it is aligned for anything. */
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

/* A series of edits, each after the one before it, kept in the caller's own variables: where the
 * next range and text go. Nothing else may touch edits between exn_edits_begin() and
 * exn_edits_end(). */
typedef struct exn_edits_series {
    exn_edits_range *range;
    uint8_t *text; /* EXN_EDITS_SHORT writable bytes */
    uint32_t at;   /* the offset of text in the texts */
    uint32_t room; /* how many more edits fit */
    uint64_t end;  /* of the last edit */
    uint64_t size; /* of the source */
} exn_edits_series;

enum {
    EXN_EDITS_SHORT = 24, /* the longest text in a series */
    EXN_EDITS_SERIES = 64
};

/* Returns false if there is no memory for them now. */
bool exn_edits_begin(exn_edits *edits, exn_edits_series *series);

/* If there is room, the first text_size bytes of series->text become the replacement. Returns
 * false, having done nothing, if the range does not come after the previous one or is not in the
 * source. */
static inline bool exn_edits_append(exn_edits_series *series, uint64_t offset, uint64_t size,
                                    uint32_t text_size)
{
    if (offset < series->end || offset > series->size || size > series->size - offset)
        return false;
    *series->range++ = (exn_edits_range){offset, size, series->at, text_size};
    series->end = offset + size;
    series->text += text_size;
    series->at += text_size;
    series->room--;
    return true;
}

void exn_edits_end(exn_edits *edits, const exn_edits_series *series);

/* Writes everything before offset, in large pieces. Fails with EXN_INTERNAL if two ranges overlap,
 * EXN_READ, EXN_WRITE or EXN_MEMORY. */
exn_status exn_edits_flush(exn_edits *edits, uint64_t offset, exn_error *error);

/* Writes the rest of the source. */
exn_status exn_edits_finish(exn_edits *edits, exn_error *error);

void exn_edits_free(exn_edits *edits);

#endif
