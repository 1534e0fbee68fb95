#include "entropy_decode.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t natural_order[64] = {/* T.81, figure A.6 */
                                          0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18,
                                          11, 4,  5,  12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
                                          13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43,
                                          36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45,
                                          38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

void exn_zigzag_turn(exn_orientation o, uint8_t to[64], bool negative[64])
{
    uint8_t zigzag[64];
    for (int k = 0; k < 64; k++)
        zigzag[natural_order[k]] = (uint8_t)k;
    for (int k = 0; k < 64; k++) {
        int u = natural_order[k] % 8, v = natural_order[k] / 8;
        to[k] = zigzag[o.transpose ? u * 8 + v : v * 8 + u];
        /* cos((2x+1)u pi/16) of a mirrored x changes sign for odd u. */
        negative[k] = (o.flip_x && u % 2) != (o.flip_y && v % 2);
    }
}

/* WINDOW: bytes that are unstuffed at a time. MCU_BYTES: more than an MCU of ten blocks takes, of
 * 63 codes and values and a DC each; so within an MCU nothing looks for the end. */
enum { WINDOW = 1 << 16, MCU_BYTES = 4096, STRING_BYTES = 512, MCU_STRINGS = 10 * STRING_BYTES };

/* Scan data without its stuffed zeros, a window at a time, and 64 bits of it: `count` bits at the
 * top of `bits` are valid, and those below agree with what at points to. */
typedef struct bit_source {
    const uint8_t *next, *stop; /* still stuffed */
    uint8_t *window;            /* owned */
    const uint8_t *at, *end;    /* in window */
    bool at_end;                /* next is at the end, or at a marker */
    uint64_t bits;
    unsigned count;
    const char *damage; /* what is wrong where a status is EXN_CORRUPT */
} bit_source;

/* Moves what is left to the front and unstuffs behind it, up to the next marker. */
static void fill_window(bit_source *s)
{
    size_t left = (size_t)(s->end - s->at);
    uint8_t *to = s->window + left, *full = s->window + WINDOW;
    memmove(s->window, s->at, left);
    while (to < full && !s->at_end) {
        size_t size = (size_t)(s->stop - s->next);
        size = size < (size_t)(full - to) ? size : (size_t)(full - to);
        const uint8_t *ff = size ? memchr(s->next, 0xFF, size) : NULL;
        size = ff ? (size_t)(ff - s->next) : size;
        memcpy(to, s->next, size);
        to += size;
        s->next += size;
        s->at_end = s->next == s->stop;
        if (ff) {
            s->at_end = s->stop - ff < 2 || ff[1] != 0;
            if (!s->at_end) {
                *to++ = 0xFF;
                s->next += 2;
            }
        }
    }
    s->at = s->window;
    s->end = to;
    memset(to, 0, 8);
}

static inline uint64_t load64(const uint8_t *p)
{
    uint64_t value;
    memcpy(&value, p, sizeof value);
    return __builtin_bswap64(value);
}

static inline void store64(uint8_t *p, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(p, &value, sizeof value);
}

/* Between two MCUs: enough for the next one is at hand. */
static inline void prepare(bit_source *s)
{
    if (s->end - s->at < MCU_BYTES && !s->at_end)
        fill_window(s);
}

/* Bits that were not read yet; negative where there were not enough. */
static inline int64_t bits_left(const bit_source *s)
{
    return (s->end - s->at) * 8 + (int64_t)s->count;
}

static exn_status damaged(bit_source *s, const char *what)
{
    s->damage = what;
    return EXN_CORRUPT;
}

/* At least 56 bits. */
#define REFILL(bits, count, at)                                                                    \
    do {                                                                                           \
        (bits) |= load64(at) >> (count);                                                           \
        (at) += (63 - (count)) >> 3;                                                               \
        (count) |= 56;                                                                             \
    } while (0)

/* One component of the scan under way. */
typedef struct lane {
    const exn_decoder *dc, *ac;
    const exn_encoder *encoder;
    exn_string_plane *plane;
    uint32_t h, v;                    /* blocks of an MCU */
    uint32_t blocks_x, blocks_y;      /* of the source */
    ptrdiff_t origin, step_x, step_y; /* where the source's first block and its neighbours go */
    int last_dc;
} lane;

/* A turn in the terms of the inner loop. */
typedef struct turn {
    uint8_t place[64 + 16];  /* of coefficient k; behind the last one: one that is no one's */
    uint16_t entry_base[64]; /* by place: what an encoder's entry begins at, but for run and size */
} turn;

typedef struct scan_state {
    bit_source source;
    turn turn;
    exn_decoder *decoders; /* owned: DC and AC of each component */
    exn_encoder *encoders; /* owned: of each component */
    lane lanes[EXN_JPEG_MAX_COMPONENTS];
    uint32_t restart_interval, restart_left, next_restart;
} scan_state;

static void make_turn(exn_orientation o, turn *t)
{
    bool negative[64];
    exn_zigzag_turn(o, t->place, negative);
    memset(t->place + 64, 0, 16);
    for (int k = 0; k < 64; k++)
        t->entry_base[t->place[k]] = (uint16_t)(16 * t->place[k] + (negative[k] ? 256 : 0));
}

/* A DC difference (T.81, F.2.2.1). */
static exn_status decode_dc(bit_source *s, lane *lane)
{
    uint8_t size;
    REFILL(s->bits, s->count, s->at);
    uint32_t entry = lane->dc->entry[s->bits >> (64 - EXN_LOOKAHEAD)];
    unsigned length = entry & 255;
    size = (uint8_t)(entry >> 8);
    if (length == 0 &&
        (length = exn_codes_find(&lane->dc->codes, (uint32_t)(s->bits >> 48), &size)) > 16)
        return damaged(s, "no such Huffman code");
    s->bits <<= length;
    int difference = size ? (int)(s->bits >> (64 - size)) : 0;
    if (size && !(s->bits >> 63))
        difference -= (1 << size) - 1;
    s->bits <<= size;
    s->count -= length + size;
    lane->last_dc += difference;
    return lane->last_dc >= INT16_MIN && lane->last_dc <= INT16_MAX ? EXN_OK : EXN_UNSUPPORTED;
}

/* A coefficient whose code and value do not fit into a look-up. Returns its entry with the right
 * length (over 16 bits: a token of its own); a length of 0: there is none such. */
static uint32_t find_ac(const exn_decoder *ac, uint64_t bits)
{
    uint8_t symbol = 0;
    unsigned length = exn_codes_find(&ac->codes, (uint32_t)(bits >> 48), &symbol);
    uint32_t size = symbol & 15;
    if (length > 16)
        return 0;
    if (size == 0)
        return (uint32_t)symbol << 8 | length;
    if (size > EXN_LARGEST_SIZE)
        return 1 << 8 | length; /* a symbol that no table has: 0, 1 */
    uint32_t value = (uint32_t)(bits << length >> (64 - size));
    return (size << EXN_TOKEN_SIZE | value) << 16 | ((symbol >> 4) + 1u) << 8 | (length + size);
}

/* The coefficients of a block, each where it belongs. */
typedef struct tokens {
    uint64_t mask; /* which are there */
    uint16_t at[64];
} tokens;

/* What ends a block early: reads the message in an entry without token. */
static exn_status judge_symbol(bit_source *s, uint32_t entry)
{
    return (entry & 255) == 0 ? damaged(s, "no such Huffman code") : EXN_UNSUPPORTED;
}

static inline __attribute__((always_inline)) exn_status
decode_ac(bit_source *s, const exn_decoder *ac, const turn *t, tokens *tokens)
{
    uint64_t bits = s->bits, mask = 0;
    unsigned count = s->count, k = 0;
    const uint8_t *at = s->at;
    exn_status status = EXN_OK;
    do {
        if (count < 32)
            REFILL(bits, count, at);
        uint32_t entry = ac->entry[bits >> (64 - EXN_LOOKAHEAD)];
        if (entry < 1 << 16) {
            if (entry == 0)
                entry = find_ac(ac, bits);
            bits <<= entry & 255;
            count -= entry & 255;
            if (entry < 1 << 16) {
                if (entry >> 8 == EXN_SYMBOL_EOB && entry)
                    break;
                k += 16;
                if (entry >> 8 == EXN_SYMBOL_ZRL)
                    continue;
                status = judge_symbol(s, entry);
                k = 0;
                break;
            }
        } else {
            bits <<= entry & 255;
            count -= entry & 255;
        }
        k += entry >> 8 & 255;
        unsigned place = t->place[k];
        tokens->at[place] = (uint16_t)(entry >> 16);
        mask |= UINT64_C(1) << place;
    } while (k < 63);
    s->bits = bits;
    s->count = count;
    s->at = at;
    tokens->mask = mask;
    return k > 63 ? damaged(s, "a run past coefficient 63") : status;
}

/* Bits on their way into a string: the lower `count` of `bits`, 1 to 64 of them, but none at first.
 */
typedef struct bit_sink {
    uint8_t *at;
    uint64_t bits;
    unsigned count;
} bit_sink;

static inline __attribute__((always_inline)) void put(bit_sink *s, uint32_t entry, uint32_t value)
{
    unsigned length = entry & 31;
    uint64_t bits = (entry >> 5) ^ value;
    s->count += length;
    if (s->count <= 64) {
        s->bits = s->bits << length | bits;
        return;
    }
    s->count -= 64;
    store64(s->at, s->bits << (length - s->count) | bits >> s->count);
    s->at += 8;
    s->bits = bits;
}

/* Encodes a block's AC part (T.81, F.1.2.2) to `to`; returns its length in bits. */
static inline __attribute__((always_inline)) unsigned
encode_ac(const tokens *tokens, const turn *t, const exn_encoder *encoder, uint8_t *to)
{
    uint64_t mask = tokens->mask;
    unsigned expected = 1; /* the place behind the last coefficient */
    bit_sink sink = {.at = to};
    while (mask) {
        unsigned place = (unsigned)__builtin_ctzll(mask);
        mask &= mask - 1;
        for (; place - expected > 15; expected += 16)
            put(&sink, encoder->entry[EXN_SYMBOL_ZRL], 0);
        uint32_t token = tokens->at[place];
        put(&sink, encoder->entry[(token >> EXN_TOKEN_SIZE) + t->entry_base[place] - 16 * expected],
            token & ((1 << EXN_TOKEN_SIZE) - 1));
        expected = place + 1;
    }
    if (expected < 64)
        put(&sink, encoder->entry[EXN_SYMBOL_EOB], 0);
    store64(sink.at, sink.bits << (64 - sink.count));
    return (unsigned)(sink.at - to) * 8 + sink.count;
}

/* Decodes a block; one that holds samples goes to its place in the plane. */
static exn_status turn_block(scan_state *s, lane *lane, exn_buffer *strings, uint32_t x, uint32_t y)
{
    tokens tokens;
    exn_status status = decode_dc(&s->source, lane);
    if (status == EXN_OK)
        status = decode_ac(&s->source, lane->ac, &s->turn, &tokens);
    if (status != EXN_OK || x >= lane->blocks_x || y >= lane->blocks_y)
        return status;
    exn_string_plane *plane = lane->plane;
    exn_string *to =
        &plane->blocks[lane->origin + (ptrdiff_t)x * lane->step_x + (ptrdiff_t)y * lane->step_y];
    unsigned bits = encode_ac(&tokens, &s->turn, lane->encoder, strings->data + strings->size);
    *to = (exn_string){(uint32_t)strings->size, (uint16_t)bits, (int16_t)lane->last_dc};
    strings->size += (bits + 7) / 8;
    plane->lowest = lane->last_dc < plane->lowest ? lane->last_dc : plane->lowest;
    plane->highest = lane->last_dc > plane->highest ? lane->last_dc : plane->highest;
    return EXN_OK;
}

static exn_status turn_mcu(scan_state *s, unsigned lanes, exn_buffer *strings, uint32_t mx,
                           uint32_t my)
{
    exn_status status = EXN_OK;
    for (unsigned i = 0; i < lanes; i++) {
        lane *l = &s->lanes[i];
        for (uint32_t y = 0; y < l->v; y++)
            for (uint32_t x = 0; x < l->h && status == EXN_OK; x++)
                status = turn_block(s, l, strings, mx * l->h + x, my * l->v + y);
    }
    if (status == EXN_OK && bits_left(&s->source) < 0)
        return damaged(&s->source, "the scan ends inside the picture");
    return status;
}

/* Near the end of the data zeros may have had a part in what was found. Where it is FF FF that ends
 * them that is no damage yet: what libjpeg makes of those is its own. */
static exn_status judge(const bit_source *s, exn_status status, exn_error *error)
{
    if (status != EXN_CORRUPT)
        return status;
    if (bits_left(s) < 32 && s->stop - s->next >= 2 && s->next[1] == 0xFF)
        return EXN_UNSUPPORTED;
    return exn_fail(error, EXN_CORRUPT, "%s", s->damage);
}

/* What follows an MCU's data must be at most seven bits of padding, and then the marker or the end.
 */
static bool at_boundary(const bit_source *s)
{
    return s->at_end && bits_left(s) < 8;
}

static exn_status restart(scan_state *s, unsigned lanes)
{
    bit_source *source = &s->source;
    if (!at_boundary(source) || source->stop - source->next < 2 ||
        source->next[1] != EXN_MARKER_RST0 + s->next_restart)
        return EXN_UNSUPPORTED;
    source->next += 2;
    source->at = source->end = source->window;
    source->at_end = false;
    source->bits = 0;
    source->count = 0;
    for (unsigned i = 0; i < lanes; i++)
        s->lanes[i].last_dc = 0;
    s->next_restart = (s->next_restart + 1) % 8;
    s->restart_left = s->restart_interval;
    return EXN_OK;
}

/* Room for the strings of one more MCU. Their length is known only as they come, so that the limit
 * holds here too. */
static exn_status reserve(exn_strings *strings, exn_error *error)
{
    exn_buffer *bytes = &strings->bytes;
    if (bytes->capacity - bytes->size >= MCU_STRINGS)
        return EXN_OK;
    uint64_t grown = bytes->capacity + bytes->capacity / 2 + MCU_STRINGS;
    exn_status status = exn_need_memory(error, strings->need + grown, strings->limit);
    if (status != EXN_OK)
        return status;
    if (grown > UINT32_MAX)
        return EXN_UNSUPPORTED;
    return exn_buffer_reserve(bytes, MCU_STRINGS) == EXN_OK
               ? EXN_OK
               : exn_fail(error, EXN_MEMORY, "coded blocks");
}

static exn_status turn_scan(scan_state *s, exn_strings *strings, const exn_jpeg *jpeg,
                            const exn_plan_scan *scan, exn_error *error)
{
    uint32_t columns = exn_jpeg_mcus_per_row(jpeg, &scan->header);
    uint32_t rows = exn_jpeg_mcu_rows(jpeg, &scan->header);
    unsigned lanes = scan->header.components;
    exn_status status = EXN_OK;
    for (uint32_t y = 0; y < rows; y++)
        for (uint32_t x = 0; x < columns; x++) {
            if (s->restart_interval && s->restart_left-- == 0) {
                status = restart(s, lanes);
                s->restart_left--;
            }
            prepare(&s->source);
            if (status == EXN_OK)
                status = reserve(strings, error);
            if (status == EXN_OK)
                status = turn_mcu(s, lanes, &strings->bytes, x, y);
            if (status != EXN_OK)
                return judge(&s->source, status, error);
        }
    bool whole = at_boundary(&s->source) && s->source.next == s->source.stop;
    return whole ? EXN_OK : EXN_UNSUPPORTED;
}

/* Where blocks go: a linear rule holds for all eight orientations. */
static void aim(lane *l, exn_orientation o)
{
    uint32_t x = 0, y = 0, right_x = 1, right_y = 0, down_x = 0, down_y = 1;
    ptrdiff_t stride = l->plane->blocks_x;
    exn_orientation_point(o, l->blocks_x, l->blocks_y, &x, &y);
    exn_orientation_point(o, l->blocks_x, l->blocks_y, &right_x, &right_y);
    exn_orientation_point(o, l->blocks_x, l->blocks_y, &down_x, &down_y);
    l->origin = (ptrdiff_t)y * stride + x;
    l->step_x = ((ptrdiff_t)right_y - y) * stride + ((ptrdiff_t)right_x - x);
    l->step_y = ((ptrdiff_t)down_y - y) * stride + ((ptrdiff_t)down_x - x);
}

/* Size of component i in blocks that hold samples (T.81, A.1.1). */
static void measure(const exn_jpeg *jpeg, uint32_t i, uint32_t *blocks_x, uint32_t *blocks_y)
{
    exn_jpeg_scan alone = {.components = 1, .component = {(uint8_t)i}};
    *blocks_x = exn_jpeg_mcus_per_row(jpeg, &alone);
    *blocks_y = exn_jpeg_mcu_rows(jpeg, &alone);
}

static exn_status open_lane(scan_state *s, exn_strings *strings, const exn_jpeg *jpeg,
                            const exn_plan_scan *scan, unsigned n, exn_orientation o, bool plain,
                            exn_error *error)
{
    lane *l = &s->lanes[n];
    uint32_t i = scan->header.component[n];
    exn_huffman dc, ac;
    if (!exn_huffman_parse(scan->table[0][n], &dc) || !exn_huffman_parse(scan->table[1][n], &ac))
        return EXN_UNSUPPORTED;
    for (uint32_t k = 0; k < dc.codes; k++)
        if (dc.values[k] > 15)
            return EXN_UNSUPPORTED;
    exn_decoder_make_dc(&dc, &s->decoders[2 * n]);
    exn_decoder_make_ac(&ac, &s->decoders[2 * n + 1]);
    if (plain)
        exn_encoder_make_plain(&s->encoders[n]);
    else
        exn_encoder_make(&ac, &s->encoders[n]);
    *l = (lane){.dc = &s->decoders[2 * n],
                .ac = &s->decoders[2 * n + 1],
                .encoder = &s->encoders[n],
                .plane = &strings->plane[i],
                .h = scan->header.components == 1 ? 1 : jpeg->component[i].h,
                .v = scan->header.components == 1 ? 1 : jpeg->component[i].v};
    measure(jpeg, i, &l->blocks_x, &l->blocks_y);
    l->plane->blocks_x = l->blocks_x;
    l->plane->blocks_y = l->blocks_y;
    exn_orientation_size(o, &l->plane->blocks_x, &l->plane->blocks_y);
    l->plane->blocks = malloc((size_t)l->blocks_x * l->blocks_y * sizeof *l->plane->blocks);
    aim(l, o);
    return l->plane->blocks ? EXN_OK : exn_fail(error, EXN_MEMORY, "block list");
}

exn_status exn_strings_decode(exn_strings *strings, const exn_jpeg *jpeg, const exn_plan_scan *scan,
                              exn_orientation o, bool plain, exn_error *error)
{
    unsigned lanes = scan->header.components;
    scan_state s = {.source = {.next = scan->data.data, .stop = scan->data.data + scan->data.size},
                    .restart_interval = scan->header.restart_interval,
                    .restart_left = scan->header.restart_interval};
    exn_status status = EXN_OK;
    make_turn(o, &s.turn);
    s.source.window = calloc(1, WINDOW + MCU_BYTES);
    s.decoders = malloc(2 * lanes * sizeof *s.decoders);
    s.encoders = malloc(lanes * sizeof *s.encoders);
    s.source.at = s.source.end = s.source.window;
    if (!s.source.window || !s.decoders || !s.encoders)
        status = exn_fail(error, EXN_MEMORY, "decoder");
    for (unsigned n = 0; n < lanes && status == EXN_OK; n++)
        status = open_lane(&s, strings, jpeg, scan, n, o, plain, error);
    if (status == EXN_OK)
        status = turn_scan(&s, strings, jpeg, scan, error);
    free(s.source.window);
    free(s.decoders);
    free(s.encoders);
    return status;
}

void exn_strings_free(exn_strings *strings)
{
    for (int i = 0; i < EXN_JPEG_MAX_COMPONENTS; i++)
        free(strings->plane[i].blocks);
    exn_buffer_free(&strings->bytes);
    *strings = (exn_strings){0};
}
