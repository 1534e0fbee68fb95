/* SPDX-License-Identifier: MIT */
/* Measures a turned JPEG against its source:
 *
 *     compare SOURCE ORIENTATION PRODUCT
 *
 * prints the product's size as a share of the source's, and for each component three PSNRs in
 * decibels: at full resolution (jpeg_quality.h); of its own samples against the source's, moved;
 * and that which the reference has there: float inverse DCT, move, float forward DCT, round to
 * nearest with the product's table. "exact - -": not one coefficient changed; "-": the product's
 * samples lie elsewhere. */
#include "support/jpeg_quality.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_file(const char *name, exn_buffer *out)
{
    uint8_t part[65536];
    FILE *file = fopen(name, "rb");
    size_t got;

    if (!file)
        return false;
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        if (exn_buffer_append(out, part, got) != EXN_OK)
            break;
    const bool good = !ferror(file) && feof(file);
    return !fclose(file) && good;
}

static bool same_steps(const exn_test_component *from, const exn_test_component *to, bool exchanged)
{
    for (int k = 0; k < 64; k++)
        if (to->quant[k] != from->quant[exchanged ? k % 8 * 8 + k / 8 : k])
            return false;
    return true;
}

/* Whether the component's samples lie where a turn puts the source's. */
static bool same_grid(const exn_test_coefs *source, const exn_test_coefs *product, int i,
                      uint32_t value)
{
    const exn_test_component *from = &source->component[i], *to = &product->component[i];
    const bool exchanged = exn_test_axes_of(value).exchanged;

    return to->width == (exchanged ? from->height : from->width) &&
           to->height == (exchanged ? from->width : from->height);
}

static void print_component(const exn_test_coefs *source, const exn_test_coefs *product, int i,
                            uint32_t value)
{
    const exn_test_component *from = &source->component[i], *to = &product->component[i];
    char why[EXN_TEST_WHY];

    if (same_steps(from, to, exn_test_axes_of(value).exchanged) &&
        exn_test_same_coefficients(source, product, i, value, why)) {
        printf(" exact - -");
        return;
    }
    printf(" %.2f", exn_test_psnr(exn_test_full_distance(source, product, i, value)));
    if (!same_grid(source, product, i, value)) {
        printf(" - -");
        return;
    }
    double *ideal = exn_test_ideal_plane(source, i, value, 8);
    if (!ideal)
        abort();
    printf(" %.2f %.2f", exn_test_psnr(exn_test_distance(to, ideal)),
           exn_test_psnr(exn_test_rounding_distance(to, ideal)));
    free(ideal);
}

int main(int argc, char **argv)
{
    char why[EXN_TEST_WHY];
    exn_buffer files[2] = {{0}};
    exn_test_coefs coefs[2];
    const uint32_t value = argc == 4 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;

    if (value < 1 || value > 8) {
        fputs("usage: compare SOURCE ORIENTATION PRODUCT\n", stderr);
        return 2;
    }
    for (int n = 0; n < 2; n++)
        if (!read_file(argv[1 + 2 * n], &files[n]) ||
            !exn_test_jpeg_read((exn_span){files[n].data, files[n].size}, &coefs[n], why)) {
            fprintf(stderr, "%s: cannot be read\n", argv[1 + 2 * n]);
            return 1;
        }
    printf("%.4f", (double)files[1].size / (double)files[0].size);
    for (int i = 0; i < coefs[0].components; i++)
        print_component(&coefs[0], &coefs[1], i, value);
    putchar('\n');
    for (int n = 0; n < 2; n++) {
        exn_test_coefs_free(&coefs[n]);
        exn_buffer_free(&files[n]);
    }
    return 0;
}
