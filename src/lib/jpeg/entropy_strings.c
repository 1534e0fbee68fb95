/* SPDX-License-Identifier: MIT */
#include "entropy_strings.h"

#include <stdlib.h>
#include <string.h>

#include "entropy_tokens.h"
#include "pages.h"

exn_string_path exn_entropy_strings_path(const exn_string_plane *plane, exn_orientation o)
{
    uint32_t width = plane->blocks_x, height = plane->blocks_y; /* of the source */
    uint32_t x = 0, y = 0, right_x = 1, right_y = 0, down_x = 0, down_y = 1;
    const ptrdiff_t stride = plane->blocks_x;
    exn_orientation_size(o, &width, &height);
    exn_orientation_point(o, width, height, &x, &y);
    exn_orientation_point(o, width, height, &right_x, &right_y);
    exn_orientation_point(o, width, height, &down_x, &down_y);
    return (exn_string_path){
        .origin = (ptrdiff_t)y * stride + x,
        .step_x = ((ptrdiff_t)right_y - y) * stride + ((ptrdiff_t)right_x - x),
        .step_y = ((ptrdiff_t)down_y - y) * stride + ((ptrdiff_t)down_x - x),
    };
}

exn_status exn_entropy_strings_open_plane(exn_string_plane *plane, exn_error *error)
{
    size_t count = (size_t)plane->blocks_x * plane->blocks_y;
    plane->blocks = malloc((count + EXN_STRINGS_AHEAD) * sizeof *plane->blocks);
    if (!plane->blocks)
        return exn_status_fail(error, EXN_MEMORY, "block list");
    exn_pages_large(plane->blocks, count * sizeof *plane->blocks);
    /* Writing looks this many blocks ahead, and thus beyond the last one. */
    memset(plane->blocks + count, 0, EXN_STRINGS_AHEAD * sizeof *plane->blocks);
    return EXN_OK;
}

exn_status exn_entropy_strings_grow(exn_strings *strings, size_t room, exn_error *error)
{
    exn_buffer *bytes = &strings->bytes;
    /* At least what exn_buffer_reserve() will grow it to. */
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

typedef int16_t eight __attribute__((vector_size(16)));
typedef uint8_t eight_bytes __attribute__((vector_size(8)));

/* Which coefficients are nonzero: bit n % 8 * 8 + n / 8 for the one at n. A comparison makes each
 * lane -1 or 0, so each row of eight, last one first, contributes one bit to each lane. */
EXN_INLINE uint64_t coefficients_of(const int16_t block[64])
{
    eight all = {0}, row;
    uint64_t mask;
    for (int n = 7; n >= 0; n--) {
        memcpy(&row, block + 8 * n, sizeof row);
        all = all + all - (row == 0);
    }
    eight_bytes bytes = __builtin_convertvector(all, eight_bytes);
    memcpy(&mask, &bytes, sizeof mask);
    return ~le64toh(mask);
}

void exn_entropy_strings_make_places(const uint8_t place[64], exn_string_places *p)
{
    uint8_t zigzag[64];
    for (unsigned k = 0; k < 64; k++)
        zigzag[exn_component_natural_order[k]] = (uint8_t)k;
    for (unsigned n = 0; n < 64; n++) {
        p->bit[n % 8 * 8 + n / 8] = UINT64_C(1) << zigzag[place[n]];
        p->at[zigzag[place[n]]] = (uint8_t)n;
    }
}

/* Writes the code of one coefficient; expected: the number after that of the previous one. T.81,
 * F.1.2.2.1: a negative value has the lower bits of the value minus 1. */
EXN_INLINE unsigned put_coefficient(exn_bit_writer *w, exn_token_coder *coder,
                                    const exn_string_places *p, const int16_t block[64],
                                    uint64_t *left, unsigned expected)
{
    unsigned number = (unsigned)__builtin_ctzll(*left);
    int value = block[p->at[number]], sign = -(value < 0);
    unsigned size = 32 - (unsigned)__builtin_clz((unsigned)((value ^ sign) - sign) | 1);
    *left &= *left - 1;
    for (; EXN_SELDOM(number - expected > 15); expected += 16) {
        exn_token_symbol(w, coder, EXN_SYMBOL_ZRL, 0, true);
        exn_bits_settle(w);
    }
    exn_token_symbol(w, coder, size + 16 * (number - expected),
                     (unsigned)(value + sign) & ((1u << size) - 1), true);
    return number + 1;
}

/* Two codes with their values, 26 bits each at most, are written at once. */
EXN_INLINE void put_block(exn_bit_writer *w, exn_token_coder *coder, const exn_string_places *p,
                          const int16_t block[64])
{
    uint64_t left = 0;
    unsigned expected = 1;
    for (uint64_t mask = coefficients_of(block); mask; mask &= mask - 1)
        left |= p->bit[__builtin_ctzll(mask)];
    left &= ~UINT64_C(1); /* DC */
    while (left) {
        expected = put_coefficient(w, coder, p, block, &left, expected);
        if (left)
            expected = put_coefficient(w, coder, p, block, &left, expected);
        exn_bits_settle(w);
    }
    if (expected < 64)
        exn_token_symbol(w, coder, EXN_SYMBOL_EOB, 0, true);
    exn_bits_settle(w);
}

/* Encodes a row of blocks, for which there has to be room. */
static EXN_HOT void put_row(exn_strings *strings, exn_string_plane *plane, exn_token_coder *coder,
                            const exn_string_places *p, const exn_string_row *row)
{
    exn_string *to = row->to;
    for (uint32_t x = 0; x < row->count; x++, to += row->step) {
        const int16_t *block = row->blocks[x];
        uint8_t *start = strings->bytes.data + strings->bytes.size;
        exn_bit_writer w = {.at = start};
        int dc = block[p->at[0]];
        put_block(&w, coder, p, block);
        *to = (exn_string){(uint32_t)strings->bytes.size, (uint16_t)((w.at - start) * 8 + w.count),
                           (int16_t)dc};
        strings->bytes.size += (size_t)(w.at - start) + (w.count > 0);
        plane->lowest = dc < plane->lowest ? dc : plane->lowest;
        plane->highest = dc > plane->highest ? dc : plane->highest;
    }
}

exn_status exn_entropy_strings_put(exn_strings *strings, uint32_t i, exn_token_coder *coder,
                                   const exn_string_places *places, const exn_string_row *row,
                                   exn_error *error)
{
    size_t bytes = (size_t)row->count * EXN_STRING_BYTES;
    exn_status status = EXN_OK;
    if (strings->bytes.capacity - strings->bytes.size < bytes)
        status = exn_entropy_strings_grow(strings, bytes, error);
    if (status == EXN_OK)
        put_row(strings, &strings->plane[i], coder, places, row);
    return status;
}

/* The blocks are the output's: they and their coefficients are already in its order. */
exn_status exn_entropy_strings_encode(exn_strings *strings, uint32_t i,
                                      const exn_component *component, exn_error *error)
{
    exn_string_plane *plane = &strings->plane[i];
    exn_string_places places;
    uint8_t natural[64];
    for (int k = 0; k < 64; k++)
        natural[k] = (uint8_t)k;
    exn_entropy_strings_make_places(natural, &places);
    plane->blocks_x = component->blocks_x;
    plane->blocks_y = component->blocks_y;
    exn_token_coder *coder = calloc(1, sizeof *coder);
    if (!coder)
        return exn_status_fail(error, EXN_MEMORY, "encoder");
    exn_entropy_tables_make_encoder(&plane->code, &coder->encoder);
    exn_status status = exn_entropy_strings_open_plane(plane, error);
    for (uint32_t y = 0; status == EXN_OK && y < plane->blocks_y; y++) {
        const exn_string_row row = {.blocks = component->rows[y],
                                    .count = plane->blocks_x,
                                    .to = plane->blocks + (size_t)y * plane->blocks_x,
                                    .step = 1};
        status = exn_cancel_check(component->cancel, error);
        if (status == EXN_OK)
            status = exn_entropy_strings_put(strings, i, coder, &places, &row, error);
    }
    /* Without complements, the first 256 entries are the symbols themselves. */
    memcpy(plane->counts, coder->tally, sizeof plane->counts);
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
