/* SPDX-License-Identifier: MIT */
/* A JPEG cannot hold code points, so their meaning is written as the simplest profile that color
 * management knows: three colorants, one curve, and how white was adapted (ICC.1:2010, 8.4.3,
 * display profiles with matrix and curve). A PNG gets it beside its cICP, for readers older than
 * that chunk. */
#include "colors.h"

#include <math.h>
#include <string.h>

enum {
    /* ISO 23091-2, 8.2, table 3. A transfer that is neither one of these nor sRGB's cannot be
     * expressed by a curve here. */
    UNSAID = 2,
    TRANSFER_GAMMA_22 = 4,
    TRANSFER_GAMMA_28 = 5,
    TRANSFER_LINEAR = 8,
};

/* ISO 23091-2, 8.1, table 2: x and y of red, green, blue and white. */
typedef struct primaries {
    uint32_t number;
    double xy[4][2];
} primaries;

/* In order: BT.709, which is sRGB's; BT.470 M; BT.601 with 625 lines and with 525; SMPTE 240M; film
 * under illuminant C; BT.2020; P3 with a cinema's white and with D65; EBU 3213-E. 10 is left out:
 * it is CIE XYZ itself, where two points have a y of 0 and thus no XYZ with Y = 1. */
static const primaries table[] = {
    {1, {{.640, .330}, {.300, .600}, {.150, .060}, {.3127, .3290}}},
    {4, {{.670, .330}, {.210, .710}, {.140, .080}, {.3100, .3160}}},
    {5, {{.640, .330}, {.290, .600}, {.150, .060}, {.3127, .3290}}},
    {6, {{.630, .340}, {.310, .595}, {.155, .070}, {.3127, .3290}}},
    {7, {{.630, .340}, {.310, .595}, {.155, .070}, {.3127, .3290}}},
    {8, {{.681, .319}, {.243, .692}, {.145, .049}, {.3100, .3160}}},
    {9, {{.708, .292}, {.170, .797}, {.131, .046}, {.3127, .3290}}},
    {11, {{.680, .320}, {.265, .690}, {.150, .060}, {.3140, .3510}}},
    {12, {{.680, .320}, {.265, .690}, {.150, .060}, {.3127, .3290}}},
    {22, {{.630, .340}, {.295, .605}, {.155, .077}, {.3127, .3290}}},
};

/* Browsers use sRGB's curve for BT.709, BT.601 and BT.2020, as displays do. In numerical order:
 * BT.709, unspecified, BT.601, sRGB, BT.2020 with 10 and with 12 bits. */
static bool is_srgb_curve(uint32_t transfer)
{
    return transfer == 1 || transfer == UNSAID || transfer == 6 || transfer == 13 ||
           transfer == 14 || transfer == 15;
}

bool exn_heif_colors_are_told(const exn_heif_picture *p)
{
    return (p->primaries != 1 && p->primaries != UNSAID) || !is_srgb_curve(p->transfer);
}

typedef struct matrix {
    double m[3][3];
} matrix;

static matrix multiply(const matrix *a, const matrix *b)
{
    matrix product;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            product.m[i][k] =
                a->m[i][0] * b->m[0][k] + a->m[i][1] * b->m[1][k] + a->m[i][2] * b->m[2][k];
    return product;
}

/* By cofactors. No matrix here is singular: Bradford's is a constant, and the primaries of each row
 * span a triangle. */
static matrix invert(const matrix *a)
{
    matrix inverse;
    double determinant = 0;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            inverse.m[k][i] = a->m[(i + 1) % 3][(k + 1) % 3] * a->m[(i + 2) % 3][(k + 2) % 3] -
                              a->m[(i + 1) % 3][(k + 2) % 3] * a->m[(i + 2) % 3][(k + 1) % 3];
    for (int k = 0; k < 3; k++)
        determinant += a->m[0][k] * inverse.m[k][0];
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            inverse.m[i][k] /= determinant;
    return inverse;
}

/* XYZ with Y = 1. x and y are fractions of X + Y + Z, so Z's fraction is 1 minus both. */
static void to_xyz(const double xy[2], double xyz[3])
{
    xyz[0] = xy[0] / xy[1];
    xyz[1] = 1;
    xyz[2] = (1 - xy[0] - xy[1]) / xy[1];
}

static void apply(const matrix *a, const double from[3], double to[3])
{
    for (int i = 0; i < 3; i++)
        to[i] = a->m[i][0] * from[0] + a->m[i][1] * from[1] + a->m[i][2] * from[2];
}

/* ICC.1:2010, annex E.3: from the white of the primaries to D50, by Bradford's cones. */
static matrix adapt(const double white[3])
{
    static const matrix bradford = {
        {{.8951, .2664, -.1614}, {-.7502, 1.7135, .0367}, {.0389, -.0685, 1.0296}}};
    static const double d50[3] = {.9642, 1, .8249};
    double from[3], to[3];
    matrix scaled;
    const matrix back = invert(&bradford);
    apply(&bradford, white, from);
    apply(&bradford, d50, to);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            scaled.m[i][k] = bradford.m[i][k] * to[i] / from[i];
    return multiply(&back, &scaled);
}

/* Columns: XYZ of red, green and blue, relative to D50, which add up to white.
 *
 * The table gives the direction of each primary but not its strength. That follows from white,
 * which is all three at full strength: shares is the solution of full * shares = white. */
static matrix colorants(const primaries *p, matrix *adaptation)
{
    matrix full, scaled;
    double xyz[3], white[3], shares[3];
    for (int k = 0; k < 3; k++) {
        to_xyz(p->xy[k], xyz);
        for (int i = 0; i < 3; i++)
            full.m[i][k] = xyz[i];
    }
    to_xyz(p->xy[3], white);
    const matrix back = invert(&full);
    apply(&back, white, shares);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            scaled.m[i][k] = full.m[i][k] * shares[k];
    *adaptation = adapt(white);
    return multiply(adaptation, &scaled);
}

/* A profile of fixed layout: a header, ten entries, their data (ICC.1:2010, 7). */
enum {
    /* Sizes are multiples of four, so every element begins at one (7.3). */
    HEADER = 128,
    COUNT = 10,
    DATA = HEADER + 4 + COUNT * 12,
    XYZ_SIZE = 20,
    CHAD_SIZE = 44,
    CURVE_SIZE = 32,
    TEXT_SIZE = 48,
    AT_DESCRIPTION = DATA,
    AT_COPYRIGHT = AT_DESCRIPTION + TEXT_SIZE,
    AT_WHITE = AT_COPYRIGHT + TEXT_SIZE,
    AT_ADAPTATION = AT_WHITE + XYZ_SIZE,
    AT_COLORANTS = AT_ADAPTATION + CHAD_SIZE,
    AT_CURVE = AT_COLORANTS + 3 * XYZ_SIZE,
    SIZE = AT_CURVE + CURVE_SIZE,
};

/* s15Fixed16Number: sixteen fractional bits in two's complement, rounded: .9642 becomes 0xF6D6, the
 * number that readers compare a header's D50 with. */
static void put_fixed(uint8_t *to, double value)
{
    exn_put32be(to, (uint32_t)(int32_t)lround(value * 65536));
}

/* XYZType. An element begins with its type and four zeros, which are already there, because the
 * profile is zeroed. */
static void put_xyz(uint8_t *to, double x, double y, double z)
{
    memcpy(to, "XYZ ", 4);
    put_fixed(to + 8, x);
    put_fixed(to + 12, y);
    put_fixed(to + 16, z);
}

/* multiLocalizedUnicodeType of one English text of at most ten letters. */
static void put_text(uint8_t *to, const char *text)
{
    enum { RECORD = 12, AT = 28 };
    memcpy(to, "mluc", 4);
    exn_put32be(to + 8, 1);
    exn_put32be(to + 12, RECORD);
    memcpy(to + 16, "enUS", 4);
    exn_put32be(to + 20, (uint32_t)(2 * strlen(text)));
    exn_put32be(to + 24, AT);
    for (size_t i = 0; text[i]; i++)
        to[AT + 2 * i + 1] = (uint8_t)text[i];
}

/* parametricCurveType: a power, or IEC 61966-2-1's function of five numbers (10.16). */
static void put_curve(uint8_t *to, uint32_t transfer)
{
    static const double srgb[5] = {2.4, 1 / 1.055, .055 / 1.055, 1 / 12.92, .04045};
    memcpy(to, "para", 4);
    if (!is_srgb_curve(transfer)) {
        put_fixed(to + 12, transfer == TRANSFER_LINEAR     ? 1
                           : transfer == TRANSFER_GAMMA_22 ? 2.2
                                                           : 2.8);
        return;
    }
    exn_put16be(to + 8, 3);
    for (size_t i = 0; i < sizeof srgb / sizeof srgb[0]; i++)
        put_fixed(to + 12 + 4 * i, srgb[i]);
}

/* ICC.1:2010, 7.2. Everything else is 0: no manufacturer, no flags, perceptual intent, and no
 * profile ID, which may be 0 if it was not computed (7.2.18). */
static void put_header(uint8_t *to)
{
    exn_put32be(to, SIZE);
    exn_put32be(to + 8, 0x04300000); /* version 4.3 */
    memcpy(to + 12, "mntrRGB XYZ ", 12);
    exn_put16be(to + 24, 2000); /* an arbitrary but constant date */
    exn_put16be(to + 26, 1);
    exn_put16be(to + 28, 1);
    memcpy(to + 36, "acsp", 4);
    put_fixed(to + 68, .9642); /* D50, of the connection space */
    put_fixed(to + 72, 1);
    put_fixed(to + 76, .8249);
}

/* All three curves are the same: their entries share the same bytes, which 7.3 allows. */
static void put_table(uint8_t *to)
{
    static const struct {
        char name[5];
        uint16_t at, size;
    } rows[COUNT] = {
        {"desc", AT_DESCRIPTION, TEXT_SIZE},
        {"cprt", AT_COPYRIGHT, TEXT_SIZE},
        {"wtpt", AT_WHITE, XYZ_SIZE},
        {"chad", AT_ADAPTATION, CHAD_SIZE},
        {"rXYZ", AT_COLORANTS, XYZ_SIZE},
        {"gXYZ", AT_COLORANTS + XYZ_SIZE, XYZ_SIZE},
        {"bXYZ", AT_COLORANTS + 2 * XYZ_SIZE, XYZ_SIZE},
        {"rTRC", AT_CURVE, CURVE_SIZE},
        {"gTRC", AT_CURVE, CURVE_SIZE},
        {"bTRC", AT_CURVE, CURVE_SIZE},
    };
    exn_put32be(to, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        memcpy(to + 4 + (size_t)12 * i, rows[i].name, 4);
        exn_put32be(to + 8 + (size_t)12 * i, rows[i].at);
        exn_put32be(to + 12 + (size_t)12 * i, rows[i].size);
    }
}

/* For other transfers, including PQ and HLG, no such curve is right: colors brighter than white do
 * not fit on a curve that ends at 1. */
static const primaries *find(const exn_heif_picture *p)
{
    const bool curve = is_srgb_curve(p->transfer) || p->transfer == TRANSFER_GAMMA_22 ||
                       p->transfer == TRANSFER_GAMMA_28 || p->transfer == TRANSFER_LINEAR;
    const uint32_t number = p->primaries == UNSAID ? 1 : p->primaries;
    for (size_t i = 0; curve && i < sizeof table / sizeof table[0]; i++)
        if (table[i].number == number)
            return &table[i];
    return NULL;
}

exn_status exn_heif_colors_profile(const exn_heif_picture *picture, bool optional, exn_buffer *icc,
                                   exn_error *error)
{
    uint8_t profile[SIZE] = {0};
    matrix adaptation;
    if (!exn_heif_colors_are_told(picture))
        return EXN_OK;
    const primaries *p = find(picture);
    if (!p && optional)
        return EXN_OK;
    if (!p)
        return exn_status_fail(error, EXN_UNSUPPORTED,
                               "a JPEG cannot say its colors (primaries %u, transfer %u of "
                               "ISO 23091-2); see --heif=png",
                               picture->primaries, picture->transfer);
    const matrix found = colorants(p, &adaptation);
    put_header(profile);
    put_table(profile + HEADER);
    put_text(profile + AT_DESCRIPTION, "nclx");
    put_text(profile + AT_COPYRIGHT, "CC0");
    put_xyz(profile + AT_WHITE, .9642, 1, .8249);
    memcpy(profile + AT_ADAPTATION, "sf32", 4);
    for (int i = 0; i < 9; i++)
        put_fixed(profile + AT_ADAPTATION + 8 + (size_t)4 * i, adaptation.m[i / 3][i % 3]);
    for (int k = 0; k < 3; k++)
        put_xyz(profile + AT_COLORANTS + (size_t)k * XYZ_SIZE, found.m[0][k], found.m[1][k],
                found.m[2][k]);
    put_curve(profile + AT_CURVE, picture->transfer);
    return exn_buffer_append(icc, profile, sizeof profile) == EXN_OK
               ? EXN_OK
               : exn_status_fail(error, EXN_MEMORY, "ICC profile");
}
