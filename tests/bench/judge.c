/* SPDX-License-Identifier: MIT */
/* Decides whether a benchmarked program's output is the right picture: the source's pixels, rotated
 * naively by its orientation, at the right size.
 *
 * judge SOURCE PRODUCT ORIENTATION: prints "right" or why not; exit status 0, or 1 for a wrong
 * picture, 2 if one cannot be read.
 *
 * PNG pixels must be identical. A JPEG may have been encoded again at the encoder's own quality,
 * which costs much on grainy pictures; a picture that is rotated wrongly is far below either bound,
 * and an edge strip that was not rotated (jpegtran without -trim) is below the one for edges. */
#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "support/naive.h"

typedef struct picture {
    uint32_t width, height;
    size_t sample; /* bytes of one pixel */
    bool exact;
    uint8_t *pixels;
} picture;

static const double least_whole = 27.0, least_edge = 24.0; /* dB, PSNR */

typedef struct handler {
    struct jpeg_error_mgr base;
    jmp_buf back;
} handler;

static void give_up(j_common_ptr info)
{
    longjmp(((handler *)info->err)->back, 1);
}

static bool read_jpeg(FILE *file, picture *p)
{
    struct jpeg_decompress_struct d;
    handler errors;
    d.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = give_up;
    jpeg_create_decompress(&d);
    if (setjmp(errors.back)) {
        jpeg_destroy_decompress(&d);
        return false;
    }
    jpeg_stdio_src(&d, file);
    jpeg_read_header(&d, TRUE);
    d.out_color_space = JCS_RGB;
    jpeg_start_decompress(&d);
    *p = (picture){.width = d.output_width, .height = d.output_height, .sample = 3};
    p->pixels = malloc((size_t)p->width * p->height * 3);
    while (p->pixels && d.output_scanline < p->height) {
        uint8_t *row = p->pixels + (size_t)d.output_scanline * p->width * 3;
        jpeg_read_scanlines(&d, &row, 1);
    }
    bool whole = p->pixels && errors.base.num_warnings == 0;
    jpeg_finish_decompress(&d);
    jpeg_destroy_decompress(&d);
    return whole;
}

static bool read_png(FILE *file, picture *p)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_stdio(&image, file))
        return false;
    image.format =
        image.format & PNG_FORMAT_FLAG_LINEAR ? PNG_FORMAT_LINEAR_RGB_ALPHA : PNG_FORMAT_RGBA;
    *p = (picture){.width = image.width, .height = image.height, .exact = true};
    p->sample = PNG_IMAGE_PIXEL_SIZE(image.format);
    p->pixels = malloc(PNG_IMAGE_SIZE(image));
    return p->pixels && png_image_finish_read(&image, NULL, p->pixels, 0, NULL);
}

static bool read_picture(const char *name, picture *p)
{
    FILE *file = fopen(name, "rb");
    int first = file ? getc(file) : EOF;
    bool read = false;
    if (first != EOF) {
        rewind(file);
        read = first == 0x89 ? read_png(file, p) : read_jpeg(file, p);
    }
    if (file)
        fclose(file);
    return read;
}

static picture turn(const picture *source, uint32_t orientation)
{
    picture turned = *source;
    turned.pixels = malloc((size_t)source->width * source->height * source->sample);
    if (!turned.pixels)
        exit(2);
    exn_test_naive_rotate(orientation, source->pixels, source->width, source->height,
                          source->sample, turned.pixels);
    if (orientation >= 5) {
        turned.width = source->height;
        turned.height = source->width;
    }
    return turned;
}

/* PSNR over the rectangle; 99 if there is no difference. */
static double psnr(const picture *a, const picture *b, uint32_t x, uint32_t y, uint32_t width,
                   uint32_t height)
{
    uint64_t sum = 0;
    for (uint32_t row = y; row < y + height; row++) {
        size_t from = ((size_t)row * a->width + x) * a->sample;
        for (size_t i = 0; i < width * a->sample; i++) {
            int d = a->pixels[from + i] - b->pixels[from + i];
            sum += (uint64_t)(d * d);
        }
    }
    double mean = (double)sum / ((double)width * height * (double)a->sample);
    return sum == 0 ? 99 : 10 * log10(255.0 * 255.0 / mean);
}

static double worst_edge(const picture *a, const picture *b)
{
    enum { STRIP = 8 };
    const double edges[] = {psnr(a, b, 0, 0, a->width, STRIP), psnr(a, b, 0, 0, STRIP, a->height),
                            psnr(a, b, 0, a->height - STRIP, a->width, STRIP),
                            psnr(a, b, a->width - STRIP, 0, STRIP, a->height)};
    double worst = edges[0];
    for (int i = 1; i < 4; i++)
        worst = edges[i] < worst ? edges[i] : worst;
    return worst;
}

static int judge(const picture *wanted, const picture *got)
{
    if (got->width != wanted->width || got->height != wanted->height) {
        printf("wrong size: %ux%u\n", got->width, got->height);
        return 1;
    }
    if (got->exact != wanted->exact || got->sample != wanted->sample) {
        puts("wrong format");
        return 1;
    }
    double whole = psnr(wanted, got, 0, 0, wanted->width, wanted->height);
    double edge = worst_edge(wanted, got);
    if (wanted->exact ? whole < 99 : whole < least_whole) {
        printf("wrong image: %.1f dB\n", whole);
        return 1;
    }
    if (edge < least_edge) {
        printf("wrong edge: %.1f dB\n", edge);
        return 1;
    }
    printf("right, %.1f dB\n", whole);
    return 0;
}

int main(int argc, char **argv)
{
    picture source = {0}, product = {0};
    int orientation = argc == 4 ? (int)strtol(argv[3], NULL, 10) : 0;
    if (orientation < 1 || orientation > 8) {
        fputs("usage: judge SOURCE PRODUCT ORIENTATION\n", stderr);
        return 2;
    }
    int verdict = 2;
    if (read_picture(argv[1], &source) && read_picture(argv[2], &product)) {
        picture wanted = turn(&source, (uint32_t)orientation);
        verdict = judge(&wanted, &product);
        free(wanted.pixels);
    } else {
        puts("unreadable");
    }
    free(product.pixels);
    free(source.pixels);
    return verdict;
}
