/* SPDX-License-Identifier: MIT */
/* What the text of a JSON string says: escapes undone. The text is a token's, so it is valid. */
#ifndef EXN_LABELS_JSON_TEXT_H
#define EXN_LABELS_JSON_TEXT_H

#include "buffer.h"

/* Appends the text of a string or key with its escapes undone, as UTF-8. A single \udc80 to \udcff
 * is one byte of 0x80 to 0xff, which is how Python writes a file name that is not UTF-8 (PEP 383);
 * any other half of a surrogate pair is EXN_CORRUPT. */
exn_status exn_json_text_unescape(exn_span text, exn_buffer *out);

/* Whether the text of a string or key is these plain characters, however it is escaped. */
bool exn_json_text_is(exn_span text, const char *word);

#endif
