/* SPDX-License-Identifier: MIT */
/* The rule of the entropy-domain turn (fuzz_entropy.c) over many small files: made in memory,
 * mutated where it matters, and judged without instrumentation, several hundred a second. The same
 * numbers give the same files.
 *
 *     many_entropy [FIRST [COUNT]]        mutations number FIRST to FIRST + COUNT - 1 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exifnorm.h"

#include "../support/jpeg_make.h"
#include "../support/jpeg_walk.h"

#include "fuzz.h"

extern uint64_t exn_fuzz_verdicts[256]; /* by status */

enum { SEEDS = 160, SEQUENTIAL = 96, SCANS = 64, TABLES = 8, SOS = 0xDA, DHT = 0xC4, ROOM = 64 };

typedef struct seed {
    exn_buffer file;
    size_t scan; /* where its header begins; only what is behind that changes its place */
    struct {
        size_t at, size;
    } table[TABLES]; /* Huffman tables */
    size_t tables;
} seed;

static seed seeds[SEEDS];
static size_t seed_count;

/* SplitMix64, Steele et al. 2014. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static size_t below(uint64_t *state, size_t limit)
{
    return limit ? (size_t)(next(state) % limit) : 0;
}

static void look_over(seed *s)
{
    exn_span file = {s->file.data, s->file.size};
    exn_test_segment found;
    if (!exn_test_jpeg_find(file, SOS, 0, &found))
        abort();
    s->scan = found.offset;
    while (s->tables < TABLES && exn_test_jpeg_find(file, DHT, (unsigned)s->tables, &found)) {
        s->table[s->tables].at = (size_t)(found.payload.data - file.data);
        s->table[s->tables++].size = found.payload.size;
    }
}

/* Adds a component's band, first sent without its `low` lowest bits, and refines it. */
static void add_band(jpeg_scan_info *scans, int *count, int component, int first, int last, int low)
{
    scans[(*count)++] = (jpeg_scan_info){1, {component}, first, last, 0, low};
    for (; low > 0; low--)
        scans[(*count)++] = (jpeg_scan_info){1, {component}, first, last, low, low - 1};
}

/* A progression by chance: DC of all components or of each, AC of each in up to four bands. */
static int make_scans(unsigned n, int components, jpeg_scan_info scans[SCANS])
{
    uint64_t state = n;
    int count = 0;
    const bool together = components * 4 <= 10 && below(&state, 2); /* whatever the factors are */
    const int low = (int)below(&state, 3);
    for (int high = 0, bit = low; bit >= 0; high = bit, bit--)
        for (int i = 0; i < (together ? 1 : components); i++) {
            const int one[1] = {i}, all[4] = {0, 1, 2, 3};
            scans[count] = (jpeg_scan_info){together ? components : 1, {0}, 0, 0, high, bit};
            memcpy(scans[count++].component_index, together ? all : one,
                   together ? sizeof all : sizeof one);
        }
    for (int i = 0; i < components; i++)
        for (int first = 1, last; first < 64; first = last + 1) {
            last = below(&state, 3) ? 63 : first + (int)below(&state, 16);
            last = last < 63 && count < SCANS / 2 ? last : 63;
            add_band(scans, &count, i, first, last, count < SCANS / 2 ? (int)below(&state, 4) : 0);
        }
    return count;
}

/* All samplings, colour spaces and codings that the entropy-domain turn takes. */
static void make_seed(unsigned n)
{
    static const J_COLOR_SPACE spaces[] = {JCS_YCbCr, JCS_YCbCr, JCS_GRAYSCALE, JCS_YCCK};
    static const uint32_t sizes[] = {8, 16, 24, 33};
    static const int shared[4] = {0, 0, 0, 0};
    const JHUFF_TBL unfit = exn_test_jpeg_unfit_table(n, true);
    char why[JMSG_LENGTH_MAX];
    exn_test_jpeg spec;
    unsigned samplings = 0;
    while (exn_test_samplings[samplings].name)
        samplings++;
    exn_test_jpeg_init(&spec, sizes[n % 4], sizes[n / 4 % 4]);
    if (spaces[n % 4] == JCS_YCbCr)
        exn_test_jpeg_sampling(&spec, exn_test_samplings[n % samplings].name);
    else
        exn_test_jpeg_space(&spec, spaces[n % 4]);
    jpeg_scan_info scans[SCANS];
    spec.progressive = n >= SEQUENTIAL;
    spec.optimize = n % 3 != 0;
    if (n % 11 == 4) {
        spec.optimize = false;
        spec.ac_table = &unfit;
        spec.slots = n % 2 ? shared : NULL;
    }
    if (spec.progressive) {
        spec.scan_count = make_scans(n, exn_test_jpeg_components(&spec), scans);
        spec.scans = n % 4 ? scans : NULL; /* else libjpeg's own */
    }
    spec.noninterleaved = n % 5 == 1;
    spec.restart_interval = n % 7 == 2 ? 1 : 0;
    spec.odd_tables = n % 6 == 3;
    spec.quality = n % 2 ? 90 : 50;
    if (exn_test_jpeg_make(&spec, &seeds[seed_count].file, why))
        look_over(&seeds[seed_count++]);
}

/* One change of the size bytes at data, behind which there is room; returns the new size. */
static size_t mutate(const seed *s, uint64_t *state, uint8_t *data, size_t size)
{
    size_t at = s->scan + below(state, size - s->scan), count = 1 + below(state, 8);
    size_t table = below(state, s->tables);
    count = count < size - at ? count : size - at;
    switch (next(state) % 12) {
    case 0: /* bytes go */
        memmove(data + at, data + at + count, size - at - count);
        return size - count;
    case 1: /* bytes come twice */
        memmove(data + at + count, data + at, size - at);
        return size + count;
    case 2:
        data[at] = 0xFF;
        return size;
    case 3:
        data[at] = (uint8_t)next(state);
        return size;
    case 4: /* a header's byte */
        data[below(state, s->scan)] ^= (uint8_t)(1 << below(state, 8));
        return size;
    case 5:
    case 6: /* a Huffman table */
        if (s->tables)
            data[s->table[table].at + below(state, s->table[table].size)] ^=
                (uint8_t)(1 << below(state, 8));
        return size;
    default:
        data[at] ^= (uint8_t)(1 << below(state, 8));
        return size;
    }
}

static void try_one(uint64_t number)
{
    uint64_t state = number;
    const seed *s = &seeds[below(&state, seed_count)];
    size_t size = s->file.size;
    uint8_t *data = malloc(size + ROOM);
    if (!data)
        abort();
    memcpy(data, s->file.data, size);
    for (size_t n = 1 + below(&state, 3); n > 0; n--)
        size = mutate(s, &state, data, size);
    exn_fuzz_one(data, size, (unsigned)below(&state, exn_fuzz_choices));
    free(data);
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 20000;
    for (unsigned n = 0; n < SEEDS; n++)
        make_seed(n);
    for (uint64_t n = first; n < first + count; n++)
        try_one(n);
    for (int status = 0; status < 256; status++)
        if (exn_fuzz_verdicts[status])
            printf("%s: %" PRIu64 "\n", exn_status_word((exn_status)status),
                   exn_fuzz_verdicts[status]);
    for (const exn_fuzz_kind *kind = exn_fuzz_kinds; kind->name; kind++)
        printf("%s: %" PRIu64 "\n", kind->name, (uint64_t)kind->count);
    for (size_t n = 0; n < seed_count; n++)
        exn_buffer_free(&seeds[n].file);
    if (exn_fuzz_verdicts[EXN_OK] < count / 10 || exn_fuzz_verdicts[EXN_CORRUPT] < count / 100) {
        fprintf(stderr, "the mutations do not reach what they are for\n");
        return 1;
    }
    printf("%" PRIu64 " files\n", count);
    return 0;
}
