/* SPDX-License-Identifier: MIT */
/* Replacements in a span of bytes, and the span with them. Knows nothing of what the bytes are.
 *
 * exn_xmp_edits_open(); then any of the others, by spans and offsets of the input, which may not
 * overlap; exn_xmp_edits_append() at the end; exn_xmp_edits_free(). A failure stays in `status`,
 * and what comes after it does nothing. */
#ifndef EXN_METADATA_XMP_EDITS_H
#define EXN_METADATA_XMP_EDITS_H

#include "buffer.h"

typedef struct exn_xmp_edits {
    exn_span in;
    bool recording; /* else the input is only read, and nothing is replaced */
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

/* Puts blanks in the place of what lies between two offsets. */
void exn_xmp_edits_blank(exn_xmp_edits *edits, size_t at, size_t end);

/* Replaces a part of the input. Does nothing where the bytes are the same. */
void exn_xmp_edits_replace(exn_xmp_edits *edits, exn_span raw, const void *bytes, size_t size);
void exn_xmp_edits_replace_integer(exn_xmp_edits *edits, exn_span raw, uint32_t value);

/* Replaces a part of the input by what the caller has appended to long_texts from long_at on. */
void exn_xmp_edits_replace_long(exn_xmp_edits *edits, exn_span raw, size_t long_at);

/* exn_xmp_edits_undo(): takes back what came since exn_xmp_edits_mark(), if all of it lies after
 * whatever came before. */
static inline size_t exn_xmp_edits_mark(const exn_xmp_edits *edits)
{
    return edits->list.size;
}

void exn_xmp_edits_undo(exn_xmp_edits *edits, size_t mark);

/* Gives the blanks before `at` what the input lost, or takes from them what it gained. */
void exn_xmp_edits_balance(exn_xmp_edits *edits, size_t at);

/* Appends the input with its replacements. Returns status. */
exn_status exn_xmp_edits_append(exn_xmp_edits *edits, exn_buffer *out);

#endif
