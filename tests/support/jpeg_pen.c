/* SPDX-License-Identifier: MIT */
#include "support/jpeg_pen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

void exn_test_put(exn_test_pen *p, uint32_t value, unsigned length)
{
    while (length-- > 0) {
        p->bits = p->bits << 1 | (value >> length & 1);
        if (++p->count == 8) {
            const uint8_t byte = (uint8_t)p->bits;
            assert_int_equal(exn_buffer_append(p->out, &byte, 1), EXN_OK);
            if (byte == 0xFF)
                assert_int_equal(exn_buffer_append(p->out, "", 1), EXN_OK);
            p->count = 0;
        }
    }
}

void exn_test_finish(exn_test_pen *p, int padding)
{
    while (p->count)
        exn_test_put(p, (uint32_t)padding, 1);
}

void exn_test_codes_make(const uint8_t *table, exn_test_codes *codes)
{
    const uint8_t *value = table + 16;
    uint16_t code = 0;

    *codes = (exn_test_codes){0};
    for (uint8_t length = 1; length <= 16; length++, code = (uint16_t)(code << 1))
        for (unsigned n = 0; n < table[length - 1]; n++, value++) {
            codes->code[*value] = code++;
            codes->length[*value] = length;
        }
}

void exn_test_put_value(exn_test_pen *p, const exn_test_codes *codes, uint8_t run, int value)
{
    uint8_t size = 0;

    while (abs(value) >> size)
        size++;
    const uint8_t symbol = (uint8_t)(run << 4 | size);
    assert_true(codes->length[symbol] > 0);
    exn_test_put(p, codes->code[symbol], codes->length[symbol]);
    exn_test_put(p, (uint32_t)(value < 0 ? value - 1 : value), size);
}
