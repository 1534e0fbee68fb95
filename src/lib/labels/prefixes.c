/* SPDX-License-Identifier: MIT */
#include "prefixes.h"

#include <string.h>

#include "json.h"
#include "json_text.h"
#include "window.h"

static exn_span span_of(const char *text)
{
    return (exn_span){(const uint8_t *)text, strlen(text)};
}

/* Whatever becomes part of a JSON file has to be UTF-8, which the JSON reader checks. */
static exn_status check_text(const char *text, exn_error *error)
{
    exn_buffer string = {0};
    exn_json json;
    exn_json_token token;
    exn_status status = exn_buffer_append(&string, "\"", 1);
    if (status == EXN_OK)
        status = exn_json_text_escape(span_of(text), &string);
    if (status == EXN_OK)
        status = exn_buffer_append(&string, "\"", 1);
    exn_span span = exn_buffer_span(&string);
    const exn_source source = exn_window_source_of(&span);
    if (status == EXN_OK) {
        status = exn_json_open(&json, &source, 0, NULL);
        if (status == EXN_OK)
            status = exn_json_next(&json, &token);
        exn_json_close(&json);
    }
    exn_buffer_free(&string);
    if (status == EXN_CORRUPT)
        return exn_status_fail(error, EXN_BAD_ARGUMENT, "options: a prefix is no UTF-8");
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "%s", "");
}

/* Checked before anything is read, because a wrong argument is the caller's fault and not the
 * file's. */
exn_status exn_prefixes_check(const exn_label_settings *settings, exn_error *error)
{
    exn_status status = EXN_OK;
    if (settings->prefix_count && !settings->prefixes)
        return exn_status_fail(error, EXN_BAD_ARGUMENT, "options: prefixes is NULL");
    for (size_t i = 0; i < settings->prefix_count && status == EXN_OK; i++) {
        const exn_labels_prefix *prefix = &settings->prefixes[i];
        if (!prefix->from)
            return exn_status_fail(error, EXN_BAD_ARGUMENT, "options: prefixes[%zu].from is NULL",
                                   i);
        status = check_text(prefix->from, error);
        if (status == EXN_OK && prefix->to)
            status = check_text(prefix->to, error);
    }
    return status;
}

/* The first match counts. If there are prefixes, an address has to have one: otherwise the image
 * would be looked up under its whole address and not be found, and its labels would silently stay.
 */
exn_status exn_prefixes_strip(const exn_label_settings *settings, exn_span address, exn_span *name,
                              const exn_label_place *place, exn_error *error)
{
    *name = address;
    for (size_t i = 0; i < settings->prefix_count; i++) {
        const exn_span from = span_of(settings->prefixes[i].from);
        if (exn_span_starts(address, from.data, from.size)) {
            *name = exn_span_part(address, from.size, address.size - from.size);
            return EXN_OK;
        }
    }
    return settings->prefix_count == 0
               ? EXN_OK
               : exn_label_fail(error, EXN_CORRUPT, place,
                                "'%.*s' begins with none of the prefixes that are given",
                                address.size < 60 ? (int)address.size : 60,
                                (const char *)address.data);
}

/* Only the beginning is replaced, so the rest keeps its escapes. The file may have escapes where
 * the prefix has none, so as many bytes are replaced as stand there. If both are the same there is
 * no edit, and the file keeps its own spelling. */
exn_status exn_prefixes_put(const exn_label_settings *settings, const exn_label_address *address,
                            exn_edits *edits, exn_error *error)
{
    size_t i = 0, size = 0;
    while (i < settings->prefix_count &&
           !exn_json_text_starts(address->text, span_of(settings->prefixes[i].from), &size))
        i++;
    if (i == settings->prefix_count || !settings->prefixes[i].to ||
        strcmp(settings->prefixes[i].from, settings->prefixes[i].to) == 0)
        return EXN_OK;
    exn_buffer text = {0};
    exn_status status = exn_json_text_escape(span_of(settings->prefixes[i].to), &text);
    status = status == EXN_OK
                 ? exn_edits_put(edits, address->offset, size, exn_buffer_span(&text), error)
                 : exn_status_fail(error, status, "%s", "");
    exn_buffer_free(&text);
    return status;
}
