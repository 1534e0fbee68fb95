/* SPDX-License-Identifier: MIT */
#include "chunks.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

/* Clause 5.3 and 11.2.1: lengths and sizes are at most 2^31 - 1. */
#define UINT31_MAX 0x7fffffffu

/* The CRC of IEND is constant, because it covers only the type. */
static const uint8_t end_chunk[EXN_PNG_CHUNK_OVERHEAD] = {0,   0,   0,    0,    'I',  'E',
                                                          'N', 'D', 0xAE, 0x42, 0x60, 0x82};

static const uint8_t signature[EXN_PNG_SIGNATURE_SIZE] = {137, 'P', 'N', 'G', 13, 10, 26, 10};

void exn_png_chunks_free(exn_png *png)
{
    free(png->chunks);
    *png = (exn_png){0};
}

/* Table 11.1. A pixel with a palette is one sample, its index. */
uint32_t exn_png_chunks_channels(uint32_t colour_type)
{
    switch (colour_type) {
    case EXN_PNG_RGB:
        return 3;
    case EXN_PNG_GRAY_ALPHA:
        return 2;
    case EXN_PNG_RGB_ALPHA:
        return 4;
    default:
        return 1;
    }
}

/* read_chunk() has made sure that every chunk in the list lies in the file with its CRC. */
exn_span exn_png_chunks_data(const exn_png *png, const exn_png_chunk *chunk)
{
    return exn_span_part(png->data, chunk->offset + 8, chunk->size);
}

exn_span exn_png_chunks_whole(const exn_png *png, const exn_png_chunk *chunk)
{
    return exn_span_part(png->data, chunk->offset, (size_t)chunk->size + EXN_PNG_CHUNK_OVERHEAD);
}

exn_span exn_png_chunks_trailer(const exn_png *png)
{
    return exn_span_part(png->data, png->end, SIZE_MAX);
}

exn_span exn_png_chunks_optional(const exn_png *png, size_t index)
{
    return index ? exn_png_chunks_data(png, &png->chunks[index]) : (exn_span){NULL, 0};
}

exn_png_name exn_png_chunks_type_name(uint32_t type)
{
    exn_png_name name = {{0}};
    exn_put32be((uint8_t *)name.text, type);
    return name;
}

/* The CRC covers type and data (clause 5.3). */
static uint32_t chunk_crc(const uint8_t *type_and_data, size_t size)
{
    return libdeflate_crc32(0, type_and_data, size + 4);
}

/* The type directly precedes the data, even if those are empty. */
bool exn_png_chunks_crc_valid(const exn_png *png, const exn_png_chunk *chunk)
{
    exn_span data = exn_png_chunks_data(png, chunk);
    return chunk_crc(data.data - 4, data.size) == exn_get32be(data.data + data.size);
}

exn_status exn_png_chunks_need_crc(const exn_png *png, const exn_png_chunk *chunk, exn_error *error)
{
    if (exn_png_chunks_crc_valid(png, chunk))
        return EXN_OK;
    return exn_status_fail(error, EXN_CORRUPT, "%s: CRC error",
                           exn_png_chunks_type_name(chunk->type).text);
}

/* Four ASCII letters (clause 5.3); the third one's reserved bit may gain a meaning one day. */
bool exn_png_chunks_is_type(uint32_t type)
{
    for (int shift = 0; shift < 32; shift += 8) {
        uint32_t letter = (type >> shift & 0xff) | 0x20;
        if (letter < 'a' || letter > 'z')
            return false;
    }
    return true;
}

static exn_status add_chunk(exn_png *png, exn_png_chunk chunk, exn_error *error)
{
    if (png->count == EXN_PNG_MAX_CHUNKS)
        return exn_status_fail(error, EXN_LIMIT, "more than %d chunks", EXN_PNG_MAX_CHUNKS);
    /* Doubled, so that a file of a million empty chunks takes linear time. */
    if (png->count == png->capacity) {
        size_t capacity = png->capacity ? png->capacity * 2 : 32;
        exn_png_chunk *chunks = realloc(png->chunks, capacity * sizeof *chunks);
        if (!chunks)
            return exn_status_fail(error, EXN_MEMORY, "chunk list");
        png->chunks = chunks;
        png->capacity = capacity;
    }
    png->chunks[png->count++] = chunk;
    return EXN_OK;
}

/* Reads the chunk at offset; its length, data and CRC have to lie within the file. */
static exn_status read_chunk(exn_span data, size_t offset, exn_png_chunk *chunk, exn_error *error)
{
    size_t left = data.size - offset;
    if (left == 0)
        return exn_status_fail(error, EXN_CORRUPT, "no IEND chunk");
    if (left < EXN_PNG_CHUNK_OVERHEAD)
        return exn_status_fail(error, EXN_CORRUPT, "file ends inside a chunk");
    chunk->offset = offset;
    chunk->size = exn_get32be(data.data + offset);
    chunk->type = exn_get32be(data.data + offset + 4);
    if (!exn_png_chunks_is_type(chunk->type))
        return exn_status_fail(error, EXN_CORRUPT, "illegal chunk type");
    exn_png_name name = exn_png_chunks_type_name(chunk->type);
    if (chunk->size > UINT31_MAX)
        return exn_status_fail(error, EXN_CORRUPT, "%s: illegal length", name.text);
    if (chunk->size > left - EXN_PNG_CHUNK_OVERHEAD)
        return exn_status_fail(error, EXN_CORRUPT, "file ends inside %s", name.text);
    return EXN_OK;
}

/* Anything but a chunk ends the walk without an error, since bytes after IEND may be anything. */
bool exn_png_chunks_next_in_trailer(const exn_png *png, size_t *at, exn_png_chunk *chunk)
{
    if (read_chunk(png->data, *at, chunk, NULL) != EXN_OK)
        return false;
    *at += (size_t)chunk->size + EXN_PNG_CHUNK_OVERHEAD;
    return true;
}

/* Table 11.1: which depths a colour type allows, as a set of (1 << depth). */
static bool legal_depth(uint32_t colour_type, uint32_t depth)
{
    static const uint32_t depths[] = {
        [EXN_PNG_GRAY] = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 16,
        [EXN_PNG_RGB] = 1 << 8 | 1 << 16,
        [EXN_PNG_PALETTE] = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8,
        [EXN_PNG_GRAY_ALPHA] = 1 << 8 | 1 << 16,
        [EXN_PNG_RGB_ALPHA] = 1 << 8 | 1 << 16,
    };
    return colour_type < sizeof depths / sizeof depths[0] && depth <= 16 &&
           (depths[colour_type] >> depth & 1);
}

/* Clause 11.2.1. Everything else relies on these values, so the CRC has to be right. The size is
 * compared with the limits where pixels are decoded, not here: a file that needs no rotation may be
 * of any size. */
static exn_status parse_header(exn_png *png, const exn_png_chunk *chunk, exn_error *error)
{
    if (chunk->type == EXN_PNG_CGBI)
        return exn_status_fail(error, EXN_UNSUPPORTED, "CgBI, Apple's variant of PNG");
    if (chunk->type != EXN_PNG_IHDR || chunk->size != 13)
        return exn_status_fail(error, EXN_CORRUPT, "first chunk is not an IHDR of 13 bytes");
    exn_status status = exn_png_chunks_need_crc(png, chunk, error);
    if (status != EXN_OK)
        return status;
    const uint8_t *p = exn_png_chunks_data(png, chunk).data;
    png->width = exn_get32be(p);
    png->height = exn_get32be(p + 4);
    png->depth = p[8];
    png->colour_type = p[9];
    png->interlaced = p[12] == 1;
    if (png->width == 0 || png->width > UINT31_MAX || png->height == 0 || png->height > UINT31_MAX)
        return exn_status_fail(error, EXN_CORRUPT, "IHDR: illegal size");
    if (!legal_depth(png->colour_type, png->depth))
        return exn_status_fail(error, EXN_CORRUPT, "IHDR: illegal colour type %u with depth %u",
                               (unsigned)png->colour_type, (unsigned)png->depth);
    /* Only compression 0 and filter 0 exist (clauses 10.1 and 9.1); interlacing is none or Adam7
     * (clause 8.2). */
    if (p[10] != 0 || p[11] != 0 || p[12] > 1)
        return exn_status_fail(error, EXN_CORRUPT,
                               "IHDR: illegal compression, filter or interlace method");
    return EXN_OK;
}

/* Clause 11.2.2. Every decoder reads a palette with more entries than the depth can index, so it is
 * accepted. Every decoder ignores one after IDAT, one in a grayscale picture, and one of illegal
 * length where it is only a suggestion. */
static exn_status take_palette(exn_png *png, size_t index, exn_error *error)
{
    const exn_png_chunk *chunk = &png->chunks[index];
    bool legal = chunk->size > 0 && chunk->size % 3 == 0 && chunk->size <= 768;
    exn_status status = exn_png_chunks_need_crc(png, chunk, error);
    if (status != EXN_OK)
        return status;
    if (png->idat || png->colour_type == EXN_PNG_GRAY || png->colour_type == EXN_PNG_GRAY_ALPHA ||
        (!legal && png->colour_type != EXN_PNG_PALETTE)) {
        png->stray_palette = true;
        return EXN_OK;
    }
    if (png->plte)
        return exn_status_fail(error, EXN_CORRUPT, "more than one PLTE");
    if (!legal)
        return exn_status_fail(error, EXN_CORRUPT, "PLTE: illegal length");
    png->plte = index;
    return EXN_OK;
}

/* Clause 11.2.3: one run without other chunks in it, after the palette if one is needed. libpng
 * reads the first run and no further; whether that is the whole picture shows when it is decoded.
 */
static exn_status check_idat(exn_png *png, size_t index, exn_error *error)
{
    if (png->colour_type == EXN_PNG_PALETTE && !png->plte)
        return exn_status_fail(error, EXN_CORRUPT, "no PLTE before IDAT");
    if (!png->idat)
        png->idat = index;
    if (png->idat + png->idat_count == index)
        png->idat_count++;
    else
        png->stray_data = true;
    return EXN_OK;
}

/* Clause 11.2.4: IEND has no data. Whatever it has, decoders stop here, and so does the list; a
 * proper IEND is written in its place. */
static exn_status take_end(exn_png *png, const exn_png_chunk *chunk, exn_error *error)
{
    if (!png->idat)
        return exn_status_fail(error, EXN_CORRUPT, "no IDAT chunk");
    png->bad_end = chunk->size != 0 || !exn_png_chunks_crc_valid(png, chunk);
    return EXN_OK;
}

/* Whether no further chunk follows the picture's data, but the file's end, or something that cannot
 * be a chunk. If the picture lacks data, decoding will show that. */
static bool is_open_end(const exn_png *png)
{
    size_t left = png->data.size - png->end;
    return png->idat && (left < EXN_PNG_CHUNK_OVERHEAD ||
                         !exn_png_chunks_is_type(exn_get32be(png->data.data + png->end + 4)));
}

/* A truncated IEND is not kept. */
static void take_open_end(exn_png *png)
{
    exn_span rest = exn_png_chunks_trailer(png);
    png->open_end = true;
    if (rest.size < sizeof end_chunk && rest.size > 0 &&
        memcmp(rest.data, end_chunk, rest.size) == 0)
        png->end = png->data.size;
}

/* Takes note of the last chunk in the list, which is not the first. */
static exn_status note_chunk(exn_png *png, exn_error *error)
{
    size_t index = png->count - 1;
    const exn_png_chunk *chunk = &png->chunks[index];
    exn_status status = EXN_OK;
    switch (chunk->type) {
    case EXN_PNG_IHDR:
        return exn_status_fail(error, EXN_CORRUPT, "more than one IHDR");
    case EXN_PNG_PLTE:
        status = take_palette(png, index, error);
        break;
    case EXN_PNG_IDAT:
        status = check_idat(png, index, error);
        break;
    case EXN_PNG_IEND:
        status = take_end(png, chunk, error);
        break;
    case EXN_PNG_TRNS:
        if (!png->trns)
            png->trns = index;
        break;
    case EXN_PNG_ACTL:
        if (!png->acTL)
            png->acTL = index;
        break;
    default:
        break;
    }
    return status;
}

exn_status exn_png_chunks_parse(exn_png *png, exn_span data, exn_error *error)
{
    if (!exn_span_starts(data, signature, sizeof signature))
        return exn_status_fail(error, EXN_CORRUPT, "no PNG signature");
    png->data = data;
    png->end = sizeof signature;
    exn_png_chunk chunk = {0};
    do {
        if (is_open_end(png)) {
            take_open_end(png);
            break;
        }
        exn_status status = read_chunk(data, png->end, &chunk, error);
        if (status == EXN_OK)
            status = add_chunk(png, chunk, error);
        if (status == EXN_OK)
            status = png->count == 1 ? parse_header(png, &chunk, error) : note_chunk(png, error);
        if (status != EXN_OK)
            return status;
        png->end += (size_t)chunk.size + EXN_PNG_CHUNK_OVERHEAD;
    } while (chunk.type != EXN_PNG_IEND);
    return EXN_OK;
}

exn_status exn_png_chunks_put_span(exn_buffer *out, exn_span span)
{
    return exn_buffer_append(out, span.data, span.size);
}

exn_status exn_png_chunks_put_end(exn_buffer *out)
{
    return exn_buffer_append(out, end_chunk, sizeof end_chunk);
}

/* The length is not known yet; closing writes it. */
exn_status exn_png_chunks_put_open(exn_buffer *out, uint32_t type, size_t *start)
{
    uint8_t head[8] = {0};
    exn_put32be(head + 4, type);
    *start = out->size;
    return exn_buffer_append(out, head, sizeof head);
}

/* The caller makes sure that the data do not exceed 2^31 - 1 bytes. */
exn_status exn_png_chunks_put_close(exn_buffer *out, size_t start)
{
    uint8_t *chunk = out->data + start;
    size_t size = out->size - start - 8;
    exn_put32be(chunk, (uint32_t)size);
    uint8_t crc[4];
    exn_put32be(crc, chunk_crc(chunk + 4, size));
    return exn_buffer_append(out, crc, sizeof crc);
}
