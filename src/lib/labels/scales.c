/* SPDX-License-Identifier: MIT */
#include "scales.h"

#include <string.h>

/* Once they are mixed nothing can change that, so millions of boxes pass quickly. */
void exn_scales_note(exn_scales *scales, const exn_numbers *numbers)
{
    for (size_t i = 0; i < 4 && !scales->is_mixed; i++) {
        exn_span text = exn_numbers_text(numbers, i);
        const uint8_t *point = memchr(text.data, '.', text.size);
        int scale = point ? (int)(text.data + text.size - point) - 1 : 0;
        scales->is_mixed = memchr(text.data, 'e', text.size) || memchr(text.data, 'E', text.size) ||
                           (scales->is_any && scales->scale != scale);
        scales->is_any = true;
        scales->scale = scale;
        scales->has_zeros |= scale > 1 && text.data[text.size - 1] == '0';
    }
}

exn_decimal_zeros exn_scales_zeros(const exn_scales *scales)
{
    return !scales->is_mixed && scales->scale > 1 && scales->has_zeros ? EXN_DECIMAL_SAME
                                                                       : EXN_DECIMAL_SHORT;
}
