/* SPDX-License-Identifier: MIT */
/* Writes what the entropy-domain rotation makes as a JPEG of nothing else. To be included behind
 * cmocka.h. */
#ifndef EXN_TEST_ENTROPY_WRITE_H
#define EXN_TEST_ENTROPY_WRITE_H

#include "jpeg/entropy.h"

/* In place of what out has. */
static inline void write_picture(exn_entropy *entropy, exn_buffer *out)
{
    out->size = 0;
    assert_int_equal(exn_buffer_append(out, "\xFF\xD8", 2), EXN_OK);
    assert_int_equal(exn_entropy_append_frame(entropy, out), EXN_OK);
    for (uint32_t s = 0; s < entropy->plan.scans; s++)
        assert_int_equal(exn_entropy_append_scan(entropy, s, out), EXN_OK);
    assert_int_equal(exn_buffer_append(out, "\xFF\xD9", 2), EXN_OK);
}

#endif
