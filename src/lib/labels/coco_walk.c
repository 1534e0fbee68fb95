/* SPDX-License-Identifier: MIT */
#include "coco_walk.h"

#include "decimal_short.h"
#include "json_text.h"

/* A leading "#" or quote keeps numbers and strings apart: to Python, 7 and "7" are two ids, 7 and
 * 7.0 are one. */
exn_status exn_coco_walk_id(exn_coco_walk *w, const char *member, const exn_json_token *token,
                            exn_buffer *key)
{
    exn_decimal number;
    const exn_decimal_short whole = exn_decimal_short_read(token->text);
    if (key->size)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, member, "it is there twice");
    exn_status status = EXN_OK;
    if (token->kind == EXN_JSON_NUMBER && whole.scale == 0) { /* a shortcut for nearly all ids */
        char text[1 + EXN_DECIMAL_SHORT_SIZE] = "#";
        status = exn_buffer_append(key, text, 1 + exn_decimal_short_write(whole, text + 1));
    } else if (token->kind == EXN_JSON_NUMBER && exn_decimal_read(token->text, &number)) {
        const exn_decimal plain = {.count = 0};
        status = exn_buffer_append(key, "#", 1);
        if (status == EXN_OK)
            status = exn_decimal_write(&number, &plain, EXN_DECIMAL_SHORT, key);
    } else if (token->kind == EXN_JSON_STRING && !token->is_long) {
        status = exn_buffer_append(key, "\"", 1);
        if (status == EXN_OK)
            status = exn_json_text_unescape(token->text, key);
    } else {
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, member,
                                  "it is neither a number nor a string");
    }
    return status == EXN_OK
               ? EXN_OK
               : exn_json_walk_fail(&w->base, status, member, "it cannot be used as an id");
}
