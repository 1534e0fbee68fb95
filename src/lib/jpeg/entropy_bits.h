/* SPDX-License-Identifier: MIT */
/* Reads and writes the bits of entropy-coded data in memory, most significant first, without
 * stuffed zeros (T.81, F.1.2.3). Nothing here branches: a loop that now and then stops for bits is
 * mispredicted nearly every time. */
#ifndef EXN_JPEG_ENTROPY_BITS_H
#define EXN_JPEG_ENTROPY_BITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define EXN_INLINE            static inline __attribute__((always_inline))
#define EXN_SELDOM(condition) __builtin_expect(!!(condition), 0)

/* The functions that do the work of a scan are compiled twice where the processor may have wider
 * vectors and shifts that leave the flags alone; the loader picks. Both give the same bytes
 * (test_jpeg_regrid.c, which sets EXN_PLAIN). */
#if !defined(EXN_PLAIN) && defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) &&       \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define EXN_HOT __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define EXN_HOT
#endif

EXN_INLINE uint64_t exn_load64(const uint8_t *p)
{
    uint64_t value;
    memcpy(&value, p, sizeof value);
    return be64toh(value);
}

EXN_INLINE void exn_store64(uint8_t *p, uint64_t value)
{
    value = htobe64(value);
    memcpy(p, &value, sizeof value);
}

/* The top `count` bits of `bits` are valid, and those below agree with what `at` points to. */
typedef struct exn_bit_reader {
    uint64_t bits;
    unsigned count;
    const uint8_t *at;
} exn_bit_reader;

/* Ensures at least 56 bits. */
EXN_INLINE void exn_bits_refill(exn_bit_reader *r)
{
    r->bits |= exn_load64(r->at) >> r->count;
    r->at += (63 - r->count) >> 3;
    r->count |= 56;
}

EXN_INLINE void exn_bits_skip(exn_bit_reader *r, unsigned length)
{
    r->bits <<= length & 63;
    r->count -= length;
}

/* The lower `count` bits of `bits` are pending; `at` has room for eight more bytes. */
typedef struct exn_bit_writer {
    uint64_t bits;
    unsigned count;
    uint8_t *at;
} exn_bit_writer;

/* Up to 57 bits between two calls of exn_bits_settle(). Bits above length have to be 0. */
EXN_INLINE void exn_bits_append(exn_bit_writer *w, uint64_t bits, unsigned length)
{
    w->bits = w->bits << length | bits;
    w->count += length;
}

/* Writes whole bytes. Fewer than eight bits stay pending, and are also in memory after the written
 * ones, padded with zeros. */
EXN_INLINE void exn_bits_settle(exn_bit_writer *w)
{
    exn_store64(w->at, w->bits << (-w->count & 63));
    w->at += w->count >> 3;
    w->count &= 7;
}

#endif
