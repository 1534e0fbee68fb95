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

/* Many edits at once, each behind the one before it, in the caller's own variables: where the next
 * one's range and text go. Nothing else is done to edits between exn_edits_begin() and
 * exn_edits_end(). */
typedef struct exn_edits_series {
    exn_edits_range *range;
    uint8_t *text; /* EXN_EDITS_SHORT bytes that may be written to */
    uint32_t at;   /* of text, in all texts */
    uint32_t room; /* for so many more */
    uint64_t end;  /* of what was edited last */
    uint64_t size; /* of the source */
} exn_edits_series;

enum {
    EXN_EDITS_SHORT = 24, /* the longest text in a series */
    EXN_EDITS_SERIES = 64
};

/* False: there is no memory for them now. */
bool exn_edits_begin(exn_edits *edits, exn_edits_series *series);

/* Where there is room: the first text_size bytes of series->text come. False: it does not stand
 * behind the one before, or is not in the source, and nothing has been done. */
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

/* Is done with everything before offset, which goes to the sink in large pieces. Fails with
 * EXN_INTERNAL where two ranges overlap, EXN_READ, EXN_WRITE or EXN_MEMORY. */
exn_status exn_edits_flush(exn_edits *edits, uint64_t offset, exn_error *error);

/* Writes the rest, to its last byte. */
exn_status exn_edits_finish(exn_edits *edits, exn_error *error);

void exn_edits_free(exn_edits *edits);

#endif
