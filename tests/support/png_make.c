/* SPDX-License-Identifier: MIT */
#include "png_make.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static size_t channels(const exn_test_png *png)
{
    static const uint8_t of_type[7] = {1, 0, 3, 1, 2, 0, 4};
    return of_type[png->colour_type];
}

size_t exn_test_png_pixel_size(const exn_test_png *png)
{
    return channels(png) * (png->depth == 16 ? 2 : 1);
}

uint8_t *exn_test_png_pixels(const exn_test_png *png)
{
    size_t size = exn_test_png_pixel_size(png) * png->width * png->height;
    uint8_t *pixels = malloc(size);
    uint32_t state = 12345;
    for (size_t i = 0; pixels && i < size; i++) {
        state = state * 1103515245 + 12345; /* any noise does */
        uint8_t sample = (uint8_t)(state >> 16);
        pixels[i] = png->depth < 8 ? sample >> (8 - png->depth) : sample;
        if (png->colour_type == PNG_COLOR_TYPE_PALETTE)
            pixels[i] %= png->palette_size / 3;
    }
    return pixels;
}

/* All state outside the function that calls setjmp. */
typedef struct session {
    exn_buffer *out;
    exn_span in;
    png_structp png;
    png_infop info;
    png_bytep *rows;
    bool failed;
} session;

static void on_write(png_structp png, png_bytep data, size_t size)
{
    session *s = png_get_io_ptr(png);
    if (exn_buffer_append(s->out, data, size) != EXN_OK)
        png_error(png, "memory");
}

static void on_flush(png_structp png)
{
    (void)png;
}

static void on_read(png_structp png, png_bytep to, size_t size)
{
    session *s = png_get_io_ptr(png);
    if (size > s->in.size)
        png_error(png, "end");
    memcpy(to, s->in.data, size);
    s->in = exn_span_part(s->in, size, SIZE_MAX);
}

static void on_error(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)text;
    ((session *)png_get_error_ptr(png))->failed = true;
}

static void point_rows(session *s, const exn_test_png *png, uint8_t *pixels)
{
    s->rows = malloc(png->height * sizeof *s->rows);
    for (uint32_t y = 0; s->rows && y < png->height; y++)
        s->rows[y] = pixels + y * exn_test_png_pixel_size(png) * png->width;
}

static void write_body(session *s, const exn_test_png *png)
{
    png_color entries[256] = {{0, 0, 0}};
    for (size_t i = 0; i < png->palette_size; i += 3)
        entries[i / 3] = (png_color){png->palette[i], png->palette[i + 1], png->palette[i + 2]};
    png_set_write_fn(s->png, s, on_write, on_flush);
    png_set_IHDR(s->png, s->info, png->width, png->height, png->depth, png->colour_type,
                 png->interlaced, 0, 0);
    if (png->palette_size)
        png_set_PLTE(s->png, s->info, entries, (int)png->palette_size / 3);
    png_write_info(s->png, s->info);
    if (png->trns_size)
        png_write_chunk(s->png, (png_const_bytep) "tRNS", png->trns, png->trns_size);
    png_set_packing(s->png);
    png_write_image(s->png, s->rows);
    png_write_end(s->png, s->info);
}

bool exn_test_png_write(const exn_test_png *png, const uint8_t *pixels, exn_buffer *out)
{
    session s = {.out = out};
    s.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
    s.info = png_create_info_struct(s.png);
    point_rows(&s, png, (uint8_t *)(uintptr_t)pixels);
    if (setjmp(png_jmpbuf(s.png)) == 0)
        write_body(&s, png);
    else
        s.failed = true;
    png_destroy_write_struct(&s.png, &s.info);
    free(s.rows);
    return !s.failed;
}

static void read_header(session *s, exn_test_png *png)
{
    png_set_read_fn(s->png, s, on_read);
    png_read_info(s->png, s->info);
    png->width = png_get_image_width(s->png, s->info);
    png->height = png_get_image_height(s->png, s->info);
    png->depth = png_get_bit_depth(s->png, s->info);
    png->colour_type = png_get_color_type(s->png, s->info);
    png->interlaced = png_get_interlace_type(s->png, s->info) == PNG_INTERLACE_ADAM7;
    png_set_packing(s->png);
}

static void read_chunks(exn_span file, exn_test_png *png)
{
    size_t offset = 8;
    char type[5];
    exn_span data;
    while (exn_test_png_next(file, &offset, type, &data)) {
        if (strcmp(type, "PLTE") == 0 && data.size <= sizeof png->palette)
            memcpy(png->palette, data.data, png->palette_size = data.size);
        if (strcmp(type, "tRNS") == 0 && data.size <= sizeof png->trns)
            memcpy(png->trns, data.data, png->trns_size = data.size);
    }
}

static void read_body(session *s, exn_test_png *png, uint8_t **pixels)
{
    read_header(s, png);
    *pixels = calloc(exn_test_png_pixel_size(png), (size_t)png->width * png->height);
    point_rows(s, png, *pixels);
    png_read_image(s->png, s->rows);
    png_read_end(s->png, s->info);
}

bool exn_test_png_read(exn_span file, exn_test_png *png, uint8_t **pixels)
{
    session s = {.in = file};
    memset(png, 0, sizeof *png);
    *pixels = NULL;
    s.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
    s.info = png_create_info_struct(s.png);
    if (setjmp(png_jmpbuf(s.png)) == 0)
        read_body(&s, png, pixels);
    else
        s.failed = true;
    png_destroy_read_struct(&s.png, &s.info, NULL);
    free(s.rows);
    if (!s.failed)
        read_chunks(file, png);
    return !s.failed;
}

void exn_test_png_chunk(exn_buffer *out, const char type[4], const void *data, size_t size)
{
    uint8_t word[4];
    exn_put32be(word, (uint32_t)size);
    exn_buffer_append(out, word, 4);
    exn_buffer_append(out, type, 4);
    exn_buffer_append(out, data, size);
    exn_put32be(word, (uint32_t)crc32(0, out->data + out->size - size - 4, (uInt)size + 4));
    exn_buffer_append(out, word, 4);
}

bool exn_test_png_next(exn_span file, size_t *offset, char type[5], exn_span *data)
{
    if (file.size < 12 || *offset > file.size - 12)
        return false;
    const uint8_t *p = file.data + *offset;
    bool after_end = *offset > 8 && memcmp(type, "IEND", 4) == 0;
    uint32_t size = exn_get32be(p);
    if (after_end || size > file.size - *offset - 12)
        return false;
    memcpy(type, p + 4, 4);
    type[4] = '\0';
    *data = (exn_span){p + 8, size};
    *offset += (size_t)size + 12;
    return true;
}
