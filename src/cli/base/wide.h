/* SPDX-License-Identifier: MIT */
/* Recognizes text in UTF-16 by its first bytes. */
#ifndef EXN_CLI_BASE_WIDE_H
#define EXN_CLI_BASE_WIDE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether it begins with the byte-order mark of UTF-16, or with a few ASCII characters of two bytes
 * each. */
bool exn_wide_is(const void *head, size_t size);

/* Converts UTF-16 to one byte a character, in place, with '?' for anything but ASCII; returns the
 * new size. */
size_t exn_wide_narrow(char *text, size_t size);

#endif
