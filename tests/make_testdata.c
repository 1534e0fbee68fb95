/* SPDX-License-Identifier: MIT */
/* Writes testdata/: make_testdata FOLDER. Every picture is upright when it is shown as its tag
 * says, as a camera would have written it. The same libjpeg, libpng and zlib give the same bytes
 * every time. */
#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/naive.h"
#include "support/picture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <png.h>

typedef enum kind { JPEG, RGB8, PALETTE8, GRAY16 } kind;

typedef struct recipe {
    const char *path;
    kind kind;
    uint32_t width, height; /* as shown */
    uint16_t orientation;   /* 0: no Exif at all */
    const char *sampling;   /* JPEG; NULL: 4:2:0 */
    J_COLOR_SPACE space;    /* JPEG; 0: Y'CbCr */
    bool progressive, arithmetic, optimize, adam7;
    int restart_in_rows;
} recipe;

static const recipe recipes[] = {
    /* 320 and 240 are multiples of 16: whole grid, whichever way it is turned. */
    {"jpeg/landscape-1.jpg", JPEG, 320, 240, .orientation = 1},
    {"jpeg/landscape-2.jpg", JPEG, 320, 240, .orientation = 2},
    {"jpeg/landscape-3.jpg", JPEG, 320, 240, .orientation = 3},
    {"jpeg/landscape-4.jpg", JPEG, 320, 240, .orientation = 4},
    {"jpeg/landscape-5.jpg", JPEG, 320, 240, .orientation = 5},
    {"jpeg/landscape-6.jpg", JPEG, 320, 240, .orientation = 6},
    {"jpeg/landscape-7.jpg", JPEG, 320, 240, .orientation = 7},
    {"jpeg/landscape-8.jpg", JPEG, 320, 240, .orientation = 8},
    {"jpeg/no-exif.jpg", JPEG, 160, 120, .orientation = 0},
    {"jpeg/coding/progressive-6.jpg", JPEG, 240, 160, .orientation = 6, .progressive = true},
    {"jpeg/coding/arithmetic-7.jpg", JPEG, 240, 160, .orientation = 7, .arithmetic = true},
    {"jpeg/coding/optimized-2.jpg", JPEG, 240, 160, .orientation = 2, .optimize = true},
    {"jpeg/coding/restart-6.jpg", JPEG, 240, 160, .orientation = 6, .restart_in_rows = 1},
    {"jpeg/coding/gray-8.jpg", JPEG, 240, 160, .orientation = 8, .space = JCS_GRAYSCALE},
    {"jpeg/coding/cmyk-3.jpg", JPEG, 160, 120, .orientation = 3, .space = JCS_CMYK},
    {"jpeg/coding/422-6.jpg", JPEG, 240, 160, .orientation = 6, .sampling = "4:2:2"},
    /* Stored 200 x 152: 152 is 19 rows of luma blocks, and nine and a half of chroma. */
    {"jpeg/partial/luma-whole-6.jpg", JPEG, 152, 200, .orientation = 6},
    {"jpeg/partial/luma-whole-3.jpg", JPEG, 200, 152, .orientation = 3},
    /* Whole nowhere; odd, so that the last chroma sample covers one column or row. */
    {"jpeg/partial/odd-3.jpg", JPEG, 321, 243, .orientation = 3},
    {"jpeg/partial/odd-5.jpg", JPEG, 321, 243, .orientation = 5},
    {"jpeg/partial/odd-6.jpg", JPEG, 321, 243, .orientation = 6},
    {"jpeg/partial/odd-8.jpg", JPEG, 321, 243, .orientation = 8},
    {"png/rgb8-1.png", RGB8, 120, 90, .orientation = 1},
    {"png/rgb8-2.png", RGB8, 120, 90, .orientation = 2},
    {"png/rgb8-3.png", RGB8, 120, 90, .orientation = 3},
    {"png/rgb8-4.png", RGB8, 120, 90, .orientation = 4},
    {"png/rgb8-5.png", RGB8, 120, 90, .orientation = 5},
    {"png/rgb8-6.png", RGB8, 120, 90, .orientation = 6},
    {"png/rgb8-7.png", RGB8, 120, 90, .orientation = 7},
    {"png/rgb8-8.png", RGB8, 120, 90, .orientation = 8},
    {"png/no-exif.png", RGB8, 120, 90, .orientation = 0},
    {"png/coding/palette-5.png", PALETTE8, 120, 90, .orientation = 5},
    {"png/coding/gray16-6.png", GRAY16, 97, 63, .orientation = 6},
    {"png/coding/adam7-8.png", RGB8, 120, 90, .orientation = 8, .adam7 = true},
};

static const char *const folders[] = {"",    "jpeg",       "jpeg/coding", "jpeg/partial",
                                      "png", "png/coding", "labels"};

/* Boxes in pixels of the upright picture, as annotators draw them on what a browser shows. */
static const char labels[] = "# file,label,x,y,width,height\n"
                             "jpeg/landscape-1.jpg,letter,112,43,112,144\n"
                             "jpeg/landscape-6.jpg,letter,112,43,112,144\n"
                             "jpeg/landscape-8.jpg,letter,112,43,112,144\n"
                             "png/rgb8-6.png,letter,42,16,42,54\n";

static const char notes[] = "Not an image: to be copied byte for byte.\n";

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "make_testdata: %s: %s\n", what, why);
    exit(1);
}

static void stored_size(const recipe *r, uint32_t *width, uint32_t *height)
{
    *width = r->orientation >= 5 ? r->height : r->width;
    *height = r->orientation >= 5 ? r->width : r->height;
}

static void join(char path[4096], const char *folder, const char *name)
{
    const int size = snprintf(path, 4096, "%s/%s", folder, name);
    if (size < 0 || size >= 4096)
        die(folder, "name too long");
}

static void write_file(const char *folder, const char *name, exn_span bytes)
{
    char path[4096];

    join(path, folder, name);
    FILE *file = fopen(path, "wb");
    if (!file)
        die(path, strerror(errno));
    const bool written = fwrite(bytes.data, 1, bytes.size, file) == bytes.size;
    if (fclose(file) || !written)
        die(path, "cannot write");
}

/* Even values in Motorola order, odd ones in Intel order. A camera turns its thumbnail no more than
 * its picture. */
static void make_exif(const recipe *r, exn_span thumbnail, exn_buffer *tiff)
{
    exn_test_exif exif = {
        .big_endian = r->orientation % 2 == 0,
        .orientation = r->orientation,
        .ifd1_orientation = thumbnail.size ? r->orientation : 0,
        .maker_note = true,
        .gps = true,
        .thumbnail = thumbnail,
    };

    stored_size(r, &exif.pixel_width, &exif.pixel_height);
    if (!exn_test_exif_make(&exif, tiff))
        die(r->path, "cannot make the exif block");
}

static void make_thumbnail(const recipe *r, exn_buffer *out)
{
    char why[JMSG_LENGTH_MAX];
    exn_test_jpeg jpeg;
    uint32_t width, height;

    stored_size(r, &width, &height);
    exn_test_jpeg_init(&jpeg, width / 2, height / 2);
    jpeg.orientation = r->orientation;
    jpeg.quality = 40;
    jpeg.noise = 0;
    jpeg.jfif = false;
    jpeg.optimize = true;
    if (!exn_test_jpeg_make(&jpeg, out, why))
        die(r->path, why);
}

static void make_jpeg(const recipe *r, exn_buffer *out)
{
    exn_buffer bare = {0}, thumbnail = {0}, tiff = {0};
    char why[JMSG_LENGTH_MAX];
    exn_test_jpeg jpeg;
    uint32_t width, height;

    stored_size(r, &width, &height);
    exn_test_jpeg_init(&jpeg, width, height);
    jpeg.orientation = r->orientation ? r->orientation : 1;
    jpeg.progressive = r->progressive;
    jpeg.arithmetic = r->arithmetic;
    jpeg.optimize = r->optimize;
    jpeg.restart_in_rows = r->restart_in_rows;
    if (r->space)
        exn_test_jpeg_space(&jpeg, r->space);
    if (r->sampling && !exn_test_jpeg_sampling(&jpeg, r->sampling))
        die(r->path, "no such sampling");
    if (!exn_test_jpeg_make(&jpeg, r->orientation ? &bare : out, why))
        die(r->path, why);
    if (r->orientation) {
        make_thumbnail(r, &thumbnail);
        make_exif(r, exn_buffer_span(&thumbnail), &tiff);
        if (!exn_test_jpeg_insert_exif(exn_buffer_span(&bare), exn_buffer_span(&tiff), out))
            die(r->path, "cannot insert the exif block");
    }
    exn_buffer_free(&bare);
    exn_buffer_free(&thumbnail);
    exn_buffer_free(&tiff);
}

/* Writes the stored sample (x, y) at p; returns its size in bytes. */
static size_t put_sample(const recipe *r, uint32_t x, uint32_t y, uint8_t *p)
{
    const unsigned noise = r->kind == PALETTE8 ? 0 : 1;
    uint32_t width, height;
    uint8_t color[3];

    stored_size(r, &width, &height);
    exn_test_naive_point(r->orientation ? r->orientation : 1, width, height, &x, &y);
    switch (r->kind) {
    case GRAY16:
        exn_test_picture_ycc(x, y, r->width, r->height, noise, false, color);
        p[0] = color[0];
        /* A low byte of its own shows whether 16 bits stay 16. */
        p[1] = (uint8_t)(x + 2 * y);
        return 2;
    case PALETTE8:
        exn_test_picture_rgb(x, y, r->width, r->height, noise, color);
        p[0] =
            (uint8_t)((color[0] + 25) / 51 * 36 + (color[1] + 25) / 51 * 6 + (color[2] + 25) / 51);
        return 1;
    default:
        exn_test_picture_rgb(x, y, r->width, r->height, noise, p);
        return 3;
    }
}

/* A cube of 6 x 6 x 6 colours. */
static void set_palette(png_structp png, png_infop info)
{
    png_color palette[216];

    for (int i = 0; i < 216; i++)
        palette[i] = (png_color){(png_byte)(i / 36 * 51), (png_byte)(i / 6 % 6 * 51),
                                 (png_byte)(i % 6 * 51)};
    png_set_PLTE(png, info, palette, 216);
}

static void on_png_error(png_structp png, png_const_charp message)
{
    const recipe *r = png_get_error_ptr(png);
    die(r->path, message);
}

static void on_png_data(png_structp png, png_bytep data, size_t size)
{
    if (exn_buffer_append(png_get_io_ptr(png), data, size))
        png_error(png, "out of memory");
}

static void on_png_flush(png_structp png)
{
    (void)png;
}

static void write_header(const recipe *r, png_structp png, png_infop info)
{
    static const int types[] = {
        [RGB8] = PNG_COLOR_TYPE_RGB,
        [PALETTE8] = PNG_COLOR_TYPE_PALETTE,
        [GRAY16] = PNG_COLOR_TYPE_GRAY,
    };
    png_text text = {.compression = PNG_TEXT_COMPRESSION_NONE,
                     .key = (char[]){"Comment"},
                     .text = (char[]){"a letter F and four marks"}};
    uint32_t width, height;

    stored_size(r, &width, &height);
    png_set_IHDR(png, info, width, height, r->kind == GRAY16 ? 16 : 8, types[r->kind],
                 r->adam7 ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (r->kind == PALETTE8)
        set_palette(png, info);
    /* Unequal on purpose: a turn by a quarter has to exchange them. */
    png_set_pHYs(png, info, 2835, 2836, PNG_RESOLUTION_METER);
    png_set_text(png, info, &text, 1);
    png_set_compression_level(png, 9);
    png_write_info(png, info);
}

static void write_rows(const recipe *r, png_structp png)
{
    uint32_t width, height;
    uint8_t row[4096];

    stored_size(r, &width, &height);
    for (int pass = png_set_interlace_handling(png); pass > 0; pass--)
        for (uint32_t y = 0; y < height; y++) {
            size_t at = 0;
            for (uint32_t x = 0; x < width; x++)
                at += put_sample(r, x, y, row + at);
            png_write_row(png, row);
        }
}

static void make_png(const recipe *r, exn_buffer *out)
{
    exn_buffer bare = {0}, tiff = {0};
    recipe copy = *r;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &copy, on_png_error, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;

    if (!info)
        die(r->path, "out of memory");
    png_set_write_fn(png, r->orientation ? &bare : out, on_png_data, on_png_flush);
    write_header(r, png, info);
    write_rows(r, png);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    if (r->orientation) {
        make_exif(r, (exn_span){NULL, 0}, &tiff);
        if (!exn_test_png_insert(exn_buffer_span(&bare), "eXIf", exn_buffer_span(&tiff), true, out))
            die(r->path, "cannot insert the exif block");
    }
    exn_buffer_free(&bare);
    exn_buffer_free(&tiff);
}

static void make_folders(const char *root)
{
    char path[4096];

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        join(path, root, folders[i]);
        if (mkdir(path, 0777) && errno != EEXIST)
            die(path, strerror(errno));
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        die("usage", "make_testdata FOLDER");
    make_folders(argv[1]);
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
        exn_buffer out = {0};
        if (recipes[i].kind == JPEG)
            make_jpeg(&recipes[i], &out);
        else
            make_png(&recipes[i], &out);
        write_file(argv[1], recipes[i].path, exn_buffer_span(&out));
        exn_buffer_free(&out);
    }
    write_file(argv[1], "labels/boxes.csv", (exn_span){(const uint8_t *)labels, sizeof labels - 1});
    write_file(argv[1], "labels.txt", (exn_span){(const uint8_t *)notes, sizeof notes - 1});
    return 0;
}
