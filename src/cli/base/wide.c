/* SPDX-License-Identifier: MIT */
#include "wide.h"

#include <string.h>

static bool has_mark(const char *head, size_t size)
{
    return size >= 2 && (memcmp(head, "\xFF\xFE", 2) == 0 || memcmp(head, "\xFE\xFF", 2) == 0);
}

/* Which byte of a unit holds the ASCII character; 2: this is not UTF-16. Without a mark the first
 * four characters must have their zeros in the same place: labels begin with brackets, digits or
 * column names (compare RFC 4627, 3, for JSON). The library has the same rule (labels/sniff.c), and
 * tests/test_wide.c compares the two. */
static size_t low_byte(const char *head, size_t size)
{
    enum { WITNESSES = 4, NONE = 2 };
    if (has_mark(head, size))
        return *head == '\xFE';
    for (size_t low = 0; low < NONE && size >= 2 * WITNESSES; low++) {
        size_t seen = 0;
        for (size_t i = 0; i < WITNESSES; i++) {
            const char c = head[2 * i + low];
            seen += head[2 * i + !low] == 0 && ((c >= ' ' && c <= '~') || (c >= '\t' && c <= '\r'));
        }
        if (seen == WITNESSES)
            return low;
    }
    return NONE;
}

bool exn_wide_is(const void *head, size_t size)
{
    return low_byte(head, size) < 2;
}

size_t exn_wide_narrow(char *text, size_t size)
{
    const size_t low = low_byte(text, size), start = has_mark(text, size) ? 2 : 0;
    const size_t count = (size - start) / 2;
    for (size_t i = 0; i < count && low < 2; i++) {
        const char *unit = text + start + 2 * i;
        const bool is_ascii = !unit[!low] && unit[low] > 0;
        text[i] = unit[low];
        if (!is_ascii)
            text[i] = '?';
    }
    return low < 2 ? count : size;
}
