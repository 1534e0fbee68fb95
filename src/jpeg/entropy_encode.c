#include "entropy_encode.h"

#include <stdlib.h>
#include <string.h>

/* MCU_BYTES: more than an MCU of ten blocks takes with every byte stuffed. */
enum { MCU_BYTES = 10 * 2 * 256 + 64 };

static inline uint64_t load64(const uint8_t *p)
{
    uint64_t value;
    memcpy(&value, p, sizeof value);
    return __builtin_bswap64(value);
}

/* What the walk over the product's MCUs does with each block. */
typedef struct writer {
    uint8_t *at;
    uint64_t bits; /* the lower count are on their way, at most 64 */
    unsigned count;
    exn_encoder *encoders; /* owned: DC and AC of each component */
} writer;

static void write_stuffed(writer *w, uint64_t word)
{
    for (int shift = 56; shift >= 0; shift -= 8) {
        uint8_t byte = (uint8_t)(word >> shift);
        *w->at++ = byte;
        if (byte == 0xFF)
            *w->at++ = 0;
    }
}

static inline __attribute__((always_inline)) void write_word(writer *w, uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    /* A byte of FF: its top bit is set, and gone or carried on when 1 is added. */
    if (word & ~(word + ones) & ones << 7) {
        write_stuffed(w, word);
        return;
    }
    word = __builtin_bswap64(word);
    memcpy(w->at, &word, sizeof word);
    w->at += 8;
}

/* length: 1 to 63; bits above it are 0. */
static inline __attribute__((always_inline)) void put(writer *w, uint64_t bits, unsigned length)
{
    w->count += length;
    if (w->count <= 64) {
        w->bits = w->bits << length | bits;
        return;
    }
    w->count -= 64;
    write_word(w, w->bits << (length - w->count) | bits >> w->count);
    w->bits = bits;
}

/* Fills the last byte with ones (T.81, F.1.2.3) and writes what is on its way. */
static void flush(writer *w)
{
    unsigned padding = -w->count & 7;
    if (padding)
        put(w, (1u << padding) - 1, padding);
    for (; w->count > 0; w->count -= 8) {
        uint8_t byte = (uint8_t)(w->bits >> (w->count - 8));
        *w->at++ = byte;
        if (byte == 0xFF)
            *w->at++ = 0;
    }
}

static inline unsigned size_of(int difference)
{
    unsigned magnitude = (unsigned)(difference < 0 ? -difference : difference);
    return magnitude ? 32 - (unsigned)__builtin_clz(magnitude) : 0;
}

static inline void put_dc(writer *w, const exn_encoder *dc, int difference)
{
    unsigned size = size_of(difference);
    uint32_t entry = dc->entry[size];
    uint32_t value = (uint32_t)(difference < 0 ? difference - 1 : difference) & ((1u << size) - 1);
    put(w, (entry >> 5) ^ value, entry & 31);
}

/* Appends a string as it is. */
static inline void put_string(writer *w, const uint8_t *from, unsigned bits)
{
    for (; bits > 56; bits -= 56, from += 7)
        put(w, load64(from) >> 8, 56);
    put(w, load64(from) >> (64 - bits), bits);
}

/* The plain symbol at *at, of a string that ends behind `bits` bits; advances *at. */
static inline uint64_t next_symbol(const uint8_t *from, unsigned *at, uint8_t *symbol)
{
    uint64_t window = load64(from + (*at >> 3)) << (*at & 7);
    *symbol = (uint8_t)(window >> 56);
    *at += 8 + (*symbol & 15u);
    return window << 8;
}

/* Appends a plain string with codes. */
static inline void put_plain(writer *w, const exn_encoder *ac, const uint8_t *from, unsigned bits)
{
    for (unsigned at = 0; at < bits;) {
        uint8_t symbol;
        uint64_t value = next_symbol(from, &at, &symbol);
        uint32_t entry = ac->entry[symbol];
        /* Two shifts, since there may be no value. */
        put(w, (entry >> 5) ^ (value >> 1 >> (63 - (symbol & 15))), entry & 31);
    }
}

/* The block at x, y of component n; NULL where it holds no samples. */
static inline const exn_string *block_at(const exn_layout *l, unsigned n, uint32_t x, uint32_t y)
{
    const exn_string_plane *p = &l->strings->plane[l->component[n]];
    return x < p->blocks_x && y < p->blocks_y ? &p->blocks[(size_t)y * p->blocks_x + x] : NULL;
}

static inline __attribute__((always_inline)) void write_block(const exn_layout *l, writer *w,
                                                              unsigned n, const exn_string *block,
                                                              int *last_dc, bool plain)
{
    const exn_encoder *dc = &w->encoders[2 * n], *ac = &w->encoders[2 * n + 1];
    put_dc(w, dc, block ? block->dc - *last_dc : 0);
    if (!block) { /* the padding of an MCU: the DC of its neighbour, and no AC */
        put(w, ac->entry[EXN_SYMBOL_EOB] >> 5, ac->entry[EXN_SYMBOL_EOB] & 31);
        return;
    }
    *last_dc = block->dc;
    const uint8_t *from = l->strings->bytes.data + block->offset;
    if (plain)
        put_plain(w, ac, from, block->bits);
    else
        put_string(w, from, block->bits);
}

static inline __attribute__((always_inline)) void
write_mcu(const exn_layout *l, writer *w, uint32_t mx, uint32_t my, int *last_dc, bool plain)
{
    for (unsigned n = 0; n < l->components; n++)
        for (uint32_t y = 0; y < l->v[n]; y++)
            for (uint32_t x = 0; x < l->h[n]; x++)
                write_block(l, w, n, block_at(l, n, mx * l->h[n] + x, my * l->v[n] + y),
                            &last_dc[n], plain);
}

static void write_restart(writer *w, unsigned number, int *last_dc)
{
    flush(w);
    *w->at++ = 0xFF;
    *w->at++ = (uint8_t)(EXN_MARKER_RST0 + number % 8);
    memset(last_dc, 0, EXN_JPEG_MAX_COMPONENTS * sizeof *last_dc);
}

static inline __attribute__((always_inline)) exn_status write_mcus(const exn_layout *l, writer *w,
                                                                   bool plain, exn_buffer *out)
{
    int last_dc[EXN_JPEG_MAX_COMPONENTS] = {0};
    uint32_t left = l->restart_interval, restarts = 0;
    w->at = out->data + out->size;
    for (uint32_t y = 0; y < l->rows; y++)
        for (uint32_t x = 0; x < l->columns; x++) {
            if (out->capacity - (size_t)(w->at - out->data) < MCU_BYTES) {
                out->size = (size_t)(w->at - out->data);
                if (exn_buffer_reserve(out, MCU_BYTES) != EXN_OK)
                    return EXN_MEMORY;
                w->at = out->data + out->size;
            }
            if (l->restart_interval && left-- == 0) {
                write_restart(w, restarts++, last_dc);
                left = l->restart_interval - 1;
            }
            write_mcu(l, w, x, y, last_dc, plain);
        }
    flush(w);
    out->size = (size_t)(w->at - out->data);
    return EXN_OK;
}

exn_status exn_layout_write(const exn_layout *l, bool plain, exn_buffer *out)
{
    writer w = {.encoders = malloc(2 * l->components * sizeof *w.encoders)};
    if (!w.encoders)
        return EXN_MEMORY;
    for (unsigned n = 0; n < l->components; n++)
        for (unsigned class = 0; class < 2; class ++)
            exn_encoder_make(l->table[class][n], &w.encoders[2 * n + class]);
    exn_status status = plain ? write_mcus(l, &w, true, out) : write_mcus(l, &w, false, out);
    free(w.encoders);
    return status;
}

static void count_block(const exn_layout *l, const exn_string *block, int *last_dc, uint64_t *dc,
                        uint64_t *ac)
{
    dc[size_of(block ? block->dc - *last_dc : 0)]++;
    if (!block) {
        ac[EXN_SYMBOL_EOB]++;
        return;
    }
    *last_dc = block->dc;
    for (unsigned at = 0; at < block->bits;) {
        uint8_t symbol;
        next_symbol(l->strings->bytes.data + block->offset, &at, &symbol);
        ac[symbol]++;
    }
}

void exn_layout_count(const exn_layout *l, uint64_t dc[EXN_JPEG_MAX_COMPONENTS][256],
                      uint64_t ac[EXN_JPEG_MAX_COMPONENTS][256])
{
    int last_dc[EXN_JPEG_MAX_COMPONENTS] = {0};
    uint32_t left = l->restart_interval;
    for (uint32_t my = 0; my < l->rows; my++)
        for (uint32_t mx = 0; mx < l->columns; mx++) {
            if (l->restart_interval && left-- == 0) {
                memset(last_dc, 0, sizeof last_dc);
                left = l->restart_interval - 1;
            }
            for (unsigned n = 0; n < l->components; n++)
                for (uint32_t y = 0; y < l->v[n]; y++)
                    for (uint32_t x = 0; x < l->h[n]; x++)
                        count_block(l, block_at(l, n, mx * l->h[n] + x, my * l->v[n] + y),
                                    &last_dc[n], dc[n], ac[n]);
        }
}
