/* SPDX-License-Identifier: MIT */
#include "entropy_walk.h"

#include <stdlib.h>
#include <string.h>

#include "mcus.h"

/* One scan in progress. Bits are taken a byte at a time and no byte too early, so that `next` is
 * after the last one that was needed. */
typedef struct scan_walk {
    exn_entropy_walk *walk;
    const exn_jpeg_scan *header;
    const uint8_t *next, *stop;
    unsigned byte, bits; /* the lower bits of byte have not been read */
    bool damaged;
    const exn_codes *dc[EXN_JPEG_MAX_COMPONENTS], *ac[EXN_JPEG_MAX_COMPONENTS];
    uint32_t run; /* blocks that have already ended (T.81, G.1.2.2) */
} scan_walk;

/* T.81, F.2.2.5 (NEXTBIT). A marker in place of a bit is damage, and so is the end of the file. */
static unsigned next_bit(scan_walk *s)
{
    if (s->bits == 0) {
        bool stuffed = s->next < s->stop && *s->next == 0xFF;
        if (s->next == s->stop || (stuffed && (s->stop - s->next < 2 || s->next[1] != 0))) {
            s->damaged = true;
            return 0;
        }
        s->byte = *s->next;
        s->next += stuffed ? 2 : 1;
        s->bits = 8;
    }
    s->bits--;
    return s->byte >> s->bits & 1;
}

static uint32_t next_bits(scan_walk *s, unsigned count)
{
    uint32_t value = 0;
    while (count-- > 0)
        value = value << 1 | next_bit(s);
    return value;
}

/* T.81, F.2.2.3 (DECODE), a bit at a time, because a look-up would read ahead, and this walk is
 * meant to find the byte after the last one needed. */
static unsigned next_symbol(scan_walk *s, const exn_codes *codes)
{
    uint32_t window = 0;
    for (unsigned length = 1; length <= 16 && !s->damaged; length++) {
        window |= next_bit(s) << (16 - length);
        if (window < codes->end[length])
            return codes->values[(int32_t)(window >> (16 - length)) + codes->offset[length]];
    }
    s->damaged = true;
    return 0;
}

/* The walk needs only the size, not the difference itself. 8-bit JPEG has none over 11 bits,
 * decoders accept 15 (T.81, table F.1). */
static void walk_dc(scan_walk *s, const exn_codes *codes)
{
    unsigned size = next_symbol(s, codes);
    s->damaged = s->damaged || size > 15;
    next_bits(s, size & 15);
}

/* T.81, F.2.2.2 and G.1.2.2: in a sequential scan ss is 1, se is 63 and there are no EOB runs. */
static void walk_ac(scan_walk *s, const exn_codes *codes, unsigned ss, unsigned se, uint64_t *known)
{
    if (s->run > 0) {
        s->run--;
        return;
    }
    for (unsigned k = ss; k <= se && !s->damaged; k++) {
        unsigned symbol = next_symbol(s, codes), run = symbol >> 4, size = symbol & 15;
        if (size == 0 && run < 15) {
            s->run = (1u << run) - 1 + next_bits(s, run);
            s->damaged = s->damaged || (run > 0 && !known);
            return;
        }
        /* A run must not lead beyond the band (T.81, G.1.2.2). */
        k += run;
        s->damaged = s->damaged || k > se;
        next_bits(s, size);
        if (known && size > 0)
            *known |= UINT64_C(1) << (k & 63);
    }
}

/* Reads a bit for each nonzero coefficient from *k on, and skips `zeros` zero ones. */
static void walk_known(scan_walk *s, unsigned *k, unsigned se, int zeros, uint64_t known)
{
    for (; *k <= se; ++*k)
        if (known >> *k & 1)
            next_bit(s);
        else if (--zeros < 0)
            break;
}

/* T.81, G.1.2.3. A refinement sends a bit for each known coefficient, in between its codes, so the
 * walk has to remember for every block which are known. */
static void walk_refinement(scan_walk *s, const exn_codes *codes, unsigned ss, unsigned se,
                            uint64_t *known)
{
    unsigned k = ss;
    /* Every block of a progressive image has one.
     * NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    const uint64_t before = *known;
    for (; s->run == 0 && k <= se && !s->damaged; k++) {
        unsigned symbol = next_symbol(s, codes), run = symbol >> 4, size = symbol & 15;
        if (size == 0 && run < 15) {
            /* EOBn also ends this block, but first come the bits for known coefficients in the rest
             * of it. */
            s->run = (1u << run) + next_bits(s, run);
            break;
        }
        next_bits(s, size);
        walk_known(s, &k, se, (int)run, before);
        s->damaged = s->damaged || size > 1 || (size > 0 && k > se);
        if (size > 0)
            *known |= UINT64_C(1) << (k & 63);
    }
    if (s->run > 0) {
        walk_known(s, &k, se, 64, before);
        s->run--;
    }
}

/* known: for AC scans of a progressive image, else NULL. T.81, G.1.2: DC and AC, first scan and
 * refinement, are coded in four different ways. */
static void walk_block(scan_walk *s, unsigned n, uint64_t *known)
{
    const exn_jpeg_scan *h = s->header;
    if (!s->walk->jpeg->progressive) {
        walk_dc(s, s->dc[n]);
        walk_ac(s, s->ac[n], 1, 63, NULL);
    } else if (h->ss == 0 && h->ah == 0) {
        walk_dc(s, s->dc[n]);
    } else if (h->ss == 0) {
        next_bit(s);
    } else if (h->ah == 0) {
        walk_ac(s, s->ac[n], h->ss, h->se, known);
    } else {
        walk_refinement(s, s->ac[n], h->ss, h->se, known);
    }
}

/* In a scan of one component an MCU is one block, and none is padding (T.81, A.2.2). */
static void walk_mcu(scan_walk *s, uint32_t mx, uint32_t my)
{
    const exn_jpeg *jpeg = s->walk->jpeg;
    unsigned first = s->header->component[0];
    if (s->header->components == 1) {
        uint64_t *known = s->walk->known[first];
        size_t place = (size_t)my * s->walk->frame.component[first].blocks_x + mx;
        walk_block(s, 0, known ? known + place : NULL);
        return;
    }
    for (unsigned n = 0; n < s->header->components; n++) {
        unsigned i = s->header->component[n];
        for (int k = 0; k < jpeg->component[i].h * jpeg->component[i].v; k++)
            walk_block(s, n, NULL);
    }
}

/* Skips the restart marker of that number, and what precedes it. */
static void walk_restart(scan_walk *s, unsigned number, exn_entropy_stray *stray, void *context)
{
    const uint8_t *start = s->walk->jpeg->file.data, *p = s->next, *code;
    do {
        p = memchr(p, 0xFF, (size_t)(s->stop - p));
        for (code = p; code && code < s->stop && *code == 0xFF;)
            code++;
        if (!code || code == s->stop) {
            s->damaged = true;
            return;
        }
        if (*code == 0)
            p = code;
    } while (*code == 0);
    s->damaged = s->damaged || *code != EXN_MARKER_RST0 + number ||
                 (p > s->next && !stray(context, (size_t)(s->next - start), (size_t)(p - start)));
    s->next = code + 1;
    s->bits = 0;
    s->run = 0;
}

/* T.81, G.1.1.1.1: a progressive scan has DC alone, or AC of one component. */
static bool is_in_order(const exn_jpeg *jpeg, const exn_jpeg_scan *h)
{
    if (!jpeg->progressive)
        return true;
    return h->ss <= h->se && h->se < 64 && (h->ss == 0 ? h->se == 0 : h->components == 1);
}

/* Looks up the tables that the scan needs. DC refinements are single bits, without codes (T.81,
 * G.1.2.1). */
static bool name_tables(scan_walk *s, exn_span sos)
{
    bool progressive = s->walk->jpeg->progressive, refined = s->header->ah > 0;
    bool dc = s->header->ss == 0 && !(progressive && refined),
         ac = !progressive || s->header->ss > 0;
    for (unsigned n = 0; n < s->header->components; n++) {
        uint8_t slots = sos.data[2 + 2 * n], d = slots >> 4, a = slots & 15;
        if ((dc && (d > 3 || !s->walk->defined[0][d])) ||
            (ac && (a > 3 || !s->walk->defined[1][a])))
            return false;
        s->dc[n] = &s->walk->codes[0][d & 3];
        s->ac[n] = &s->walk->codes[1][a & 3];
    }
    return true;
}

bool exn_entropy_walk_scan(exn_entropy_walk *walk, const exn_jpeg_scan *header, exn_span sos,
                           exn_entropy_stray *stray, void *context, size_t *at)
{
    const exn_jpeg *jpeg = walk->jpeg;
    scan_walk s = {.walk = walk,
                   .header = header,
                   .next = jpeg->file.data + *at,
                   .stop = jpeg->file.data + jpeg->file.size};
    uint32_t columns = exn_mcus_per_row(jpeg, header), left = header->restart_interval;
    uint32_t rows = exn_mcu_rows(jpeg, header), number = 0;
    if (!is_in_order(jpeg, header) || !name_tables(&s, sos))
        return false;
    for (uint32_t y = 0; y < rows; y++) {
        if (exn_cancel_check(&jpeg->cancel, NULL) != EXN_OK)
            return false;
        for (uint32_t x = 0; x < columns; x++) {
            if (header->restart_interval && left-- == 0) {
                walk_restart(&s, number++ % 8, stray, context);
                left = header->restart_interval - 1u;
            }
            if (!s.damaged)
                walk_mcu(&s, x, y);
            if (s.damaged)
                return false;
        }
    }
    *at = (size_t)(s.next - jpeg->file.data);
    /* Whether the remaining bits are ones, as T.81, F.1.2.3 requires. */
    walk->padded = (~s.byte & ((1u << s.bits) - 1)) == 0;
    /* If an EOB run extends beyond the last block, something was misread. */
    return s.run == 0;
}

/* T.81, B.2.4.2: a segment may hold several tables, and a later one replaces an earlier one. */
bool exn_entropy_walk_table(exn_entropy_walk *walk, exn_span payload)
{
    for (size_t at = 0; at < payload.size;) {
        uint8_t class = payload.data[at] >> 4, slot = payload.data[at] & 15;
        exn_span rest = exn_span_part(payload, at + 1, SIZE_MAX);
        size_t size = 16;
        exn_huffman huffman;
        for (size_t i = 0; i < 16 && i < rest.size; i++)
            size += rest.data[i];
        if (class > 1 || slot > 3 || size > rest.size ||
            !exn_entropy_tables_parse(exn_span_part(rest, 0, size), &huffman))
            return false;
        exn_entropy_tables_make_codes(&huffman, &walk->codes[class][slot]);
        walk->defined[class][slot] = true;
        at += 1 + size;
    }
    return true;
}

static void measure(const exn_jpeg *jpeg, exn_coefficients *frame)
{
    *frame = (exn_coefficients){.width = jpeg->width,
                                .height = jpeg->height,
                                .max_h = jpeg->max_h,
                                .max_v = jpeg->max_v,
                                .components = jpeg->components};
    for (uint32_t i = 0; i < jpeg->components; i++) {
        frame->component[i].h = jpeg->component[i].h;
        frame->component[i].v = jpeg->component[i].v;
        exn_component_measure(frame, i);
    }
}

static uint64_t blocks_of(const exn_component *c)
{
    return (uint64_t)c->blocks_x * c->blocks_y;
}

uint64_t exn_entropy_walk_bytes(const exn_jpeg *jpeg)
{
    exn_coefficients frame;
    uint64_t bytes = 0;
    measure(jpeg, &frame);
    for (uint32_t i = 0; i < jpeg->components && jpeg->progressive; i++)
        /* One bit for each of a block's 64 coefficients. */
        bytes += blocks_of(&frame.component[i]) * sizeof(uint64_t);
    return bytes;
}

exn_status exn_entropy_walk_open(exn_entropy_walk *walk, const exn_jpeg *jpeg)
{
    *walk = (exn_entropy_walk){.jpeg = jpeg};
    measure(jpeg, &walk->frame);
    for (uint32_t i = 0; i < jpeg->components && jpeg->progressive; i++) {
        walk->known[i] = calloc(blocks_of(&walk->frame.component[i]), sizeof(uint64_t));
        if (!walk->known[i])
            return EXN_MEMORY;
    }
    return EXN_OK;
}

void exn_entropy_walk_close(exn_entropy_walk *walk)
{
    for (uint32_t i = 0; i < EXN_JPEG_MAX_COMPONENTS; i++)
        free(walk->known[i]);
    *walk = (exn_entropy_walk){0};
}
