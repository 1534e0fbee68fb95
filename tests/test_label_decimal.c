/* SPDX-License-Identifier: MIT */
/* src/lib/labels/decimal.h against Python's decimal, which shares no code with it. */
#include "labels/decimal.h"
#include "labels/decimal_print.h"
#include "labels/decimal_scan.h"
#include "labels/decimal_short.h"

#include "support/proc.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Lines of a, b, and a - b as a plain number without zeros at its end; and whether both can be read
 * at all. */
static const char cases[] =
    "import random, sys\n"
    "from decimal import *\n"
    "getcontext().prec = 2000\n"
    "r = random.Random(18)\n"
    "def number():\n"
    "    kind = r.randrange(9)\n"
    "    if kind == 0: return str(r.randrange(10 ** r.randrange(1, 12)))\n"
    "    if kind == 1: return repr(r.uniform(-5000, 5000))\n"
    "    if kind == 2: return '%.2f' % r.uniform(-50, 5000)\n"
    "    if kind == 3: return '%.6f' % r.random()\n"
    "    if kind == 4: return repr(r.random() * 10.0 ** r.randrange(-40, 5))\n"
    "    if kind == 5: return '%g' % (r.random() * 10.0 ** r.randrange(-12, 9))\n"
    "    if kind == 6: return r.choice(['0', '-0', '0.0', '-0.00', '.5', '5.', '+7', '007.50', "
    "'1e3', '1.50E+2', '12e-02', '0e-5'])\n"
    "    if kind == 7: return ''.join(r.choice('0123456789') for _ in range(r.randrange(1, 60))) + "
    "r.choice(['', '.', '.0', '.250'])\n"
    "    return str(r.randrange(10)) + '.' + '9' * r.randrange(1, 120)\n"
    "for i in range(int(sys.argv[1])):\n"
    "    a, b = number(), number()\n"
    "    print(a, b, format((Decimal(a) - Decimal(b)).normalize() + 0, 'f'), "
    "float(Decimal(b)).hex())\n";

static size_t numbers = 20000; /* --long: five times as many */

static exn_span text_of(const char *text)
{
    return (exn_span){(const uint8_t *)text, strlen(text)};
}

static const char *written(const exn_decimal *number, const char *form, exn_decimal_zeros zeros)
{
    static exn_buffer out;
    exn_decimal f;
    exn_buffer_free(&out);
    assert_true(exn_decimal_read(text_of(form), &f));
    assert_int_equal(exn_decimal_write(number, &f, zeros, &out), EXN_OK);
    assert_int_equal(exn_buffer_append(&out, "", 1), EXN_OK);
    return (const char *)out.data;
}

static void differences_are_pythons(void **state)
{
    (void)state;
    char count[24];
    snprintf(count, sizeof count, "%zu", numbers);
    const char *const argv[] = {"python3", "-c", cases, count, NULL};
    exn_test_proc proc;
    size_t seen = 0;
    assert_true(exn_test_run(argv, (exn_span){NULL, 0}, &proc));
    assert_int_equal(exn_buffer_append(&proc.out, "", 1), EXN_OK);
    for (char *rest, *line = strtok_r((char *)proc.out.data, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest), seen++) {
        char *more, *a = strtok_r(line, " ", &more), *b = strtok_r(NULL, " ", &more),
                    *difference = strtok_r(NULL, " ", &more), *value = strtok_r(NULL, " ", &more);
        exn_decimal x, y, z;
        assert_true(exn_decimal_read(text_of(a), &x));
        assert_true(exn_decimal_read(text_of(b), &y));
        const double near = strtod(value, NULL);
        if (fabs(exn_decimal_value(&y) - near) > fabs(near) * 1e-14)
            fail_msg("%s is %a, not %s", b, exn_decimal_value(&y), value);
        double quick;
        assert_true(exn_decimal_read_value(text_of(b), &quick));
        if (fabs(quick - near) > fabs(near) * 1e-14)
            fail_msg("%s is quickly %a, not %s", b, quick, value);
        assert_true(exn_decimal_subtract(&x, &y, &z));
        /* A form without a point: as few digits as there can be. */
        const char *result = written(&z, "0", EXN_DECIMAL_SHORT);
        if (strcmp(result, strcmp(difference, "-0") == 0 ? "0" : difference) != 0)
            fail_msg("%s - %s is %s, not %s", a, b, result, difference);
    }
    assert_int_equal(seen, numbers);
    exn_test_proc_free(&proc);
}

/* W - (W - x) in the form of x is x, byte for byte, whatever its form. */
static void there_and_back_is_the_same_text(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "0",
        "7",
        "10",
        "0.0",
        "10.50",
        "3.25",
        "0.500000",
        "1e-05",
        "2.5e-5",
        "1.25E-07",
        "-3",
        "-0.75",
        ".5",
        ".50",
        "5.",
        "12.000",
        "0.123456",
        "4031.999",
        "9007199254740993",
        "0.1",
        "1e0",
        "0.000000001",
        "99.99",
        "5e-324",
        "17E+00",
        "123456789.123456789123456789",
    };
    static const uint32_t sides[] = {1, 100, 640, 4032, 4294967295u};
    char there[512];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (size_t s = 0; s < sizeof sides / sizeof *sides; s++) {
            if (forms[i][0] == '.' && sides[s] > 1)
                continue; /* 99.5 does not say that it was .5 */
            exn_decimal side, x, moved;
            exn_decimal_set(&side, sides[s]);
            assert_true(exn_decimal_read(text_of(forms[i]), &x));
            assert_true(exn_decimal_subtract(&side, &x, &moved));
            snprintf(there, sizeof there, "%s", written(&moved, forms[i], EXN_DECIMAL_SAME));
            assert_true(exn_decimal_read(text_of(there), &x));
            assert_true(exn_decimal_subtract(&side, &x, &moved));
            assert_string_equal(written(&moved, there, EXN_DECIMAL_SAME), forms[i]);
        }
}

static void forms_of_results(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b, *same, *brief;
    } rows[] = {
        {"100", "10.50", "89.50", "89.5"},
        {"100", "13.25", "86.75", "86.75"},
        {"100", "10.0", "90.0", "90.0"},
        {"100", "10", "90", "90"},
        {"100.5", "10", "90.5", "90.5"},
        {"100.0", "10", "90", "90"},
        {"1", "1e-05", "99999e-05", "99999e-05"},
        {"1", ".25", ".75", ".75"},
        {"10", ".25", "9.75", "9.75"},
        {"3", "3.00", "0.00", "0.0"},
        {"3", "5.25", "-2.25", "-2.25"},
        {"0", "0", "0", "0"},
        {"0", "-0", "0", "0"},
        {"1", "-0.5", "1.5", "1.5"},
        {"4000", "1.2e3", "2.8e3", "2.8e3"},
        {"0", "0.000", "0.000", "0.0"},
        {"1", "0.99999", "0.00001", "0.00001"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        exn_decimal a, b, z;
        assert_true(exn_decimal_read(text_of(rows[i].a), &a));
        assert_true(exn_decimal_read(text_of(rows[i].b), &b));
        assert_true(exn_decimal_subtract(&a, &b, &z));
        assert_string_equal(written(&z, rows[i].b, EXN_DECIMAL_SAME), rows[i].same);
        assert_string_equal(written(&z, rows[i].b, EXN_DECIMAL_SHORT), rows[i].brief);
    }
}

/* All zeros of 0e400 behind a point would be more digits than a number may have. */
static void test_zeros_of_exponents(void **state)
{
    (void)state;
    for (unsigned e = EXN_DECIMAL_DIGITS - 4; e <= EXN_DECIMAL_DIGITS; e++) {
        char text[16];
        exn_buffer out = {0};
        exn_decimal side, zero, there, again;
        snprintf(text, sizeof text, "0e%u", e);
        exn_decimal_set(&side, 4032);
        assert_true(exn_decimal_read(text_of(text), &zero));
        assert_true(exn_decimal_subtract(&side, &zero, &there));
        const exn_status status = exn_decimal_write(&there, &zero, EXN_DECIMAL_SAME, &out);
        assert_int_equal(status, e < EXN_DECIMAL_DIGITS ? EXN_OK : EXN_LIMIT);
        assert_true(status != EXN_OK || exn_decimal_read(exn_buffer_span(&out), &again));
        assert_true(status != EXN_OK ||
                    (exn_decimal_subtract(&again, &side, &again) && again.count == 0));
        exn_buffer_free(&out);
    }
}

/* The generator of the C standard's example (C11, 7.22.2), its upper bits. */
static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

/* Numbers as files have them, and at the limits of 64 bits. */
static void make_number(char *text, uint32_t *seed)
{
    static const char *const odd[] = {"-",      "",      ".5",   "5.",   "+7", "1e3",
                                      "1.5e-2", "1.2.3", "0.00", "-0.0", "-0", "007",
                                      "00.50",  "1,5",   "0x1",  "9e999"};
    const uint32_t kind = draw(seed) % 40;
    if (kind < sizeof odd / sizeof *odd) {
        strcpy(text, odd[kind]);
        return;
    }
    const uint32_t whole = 1 + draw(seed) % (kind < 30 ? 4 : 10),
                   behind = draw(seed) % (kind < 30 ? 4 : 10);
    text += sprintf(text, "%s", draw(seed) % 4 ? "" : "-");
    for (uint32_t i = 0; i < whole; i++)
        text += sprintf(text, "%u", draw(seed) % 3 ? draw(seed) % 10 : 0);
    text += sprintf(text, "%s", behind ? "." : "");
    for (uint32_t i = 0; i < behind; i++)
        text += sprintf(text, "%u", draw(seed) % 2 ? draw(seed) % 10 : 0);
}

/* The text of end - number - less by decimal.h alone, which is held against Python above. */
static bool mirror_long(uint32_t end, const char *number, const char *less, exn_decimal_zeros zeros,
                        exn_buffer *out)
{
    exn_decimal e, n, l;
    exn_decimal_set(&e, end);
    if (!exn_decimal_read(text_of(number), &n) || (less && !exn_decimal_read(text_of(less), &l)))
        return false;
    const exn_decimal form = n;
    return exn_decimal_subtract(&e, &n, &n) && (!less || exn_decimal_subtract(&n, &l, &n)) &&
           exn_decimal_write(&n, &form, zeros, out) == EXN_OK;
}

static void short_numbers_are_mirrored_like_long_ones(void **state)
{
    (void)state;
    static const uint32_t ends[] = {0, 1, 100, 640, 4032, 99999, UINT32_MAX};
    uint32_t seed = 18;
    unsigned done = 0, left = 0;
    for (unsigned i = 0; i < 400000; i++) {
        char number[40], less[40], text[EXN_DECIMAL_SHORT_SIZE];
        make_number(number, &seed);
        make_number(less, &seed);
        const bool has_less = i % 2;
        const exn_decimal_short other = exn_decimal_short_read(text_of(less));
        const uint32_t end = ends[draw(&seed) % (sizeof ends / sizeof *ends)];
        const exn_decimal_zeros zeros = i / 2 % 2 ? EXN_DECIMAL_SAME : EXN_DECIMAL_SHORT;
        const size_t size = exn_decimal_short_mirror(end, exn_decimal_short_read(text_of(number)),
                                                     has_less ? &other : NULL, zeros, text);
        exn_buffer out = {0};
        left += size == 0;
        if (size > 0 && (!mirror_long(end, number, has_less ? less : NULL, zeros, &out) ||
                         out.size != size || memcmp(out.data, text, size) != 0))
            fail_msg("%u - %s - %s is '%.*s'", end, number, has_less ? less : "nothing", (int)size,
                     text);
        done += size > 0;
        exn_buffer_free(&out);
    }
    printf("%u mirrored, %u left to decimal.h\n", done, left);
    assert_true(done > 200000 && left > 20000);
}

/* Digits taken all at once against one by one: the same number and the same end, or nothing. A
 * number is followed by any byte, and by more digits behind its end. */
static void numbers_are_scanned_like_they_are_read(void **state)
{
    (void)state;
    static const char after[] = ",]} \n\teE.+-0\377x";
    uint32_t seed = 20;
    unsigned done = 0, left = 0, negative = 0;
    for (unsigned i = 0; i < 200000; i++) {
        char text[64 + EXN_DECIMAL_SCAN_SLACK];
        const unsigned whole = draw(&seed) % 10, behind = i % 3 ? draw(&seed) % 9 : 0;
        size_t size = 0;
        if (draw(&seed) % 4 == 0)
            text[size++] = '-';
        for (unsigned d = 0; d < whole; d++)
            text[size++] = (char)('0' + (draw(&seed) >> 8) % 10);
        if (behind > 0)
            text[size++] = '.';
        for (unsigned d = 0; d < behind; d++)
            text[size++] = (char)('0' + (draw(&seed) >> 8) % 10);
        for (size_t at = size; at < sizeof text; at++)
            text[at] = at == size ? after[draw(&seed) % (sizeof after - 1)]
                                  : (char)('0' + (draw(&seed) >> 8) % 10);
        const char last = text[size];
        exn_decimal_short number = {0, EXN_DECIMAL_SHORT_NONE};
        const uint8_t *begin = (const uint8_t *)text, *first = begin + (*text == '-'),
                      *end = exn_decimal_scan_read(begin, begin + size + 1, &number);
        const bool is_number = whole > 0 && (whole == 1 || *first != '0') && last != 'e' &&
                               last != 'E' && last != '0' && (behind > 0 || last != '.');
        if (!end) {
            left++;
            assert_true(!is_number || whole + behind + (behind > 0) > 8);
            continue;
        }
        const exn_decimal_short read = exn_decimal_short_read((exn_span){begin, size});
        done++;
        negative += read.digits < 0;
        if (!is_number || end != begin + size || number.digits != read.digits ||
            number.scale != read.scale)
            fail_msg("'%.*s'", (int)size + 1, text);
        /* Where the window ends nobody knows whether more digits would follow. */
        assert_null(exn_decimal_scan_read(begin, begin + size, &number));
    }
    printf("%u scanned, %u of them negative, %u left to others\n", done, negative, left);
    assert_true(done > 50000 && negative > 10000 && left > 50000);
}

/* Written all at once against printf(3): each number of digits, of zeros at its end, and of
 * decimals; what has more than eight digits is not taken. */
static void digits_are_printed_like_one_by_one(void **state)
{
    (void)state;
    static const int64_t most = 100000000;
    uint32_t seed = 21;
    for (unsigned i = 0; i < 100000; i++) {
        int64_t below = 1, number;
        for (unsigned d = draw(&seed) % 9; d > 0; d--)
            below *= 10;
        number = i % 3 ? (int64_t)draw(&seed) % below : below - i / 3 % 3;
        const unsigned scale = draw(&seed) % 8;
        char expected[40];
        uint8_t text[EXN_DECIMAL_PRINT_ROOM];
        int size = snprintf(expected, sizeof expected, "%0*" PRId64, (int)scale + 1, number);
        if (scale > 0) {
            memmove(expected + size - scale + 1, expected + size - scale, scale);
            expected[size++ - (int)scale] = '.';
        }
        const size_t printed = exn_decimal_print(number, scale, text);
        if (printed != (number < 0 || number >= most ? 0 : (size_t)size) ||
            memcmp(text, expected, printed) != 0)
            fail_msg("'%.*s' for '%.*s'", (int)printed, (char *)text, size, expected);
    }
    uint8_t text[EXN_DECIMAL_PRINT_ROOM];
    assert_int_equal(exn_decimal_print(1, 8, text), 0);
}

/* What they are for: coordinates of pixels and parts with as many digits as tools write. */
static void usual_numbers_are_short(void **state)
{
    (void)state;
    static const struct {
        uint32_t end;
        const char *number, *less, *result;
    } rows[] = {
        {4032, "12.5", "100.25", "3919.25"}, {640, "639", NULL, "1"},
        {1, "0.123456", NULL, "0.876544"},   {1, "0.1234567890123456", NULL, "0.8765432109876544"},
        {640, "0.0", "640", "0.0"},          {320, "330.25", NULL, "-10.25"},
        {640, "-0.5", NULL, "640.5"},        {4032, "1234.567890", NULL, "2797.43211"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[EXN_DECIMAL_SHORT_SIZE + 1] = "";
        const exn_decimal_short less =
            exn_decimal_short_read(text_of(rows[i].less ? rows[i].less : ""));
        const size_t size =
            exn_decimal_short_mirror(rows[i].end, exn_decimal_short_read(text_of(rows[i].number)),
                                     rows[i].less ? &less : NULL, EXN_DECIMAL_SHORT, text);
        text[size] = '\0';
        assert_string_equal(text, rows[i].result);
    }
}

static void what_is_no_number(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",   "-",  ".",   "e5",  "1e",    "1e+",   "1.2.3",  "NaN",          "inf",          "0x1",
        " 1", "1 ", "1,5", "--1", "1e5.0", "1e401", "1e-401", "1e0000000005", "1e99999999999"};
    char digits[EXN_DECIMAL_DIGITS + 2];
    exn_decimal number, other;
    double value;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (exn_decimal_read(text_of(texts[i]), &number) ||
            exn_decimal_read_value(text_of(texts[i]), &value))
            fail_msg("'%s' is read", texts[i]);
    memset(digits, '9', sizeof digits);
    digits[EXN_DECIMAL_DIGITS + 1] = '\0';
    assert_false(exn_decimal_read(text_of(digits), &number));
    digits[EXN_DECIMAL_DIGITS] = '\0';
    assert_true(exn_decimal_read(text_of(digits), &number));
    /* One digit more than there are. */
    assert_true(exn_decimal_read(text_of("-1"), &other));
    assert_false(exn_decimal_subtract(&number, &other, &number));
    assert_true(exn_decimal_read(text_of("1e-400"), &other));
    assert_false(exn_decimal_subtract(&number, &other, &number));
}

static void sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_size;
        uint32_t value;
    } rows[] = {
        {"640", true, 640},        {"640.00", true, 640},    {"64e1", true, 640},
        {"6400e-1", true, 640},    {"640.5", false, 0},      {"-1", false, 0},
        {"4294967295", true, ~0u}, {"4294967296", false, 0}, {"0", true, 0},
        {"-0.0", true, 0},         {"1e300", false, 0},      {"0.0001", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        exn_decimal number;
        uint32_t value = 0;
        assert_true(exn_decimal_read(text_of(rows[i].text), &number));
        if (exn_decimal_is_size(&number, &value) != rows[i].is_size || value != rows[i].value)
            fail_msg("%s is %u", rows[i].text, value);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--long") == 0)
        numbers *= 5;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_pythons),
        cmocka_unit_test(test_zeros_of_exponents),
        cmocka_unit_test(there_and_back_is_the_same_text),
        cmocka_unit_test(forms_of_results),
        cmocka_unit_test(short_numbers_are_mirrored_like_long_ones),
        cmocka_unit_test(numbers_are_scanned_like_they_are_read),
        cmocka_unit_test(usual_numbers_are_short),
        cmocka_unit_test(digits_are_printed_like_one_by_one),
        cmocka_unit_test(what_is_no_number),
        cmocka_unit_test(sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
