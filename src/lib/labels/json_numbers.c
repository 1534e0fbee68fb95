/* SPDX-License-Identifier: MIT */
#include "json_numbers.h"

#include "json_scan.h"

/* Each number is what exn_json_next() would make of it: section 5 of RFC 8259 for what is between,
 * 6 for itself. It counts as read once it is added, so that a failure leaves the reader in front of
 * it. */
exn_status exn_json_numbers_take(exn_json *json, exn_numbers *to)
{
    const uint8_t *const end = json->window + json->size;
    if (exn_json_window_in_object(json))
        return EXN_OK;
    while (json->expect == EXN_JSON_DUE_COMMA_OR_END || json->expect == EXN_JSON_DUE_VALUE_OR_END) {
        uint64_t line = json->line;
        const uint8_t *at = exn_json_scan_space(json->window + json->at, end, &line);
        if (json->expect == EXN_JSON_DUE_COMMA_OR_END) {
            if (at == end || *at != ',')
                break;
            at = exn_json_scan_space(at + 1, end, &line);
        }
        const uint8_t *const begin = at;
        at = exn_json_scan_number(begin, end);
        const size_t size = at ? (size_t)(at - begin) : 0;
        if (size == 0 || size > json->max_text)
            break;
        exn_status status = exn_numbers_add_plain(to, json->base + (uint64_t)(begin - json->window),
                                                  (exn_span){begin, size}, (size_t)(end - begin));
        if (status != EXN_OK)
            return status;
        json->line = line;
        json->at = (size_t)(at - json->window);
        json->expect = EXN_JSON_DUE_COMMA_OR_END;
    }
    return EXN_OK;
}
