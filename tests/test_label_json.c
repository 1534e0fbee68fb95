/* SPDX-License-Identifier: MIT */
/* src/lib/labels/json.h against Python's json and jansson, over texts that a generator makes: valid
 * ones, broken ones, and valid ones with one byte changed. */
#include "labels/json.h"
#include "labels/json_numbers.h"
#include "labels/json_text.h"
#include "window.h"

#include "support/proc.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Of each text: whether Python takes it, its size, the size of its dump; then both. A dump has one
 * line a token: numbers as they stand, strings in hexadecimal. */
static const char cases[] =
    "import json, random, sys\n"
    "r = random.Random(8259)\n"
    "out = sys.stdout.buffer\n"
    "def bad(word): raise ValueError(word)\n"
    "def hexed(s): return s.encode('utf-8', 'surrogateescape').hex()\n"
    "def dump(v, to):\n"
    "    if isinstance(v, Pairs):\n"
    "        to.append('{')\n"
    "        for key, value in v.items: to.append('k' + hexed(key)); dump(value, to)\n"
    "        to.append('}')\n"
    "    elif isinstance(v, list):\n"
    "        to.append('[')\n"
    "        for value in v: dump(value, to)\n"
    "        to.append(']')\n"
    "    elif isinstance(v, Number): to.append('#' + v.text)\n"
    "    elif isinstance(v, str): to.append('s' + hexed(v))\n"
    "    else: to.append({True: 'true', False: 'false', None: 'null'}[v])\n"
    "class Number:\n"
    "    def __init__(self, text): self.text = text\n"
    "class Pairs:\n"
    "    def __init__(self, items): self.items = items\n"
    "def read(data):\n"
    "    v = json.loads(data.decode('utf-8-sig'), object_pairs_hook=Pairs, parse_int=Number, "
    "parse_float=Number, parse_constant=bad)\n"
    "    to = []\n"
    "    try: dump(v, to)\n"
    "    except UnicodeError: return None # half a surrogate pair, which is JSON, but no text\n"
    "    return '\\n'.join(to).encode()\n"
    "def put(data):\n"
    "    try: ok, said = 1, read(data)\n"
    "    except (ValueError, UnicodeError): ok, said = 0, b''\n"
    "    if said is None: return\n"
    "    out.write(b'%d %d %d\\n%s%s\\n' % (ok, len(data), len(said), data, said))\n"
    "def space(): return ''.join(r.choice(' \\t\\r\\n') for _ in range(r.choice([0, 0, 0, 1, "
    "3])))\n"
    "def number():\n"
    "    return r.choice(['0', '-0', '1e-05', '12.50', '-0.0', '1E+3', str(r.randrange(10 ** 20)), "
    "repr(r.random()), '0.1000', '1.7976931348623157e308'])\n"
    "def string():\n"
    "    return '\"' + ''.join(r.choice(['a', 'Z', '\\u00e9', '\\u20ac', '\\U0001F600', '\\x7f', "
    "'/', '\\\\\\\\', '\\\\\"', '\\\\/', '\\\\n', '\\\\b\\\\f\\\\r\\\\t',\n"
    "        '\\\\u0041', '\\\\u00E9', '\\\\uD83D\\\\uDE00', '\\\\udc80', '{', ']', ',', ':', "
    "'\\ud7ff', '\\ue000', '\\u07ff\\u0800']) for _ in range(r.randrange(9))) + '\"'\n"
    "def value(depth):\n"
    "    kind = r.randrange(9 if depth else 5)\n"
    "    if kind == 0: return number()\n"
    "    if kind == 1: return string()\n"
    "    if kind == 2: return r.choice(['true', 'false', 'null'])\n"
    "    if kind in (3, 5, 6): return '[' + space() + (',' + space()).join(value(max(depth - 1, "
    "0)) + space() for _ in range(r.randrange(4) if depth else 0)) + ']'\n"
    "    return '{' + space() + (space() + ',' + space()).join(r.choice([string, lambda: "
    "'\"twice\"'])() + space() + ':' + space() + value(max(depth - 1, 0))\n"
    "        for _ in range(r.randrange(4) if depth else 0)) + space() + '}'\n"
    "fixed = ['', ' ', 'nul', 'nulll', 'truefalse', '01', '-', '-01', '1.', '.5', '1e', '1e+', "
    "'+1', '1.e5', '0x10', '1_0', 'NaN', '-Infinity', 'Infinity',\n"
    "    '[1,]', '[,1]', '[1 2]', '[1', ']', '{', '}', '[}', '{]', '{\"a\"}', '{\"a\":}', "
    "'{\"a\":1,}', '{,}', '{1:2}', '{a:1}', \"'a'\", '\"', '\"\\\\\"', '\"\\\\x\"',\n"
    "    '\"\\\\u12\"', '\"\\\\u12G4\"', '\"\\n\"', '\"\\t\"', '\"\\x00\"', '\\x00', '1\\x00', "
    "'\\ufeff1', '1 1', '[]]', '{}{}', '[1]//c', '/**/1', '\\x0c1', '\\u00a01', '{\"a\":1 "
    "\"b\":2}', '{\"a\":1,2}', '{\"a\":1 ,2:3}',\n"
    "    '{\"a\",\"b\":1}', '{\"a\" 1}', '[\"a\":1]', '\"\\\\', '\"\\\\u', 'tru', 'True', '[' * "
    "200 + ']' * 200, '[' "
    "* 200 + ']' * 199, '{\"a\":' * 250 + '1' + '}' * 250, '1 ', '\\n[ ]\\r\\t']\n"
    "raw = [b'\"\\xff\"', b'\"\\xc0\\x80\"', b'\"\\xc1\\xbf\"', b'\"\\xc2\"', b'\"\\xc2', "
    "b'\"\\xe0\\x9f\\xbf\"', b'\"\\xe0\\xa0\\x80\"', b'\"\\xed\\x9f\\xbf\"', "
    "b'\"\\xed\\xa0\\x80\"', b'\"\\xef\\xbf\\xbf\"',\n"
    "    b'\"\\xf0\\x8f\\xbf\\xbf\"', b'\"\\xf0\\x90\\x80\\x80\"', b'\"\\xf4\\x8f\\xbf\\xbf\"', "
    "b'\"\\xf4\\x90\\x80\\x80\"', b'\"\\xf5\\x80\\x80\\x80\"', b'\"\\x80\"', b'\"\\xe2\\x82\"', "
    "b'\"\\xe2\\x82a\"', b'\\xe9']\n"
    "for text in fixed: put(text.encode('utf-8', 'surrogatepass'))\n"
    "for data in raw: put(data)\n"
    "for i in range(6000):\n"
    "    data = (space() + value(5) + space()).encode('utf-8', 'surrogatepass')\n"
    "    put(data)\n"
    "    if not data: continue\n"
    "    for k in range(3):\n"
    "        at = r.randrange(len(data))\n"
    "        put(data[:at] + r.choice([b'', data[at:at + 1] * 2, bytes([r.randrange(256)]), "
    "r.choice([b',', b':', b'\"', b'}', b']', b'0', b'.', b'e'])]) + data[at + 1:])\n";

static void say(exn_buffer *to, const char *text)
{
    if (to->size)
        assert_int_equal(exn_buffer_append(to, "\n", 1), EXN_OK);
    assert_int_equal(exn_buffer_append(to, text, strlen(text)), EXN_OK);
}

static void say_string(exn_buffer *to, const char *kind, exn_span text)
{
    exn_buffer plain = {0};
    char hex[3];
    say(to, kind);
    if (exn_json_text_unescape(text, &plain) != EXN_OK) /* then Python has found no text either */
        say(to, "half a surrogate pair");
    for (size_t i = 0; i < plain.size; i++) {
        snprintf(hex, sizeof hex, "%02x", plain.data[i]);
        assert_int_equal(exn_buffer_append(to, hex, 2), EXN_OK);
    }
    exn_buffer_free(&plain);
}

/* Every token's bytes stand where it says that they do, one token after the other. */
static void holds_its_place(exn_span text, const exn_json_token *token, uint64_t *after)
{
    const bool is_quoted = token->kind == EXN_JSON_STRING || token->kind == EXN_JSON_KEY;
    assert_true(token->offset >= *after);
    *after = token->offset + token->size;
    assert_true(*after <= text.size);
    if (token->kind < EXN_JSON_KEY) {
        assert_int_equal(token->size, token->kind == EXN_JSON_END ? 0 : 1);
        return;
    }
    assert_int_equal(token->size, token->text.size + 2 * is_quoted);
    assert_memory_equal(text.data + token->offset + is_quoted, token->text.data, token->text.size);
    assert_true(!is_quoted || (text.data[token->offset] == '"' && text.data[*after - 1] == '"'));
}

/* Takes what json_numbers.h takes of a list at once, as if it were tokens. */
static void say_numbers(exn_buffer *to, exn_json *json, exn_span text, uint64_t *after)
{
    exn_numbers all = {.account = NULL};
    /* Room for none, or for some, which is what a series is taken with. */
    assert_int_equal(exn_buffer_reserve(&all.items, text.size % 3 * 4 * sizeof(exn_numbers_item)),
                     EXN_OK);
    assert_int_equal(exn_buffer_reserve(&all.texts, text.size % 3 * 100), EXN_OK);
    assert_int_equal(exn_json_numbers_take(json, &all), EXN_OK);
    for (size_t i = 0; i < exn_numbers_count(&all); i++) {
        const exn_span number = exn_numbers_text(&all, i);
        const exn_json_token token = {.kind = EXN_JSON_NUMBER,
                                      .offset = exn_numbers_at(&all, i)->offset,
                                      .size = exn_numbers_at(&all, i)->size,
                                      .text = number};
        holds_its_place(text, &token, after);
        say(to, "#");
        assert_int_equal(exn_buffer_append(to, number.data, number.size), EXN_OK);
    }
    exn_numbers_free(&all);
}

/* The dump of a text that is read window bytes at a time; at_once: numbers of lists, too. */
static exn_status dump(exn_span text, size_t window, bool at_once, exn_buffer *to, exn_error *error)
{
    static const char *const marks[] = {[EXN_JSON_OBJECT] = "{",
                                        [EXN_JSON_OBJECT_END] = "}",
                                        [EXN_JSON_ARRAY] = "[",
                                        [EXN_JSON_ARRAY_END] = "]"};
    exn_source source = exn_window_source_of(&text);
    exn_json json;
    exn_json_token token = {.kind = EXN_JSON_NULL};
    uint64_t after = 0;
    *error = (exn_error){0};
    exn_status status = exn_json_open(&json, &source, window, error);
    for (;;) {
        if (at_once && status == EXN_OK)
            say_numbers(to, &json, text, &after);
        status = status == EXN_OK ? exn_json_next(&json, &token) : status;
        if (status != EXN_OK || token.kind == EXN_JSON_END)
            break;
        holds_its_place(text, &token, &after);
        if (token.kind < EXN_JSON_KEY)
            say(to, marks[token.kind]);
        else if (token.kind <= EXN_JSON_STRING)
            say_string(to, token.kind == EXN_JSON_KEY ? "k" : "s", token.text);
        else
            say(to, token.kind == EXN_JSON_NUMBER ? "#" : "");
        if (token.kind >= EXN_JSON_NUMBER) {
            to->size -= token.kind != EXN_JSON_NUMBER && to->size == 1;
            assert_int_equal(exn_buffer_append(to, token.text.data, token.text.size), EXN_OK);
        }
    }
    exn_json_close(&json);
    return status;
}

static bool jansson_takes(exn_span text, enum json_error_code *code)
{
    json_error_t error;
    json_t *root =
        json_loadb((const char *)text.data, text.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    *code = root ? json_error_unknown : json_error_code(&error);
    bool takes = root != NULL;
    json_decref(root);
    return takes;
}

/* What jansson refuses though it is JSON: numbers that no double or 64 bits hold, halves of
 * surrogate pairs, a byte order mark. */
static bool is_jansson_poor(exn_span text, enum json_error_code code)
{
    return exn_span_starts(text, "\xEF\xBB\xBF", 3) || code == json_error_numeric_overflow ||
           memmem(text.data, text.size, "\\u", 2) != NULL;
}

static void same_as_python_and_jansson(void **state)
{
    (void)state;
    const char *const argv[] = {"python3", "-c", cases, NULL};
    static const size_t windows[] = {1, 2, 3, 7, 64, 0};
    exn_test_proc proc;
    size_t at = 0, valid = 0, invalid = 0, poor = 0;
    assert_true(exn_test_run(argv, (exn_span){NULL, 0}, &proc));
    while (at < proc.out.size) {
        char *head = (char *)proc.out.data + at, *more;
        const bool is_valid = strtoul(head, &more, 10) == 1;
        const size_t size = strtoul(more, &more, 10), said = strtoul(more, &more, 10);
        exn_span text = {(const uint8_t *)more + 1, size};
        for (size_t w = 0; w < 2 * (sizeof windows / sizeof *windows); w++) {
            exn_buffer out = {0};
            exn_error error;
            exn_status status = dump(text, windows[w / 2], w % 2, &out, &error);
            if ((status == EXN_OK) != is_valid)
                fail_msg("%.*s: Python says %d, we say %s", (int)size, (const char *)text.data,
                         is_valid, error.detail);
            assert_true(status == EXN_OK || (status == EXN_CORRUPT && error.detail[0]));
            if (is_valid) {
                assert_int_equal(out.size, said);
                assert_memory_equal(out.data, text.data + size, said);
            }
            exn_buffer_free(&out);
        }
        enum json_error_code code;
        /* jansson passes by a NUL at the end. */
        if (!memchr(text.data, 0, size) && jansson_takes(text, &code) != is_valid) {
            if (!is_valid || !is_jansson_poor(text, code))
                fail_msg("%.*s: jansson says other (%d)", (int)size, (const char *)text.data, code);
            poor++;
        }
        valid += is_valid;
        invalid += !is_valid;
        at = (size_t)(more - (char *)proc.out.data) + 1 + size + said + 1;
    }
    printf("%zu valid texts, %zu invalid; %zu beyond jansson\n", valid, invalid, poor);
    assert_true(valid > 8000 && invalid > 8000 && poor < valid / 2);
    exn_test_proc_free(&proc);
}

static exn_span span_of(const char *text)
{
    return (exn_span){(const uint8_t *)text, strlen(text)};
}

static void nesting_is_limited(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    static char text[2 * MANY];
    exn_buffer out = {0};
    exn_error error;
    memset(text, '[', EXN_JSON_DEPTH);
    memset(text + EXN_JSON_DEPTH, ']', EXN_JSON_DEPTH);
    assert_int_equal(dump((exn_span){(uint8_t *)text, 2 * EXN_JSON_DEPTH}, 0, false, &out, &error),
                     EXN_OK);
    memset(text, '[', MANY);
    memset(text + MANY, ']', MANY);
    assert_int_equal(dump((exn_span){(uint8_t *)text, sizeof text}, 0, false, &out, &error),
                     EXN_LIMIT);
    assert_string_equal(error.detail, "line 1, byte 256: nested more than 256 deep");
    exn_buffer_free(&out);
}

static void errors_are_located(void **state)
{
    (void)state;
    static const struct {
        const char *text, *detail;
    } rows[] = {
        {"{\n \"a\": NaN}", "line 2, byte 8: 'N' where a value is due"},
        {"[1,\n\n2", "line 3, byte 6: the text ends where a comma or ] is due"},
        {"[1.]", "line 1, byte 3: ']' where a digit is due"},
        {"\xEF\xBB{}", "line 1, byte 2: '{' where a value is due"},
        {"\xEF\xBB\xBF", "line 1, byte 3: the text ends where a value is due"},
        {"\xEF\xBB\xBF\xEF\xBB\xBF{}", "line 1, byte 3: byte 0xef where a value is due"},
        {"{} x", "line 1, byte 3: 'x' where the end is due"},
        {"[\"a\x01\"]", "line 1, byte 3: a control character in a string"},
        {"[\"\xff\"]", "line 1, byte 2: invalid UTF-8"},
        {"{\"a\" 1}", "line 1, byte 5: '1' where a colon is due"},
        {"{\"a\":1,}", "line 1, byte 7: '}' where a key is due"},
        {"[0,\n1\n,\n\n2 x]", "line 5, byte 11: 'x' where a comma or ] is due"},
        {"[0, 01]", "line 1, byte 5: '1' where a comma or ] is due"},
        {"[0, -]", "line 1, byte 5: ']' where a digit is due"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const size_t windows[] = {1 + i % 3, 0};
        for (size_t w = 0; w < 2 * (sizeof windows / sizeof *windows); w++) {
            exn_buffer out = {0};
            exn_error error;
            assert_int_equal(dump(span_of(rows[i].text), windows[w / 2], w % 2, &out, &error),
                             EXN_CORRUPT);
            assert_string_equal(error.detail, rows[i].detail);
            exn_buffer_free(&out);
        }
    }
}

/* A long text is passed by without memory for it, in any window; what follows is not harmed. */
static void long_texts_are_not_kept(void **state)
{
    (void)state;
    enum { LONG = 1000 };
    char text[LONG + 64] = "[\"";
    memset(text + 2, 'x', LONG);
    strcpy(text + 2 + LONG, "\", \"short\"]");
    for (size_t window = 1; window <= 2 * LONG; window = window * 3 + 1) {
        exn_span span = span_of(text);
        exn_source source = exn_window_source_of(&span);
        exn_json json;
        exn_json_token token;
        assert_int_equal(exn_json_open(&json, &source, window, NULL), EXN_OK);
        json.max_text = 10;
        assert_int_equal(exn_json_next(&json, &token), EXN_OK);
        assert_int_equal(exn_json_next(&json, &token), EXN_OK);
        assert_true(token.is_long && token.text.size == 0 && token.size == LONG + 2);
        assert_true(json.held.capacity <= 20);
        assert_int_equal(exn_json_next(&json, &token), EXN_OK);
        assert_true(!token.is_long && exn_json_text_is(token.text, "short"));
        exn_json_close(&json);
    }
}

static void values_are_skipped_and_lines_read(void **state)
{
    (void)state;
    exn_span span = span_of("{\"a\": [1, {\"b\": []}], \"c\": 2, \"d\": 3}\n[[4], 5]\n\n6\n");
    exn_source source = exn_window_source_of(&span);
    exn_json json;
    exn_json_token token;
    assert_int_equal(exn_json_open(&json, &source, 5, NULL), EXN_OK);
    json.is_lines = true;
    assert_int_equal(exn_json_next(&json, &token), EXN_OK);
    for (const char *key = "acd"; *key; key++) {
        assert_int_equal(exn_json_next(&json, &token), EXN_OK);
        assert_true(token.kind == EXN_JSON_KEY && token.text.data[0] == *key);
        assert_int_equal(exn_json_skip(&json, &token), EXN_OK);
    }
    assert_int_equal(exn_json_next(&json, &token), EXN_OK);
    assert_int_equal(token.kind, EXN_JSON_OBJECT_END);
    assert_int_equal(exn_json_next(&json, &token), EXN_OK);
    assert_int_equal(token.kind, EXN_JSON_ARRAY);
    assert_int_equal(exn_json_skip(&json, &token), EXN_OK);
    assert_int_equal(exn_json_next(&json, &token), EXN_OK);
    assert_true(token.kind == EXN_JSON_NUMBER && token.text.data[0] == '6');
    assert_int_equal(exn_json_next(&json, &token), EXN_OK);
    assert_int_equal(token.kind, EXN_JSON_END);
    exn_json_close(&json);
}

/* How many tokens a text of lines has; -1: it is refused as damaged. */
static int tokens_of_lines(const char *text, size_t window)
{
    exn_span span = span_of(text);
    exn_source source = exn_window_source_of(&span);
    exn_json json;
    exn_json_token token = {.kind = EXN_JSON_NULL};
    int count = 0;
    exn_status status = exn_json_open(&json, &source, window, NULL);
    json.is_lines = true;
    while (status == EXN_OK && token.kind != EXN_JSON_END) {
        status = exn_json_next(&json, &token);
        count += status == EXN_OK && token.kind != EXN_JSON_END;
    }
    exn_json_close(&json);
    assert_true(status == EXN_OK || status == EXN_CORRUPT);
    return status == EXN_OK ? count : -1;
}

static void values_of_lines_are_divided(void **state)
{
    (void)state;
    static const char *const refused[] = {"01",         "-01",       "00\n",  "1.5.5", "1\"a\"",
                                          "\"a\"\"b\"", "truefalse", "nullx", "{}{}",  "[]1",
                                          "1 2",        "1\t2\n",    "1\r2",  "1,\n2", "{} []\n"};
    for (size_t window = 1; window < 8; window++) {
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
            assert_int_equal(tokens_of_lines(refused[i], window), -1);
        assert_int_equal(tokens_of_lines("", window), 0);
        assert_int_equal(tokens_of_lines(" \n\n", window), 0);
        assert_int_equal(tokens_of_lines("0", window), 1);
        assert_int_equal(tokens_of_lines("0\n1", window), 2);
        assert_int_equal(tokens_of_lines("0 \r\n 1 \n", window), 2);
        assert_int_equal(tokens_of_lines("{}\n\n[]\n\"a\"\nnull", window), 6);
    }
}

static void words_and_names(void **state)
{
    (void)state;
    exn_buffer out = {0};
    assert_true(exn_json_text_is(span_of("a/b"), "a/b"));
    assert_true(exn_json_text_is(span_of("\\u0061\\/b"), "a/b"));
    assert_false(exn_json_text_is(span_of("a/"), "a/b"));
    assert_false(exn_json_text_is(span_of("a/bc"), "a/b"));
    assert_false(exn_json_text_is(span_of("\\ud800"), "?"));
    assert_int_equal(exn_json_text_unescape(span_of("\\ud800"), &out), EXN_CORRUPT);
    assert_int_equal(exn_json_text_unescape(span_of("\\udc00"), &out), EXN_CORRUPT);
    assert_int_equal(exn_json_text_unescape(span_of("\\ud800\\u0041"), &out), EXN_CORRUPT);
    exn_buffer_free(&out);
}

static int failing_read(void *context, void *to, size_t size, uint64_t offset)
{
    const exn_span *span = context;
    if (offset + size > 8)
        return 5;
    memcpy(to, span->data + offset, size);
    return 0;
}

static void read_errors_are_handed_on(void **state)
{
    (void)state;
    exn_span span = span_of("[1, 2, 3, 4, 5]");
    exn_source source = {span.size, failing_read, &span};
    exn_json json;
    exn_json_token token;
    exn_error error = {0};
    exn_status status = exn_json_open(&json, &source, 4, &error);
    for (int i = 0; i < 20 && status == EXN_OK; i++)
        status = exn_json_next(&json, &token);
    assert_int_equal(status, EXN_READ);
    assert_int_equal(error.sys_errno, 5);
    exn_json_close(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_python_and_jansson),
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(errors_are_located),
        cmocka_unit_test(long_texts_are_not_kept),
        cmocka_unit_test(values_are_skipped_and_lines_read),
        cmocka_unit_test(values_of_lines_are_divided),
        cmocka_unit_test(words_and_names),
        cmocka_unit_test(read_errors_are_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
