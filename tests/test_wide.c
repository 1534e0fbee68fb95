/* SPDX-License-Identifier: MIT */
/* The program and the library each tell UTF-16 by a file's first bytes (base/wide.c,
 * labels/sniff.c), since the program includes nothing of the library but its public header. Both
 * have to say the same: what the program takes for text is what the library can read as labels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.c" /* the program is no library that could be linked */
#include "labels/sniff.h"
#include "window.h"

static void compare(const uint8_t head[8], size_t size)
{
    exn_span file = {head, size};
    const exn_source source = exn_window_source_of(&file);
    const exn_sniff_text text = exn_sniff_text_of(&source);
    char copy[8];

    memcpy(copy, head, sizeof copy);
    assert_true(exn_wide_is(head, size) == (text != EXN_SNIFF_BYTES));
    /* And the same byte order: the first character comes out. */
    const size_t mark = text != EXN_SNIFF_BYTES && head[0] >= 0xFE ? 2 : 0;
    if (text == EXN_SNIFF_BYTES)
        assert_int_equal(exn_wide_narrow(copy, size), size);
    else if (exn_wide_narrow(copy, size) > 0) {
        const size_t low = text == EXN_SNIFF_UTF16_BIG;
        const uint8_t unit[2] = {head[mark + low], head[mark + !low]};
        assert_int_equal((uint8_t)*copy, unit[1] == 0 && unit[0] - 1u < 0x7F ? unit[0] : '?');
    }
}

/* Each byte of these, in turn, with every value; and beginnings of any length. */
static void both_say_the_same(void **state)
{
    static const uint8_t heads[][8] = {"a\0,\0b\0\n\0", "\0[\0{\0\"\0i", "\xFF\xFE[\0\xE4\0]",
                                       "\xFE\xFF\0[\0\xE4\0]", "a,b\n1,2\n"};
    size_t wide = 0;
    (void)state;

    for (size_t n = 0; n < sizeof heads / sizeof heads[0]; n++)
        for (size_t at = 0; at < sizeof heads[0]; at++)
            for (unsigned value = 0; value < 256; value++)
                for (size_t size = 0; size <= sizeof heads[0]; size++) {
                    uint8_t head[8];
                    memcpy(head, heads[n], sizeof head);
                    head[at] = (uint8_t)value;
                    compare(head, size);
                    wide += exn_wide_is(head, size);
                }
    assert_true(wide > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_say_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
