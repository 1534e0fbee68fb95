/* SPDX-License-Identifier: MIT */
/* Takes one file through the whole public interface, with everything that has to hold of any file
 * asserted by cmocka: the product verifies, needs nothing, stays as it is when it is normalized
 * again, in both modes, and exn_check() says the same of it and of the source. */
#ifndef EXN_TEST_PASS_H
#define EXN_TEST_PASS_H

#include "buffer.h"

typedef struct exn_test_pass {
    exn_result result;
    exn_bytes product; /* empty if the outcome is UNTOUCHED */
    exn_span file;     /* the product or, if there is none, the source */
} exn_test_pass;

/* The source has to be one that is not refused. options: NULL means defaults. To be freed. */
exn_test_pass exn_test_pass_make(exn_span source, const exn_options *options);
void exn_test_pass_free(exn_test_pass *pass);

/* exn_check() of a file in memory. */
exn_status exn_test_check(exn_span file, const exn_options *options, exn_result *result);

/* Whether the source is refused by exn_options.strict, by exn_normalize() and exn_check() alike. */
bool exn_test_is_refused(exn_span source);

/* What exiftool prints of a file for these arguments (NULL-terminated, without the file's name).
 * Asserts that it runs. The text has a NUL and is owned by the caller. */
char *exn_test_exiftool(exn_span file, const char *const arguments[]);

/* Asserts that exiftool sees no orientation but 1 in any group. */
void exn_test_no_orientation(exn_span file);

#endif
