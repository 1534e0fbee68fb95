/* SPDX-License-Identifier: MIT */
/* The JSON reader of labels. Whatever the window, the tokens are the same, or the error; they stand
 * in order and do not overlap; nesting closes as it opened. The first byte is the smaller window,
 * and whether the text is JSON Lines. */
#include "fuzz.h"

#include "labels/decimal.h"
#include "labels/edits.h"
#include "labels/json.h"
#include "labels/json_text.h"
#include "window.h"

const unsigned exn_fuzz_choices = 1;

enum { VALID, NUMBERS, MOVED };
exn_fuzz_kind exn_fuzz_kinds[] = {
    {"valid JSON", 0}, {"numbers", 0}, {"numbers there and back", 0}, {NULL, 0}};

/* side - (side - x) is x. */
static void fuzz_number(exn_span text)
{
    exn_decimal side, x, there, back;
    exn_buffer out = {0};
    exn_decimal_set(&side, 4032);
    exn_fuzz_kinds[NUMBERS].count++;
    if (!exn_decimal_read(text, &x) || !exn_decimal_subtract(&side, &x, &there))
        return;
    FACT(exn_decimal_subtract(&side, &there, &back));
    FACT((exn_decimal_value(&x) >= exn_decimal_value(&back) &&
          exn_decimal_value(&x) <= exn_decimal_value(&back)) ||
         exn_decimal_value(&x) != exn_decimal_value(&x) || text.size > 17);
    if (exn_decimal_write(&there, &x, EXN_DECIMAL_SAME, &out) == EXN_OK) {
        FACT(exn_decimal_read((exn_span){out.data, out.size}, &back));
        FACT(exn_decimal_subtract(&back, &there, &back) && back.count == 0);
        exn_fuzz_kinds[MOVED].count++;
    }
    exn_buffer_free(&out);
}

/* Reads all of it; a number for all tokens and where they stand. */
static exn_status digest(const exn_source *source, size_t window, bool is_lines, uint64_t *sum)
{
    exn_json json;
    exn_json_token token = {.kind = EXN_JSON_NULL};
    exn_buffer plain = {0};
    uint64_t after = 0;
    *sum = 0;
    FACT(exn_json_open(&json, source, window, NULL) == EXN_OK);
    json.is_lines = is_lines;
    exn_status status;
    while ((status = exn_json_next(&json, &token)) == EXN_OK && token.kind != EXN_JSON_END) {
        FACT(token.offset >= after && token.size > 0 && token.offset + token.size <= source->size);
        FACT(json.depth <= EXN_JSON_DEPTH);
        after = token.offset + token.size;
        *sum = (*sum * 31 + token.kind) * 31 + token.offset * 7 + token.size;
        for (size_t i = 0; i < token.text.size; i++)
            *sum = *sum * 131 + token.text.data[i];
        if (token.kind == EXN_JSON_NUMBER && window == 0)
            fuzz_number(token.text);
        plain.size = 0;
        if (token.kind == EXN_JSON_STRING || token.kind == EXN_JSON_KEY)
            *sum = *sum * 3 + exn_json_text_unescape(token.text, &plain) +
                   exn_json_text_is(token.text, "images");
        FACT(plain.size <= token.text.size);
    }
    FACT(status == EXN_OK || status == EXN_CORRUPT || status == EXN_LIMIT);
    FACT(status != EXN_OK || json.depth == 0);
    exn_json_close(&json);
    exn_buffer_free(&plain);
    return status;
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    (void)choice;
    if (size == 0)
        return;
    uint8_t *copy = fuzz_copy(data + 1, size - 1);
    exn_span span = {copy, size - 1};
    exn_source source = exn_window_source_of(&span);
    uint64_t small, large;
    const bool is_lines = data[0] & 1;
    exn_status status = digest(&source, 1 + data[0] / 2 % 16, is_lines, &small);
    FACT(digest(&source, 0, is_lines, &large) == status && small == large);
    exn_fuzz_kinds[VALID].count += status == EXN_OK;
    free(copy);
}
