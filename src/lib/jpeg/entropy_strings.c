/* SPDX-License-Identifier: MIT */
#include "entropy_strings.h"

#include <stdlib.h>
#include <string.h>

#include "entropy_tokens.h"

exn_status exn_entropy_strings_open_plane(exn_string_plane *plane, exn_error *error)
{
    size_t count = (size_t)plane->blocks_x * plane->blocks_y;
    plane->blocks = malloc((count + EXN_STRINGS_AHEAD) * sizeof *plane->blocks);
    if (!plane->blocks)
        return exn_status_fail(error, EXN_MEMORY, "block list");
    /* Writing looks so many blocks ahead, and so behind the last one. */
    memset(plane->blocks + count, 0, EXN_STRINGS_AHEAD * sizeof *plane->blocks);
    return EXN_OK;
}

exn_status exn_entropy_strings_grow(exn_strings *strings, size_t room, exn_error *error)
{
    exn_buffer *bytes = &strings->bytes;
    /* At least what exn_buffer_reserve() makes of it. */
    uint64_t grown = (uint64_t)bytes->capacity + bytes->capacity / 2 + room;
    exn_status status = exn_status_need_memory(error, strings->need + grown, strings->limit);
    if (status != EXN_OK)
        return status;
    /* A string's offset has 32 bits. */
    if (grown > UINT32_MAX)
        return EXN_UNSUPPORTED;
    return exn_buffer_reserve(bytes, room) == EXN_OK
               ? EXN_OK
               : exn_status_fail(error, EXN_MEMORY, "coded blocks");
}

/* Most coefficients are 0, so they are looked at four at a time. T.81, F.1.2.2.1: a negative value
 * has the lower bits of what is one less. */
static void take_block(const int16_t block[64], const uint8_t zigzag[64], exn_tokens *tokens)
{
    tokens->mask = 0;
    for (unsigned at = 0; at < 64; at += 4) {
        uint64_t four;
        memcpy(&four, block + at, sizeof four);
        for (unsigned n = at; four && n < at + 4; n++) {
            int value = block[n], sign = -(value < 0);
            unsigned size = 32 - (unsigned)__builtin_clz((unsigned)((value ^ sign) - sign) | 1);
            tokens->at[zigzag[n]] = size << 16 | ((unsigned)(value + sign) & ((1u << size) - 1));
            tokens->mask |= (uint64_t)(value != 0) << zigzag[n];
        }
    }
}

/* What encoding a row needs. */
typedef struct row_coder {
    exn_token_coder tokens;
    uint16_t entry_base[64]; /* exn_tokens_encode()'s */
    uint8_t zigzag[64];      /* by place in natural order */
} row_coder;

/* Blocks of the output already: places are zigzag numbers as they are, and nothing is negated. */
static void make_coder(const exn_huffman *code, row_coder *coder)
{
    *coder = (row_coder){0};
    exn_entropy_tables_make_encoder(code, &coder->tokens.encoder);
    for (unsigned k = 0; k < 64; k++) {
        coder->entry_base[k] = (uint16_t)(16 * k);
        coder->zigzag[exn_component_natural_order[k]] = (uint8_t)k;
    }
}

/* Encodes a row of blocks, for which there is room. */
static EXN_HOT void encode_row(exn_strings *strings, exn_string_plane *plane, row_coder *coder,
                               exn_dct_block *row, exn_string *to)
{
    for (uint32_t x = 0; x < plane->blocks_x; x++) {
        uint8_t *start = strings->bytes.data + strings->bytes.size;
        exn_bit_writer w = {.at = start};
        exn_tokens tokens;
        int16_t dc = row[x][0];
        take_block(row[x], coder->zigzag, &tokens);
        exn_tokens_encode(&tokens, &coder->tokens, coder->entry_base, &w, true);
        to[x] = (exn_string){(uint32_t)strings->bytes.size,
                             (uint16_t)((w.at - start) * 8 + w.count), dc};
        strings->bytes.size += (size_t)(w.at - start) + (w.count > 0);
        plane->lowest = dc < plane->lowest ? dc : plane->lowest;
        plane->highest = dc > plane->highest ? dc : plane->highest;
    }
}

exn_status exn_entropy_strings_encode(exn_strings *strings, uint32_t i,
                                      const exn_component *component, exn_error *error)
{
    exn_string_plane *plane = &strings->plane[i];
    size_t row_bytes = (size_t)component->blocks_x * EXN_STRING_BYTES;
    plane->blocks_x = component->blocks_x;
    plane->blocks_y = component->blocks_y;
    row_coder *coder = malloc(sizeof *coder);
    if (!coder)
        return exn_status_fail(error, EXN_MEMORY, "encoder");
    make_coder(&plane->code, coder);
    exn_status status = exn_entropy_strings_open_plane(plane, error);
    for (uint32_t y = 0; status == EXN_OK && y < plane->blocks_y; y++) {
        status = exn_cancel_check(component->cancel, error);
        if (status == EXN_OK && strings->bytes.capacity - strings->bytes.size < row_bytes)
            status = exn_entropy_strings_grow(strings, row_bytes, error);
        if (status == EXN_OK)
            encode_row(strings, plane, coder, component->rows[y],
                       plane->blocks + (size_t)y * plane->blocks_x);
    }
    /* Without complements the first 256 entries are the symbols themselves. */
    memcpy(plane->counts, coder->tokens.tally, sizeof plane->counts);
    free(coder);
    return status;
}

void exn_entropy_strings_free(exn_strings *strings)
{
    for (int i = 0; i < EXN_JPEG_MAX_COMPONENTS; i++)
        free(strings->plane[i].blocks);
    exn_buffer_free(&strings->bytes);
    *strings = (exn_strings){0};
}
