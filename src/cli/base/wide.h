/* SPDX-License-Identifier: MIT */
/* Text in UTF-16, by its first bytes. */
#ifndef EXN_CLI_BASE_WIDE_H
#define EXN_CLI_BASE_WIDE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether it begins with the mark of UTF-16, or with some characters of ASCII that are each two
 * bytes. */
bool exn_wide_is(const void *head, size_t size);

/* Makes UTF-16 one byte a character, '?' for what is not ASCII, in place; returns the new size. */
size_t exn_wide_narrow(char *text, size_t size);

#endif
