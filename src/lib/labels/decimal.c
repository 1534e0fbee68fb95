/* SPDX-License-Identifier: MIT */
#include "decimal.h"

#include <string.h>

enum { MAX = EXN_DECIMAL_DIGITS };

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Sets zero. The digits are left uninitialized: there are many of them, and many numbers. */
static void clear(exn_decimal *number)
{
    number->is_negative = number->has_point = number->is_bare = number->has_exponent = false;
    number->count = number->scale = number->exponent = 0;
    number->exponent_size = 0;
}

/* "e-05" at the end of a text. Checked before it can overflow: scale is the number of decimals
 * minus the exponent, at most 800, and an int16_t. */
static bool read_exponent(exn_span text, exn_decimal *number)
{
    size_t at = 1;
    int value = 0;
    bool is_negative = false;
    if (text.size > sizeof number->exponent_text)
        return false;
    if (at < text.size && (text.data[at] == '-' || text.data[at] == '+'))
        is_negative = text.data[at++] == '-';
    if (at == text.size)
        return false;
    for (; at < text.size; at++) {
        if (!is_digit(text.data[at]))
            return false;
        value = value * 10 + (text.data[at] - '0');
        if (value > MAX)
            return false;
    }
    number->has_exponent = true;
    number->exponent = (int16_t)(is_negative ? -value : value);
    number->exponent_size = (uint8_t)text.size;
    memcpy(number->exponent_text, text.data, text.size);
    return true;
}

static void trim(exn_decimal *number)
{
    while (number->count > 0 && number->digit[number->count - 1] == 0)
        number->count--;
    if (number->count == 0)
        number->is_negative = false;
}

/* Two passes, because digits are stored from the least significant one on and their count is known
 * only at the end. Leading zeros count towards the limit, so that megabytes of them are not a
 * number either. */
bool exn_decimal_read(exn_span text, exn_decimal *number)
{
    size_t at = 0, first, behind = 0, seen = 0;
    clear(number);
    if (at < text.size && (text.data[at] == '-' || text.data[at] == '+'))
        number->is_negative = text.data[at++] == '-';
    for (first = at; at < text.size; at++) {
        if (text.data[at] == '.' && !number->has_point) {
            number->has_point = true;
            number->is_bare = at == first;
            continue;
        }
        if (!is_digit(text.data[at]))
            break;
        behind += number->has_point;
        seen++;
    }
    if (seen == 0 || seen > MAX)
        return false;
    size_t left = seen;
    for (size_t i = first; i < at; i++)
        if (text.data[i] != '.')
            number->digit[--left] = (uint8_t)(text.data[i] - '0');
    number->count = (int16_t)seen;
    trim(number);
    if (at < text.size) {
        exn_span rest = exn_span_part(text, at, SIZE_MAX);
        if ((rest.data[0] != 'e' && rest.data[0] != 'E') || !read_exponent(rest, number))
            return false;
    }
    number->scale = (int16_t)((int)behind - number->exponent);
    return true;
}

void exn_decimal_set(exn_decimal *number, uint32_t value)
{
    clear(number);
    for (; value; value /= 10)
        number->digit[number->count++] = (uint8_t)(value % 10);
}

/* Appends zeros. Zero has no digits to shift: 0e-400 and 0 differ only in scale. */
static bool rescale(exn_decimal *number, int scale)
{
    int more = scale - number->scale;
    if (number->count > 0 && more > 0) {
        if (more > MAX - number->count)
            return false;
        memmove(number->digit + more, number->digit, (size_t)number->count);
        memset(number->digit, 0, (size_t)more);
        number->count = (int16_t)(number->count + more);
    }
    number->scale = (int16_t)scale;
    return true;
}

/* Both have the same scale and no leading zeros, so the longer one is greater. */
static int compare(const exn_decimal *a, const exn_decimal *b)
{
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (int i = a->count - 1; i >= 0; i--)
        if (a->digit[i] != b->digit[i])
            return a->digit[i] < b->digit[i] ? -1 : 1;
    return 0;
}

static int digit_of(const exn_decimal *number, int i)
{
    return i < number->count ? number->digit[i] : 0;
}

/* The digits of a + b. */
static bool add(const exn_decimal *a, const exn_decimal *b, exn_decimal *to)
{
    int count = a->count > b->count ? a->count : b->count, carry = 0;
    for (int i = 0; i < count; i++) {
        int sum = digit_of(a, i) + digit_of(b, i) + carry;
        to->digit[i] = (uint8_t)(sum % 10);
        carry = sum / 10;
    }
    if (carry && count == MAX)
        return false;
    if (carry)
        to->digit[count++] = 1;
    to->count = (int16_t)count;
    return true;
}

/* The digits of a - b, for a >= b. */
static void take(const exn_decimal *a, const exn_decimal *b, exn_decimal *to)
{
    int borrow = 0;
    for (int i = 0; i < a->count; i++) {
        int rest = a->digit[i] - digit_of(b, i) - borrow;
        borrow = rest < 0;
        to->digit[i] = (uint8_t)(rest + 10 * borrow);
    }
    to->count = a->count;
}

/* Works on copies, so that to may be a or b. Numbers are signs and magnitudes: with unlike signs
 * they are added, with like signs the smaller is subtracted from the greater. */
bool exn_decimal_subtract(const exn_decimal *a, const exn_decimal *b, exn_decimal *to)
{
    exn_decimal x = *a, y = *b, result = *b;
    int scale = x.scale > y.scale ? x.scale : y.scale;
    if (!rescale(&x, scale) || !rescale(&y, scale))
        return false;
    result.scale = (int16_t)scale;
    result.is_negative = x.is_negative;
    if (x.is_negative != y.is_negative) {
        if (!add(&x, &y, &result))
            return false;
    } else if (compare(&x, &y) >= 0) {
        take(&x, &y, &result);
    } else {
        take(&y, &x, &result);
        result.is_negative = !y.is_negative;
    }
    trim(&result);
    *to = result;
    return true;
}

/* Drops trailing zeros that form does not ask for. Only zeros are dropped: significant digits stay,
 * whatever the form. An exponent shifts the scale that the form asks for. */
static bool fit(exn_decimal *number, const exn_decimal *form, exn_decimal_zeros zeros)
{
    int least = form->scale;
    if (zeros == EXN_DECIMAL_SHORT && !form->has_exponent)
        least = form->has_point;
    int drop = 0;
    while (drop < number->count && number->digit[drop] == 0 && number->scale - drop > least)
        drop++;
    if (number->count == 0)
        drop = number->scale > least ? number->scale - least : 0;
    else
        memmove(number->digit, number->digit + drop, (size_t)(number->count - drop));
    number->count = (int16_t)(number->count > drop ? number->count - drop : 0);
    number->scale = (int16_t)(number->scale - drop);
    return number->scale >= least || rescale(number, least);
}

/* The exponent is kept as written, so the digits move instead: 1.5e2 minus 100 is 0.5e2. */
exn_status exn_decimal_write(const exn_decimal *number, const exn_decimal *form,
                             exn_decimal_zeros zeros, exn_buffer *out)
{
    exn_decimal n = *number;
    if (!fit(&n, form, zeros))
        return EXN_LIMIT;
    /* A sign, up to MAX digits before and after the point, and an exponent of 8 bytes. */
    char text[2 * MAX + 16];
    size_t size = 0;
    int behind = n.scale + (form->has_exponent ? form->exponent : 0);
    if (behind < 0) { /* only if the form has no exponent, or for zero */
        if (!rescale(&n, n.scale - behind))
            return EXN_LIMIT;
        behind = 0;
    }
    int whole = n.count > behind ? n.count - behind : 0;
    const bool has_front = whole > 0 || !(form->is_bare && behind > 0);
    /* So many zeros as 0e400 would need behind the point are no number to exn_decimal_read(). */
    if ((whole > 0 ? whole : has_front) + behind > MAX)
        return EXN_LIMIT;
    if (n.is_negative)
        text[size++] = '-';
    for (int i = 0; i < whole; i++)
        text[size++] = (char)('0' + n.digit[n.count - 1 - i]);
    if (whole == 0 && has_front)
        text[size++] = '0';
    if (behind > 0 || form->has_point)
        text[size++] = '.';
    for (int i = behind - 1; i >= 0; i--)
        text[size++] = (char)('0' + digit_of(&n, i));
    if (form->has_exponent) {
        memcpy(text + size, form->exponent_text, form->exponent_size);
        size += form->exponent_size;
    }
    return exn_buffer_append(out, text, size);
}

/* 17 digits identify any double. Each division may round, so the last bit may differ from
 * strtod()'s. */
double exn_decimal_value(const exn_decimal *number)
{
    enum { EXACT = 17 };
    int first = number->count > EXACT ? number->count - EXACT : 0;
    double value = 0;
    for (int i = number->count - 1; i >= first; i--)
        value = value * 10 + number->digit[i];
    for (int scale = number->scale - first; scale > 0; scale--)
        value /= 10;
    for (int scale = number->scale - first; scale < 0; scale++)
        value *= 10;
    return number->is_negative ? -value : value;
}

bool exn_decimal_read_value(exn_span text, double *value)
{
    enum { EXACT = 15 }; /* a double holds any number of so many digits, and such powers of ten */
    static const double tens[EXACT + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    if (text.size == 0)
        return false;
    const uint8_t *at = text.data, *const end = at + text.size;
    const bool is_negative = *at == '-';
    uint64_t digits = 0;
    size_t behind = 0;
    at += is_negative;
    if (text.size <= EXACT + 1) {
        at = exn_decimal_gather(at, end, &digits);
        if (at < end && *at == '.') {
            const uint8_t *point = at + 1;
            at = exn_decimal_gather(point, end, &digits);
            behind = (size_t)(at - point);
        }
    }
    if (at == end && is_digit(at[-1])) {
        /* Both are exact as doubles, so this rounds once and gives the nearest double, as strtod()
         * does. */
        *value = (double)digits / tens[behind];
        *value = is_negative ? -*value : *value;
        return true;
    }
    exn_decimal number;
    if (!exn_decimal_read(text, &number))
        return false;
    *value = exn_decimal_value(&number);
    return true;
}

bool exn_decimal_is_size(const exn_decimal *number, uint32_t *value)
{
    exn_decimal n = *number;
    uint64_t result = 0;
    if (n.is_negative || (n.scale < 0 && !rescale(&n, 0)))
        return false;
    for (int i = 0; i < n.scale; i++)
        if (digit_of(&n, i) != 0)
            return false;
    for (int i = n.count - 1; i >= n.scale; i--) {
        result = result * 10 + n.digit[i];
        if (result > UINT32_MAX)
            return false;
    }
    *value = (uint32_t)result;
    return true;
}
