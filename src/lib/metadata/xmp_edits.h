/* SPDX-License-Identifier: MIT */
/* Replaces parts of a span of bytes. Knows nothing about what the bytes mean.
 *
 * exn_xmp_edits_open(); then any of the others, with spans and offsets of the input, which must not
 * overlap; exn_xmp_edits_append() at the end; exn_xmp_edits_free(). A failure is kept in `status`,
 * and later calls do nothing. */
#ifndef EXN_METADATA_XMP_EDITS_H
#define EXN_METADATA_XMP_EDITS_H

#include "buffer.h"

typedef struct exn_xmp_edits {
    exn_span in;
    bool recording; /* otherwise the input is only read, and nothing is replaced */
    exn_status status;
    exn_buffer list; /* in the order of their offsets */
    exn_buffer long_texts;
} exn_xmp_edits;

void exn_xmp_edits_open(exn_xmp_edits *edits, exn_span in, bool recording);
void exn_xmp_edits_free(exn_xmp_edits *edits);

static inline bool exn_xmp_edits_any(const exn_xmp_edits *edits)
{
    return edits->list.size > 0;
}

/* Replaces everything between two offsets by blanks. */
void exn_xmp_edits_blank(exn_xmp_edits *edits, size_t at, size_t end);

/* Replace a part of the input. They do nothing if the bytes are the same. */
void exn_xmp_edits_replace(exn_xmp_edits *edits, exn_span raw, const void *bytes, size_t size);
void exn_xmp_edits_replace_integer(exn_xmp_edits *edits, exn_span raw, uint32_t value);

/* Replaces a part of the input by what the caller has appended to long_texts from long_at on. */
void exn_xmp_edits_replace_long(exn_xmp_edits *edits, exn_span raw, size_t long_at);

/* exn_xmp_edits_undo() removes everything since exn_xmp_edits_mark(), if all of it comes after
 * whatever was there before. */
static inline size_t exn_xmp_edits_mark(const exn_xmp_edits *edits)
{
    return edits->list.size;
}

void exn_xmp_edits_undo(exn_xmp_edits *edits, size_t mark);

/* Adds the bytes that the input lost to the blanks before `at`, or removes there what it gained. */
void exn_xmp_edits_balance(exn_xmp_edits *edits, size_t at);

/* Appends the input with its replacements. Returns status. */
exn_status exn_xmp_edits_append(exn_xmp_edits *edits, exn_buffer *out);

#endif
