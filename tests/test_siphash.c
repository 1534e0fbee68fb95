/* SPDX-License-Identifier: MIT */
/* The keyed hash of the state's table against the vectors of its authors' reference code, and that
 * names which share an unkeyed hash do not share this one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/siphash.c" /* the program is no library that could be linked */

/* Key 00 01 .. 0F, message 00 01 .. of that length; the one of 15 is in the paper's appendix A. */
static void test_vectors(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        uint64_t hash;
    } vectors[] = {{0, 0x726FDB47DD0E0E31},
                   {1, 0x74F839C593DC67FD},
                   {7, 0xAB0200F58B01D137},
                   {8, 0x93F5F5799A932462},
                   {15, 0xA129CA6149BE45E5}};
    const exn_siphash_key key = {{0x0706050403020100, 0x0F0E0D0C0B0A0908}};
    unsigned char message[16];
    for (unsigned char i = 0; i < sizeof message; i++)
        message[i] = i;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        assert_true(exn_siphash(&key, message, vectors[i].size) == vectors[i].hash);
}

static void test_keys(void **state)
{
    (void)state;
    const exn_siphash_key a = exn_siphash_new_key(), b = exn_siphash_new_key();
    assert_false(a.words[0] == b.words[0] && a.words[1] == b.words[1]);
    assert_true(exn_siphash(&a, "name", 4) == exn_siphash(&a, "name", 4));
    assert_false(exn_siphash(&a, "name", 4) == exn_siphash(&b, "name", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
