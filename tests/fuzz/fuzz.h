/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share: facts, whose failure libFuzzer and replay see as a crash. */
#ifndef EXN_FUZZ_H
#define EXN_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FACT(fact)                                                                                 \
    do {                                                                                           \
        if (!(fact)) {                                                                             \
            fprintf(stderr, "false at %s:%d: %s\n", __FILE__, __LINE__, #fact);                    \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* How many choices of options a target has. libFuzzer's entry takes the one that the last byte
 * names, and leaves that byte where it is; replay takes all. */
extern const unsigned exn_fuzz_choices;
void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice);

/* The kinds of input that a target is for, up to one without a name, and how often one was looked
 * at past the point where other inputs are turned away. The target counts; replay --kinds fails
 * where a kind was not among its files. */
typedef struct exn_fuzz_kind {
    const char *name;
    size_t count;
} exn_fuzz_kind;
extern exn_fuzz_kind exn_fuzz_kinds[];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly the right size in memory of its own, so that reading one byte too many is seen.
 * The caller frees it. */
static inline uint8_t *fuzz_copy(const void *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    FACT(copy);
    if (size)
        memcpy(copy, data, size);
    return copy;
}

#endif
