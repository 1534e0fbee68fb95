/* SPDX-License-Identifier: MIT */
/* A block's coefficients come from several scans, each of which sends a band of them, or one more
 * bit of a band (T.81, G.1.1.1). A decoder that reads scans one after another needs arrays. But
 * every AC scan has one component (G.1.1.1.1), so all those of a component have the same blocks in
 * the same order. Here each scan has its own reader, and for each block the scans are read in the
 * order of the file.
 *
 * Nothing is reported as damage here. If decoders may read something in more than one way, or warn
 * of it, libjpeg handles the whole file. */
#include "progressive_decode.h"

#include <stdlib.h>

#include "bitplanes.h"
#include "entropy_lane.h"
#include "entropy_reader.h"
#include "progressive_dc.h"

/* A scan of a component's AC coefficients. */
typedef struct band_scan {
    exn_entropy_reader reader;
    exn_dc_decoder codes;
    unsigned first, last, low; /* Ss, Se and Al of T.81, B.2.3 */
    bool refines;
    uint64_t band;    /* its coefficients, in the source's order */
    uint32_t eob_run; /* blocks whose new coefficients have ended (T.81, G.1.2.2) */
} band_scan;

/* The current block. */
typedef struct block_state {
    exn_bitplanes planes; /* of the output */
    uint64_t known;       /* nonzero coefficients, in the source's order */
    unsigned used;        /* how many planes */
} block_state;

/* A rotation, indexed by a coefficient's number in the source. */
typedef struct turn_words {
    uint64_t bit[64];  /* its place in the output, as a bit */
    uint64_t sign[64]; /* the same if it is negated, else 0 */
} turn_words;

/* A flip changes signs of odd frequencies (T.81, A.3.3); swapping axes changes zigzag places. Both
 * are applied as a value is read, so that a block needs no second pass. */
static void make_turn(exn_orientation o, turn_words *t)
{
    exn_entropy_lane_turn turn;
    exn_entropy_lane_make_turn(o, &turn);
    for (int k = 0; k < 64; k++) {
        t->bit[k] = UINT64_C(1) << turn.place[k];
        t->sign[k] = turn.negative[k] ? t->bit[k] : 0;
    }
}

/* EOBn (T.81, G.1.2.2): the end of at least 2^n blocks, including this one; the following bits say
 * how many more. */
EXN_INLINE uint32_t take_run(exn_bit_reader *r, unsigned n)
{
    return (1u << n) + exn_reader_bits(r, n);
}

/* Decodes coefficient k, whose value has `size` bits (T.81, table F.2: those of a negative one
 * begin with 0 and are complemented). */
EXN_INLINE void take_value(exn_bit_reader *r, const band_scan *s, const turn_words *t,
                           block_state *b, unsigned k, unsigned size)
{
    const uint64_t bit = t->bit[k], negative = r->bits >> 63 ? 0 : UINT64_MAX;
    const uint32_t value = exn_reader_bits(r, size) ^ ((uint32_t)negative & ((1u << size) - 1));
    b->planes.sign |= (negative & bit) ^ t->sign[k];
    b->known |= UINT64_C(1) << k;
    b->used = s->low + size > b->used ? s->low + size : b->used;
    for (unsigned n = 0; n < size; n++)
        b->planes.plane[s->low + n] |= bit & -(uint64_t)(value >> n & 1);
}

/* A block of a band's first scan (T.81, G.1.2.2). libjpeg accepts runs beyond the band, without a
 * warning if they stay in the block. ZRL, a run of 15 without a value, skips 16 coefficients: 15
 * here and one in the loop's own step. Bits that begin no code come as EXN_NO_SYMBOL, whose run is
 * 16, which no real symbol has. */
EXN_INLINE bool decode_first(band_scan *s, exn_bit_reader *r, const turn_words *t, block_state *b)
{
    for (unsigned k = s->first; k <= s->last; k++) {
        const unsigned symbol = exn_reader_symbol(r, &s->codes), size = symbol & 15,
                       run = symbol >> 4;
        if (size == 0 && run < 15) {
            s->eob_run = take_run(r, run) - 1;
            return true;
        }
        k += run;
        if (EXN_SELDOM(run > 15 || k > s->last || (size && s->low + size > EXN_BITPLANES)))
            return false;
        if (size)
            take_value(r, s, t, b, k, size);
    }
    return true;
}

/* Reads a bit for each coefficient in `which`, which are known (T.81, G.1.2.3). */
EXN_INLINE void take_corrections(exn_bit_reader *r, const band_scan *s, const turn_words *t,
                                 block_state *b, uint64_t which)
{
    uint64_t plane = b->planes.plane[s->low];
    while (which) {
        exn_bits_refill(r);
        for (unsigned n = 0; n < 56 && which; n++, which &= which - 1) {
            plane |= t->bit[__builtin_ctzll(which)] & -(r->bits >> 63);
            exn_bits_skip(r, 1);
        }
    }
    b->planes.plane[s->low] = plane;
}

/* A block of a refinement (T.81, G.1.2.3). A run counts only zeros; the known coefficients that it
 * passes have bits after the code.
 *
 * Coefficients that become nonzero in this scan get no correction in it: `before` is what was known
 * when the block began. A new value is 1 or -1 at this bit, and its sign is a bit after the code, 1
 * for positive. ZRL ends at the sixteenth zero, which stays zero.
 *
 *   known k, zero 0, new n:     0 k 0 n k 0
 *   in the data:                code of (2, 1), sign of n, correction of the first k;
 *                               EOB, correction of the second k */
EXN_INLINE bool decode_refinement(band_scan *s, exn_bit_reader *r, const turn_words *t,
                                  block_state *b)
{
    const uint64_t before = b->known;
    uint64_t left = s->band;
    while (s->eob_run == 0 && left) {
        const unsigned symbol = exn_reader_symbol(r, &s->codes), size = symbol & 15;
        unsigned run = symbol >> 4;
        if (size == 0 && run < 15) {
            s->eob_run = take_run(r, run);
            break;
        }
        uint64_t zeros = left & ~before;
        const uint64_t negative = size && !exn_reader_bits(r, 1) ? UINT64_MAX : 0;
        if (EXN_SELDOM(run > 15 || size > 1))
            return false;
        for (; run > 0; run--)
            zeros &= zeros - 1;
        if (EXN_SELDOM(!zeros))
            return false;
        const unsigned k = (unsigned)__builtin_ctzll(zeros);
        const uint64_t at = UINT64_C(1) << k;
        take_corrections(r, s, t, b, left & before & (at - 1));
        if (size) {
            b->planes.plane[s->low] |= t->bit[k];
            b->planes.sign |= (negative & t->bit[k]) ^ t->sign[k];
            b->known |= at;
            b->used = s->low + 1 > b->used ? s->low + 1 : b->used;
        }
        left &= ~(at | (at - 1));
    }
    if (s->eob_run > 0) {
        take_corrections(r, s, t, b, left & before);
        s->eob_run--;
    }
    return true;
}

/* Within an EOB run, a first scan has no bits for a block, and a refinement has some only for known
 * coefficients in its band. Many blocks in a photograph's high bands are skipped here. The reader
 * is copied so that it can stay in registers. */
EXN_INLINE bool decode_band(band_scan *s, const turn_words *t, block_state *b)
{
    if (exn_reader_interval_ends(&s->reader)) {
        if (!exn_entropy_reader_restart(&s->reader))
            return false;
        s->eob_run = 0;
    }
    if (s->eob_run > 0 && !(s->refines && b->known & s->band)) {
        s->eob_run--;
        return true;
    }
    exn_source_prepare(&s->reader.source);
    exn_bit_reader r = s->reader.source.bits;
    const bool well = s->refines ? decode_refinement(s, &r, t, b) : decode_first(s, &r, t, b);
    s->reader.source.bits = r;
    return well && exn_source_left(&s->reader.source) >= 0;
}

/* A component's blocks while they are decoded from its scans. */
typedef struct ac_state {
    const exn_progressive_target *to;
    turn_words turn;
    band_scan *scans; /* owned, as their sources are */
    unsigned count;
} ac_state;

/* A block's scans are read in the order of the file, because a refinement depends on the earlier
 * ones. */
static EXN_HOT bool decode_row(ac_state *a, exn_strings *strings, uint32_t y)
{
    const exn_progressive_target *t = a->to;
    exn_dct_block *kept = t->component->rows ? t->component->rows[y] : NULL;
    exn_string *to =
        kept ? NULL : t->plane->blocks + t->path.origin + (ptrdiff_t)y * t->path.step_y;
    for (uint32_t x = 0; x < t->component->blocks_x; x++) {
        block_state b = {.used = 0};
        for (unsigned n = 0; n < a->count; n++)
            if (EXN_SELDOM(!decode_band(&a->scans[n], &a->turn, &b)))
                return false;
        if (kept) {
            exn_bitplanes_to_block(&b.planes, kept[x]);
        } else {
            exn_bitplanes_put(&strings->bytes, to + (ptrdiff_t)x * t->path.step_x, &b.planes,
                              b.used);
        }
    }
    return true;
}

/* Room is made for a whole row as if every block had all planes, since a string's size is known
 * only once it has been made. */
static exn_status decode_rows(ac_state *a, exn_strings *strings, const exn_jpeg *jpeg,
                              exn_error *error)
{
    const exn_component *c = a->to->component;
    const size_t room = (size_t)c->blocks_x * sizeof(exn_bitplanes);
    for (uint32_t y = 0; y < c->blocks_y; y++) {
        exn_status status = exn_cancel_check(&jpeg->cancel, error);
        if (status == EXN_OK && !c->rows && strings->bytes.capacity - strings->bytes.size < room)
            status = exn_entropy_strings_grow(strings, room, error);
        if (status != EXN_OK)
            return status;
        if (!decode_row(a, strings, y))
            return EXN_UNSUPPORTED;
    }
    for (unsigned n = 0; n < a->count; n++)
        if (!exn_entropy_reader_at_end(&a->scans[n].reader))
            return EXN_UNSUPPORTED;
    return EXN_OK;
}

static bool is_band_of(const exn_plan_scan *scan, uint32_t i)
{
    return scan->header.ss > 0 && scan->header.component[0] == i;
}

/* Adds a scan to a; returns the same as decoding. */
static exn_status open_band(ac_state *a, const exn_plan_scan *scan, exn_error *error)
{
    const exn_jpeg_scan *h = &scan->header;
    band_scan *s = &a->scans[a->count++];
    exn_huffman table;
    s->first = h->ss;
    s->last = h->se;
    s->low = h->al;
    s->refines = h->ah > 0;
    s->band = UINT64_MAX >> (63 - h->se) & UINT64_MAX << h->ss;
    if (!exn_entropy_reader_open(&s->reader, scan))
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    if (!exn_entropy_tables_parse(scan->table[1][0], &table))
        return EXN_UNSUPPORTED;
    exn_entropy_tables_make_dc(&table, &s->codes);
    return EXN_OK;
}

static unsigned count_bands(const exn_plan *plan, uint32_t i)
{
    unsigned count = 0;
    for (uint32_t n = 0; n < plan->scans; n++)
        count += is_band_of(&plan->scan[n], i);
    return count;
}

/* Decodes all AC scans of component i. */
static exn_status decode_ac(exn_strings *strings, const exn_jpeg *jpeg, const exn_plan *plan,
                            uint32_t i, const exn_progressive_target *to, exn_orientation turn,
                            exn_error *error)
{
    ac_state a = {.to = to};
    make_turn(to->component->rows ? exn_orientation_from_exif(1) : turn, &a.turn);
    exn_status status = EXN_OK;
    /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): the plan has all of its bits */
    a.scans = calloc(count_bands(plan, i), sizeof *a.scans);
    if (!a.scans)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    for (uint32_t n = 0; n < plan->scans && status == EXN_OK; n++)
        if (is_band_of(&plan->scan[n], i))
            status = open_band(&a, &plan->scan[n], error);
    if (status == EXN_OK)
        status = decode_rows(&a, strings, jpeg, error);
    for (unsigned n = 0; n < a.count; n++)
        exn_entropy_reader_close(&a.scans[n].reader);
    free(a.scans);
    return status;
}

uint64_t exn_progressive_decode_bytes(const exn_jpeg *jpeg, const exn_plan *plan)
{
    unsigned most = 0;
    for (uint32_t i = 0; i < jpeg->components; i++) {
        const unsigned count = count_bands(plan, i);
        most = count > most ? count : most;
    }
    return exn_progressive_dc_bytes() +
           most * (sizeof(band_scan) + (uint64_t)EXN_SOURCE_WINDOW + EXN_SOURCE_MCU);
}

static exn_status open_target(exn_progressive_target *t, exn_strings *strings, uint32_t i,
                              const exn_string_manner *manner, exn_error *error)
{
    const exn_component *c = &manner->frame->component[i];
    exn_string_plane *plane = &strings->plane[i];
    *t = (exn_progressive_target){.component = c, .plane = plane};
    if (c->rows)
        return EXN_OK;
    plane->blocks_x = c->blocks_x;
    plane->blocks_y = c->blocks_y;
    exn_orientation_size(manner->turn, &plane->blocks_x, &plane->blocks_y);
    t->path = exn_entropy_strings_path(plane, manner->turn);
    return exn_entropy_strings_open_plane(plane, error);
}

/* Finds the range of DC in blocks that are strings. */
static void measure_dc(exn_string_plane *plane)
{
    const size_t count = (size_t)plane->blocks_x * plane->blocks_y;
    for (size_t n = 0; n < count; n++) {
        const int dc = plane->blocks[n].dc;
        plane->lowest = dc < plane->lowest ? dc : plane->lowest;
        plane->highest = dc > plane->highest ? dc : plane->highest;
    }
}

/* DC first, whose scans may have several components, then AC, component by component. The two do
 * not depend on each other (T.81, G.1.1.1.1), so the order of the file matters only within each. */
exn_status exn_progressive_decode(exn_strings *strings, const exn_jpeg *jpeg, const exn_plan *plan,
                                  const exn_string_manner *manner, exn_error *error)
{
    exn_progressive_target targets[EXN_JPEG_MAX_COMPONENTS];
    exn_status status = EXN_OK;
    for (uint32_t i = 0; i < jpeg->components && status == EXN_OK; i++)
        status = open_target(&targets[i], strings, i, manner, error);
    for (uint32_t n = 0; n < plan->scans && status == EXN_OK; n++)
        if (plan->scan[n].header.ss == 0)
            status = exn_progressive_dc_decode(jpeg, &plan->scan[n], targets, error);
    for (uint32_t i = 0; i < jpeg->components && status == EXN_OK; i++) {
        status = decode_ac(strings, jpeg, plan, i, &targets[i], manner->turn, error);
        if (status == EXN_OK && !targets[i].component->rows)
            measure_dc(targets[i].plane);
    }
    return status;
}
