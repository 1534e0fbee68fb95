/* SPDX-License-Identifier: MIT */
/* The value of a JSON string, with its escapes undone. The text is a token's, so it is valid. */
#ifndef EXN_LABELS_JSON_TEXT_H
#define EXN_LABELS_JSON_TEXT_H

#include <string.h>

#include "buffer.h"

/* Appends the value of a string or key as UTF-8. A single \udc80 to \udcff is one byte of 0x80 to
 * 0xff, which is how Python writes a file name that is not UTF-8 (PEP 383); any other half of a
 * surrogate pair is EXN_CORRUPT. */
exn_status exn_json_text_unescape(exn_span text, exn_buffer *out);

/* Whether the text's value begins with prefix (UTF-8); *size: how many bytes of the text that
 * takes. */
bool exn_json_text_starts(exn_span text, exn_span prefix, size_t *size);

/* Appends UTF-8 as the text of a string. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_json_text_escape(exn_span utf8, exn_buffer *out);

bool exn_json_text_is_escaped(exn_span text, const char *word);

/* Whether a string's or key's value is these plain characters, however it is escaped; escapes are
 * longer than what they stand for. Each member is compared with many words, so this is inline to
 * let the compiler know the word's length. */
static inline bool exn_json_text_is(exn_span text, const char *word)
{
    const size_t size = strlen(word);
    if (__builtin_expect(text.size <= size, 1))
        return text.size == size && memcmp(text.data, word, size) == 0;
    return (*text.data == '\\' || *text.data == (uint8_t)*word) &&
           exn_json_text_is_escaped(text, word);
}

#endif
