/* SPDX-License-Identifier: MIT */
/* What a block says of sizes, resolutions, areas and density, and what an edit makes of it.
 *
 * The oracles: a block laid out by the builder as it should be, byte for byte, with points turned
 * by the words of EXIF; and the density rule as browsers were measured to apply it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "metadata/exif.h"
#include "support/naive.h"
#include "test_exif_build.h"

enum { W = 400, H = 300, EXIF_AT = 200, INTEROP_AT = 400, IFD1_AT = 460, VALUES = 600 };
enum { X_RES = VALUES, Y_RES = VALUES + 8, FOCAL = VALUES + 16, AREA = VALUES + 40 };

static exn_exif_verdict edit_turned(tiff *t, uint32_t orientation, uint32_t width, uint32_t height,
                                    uint32_t *warnings)
{
    const exn_exif_turn turn = {.o = exn_orientation_from_exif(orientation),
                                .stored_width = width,
                                .stored_height = height,
                                .max_size = CAPACITY};
    exn_buffer copy = {malloc(t->size), t->size, t->size};
    exn_exif_verdict verdict;
    *warnings = 0;
    assert_non_null(copy.data);
    memcpy(copy.data, t->bytes, t->size);
    assert_int_equal(exn_exif_edit(&copy, 0, &turn, &verdict, warnings), EXN_OK);
    assert_int_equal(copy.size, t->size);
    memcpy(t->bytes, copy.data, t->size);
    exn_buffer_free(&copy);
    return verdict;
}

static void put_rational(tiff *t, size_t at, uint32_t numerator, uint32_t denominator)
{
    reach(t, at + 8);
    exn_put32(t->bytes + at, numerator, t->be);
    exn_put32(t->bytes + at + 4, denominator, t->be);
}

static void put_shorts(tiff *t, size_t at, size_t count, const uint32_t *values)
{
    reach(t, at + 2 * count);
    for (size_t i = 0; i < count; i++)
        exn_put16(t->bytes + at + 2 * i, values[i], t->be);
}

/* --- Everything that follows the axes --- */

/* The values of one block, as they should stand before or after a turn. */
typedef struct said {
    uint32_t pixels[2], image[2];
    uint32_t resolution[2], focal[2];
    uint32_t area[4], area_count, location[2];
} said;

static void build(tiff *t, bool be, bool oriented, const said *s)
{
    field ifd0[] = {{0x0100, SHORT, 1, s->image[0]},
                    {0x0101, LONG, 1, s->image[1]},
                    {0x011A, RATIONAL, 1, X_RES},
                    {0x011B, RATIONAL, 1, Y_RES},
                    {0x0128, SHORT, 1, 2},
                    {0x8769, LONG, 1, EXIF_AT},
                    {0, 0, 0, 0},
                    {0, 0, 0, 0}};
    field exif[] = {{0x9214, SHORT, s->area_count, 0},
                    {0xA002, LONG, 1, s->pixels[0]},
                    {0xA003, SHORT, 1, s->pixels[1]},
                    {0xA005, LONG, 1, INTEROP_AT},
                    {0xA20E, RATIONAL, 1, FOCAL},
                    {0xA20F, RATIONAL, 1, FOCAL + 8},
                    {0xA214, SHORT, 2, 0},
                    {0x1001, LONG, 1, s->image[0]},
                    {0x0100, LONG, 1, 9}, /* means nothing here */
                    {0}};
    if (oriented) {
        memmove(ifd0 + 3, ifd0 + 2, 4 * sizeof *ifd0);
        ifd0[2] = (field){0x0112, SHORT, 1, 6};
    }
    if (s->area_count > 2)
        exif[0].value = AREA;
    start(t, be);
    reach(t, VALUES + 60);
    put_table(t, 8, IFD1_AT, ifd0);
    put_table(t, EXIF_AT, 0, exif);
    put_table(t, INTEROP_AT, 0,
              FIELDS({0x1001, SHORT, 1, s->image[0]}, {0x1002, SHORT, 1, s->image[1]}));
    /* IFD1's numbers speak of the thumbnail, and there is none to be turned. */
    put_table(t, IFD1_AT, 0, FIELDS({0x0100, SHORT, 1, 16}, {0x0101, SHORT, 1, 12}));
    put_rational(t, X_RES, s->resolution[0], 10);
    put_rational(t, Y_RES, s->resolution[1], 10);
    /* A denominator that goes with its numerator. */
    put_rational(t, FOCAL, s->focal[0], s->focal[0] / 100);
    put_rational(t, FOCAL + 8, s->focal[1], s->focal[1] / 100);
    put_shorts(t, s->area_count == 2 ? EXIF_AT + 2 + 8 : AREA, s->area_count, s->area);
    put_shorts(t, EXIF_AT + 2 + 6 * 12 + 8, 2, s->location);
}

static void swap(uint32_t pair[2])
{
    uint32_t first = pair[0];
    pair[0] = pair[1];
    pair[1] = first;
}

static said turned(said s, uint32_t orientation)
{
    if (orientation == 1)
        return s;
    exn_test_naive_point(orientation, W, H, &s.area[0], &s.area[1]);
    exn_test_naive_point(orientation, W, H, &s.location[0], &s.location[1]);
    if (orientation >= 5) {
        swap(s.pixels);
        swap(s.image);
        swap(s.resolution);
        swap(s.focal);
        if (s.area_count == 4)
            swap(s.area + 2);
    }
    return s;
}

static void test_everything_follows(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 8 * 3 * 2; i++) {
        const uint32_t orientation = 1 + i % 8;
        const said source = {{W, H},         {W, H},        {3000, 1500},    {700, 500},
                             {30, 20, 9, 5}, 2 + i / 8 % 3, {W - 1, H - 100}};
        const said product = turned(source, orientation);
        tiff t, want;
        uint32_t warnings;
        build(&t, i / 24, true, &source);
        build(&want, i / 24, false, &product);
        assert_int_equal(edit_turned(&t, orientation, W, H, &warnings), EXN_EXIF_EDITED);
        assert_int_equal(warnings, 0);
        assert_int_equal(t.size, want.size);
        for (size_t k = 0; k < t.size; k++)
            if (t.bytes[k] != want.bytes[k])
                fail_msg("orientation %u, area of %u: byte %zu is %u, not %u", orientation,
                         source.area_count, k, t.bytes[k], want.bytes[k]);
    }
}

/* Stale sizes are made true by a turn; where pixels stay only those that browsers read are. */
static void test_stale_sizes(void **state)
{
    (void)state;
    const said source = {{77, 66}, {55, 44}, {3000, 3000}, {700, 500}, {900, 2, 1, 1}, 3, {0, H}};
    for (uint32_t orientation = 1; orientation <= 8; orientation += 2) {
        said product = source;
        tiff t, want;
        uint32_t warnings;
        product.pixels[0] = orientation >= 5 ? H : W;
        product.pixels[1] = orientation >= 5 ? W : H;
        if (orientation > 1)
            memcpy(product.image, product.pixels, sizeof product.image);
        if (orientation >= 5)
            swap(product.focal);
        build(&t, true, true, &source);
        build(&want, true, false, &product);
        assert_int_equal(edit_turned(&t, orientation, W, H, &warnings), EXN_EXIF_EDITED);
        assert_memory_equal(t.bytes, want.bytes, want.size);
    }
}

/* A size that its SHORT cannot hold stays, and is reported where it is another side's by then. */
static void test_a_size_too_large_for_its_entry(void **state)
{
    (void)state;
    enum { TALL = 70000 };
    for (uint32_t i = 0; i < 8 * 2 * 2; i++) {
        const uint32_t orientation = 1 + i % 8, type = i / 8 % 2 ? LONG : SHORT;
        const bool across = orientation >= 5, fits = !across || type == LONG;
        tiff t;
        uint32_t warnings;
        start(&t, i / 16);
        put_table(&t, 8, 0,
                  FIELDS({0xA002, type, 1, W}, {0xA003, LONG, 1, TALL}, {0x0112, SHORT, 1, 9}));
        const uint8_t *x = t.bytes + 8 + 2 + 8;
        assert_int_equal(edit_turned(&t, orientation, W, TALL, &warnings), EXN_EXIF_EDITED);
        assert_int_equal(warnings, fits ? 0 : 1U << EXN_WARN_METADATA_STALE);
        assert_int_equal(type == LONG ? exn_get32(x, t.be) : exn_get16(x, t.be),
                         across && fits ? TALL : W);
        assert_int_equal(exn_get32(x + 12, t.be), across ? W : TALL);
    }
}

/* A place outside of the stored picture was measured in the size that Exif gives: it is rotated
 * there, and reported, since that size is set to the output's, also where that differs on one axis
 * only. Outside of both it stays. */
static void test_areas_of_another_frame(void **state)
{
    (void)state;
    static const uint32_t frames[][2] = {{4000, 3000}, {W, 3000}, {4000, H}};
    for (uint32_t i = 0; i < 8 * 2 * 3; i++) {
        const uint32_t orientation = 1 + i % 8;
        const bool outside = i / 8 % 2;
        const uint32_t x = frames[i / 16][0], y = frames[i / 16][1];
        const said source = {
            {x, y}, {W, H},        {3000, 3000}, {700, 700}, {outside ? x : x - 1, y - 1, 9, 5},
            4,      {x - 2, y - 1}};
        said product = source;
        tiff t, want;
        uint32_t warnings;
        product.pixels[0] = orientation >= 5 ? H : W;
        product.pixels[1] = orientation >= 5 ? W : H;
        if (orientation > 1) {
            if (!outside)
                exn_test_naive_point(orientation, x, y, &product.area[0], &product.area[1]);
            exn_test_naive_point(orientation, x, y, &product.location[0], &product.location[1]);
            memcpy(product.image, product.pixels, sizeof product.image);
        }
        if (orientation >= 5 && !outside)
            swap(product.area + 2);
        build(&t, i % 2, true, &source);
        build(&want, i % 2, false, &product);
        assert_int_equal(edit_turned(&t, orientation, W, H, &warnings), EXN_EXIF_EDITED);
        assert_int_equal(warnings, orientation > 1 ? 1U << EXN_WARN_METADATA_STALE : 0);
        assert_memory_equal(t.bytes, want.bytes, want.size);
    }
}

static void test_already_turned(void **state)
{
    (void)state;
    static const struct {
        uint32_t orientation, pixels[2], size[2];
        bool warned;
    } cases[] = {
        {6, {H, W}, {W, H}, true},  {5, {H, W}, {W, H}, true},  {7, {H, W}, {W, H}, true},
        {8, {W, H}, {H, W}, true},  {3, {H, W}, {W, H}, false}, {1, {H, W}, {W, H}, false},
        {6, {W, H}, {W, H}, false}, {6, {W, W}, {W, W}, false}, {6, {H, W + 1}, {W, H}, false},
        {6, {W, W}, {W, H}, false}, {6, {0, 0}, {W, H}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tiff t;
        exn_exif found;
        start(&t, i % 2);
        put_table(&t, 8, 0,
                  FIELDS({0x0112, SHORT, 1, cases[i].orientation}, {0x8769, LONG, 1, EXIF_AT}));
        if (cases[i].pixels[0] > 0)
            put_table(&t, EXIF_AT, 0,
                      FIELDS({0xA002, LONG, 1, cases[i].pixels[0]},
                             {0xA003, SHORT, 1, cases[i].pixels[1]}));
        exn_exif_scan((exn_span){t.bytes, t.size}, cases[i].size[0], cases[i].size[1], &found);
        assert_int_equal(found.orientation, cases[i].orientation);
        if ((found.warnings >> EXN_WARN_ALREADY_TURNED & 1) != cases[i].warned)
            fail_msg("case %zu", i);
    }
}

/* Values whose bytes serve something else as well stay as they are. */
static void test_shared_values_stay(void **state)
{
    (void)state;
    tiff t, want;
    uint32_t warnings;
    start(&t, false);
    put_table(&t, 8, 0,
              FIELDS({0x011A, RATIONAL, 1, X_RES}, {0x011B, RATIONAL, 1, X_RES + 4},
                     {0x9214, SHORT, 3, VALUES + 20}, {0x010F, ASCII, 5, VALUES + 25}));
    put_rational(&t, X_RES, 3000, 10);
    put_rational(&t, X_RES + 4, 10, 7);
    put_shorts(&t, VALUES + 20, 5, (const uint32_t[]){30, 20, 5, 1, 1});
    want = t;
    assert_int_equal(edit_turned(&t, 6, W, H, &warnings), EXN_EXIF_UNCHANGED);
    assert_memory_equal(t.bytes, want.bytes, want.size);
}

/* Resolutions that cannot be exchanged are stale where the two axes differ, and only where a
 * rotation exchanges the axes. */
static void test_resolutions_that_stay(void **state)
{
    (void)state;
    enum { MAKE = VALUES + 16 };
    static const struct {
        field x, y;
        uint32_t make; /* where the value of another entry stands */
        bool stale;
    } cases[] = {
        {{0x011A, RATIONAL, 1, X_RES}, {0x011B, RATIONAL, 1, Y_RES}, X_RES, true},
        {{0x011A, RATIONAL, 1, X_RES}, {0x011B, RATIONAL, 1, Y_RES}, Y_RES + 7, true},
        {{0x011A, RATIONAL, 1, X_RES}, {0x011B, RATIONAL, 1, X_RES}, MAKE, false},
        {{0x011A, RATIONAL, 1, X_RES}, {0x011B, RATIONAL, 1, MAKE + 8}, X_RES, false},
        {{0x011A, RATIONAL, 1, X_RES}, {0x0131, RATIONAL, 1, Y_RES}, MAKE, true},
        {{0x011A, RATIONAL, 1, X_RES}, {0x011B, RATIONAL, 1, CAPACITY}, MAKE, true},
        {{0x011A, LONG, 1, 72}, {0x011B, LONG, 1, 300}, MAKE, false},
        {{0xA20E, RATIONAL, 1, X_RES}, {0xA20F, RATIONAL, 1, Y_RES}, X_RES, true},
        {{0xA20E, RATIONAL, 1, X_RES}, {0xA20F, RATIONAL, 1, MAKE + 8}, X_RES, false},
        {{0x011A, RATIONAL, 1, X_RES}, {0xA20F, RATIONAL, 1, Y_RES}, 9, true}, /* shared table */
    };
    for (uint32_t i = 0; i < 7 * sizeof cases / sizeof *cases; i++) {
        const uint32_t row = i / 7, orientation = 2 + i % 7;
        const uint32_t stale =
            cases[row].stale && orientation >= 5 ? 1U << EXN_WARN_METADATA_STALE : 0;
        tiff t, want;
        uint32_t warnings;
        start(&t, i % 2);
        put_table(&t, 8, 0,
                  FIELDS(cases[row].x, cases[row].y, {0x010F, ASCII, 5, cases[row].make}));
        put_rational(&t, X_RES, 300, 1);
        put_rational(&t, Y_RES, 72, 1);
        put_rational(&t, MAKE, 5, 1);
        put_rational(&t, MAKE + 8, 600, 2);
        want = t;
        assert_int_equal(edit_turned(&t, orientation, W, H, &warnings), EXN_EXIF_UNCHANGED);
        if (warnings != stale)
            fail_msg("case %u, orientation %u: %x", row, orientation, warnings);
        assert_memory_equal(t.bytes, want.bytes, want.size);
    }
}

/* --- Density --- */

typedef struct density {
    uint32_t x[2], y[2]; /* numerator, denominator */
    uint32_t unit, pixels[2];
    bool match;
    uint32_t x_after[2]; /* of the edited block; zeros: as before */
} density;

/* A picture of 600 x 400. */
static const density densities[] = {
    {{144, 1}, {144, 1}, 2, {300, 200}, true, {0, 0}},
    {{144, 1}, {144, 1}, 3, {300, 200}, false, {0, 0}},
    {{144, 1}, {144, 1}, 1, {300, 200}, false, {0, 0}},
    {{144, 1}, {144, 1}, 2, {301, 200}, false, {0, 0}},
    {{144, 1}, {144, 1}, 2, {300, 199}, false, {0, 0}},
    {{144, 1}, {144, 1}, 2, {600, 400}, false, {0, 0}},
    {{36, 1}, {36, 1}, 2, {1200, 800}, true, {0, 0}},
    {{144, 1}, {72, 1}, 2, {300, 400}, true, {0, 0}},
    {{72, 1}, {72, 1}, 2, {600, 400}, false, {0, 0}},
    {{720000, 10000}, {72, 1}, 2, {600, 400}, false, {0, 0}},
    {{71983, 1000}, {71983, 1000}, 2, {600, 400}, true, {72, 1}},
    {{72009, 1000}, {72009, 1000}, 2, {600, 400}, true, {72, 1}},
    {{72000, 1000}, {72009, 1000}, 2, {600, 400}, true, {0, 0}},
    {{71983, 1000}, {300, 1}, 2, {600, 400}, false, {0, 0}},
    {{72, 0}, {72, 1}, 2, {600, 400}, false, {0, 0}},
    {{0, 1}, {72, 1}, 2, {600, 400}, false, {0, 0}},
    {{4294967295, 59652324}, {72, 1}, 2, {600, 400}, true, {72, 1}},
    /* 304.500016; in the browsers' floats 304.5, which one of them rounds to even. */
    {{91933, 648}, {144, 1}, 2, {304, 200}, true, {0, 0}},
};

/* where: tables (0: IFD0, 1: Exif IFD, 2: an Exif IFD inside that) for resolution and dimensions */
static void build_density(tiff *t, bool be, const density *d, unsigned where_resolution,
                          unsigned where_pixels)
{
    static const size_t at[] = {8, EXIF_AT, INTEROP_AT};
    start(t, be);
    for (unsigned i = 0; i < 3; i++) {
        field fields[8] = {{0x010E, ASCII, 4, 0x20202020}};
        size_t n = 1;
        if (i == where_resolution) {
            fields[n++] = (field){0x011A, RATIONAL, 1, X_RES};
            fields[n++] = (field){0x011B, RATIONAL, 1, Y_RES};
            fields[n++] = (field){0x0128, SHORT, 1, d->unit};
        }
        if (i < 2)
            fields[n++] = (field){0x8769, LONG, 1, (uint32_t)at[i + 1]};
        if (i == where_pixels) {
            fields[n++] = (field){0xA002, LONG, 1, d->pixels[0]};
            fields[n++] = (field){0xA003, SHORT, 1, d->pixels[1]};
        }
        put_table(t, at[i], 0, fields);
    }
    put_rational(t, X_RES, d->x[0], d->x[1]);
    put_rational(t, Y_RES, d->y[0], d->y[1]);
}

static bool is_match(const tiff *t, uint32_t width, uint32_t height, bool *needs_edit)
{
    exn_exif found;
    exn_exif_scan((exn_span){t->bytes, t->size}, width, height, &found);
    *needs_edit = found.reasons != 0;
    return found.reasons >> EXN_REASON_DENSITY & 1;
}

static void check_density(const density *d, bool be, unsigned where_resolution,
                          unsigned where_pixels)
{
    tiff t;
    bool needs_edit;
    uint32_t warnings;
    build_density(&t, be, d, where_resolution, where_pixels);
    const size_t row = (size_t)(d - densities);
    if (is_match(&t, 600, 400, &needs_edit) != d->match || needs_edit != d->match)
        fail_msg("row %zu, places %u %u: match is not %d", row, where_resolution, where_pixels,
                 d->match);
    exn_exif_verdict verdict = edit_turned(&t, 1, 600, 400, &warnings);
    assert_true(verdict == EXN_EXIF_EDITED || (!d->match && verdict == EXN_EXIF_UNCHANGED));
    assert_int_equal(warnings, d->match ? 1U << EXN_WARN_DENSITY_NEUTRALIZED : 0);
    assert_false(is_match(&t, 600, 400, &needs_edit));
    assert_false(needs_edit);

    density after = *d;
    tiff want;
    after.pixels[0] = 600;
    after.pixels[1] = 400;
    if (d->x_after[0]) {
        memcpy(after.x, d->x_after, sizeof after.x);
        /* Where the browser that minds sees both axes, both are made exact. */
        if (d->y[0] != 72 * d->y[1])
            memcpy(after.y, d->x_after, sizeof after.y);
    } else if (d->match && d->y[0] == 72009) {
        after.y[0] = 72;
        after.y[1] = 1;
    }
    build_density(&want, be, &after, where_resolution, where_pixels);
    if (memcmp(t.bytes, want.bytes, want.size) != 0)
        fail_msg("row %zu: edited to other bytes", row);
}

static void test_density(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof densities / sizeof densities[0]; i++)
        for (unsigned places = 0; places < 9; places++)
            check_density(&densities[i], places % 2, places / 3, places % 3);
}

/* What the rule says of a product: no browser may change its size. */
static void test_density_after_a_turn(void **state)
{
    (void)state;
    const density d = {{144, 1}, {288, 1}, 2, {300, 100}, true, {0, 0}};
    for (uint32_t orientation = 2; orientation <= 8; orientation++) {
        tiff t, want;
        density after = d;
        bool needs_edit;
        uint32_t warnings;
        build_density(&t, true, &d, 0, 1);
        assert_true(is_match(&t, 600, 400, &needs_edit));
        assert_int_equal(edit_turned(&t, orientation, 600, 400, &warnings), EXN_EXIF_EDITED);
        after.pixels[0] = orientation >= 5 ? 400 : 600;
        after.pixels[1] = orientation >= 5 ? 600 : 400;
        after.x[0] = orientation >= 5 ? 288 : 144;
        after.y[0] = orientation >= 5 ? 144 : 288;
        build_density(&want, true, &after, 0, 1);
        assert_memory_equal(t.bytes, want.bytes, want.size);
    }
}

/* One value for both axes, as some writers store it. */
static void test_density_shared_value(void **state)
{
    (void)state;
    const density d = {{71983, 1000}, {71983, 1000}, 2, {600, 400}, true, {0, 0}};
    tiff t;
    uint32_t warnings;
    build_density(&t, false, &d, 0, 1);
    exn_put32(t.bytes + 8 + 2 + 2 * 12 + 8, X_RES, false);
    assert_int_equal(edit_turned(&t, 1, 600, 400, &warnings), EXN_EXIF_EDITED);
    assert_int_equal(exn_get32(t.bytes + X_RES, false), 72);
    assert_int_equal(exn_get32(t.bytes + X_RES + 4, false), 1);
    assert_int_equal(exn_get16(t.bytes + 8 + 2 + 3 * 12 + 8, false), 2);
}

/* A value over the resolution's bytes: the unit goes instead. */
static void test_density_foreign_bytes(void **state)
{
    (void)state;
    const density d = {{71983, 1000}, {72, 1}, 2, {600, 400}, true, {0, 0}};
    tiff t, want;
    uint32_t warnings;
    build_density(&t, false, &d, 0, 1);
    exn_put32(t.bytes + 8 + 2 + 4, 6, false);
    exn_put32(t.bytes + 8 + 2 + 8, X_RES - 5, false);
    want = t;
    exn_put16(want.bytes + 8 + 2 + 3 * 12 + 8, 1, false);
    assert_int_equal(edit_turned(&t, 1, 600, 400, &warnings), EXN_EXIF_EDITED);
    assert_memory_equal(t.bytes, want.bytes, want.size);
}

/* A dimension that cannot be set leaves the unit to be taken away. */
static void test_density_last_means(void **state)
{
    (void)state;
    const density d = {{72, 1}, {216, 1}, 2, {70000, 100}, true, {0, 0}};
    tiff t;
    bool needs_edit;
    uint32_t warnings;
    build_density(&t, false, &d, 0, 1);
    /* 70000 x 300 with 35000 in a SHORT at 144 dpi */
    put_rational(&t, X_RES, 144, 1);
    exn_put16(t.bytes + EXIF_AT + 2 + 2 * 12 + 2, SHORT, false);
    exn_put32(t.bytes + EXIF_AT + 2 + 2 * 12 + 8, 35000, false);
    exn_put16(t.bytes + EXIF_AT + 2 + 3 * 12 + 8, 300, false);
    put_rational(&t, Y_RES, 72, 1);
    assert_true(is_match(&t, 70000, 300, &needs_edit));
    assert_int_equal(edit_turned(&t, 1, 70000, 300, &warnings), EXN_EXIF_EDITED);
    assert_false(is_match(&t, 70000, 300, &needs_edit));
    assert_int_equal(exn_get16(t.bytes + 8 + 2 + 3 * 12 + 8, false), 1);
    /* A value that lies over other entries of the table does not hinder; over the unit's it does:
     * then all of the block goes. */
    for (uint32_t over = 20; over <= 45; over += 25) {
        build_density(&t, false, &d, 0, 1);
        put_rational(&t, X_RES, 144, 1);
        exn_put16(t.bytes + EXIF_AT + 2 + 2 * 12 + 2, SHORT, false);
        exn_put32(t.bytes + EXIF_AT + 2 + 2 * 12 + 8, 35000, false);
        exn_put16(t.bytes + EXIF_AT + 2 + 3 * 12 + 8, 300, false);
        put_rational(&t, Y_RES, 72, 1);
        exn_put32(t.bytes + 8 + 2 + 4, 5, false);
        exn_put32(t.bytes + 8 + 2 + 8, over, false);
        const exn_exif_verdict want = over == 20 ? EXN_EXIF_EDITED : EXN_EXIF_UNSAFE;
        assert_int_equal(edit_turned(&t, 1, 70000, 300, &warnings), want);
        assert_int_equal(warnings, over == 20 ? 1U << EXN_WARN_DENSITY_NEUTRALIZED : 0);
        if (over == 20)
            assert_int_equal(exn_get16(t.bytes + 8 + 2 + 3 * 12 + 8, false), 1);
    }
}

/* Which of two a browser takes is its own matter. */
static void test_density_duplicates(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        tiff t;
        bool needs_edit;
        uint32_t warnings;
        start(&t, true);
        put_table(&t, 8, 0,
                  FIELDS({0x011A, RATIONAL, 1, i ? X_RES : Y_RES},
                         {0x011A, RATIONAL, 1, i ? Y_RES : X_RES}, {0x011B, RATIONAL, 1, Y_RES},
                         {0x0128, SHORT, 1, 3}, {0x0128, SHORT, 1, 2}, {0xA002, SHORT, 1, 9},
                         {0xA002, LONG, 1, 600}, {0xA003, LONG, 1, 200}));
        put_rational(&t, X_RES, 72, 1);
        put_rational(&t, Y_RES, 144, 1);
        assert_true(is_match(&t, 600, 400, &needs_edit));
        assert_int_equal(edit_turned(&t, 1, 600, 400, &warnings), EXN_EXIF_EDITED);
        assert_false(is_match(&t, 600, 400, &needs_edit));
    }
}

/* More values than are kept: no telling, so the block is not to be trusted. */
static void test_density_too_many(void **state)
{
    (void)state;
    field fields[48] = {{0}};
    tiff t;
    bool needs_edit;
    uint32_t warnings;
    for (uint32_t i = 0; i < 40; i++)
        fields[i] = (field){0xA002, LONG, 1, 1000 + i};
    fields[40] = (field){0xA003, LONG, 1, 400};
    start(&t, false);
    put_table(&t, 8, 0, fields);
    assert_true(is_match(&t, 600, 400, &needs_edit));
    assert_int_equal(edit_turned(&t, 1, 600, 400, &warnings), EXN_EXIF_UNSAFE);
    /* More tables than are kept. */
    start(&t, false);
    for (uint32_t i = 0; i < 65; i++)
        put_table(&t, 8 + 40 * i, 48 + 40 * i, FIELDS({0xA002, LONG, 1, 9}, {0xA003, LONG, 1, 9}));
    assert_true(is_match(&t, 600, 400, &needs_edit));
}

/* The rule once more, for any picture, resolution and dimension. */
static void test_density_everywhere(void **state)
{
    (void)state;
    unsigned matches = 0;
    for (uint32_t width = 1; width < 200; width += 7) {
        for (uint32_t dpi = 20; dpi < 500; dpi += 13) {
            for (int off = -1; off <= 1; off++) {
                double natural = width * 72.0 / dpi;
                double border = fabs(natural - floor(natural) - 0.5);
                long pixels = lround(natural) + off;
                if (pixels < 1 || border < 1e-3)
                    continue;
                const density d = {{dpi, 1}, {dpi, 1}, 2, {(uint32_t)pixels, (uint32_t)pixels},
                                   false,    {0, 0}};
                tiff t;
                bool needs_edit, want = off == 0 && !(dpi == 72 && pixels == (long)width);
                build_density(&t, false, &d, 0, 1);
                if (is_match(&t, width, width, &needs_edit) != want)
                    fail_msg("%u at %u dpi and %ld: match is not %d", width, dpi, pixels, want);
                matches += want;
            }
        }
    }
    assert_true(matches > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_follows),
        cmocka_unit_test(test_stale_sizes),
        cmocka_unit_test(test_a_size_too_large_for_its_entry),
        cmocka_unit_test(test_areas_of_another_frame),
        cmocka_unit_test(test_already_turned),
        cmocka_unit_test(test_shared_values_stay),
        cmocka_unit_test(test_density),
        cmocka_unit_test(test_density_after_a_turn),
        cmocka_unit_test(test_density_shared_value),
        cmocka_unit_test(test_density_last_means),
        cmocka_unit_test(test_density_foreign_bytes),
        cmocka_unit_test(test_density_duplicates),
        cmocka_unit_test(test_density_too_many),
        cmocka_unit_test(test_density_everywhere),
        cmocka_unit_test(test_resolutions_that_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
