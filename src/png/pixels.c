#include "pixels.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define BAND      128   /* rows turned at a time; two rows of tiles in samples.c */
#define IDAT_SIZE 65536 /* bytes of one IDAT written */

/* One use of libpng. Lives outside the function that calls setjmp, so that no local is lost by a
 * longjmp. */
typedef struct session {
    const exn_png_frame *source;
    exn_error *error;
    exn_status status;
    png_structp png;
    png_infop info;
    uint8_t *rows; /* read: the picture, or NULL; write: not changed */
    uint8_t *row;  /* read: one row where none is kept; write: BAND turned rows */
    /* reading: what libpng gets to see next, and where it comes from */
    exn_span parts[3];
    size_t chunk; /* index of the data chunk that follows the parts */
    bool ended;   /* IEND is in the parts */
    uint8_t head[EXN_PNG_SIGNATURE_SIZE + 13 + EXN_PNG_CHUNK_OVERHEAD];
    uint8_t lead[8], crc[4]; /* of a data chunk */
    /* writing */
    exn_orientation orientation;
    exn_buffer *out;
    bool taking; /* from the first IDAT on */
} session;

/* The first failure's status and text count. */
static void fail(session *s, exn_status status, const char *text)
{
    if (s->status == EXN_OK)
        s->status = exn_fail(s->error, status, "%s", text);
}

/* Must not return: libpng would go on. */
static void on_error(png_structp png, png_const_charp text)
{
    fail(png_get_error_ptr(png), EXN_CORRUPT, text);
    png_longjmp(png, 1);
}

/* What stands behind the last row is noise; exn_png_check_stream() has looked at it and said so.
 * Whatever else libpng warns of in so short a file speaks of the pixels. */
static void on_warning(png_structp png, png_const_charp text)
{
    static const char *const harmless[] = {"Extra compressed data", "Too much image data",
                                           "Too many IDATs found"};
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
        if (strstr(text, harmless[i]))
            return;
    }
    fail(png_get_error_ptr(png), EXN_CORRUPT, text);
}

/* libpng calls a failed allocation an error like any other; here is the place to tell it apart. */
static png_voidp allocate(png_structp png, png_alloc_size_t size)
{
    void *memory = malloc(size);
    if (!memory)
        fail(png_get_mem_ptr(png), EXN_MEMORY, "no memory for libpng");
    return memory;
}

static void release(png_structp png, png_voidp memory)
{
    (void)png;
    free(memory);
}

/* libpng knows IHDR's picture alone, so a frame gets an IHDR with its own size. */
static void feed_head(session *s)
{
    const exn_png *png = s->source->png;
    memcpy(s->head, png->data.data, sizeof s->head);
    uint8_t *header = s->head + EXN_PNG_SIGNATURE_SIZE;
    exn_put32be(header + 8, s->source->width);
    exn_put32be(header + 12, s->source->height);
    exn_put32be(header + 21, (uint32_t)crc32(0, header + 4, 17));
    s->parts[0] = (exn_span){s->head, sizeof s->head};
    if (png->plte)
        s->parts[1] = exn_png_whole(png, &png->chunks[png->plte]);
    s->chunk = s->source->first;
}

/* An fdAT's data as an IDAT. */
static void feed_as_idat(session *s, exn_span data)
{
    memcpy(s->lead + 4, "IDAT", 4);
    uint32_t crc = (uint32_t)crc32(0, s->lead + 4, 4);
    if (data.size > 0)
        crc = (uint32_t)crc32(crc, data.data, (uInt)data.size);
    exn_put32be(s->lead, (uint32_t)data.size);
    exn_put32be(s->crc, crc);
    s->parts[0] = (exn_span){s->lead, sizeof s->lead};
    s->parts[1] = data;
    s->parts[2] = (exn_span){s->crc, sizeof s->crc};
}

/* The next data chunk; behind the last one, IEND. */
static void feed_chunk(session *s)
{
    const exn_png_frame *source = s->source;
    const exn_png *png = source->png;
    while (s->chunk < source->end && png->chunks[s->chunk].type != source->type)
        s->chunk++;
    s->ended = s->chunk >= source->end;
    if (s->ended)
        s->parts[0] = exn_png_whole(png, &png->chunks[png->count - 1]);
    else if (source->number)
        feed_as_idat(s, exn_png_frame_data(source, &png->chunks[s->chunk++]));
    else
        s->parts[0] = exn_png_whole(png, &png->chunks[s->chunk++]);
}

static void on_read(png_structp png, png_bytep to, size_t size)
{
    session *s = png_get_io_ptr(png);
    size_t part = 0;
    while (size > 0) {
        if (part == sizeof s->parts / sizeof s->parts[0]) {
            if (s->ended)
                png_error(png, "file ends early");
            feed_chunk(s);
            part = 0;
        }
        exn_span piece = exn_span_part(s->parts[part], 0, size);
        if (piece.size > 0)
            memcpy(to, piece.data, piece.size);
        to += piece.size;
        size -= piece.size;
        s->parts[part] = exn_span_part(s->parts[part], piece.size, SIZE_MAX);
        if (s->parts[part].size == 0)
            part++;
    }
}

/* Signature, IHDR and PLTE come first and are not taken: the chunk list has its own. */
static void on_write(png_structp png, png_bytep data, size_t size)
{
    session *s = png_get_io_ptr(png);
    if (!s->taking || exn_buffer_append(s->out, data, size) == EXN_OK)
        return;
    fail(s, EXN_MEMORY, "no memory for the product");
    png_error(png, "no memory for the product");
}

static void on_flush(png_structp png)
{
    (void)png;
}

/* The one seam: runs body, which may leave by longjmp, and says how it ended. */
static exn_status run(session *s, void (*body)(session *s))
{
    if (setjmp(png_jmpbuf(s->png)) == 0)
        body(s);
    return s->status;
}

/* Limits are the caller's business: pixels and memory were counted from the header before. */
static void set_limits(png_structp png)
{
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(png, 0);
    /* An index beyond the palette is carried over like any other sample. */
    png_set_check_for_invalid_index(png, 0);
}

/* Reads row by row, so that one row will do where none is kept; Adam7 hands each row over once a
 * pass. */
static void read_body(session *s)
{
    png_structp png = s->png;
    set_limits(png);
    png_set_option(png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
    png_set_read_fn(png, s, on_read);
    png_read_info(png, s->info);
    int passes = png_set_interlace_handling(png);
    png_start_read_image(png);
    size_t stride = exn_png_grid_of(s->source).stride;
    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < s->source->height; y++)
            png_read_row(png, s->rows ? s->rows + y * stride : s->row, NULL);
    }
    png_read_end(png, NULL);
}

static uint32_t band_height(const exn_png_grid *grid)
{
    return grid->height < BAND ? grid->height : BAND;
}

uint64_t exn_png_codec_memory(const exn_png_grid *grid)
{
    /* Writing, libpng keeps up to five rows for its filters; zlib takes under 300 KiB. */
    return (uint64_t)grid->stride * (5 + band_height(grid)) + (1 << 20);
}

exn_status exn_png_read_pixels(const exn_png_frame *source, uint8_t *rows, exn_error *error)
{
    session s = {.source = source, .error = error, .rows = rows};
    feed_head(&s);
    s.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning, &s, allocate,
                                     release);
    s.info = s.png ? png_create_info_struct(s.png) : NULL;
    s.row = rows ? NULL : calloc(1, exn_png_grid_of(source).stride);
    if (!s.info || (!rows && !s.row))
        fail(&s, EXN_MEMORY, "no memory to decode");
    else
        run(&s, read_body);
    free(s.row);
    png_destroy_read_struct(&s.png, &s.info, NULL);
    return s.status;
}

/* libpng chooses filters by colour type and depth, and wants a palette of legal length for type 3.
 */
static void set_header(session *s, const exn_png_grid *turned)
{
    const exn_png *source = s->source->png;
    png_set_IHDR(s->png, s->info, turned->width, turned->height, (int)source->depth,
                 (int)source->colour_type, source->interlaced ? PNG_INTERLACE_ADAM7 : 0,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (source->colour_type != EXN_PNG_PALETTE)
        return;
    exn_span plte = exn_png_optional(source, source->plte);
    png_color palette[256];
    int count = (int)(plte.size / 3), most = 1 << source->depth;
    for (int i = 0; i < count; i++) {
        const uint8_t *entry = plte.data + 3 * i;
        palette[i] = (png_color){entry[0], entry[1], entry[2]};
    }
    png_set_PLTE(s->png, s->info, palette, count < most ? count : most);
}

static void write_pass(session *s, const exn_png_grid *stored, const exn_png_grid *turned)
{
    for (uint32_t y = 0; y < turned->height; y += BAND) {
        uint32_t count = turned->height - y < BAND ? turned->height - y : BAND;
        exn_png_turn(stored, s->rows, s->orientation, y, count, s->row);
        for (uint32_t i = 0; i < count; i++)
            png_write_row(s->png, s->row + i * turned->stride);
    }
}

/* Ends after the last row, which makes libpng finish the stream; IEND is not its business. */
static void write_body(session *s)
{
    exn_png_grid stored = exn_png_grid_of(s->source);
    exn_png_grid turned = exn_png_grid_turned(&stored, s->orientation);
    set_limits(s->png);
    png_set_compression_buffer_size(s->png, IDAT_SIZE);
    png_set_write_fn(s->png, s, on_write, on_flush);
    set_header(s, &turned);
    png_write_info(s->png, s->info);
    s->taking = true;
    int passes = png_set_interlace_handling(s->png);
    for (int pass = 0; pass < passes; pass++)
        write_pass(s, &stored, &turned);
}

exn_status exn_png_write_pixels(const exn_png_frame *source, const uint8_t *rows, exn_orientation o,
                                exn_buffer *out, exn_error *error)
{
    exn_png_grid stored = exn_png_grid_of(source);
    exn_png_grid turned = exn_png_grid_turned(&stored, o);
    session s = {.source = source, .error = error, .rows = (uint8_t *)(uintptr_t)rows};
    s.orientation = o;
    s.out = out;
    s.png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning, &s, allocate,
                                      release);
    s.info = s.png ? png_create_info_struct(s.png) : NULL;
    s.row = malloc(turned.stride * band_height(&turned));
    if (!s.info || !s.row)
        fail(&s, EXN_MEMORY, "no memory to encode");
    else
        run(&s, write_body);
    free(s.row);
    png_destroy_write_struct(&s.png, &s.info);
    return s.status;
}
