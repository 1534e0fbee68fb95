/* SPDX-License-Identifier: MIT */
#include "json_numbers.h"

#include "json_scan.h"

/* Each number is what exn_json_next() would make of it: section 5 of RFC 8259 for what is between,
 * 6 for itself. It counts as read once it is added, so that a failure leaves the reader in front of
 * it. */
exn_status exn_json_numbers_take(exn_json *json, exn_numbers *to)
{
    const uint8_t *at, *begin;
    exn_decimal_short number;
    uint64_t line;
    if (exn_json_window_in_object(json))
        return EXN_OK;
    for (int due = exn_json_scan_due(json);
         due >= 0 && (at = exn_json_scan_next(json, due, &begin, &line, &number)); due = ',') {
        exn_status status = exn_numbers_add_plain(to, json->base + (uint64_t)(begin - json->window),
                                                  (exn_span){begin, (size_t)(at - begin)}, number);
        if (status != EXN_OK)
            return status;
        exn_json_scan_take(json, at, line);
    }
    return EXN_OK;
}
