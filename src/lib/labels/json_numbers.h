/* SPDX-License-Identifier: MIT */
/* Lists of numbers, which most of a file of polygons is. */
#ifndef EXN_LABELS_JSON_NUMBERS_H
#define EXN_LABELS_JSON_NUMBERS_H

#include "json.h"
#include "numbers.h"

/* Behind the opening of a list: adds the numbers that come next, as many as lie in the window and
 * have no exponent. What follows is exn_json_next()'s, be it one more number. Returns EXN_OK,
 * EXN_LIMIT or EXN_MEMORY. */
exn_status exn_json_numbers_take(exn_json *json, exn_numbers *to);

#endif
