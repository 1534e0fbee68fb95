/* SPDX-License-Identifier: MIT */
/* The pictures that `make bench` measures with, the same to the last bit on every machine: no
 * floating point, no clock, no random device. They resemble photographs in what matters to a codec:
 * detail at all scales whose strength falls with its frequency (1/f), sharp edges of objects, and a
 * sensor's grain, which fills a real camera's file.
 *
 * make_pictures FOLDER [WIDTH HEIGHT]: 4032 x 3024 by default.
 * make_pictures FOLDER WIDTH HEIGHT COUNT: so many photographs of that size, as in datasets, each
 * another part of the one above, all oriented. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jpeglib.h>
#include <png.h>

#include "camera_exif.h"

typedef struct plane_set {
    uint32_t width, height;
    uint8_t *plane[3]; /* Y, Cb, Cr at full resolution */
} plane_set;

static const char *folder;

static void die(const char *what, const char *name)
{
    fprintf(stderr, "make_pictures: %s %s: %s\n", what, name, strerror(errno));
    exit(1);
}

static void *need(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        die("no memory for", "a picture");
    return memory;
}

static uint32_t hash(uint32_t x, uint32_t y, uint32_t seed)
{
    uint32_t h = x * 0x9E3779B1u ^ y * 0x85EBCA77u ^ seed * 0xC2B2AE3Du;
    h = (h ^ h >> 15) * 0x2C1B3C6Du;
    h = (h ^ h >> 12) * 0x297A2D39u;
    return h ^ h >> 15;
}

/* -128..127 */
static int32_t lattice(uint32_t x, uint32_t y, uint32_t seed)
{
    return (int32_t)(hash(x, y, seed) & 255) - 128;
}

/* Adds one octave of value noise, cells of 1 << shift pixels, to a row; 8 fractional bits. */
static void add_octave(int32_t *row, uint32_t width, uint32_t y, unsigned shift, int32_t amplitude,
                       uint32_t seed)
{
    uint32_t cell = 1u << shift, cy = y >> shift;
    int32_t fy = (int32_t)(y & (cell - 1)), size = (int32_t)cell;
    for (uint32_t cx = 0; cx << shift < width; cx++) {
        int32_t left = lattice(cx, cy, seed) * (size - fy) + lattice(cx, cy + 1, seed) * fy;
        int32_t right =
            lattice(cx + 1, cy, seed) * (size - fy) + lattice(cx + 1, cy + 1, seed) * fy;
        uint32_t end = (cx + 1) << shift < width ? cell : width - (cx << shift);
        for (uint32_t i = 0; i < end; i++) {
            int64_t value = (int64_t)left * (size - (int32_t)i) + (int64_t)right * (int32_t)i;
            row[(cx << shift) + i] += (int32_t)(value * amplitude >> (2 * shift + 7));
        }
    }
}

/* Ellipses of one colour offset each, from the largest to the smallest. */
static void add_objects(int32_t *row, uint32_t width, uint32_t height, uint32_t y, int32_t strength,
                        uint32_t seed)
{
    enum { OBJECTS = 80 };
    for (uint32_t i = 0; i < OBJECTS; i++) {
        int64_t cx = hash(i, 1, 7) % width, cy = hash(i, 2, 7) % height;
        int64_t rx = width / (4 + i) + 2, ry = (int64_t)rx * (50 + hash(i, 3, 7) % 100) / 100 + 1;
        int64_t dy = (int64_t)y - cy, inside = ry * ry - dy * dy;
        int32_t offset = lattice(i, 4, seed) * strength / 128;
        if (inside <= 0)
            continue;
        int64_t half = 0; /* the largest with half^2 / rx^2 <= inside / ry^2 */
        for (int64_t bit = (int64_t)1 << 13; bit > 0; bit >>= 1)
            if ((half + bit) * (half + bit) * ry * ry <= inside * rx * rx)
                half += bit;
        int64_t from = cx - half < 0 ? 0 : cx - half;
        int64_t to = cx + half >= (int64_t)width ? (int64_t)width - 1 : cx + half;
        for (int64_t x = from; x <= to; x++)
            row[x] += offset * 256;
    }
}

/* Noise with roughly a normal distribution. */
static int32_t grain_at(uint32_t x, uint32_t y, uint32_t seed)
{
    uint32_t h = hash(x, y, seed);
    return (int32_t)((h & 255) + (h >> 8 & 255) + (h >> 16 & 255) + (h >> 24)) - 510;
}

/* grain: the amplitude of the sensor's noise, in sixteenths of a step of luma. */
static void make_planes(plane_set *set, uint32_t width, uint32_t height, int32_t grain)
{
    int32_t *row = need(width * sizeof *row);
    *set = (plane_set){.width = width, .height = height};
    for (uint32_t c = 0; c < 3; c++) {
        set->plane[c] = need((size_t)width * height);
        for (uint32_t y = 0; y < height; y++) {
            for (uint32_t x = 0; x < width; x++)
                row[x] = 128 << 8;
            for (unsigned shift = c ? 4 : 1; shift < 11; shift++)
                add_octave(row, width, y, shift,
                           (c ? 24 : 60) << shift >> 5 < 9000 ? (c ? 24 : 60) << shift >> 2 : 9000,
                           c * 16 + shift);
            add_objects(row, width, height, y, c ? 24 : 90, c + 100);
            for (uint32_t x = 0; x < width; x++) {
                int32_t value = row[x] + grain_at(x, y, c + 50) * grain / (c ? 64 : 16);
                value >>= 8;
                set->plane[c][(size_t)y * width + x] = (uint8_t)(value < 0     ? 0
                                                                 : value > 255 ? 255
                                                                               : value);
            }
        }
    }
    free(row);
}

static void free_planes(plane_set *set)
{
    for (int c = 0; c < 3; c++)
        free(set->plane[c]);
}

/* BT.601, full range, in 16 fractional bits (JFIF 1.02). */
static void to_rgb(const plane_set *set, size_t at, uint8_t rgb[3])
{
    int32_t y = set->plane[0][at] << 16, cb = set->plane[1][at] - 128, cr = set->plane[2][at] - 128;
    int32_t value[3] = {y + 91881 * cr, y - 22554 * cb - 46802 * cr, y + 116130 * cb};
    for (int i = 0; i < 3; i++)
        rgb[i] = (uint8_t)(value[i] < 0 ? 0 : value[i] >> 16 > 255 ? 255 : value[i] >> 16);
}

static const uint8_t tiff[26] = "MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\1\0\0\0\0\0\0";
enum { VALUE_AT = 19 }; /* of the one SHORT, Orientation */

static FILE *create(const char *name, int orientation)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s-%d.%s", folder, name, orientation,
             strncmp(name, "png", 3) == 0 ? "png" : "jpg");
    FILE *file = fopen(path, "wb");
    if (!file)
        die("cannot write", path);
    return file;
}

static void put(FILE *file, const void *data, size_t size)
{
    if (fwrite(data, 1, size, file) != size)
        die("cannot write", "a picture");
}

static void finish(FILE *file)
{
    if (fclose(file) != 0)
        die("cannot write", "a picture");
}

/* Writes the picture with a camera's Exif segment right after SOI, once for each orientation in a
 * string of digits. */
static void save_jpeg(const char *name, const char *orientations, const uint8_t *jpeg, size_t size,
                      const uint8_t *thumbnail, size_t thumbnail_size)
{
    enum { HEAD = 10 };
    for (; *orientations; orientations++) {
        static uint8_t app1[1 << 16] = {0xFF, 0xE1, 0, 0, 'E', 'x', 'i', 'f', 0, 0};
        if (thumbnail_size > sizeof app1 - HEAD - CAMERA_EXIF_SIZE - 2)
            die("too large a thumbnail for", name);
        size_t length =
            HEAD - 2 + camera_exif(*orientations - '0', thumbnail, thumbnail_size, app1 + HEAD);
        app1[2] = (uint8_t)(length >> 8);
        app1[3] = (uint8_t)length;
        FILE *file = create(name, *orientations - '0');
        put(file, jpeg, 2);
        put(file, app1, length + 2);
        put(file, jpeg + 2, size - 2);
        finish(file);
    }
}

typedef struct jpeg_form {
    const char *name, *orientations;
    int quality, sampling; /* of luma, each way */
    bool optimize, progressive;
    unsigned restart_rows;
    uint32_t trim; /* 126ths off each side's size */
    bool odd;      /* and to an odd number of pixels */
} jpeg_form;

/* Every step-th pixel of every step-th row, as a JPEG that the caller frees. */
static void encode(const plane_set *set, const jpeg_form *form, uint32_t step, uint8_t **out,
                   unsigned long *size)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, out, size);
    c.image_width = ((set->width - form->trim * set->width / 126) | form->odd) / step;
    c.image_height = ((set->height - form->trim * set->height / 126) | form->odd) / step;
    c.input_components = 3;
    c.in_color_space = JCS_YCbCr;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, form->quality, TRUE);
    c.comp_info[0].h_samp_factor = c.comp_info[0].v_samp_factor = form->sampling;
    c.optimize_coding = form->optimize;
    c.write_JFIF_header = FALSE;
    c.restart_in_rows = (int)form->restart_rows;
    if (form->progressive)
        jpeg_simple_progression(&c);
    jpeg_start_compress(&c, TRUE);
    uint8_t *row = need((size_t)set->width * 3);
    while (c.next_scanline < c.image_height) {
        size_t line = (size_t)c.next_scanline * step * set->width;
        for (uint32_t x = 0; x < c.image_width; x++)
            for (int i = 0; i < 3; i++)
                row[x * 3 + i] = set->plane[i][line + x * step];
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    free(row);
}

static void make_jpeg(const plane_set *set, const jpeg_form *form)
{
    static const jpeg_form small = {.quality = 75, .sampling = 2};
    uint8_t *jpeg = NULL, *thumbnail = NULL;
    unsigned long size = 0, thumbnail_size = 0;
    encode(set, form, 1, &jpeg, &size);
    encode(set, &small, 1 + set->width / 160, &thumbnail, &thumbnail_size);
    save_jpeg(form->name, form->orientations, jpeg, size, thumbnail, thumbnail_size);
    free(thumbnail);
    free(jpeg);
}

typedef struct png_form {
    const char *name;
    int colour_type, depth;
    bool flat; /* a drawing: few colours, no grain */
} png_form;

/* One pixel in the form's own samples; returns its size in bytes. */
static size_t png_pixel(const plane_set *set, const png_form *form, uint32_t x, uint32_t y,
                        uint8_t *to)
{
    size_t at = (size_t)y * set->width + x;
    uint8_t rgb[3];
    to_rgb(set, at, rgb);
    for (int i = 0; form->flat && i < 3; i++)
        rgb[i] &= 0xC0;
    if (form->colour_type == PNG_COLOR_TYPE_PALETTE) {
        to[0] = (uint8_t)(rgb[0] >> 5 << 5 | rgb[1] >> 5 << 2 | rgb[2] >> 6);
        return 1;
    }
    if (form->colour_type == PNG_COLOR_TYPE_GRAY) {
        to[0] = set->plane[0][at];
        to[1] = (uint8_t)hash(x, y, 99);
        return (size_t)form->depth / 8;
    }
    memcpy(to, rgb, 3);
    to[3] = x < set->width / 4 ? (uint8_t)(x * 1020 / set->width) : 255;
    return form->colour_type == PNG_COLOR_TYPE_RGB_ALPHA ? 4 : 3;
}

static void write_png(const plane_set *set, const png_form *form, FILE *file, int orientation)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png)))
        die("cannot write", form->name);
    png_init_io(png, file);
    png_set_IHDR(png, info, set->width, set->height, form->depth, form->colour_type,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_color palette[256];
    for (int i = 0; i < 256; i++)
        palette[i] = (png_color){(uint8_t)(i >> 5 << 5), (uint8_t)(i >> 2 << 5), (uint8_t)(i << 6)};
    if (form->colour_type == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 256);
    uint8_t exif[sizeof tiff];
    memcpy(exif, tiff, sizeof tiff);
    exif[VALUE_AT] = (uint8_t)orientation;
    png_set_eXIf_1(png, info, sizeof exif, exif);
    png_write_info(png, info);
    uint8_t *row = need((size_t)set->width * 8);
    for (uint32_t y = 0; y < set->height; y++) {
        size_t size = 0;
        for (uint32_t x = 0; x < set->width; x++)
            size += png_pixel(set, form, x, y, row + size);
        png_write_row(png, row);
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    free(row);
}

static void make_png(const plane_set *set, const png_form *form)
{
    FILE *file = create(form->name, 6);
    write_png(set, form, file, 6);
    finish(file);
}

enum { WIDTH = 4032, HEIGHT = 3024 };

/* Part number i of the whole, which determines its place. It has more detail per pixel than the
 * whole at its own quality, like a picture that was scaled down. */
static void make_part(const plane_set *whole, uint32_t width, uint32_t height, uint32_t i)
{
    static const char *const orientations[] = {"6", "8", "3", "6", "8"};
    char name[32];
    plane_set part = {.width = width, .height = height};
    uint32_t x = hash(i, 0, 7) % (whole->width - width + 1);
    uint32_t y = hash(i, 1, 7) % (whole->height - height + 1);
    for (int p = 0; p < 3; p++) {
        part.plane[p] = need((size_t)width * height);
        for (uint32_t row = 0; row < height; row++)
            memcpy(part.plane[p] + (size_t)row * width,
                   whole->plane[p] + (size_t)(y + row) * whole->width + x, width);
    }
    snprintf(name, sizeof name, "part-%05u", i);
    const jpeg_form form = {
        .name = name, .orientations = orientations[i % 5], .quality = 95, .sampling = 2};
    make_jpeg(&part, &form);
    free_planes(&part);
}

static void make_parts(uint32_t width, uint32_t height, uint32_t count)
{
    plane_set whole;
    make_planes(&whole, WIDTH, HEIGHT, 160);
    for (uint32_t i = 0; i < count; i++)
        make_part(&whole, width, height, i);
    free_planes(&whole);
}

int main(int argc, char **argv)
{
    static const jpeg_form forms[] = {
        {"420-3mb", "1368", 89, 2, false, false, 0, 0, false},
        {"444", "16", 84, 1, false, false, 0, 0, false},
        {"optimized", "6", 89, 2, true, false, 0, 0, false},
        {"progressive", "6", 89, 2, true, true, 0, 0, false},
        {"restart", "16", 89, 2, false, false, 1, 0, false},
        {"partial", "6", 89, 2, false, false, 0, 1, false},
        {"odd", "6", 89, 2, false, false, 0, 1, true},
    };
    static const jpeg_form large = {"420-5mb", "1368", 94, 2, false, false, 0, 0, false};
    static const png_form png_forms[] = {
        {"png-rgb8", PNG_COLOR_TYPE_RGB, 8, false},
        {"png-rgba8", PNG_COLOR_TYPE_RGB_ALPHA, 8, false},
        {"png-gray8", PNG_COLOR_TYPE_GRAY, 8, false},
        {"png-gray16", PNG_COLOR_TYPE_GRAY, 16, false},
        {"png-palette", PNG_COLOR_TYPE_PALETTE, 8, false},
    };
    static const png_form drawing = {"png-flat", PNG_COLOR_TYPE_RGB, 8, true};
    uint32_t width = argc > 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : WIDTH;
    uint32_t height = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : HEIGHT;
    plane_set set;
    if ((argc != 2 && argc != 4 && argc != 5) || width < 64 || height < 64 ||
        (argc == 5 && (width > WIDTH || height > HEIGHT))) {
        fputs("usage: make_pictures FOLDER [WIDTH HEIGHT [COUNT]]\n", stderr);
        return 2;
    }
    folder = argv[1];
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        die("cannot make", folder);
    if (argc == 5) {
        make_parts(width, height, (uint32_t)strtoul(argv[4], NULL, 10));
        return 0;
    }
    make_planes(&set, width, height, 160);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        make_jpeg(&set, &forms[i]);
    for (size_t i = 0; i < sizeof png_forms / sizeof png_forms[0]; i++)
        make_png(&set, &png_forms[i]);
    free_planes(&set);
    make_planes(&set, width, height, 200);
    make_jpeg(&set, &large);
    free_planes(&set);
    make_planes(&set, width, height, 0);
    make_png(&set, &drawing);
    free_planes(&set);
    return 0;
}
