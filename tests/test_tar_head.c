/* SPDX-License-Identifier: MIT */
/* The largest size that a member's header can get. No image that a test could have is as large, so
 * the head is edited by itself; tests/cli/tar.sh has all else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.c"
#include "base/text.c"
#include "streams/tar_head.c" /* the program is no library that could be linked */

/* POSIX.1-2017, pax, "ustar Interchange Format": offsets of typeflag and magic. */
static void put_header(uint8_t *block, char type, const char *size)
{
    unsigned sum = 0;
    memset(block, 0, 512);
    memcpy(block, "a.jpg", 5);
    memcpy(block + 124, size, strlen(size));
    memset(block + 148, ' ', 8);
    block[156] = (uint8_t)type;
    memcpy(block + 257, "ustar\00000", 8);
    for (size_t i = 0; i < 512; i++)
        sum += block[i];
    snprintf((char *)block + 148, 8, "%06o", sum);
}

static void assert_checksum(const uint8_t *block)
{
    unsigned sum = 0;
    for (size_t i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? ' ' : block[i];
    assert_int_equal(strtoul((const char *)block + 148, NULL, 8), sum);
}

/* A pax header with a size in it, and the member's own. */
static void make_head(exn_tar_head *head, uint8_t blocks[static 3 * 512])
{
    exn_error error = {0};
    put_header(blocks, 'x', "00000000011");
    memset(blocks + 512, 0, 512);
    memcpy(blocks + 512, "9 size=1\n", 9);
    put_header(blocks + 1024, '0', "00000000001");
    *head = (exn_tar_head){0};
    assert_int_equal(exn_tar_head_append(head, blocks, 3 * 512, &error), EXN_OK);
}

static void test_largest_size(void **state)
{
    (void)state;
    const uint64_t limit = UINT64_C(8589934592); /* 8 to the power of 11 */
    uint8_t blocks[3 * 512];
    exn_tar_head head;
    exn_error error = {0};
    make_head(&head, blocks);
    assert_int_equal(exn_tar_head_resize(&head, limit - 1, &error), EXN_OK);
    assert_int_equal(head.size, 3 * 512);
    assert_memory_equal(head.bytes + 512, "19 size=8589934591\n\0", 20);
    assert_memory_equal(head.bytes + 124, "00000000023\0", 12);
    assert_memory_equal(head.bytes + 1024 + 124, "77777777777\0", 12);
    assert_checksum(head.bytes);
    assert_checksum(head.bytes + 1024);
    exn_tar_head_free(&head);

    /* A digit more would push the size's lowest one out of its field, and the member would end
     * somewhere else. */
    for (uint64_t body = limit; body < limit << 6; body <<= 1) {
        make_head(&head, blocks);
        error = (exn_error){0};
        assert_int_equal(exn_tar_head_resize(&head, body, &error), EXN_LIMIT);
        assert_memory_equal(head.bytes, blocks, sizeof blocks);
        exn_tar_head_free(&head);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_largest_size)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
