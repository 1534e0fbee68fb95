/* SPDX-License-Identifier: MIT */
/* Reads a scan's Huffman codes once and writes its blocks as strings of codes for the same picture
 * rotated. Two facts make that cheap:
 *
 * - A flip negates coefficients of odd frequency (T.81, A.3.3 is the transform), and the value bits
 *   of -v are the complement of those of v (T.81, F.1.2.2.1). So unless axes are swapped, codes are
 *   copied and single bits of them inverted: copy_ac().
 * - Swapping axes moves each coefficient to another number in zigzag order. That changes runs, and
 *   symbols with them, but not the sizes and bits of values: decode_ac() collects those, and
 *   entropy_tokens.h writes them in their new order.
 *
 * DC differences (T.81, F.1.2.1) depend on the order of blocks, so a string begins after its DC
 * coefficient, which is kept as a number.
 *
 * Whatever libjpeg interprets in its own way is not decoded here but reported as UNSUPPORTED, and
 * libjpeg then handles the whole file. */
#include "entropy_decode.h"

#include <stdlib.h>
#include <string.h>

#include "entropy_lane.h"
#include "entropy_reader.h"
#include "mcus.h"

/* An MCU has at most ten blocks (T.81, B.2.3). */
enum { MCU_STRINGS = 10 * EXN_STRING_BYTES };

typedef struct scan_state {
    exn_entropy_reader reader;
    exn_entropy_lane_turn turn;
    exn_entropy_lane_turn keep[2]; /* to natural order, also with axes swapped */
    exn_entropy_lane *lanes;       /* owned */
    unsigned components;
    const char *damage; /* what is wrong, if a status is EXN_CORRUPT */
} scan_state;

static exn_status damaged(scan_state *s, const char *what)
{
    s->damage = what;
    return EXN_CORRUPT;
}

/* DC is a sum of differences, and is checked because a hostile file can let it grow. */
EXN_INLINE exn_status decode_dc(scan_state *s, exn_bit_reader *r, exn_entropy_lane *lane)
{
    int difference;
    if (EXN_SELDOM(!exn_reader_difference(r, &lane->tables->dc, &difference)))
        return damaged(s, "invalid Huffman code");
    lane->last_dc += difference;
    return lane->last_dc >= INT16_MIN && lane->last_dc <= INT16_MAX ? EXN_OK : EXN_UNSUPPORTED;
}

/* If a pair begins before this number, its first code leads to 62 at most, so its second one
 * belongs to the same block; from this number on codes are read one by one. */
enum { PAIRS_END = 63 - EXN_PAIR_STEP };

/* Where coefficients go: to tokens or, if those are NULL, into a zeroed block. One of the two is a
 * constant where the loops are inlined. */
typedef struct sink {
    exn_tokens *tokens;
    int16_t *block;
} sink;

/* bits end with the value of coefficient k. An EOB goes to index 0, the DC coefficient's, which is
 * never used, so no branch has to tell it from a coefficient. */
EXN_INLINE void keep_value(const exn_entropy_lane_turn *t, sink to, unsigned k, uint64_t bits,
                           unsigned size)
{
    const unsigned place = t->place[k];
    uint32_t value = exn_ac_value(bits, size);
    if (to.tokens) {
        to.tokens->value[place] = (uint16_t)value;
        to.tokens->size[place] = (uint8_t)size;
        to.tokens->mask |= t->bit[k];
    } else {
        /* T.81, F.1.2.2.1 (table F.2): value bits that begin with 0 are those of a negative value,
         * minus 1. */
        uint32_t mask = (1u << size) - 1;
        to.block[place] = (int16_t)(value - (value > mask >> 1 ? 0 : mask));
    }
}

/* Decodes the coefficient after number k, which has this code; returns its number. */
EXN_INLINE unsigned take_value(exn_bit_reader *r, exn_ac_code code, const exn_entropy_lane_turn *t,
                               sink to, unsigned k)
{
    const uint64_t bits = r->bits;
    exn_bits_skip(r, code.length);
    k += code.step;
    /* Other codes have no value: ZRL, and those that judge_end() reports. */
    if (code.size > 0 || code.step == EXN_STEP_EOB)
        keep_value(t, to, k, bits >> code.shift, code.size);
    return k;
}

/* Decodes the coefficient after number k, or two of them if pair is set; returns the last one's
 * number. */
EXN_INLINE unsigned take_values(exn_bit_reader *r, const exn_ac_decoder *ac,
                                const exn_entropy_lane_turn *t, sink to, unsigned k, bool pair)
{
    const uint64_t bits = r->bits, window = bits >> (64 - EXN_LOOKAHEAD);
    const unsigned length = ac->length[window];
    if (EXN_SELDOM(length == 0))
        return take_value(r, exn_entropy_tables_find_ac(&ac->codes, bits), t, to, k);
    /* Not copied, since four bytes loaded at once would have to be taken apart again. */
    const exn_ac_code *first = &ac->pair[window].first, *last = &ac->pair[window].last;
    if (!pair)
        return take_value(r, *first, t, to, k);
    exn_bits_skip(r, length);
    const unsigned middle = k + first->step, end = k + last->step, size = first->size;
    const uint64_t value = bits >> first->shift;
    /* If there is no second one, last is the first one again. */
    keep_value(t, to, end, bits >> last->shift, last->size);
    keep_value(t, to, middle, value, size);
    return end;
}

/* Decodes a block's AC part. Returns the number at which it ended. */
EXN_INLINE unsigned decode_ac(exn_bit_reader *r, const exn_ac_decoder *ac,
                              const exn_entropy_lane_turn *t, sink to)
{
    unsigned k = 0;
    do {
        exn_bits_refill(r); /* enough for two pairs */
        k = take_values(r, ac, t, to, k, true);
        if (k < PAIRS_END)
            k = take_values(r, ac, t, to, k, true);
    } while (k < PAIRS_END);
    while (k < 63) {
        exn_bits_refill(r);
        k = take_values(r, ac, t, to, k, false);
    }
    return k;
}

/* Copies the code and value after number k without interpreting them, or two of them if pair is
 * set, complementing values where the coefficient is negated. */
EXN_INLINE unsigned copy_codes(exn_bit_reader *r, exn_bit_writer *w, exn_entropy_lane *lane,
                               const exn_entropy_lane_turn *t, unsigned k, bool count, bool pair)
{
    const exn_ac_decoder *ac = &lane->tables->ac;
    const uint64_t window = r->bits >> (64 - EXN_LOOKAHEAD);
    exn_ac_code first = ac->pair[window].first, last = pair ? ac->pair[window].last : first;
    if (EXN_SELDOM(ac->length[window] == 0))
        first = last = exn_entropy_tables_find_ac(&ac->codes, r->bits);
    uint64_t bits = r->bits >> last.shift, flip = 0;
    if (count)
        lane->coder->tally[exn_ac_kind(first.step, first.size)]++;
    if (pair) {
        if (count)
            /* Without a second code this counts nothing. */
            lane->coder->tally[exn_ac_kind(last.step - first.step, last.size)]++;
        flip = exn_ac_value(t->negative[k + first.step], first.size) << (first.shift - last.shift);
    }
    k += last.step;
    flip |= exn_ac_value(t->negative[k], last.size);
    exn_bits_append(w, bits ^ flip, last.length);
    exn_bits_skip(r, last.length);
    return k;
}

/* If axes are not swapped, coefficients keep their order and the output the source's codes. */
EXN_INLINE unsigned copy_ac(exn_bit_reader *r, exn_bit_writer *w, exn_entropy_lane *lane,
                            const exn_entropy_lane_turn *t, bool count)
{
    unsigned k = 0;
    do {
        exn_bits_refill(r);
        k = copy_codes(r, w, lane, t, k, count, true);
        if (k < PAIRS_END)
            k = copy_codes(r, w, lane, t, k, count, true);
        exn_bits_settle(w);
    } while (k < PAIRS_END);
    while (k < 63) {
        exn_bits_refill(r);
        k = copy_codes(r, w, lane, t, k, count, false);
        exn_bits_settle(w);
    }
    return k;
}

/* A number above 62 is a message (entropy_tables.h): the steps of EOB and of invalid codes were
 * added to the number of the coefficient before. */
EXN_INLINE bool is_end(unsigned k)
{
    return k == 63 || (k >= EXN_STEP_EOB && k < EXN_STEP_EOB + 63);
}

static exn_status judge_end(scan_state *s, unsigned k)
{
    if (is_end(k))
        return EXN_OK;
    if (k >= EXN_STEP_UNUSUAL)
        return EXN_UNSUPPORTED;
    return damaged(s, k < EXN_STEP_EOB ? "a run beyond coefficient 63" : "invalid Huffman code");
}

/* How a scan is rotated. Both members are constants where the loops are inlined, so each of the
 * four loops below is compiled without a branch on them. */
typedef struct manner {
    bool transpose, count;
} manner;

/* Blocks being turned into strings. */
typedef struct block_turn {
    exn_bit_reader r;
    exn_buffer *strings;
    uint8_t *at; /* where the next one begins */
} block_turn;

/* Decodes a block; to: receives its string; NULL: the block is an MCU's padding. */
EXN_INLINE exn_status turn_block(scan_state *s, block_turn *b, exn_entropy_lane *lane,
                                 exn_string *to, manner m)
{
    exn_bit_writer w = {.at = b->at};
    unsigned k;
    /* Its neighbours there come much later, or came long ago. */
    __builtin_prefetch(to, 1);
    exn_status status = decode_dc(s, &b->r, lane);
    if (EXN_SELDOM(status != EXN_OK))
        return status;
    if (m.transpose) {
        exn_tokens tokens;
        tokens.mask = 0;
        k = decode_ac(&b->r, &lane->tables->ac, &s->turn, (sink){.tokens = &tokens});
        if (to)
            exn_tokens_encode(&tokens, lane->coder, s->turn.entry_base, &w, m.count);
    } else {
        k = copy_ac(&b->r, &w, lane, &s->turn, m.count && to);
    }
    if (EXN_SELDOM(!is_end(k)))
        return judge_end(s, k);
    if (!to)
        return EXN_OK;
    /* DC stays a number here, as its difference depends on the order of blocks in the output. */
    const int dc = lane->last_dc;
    *to = (exn_string){(uint32_t)(b->at - b->strings->data),
                       (uint16_t)((w.at - b->at) * 8 + w.count), (int16_t)dc};
    b->at = w.at + (w.count > 0);
    if (EXN_SELDOM(dc < lane->plane->lowest))
        lane->plane->lowest = dc;
    if (EXN_SELDOM(dc > lane->plane->highest))
        lane->plane->highest = dc;
    return EXN_OK;
}

/* The blocks of a component in an MCU, row by row; those beyond its edges are padding. */
EXN_INLINE exn_status turn_blocks(scan_state *s, block_turn *b, exn_entropy_lane *l, uint32_t mx,
                                  manner m)
{
    const uint32_t first_x = mx * l->h, width = l->h;
    exn_string *row = l->row + (ptrdiff_t)first_x * l->path.step_x;
    exn_status status = EXN_OK;
    for (uint32_t y = 0; y < l->v; y++, row += l->path.step_y) {
        exn_string *to = row;
        for (uint32_t x = 0; x < width && status == EXN_OK; x++, to += l->path.step_x) {
            const bool inside = y < l->rows_left && first_x + x < l->blocks_x;
            status = turn_block(s, b, l, inside ? to : NULL, m);
        }
    }
    return status;
}

/* Decodes a block of a component that is not rotated here. */
EXN_INLINE exn_status keep_block(scan_state *s, exn_entropy_lane *lane, uint32_t x, uint32_t y)
{
    exn_bit_reader r = s->reader.source.bits;
    exn_dct_block padding;
    bool inside = x < lane->blocks_x && y < lane->blocks_y;
    int16_t *block = inside ? lane->kept[y - lane->first][x] : padding;
    memset(block, 0, sizeof(exn_dct_block));
    exn_status status = decode_dc(s, &r, lane);
    if (status == EXN_OK)
        status = judge_end(
            s, decode_ac(&r, &lane->tables->ac, &s->keep[lane->exchanged], (sink){.block = block}));
    s->reader.source.bits = r;
    block[0] = (int16_t)lane->last_dc;
    return status;
}

static EXN_HOT exn_status keep_blocks(scan_state *s, exn_entropy_lane *l, uint32_t mx, uint32_t my)
{
    exn_status status = EXN_OK;
    for (uint32_t y = 0; y < l->v; y++)
        for (uint32_t x = 0; x < l->h && status == EXN_OK; x++)
            status = keep_block(s, l, mx * l->h + x, my * l->v + y);
    return status;
}

/* The blocks of an MCU (T.81, A.2.3): each component's h x v blocks, row by row. Whether data ran
 * out is checked once per MCU, since the window has room for one more. */
EXN_INLINE exn_status turn_mcu(scan_state *s, exn_buffer *strings, uint32_t mx, uint32_t my,
                               manner m)
{
    exn_bit_reader *bits = &s->reader.source.bits;
    block_turn b = {*bits, strings, strings->data + strings->size};
    exn_status status = EXN_OK;
    for (unsigned i = 0; i < s->components && status == EXN_OK; i++)
        if (EXN_SELDOM(s->lanes[i].kept)) {
            *bits = b.r;
            status = keep_blocks(s, &s->lanes[i], mx, my);
            b.r = *bits;
        } else {
            status = turn_blocks(s, &b, &s->lanes[i], mx, m);
        }
    *bits = b.r;
    strings->size = (size_t)(b.at - strings->data);
    if (status == EXN_OK && exn_source_left(&s->reader.source) < 0)
        return damaged(s, "the scan ends inside the image");
    return status;
}

/* Near the end of the data, supplied zeros may have contributed to what was found. If the data end
 * at FF FF, that is no damage yet: how to read it is left to libjpeg. */
static exn_status judge(const scan_state *s, exn_status status, exn_error *error)
{
    const exn_bit_source *source = &s->reader.source;
    if (status != EXN_CORRUPT || !s->damage)
        return status;
    if (exn_source_left(source) < 32 && source->stop - source->next >= 2 && source->next[1] == 0xFF)
        return EXN_UNSUPPORTED;
    return exn_status_fail(error, EXN_CORRUPT, "%s", s->damage);
}

/* T.81, F.1.1.5.1: predictions start again from 0. */
static exn_status restart(scan_state *s)
{
    if (!exn_entropy_reader_restart(&s->reader))
        return EXN_UNSUPPORTED;
    for (unsigned i = 0; i < s->components; i++)
        s->lanes[i].last_dc = 0;
    return EXN_OK;
}

/* Handles what comes between two MCUs. */
EXN_INLINE exn_status advance(scan_state *s, exn_strings *strings, exn_error *error)
{
    exn_status status = EXN_OK;
    if (exn_reader_interval_ends(&s->reader))
        status = restart(s);
    exn_source_prepare(&s->reader.source);
    if (EXN_SELDOM(strings->bytes.capacity - strings->bytes.size < MCU_STRINGS) && status == EXN_OK)
        status = exn_entropy_strings_grow(strings, MCU_STRINGS, error);
    return status;
}

EXN_INLINE exn_status turn_row(scan_state *s, exn_strings *strings, uint32_t columns, uint32_t y,
                               manner m, exn_error *error)
{
    exn_status status = EXN_OK;
    for (uint32_t x = 0; x < columns && status == EXN_OK; x++) {
        status = advance(s, strings, error);
        if (status == EXN_OK)
            status = turn_mcu(s, &strings->bytes, x, y, m);
    }
    return status;
}

/* The four loops: each is a function of its own, so that its constants are compiled away. */
typedef exn_status turn_row_function(scan_state *s, exn_strings *strings, uint32_t columns,
                                     uint32_t y, exn_error *error);

static EXN_HOT exn_status flip_row(scan_state *s, exn_strings *strings, uint32_t columns,
                                   uint32_t y, exn_error *error)
{
    return turn_row(s, strings, columns, y, (manner){false, false}, error);
}

static EXN_HOT exn_status flip_row_counting(scan_state *s, exn_strings *strings, uint32_t columns,
                                            uint32_t y, exn_error *error)
{
    return turn_row(s, strings, columns, y, (manner){false, true}, error);
}

static EXN_HOT exn_status transpose_row(scan_state *s, exn_strings *strings, uint32_t columns,
                                        uint32_t y, exn_error *error)
{
    return turn_row(s, strings, columns, y, (manner){true, false}, error);
}

static EXN_HOT exn_status transpose_row_counting(scan_state *s, exn_strings *strings,
                                                 uint32_t columns, uint32_t y, exn_error *error)
{
    return turn_row(s, strings, columns, y, (manner){true, true}, error);
}

/* Decodes all rows of MCUs. Only padding may follow the last one: whether to warn of other bytes is
 * left to libjpeg. */
static exn_status turn_scan(scan_state *s, exn_strings *strings, const exn_jpeg *jpeg,
                            const exn_plan_scan *scan, turn_row_function *turn_row,
                            exn_error *error)
{
    uint32_t columns = exn_mcus_per_row(jpeg, &scan->header);
    uint32_t rows = exn_mcu_rows(jpeg, &scan->header);
    for (uint32_t y = 0; y < rows; y++) {
        exn_status status = exn_cancel_check(&jpeg->cancel, error);
        for (unsigned n = 0; n < s->components; n++)
            exn_entropy_lane_begin_row(&s->lanes[n], y);
        if (status == EXN_OK)
            status = turn_row(s, strings, columns, y, error);
        if (status != EXN_OK)
            return judge(s, status, error);
        for (unsigned n = 0; n < s->components && status == EXN_OK; n++)
            if (s->lanes[n].regrid)
                status = exn_entropy_lane_move(&s->lanes[n], strings, y, error);
        if (status != EXN_OK)
            return status;
    }
    return exn_entropy_reader_at_end(&s->reader) ? EXN_OK : EXN_UNSUPPORTED;
}

exn_status exn_entropy_decode(exn_strings *strings, const exn_jpeg *jpeg, const exn_plan_scan *scan,
                              const exn_string_manner *manner, exn_error *error)
{
    static turn_row_function *const functions[2][2] = {{flip_row, flip_row_counting},
                                                       {transpose_row, transpose_row_counting}};
    scan_state s = {.components = scan->header.components};
    exn_status status = EXN_OK;
    bool transpose = manner->turn.transpose, count = manner->count;
    exn_entropy_lane_make_turn(manner->turn, &s.turn);
    for (int exchanged = 0; exchanged < 2; exchanged++)
        exn_entropy_lane_make_keep(exchanged, &s.keep[exchanged]);
    s.lanes = calloc(s.components, sizeof *s.lanes);
    const bool made = s.lanes != NULL;
    if (!exn_entropy_reader_open(&s.reader, scan) || !made)
        status = exn_status_fail(error, EXN_MEMORY, "decoder");
    for (unsigned n = 0; n < s.components && status == EXN_OK; n++)
        status = exn_entropy_lane_open(s.lanes, strings, jpeg, scan, n, manner, error);
    if (status == EXN_OK)
        status = turn_scan(&s, strings, jpeg, scan, functions[transpose][count], error);
    for (unsigned n = 0; n < s.components && count && status == EXN_OK; n++)
        exn_entropy_lane_take_counts(&s.lanes[n], transpose);
    for (unsigned n = 0; n < s.components && made; n++)
        exn_entropy_lane_close(&s.lanes[n]);
    exn_entropy_reader_close(&s.reader);
    free(s.lanes);
    return status;
}
