/* SPDX-License-Identifier: MIT */
/* The oracle matrix of JPEG: orientations x samplings x sizes x codings, each product against what
 * support/jpeg_oracle.h computes from the source's coefficients, and against real jpegtran.
 *
 * Without an argument: a subset in which every pair of values of two dimensions meets. With --long:
 * all of it, in two processes. */
#include "exifnorm.h"

#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/proc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct variant {
    const char *name;
    J_COLOR_SPACE space;
    bool progressive, arithmetic, optimize, single, odd, wide, wild;
    unsigned restart;
    int restart_rows;
} variant;

static const variant variants[] = {
    {.name = "baseline", .space = JCS_YCbCr},
    {.name = "progressive", .space = JCS_YCbCr, .progressive = true},
    {.name = "arithmetic", .space = JCS_YCbCr, .arithmetic = true},
    {.name = "arithmetic progressive", .space = JCS_YCbCr, .arithmetic = true, .progressive = true},
    {.name = "restart each row", .space = JCS_YCbCr, .restart_rows = 1},
    {.name = "restart each two rows", .space = JCS_YCbCr, .restart_rows = 2},
    {.name = "restart each MCU", .space = JCS_YCbCr, .restart = 1},
    {.name = "restart each 3 MCUs", .space = JCS_YCbCr, .restart = 3},
    {.name = "arithmetic, restart each 5 MCUs",
     .space = JCS_YCbCr,
     .arithmetic = true,
     .restart = 5},
    {.name = "progressive, restart each row",
     .space = JCS_YCbCr,
     .progressive = true,
     .restart_rows = 1},
    {.name = "noninterleaved", .space = JCS_YCbCr, .single = true},
    {.name = "noninterleaved progressive", .space = JCS_YCbCr, .single = true, .progressive = true},
    {.name = "optimized tables", .space = JCS_YCbCr, .optimize = true},
    {.name = "asymmetric tables", .space = JCS_YCbCr, .odd = true},
    {.name = "16-bit asymmetric tables", .space = JCS_YCbCr, .odd = true, .wide = true},
    {.name = "outside the RGB gamut", .space = JCS_YCbCr, .wild = true, .odd = true},
    {.name = "gray", .space = JCS_GRAYSCALE, .odd = true},
    {.name = "gray progressive, restart each 3 MCUs",
     .space = JCS_GRAYSCALE,
     .progressive = true,
     .restart = 3},
    {.name = "CMYK", .space = JCS_CMYK},
    {.name = "CMYK progressive, asymmetric tables",
     .space = JCS_CMYK,
     .progressive = true,
     .odd = true},
    {.name = "YCCK", .space = JCS_YCCK, .optimize = true},
    {.name = "YCCK arithmetic, outside the RGB gamut",
     .space = JCS_YCCK,
     .arithmetic = true,
     .wild = true},
    {.name = "RGB", .space = JCS_RGB, .odd = true},
};
enum { VARIANTS = sizeof variants / sizeof *variants };

static const uint32_t sizes[] = {1, 7, 8, 9, 15, 16, 17, 33, 97};
enum { SIZES = sizeof sizes / sizeof *sizes, SAMPLINGS = 19, ORIENTATIONS = 8 };

/* One file without a tag, from which all eight orientations are made. */
typedef struct source {
    const variant *variant;
    const exn_test_sampling *sampling;
    uint32_t width, height;
    exn_buffer file;
    exn_test_coefs coefs;
} source;

typedef struct counts {
    unsigned done, untouched, lossless, luma_lossless, requantized, jpegtran;
} counts;

static bool say(char why[EXN_TEST_WHY], const char *text)
{
    snprintf(why, EXN_TEST_WHY, "%s", text);
    return false;
}

static bool make_source(source *s, char why[EXN_TEST_WHY])
{
    const variant *v = s->variant;
    exn_test_jpeg spec;

    exn_test_jpeg_init(&spec, s->width, s->height);
    exn_test_jpeg_space(&spec, v->space);
    exn_test_jpeg_sampling(&spec, s->sampling->name);
    spec.progressive = v->progressive;
    spec.arithmetic = v->arithmetic;
    spec.optimize = v->optimize;
    spec.noninterleaved = v->single;
    spec.odd_tables = v->odd;
    spec.wide_tables = v->wide;
    spec.wild = v->wild;
    spec.restart_interval = v->restart;
    spec.restart_in_rows = v->restart_rows;
    s->file.size = 0;
    return exn_test_jpeg_make(&spec, &s->file, why) &&
           exn_test_jpeg_read(exn_buffer_span(&s->file), &s->coefs, why);
}

static void free_source(source *s)
{
    exn_buffer_free(&s->file);
    exn_test_coefs_free(&s->coefs);
}

static exn_outcome expected_outcome(uint32_t exact, int components)
{
    if (exact == (1u << components) - 1)
        return EXN_OUTCOME_LOSSLESS;
    return exact & 1 ? EXN_OUTCOME_LUMA_LOSSLESS : EXN_OUTCOME_REQUANTIZED;
}

/* A second run finds nothing to do. */
static bool check_settled(exn_bytes product, char why[EXN_TEST_WHY])
{
    exn_bytes again;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    const bool settled =
        exn_normalize(product.data, product.size, NULL, &again, &result, &error) == EXN_OK &&
        result.outcome == EXN_OUTCOME_UNTOUCHED;

    exn_bytes_free(&again);
    return settled || say(why, "the output is touched again");
}

/* Turned by the inverse, a lossless product has the source's coefficients. */
static bool check_inverse(const source *s, uint32_t value, exn_bytes product,
                          char why[EXN_TEST_WHY])
{
    static const uint32_t inverse[9] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    exn_buffer tagged = {0};
    exn_bytes back = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error = {0};
    exn_test_coefs coefs = {0};
    bool same = exn_test_tag((exn_span){product.data, product.size}, inverse[value], &tagged);

    if (same && exn_normalize(tagged.data, tagged.size, NULL, &back, &result, &error) != EXN_OK)
        same = say(why, error.detail);
    same = same && exn_test_jpeg_read((exn_span){back.data, back.size}, &coefs, why) &&
           exn_test_same_frame(&s->coefs, &coefs, 1, why);
    for (int i = 0; same && i < s->coefs.components; i++)
        same = exn_test_same_coefficients(&s->coefs, &coefs, i, 1, why);
    exn_test_coefs_free(&coefs);
    exn_bytes_free(&back);
    exn_buffer_free(&tagged);
    return same;
}

static bool check_jpegtran(const source *s, uint32_t value, const exn_test_coefs *product,
                           char why[EXN_TEST_WHY])
{
    exn_buffer turned = {0};
    exn_test_coefs coefs = {0};
    bool same = exn_test_jpegtran(exn_buffer_span(&s->file), value, NULL, &turned, why) &&
                exn_test_jpeg_read(exn_buffer_span(&turned), &coefs, why);

    for (int i = 0; same && i < coefs.components; i++) {
        /* jpegtran gives a single component factors of 1, which mean the same. */
        if (coefs.components > 1 && (coefs.component[i].h != product->component[i].h ||
                                     coefs.component[i].v != product->component[i].v))
            same = say(why, "other factors than jpegtran's");
        if (memcmp(coefs.component[i].quant, product->component[i].quant,
                   sizeof coefs.component[i].quant) != 0)
            same = say(why, "other tables than jpegtran's");
        same = same && exn_test_same_coefficients(&coefs, product, i, 1, why);
    }
    exn_test_coefs_free(&coefs);
    exn_buffer_free(&turned);
    return same;
}

static bool check_components(const source *s, uint32_t value, uint32_t exact,
                             const exn_test_coefs *product, char why[EXN_TEST_WHY])
{
    for (int i = 0; i < s->coefs.components; i++)
        if (!(exact >> i & 1 ? exn_test_same_coefficients(&s->coefs, product, i, value, why)
                             : exn_test_component_is_close(&s->coefs, product, i, value, why)))
            return false;
    return true;
}

static bool check_product(const source *s, uint32_t value, exn_bytes product,
                          const exn_result *result, bool jpegtran, char why[EXN_TEST_WHY])
{
    const uint32_t exact = exn_test_exact_set(&s->coefs, value);
    exn_test_coefs coefs = {0};

    if (result->exact_components != exact ||
        result->outcome != expected_outcome(exact, s->coefs.components)) {
        snprintf(why, EXN_TEST_WHY, "%s, exact %x and not %x", exn_outcome_word(result->outcome),
                 result->exact_components, exact);
        return false;
    }
    const bool good =
        exn_test_jpeg_read((exn_span){product.data, product.size}, &coefs, why) &&
        exn_test_same_frame(&s->coefs, &coefs, value, why) &&
        check_components(s, value, exact, &coefs, why) &&
        (!jpegtran || check_jpegtran(s, value, &coefs, why)) && check_settled(product, why) &&
        (result->outcome != EXN_OUTCOME_LOSSLESS || check_inverse(s, value, product, why));
    exn_test_coefs_free(&coefs);
    return good;
}

static void count(counts *c, exn_outcome outcome, bool jpegtran)
{
    c->done++;
    c->jpegtran += jpegtran;
    c->untouched += outcome == EXN_OUTCOME_UNTOUCHED;
    c->lossless += outcome == EXN_OUTCOME_LOSSLESS;
    c->luma_lossless += outcome == EXN_OUTCOME_LUMA_LOSSLESS;
    c->requantized += outcome == EXN_OUTCOME_REQUANTIZED;
}

static bool check_turn(const source *s, uint32_t value, bool jpegtran, counts *c,
                       char why[EXN_TEST_WHY])
{
    exn_buffer tagged = {0};
    exn_bytes product = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error = {0};
    bool good = exn_test_tag(exn_buffer_span(&s->file), value, &tagged);

    why[0] = 0;
    jpegtran = jpegtran && value > 1 && exn_test_is_perfect(&s->coefs, value);
    if (good && exn_normalize(tagged.data, tagged.size, NULL, &product, &result, &error) != EXN_OK)
        good = say(why, error.detail);
    if (good && value == 1)
        good = result.outcome == EXN_OUTCOME_UNTOUCHED || say(why, "not untouched");
    else if (good)
        good = check_product(s, value, product, &result, jpegtran, why);
    if (good && value > 1 &&
        exn_verify(tagged.data, tagged.size, product.data, product.size, NULL, &result, &error) !=
            EXN_OK)
        good = say(why, error.detail);
    count(c, result.outcome, jpegtran);
    exn_bytes_free(&product);
    exn_buffer_free(&tagged);
    return good;
}

/* One cell of the matrix: says what is wrong on standard error. */
static bool check_cell(source *s, uint32_t value, bool jpegtran, counts *c)
{
    char why[EXN_TEST_WHY];

    if (check_turn(s, value, jpegtran, c, why))
        return true;
    fprintf(stderr, "%s %s %ux%u orientation %u: %s\n", s->variant->name, s->sampling->name,
            s->width, s->height, value, why);
    return false;
}

static bool open_source(source *s, int sampling, uint32_t width, uint32_t height, int number)
{
    char why[EXN_TEST_WHY];

    *s = (source){.variant = &variants[number],
                  .sampling = &exn_test_samplings[sampling],
                  .width = width,
                  .height = height};
    if (make_source(s, why))
        return true;
    fprintf(stderr, "%s %s %ux%u: not made: %s\n", s->variant->name, s->sampling->name, width,
            height, why);
    return false;
}

/* --- The subset ------------------------------------------------------------------------------ */

enum { DIMENSIONS = 5, LARGEST = VARIANTS, CANDIDATES = 40 };

static const int extent[DIMENSIONS] = {ORIENTATIONS, SAMPLINGS, SIZES, SIZES, VARIANTS};

/* Which pairs of values have met: [dimension a][dimension b > a][value in a][value in b]. */
typedef struct pairs {
    bool met[DIMENSIONS][DIMENSIONS][LARGEST][LARGEST];
    unsigned open;
} pairs;

static unsigned new_pairs(const pairs *p, const int cell[DIMENSIONS])
{
    unsigned found = 0;

    for (int a = 0; a < DIMENSIONS; a++)
        for (int b = a + 1; b < DIMENSIONS; b++)
            found += !p->met[a][b][cell[a]][cell[b]];
    return found;
}

static void meet(pairs *p, const int cell[DIMENSIONS])
{
    p->open -= new_pairs(p, cell);
    for (int a = 0; a < DIMENSIONS; a++)
        for (int b = a + 1; b < DIMENSIONS; b++)
            p->met[a][b][cell[a]][cell[b]] = true;
}

typedef struct pair {
    int a, b, x, y; /* value x in dimension a, y in b */
} pair;

static pair first_open_pair(const pairs *p)
{
    for (int a = 0; a < DIMENSIONS; a++)
        for (int b = a + 1; b < DIMENSIONS; b++)
            for (int x = 0; x < extent[a]; x++)
                for (int y = 0; y < extent[b]; y++)
                    if (!p->met[a][b][x][y])
                        return (pair){a, b, x, y};
    return (pair){0, 1, 0, 0};
}

/* The next cell: it holds the first open pair, and of some candidates for the rest the one that
 * closes most. The same every time. */
static void choose(const pairs *p, uint32_t *seed, int cell[DIMENSIONS])
{
    const pair open = first_open_pair(p);
    int candidate[DIMENSIONS];
    unsigned most = 0;

    for (int n = 0; n < CANDIDATES; n++) {
        for (int d = 0; d < DIMENSIONS; d++) {
            *seed = *seed * 1664525u + 1013904223u;
            candidate[d] = d == open.a   ? open.x
                           : d == open.b ? open.y
                                         : (int)((*seed >> 16) % (unsigned)extent[d]);
        }
        if (new_pairs(p, candidate) > most) {
            most = new_pairs(p, candidate);
            memcpy(cell, candidate, sizeof candidate);
        }
    }
}

static void print_counts(const char *what, const counts *c)
{
    print_message("%s: %u turns: %u untouched, %u lossless, %u luma-lossless, %u requantized; %u "
                  "against jpegtran\n",
                  what, c->done, c->untouched, c->lossless, c->luma_lossless, c->requantized,
                  c->jpegtran);
}

static void every_pair_of_the_matrix(void **state)
{
    static pairs p;
    counts c = {0};
    uint32_t seed = 1;
    int cell[DIMENSIONS], failures = 0;
    (void)state;

    for (int a = 0; a < DIMENSIONS; a++)
        for (int b = a + 1; b < DIMENSIONS; b++)
            p.open += (unsigned)(extent[a] * extent[b]);
    while (p.open > 0 && failures < 20) {
        source s;
        choose(&p, &seed, cell);
        meet(&p, cell);
        const bool good = open_source(&s, cell[1], sizes[cell[2]], sizes[cell[3]], cell[4]) &&
                          check_cell(&s, (uint32_t)cell[0] + 1, true, &c);
        failures += !good;
        free_source(&s);
    }
    print_counts("pairs", &c);
    assert_int_equal(failures, 0);
}

/* Sizes that every sampling finds whole, which the small ones of the matrix seldom are: 2 by 3
 * MCUs. step: of all variants, orientations and samplings each so-many-th. */
static bool check_whole_grid(unsigned step, counts *c)
{
    unsigned number = 0, failures = 0;

    for (int sampling = 0; sampling < SAMPLINGS; sampling++)
        for (int v = 0; v < VARIANTS; v++) {
            const exn_test_sampling *f = &exn_test_samplings[sampling];
            source s = {0};
            int h = 1, w = 1;
            for (int i = 0; i < 3; i++) {
                w = f->h[i] > w ? f->h[i] : w;
                h = f->v[i] > h ? f->v[i] : h;
            }
            bool good = open_source(&s, sampling, 16 * (uint32_t)w, 24 * (uint32_t)h, v);
            for (uint32_t value = 2; good && value <= 8; value++)
                if (number++ % step == 0)
                    good = check_cell(&s, value, true, c);
            failures += !good;
            free_source(&s);
        }
    return failures == 0;
}

static void whole_grids_are_jpegtrans(void **state)
{
    counts c = {0};
    (void)state;

    /* 11 has no divisor in common with the seven turns. */
    const bool good = check_whole_grid(11, &c);
    print_counts("whole grids", &c);
    assert_true(good);
    assert_int_equal(c.lossless, c.done);
    assert_int_equal(c.jpegtran, c.done);
}

static void samplings_are_all_there(void **state)
{
    (void)state;

    assert_null(exn_test_samplings[SAMPLINGS].name);
    assert_true(exn_test_have("jpegtran"));
}

/* --- The whole ------------------------------------------------------------------------------- */

/* One process's share: every second sampling. Of the turns that jpegtran takes, each fifth is
 * compared with it; the rest are compared with the definition alone, which is what jpegtran was
 * found equal to. */
static bool check_share(int share, counts *c)
{
    unsigned failures = 0, number = 0;

    for (int sampling = share; sampling < SAMPLINGS; sampling += 2) {
        for (int v = 0; v < VARIANTS; v++)
            for (int size = 0; size < SIZES * SIZES && failures < 50; size++) {
                source s;
                bool good = open_source(&s, sampling, sizes[size % SIZES], sizes[size / SIZES], v);
                for (uint32_t value = 1; good && value <= 8; value++)
                    failures += !check_cell(&s, value, ++number % 5 == 0, c);
                failures += !good;
                free_source(&s);
            }
        printf("%s: %u turns so far, %u failed\n", exn_test_samplings[sampling].name, c->done,
               failures);
        fflush(stdout);
    }
    if (share == 0)
        failures += !check_whole_grid(1, c);
    return failures == 0;
}

static int check_all(void)
{
    const time_t start = time(NULL);
    pid_t shares[2];
    int failed = 0;

    for (int share = 0; share < 2; share++) {
        shares[share] = fork();
        if (shares[share] == 0) {
            counts c = {0};
            const bool good = check_share(share, &c);
            print_counts(share ? "second half" : "first half and whole grids", &c);
            fflush(NULL);
            _exit(good ? 0 : 1);
        }
    }
    for (int share = 0; share < 2; share++) {
        int state = 0;
        if (shares[share] < 0 || waitpid(shares[share], &state, 0) != shares[share] || state != 0)
            failed = 1;
    }
    printf("%s in %ld s\n", failed ? "FAILED" : "passed", (long)(time(NULL) - start));
    return failed;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samplings_are_all_there),
        cmocka_unit_test(every_pair_of_the_matrix),
        cmocka_unit_test(whole_grids_are_jpegtrans),
    };

    if (argc > 1 && !strcmp(argv[1], "--long"))
        return check_all();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
