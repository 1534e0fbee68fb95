/* SPDX-License-Identifier: MIT */
/* Strings of a JSON text: RFC 8259, section 7. */
#ifndef EXN_LABELS_JSON_STRING_H
#define EXN_LABELS_JSON_STRING_H

#include "json_window.h"

/* Starts after the first quote and reads past the second. */
exn_status exn_json_string_read(exn_json *json, exn_json_token *token);

#endif
