/* SPDX-License-Identifier: MIT */
/* Lists of numbers, which make up most of a file of polygons. */
#ifndef EXN_LABELS_JSON_NUMBERS_H
#define EXN_LABELS_JSON_NUMBERS_H

#include "json.h"
#include "numbers.h"

/* Called after the opening of a list: adds the numbers that come next, as long as they lie in the
 * window and have no exponent. Whatever follows is left to exn_json_next(), including further
 * numbers. Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_json_numbers_take(exn_json *json, exn_numbers *to);

#endif
