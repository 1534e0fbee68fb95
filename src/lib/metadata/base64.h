/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648, section 4) as XMP writes it: in lines, whose ends are characters or references.
 */
#ifndef EXN_METADATA_BASE64_H
#define EXN_METADATA_BASE64_H

#include "buffer.h"

/* What separates lines, inside the decoded text, and the digits per line; empty: one line. */
typedef struct exn_base64_layout {
    exn_span gap;
    size_t line;
} exn_base64_layout;

/* Appends the bytes that text encodes. *valid becomes false if it is not base64; out then has part
 * of it. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_base64_decode(exn_span text, exn_base64_layout *layout, exn_buffer *out,
                             bool *valid);

/* Appends data as text. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_base64_encode(exn_span data, const exn_base64_layout *layout, exn_buffer *out);

#endif
