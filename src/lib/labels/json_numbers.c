/* SPDX-License-Identifier: MIT */
#include "json_numbers.h"

#include "json_scan.h"

/* Takes short numbers as long as there is room for them; returns whether there were any. The state
 * is kept in local variables, because the compiler has to assume that bytes written through a
 * pointer may alias anything else. */
static bool take_series(exn_json *json, exn_numbers *to, int due)
{
    const uint8_t *const window = json->window, *const end = window + json->size;
    const uint8_t *at = window + json->at, *begin = at, *next;
    const uint64_t base = json->base;
    exn_numbers_series series = exn_numbers_begin(to);
    exn_decimal_short number;
    uint64_t line = json->line, seen = line;
    if (json->max_text < EXN_NUMBERS_SHORT || base >> 58 || series.room == 0)
        return false;
    if (due > 0) {
        begin = exn_json_scan_space(at, &seen);
        if (*begin++ != due)
            return false;
    }
    for (;;) {
        begin = exn_json_scan_space(begin, &seen);
        next = exn_decimal_scan_read(begin, end, &number);
        if (!next)
            break;
        exn_numbers_append(&series, base + (uint64_t)(begin - window), begin,
                           (uint32_t)(next - begin), number);
        at = next;
        line = seen;
        begin = exn_json_scan_space(at, &seen);
        if (*begin++ != ',' || series.room == 0)
            break;
    }
    if (at == window + json->at)
        return false;
    exn_numbers_end(to, &series);
    exn_json_scan_take(json, at, line);
    return true;
}

/* Each number is read exactly as exn_json_next() would: sections 5 and 6 of RFC 8259. It counts as
 * read once it has been added, so that after a failure the reader still stands before it. */
exn_status exn_json_numbers_take(exn_json *json, exn_numbers *to)
{
    const uint8_t *at, *begin;
    exn_decimal_short number;
    uint64_t line;
    int due = exn_json_scan_due(json);
    if (exn_json_window_in_object(json) || due < 0)
        return EXN_OK;
    for (;; due = ',') {
        if (take_series(json, to, due))
            due = ',';
        at = exn_json_scan_next(json, due, &begin, &line, &number);
        if (!at)
            return EXN_OK;
        exn_status status =
            exn_numbers_add(to, json->base + (uint64_t)(begin - json->window), (size_t)(at - begin),
                            (exn_span){begin, (size_t)(at - begin)});
        if (status != EXN_OK)
            return status;
        exn_json_scan_take(json, at, line);
    }
}
