/* SPDX-License-Identifier: MIT */
/* src/lib/labels/edits.h: random edits of random sources, against a copy that is edited from its
 * end to its beginning. */
#include "labels/edits.h"
#include "window.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct collected {
    exn_buffer bytes;
    size_t limit; /* a write past it fails */
} collected;

static int collect(void *context, const void *data, size_t size)
{
    collected *to = context;
    if (size > to->limit - to->bytes.size)
        return ENOSPC;
    assert_int_equal(exn_buffer_append(&to->bytes, data, size), EXN_OK);
    return 0;
}

static uint32_t seed = 1;

static uint32_t random_below(uint32_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(seed >> 4) * limit) >> 28);
}

enum { MAX_EDITS = 40, MAX_TEXT = 9 };

typedef struct plan {
    size_t count, offset[MAX_EDITS], size[MAX_EDITS], text_size[MAX_EDITS];
    char text[MAX_EDITS][MAX_TEXT];
} plan;

/* Far from one another, or, of a source of several windows, around the end of the first one. */
static plan make_plan(size_t size)
{
    enum { WINDOW = 64 << 10, NEAR = 12, FAR = 5000 };
    plan p = {.count = 0};
    const bool is_near = size > WINDOW && random_below(2);
    const uint32_t gap = is_near ? NEAR : FAR;
    size_t at = is_near ? WINDOW - MAX_EDITS * NEAR / 2 + random_below(NEAR) : 0;
    while (p.count < MAX_EDITS && at < size) {
        size_t left = size - at, i = p.count++;
        p.offset[i] = at + random_below(left < gap ? (uint32_t)left : gap);
        left = size - p.offset[i];
        p.size[i] = random_below((uint32_t)(left < 9 ? left + 1 : 9));
        p.text_size[i] = random_below(MAX_TEXT);
        for (size_t k = 0; k < p.text_size[i]; k++)
            p.text[i][k] = (char)('A' + random_below(26));
        at = p.offset[i] + p.size[i] + 1; /* two at one place have no order */
    }
    return p;
}

static void replace_naively(exn_buffer *copy, const plan *p)
{
    for (size_t i = p->count; i-- > 0;) {
        exn_buffer next = {0};
        assert_int_equal(exn_buffer_append(&next, copy->data, p->offset[i]), EXN_OK);
        assert_int_equal(exn_buffer_append(&next, p->text[i], p->text_size[i]), EXN_OK);
        size_t rest = p->offset[i] + p->size[i];
        assert_int_equal(exn_buffer_append(&next, copy->data + rest, copy->size - rest), EXN_OK);
        exn_buffer_free(copy);
        *copy = next;
    }
}

/* Puts those that are in the file's order, as a series; returns how many. */
static size_t put_series(exn_edits *edits, const plan *p, size_t first, size_t count)
{
    exn_edits_series series;
    size_t done = 0;
    assert_true(exn_edits_begin(edits, &series));
    while (done < count && series.room > 0) {
        const size_t i = first + done++;
        memcpy(series.text, p->text[i], p->text_size[i]);
        assert_true(exn_edits_append(&series, p->offset[i], p->size[i], (uint32_t)p->text_size[i]));
    }
    exn_edits_end(edits, &series);
    return done;
}

/* Puts edits in groups, each group in another order than that of the file, and flushes after each.
 */
static void put_all(exn_edits *edits, const plan *p)
{
    for (size_t first = 0; first < p->count;) {
        size_t count = 1 + random_below((uint32_t)(p->count - first)), turn = random_below(7);
        const bool is_series = turn == 0;
        for (size_t k = is_series ? put_series(edits, p, first, count) : 0; k < count; k++) {
            size_t i = first + (turn % 2 ? count - 1 - k : (k + turn) % count);
            exn_span text = {(const uint8_t *)p->text[i], p->text_size[i]};
            assert_int_equal(exn_edits_put(edits, p->offset[i], p->size[i], text, NULL), EXN_OK);
        }
        first += count;
        size_t until = p->offset[first - 1] + p->size[first - 1];
        assert_int_equal(exn_edits_flush(edits, until, NULL), EXN_OK);
        assert_int_equal(edits->done, until);
    }
}

static void only_the_ranges_change(void **state)
{
    (void)state;
    static uint8_t bytes[200000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)random_below(256);
    for (int round = 0; round < 300; round++) {
        exn_span span = {bytes, round % 3 ? random_below(300) : random_below(sizeof bytes)};
        exn_source source = exn_window_source_of(&span);
        collected out = {.limit = SIZE_MAX};
        exn_sink sink = {collect, &out};
        exn_edits edits = {.source = &source, .sink = &sink};
        exn_buffer copy = {0};
        plan p = make_plan(span.size);
        assert_int_equal(exn_buffer_append(&copy, span.data, span.size), EXN_OK);
        replace_naively(&copy, &p);
        put_all(&edits, &p);
        assert_int_equal(exn_edits_finish(&edits, NULL), EXN_OK);
        assert_int_equal(edits.count, p.count);
        assert_int_equal(out.bytes.size, copy.size);
        if (copy.size)
            assert_memory_equal(out.bytes.data, copy.data, copy.size);
        exn_edits_free(&edits);
        exn_buffer_free(&copy);
        exn_buffer_free(&out.bytes);
    }
}

static const exn_span X = {(const uint8_t *)"x", 1};

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    exn_span span = {(const uint8_t *)"0123456789", 10};
    exn_source source = exn_window_source_of(&span);
    collected out = {.limit = SIZE_MAX};
    exn_sink sink = {collect, &out};
    exn_edits edits = {.source = &source, .sink = &sink};
    assert_int_equal(exn_edits_put(&edits, 8, 3, X, NULL), EXN_INTERNAL);
    assert_int_equal(exn_edits_put(&edits, 11, 0, X, NULL), EXN_INTERNAL);
    assert_int_equal(exn_edits_put(&edits, 5, UINT64_MAX, X, NULL), EXN_INTERNAL);
    for (uint64_t at = 0; at < 4; at++) /* there is room for more now */
        assert_int_equal(exn_edits_put(&edits, at, 1, X, NULL), EXN_OK);
    assert_int_equal(exn_edits_put(&edits, 4, 2, X, NULL), EXN_OK);
    assert_int_equal(exn_edits_put(&edits, 8, 3, X, NULL), EXN_INTERNAL);
    assert_int_equal(exn_edits_put(&edits, 11, 0, X, NULL), EXN_INTERNAL);
    assert_int_equal(exn_edits_flush(&edits, 5, NULL), EXN_INTERNAL);
    exn_edits_free(&edits);
    exn_buffer_free(&out.bytes);

    /* Nor in a series: before what is done, in what was edited, outside of the source. */
    exn_edits_series series;
    edits = (exn_edits){.source = &source, .sink = &sink};
    assert_int_equal(exn_edits_flush(&edits, 2, NULL), EXN_OK);
    assert_true(exn_edits_begin(&edits, &series));
    assert_false(exn_edits_append(&series, 1, 1, 0));
    assert_true(exn_edits_append(&series, 4, 2, 0));
    assert_false(exn_edits_append(&series, 5, 2, 0));
    assert_false(exn_edits_append(&series, 8, 3, 0));
    assert_false(exn_edits_append(&series, 11, 0, 0));
    assert_false(exn_edits_append(&series, 6, UINT64_MAX, 0));
    exn_edits_end(&edits, &series);
    assert_int_equal(edits.count, 1);
    exn_edits_free(&edits);
    exn_buffer_free(&out.bytes);

    edits = (exn_edits){.source = &source, .sink = &sink};
    assert_int_equal(exn_edits_put(&edits, 4, 2, X, NULL), EXN_OK);
    assert_int_equal(exn_edits_put(&edits, 5, 1, X, NULL), EXN_OK);
    assert_int_equal(exn_edits_finish(&edits, NULL), EXN_INTERNAL);
    exn_edits_free(&edits);
    exn_buffer_free(&out.bytes);

    edits = (exn_edits){.source = &source, .sink = &sink};
    assert_int_equal(exn_edits_flush(&edits, 5, NULL), EXN_OK);
    assert_int_equal(exn_edits_put(&edits, 4, 1, X, NULL), EXN_INTERNAL);
    exn_edits_free(&edits);
    exn_buffer_free(&out.bytes);
}

static void failed_writes_are_handed_on(void **state)
{
    (void)state;
    exn_span span = {(const uint8_t *)"0123456789", 10};
    exn_source source = exn_window_source_of(&span);
    for (size_t limit = 0; limit < 10; limit++) {
        collected out = {.limit = limit};
        exn_sink sink = {collect, &out};
        exn_edits edits = {.source = &source, .sink = &sink};
        exn_error error = {0};
        assert_int_equal(exn_edits_put(&edits, 4, 1, X, NULL), EXN_OK);
        assert_int_equal(exn_edits_finish(&edits, &error), EXN_WRITE);
        assert_int_equal(error.sys_errno, ENOSPC);
        exn_edits_free(&edits);
        exn_buffer_free(&out.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_ranges_change),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(failed_writes_are_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
